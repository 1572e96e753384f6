"""Backup, restore and verify on the command line, in processes of their own."""

import os
import subprocess
import sys

import pytest

from neuro_chart.__main__ import main
from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.trail import Deed
from neuro_chart.clinic.visits import Visit
from neuro_chart.store.access import new_recovery, set_passphrase
from neuro_chart.store.keys import keys_path
from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault


@pytest.fixture
def chart(tmp_path, made_vault, passphrase):
    """A practice with a patient and a signed visit, where the program looks for it; and a file with its passphrase."""
    path = tmp_path / "data" / "neuro-chart" / "practice.vault"
    path.parent.mkdir(parents=True)
    for old, new in ((made_vault, path), (keys_path(made_vault), keys_path(path))):
        new.write_bytes(old.read_bytes())
    with Vault.open(path, passphrase) as vault:
        records = Records(vault)
        zoe = Patient("Zoë", "Ek")
        records.save_patient(zoe)
        visit = Visit(zoe.id, vault.practitioner_id)
        records.start_visit(visit)
        records.sign(visit.id)
    (tmp_path / "words").write_text(f"{passphrase}\n")
    return path


@pytest.fixture
def run(tmp_path):
    def run(*arguments, words="", **environment):
        env = {k: v for k, v in os.environ.items() if k not in {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}}
        env |= {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data"), "XDG_CONFIG_HOME": str(tmp_path / "config")} | environment
        told = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "neuro_chart", *map(str, arguments)],
            input=words, capture_output=True, text=True, env=env, timeout=120, check=False, start_new_session=True,
        )  # fmt: skip
        assert "Traceback" not in told.stderr
        return told

    return run


def test_a_chart_is_backed_up_changed_and_put_back(tmp_path, chart, run, passphrase):
    words = ("--passphrase-file", tmp_path / "words")
    (tmp_path / "stick").mkdir()
    made = run("backup", tmp_path / "stick", *words)
    assert made.returncode == 0, made.stderr
    copy = tmp_path / "stick" / made.stdout.strip().rpartition(os.sep)[2]
    assert {file.name for file in (tmp_path / "stick").iterdir()} == {copy.name, keys_path(copy).name}
    with Vault.open(chart, passphrase) as vault:
        (told,) = Records(vault).trail(deed=Deed.BACKED_UP)
        assert told.changes["file"] == copy.name
        Records(vault).save_patient(Patient("Late", "Comer"))

    asked = run("restore", copy, *words)
    assert asked.returncode == 1
    for said in ("Riverside Acupuncture", "1 patient, 1 visit, the last visit on", "is kept aside"):
        assert said in asked.stdout
    assert "Nothing was changed" in asked.stderr
    with Vault.open(chart, passphrase) as vault:
        assert Records(vault).patient_count() == 2

    restored = run("restore", copy, "--yes", *words)
    assert restored.returncode == 0, restored.stderr
    with Vault.open(chart, passphrase) as vault:
        assert [line.given for line in Records(vault).patients()] == ["Zoë"]
        assert Records(vault).trail(deed=Deed.RESTORED)[0].changes["backup"] == copy.name
    (aside,) = chart.parent.glob("practice (replaced *).vault")
    assert str(aside) in restored.stdout
    with Vault.open(aside, passphrase) as vault:
        assert Records(vault).patient_count() == 2


def test_a_chart_is_restored_where_there_is_none_and_by_the_recovery_sheet_alone(tmp_path, chart, run, passphrase):
    with Vault.open(chart, passphrase) as vault:
        (tmp_path / "sheet").write_text(new_recovery(vault))
    made = run("backup", "--passphrase-file", "-", words=f"{passphrase}\n")
    copy = chart.parent / "backups" / made.stdout.strip().rpartition(os.sep)[2]
    elsewhere = tmp_path / "elsewhere" / "new.vault"
    told = run("restore", copy, "--vault", elsewhere, "--recovery-file", tmp_path / "sheet", "--yes")
    assert told.returncode == 0, told.stderr
    assert "There is no vault at" in told.stdout
    assert "choose a new passphrase" in told.stdout
    with Vault.open(elsewhere, passphrase) as vault:
        assert Records(vault).patient_count() == 1
        assert Records(vault).trail(deed=Deed.RESTORED)[0].changes["backup"] == copy.name
    (tmp_path / "sheet").write_text("AAAA-BBBB\n")
    misread = run("verify", "--recovery-file", tmp_path / "sheet")
    assert misread.returncode == 1
    assert "8 groups" in misread.stderr


def test_what_holds_and_what_does_not_is_told_with_what_it_proves(tmp_path, chart, run, passphrase):
    words = ("--passphrase-file", tmp_path / "words")
    whole = run("verify", *words)
    assert whole.returncode == 0, whole.stderr
    assert "1 signature," in whole.stdout
    assert "All holds" in whole.stdout
    assert "does not prevent it" in whole.stdout
    with Vault.open(chart, passphrase) as vault:
        assert Records(vault).trail(deed=Deed.VERIFIED)
        with vault.engine.begin() as connection:
            trigger = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'trail'").scalar()
            connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
    broken = run("verify", *words)
    assert broken.returncode == 1
    assert f"“{trigger}”" in broken.stdout
    assert "does not prevent it" in broken.stdout
    before = {file.name: file.read_bytes() for file in chart.parent.iterdir() if file.is_file()}
    assert run("verify", chart, *words).returncode == 1
    assert {file.name: file.read_bytes() for file in chart.parent.iterdir() if file.is_file()} == before


def test_old_keys_that_were_put_back_are_told(tmp_path, chart, capsys, passphrase):
    words = ("--passphrase-file", str(tmp_path / "words"), "--vault", str(chart))
    assert main(["verify", *words]) == 0
    old = keys_path(chart).read_bytes()
    with Vault.open(chart, passphrase) as vault:
        set_passphrase(vault, vault.practitioner_id, "seven grey herons wade")
    keys_path(chart).write_bytes(old)
    capsys.readouterr()
    assert main(["verify", *words]) == 1
    assert "Does not hold: The keys beside this vault are not those that were recorded last" in capsys.readouterr().out


@pytest.mark.parametrize("gone", ["seal", "trail", "head", "amendment", "practice"])
def test_a_chart_of_which_a_part_is_gone_is_told(chart, tmp_path, capsys, passphrase, gone):
    with Vault.open(chart, passphrase) as vault, vault.engine.begin() as connection:
        connection.exec_driver_sql(f"DROP TABLE {gone}")
    assert main(["verify", "--passphrase-file", str(tmp_path / "words"), "--vault", str(chart)]) == 1
    assert f"“{gone}”" in capsys.readouterr().out


def test_what_goes_wrong_is_told_in_a_sentence(tmp_path, chart, capsys, passphrase):
    words = ("--passphrase-file", tmp_path / "words")
    (tmp_path / "wrong").write_text("another one\n")
    (tmp_path / "file").touch()

    def told(*arguments):
        assert main([*map(str, arguments), "--vault", str(chart)]) == 1, arguments
        out, err = capsys.readouterr()
        assert out == "", arguments
        return err

    for arguments, says in (
        (("backup", "--passphrase-file", tmp_path / "wrong"), "passphrase doesn't fit"),
        (("backup", tmp_path / "nowhere", *words), "isn't there"),
        (("backup", tmp_path / "file", *words), "isn't there"),
        (("restore", tmp_path / "none.vault", *words), "no vault"),
        (("restore", chart, "--yes", "--passphrase-file", tmp_path / "wrong"), "passphrase doesn't fit"),
        (("verify", tmp_path / "words", *words), "no vault"),
    ):
        assert says in told(*arguments)
    with Vault.open(chart, passphrase):
        for command in (("backup",), ("verify",), ("verify", chart), ("restore", chart, "--yes")):
            assert "open in another Neuro Chart" in told(*command, *words)


def test_where_nobody_can_type_a_passphrase_it_says_how_to_give_one(tmp_path, chart, run, passphrase):
    for words in ("", f"{passphrase}\n"):  # which no terminal could hide
        told = run("backup", words=words)
        assert told.returncode == 1
        assert told.stderr.startswith("neuro-chart: No passphrase was typed.")
    assert not (chart.parent / "backups").exists()


def test_a_folder_named_from_where_one_stands_is_the_one_that_the_window_knows(tmp_path, chart, passphrase, monkeypatch, capsys):
    (tmp_path / "stick").mkdir()
    monkeypatch.chdir(tmp_path)
    assert main(["backup", "stick", "--passphrase-file", "words", "--vault", str(chart)]) == 0
    assert capsys.readouterr().out.startswith(str(tmp_path / "stick"))
    with Vault.open(chart, passphrase) as vault:
        (told,) = Records(vault).trail(deed=Deed.BACKED_UP)
        assert told.changes["folder"] == str(tmp_path / "stick")


def test_a_link_to_the_chart_is_the_chart(tmp_path, chart, passphrase, capsys):
    (tmp_path / "desk").mkdir()
    link = tmp_path / "desk" / "practice.vault"
    link.symlink_to(chart)
    assert main(["backup", "--passphrase-file", str(tmp_path / "words"), "--vault", str(link)]) == 0
    assert capsys.readouterr().out.startswith(str(chart.parent / "backups"))
    assert list(link.parent.iterdir()) == [link]


GIVEN = """if True:
    import resource, sys
    from neuro_chart.__main__ import main
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (most, most))
    print(main(sys.argv[1:]), "with a core of", resource.getrlimit(resource.RLIMIT_CORE)[0])
"""


@pytest.mark.skipif(os.name != "posix", reason="POSIX only")
def test_no_core_file_can_hold_a_passphrase_that_was_given(chart, tmp_path):
    command = (sys.executable, "-c", GIVEN, "--vault", chart, "verify", "--passphrase-file", tmp_path / "words")
    told = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True)  # noqa: S603
    assert told.stdout.splitlines()[-1] == "0 with a core of 0"
