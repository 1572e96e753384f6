"""Who opens a vault and by what: acts on the keys beside it, each told in the trail before it is done.

They derive keys, so they are slow, for a worker thread; not a byte of the charts is encrypted anew. A practitioner is stored before they
get a passphrase and disabled before they lose it: what breaks in between is somebody without a way in, or a way in that opens nothing.
"""

from contextlib import suppress
from pathlib import Path

from neuro_chart.clinic import recovery
from neuro_chart.clinic.people import Role
from neuro_chart.clinic.trail import Deed
from neuro_chart.store.attempts import Attempts
from neuro_chart.store.errors import NotAllowedError, VaultError, WriteFailedError, WrongPassphraseError
from neuro_chart.store.keys import RECOVERY, RECOVERY_KDF, KeyRing, keys_path
from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault


def holders(path: Path) -> set[str]:
    """The ids of those who have a passphrase for the vault at a path."""
    return {slot.practitioner_id for slot in KeyRing.load(keys_path(path)).slots} - {RECOVERY}


def has_recovery(path: Path) -> bool:
    """Whether a recovery sheet fits the vault at a path."""
    return any(slot.practitioner_id == RECOVERY for slot in KeyRing.load(keys_path(path)).slots)


def set_passphrase(vault: Vault, practitioner_id: str, passphrase: str) -> None:
    """Gives somebody a passphrase in place of the one they had: everybody to themselves, an owner to everybody."""
    records = Records(vault)
    if practitioner_id != vault.practitioner_id:
        _refuse_all_but_owners(records)
    ring = _with_passphrase(vault, practitioner_id, passphrase)
    records.log(Deed.KEYS, what=f"a new passphrase for {_name(records, practitioner_id)}")
    _save(vault, ring)


def remove(vault: Vault, practitioner_id: str) -> None:
    """Takes somebody's passphrase away, which an owner may; copies of the keys that were made before still hold it."""
    records = Records(vault)
    _refuse_all_but_owners(records)
    if practitioner_id == vault.practitioner_id:
        raise VaultError("You would lock yourself out. Another owner can do this.")
    ring = KeyRing.load(keys_path(vault.path)).without(practitioner_id)
    records.log(Deed.KEYS, what=f"the passphrase of {_name(records, practitioner_id)} removed")
    _save(vault, ring)


def new_recovery(vault: Vault, code: str | None = None) -> str:
    """Lets a recovery key (a fresh one, unless it is given) open the vault in place of the one before; the key, to be printed."""
    records, code = Records(vault), code or recovery.fresh()
    _refuse_all_but_owners(records)
    ring = KeyRing.load(keys_path(vault.path)).changing(vault.key, RECOVERY, code, (RECOVERY_KDF,))
    records.log(Deed.KEYS, what="a new recovery sheet")
    _save(vault, ring)
    return code


def open_by_sheet(path: Path, text: str) -> Vault:
    """Opens the vault with the recovery key as somebody typed it, so that `recover` can follow; MisreadError says where it is misread.

    A key that doesn't fit is counted as a failed attempt.
    """
    code = recovery.write(recovery.read(text))
    attempts = Attempts(path)
    attempts.refuse_too_soon()
    try:
        unlocked = KeyRing.load(keys_path(path)).unwrap_recovery(code)
    except WrongPassphraseError:
        attempts.failed()
        raise
    return Vault.open_with_key(path, unlocked)


def recover(vault: Vault, practitioner_id: str, passphrase: str) -> Vault:
    """Gives an owner a new passphrase in a vault that the sheet opened, and goes on as that owner; the trail tells of it first."""
    ring = _with_passphrase(vault, practitioner_id, passphrase)
    vault.practitioner_id = practitioner_id
    _refuse_all_but_owners(records := Records(vault))
    records.signed_in(Attempts(vault.path).take(), recovered=True)
    records.log(Deed.KEYS, what=f"a new passphrase for {_name(records, practitioner_id)}")
    _save(vault, ring)
    return vault


def _with_passphrase(vault: Vault, practitioner_id: str, passphrase: str) -> KeyRing:
    others = KeyRing.load(keys_path(vault.path)).without(practitioner_id)
    with suppress(WrongPassphraseError):  # a passphrase says who signs in, so that two can't share one
        others.unwrap(passphrase)
        raise VaultError("Choose another passphrase: everybody needs one that is theirs alone.")
    return others.adding(vault.key, practitioner_id, passphrase)


def _refuse_all_but_owners(records: Records) -> None:
    if records.role is not Role.OWNER:
        raise NotAllowedError("Only an owner of the practice can do this.")


def _name(records: Records, practitioner_id: str) -> str:
    return next(each.name for each in records.practitioners() if each.id == practitioner_id)


def _save(vault: Vault, ring: KeyRing) -> None:
    try:
        ring.save(keys_path(vault.path))
    except OSError as error:
        raise WriteFailedError(f"The vault's keys can't be written: {error.strerror}. What was there before still holds.") from error
