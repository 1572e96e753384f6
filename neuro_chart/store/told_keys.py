"""The keys beside a vault, held against what its trail told of them last: an older file of them, put back, brings old passphrases back.

Whatever writes the keys tells their digest right before, and whoever signs in tells it again, or that other keys lie there. A crash
between the telling and the writing looks like older keys too; either is over once keys are written anew.
"""

import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.trail import Deed, Entry
from neuro_chart.store.door import opening, plainly
from neuro_chart.store.keys import KeyRing, Unlocked, keys_path
from neuro_chart.store.tables import trail, unpack
from neuro_chart.store.trail import write_entry

if TYPE_CHECKING:
    from neuro_chart.store.door import Door
    from neuro_chart.store.vault import Vault

KEYS = "keys"
OTHER_KEYS = (
    "The keys beside this vault are not those that were recorded last: an older file of them was put back, or a change of them was cut off."
)
_TELLING = (Deed.KEYS, Deed.RESTORED, Deed.SIGNED_IN, Deed.RECOVERED)


def are_told(connection: sa.Connection, ring: KeyRing) -> bool:
    """Whether these are the keys that the trail told last; also where it tells of none, as an older program's."""
    return _told(connection) in {"", ring.digest}


def on_signing_in(connection: sa.Connection, vault: Path) -> dict[str, str]:
    """What an entry of signing in says of the keys: the digest that was told last, and whether others lie there."""
    ring = KeyRing.load(keys_path(vault))
    others = {} if are_told(connection, ring) else {"what": "with other keys than were recorded last"}
    return others | {KEYS: _told(connection) or ring.digest}


def those_of(copied: "Door", before: KeyRing, after: KeyRing) -> KeyRing:
    """Of the keys that lay beside a vault before and after it was copied, those that belong to the copy."""
    if before == after:  # and an older vault, which is copied before it is brought up to date, has no trail to ask
        return after
    with plainly(), copied.engine.execution_options(readonly=True).connect() as connection:
        return before if _told(connection) == before.digest else after


def are_others(vault: "Vault") -> bool:
    """Whether other keys lie beside an open vault than its trail told last; DamagedVaultError where it has no trail."""
    with opening(vault.path), vault.reader.connect() as connection:
        return not are_told(connection, KeyRing.load(keys_path(vault.path)))


def raise_slot(vault: "Vault", unlocked: Unlocked, passphrase: str) -> None:
    """Makes the slot that opened a vault anew if it costs less than it should; where other keys lie than were told, they stay, to be seen.

    VaultError or OSError where it can't be done.
    """
    if vault.read_only or are_others(vault):
        return
    ring = KeyRing.load(keys_path(vault.path))
    raised = ring.raising(unlocked, passphrase)

    def tell() -> None:
        words = {"what": "their own passphrase, wrapped more strongly", KEYS: raised.digest}
        with plainly(), vault.engine.begin() as connection:
            write_entry(connection, vault.key, Entry(now(), unlocked.practitioner_id, Deed.KEYS, changes=words))

    if raised is not ring:
        raised.save(keys_path(vault.path), tell)


def _told(connection: sa.Connection) -> str:
    asked = sa.select(trail.c.detail).where(trail.c.deed.in_(_TELLING), sa.func.length(trail.c.detail) > 0)
    detail = connection.scalar(asked.order_by(trail.c.seq.desc()).limit(1))
    try:
        return str(unpack(detail).get(KEYS, "")) if detail else ""
    except (zlib.error, ValueError, AttributeError, RecursionError):  # not what was written, which the check names
        return ""
