"""The command line as a Unix user expects it, in processes of its own."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from neuro_chart import __version__
from neuro_chart.__main__ import main
from neuro_chart.demo import PASSPHRASE
from neuro_chart.resources import ROOT
from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault
from neuro_chart.ui.display import PACKAGES

LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux may have no display, or /dev/full")


def run(*arguments, home, words="", **environment):
    env = {k: v for k, v in os.environ.items() if k not in {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}}
    env |= {"HOME": str(home), "XDG_DATA_HOME": str(home / "data"), "XDG_CONFIG_HOME": str(home / "config")} | environment
    return subprocess.run(  # noqa: S603
        [sys.executable, "-m", "neuro_chart", *map(str, arguments)],
        input=words,
        capture_output=True,
        text=True,
        env=env,
        timeout=120,
        check=False,
    )


def test_version_and_help_go_to_standard_output(tmp_path):
    assert run("--version", home=tmp_path).stdout.split() == ["neuro-chart", __version__]
    assert "demo" in run("--help", home=tmp_path).stdout


def test_a_misused_option_is_exit_status_2(tmp_path):
    told = run("--no-such-thing", home=tmp_path)
    assert (told.returncode, told.stdout) == (2, "")
    assert "usage" in told.stderr


@LINUX
@pytest.mark.parametrize(
    "display",
    [{}, {"DISPLAY": ":987"}, {"WAYLAND_DISPLAY": "wayland-987"}, {"WAYLAND_DISPLAY": "wayland-987", "QT_QPA_PLATFORM": "wayland"}],
)
def test_without_a_display_it_says_so_in_a_sentence(tmp_path, display):
    told = run(home=tmp_path, **display)
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


def test_the_vault_may_be_named_before_the_command(tmp_path):
    path = tmp_path / "made-up.vault"
    assert run("--vault", path, "demo", "--no-window", home=tmp_path).stdout.startswith(f"{path}\n")


@pytest.mark.parametrize("words", [("--passphrase-file", "-", "demo"), ("--vault", "x", "tour", "pictures")])
def test_an_option_that_a_command_has_no_use_for_is_misused(tmp_path, words):
    told = run(*words, home=tmp_path)
    assert told.returncode == 2
    assert words[0] in told.stderr


@pytest.mark.parametrize(("content", "says"), [(b"", "no passphrase"), (b"\n", "no passphrase"), (b"\xff\xfe\x00", "UTF-8")])
def test_a_passphrase_file_without_a_passphrase_is_told(tmp_path, vault_path, content, says):
    (tmp_path / "words").write_bytes(content)
    told = run("--vault", vault_path, "--passphrase-file", tmp_path / "words", home=tmp_path)
    assert told.returncode == 1
    assert told.stderr.startswith("neuro-chart: ")
    assert says in told.stderr
    assert "Traceback" not in told.stderr


def test_a_passphrase_file_of_any_editor_will_do(tmp_path, vault_path, passphrase):
    (tmp_path / "words").write_bytes(f"\ufeff{passphrase}\r\n".encode())
    told = run("--vault", vault_path, "--passphrase-file", tmp_path / "words", home=tmp_path, DISPLAY=":987")
    assert "passphrase" not in told.stderr


@LINUX
@pytest.mark.parametrize("folder", ["/proc/pictures", "/proc"])
def test_a_folder_that_takes_no_pictures_is_told(tmp_path, folder):
    told = run("tour", folder, home=tmp_path)
    assert told.returncode == 1
    assert told.stderr.startswith(f"neuro-chart: {folder}")
    assert told.stderr.endswith(": No such file or directory\n")


@LINUX
def test_an_output_that_takes_nothing_is_a_failure_in_a_sentence(tmp_path):
    command = [sys.executable, "-m", "neuro_chart", "--vault", str(tmp_path / "a.vault"), "demo", "--no-window"]
    with Path("/dev/full").open("w") as full:
        told = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)  # noqa: S603
    assert told.returncode == 1
    assert told.stderr.splitlines()[1:] == ["neuro-chart: No space left on device"]


@LINUX
def test_a_reader_that_leaves_and_an_interrupt_end_it_quietly(tmp_path):
    for name, send, status in (("a.vault", None, 141), ("b.vault", signal.SIGINT, 130)):
        command = [sys.executable, "-m", "neuro_chart", "--vault", str(tmp_path / name), "demo", "--no-window"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603
            process.stdout.close()
            assert process.stderr.readline().startswith("Making")
            if send:
                process.send_signal(send)
            assert process.stderr.read() == ""
            assert process.wait(60) == status
    assert {file.name for file in tmp_path.iterdir()} == {"a.vault", "a.vault.keys"}


def test_the_readme_names_the_system_packages_that_a_window_needs():
    readme = Path(__file__).parent.parent / "README.md"
    assert PACKAGES in " ".join(readme.read_text(encoding="utf-8").split())


KEYS = ["code", "pinyin", "hanzi", "english", "channel", "location", "rule", "kinds", "depth", "cautions", "source", "sites"]


def listed(home, *words):
    told = run("points", "--json", *words, home=home)
    assert (told.returncode, told.stderr) == (0, "")
    return json.loads(told.stdout)


def test_points_are_a_list_of_objects(tmp_path):
    points = listed(tmp_path)
    assert len({point["code"] for point in points}) == len(points) >= 361 + 1 + 46
    for point in points:
        assert list(point) == KEYS
        assert all(isinstance(point[key], str) and point[key] for key in ("pinyin", "hanzi", "english", "channel", "location", "source"))
        assert point["rule"]
        assert [site["side"] for site in point["sites"]] in (["midline"], ["left", "right"])
        for depth in filter(None, [point["depth"]]):
            assert list(depth) == ["cun", "angle", "source", "note"]
            assert 0 < depth["cun"][0] <= depth["cun"][1] <= 4
        for caution in point["cautions"]:
            assert list(caution) == ["kind", "text", "structure", "strength", "source"]
            assert caution["kind"] in {"needle", "moxa", "pregnancy", "structure"}
            assert caution["strength"] in {"modern", "classical"}
        for site in point["sites"]:
            assert list(site) == ["side", "xyz", "normal", "views"]
            x, y, z = site["xyz"]
            assert {"left": x > 0, "right": x < 0, "midline": abs(x) < 0.001}[site["side"]]
            assert abs(x) < 4.5
            assert abs(y) < 10
            assert abs(z) < 3
            assert sum(n * n for n in site["normal"]) == pytest.approx(1, abs=0.001)
            assert site["views"]
            assert all(0 <= share <= 1 for place in site["views"].values() for share in place)


def test_points_of_a_channel_and_by_any_name(tmp_path):
    assert [point["code"] for point in listed(tmp_path, "--channel", "lu")] == [f"LU{n}" for n in range(1, 12)]
    assert listed(tmp_path, "--find", "zú sān lǐ")[0]["code"] == "ST36"
    assert listed(tmp_path, "--find", "M-UE-22")[0]["code"].startswith("EX-UE9")
    assert listed(tmp_path, "--find", "nobody's gate of the moon") == []
    assert {point["channel"] for point in listed(tmp_path, "--find", "gate", "--channel", "HT")} == {"HT"}


def test_points_lie_elsewhere_on_another_figure(tmp_path):
    neutral, female = (listed(tmp_path, "--channel", "LU", "--figure", figure) for figure in ("neutral", "female"))
    assert [{**point, "sites": 0} for point in neutral] == [{**point, "sites": 0} for point in female]
    assert all(a["sites"][0]["xyz"] != b["sites"][0]["xyz"] for a, b in zip(neutral, female, strict=True))


def test_without_json_points_are_one_to_a_line(tmp_path):
    told = run("points", "--channel", "PC", home=tmp_path)
    assert [line.split()[0] for line in told.stdout.splitlines()] == [f"PC{n}" for n in range(1, 10)]


def test_a_channel_or_figure_that_there_is_not_and_nothing_found_are_told(tmp_path):
    bad = run("points", "--channel", "ZZ", home=tmp_path)
    assert (bad.returncode, bad.stdout) == (1, "")
    assert bad.stderr.startswith("neuro-chart: There is no channel ZZ; the channels are LU, LI, ")
    nothing = run("points", "--find", "nobody's gate of the moon", home=tmp_path)
    assert (nothing.returncode, nothing.stdout, nothing.stderr) == (1, "", "neuro-chart: No point answers to that.\n")
    assert run("points", "--figure", "giant", home=tmp_path).returncode == 2
    assert run("--vault", "x", "points", home=tmp_path).returncode == 2


def test_points_are_told_where_hanzi_cannot_be_written(tmp_path):
    told = run("points", "--find", "ST36", home=tmp_path, PYTHONIOENCODING="ascii")
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.startswith("ST36 ")
    told = run("points", "--json", "--find", "ST36", home=tmp_path, PYTHONIOENCODING="ascii")
    assert json.loads(told.stdout)[0]["hanzi"] == "足三里"


@pytest.mark.parametrize(
    "spoilt", ["atlas/female/cameras.json", "atlas/atlas.json", "atlas/skin", "atlas/female/front.lookup", "points/ST.toml"]
)
def test_a_damaged_installation_is_told_with_its_file(tmp_path, monkeypatch, capsys, spoilt):
    shutil.copytree(ROOT / "atlas", tmp_path / "atlas", ignore=shutil.ignore_patterns("*.webp", "make"))
    shutil.copytree(ROOT / "points", tmp_path / "points")
    (tmp_path / spoilt).write_bytes((tmp_path / spoilt).read_bytes()[:50])
    monkeypatch.setattr("neuro_chart.resources.ROOT", tmp_path)
    assert main(["points", "--json", "--find", "ST36", "--figure", "female"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(f"neuro-chart: {tmp_path / spoilt}")


def test_read_tells_what_a_prescription_says(tmp_path):
    told = run("read", "ST36 SP6 l 1.5c 30m; GV20; KI3 KI1 b ea 2/100Hz; @nobody; LR3 b 30", "--json", home=tmp_path)
    assert told.returncode == 0, told.stderr
    said = json.loads(told.stdout)
    assert set(said) == {"needles", "adjuncts", "off", "every", "errors"}
    assert [(n["point"], n["side"]) for n in said["needles"]][:3] == [("ST36", "left"), ("SP6", "left"), ("GV20", "midline")]
    one = said["needles"][1]
    assert (one["minutes"], one["depth"], one["depth_to"], one["depth_unit"], one["technique"]) == (30, 1.5, None, "cun", None)
    assert one.keys() == {
        *("point", "side", "minutes", "depth", "depth_to", "depth_unit", "technique", "de_qi", "gauge", "length", "angle"),
    }
    [current] = said["adjuncts"]
    assert (current["kind"], current["frequency"], current["minutes"]) == ("Electro-stimulation", "2/100", None)
    assert current["pairs"][0] == [{"point": "KI3", "side": "left"}, {"point": "KI1", "side": "left"}]
    assert [(e["column"], e["text"]) for e in said["errors"]] == [(49, "@nobody"), (64, "30")]
    assert all(e["message"] for e in said["errors"])


def test_read_takes_a_side_standard_input_and_prescriptions_by_name(tmp_path):
    asked = json.loads(run("read", "ST36 30m", "--json", "--side", "ask", home=tmp_path).stdout)
    assert (asked["needles"], asked["errors"][0]["suggestions"]) == ([], ["ST36 l", "ST36 r", "ST36 b"])
    one = json.loads(run("read", "--json", "--side", "left", "-", home=tmp_path, words="足三里\nSP6\n").stdout)
    assert [(n["point"], n["side"], n["minutes"]) for n in one["needles"]] == [("ST36", "left", None), ("SP6", "left", None)]
    assert len(json.loads(run("read", "@dpn", "--json", home=tmp_path).stdout)["needles"]) == 12
    off = json.loads(run("read", "--json", "--", "-ST36 l", home=tmp_path).stdout)
    assert off["off"] == [{"point": "ST36", "side": "left"}]


def test_read_without_json_is_a_needle_to_a_line(tmp_path):
    told = run("read", "ST36 r 20m zzz ea moxa 5m CV4", home=tmp_path)
    assert told.returncode == 0
    lines = told.stdout.splitlines()
    assert lines[0].split() == ["ST36", "right", "20", "min"]
    assert any(line.startswith("not read, column 11: zzz:") for line in lines)
    assert run("read", home=tmp_path).returncode == 2
    assert run("read", "ST36", "--side", "up", home=tmp_path).returncode == 2
    assert run("--vault", "x", "read", "ST36", home=tmp_path).returncode == 2
