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
from neuro_chart.store.told_keys import KEYS
from neuro_chart.store.vault import Vault


def holders(path: Path) -> set[str]:
    """The ids of those who have a passphrase for the vault at a path."""
    return {slot.practitioner_id for slot in KeyRing.load(keys_path(path)).slots} - {RECOVERY}


def has_recovery(path: Path) -> bool:
    """Whether a recovery sheet fits the vault at a path."""
    return any(slot.practitioner_id == RECOVERY for slot in KeyRing.load(keys_path(path)).slots)


def set_passphrase(vault: Vault, practitioner_id: str, passphrase: str) -> None:
    """Gives somebody a passphrase in place of the one they had: everybody to themselves, an owner to everybody."""
    records = _allowed(vault, practitioner_id)
    _set(vault, records, practitioner_id, passphrase)


def remove(vault: Vault, practitioner_id: str) -> None:
    """Takes somebody's passphrase away, which an owner may; copies of the keys that were made before still hold it."""
    records = _allowed(vault)
    if practitioner_id == vault.practitioner_id:
        raise VaultError("You would lock yourself out. Another owner can do this.")
    ring = KeyRing.load(keys_path(vault.path)).without(practitioner_id)
    _save(vault, records, ring, f"the passphrase of {_name(records, practitioner_id)} removed")


def new_recovery(vault: Vault, code: str | None = None) -> str:
    """Lets a recovery key (a fresh one, unless it is given) open the vault in place of the one before; the key, to be printed."""
    records, code = _allowed(vault), code or recovery.fresh()
    ring = KeyRing.load(keys_path(vault.path)).changing(vault.key, RECOVERY, code, (RECOVERY_KDF,))
    _save(vault, records, ring, "a new recovery sheet")
    return code


def open_by_sheet(path: Path, text: str) -> Vault:
    """Opens the vault with the recovery key as somebody typed it, so that `recover` can follow; MisreadError says where it is misread.

    The trail tells of it, whatever follows. A key that doesn't fit is counted as a failed attempt.
    """
    code = recovery.write(recovery.read(text))
    attempts = Attempts(path)
    attempts.refuse_too_soon()
    try:
        unlocked = KeyRing.load(keys_path(path)).unwrap_recovery(code)
    except WrongPassphraseError:
        attempts.failed()
        raise
    vault = Vault.open_with_key(path, unlocked)
    try:
        Records(vault).signed_in(recovered=True)
    except BaseException:
        vault.close()
        raise
    return vault


def recover(vault: Vault, practitioner_id: str, passphrase: str) -> Vault:
    """Gives an owner a new passphrase in a vault that the sheet opened, and goes on as that owner; the trail tells of it first."""
    before, vault.practitioner_id = vault.practitioner_id, practitioner_id
    try:
        records = _allowed(vault)
        records.signed_in(recovered=True)
        _set(vault, records, practitioner_id, passphrase)
    except BaseException:
        vault.practitioner_id = before  # nobody acts in a name whose passphrase they have not
        raise
    return vault


def _allowed(vault: Vault, practitioner_id: str = "") -> Records:
    """The records of a vault in which who signed in may change the keys: an owner all, everybody their own."""
    if vault.read_only:
        raise NotAllowedError("The vault can't be written to here, so its keys stay as they are. Copy both to a disk that can be written.")
    records = Records(vault)
    if practitioner_id != vault.practitioner_id and records.role is not Role.OWNER:
        raise NotAllowedError("Only an owner of the practice may do this.")
    return records


def _set(vault: Vault, records: Records, practitioner_id: str, passphrase: str) -> None:
    others = KeyRing.load(keys_path(vault.path)).without(practitioner_id)
    with suppress(WrongPassphraseError):  # a passphrase says who signs in, so that two can't share one
        others.unwrap(passphrase)
        raise VaultError("Choose another passphrase: everybody needs one that is theirs alone.")
    ring = others.adding(vault.key, practitioner_id, passphrase)
    _save(vault, records, ring, f"a new passphrase for {_name(records, practitioner_id)}")


def _name(records: Records, practitioner_id: str) -> str:
    return next(each.name for each in records.practitioners() if each.id == practitioner_id)


def _save(vault: Vault, records: Records, ring: KeyRing, what: str) -> None:
    try:
        ring.save(keys_path(vault.path), lambda: records.log(Deed.KEYS, what=what, **{KEYS: ring.digest}))
    except OSError as error:
        raise WriteFailedError(f"The vault's keys can't be written: {error.strerror}. What was there before still holds.") from error
