"""The trail: who did what, and when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

WHOLE = 2000  # characters up to which a collection, stored as JSON, is told whole: a part of it would say nothing
_OPENS = ("{", "[")
A_STEP = timedelta(minutes=1)  # by so much clocks are put right all the time, and nobody means anything by it
SAME = 12  # characters of a text that may stand unchanged before and after a change without being worth leaving out


class Deed(StrEnum):
    """What was done."""

    SIGNED_IN = "signed in"
    FAILED = "failed to sign in"
    RECOVERED = "opened with the recovery sheet"
    LOCKED = "locked"
    CLOSED = "closed"
    SEEN = "seen"
    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    COMPLETED = "completed"
    SIGNED = "signed"
    AMENDED = "amended"
    PRINTED = "printed"
    EXPORTED = "exported"
    ARCHIVED = "archived"
    UNARCHIVED = "taken from the archive"
    MERGED = "merged"
    UNMERGED = "parted again"
    ERASED = "erased"
    KEYS = "changed the keys"
    BACKED_UP = "backed up"
    RESTORED = "restored"
    VERIFIED = "checked"
    UPGRADED = "upgraded"
    ALTERED = "altered"  # never written: an entry reads so that somebody changed behind the program's back and that says nothing any more


@dataclass(frozen=True)
class Entry:
    """One line of the trail; `seq` is its place, whatever the clock said.

    `changes` tells of each row that was touched its fields as [old, new], or as [old, new, where] with only the part of a long text that
    differs and the character at which that begins; of other deeds it holds plain words. It is empty once the patient has been erased.
    """

    at: datetime
    practitioner_id: str
    deed: Deed
    patient_id: str = ""
    visit_id: str = ""
    changes: Mapping[str, Any] = field(default_factory=dict)
    seq: int = 0


def set_back(entries: Iterable[Entry]) -> dict[int, Entry]:
    """Where the clock went back between two of these entries, the newest first: the later one's place, and the earlier one.

    It follows from the order alone. A failed attempt tells when it was made, and is written down later; an altered entry tells no time
    that was written: neither says anything of the clock.
    """
    found: dict[int, Entry] = {}
    later: Entry | None = None
    for entry in entries:
        if entry.deed in {Deed.FAILED, Deed.ALTERED}:
            continue
        if later is not None and later.at < entry.at - A_STEP:
            found[later.seq] = entry
        later = entry
    return found


def difference(old: object, new: object) -> list[object]:
    """What changed, as an entry tells it."""
    if not (isinstance(old, str) and isinstance(new, str)):
        return [old, new]
    if old[:1] in _OPENS and new[:1] in _OPENS and max(len(old), len(new)) < WHOLE:
        return [old, new]
    shorter = min(len(old), len(new))
    head = next((i for i in range(shorter) if old[i] != new[i]), shorter)
    tail = next((i for i in range(shorter - head) if old[-1 - i] != new[-1 - i]), shorter - head)
    if head + tail <= SAME:
        return [old, new]
    return [old[head : len(old) - tail], new[head : len(new) - tail], head]
