"""What a wrong passphrase costs: a little patience that grows, that a restart doesn't end and a wrong clock doesn't draw out."""

import json
import stat
from datetime import UTC, datetime, timedelta

import pytest

from neuro_chart.clinic.trail import Deed
from neuro_chart.store.attempts import FREE, LONGEST, Attempts
from neuro_chart.store.errors import TooSoonError, WrongPassphraseError
from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault


def fail(vault_path, times):
    """So many failures, the last one just now."""
    attempts = Attempts(vault_path)
    for _ in range(times):
        attempts.failed()
    return Attempts(vault_path)  # as a program that was started anew sees it


def move(vault_path, by):
    """As if each failure had been at another time; what the clock says now being put forward or back comes to the same."""
    path = Attempts(vault_path).path
    moved = [datetime.fromisoformat(line) + by for line in path.read_text().splitlines()]
    path.write_text("".join(f"{moment.isoformat()}\n" for moment in moved))


def test_the_first_failures_cost_nothing_and_then_the_wait_doubles_up_to_a_minute(vault_path):
    assert Attempts(vault_path).wait() == 0
    assert fail(vault_path, FREE).wait() == 0
    waits = [fail(vault_path, 1).wait() for _ in range(9)]
    assert [round(wait + 0.4) for wait in waits] == [1, 2, 4, 8, 16, 32, LONGEST, LONGEST, LONGEST]
    assert 0 < fail(vault_path, 1000).wait() <= LONGEST


def test_the_wait_passes(vault_path):
    fail(vault_path, FREE + 5)
    move(vault_path, timedelta(seconds=-10))
    assert 5 < Attempts(vault_path).wait() < 7
    move(vault_path, timedelta(seconds=-7))
    assert Attempts(vault_path).wait() == 0


@pytest.mark.parametrize("back", [timedelta(seconds=5), timedelta(hours=1), timedelta(days=366)])
def test_a_clock_that_was_put_back_locks_nobody_out_for_long(vault_path, back):
    fail(vault_path, FREE + 5)
    move(vault_path, back)
    assert 15 < Attempts(vault_path).wait() <= 16
    move(vault_path, timedelta(seconds=-17))
    assert Attempts(vault_path).wait() == 0


def test_a_vault_refuses_too_early_a_try_even_with_the_right_passphrase_and_opens_later(vault_path, passphrase):
    for _ in range(FREE + 1):
        with pytest.raises(WrongPassphraseError):
            Vault.open(vault_path, "calm jade river at dusk")
    with pytest.raises(TooSoonError, match="Wait 1 second, then try again") as caught:
        Vault.open(vault_path, passphrase)
    assert 0 < caught.value.seconds <= 1
    move(vault_path, timedelta(seconds=-2))
    with Vault.open(vault_path, passphrase) as vault:
        failed = Attempts(vault_path).moments()
        assert len(failed) == FREE + 1
        records = Records(vault)
        records.signed_in()
        told = records.trail(deed=Deed.FAILED)
        assert sorted(entry.at for entry in told) == failed
    assert not Attempts(vault_path).path.exists()
    assert Attempts(vault_path).wait() == 0


def test_the_file_holds_moments_and_nothing_else(vault_path):
    with pytest.raises(WrongPassphraseError):
        Vault.open(vault_path, "MARKER words")
    path = Attempts(vault_path).path
    (line,) = path.read_text().splitlines()
    assert abs(datetime.fromisoformat(line) - datetime.now(UTC)) < timedelta(minutes=1)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_signing_with_a_wrong_passphrase_counts_too_and_is_told(records, vault, passphrase):
    assert [records.confirm(words) for words in ("wrong", "wrong again", passphrase)] == [False, False, True]
    assert len(records.trail(deed=Deed.FAILED)) == 2
    assert records.confirm(passphrase)
    assert len(records.trail(deed=Deed.FAILED)) == 2
    fail(vault.path, FREE + 3)
    with pytest.raises(TooSoonError):
        records.confirm(passphrase)


@pytest.mark.parametrize(
    "content", [b"", b"\0" * 200_000, b"not a moment\n\xff\xfe\n", b"2026\n", json.dumps([1, 2]).encode(), b"0001-01-01\n9999-12-31\n" * 9]
)
def test_a_file_that_is_nonsense_locks_nobody_out(vault_path, passphrase, content):
    path = Attempts(vault_path).path
    path.write_bytes(content)
    assert 0 <= Attempts(vault_path).wait() <= LONGEST
    Attempts(vault_path).failed()
    assert Attempts(vault_path).moments()
    Attempts(vault_path).forget()
    Vault.open(vault_path, passphrase).close()


def test_where_nothing_can_be_written_nothing_breaks(vault_path, passphrase):
    Attempts(vault_path).path.mkdir()
    with pytest.raises(WrongPassphraseError):
        Vault.open(vault_path, "wrong")
    assert Attempts(vault_path).moments() == []
    Vault.open(vault_path, passphrase).close()


def test_what_failed_is_kept_until_the_trail_has_it(vault, records, monkeypatch):
    fail(vault.path, 2)
    with monkeypatch.context() as broken:
        broken.setattr(Records, "_entry", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            records.signed_in()
    assert len(Attempts(vault.path).moments()) == 2
    assert records.trail(deed=Deed.FAILED) == []
    records.signed_in()
    assert len(records.trail(deed=Deed.FAILED)) == 2
    assert Attempts(vault.path).moments() == []
