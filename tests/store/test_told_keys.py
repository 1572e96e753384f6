"""The keys beside a vault, held against what its trail told of them last: older ones that are put back are said.

Writing the keys is also killed at what it does with files: at a few moments in the usual run, with NEURO_CHART_KILLS=100 at all of them.
"""

import os
import random
import shutil
import zlib
from pathlib import Path

import pytest

from neuro_chart.clinic.people import Practitioner
from neuro_chart.clinic.trail import Deed
from neuro_chart.store import access, keys
from neuro_chart.store.backups import backup, backups, restore, tell_restored
from neuro_chart.store.errors import WriteFailedError, WrongPassphraseError
from neuro_chart.store.keys import Kdf, KeyRing, keys_path
from neuro_chart.store.records import Records
from neuro_chart.store.told_keys import OTHER_KEYS, are_others
from neuro_chart.store.vault import Vault
from neuro_chart.store.verify import verify

NEW, OLAS, OLAS_NEW = "seven grey herons wade", "nine white geese fly", "two brown owls listen"
OTHERS = "with other keys than were recorded last"
KILLS = int(os.environ.get("NEURO_CHART_KILLS", "4"))
FROZEN = Path(__file__).parent / "vaults"


def sign_in(path, words):
    """Begin and end a sitting; whether other keys are said, by the question of the unlock window, the check and the trail alike."""
    with Vault.open(path, words) as vault:
        others = are_others(vault)
        assert said_by_the_check(vault) == ([OTHER_KEYS] if others else [])
        records = Records(vault)
        records.signed_in()
        assert (records.trail(limit=1)[0].changes.get("what") == OTHERS) == others
        return others


def said_by_the_check(vault):
    beside = KeyRing.load(keys_path(vault.path))
    return [problem.sentence for problem in verify(vault, beside=beside).problems]


def give(path, words, new):
    """Somebody gives themselves a new passphrase."""
    with Vault.open(path, words) as vault:
        access.set_passphrase(vault, vault.practitioner_id, new)


def fitting(path, *possible):
    """The passphrase among these that opens the vault."""
    found = []
    for words in possible:
        try:
            Vault.unwrap_key(path, words)
        except WrongPassphraseError:
            continue
        found.append(words)
    assert len(found) == 1
    return found[0]


def test_old_keys_that_are_put_back_are_said_until_a_passphrase_is_set_anew(vault_path, passphrase):
    assert not sign_in(vault_path, passphrase)
    old = keys_path(vault_path).read_bytes()
    give(vault_path, passphrase, NEW)
    assert not sign_in(vault_path, NEW)
    keys_path(vault_path).write_bytes(old)
    assert sign_in(vault_path, passphrase)
    assert sign_in(vault_path, passphrase), "it was said once and then taken for right"
    give(vault_path, passphrase, NEW)
    assert not sign_in(vault_path, NEW)


def test_somebody_else_s_old_passphrase_is_said_too_and_the_right_keys_end_it(vault_path, passphrase):
    with Vault.open(vault_path, passphrase) as vault:
        Records(vault).put_practitioner(ola := Practitioner("Ola Nordmann"))
        access.set_passphrase(vault, ola.id, OLAS)
    old = keys_path(vault_path).read_bytes()
    give(vault_path, OLAS, OLAS_NEW)
    right = keys_path(vault_path).read_bytes()
    keys_path(vault_path).write_bytes(old)
    assert sign_in(vault_path, OLAS)
    keys_path(vault_path).write_bytes(right)
    assert not sign_in(vault_path, passphrase)
    with Vault.open(vault_path, passphrase) as vault:
        told = [(entry.practitioner_id, entry.changes.get("what")) for entry in Records(vault).trail(deed=Deed.SIGNED_IN)]
    assert (ola.id, OTHERS) in told, "who came in by them meanwhile stays in the trail"


def test_an_old_recovery_sheet_that_is_put_back_is_said_in_the_trail(vault_path, passphrase):
    with Vault.open(vault_path, passphrase) as vault:
        first = access.new_recovery(vault)
        old = keys_path(vault_path).read_bytes()
        access.new_recovery(vault)
    keys_path(vault_path).write_bytes(old)
    with access.open_by_sheet(vault_path, first) as vault:
        assert are_others(vault)
        assert Records(vault).trail(deed=Deed.RECOVERED)[0].changes["what"] == OTHERS


def test_where_nothing_can_be_written_old_keys_are_said_as_well(vault_path, passphrase):
    sign_in(vault_path, passphrase)
    old = keys_path(vault_path).read_bytes()
    give(vault_path, passphrase, NEW)
    keys_path(vault_path).write_bytes(old)
    with Vault.open_with_key(vault_path, Vault.unwrap_key(vault_path, passphrase), read_only=True) as vault:
        assert are_others(vault)
        assert said_by_the_check(vault) == [OTHER_KEYS]


def test_a_chart_whose_trail_never_told_of_keys_says_nothing_until_it_does(vault_path, passphrase):
    old = keys_path(vault_path).read_bytes()
    with Vault.open(vault_path, passphrase) as vault:
        ring = KeyRing.load(keys_path(vault_path))
        ring.changing(vault.key, vault.practitioner_id, NEW).save(keys_path(vault_path))  # as a program did that told no digests
        Records(vault).log(Deed.KEYS, what="a new passphrase for Dr Mei Lindqvist")
    assert not sign_in(vault_path, NEW)
    keys_path(vault_path).write_bytes(old)
    assert sign_in(vault_path, passphrase)


@pytest.mark.parametrize("revision", ["0001", "0002", "0003"])
def test_a_released_vault_is_brought_up_to_date_and_its_copy_kept_without_a_word(tmp_path, passphrase, revision):
    for file in FROZEN.glob(f"{revision}.vault*"):
        shutil.copy(file, tmp_path)
    path = tmp_path / f"{revision}.vault"
    assert not sign_in(path, passphrase)
    assert not sign_in(path, passphrase)
    (kept,) = (each for each in tmp_path.glob("*.before-*") if not each.name.endswith(".keys"))
    assert not sign_in(kept, passphrase)


SAYING = "UPDATE trail SET detail = x'{}' WHERE deed = 'signed in'"
DEEP = zlib.compress(b"[" * 100_000).hex()


@pytest.mark.parametrize("sql", [SAYING.format("00"), SAYING.format(DEEP), "DROP TABLE trail"], ids=["torn", "deep", "gone"])
def test_a_trail_that_tells_nothing_sound_keeps_nobody_out(vault_path, passphrase, sql):
    sign_in(vault_path, passphrase)
    with Vault.open(vault_path, passphrase) as vault, vault.engine.begin() as connection:
        for (name,) in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'trail'").all():
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        connection.exec_driver_sql(sql)
    with Vault.open(vault_path, passphrase) as vault:
        found = said_by_the_check(vault)
        assert found
        assert OTHER_KEYS not in found


# a slot that is raised


def stronger(path, monkeypatch):
    (weak,) = {slot.kdf for slot in KeyRing.load(keys_path(path)).slots}
    monkeypatch.setattr(keys, "KDFS", (Kdf(memory=2 * weak.memory, iterations=weak.iterations, lanes=weak.lanes),))


def test_a_slot_that_is_raised_is_told_and_those_before_it_are_old(vault_path, passphrase, monkeypatch):
    sign_in(vault_path, passphrase)
    old = keys_path(vault_path).read_bytes()
    stronger(vault_path, monkeypatch)
    assert not sign_in(vault_path, passphrase)
    assert keys_path(vault_path).read_bytes() != old
    keys_path(vault_path).write_bytes(old)
    assert sign_in(vault_path, passphrase)


def test_old_keys_that_are_put_back_are_not_made_right_by_being_raised(vault_path, passphrase, monkeypatch):
    sign_in(vault_path, passphrase)
    old = keys_path(vault_path).read_bytes()
    give(vault_path, passphrase, NEW)
    keys_path(vault_path).write_bytes(old)
    stronger(vault_path, monkeypatch)
    assert sign_in(vault_path, passphrase)
    assert keys_path(vault_path).read_bytes() == old


# what breaks in between


def test_keys_that_the_disk_does_not_take_are_not_told(vault_path, passphrase, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    sign_in(vault_path, passphrase)
    with Vault.open(vault_path, passphrase) as vault:
        monkeypatch.setattr(keys.os, "fsync", full)
        with pytest.raises(WriteFailedError, match="What was there before still holds"):
            access.set_passphrase(vault, vault.practitioner_id, NEW)
        monkeypatch.undo()
        assert not Records(vault).trail(deed=Deed.KEYS)
    assert not sign_in(vault_path, passphrase)


def test_a_change_that_was_cut_off_is_said_until_it_is_done_again(vault_path, passphrase, monkeypatch):
    def gone(*_):
        raise OSError(5, "Input/output error")

    sign_in(vault_path, passphrase)
    with Vault.open(vault_path, passphrase) as vault:
        monkeypatch.setattr(Path, "replace", gone)
        with pytest.raises(WriteFailedError, match="What was there before still holds"):
            access.set_passphrase(vault, vault.practitioner_id, NEW)
        monkeypatch.undo()
    assert sign_in(vault_path, passphrase)
    give(vault_path, passphrase, NEW)
    assert not sign_in(vault_path, NEW)


@pytest.mark.parametrize("act", ["a new passphrase", "a slot that is raised"])
def test_keys_whose_writing_is_killed_leave_a_way_in_and_no_word_that_stays(vault_path, passphrase, killed_at, act, monkeypatch, tmp_path):
    sign_in(vault_path, passphrase)
    if act == "a slot that is raised":
        stronger(vault_path, monkeypatch)
    moments = range(100) if KILLS >= 100 else sorted(random.Random(act).sample(range(18), KILLS))  # noqa: S311
    said = []
    for moment in moments:
        folder = tmp_path / f"{moment}"
        folder.mkdir()
        path = Path(shutil.copy(vault_path, folder))
        shutil.copy(keys_path(vault_path), folder)

        def write(path=path):
            if act == "a new passphrase":
                give(path, passphrase, NEW)
            else:
                Vault.open(path, passphrase).close()

        killed = killed_at(moment, write)
        way_in = fitting(path, passphrase, NEW)
        said.append(sign_in(path, way_in))
        give(path, way_in, OLAS)
        assert not sign_in(path, OLAS)
        if not killed:
            break
    assert sum(said) <= 2, "it was said elsewhere than between the entry and the name of the file"
    assert KILLS < 100 or (any(said) and not killed)


# backups


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "stick"
    made.mkdir()
    return made


@pytest.mark.parametrize("during", ["the copy", "the check"])
@pytest.mark.parametrize("told", [True, False])
def test_a_backup_has_the_keys_of_its_own_moment(vault, folder, passphrase, during, told):
    if told:
        Records(vault).signed_in()
    changed = []

    def change(share):
        if not changed and share > (0 if during == "the check" else -1):
            changed.append(share)
            access.set_passphrase(vault, vault.practitioner_id, NEW)
        return True

    made = backup(vault, folder, change)
    assert changed
    assert not made.problem
    assert not sign_in(made.path, passphrase if told else NEW)  # where no keys were ever told, the newest do
    vault.close()
    assert not sign_in(vault.path, NEW)


def test_a_backup_from_before_a_change_is_restored_without_a_word(vault_path, folder, passphrase):
    with Vault.open(vault_path, passphrase) as vault:
        Records(vault).signed_in()
        made = backup(vault, folder)
        access.set_passphrase(vault, vault.practitioner_id, NEW)
    aside = restore(made.path, vault_path, Vault.unwrap_key(made.path, passphrase))
    assert not sign_in(vault_path, passphrase)
    with Vault.open(vault_path, passphrase) as vault:
        tell_restored(vault, made.path.name)
    assert not sign_in(vault_path, passphrase)
    assert not sign_in(aside, NEW)


def test_a_backup_with_other_keys_is_said_by_its_check_and_no_more_once_it_was_restored(vault_path, folder, passphrase):
    with Vault.open(vault_path, passphrase) as vault:
        Records(vault).signed_in()
        old = keys_path(vault_path).read_bytes()
        access.set_passphrase(vault, vault.practitioner_id, NEW)
        backup(vault, folder)
    (made,) = backups(folder)
    keys_path(made.path).write_bytes(old)
    unlocked = Vault.unwrap_key(made.path, passphrase)
    with Vault.open_with_key(made.path, unlocked, read_only=True) as copy:
        assert said_by_the_check(copy) == [OTHER_KEYS]
    restore(made.path, vault_path, unlocked)
    with Vault.open(vault_path, passphrase) as vault:
        tell_restored(vault, made.path.name)
    assert not sign_in(vault_path, passphrase)
