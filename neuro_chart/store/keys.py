"""The key slots beside a vault: each wraps the vault's random key with what one practitioner's passphrase, or the recovery key, derives.

The file is JSON. Its checksum tells damage from a wrong passphrase; what a slot binds (AAD) tells a slot that was moved,
weakened or brought from another vault.
"""

import errno
import json
import os
import unicodedata
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from neuro_chart.store.errors import (
    DamagedVaultError,
    NewerVaultError,
    NotAVaultError,
    VaultError,
    WrongPassphraseError,
)

FORMAT, VERSION = "neuro-chart keys", 1
RECOVERY = "recovery"  # whose slot the recovery sheet opens
_LARGEST = 1 << 20


@dataclass(frozen=True)
class Kdf:
    """What an Argon2id derivation costs: memory in KiB, passes, lanes."""

    memory: int = 256 * 1024
    iterations: int = 3
    lanes: int = 4

    def derive(self, passphrase: str, salt: bytes) -> bytes:
        """32 bytes from a passphrase in any of its Unicode writings; MemoryError where the machine hasn't the memory."""
        words = unicodedata.normalize("NFKC", passphrase).encode("utf-8", "surrogatepass")
        return Argon2id(salt=salt, length=32, iterations=self.iterations, lanes=self.lanes, memory_cost=self.memory).derive(words)

    @property
    def sound(self) -> bool:
        """Within what Argon2id allows and any machine can do, so that a forged file can't stall the program.

        A program that comes to ask for more has to say so by the file's version.
        """
        most = Kdf()
        is_possible = 1 <= self.lanes <= 64 and self.iterations >= 1 and self.memory >= 8 * self.lanes
        return is_possible and self.memory <= most.memory and self.work <= 2 * most.work

    @property
    def work(self) -> int:
        """KiB that are filled in all, by which two costs compare."""
        return self.memory * self.iterations


KDFS = (Kdf(), Kdf(memory=64 * 1024))
RECOVERY_KDF = Kdf(memory=19 * 1024, iterations=2, lanes=1)  # 160 random bits need no stretching; the smallest machine must open them


@dataclass(frozen=True)
class Unlocked:
    """The key of a vault, and whose passphrase gave it."""

    key: bytes = field(repr=False)
    practitioner_id: str


@dataclass(frozen=True)
class Slot:
    """The vault's key, wrapped for one practitioner."""

    practitioner_id: str
    kdf: Kdf
    salt: bytes
    nonce: bytes
    wrapped: bytes

    @property
    def sound(self) -> bool:
        """Of the lengths and the cost that a slot can have."""
        return self.kdf.sound and (len(self.salt), len(self.nonce), len(self.wrapped)) == (16, 12, 48)

    def bound(self, vault_id: str) -> bytes:
        """What the wrapping is bound to (AAD)."""
        return _canonical([FORMAT, vault_id, self.practitioner_id, vars(self.kdf)])


@dataclass(frozen=True)
class KeyRing:
    """All slots of one vault."""

    vault_id: str = field(default_factory=lambda: uuid4().hex)
    slots: tuple[Slot, ...] = ()

    def adding(self, key: bytes, practitioner_id: str, passphrase: str, kdfs: tuple[Kdf, ...] | None = None) -> "KeyRing":
        """The ring with one slot more, derived by the first of `kdfs` (else KDFS) that the machine has the memory for."""
        if not passphrase.strip():
            raise VaultError("Choose a passphrase: without one, anybody could read the charts.")
        salt, nonce = os.urandom(16), os.urandom(12)
        kdf, derived = _first_possible(KDFS if kdfs is None else kdfs, passphrase, salt)
        slot = Slot(practitioner_id, kdf, salt, nonce, b"")
        wrapped = AESGCM(derived).encrypt(nonce, key, slot.bound(self.vault_id))
        return replace(self, slots=(*self.slots, replace(slot, wrapped=wrapped)))

    def without(self, practitioner_id: str) -> "KeyRing":
        """The ring without somebody's slot."""
        return replace(self, slots=tuple(slot for slot in self.slots if slot.practitioner_id != practitioner_id))

    def changing(self, key: bytes, practitioner_id: str, passphrase: str, kdfs: tuple[Kdf, ...] | None = None) -> "KeyRing":
        """The ring with somebody's slot made anew."""
        return self.without(practitioner_id).adding(key, practitioner_id, passphrase, kdfs)

    def raising(self, unlocked: Unlocked, passphrase: str) -> "KeyRing":
        """The ring with the slot that was unlocked made anew by a stronger of KDFS; itself if there is none.

        VaultError where the machine hasn't the memory.
        """
        mine = [slot for slot in self.slots if slot.practitioner_id == unlocked.practitioner_id]
        stronger = tuple(kdf for kdf in KDFS if any(slot.kdf.work < kdf.work for slot in mine))
        return self.changing(unlocked.key, unlocked.practitioner_id, passphrase, stronger) if stronger else self

    def unwrap(self, passphrase: str) -> Unlocked:
        """The key, from the slot that the passphrase opens; slow by design, and holds the interpreter's lock only briefly."""
        unlocked = self._unwrapped(passphrase, (slot for slot in self.slots if slot.practitioner_id != RECOVERY))
        if unlocked is None:
            raise WrongPassphraseError("The passphrase doesn't fit. Check Caps Lock and the keyboard's language, then try again.")
        return unlocked

    def unwrap_recovery(self, code: str) -> Unlocked:
        """The key, from the slot of the recovery sheet; `code` as `recovery.write` writes it."""
        unlocked = self._unwrapped(code, (slot for slot in self.slots if slot.practitioner_id == RECOVERY))
        if unlocked is None:
            raise WrongPassphraseError(
                "The key is typed as it was printed, but it doesn't fit this vault. Look for the newest recovery sheet of this practice."
            )
        return unlocked

    def fits(self, practitioner_id: str, passphrase: str) -> bool:
        """Whether this is the passphrase of somebody; slow by design."""
        return self._unwrapped(passphrase, (slot for slot in self.slots if slot.practitioner_id == practitioner_id)) is not None

    def _unwrapped(self, passphrase: str, slots: Iterable[Slot]) -> Unlocked | None:
        try:
            for slot in slots if passphrase else ():
                with suppress(InvalidTag):
                    key = AESGCM(slot.kdf.derive(passphrase, slot.salt)).decrypt(slot.nonce, slot.wrapped, slot.bound(self.vault_id))
                    return Unlocked(key, slot.practitioner_id)
        except MemoryError:
            raise VaultError("There is too little free memory to unlock. Close other programs, then try again.") from None
        return None

    @property
    def digest(self) -> str:
        """64 hex digits over all of it: the file's checksum, and what the trail tells of it."""
        return sha256(_canonical(self._content())).hexdigest()

    def save(self, path: Path, tell: Callable[[], object] = lambda: None) -> None:
        """Writes the file whole or not at all, readable by its owner only; `tell` is called once it only lacks its name."""
        content = self._content() | {"checksum": self.digest}
        fresh = path.with_name(f".{path.name}.{uuid4().hex[:8]}.new")
        try:
            with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
                file.write(json.dumps(content, indent=1))
                file.flush()
                os.fsync(file.fileno())
            tell()
            fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)
        sync_folder(path.parent)

    def _content(self) -> dict[str, Any]:
        return {"format": FORMAT, "version": VERSION, "vault": self.vault_id, "slots": [_written(slot) for slot in self.slots]}

    @classmethod
    def load(cls, path: Path) -> "KeyRing":
        """Reads and checks the file; NotAVaultError when it is missing, DamagedVaultError when it isn't what was written."""
        try:
            with path.open("rb") as file:
                raw = file.read(_LARGEST)
        except FileNotFoundError:
            raise NotAVaultError(
                f"“{path.name}” is missing, the file with the keys that belongs beside a vault. "
                "Choose another file, or put the keys back from a backup."
            ) from None
        except OSError as error:
            raise VaultError(f"“{path.name}”, the vault's keys, can't be read: {error.strerror}.") from error
        damaged = DamagedVaultError(
            f"“{path.name}”, the vault's keys, is damaged. Put it back from a backup; the vault itself was not touched."
        )
        try:
            content = json.loads(raw)
            if content.pop("checksum") != sha256(_canonical(content)).hexdigest() or content["format"] != FORMAT:
                raise damaged
            if content["version"] > VERSION:
                raise NewerVaultError("This vault was made by a newer Neuro Chart. Install the newest version to open it.")
            slots = tuple(_read(slot) for slot in content["slots"])
            vault_id = str(content["vault"])
        except (ValueError, OverflowError, TypeError, KeyError, AttributeError, RecursionError):
            raise damaged from None
        if not all(slot.sound for slot in slots):
            raise damaged
        return cls(vault_id, slots)


def keys_path(vault: Path) -> Path:
    """Where the keys of a vault lie."""
    return vault.with_name(vault.name + ".keys")


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder durable, where the system has a way to ask for it."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        except OSError as error:
            if error.errno not in {errno.EINVAL, errno.ENOTSUP}:  # a shared folder that has no way to: its files are durable all the same
                raise
        finally:
            os.close(handle)


def _first_possible(kdfs: tuple[Kdf, ...], passphrase: str, salt: bytes) -> tuple[Kdf, bytes]:
    for kdf in kdfs:
        try:
            return kdf, kdf.derive(passphrase, salt)
        except MemoryError:
            continue
    raise VaultError("There is too little free memory to make the vault's keys. Close other programs, then try again.")


def _written(slot: Slot) -> dict[str, Any]:
    return {
        "practitioner": slot.practitioner_id,
        "kdf": {"name": "argon2id", **vars(slot.kdf)},
        "salt": slot.salt.hex(),
        "nonce": slot.nonce.hex(),
        "wrapped": slot.wrapped.hex(),
    }


def _read(slot: dict[str, Any]) -> Slot:
    kdf = Kdf(**{name: int(slot["kdf"][name]) for name in ("memory", "iterations", "lanes")})
    salt, nonce, wrapped = (bytes.fromhex(slot[name]) for name in ("salt", "nonce", "wrapped"))
    return Slot(str(slot["practitioner"]), kdf, salt, nonce, wrapped)


def _canonical(content: object) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
