"""The command line as a Unix user expects it, in processes of its own."""

import os
import subprocess
import sys

import pytest

from neuro_chart import __version__
from neuro_chart.demo import PASSPHRASE
from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault


def run(*arguments, home, words="", **environment):
    env = {k: v for k, v in os.environ.items() if k not in {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}}
    env |= {"HOME": str(home), "XDG_DATA_HOME": str(home / "data"), "XDG_CONFIG_HOME": str(home / "config")} | environment
    return subprocess.run(
        [sys.executable, "-m", "neuro_chart", *map(str, arguments)], input=words, capture_output=True, text=True, env=env, timeout=120, check=False
    )


def test_version_and_help_go_to_standard_output(tmp_path):
    assert run("--version", home=tmp_path).stdout.split() == ["neuro-chart", __version__]
    assert "demo" in run("--help", home=tmp_path).stdout


def test_a_misused_option_is_exit_status_2(tmp_path):
    told = run("--no-such-thing", home=tmp_path)
    assert (told.returncode, told.stdout) == (2, "")
    assert "usage" in told.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux may have no display")
def test_without_a_display_it_says_so_in_a_sentence(tmp_path):
    told = run(home=tmp_path)
    assert told.returncode == 1
    assert told.stderr.startswith("neuro-chart: ")
    assert "display" in told.stderr or "apt install" in told.stderr
    assert "Traceback" not in told.stderr


def test_a_wrong_passphrase_file_and_a_missing_vault_are_told(tmp_path, vault_path):
    (tmp_path / "words").write_text("not this one\n")
    wrong = run("--vault", vault_path, "--passphrase-file", tmp_path / "words", home=tmp_path)
    assert wrong.returncode == 1
    assert "passphrase" in wrong.stderr
    piped = run("--vault", vault_path, "--passphrase-file", "-", home=tmp_path, words="nor this\n")
    assert piped.returncode == 1
    assert "passphrase" in piped.stderr
    missing = run("--vault", tmp_path / "none.vault", "--passphrase-file", tmp_path / "words", home=tmp_path)
    assert (missing.returncode, "Traceback" in missing.stderr) == (1, False)
    unread = run("--vault", vault_path, "--passphrase-file", tmp_path / "nothing", home=tmp_path)
    assert (unread.returncode, "Traceback" in unread.stderr) == (1, False)


def test_demo_makes_a_vault_of_its_own_and_prints_its_passphrase(tmp_path):
    path = tmp_path / "made-up.vault"
    told = run("demo", "--vault", path, "--no-window", home=tmp_path)
    assert told.returncode == 0, told.stderr
    assert told.stdout.split("\n")[:2] == [str(path), PASSPHRASE]
    assert not (tmp_path / "data" / "neuro-chart" / "practice.vault").exists()
    with Vault.open(path, PASSPHRASE) as vault:
        assert Records(vault).patient_count() >= 12
    again = run("demo", "--vault", path, "--no-window", home=tmp_path)
    assert again.returncode == 1
    assert "already" in again.stderr
