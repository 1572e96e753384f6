"""A backup put back in the place of the vault: the old or the new, whole, whatever happens; and nothing of the old is lost."""

import os
import random
import shutil
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from neuro_chart.clinic.people import Patient, Practice, Practitioner
from neuro_chart.clinic.recovery import read, write
from neuro_chart.clinic.visits import Visit
from neuro_chart.store.access import new_recovery, open_by_sheet, recover
from neuro_chart.store.backups import backup, restore
from neuro_chart.store.errors import (
    CancelledError,
    DamagedVaultError,
    NewerVaultError,
    NotAVaultError,
    NoVaultError,
    VaultError,
    VaultInUseError,
    WriteFailedError,
)
from neuro_chart.store.keys import KeyRing, keys_path
from neuro_chart.store.records import Records
from neuro_chart.store.replacing import finish
from neuro_chart.store.tables import REVISION
from neuro_chart.store.vault import Vault
from neuro_chart.store.verify import verify

KILLS = int(os.environ.get("NEURO_CHART_KILLS", "4"))


@pytest.fixture
def copy(vault_path, passphrase, tmp_path):
    """A backup of a chart with one patient; the chart itself has two by now."""
    with Vault.open(vault_path, passphrase) as vault:
        Records(vault).save_patient(Patient("Early"))
        folder = tmp_path / "stick"
        folder.mkdir()
        made = backup(vault, folder).path
        Records(vault).save_patient(Patient("Late"))
    return made


def patients(path, passphrase):
    with Vault.open(path, passphrase) as vault:
        assert verify(vault).holds
        return {line.given for line in Records(vault).patients()}


def prints(folder):
    return {str(file.relative_to(folder)): sha256(file.read_bytes()).hexdigest() for file in folder.rglob("*") if file.is_file()}


def unlocked(path, passphrase):
    return Vault.unwrap_key(path, passphrase)


def test_a_backup_takes_the_place_of_the_chart_which_is_kept_aside(vault_path, copy, passphrase):
    before = copy.read_bytes()
    shares = []
    aside = restore(copy, vault_path, unlocked(copy, passphrase), shares.append)
    assert patients(vault_path, passphrase) == {"Early"}
    assert aside.name.startswith("clinic (replaced 20")
    assert patients(aside, passphrase) == {"Early", "Late"}
    assert copy.read_bytes() == before
    assert (shares[0], shares[-1], shares) == (0, 1, sorted(shares))
    again = restore(copy, vault_path, unlocked(copy, passphrase))
    assert again != aside
    assert patients(aside, passphrase) == {"Early", "Late"}
    assert {file.name for file in vault_path.parent.iterdir() if file.is_file()} == {
        name for path in (vault_path, aside, again) for name in (path.name, keys_path(path).name)
    }


TYPED = {
    "as printed": lambda sheet: sheet,
    "small letters with spaces": lambda sheet: sheet.lower().replace("-", " "),
    "in one": lambda sheet: sheet.replace("-", ""),
    "O and I for 0 and 1": lambda sheet: sheet.replace("0", "O").replace("1", "I"),
    "wide, in lines": lambda sheet: "".join(chr(ord(c) + 0xFEE0) if c.isalnum() else "\n" for c in sheet),
}


@pytest.mark.parametrize("typed", TYPED.values(), ids=TYPED)
def test_on_a_clean_machine_the_recovery_sheet_is_enough(vault_path, tmp_path, passphrase, typed):
    with Vault.open(vault_path, passphrase) as vault:
        records = Records(vault)
        records.save_patient(early := Patient("Early"))
        records.start_visit(visit := Visit(early.id, vault.practitioner_id, subjective="Sleeps badly"))
        records.sign(visit.id)
        sheet, said, head = new_recovery(vault), records.visits(early.id), records.trail_head()
        mei = vault.practitioner_id
        folder = tmp_path / "stick"
        folder.mkdir()
        made = backup(vault, folder).path
    there = tmp_path / "another" / "machine" / "practice.vault"
    key = write(read(typed(sheet)))
    assert restore(made, there, KeyRing.load(keys_path(made)).unwrap_recovery(key)) is None
    with recover(open_by_sheet(there, key), mei, "a new passphrase of mine") as vault:
        assert Records(vault).visits(early.id) == said
        assert verify(vault, seen=head).holds
    assert patients(there, "a new passphrase of mine") == {"Early"}
    assert patients(vault_path, passphrase) == {"Early"}


def leave_open(path, passphrase):
    """Leaves the files as a program does that is killed: the last words are in the journal only."""
    files = [path, path.with_name(f"{path.name}-wal")]
    with Vault.open(path, passphrase) as vault, vault._door._held_still():
        records = Records(vault)
        records.save_practice(replace(records.practice(), name="Only in the journal"))
        held = [file.read_bytes() for file in files]
    for file, content in zip(files, held, strict=True):
        file.write_bytes(content)


def test_the_last_words_of_a_killed_program_are_kept_with_the_vault_that_they_belong_to(vault_path, copy, passphrase):
    leave_open(vault_path, passphrase)
    journal = vault_path.with_name("clinic.vault-wal")
    assert journal.stat().st_size > 0
    aside = restore(copy, vault_path, unlocked(copy, passphrase))
    assert not journal.exists()
    assert patients(vault_path, passphrase) == {"Early"}
    with Vault.open(aside, passphrase) as vault:
        assert Records(vault).practice().name == "Only in the journal"


def test_a_damaged_chart_and_one_without_keys_are_replaced_and_kept_too(vault_path, copy, passphrase):
    rotten = vault_path.read_bytes()[:-9000] + b"rotten" * 1500
    vault_path.write_bytes(rotten)
    assert restore(copy, vault_path, unlocked(copy, passphrase)).read_bytes() == rotten
    assert patients(vault_path, passphrase) == {"Early"}
    keys_path(vault_path).unlink()
    aside = restore(copy, vault_path, unlocked(copy, passphrase))
    assert patients(vault_path, passphrase) == {"Early"}
    assert not keys_path(aside).exists()
    vault_path.unlink()
    lonely = keys_path(vault_path).read_bytes()
    restore(copy, vault_path, unlocked(copy, passphrase))
    assert patients(vault_path, passphrase) == {"Early"}
    assert lonely in [file.read_bytes() for file in vault_path.parent.glob("*(replaced*.keys")]


def test_a_chart_of_another_practice_gives_way_with_its_own_keys(vault_path, copy, passphrase, tmp_path, cheap_kdf):
    other = tmp_path / "other" / "clinic.vault"
    other.parent.mkdir()
    Vault.create(other, "another one", Practice("Other"), Practitioner("Other"), kdf=cheap_kdf).close()
    aside = restore(copy, other, unlocked(copy, passphrase))
    assert patients(other, passphrase) == {"Early"}
    with Vault.open(aside, "another one") as vault:
        assert Records(vault).practice().name == "Other"


def refused(copy, path, key, error):
    before = prints(path.parent)
    with pytest.raises(error) as caught:
        restore(copy, path, key)
    assert prints(path.parent) == before
    assert str(caught.value).endswith(".")
    return str(caught.value)


def test_a_chart_that_is_open_is_not_replaced(vault_path, copy, passphrase):
    key = unlocked(copy, passphrase)
    with Vault.open(vault_path, passphrase) as vault:
        refused(copy, vault_path, key, VaultInUseError)
        Records(vault).save_patient(Patient("Goes on"))
        refused(vault_path, vault_path.with_name("new.vault"), key, VaultInUseError)
    assert patients(vault_path, passphrase) == {"Early", "Late", "Goes on"}


def test_what_is_no_backup_is_refused_and_the_chart_stays(vault_path, copy, passphrase, tmp_path, cheap_kdf):
    key, whole, keys = unlocked(copy, passphrase), copy.read_bytes(), keys_path(copy).read_bytes()
    at = random.Random(3)  # noqa: S311
    for _ in range(5):
        spot = at.randrange(len(whole))
        copy.write_bytes(whole[:spot] + bytes([whole[spot] ^ 4]) + whole[spot + 1 :])
        refused(copy, vault_path, key, DamagedVaultError)
    for length, error in ((0, NotAVaultError), (3000, NotAVaultError), (len(whole) - 4096, DamagedVaultError), (8192, DamagedVaultError)):
        copy.write_bytes(whole[:length])
        refused(copy, vault_path, key, error)
    copy.write_bytes(whole)
    keys_path(copy).unlink()
    assert "keys" in refused(copy, vault_path, key, NotAVaultError)
    keys_path(copy).write_text("{}")
    refused(copy, vault_path, key, DamagedVaultError)
    other = tmp_path / "other.vault"
    Vault.create(other, "another one", Practice("Other"), Practitioner("Other"), kdf=cheap_kdf).close()
    shutil.copy(keys_path(other), keys_path(copy))
    assert "belong to another vault" in refused(copy, vault_path, unlocked(copy, "another one"), DamagedVaultError)
    keys_path(copy).write_bytes(keys)
    refused(copy.with_name("none"), vault_path, key, NoVaultError)
    assert patients(vault_path, passphrase) == {"Early", "Late"}


def test_a_backup_of_a_newer_program_is_refused(vault_path, copy, passphrase):
    with Vault.open(copy, passphrase) as vault, vault.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert "newer" in refused(copy, vault_path, unlocked(copy, passphrase), NewerVaultError)


def test_a_backup_of_an_older_program_is_brought_up_to_date_when_it_is_opened(vault_path, passphrase, tmp_path):
    for file in (Path(__file__).parent / "vaults").glob("0001.vault*"):
        shutil.copy(file, tmp_path)
    restore(tmp_path / "0001.vault", vault_path, unlocked(tmp_path / "0001.vault", passphrase))
    with Vault.open(vault_path, passphrase) as vault, vault.reader.connect() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == REVISION


@pytest.mark.parametrize("at", [0, 1, -1])
def test_a_restore_that_is_stopped_changes_nothing(vault_path, copy, passphrase, at, tmp_path):
    seen = []
    there = tmp_path / "trial" / "clinic.vault"
    restore(copy, there, unlocked(copy, passphrase), seen.append)
    last, calls, before = len(seen) - 1 if at == -1 else at, iter(range(100)), prints(vault_path.parent)
    with pytest.raises(CancelledError):
        restore(copy, vault_path, unlocked(copy, passphrase), lambda _share: next(calls) != last)
    assert prints(vault_path.parent) == before


def test_a_place_that_takes_nothing_is_told(copy, passphrase, tmp_path):
    (tmp_path / "a file").touch()
    with pytest.raises(WriteFailedError, match="isn't there"):
        restore(copy, tmp_path / "a file" / "clinic.vault", unlocked(copy, passphrase))


@pytest.mark.skipif(os.name != "posix", reason="POSIX only")
def test_a_disk_without_room_is_told_and_the_chart_stays(vault_path, copy, passphrase):
    import resource  # noqa: PLC0415  # POSIX only

    before = prints(vault_path.parent)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    for room in (0, 4096, 100_000):
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
        try:
            with pytest.raises(WriteFailedError, match="too little room"):
                restore(copy, vault_path, unlocked(copy, passphrase))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert prints(vault_path.parent) == before


# interrupted anywhere


@pytest.mark.parametrize("has_links", [True, False], ids=["links", "no-links"])
@pytest.mark.parametrize("present", ["a chart", "another's", "none"])
def test_a_restore_that_is_killed_leaves_the_old_chart_or_the_new(
    tmp_path, vault_path, copy, passphrase, killed_at, present, has_links, cheap_kdf
):
    """At each thing that it does with a file, or at some of them; a file system without links is slower, and as safe."""
    old = tmp_path / "old"
    old.mkdir()
    if present == "a chart":
        for file in (vault_path, keys_path(vault_path)):
            shutil.copy(file, old)
        leave_open(old / "clinic.vault", passphrase)
    if present == "another's":
        Vault.create(old / "clinic.vault", "another one", Practice("Other"), Practitioner("Other"), kdf=cheap_kdf).close()
    key = unlocked(copy, passphrase)
    place = tmp_path / "place" / "clinic.vault"

    def work():
        if not has_links:
            del os.link
            os.link = refuse_links
        restore(copy, place, key)

    moments = range(100) if KILLS >= 100 else sorted(random.Random(present).sample(range(24), min(KILLS, 24)))  # noqa: S311
    outcomes = set()
    for moment in moments:
        shutil.copytree(old, place.parent)
        killed = killed_at(moment, work)
        outcomes.add(state := outcome(place, present, passphrase))
        aside = list(place.parent.glob("*(replaced*.vault"))
        if state == "new":
            assert len(aside) == (present != "none")
            for path in aside:
                assert outcome(path, present, passphrase) == "old"
        else:
            assert aside == []
        assert not [file.name for file in place.parent.iterdir() if file.name.startswith(".")] or state == "none"
        assert not place.with_name("clinic.vault.restoring").exists()
        shutil.rmtree(place.parent)
        if not killed:
            break
    else:
        assert KILLS < 100, "the whole was killed through"
    if KILLS >= 100:
        assert outcomes == {"new", "none" if present == "none" else "old"}


def refuse_links(*_):
    raise OSError(95, "Operation not supported")


def outcome(path, present, passphrase):
    """What somebody finds who opens it: whole, and one of the two."""
    try:
        with Vault.open(path, "another one" if present == "another's" else passphrase) as vault:
            assert verify(vault).holds
            held = {line.given for line in Records(vault).patients()}
            name = Records(vault).practice().name
    except NoVaultError:
        assert present == "none"
        return "none"
    except VaultError:
        assert present == "another's"
        return "new" if patients(path, passphrase) == {"Early"} else "?"
    if present == "another's":
        assert name == "Other"
        return "old"
    if held == {"Early"}:
        assert name == "Riverside Acupuncture"
        return "new"
    assert (held, name) == ({"Early", "Late"}, "Only in the journal")
    return "old"


@pytest.mark.parametrize(
    "words", ["", "{", "[]", '["../../etc/passwd", "x"]', '["a", "b", "c"]', "\udce9", '["clinic.vault", "kept"]', "[1, 2]"]
)
def test_a_marker_that_says_nothing_sound_is_told_and_another_restore_helps(vault_path, copy, words, passphrase):
    marker = vault_path.with_name("clinic.vault.restoring")
    marker.write_bytes(words.encode("utf-8", "surrogateescape"))
    before = prints(vault_path.parent)
    with pytest.raises(DamagedVaultError, match="Restore the backup once more"):
        Vault.open(vault_path, passphrase)
    assert prints(vault_path.parent) == before
    restore(copy, vault_path, unlocked(copy, passphrase))
    assert patients(vault_path, passphrase) == {"Early"}
    assert not marker.exists()


def test_a_marker_whose_work_is_done_is_taken_away(vault_path, passphrase):
    vault_path.with_name("clinic.vault.restoring").write_text('[".clinic.vault.gone.new", "clinic (replaced).vault"]')
    Vault.open(vault_path, passphrase).close()
    assert not vault_path.with_name("clinic.vault.restoring").exists()
    finish(vault_path)


@pytest.mark.skipif(os.name != "posix", reason="no such name elsewhere")
def test_a_chart_of_any_name_is_restored(copy, passphrase, tmp_path):
    for name in ("a\nb\u2028.vault", "Praxis Müller #1, 50%.vault", "no ending", "(x).vault"):
        there = tmp_path / "wild" / name
        restore(copy, there, unlocked(copy, passphrase))
        aside = restore(copy, there, unlocked(copy, passphrase))
        assert patients(there, passphrase) == patients(aside, passphrase) == {"Early"}
