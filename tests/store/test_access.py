"""Who opens the vault: passphrases given, changed and taken away, and the recovery sheet; not a byte of the chart is written anew.

Changing passphrases is also killed at random moments: a few in the usual run; NEURO_CHART_KILLS=100 tries as many. This file is the
program that is killed, too.
"""

import itertools
import os
import random
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

import neuro_chart
from neuro_chart.clinic.people import Practitioner, Role
from neuro_chart.clinic.recovery import MisreadError
from neuro_chart.clinic.trail import Deed
from neuro_chart.store import access, keys
from neuro_chart.store.attempts import FREE
from neuro_chart.store.errors import NotAllowedError, TooSoonError, VaultError, WriteFailedError, WrongPassphraseError
from neuro_chart.store.keys import RECOVERY, Kdf, KeyRing, keys_path
from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault

KILLS = int(os.environ.get("NEURO_CHART_KILLS", "4"))
HERS = "seven grey herons wade"


@pytest.fixture
def ola(vault, records):
    """A second practitioner, with a passphrase."""
    person = Practitioner("Ola Nordmann")
    records.put_practitioner(person)
    access.set_passphrase(vault, person.id, HERS)
    return person


def opened_by(path, passphrase):
    """Who signs in with a passphrase."""
    with Vault.open(path, passphrase) as opened:
        return opened.practitioner_id


def refused(path, passphrase, error=WrongPassphraseError):
    with pytest.raises(error):
        Vault.open(path, passphrase)


def keys_told(records):
    return [entry.changes["what"] for entry in records.trail(deed=Deed.KEYS)]


def test_each_opens_with_their_own_passphrase_and_the_trail_says_who_gave_it(vault, records, ola, passphrase):
    assert access.holders(vault.path) == {records.practitioner().id, ola.id}
    assert keys_told(records) == ["a new passphrase for Ola Nordmann"]
    vault.close()
    assert opened_by(vault.path, HERS) == ola.id
    assert opened_by(vault.path, passphrase) != ola.id


def test_a_changed_passphrase_replaces_the_old_one_and_touches_no_byte_of_the_chart(vault, passphrase):
    mine = vault.practitioner_id
    vault.close()
    with Vault.open(vault.path, passphrase) as opened:
        key = opened.key
    before = sha256(vault.path.read_bytes()).hexdigest()
    ring = KeyRing.load(keys_path(vault.path))
    ring.changing(key, mine, "a new one altogether").save(keys_path(vault.path))
    assert sha256(vault.path.read_bytes()).hexdigest() == before
    refused(vault.path, passphrase)
    with Vault.open(vault.path, "a new one altogether") as opened:
        assert opened.practitioner_id == mine
        assert opened.key == key
        access.set_passphrase(opened, mine, passphrase)
        assert keys_told(Records(opened)) == ["a new passphrase for Dr Mei Lindqvist"]
    assert opened_by(vault.path, passphrase) == mine


def test_no_two_share_a_passphrase_for_it_says_who_signs(vault, ola, passphrase):
    for whose, taken in ((ola.id, passphrase), (vault.practitioner_id, HERS)):
        with pytest.raises(VaultError, match="theirs alone"):
            access.set_passphrase(vault, whose, taken)
    access.set_passphrase(vault, ola.id, HERS)  # their own may be given again
    vault.close()
    assert opened_by(vault.path, HERS) == ola.id


@pytest.mark.parametrize("empty", ["", "  ", "\u3000"])
def test_an_empty_passphrase_is_refused(vault, passphrase, empty):
    with pytest.raises(VaultError, match="passphrase"):
        access.set_passphrase(vault, vault.practitioner_id, empty)
    vault.close()
    assert opened_by(vault.path, passphrase)


def test_who_is_disabled_opens_nothing_whether_or_not_their_slot_is_gone(vault, records, ola, passphrase):
    records.put_practitioner(replace(ola, disabled=datetime.now(UTC)))
    copied = keys_path(vault.path).read_bytes()
    vault.close()
    refused(vault.path, HERS, NotAllowedError)  # as if the program had been killed before the slot was removed
    with Vault.open(vault.path, passphrase) as opened:
        assert ola.id in access.holders(opened.path)
        access.remove(opened, ola.id)
        assert access.holders(opened.path) == {opened.practitioner_id}
    refused(vault.path, HERS)
    keys_path(vault.path).write_bytes(copied)
    refused(vault.path, HERS, NotAllowedError)  # an old copy of the keys opens no chart in which they are disabled


def test_who_is_added_and_has_no_passphrase_yet_is_told(vault, records):
    records.put_practitioner(person := Practitioner("Nils Ny"))
    assert person.id not in access.holders(vault.path)
    access.set_passphrase(vault, person.id, HERS)
    assert person.id in access.holders(vault.path)


@pytest.mark.parametrize("role", [Role.PRACTITIONER, Role.READER])
def test_all_but_owners_change_only_their_own_passphrase(vault, records, ola, role):
    records.put_practitioner(replace(ola, role=role))
    mei = vault.practitioner_id
    vault.close()
    with Vault.open(vault.path, HERS) as opened:
        before = keys_path(vault.path).read_bytes()
        for act in (
            lambda: access.set_passphrase(opened, mei, "mine now and for ever"),
            lambda: access.remove(opened, mei),
            lambda: access.new_recovery(opened),
        ):
            with pytest.raises(NotAllowedError):
                act()
        assert keys_path(vault.path).read_bytes() == before
        access.set_passphrase(opened, ola.id, "nine white geese fly")
    assert opened_by(vault.path, "nine white geese fly") == ola.id


def test_nobody_removes_themselves(vault, passphrase):
    with pytest.raises(VaultError, match="lock yourself out"):
        access.remove(vault, vault.practitioner_id)


def test_a_disk_that_takes_nothing_leaves_the_keys_as_they_were(vault, passphrase, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keys.os, "fsync", full)
    with pytest.raises(WriteFailedError, match="No space left on device"):
        access.set_passphrase(vault, vault.practitioner_id, HERS)
    monkeypatch.undo()
    vault.close()
    assert opened_by(vault.path, passphrase)


# the cost of a passphrase, raised over the years


def test_a_slot_is_raised_when_it_opens_and_only_once(vault_path, passphrase, monkeypatch):
    weak = KeyRing.load(keys_path(vault_path)).slots[0].kdf
    stronger = Kdf(memory=2 * weak.memory, iterations=weak.iterations, lanes=weak.lanes)
    monkeypatch.setattr(keys, "KDFS", (stronger, weak))
    mine = opened_by(vault_path, passphrase)
    raised = keys_path(vault_path).read_bytes()
    assert [slot.kdf for slot in KeyRing.load(keys_path(vault_path)).slots] == [stronger]
    assert opened_by(vault_path, passphrase) == mine
    assert keys_path(vault_path).read_bytes() == raised
    with Vault.open(vault_path, passphrase) as opened:
        assert keys_told(Records(opened)) == ["their own passphrase, wrapped more strongly"]


def test_only_the_slot_that_opened_is_raised_and_none_is_ever_weakened(vault, records, ola, passphrase, monkeypatch):
    vault.close()
    (weak,) = {slot.kdf for slot in KeyRing.load(keys_path(vault.path)).slots}
    stronger = Kdf(memory=2 * weak.memory, iterations=1, lanes=1)
    monkeypatch.setattr(keys, "KDFS", (stronger,))
    mine = opened_by(vault.path, passphrase)
    assert {slot.practitioner_id: slot.kdf for slot in KeyRing.load(keys_path(vault.path)).slots} == {mine: stronger, ola.id: weak}
    monkeypatch.setattr(keys, "KDFS", (weak,))
    opened_by(vault.path, passphrase)
    assert stronger in {slot.kdf for slot in KeyRing.load(keys_path(vault.path)).slots}


def test_where_memory_is_short_the_chart_opens_all_the_same(vault_path, passphrase, monkeypatch):
    monkeypatch.setattr(keys, "KDFS", (Kdf(memory=1 << 31),))  # 2 TiB: more than any machine has
    before = keys_path(vault_path).read_bytes()
    assert opened_by(vault_path, passphrase)
    assert keys_path(vault_path).read_bytes() == before


# the recovery sheet


def test_the_sheet_opens_the_vault_gives_an_owner_a_new_passphrase_and_is_told(vault, records, passphrase):
    mei = records.practitioner()
    assert not access.has_recovery(vault.path)
    code = access.new_recovery(vault)
    assert access.has_recovery(vault.path)
    assert access.holders(vault.path) == {mei.id}
    vault.close()
    with access.open_by_sheet(vault.path, f" {code.lower().replace('0', 'o').replace('-', '')} ") as opened:
        access.recover(opened, mei.id, HERS)
        now = Records(opened)
        assert now.practitioner() == mei
        told = [(entry.deed, entry.practitioner_id) for entry in now.trail(limit=3)]
        assert told == [(Deed.KEYS, mei.id), (Deed.RECOVERED, mei.id), (Deed.RECOVERED, RECOVERY)]
    refused(vault.path, passphrase)
    assert opened_by(vault.path, HERS) == mei.id
    access.open_by_sheet(vault.path, code).close()  # it goes on to fit


def test_a_new_sheet_ends_the_one_before_but_not_for_copies_made_earlier(vault, tmp_path):
    first = access.new_recovery(vault)
    key = vault.key
    copy = tmp_path / "elsewhere" / vault.path.name
    copy.parent.mkdir()
    shutil.copy(keys_path(vault.path), keys_path(copy))
    second = access.new_recovery(vault)
    vault.close()
    shutil.copy(vault.path, copy)
    with pytest.raises(WrongPassphraseError, match="newest recovery sheet"):
        access.open_by_sheet(vault.path, first)
    with access.open_by_sheet(vault.path, second) as opened:
        assert opened.key == key
    with access.open_by_sheet(copy, first) as opened:
        assert opened.key == key


def test_the_recovery_key_is_no_passphrase_and_a_passphrase_no_recovery_key(vault, passphrase):
    code = access.new_recovery(vault)
    vault.close()
    refused(vault.path, code)
    with pytest.raises(MisreadError):
        access.open_by_sheet(vault.path, passphrase)


def test_a_misread_key_costs_nothing_and_a_wrong_one_slows_down(vault):
    code = access.new_recovery(vault)
    other = access.recovery.fresh()
    vault.close()
    for _ in range(FREE + 5):
        with pytest.raises(MisreadError):
            access.open_by_sheet(vault.path, code[:-1])
    for _ in range(FREE + 1):
        with pytest.raises(WrongPassphraseError):
            access.open_by_sheet(vault.path, other)
    with pytest.raises(TooSoonError):
        access.open_by_sheet(vault.path, code)


def test_the_sheet_gives_a_way_in_to_owners_only(vault, records, ola):
    code = access.new_recovery(vault)
    vault.close()
    with access.open_by_sheet(vault.path, code) as opened, pytest.raises(NotAllowedError):
        access.recover(opened, ola.id, "nine white geese fly")
    refused(vault.path, "nine white geese fly")


def test_the_sheets_slot_is_bound_to_its_vault_like_any_other(vault, tmp_path):
    code = access.new_recovery(vault)
    ring = KeyRing.load(keys_path(vault.path))
    renamed = replace(ring, slots=tuple(replace(slot, practitioner_id=vault.practitioner_id) for slot in ring.slots[1:]))
    assert ring.slots[1].practitioner_id == RECOVERY
    with pytest.raises(WrongPassphraseError):
        renamed.unwrap(code)
    with pytest.raises(WrongPassphraseError):
        replace(ring, vault_id="ab" * 16).unwrap_recovery(code)


# killed while the keys are written


def change_for_ever(path: Path, *passphrases: str) -> None:
    """Change the passphrase, again and again, and say when each change was done."""
    keys.KDFS = (Kdf(memory=64, iterations=1, lanes=1),)
    with Vault.open(path, passphrases[0]) as vault:
        for number in itertools.count(1):
            access.set_passphrase(vault, vault.practitioner_id, passphrases[number % 2])
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
@pytest.mark.parametrize("seed", range(KILLS))
def test_killed_while_a_passphrase_changes_the_old_one_or_the_new_one_opens(vault_path, passphrase, seed):
    both = (passphrase, HERS)
    environment = os.environ | {"PYTHONPATH": str(Path(neuro_chart.__file__).parents[1])}
    with subprocess.Popen(  # noqa: S603
        [sys.executable, __file__, str(vault_path), *both], stdout=subprocess.PIPE, text=True, env=environment
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "1\n"
        time.sleep(random.Random(seed).uniform(0, 0.2))  # noqa: S311
        program.kill()
        done = int((["1", *program.stdout.read().split()])[-1])
    assert KeyRing.load(keys_path(vault_path)).slots[0].kdf.sound
    possible = {both[done % 2], both[(done + 1) % 2]}
    fitting = []
    for words in possible:
        with suppress(WrongPassphraseError), Vault.open(vault_path, words):
            fitting.append(words)
    assert len(fitting) == 1
    assert not list(vault_path.parent.glob(".*.new"))
    with Vault.open(vault_path, fitting[0]) as vault:
        assert len(keys_told(Records(vault))) >= min(done, 200)


if __name__ == "__main__":
    change_for_ever(Path(sys.argv[1]), *sys.argv[2:])
