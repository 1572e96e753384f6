"""What went wrong in a treatment: adverse events, each with its time, what was done and how it ended."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from neuro_chart.clinic.needles import Mishap, Needle
from neuro_chart.clinic.people import new_id

_TIME = re.compile(r"(\d{1,2})(?:[:.h ]?(\d{2}))?\s*(?:([ap])\.?m\.?)?")


class EventKind(StrEnum):
    """What happened."""

    FAINTING = "fainting"
    BLEEDING = "bleeding"
    BRUISE = "bruise"
    PAIN = "pain"
    STUCK = "stuck needle"
    BROKEN = "broken needle"
    PNEUMOTHORAX = "pneumothorax suspected"
    BURN = "burn"
    FORGOTTEN = "forgotten needle"
    OTHER = "other"


@dataclass
class AdverseEvent:
    """One adverse event of a visit. `needle_id` is the needle that it came from, if it came from one."""

    visit_id: str
    kind: EventKind
    at: datetime
    needle_id: str = ""
    words: str = ""
    done: str = ""
    outcome: str = ""
    id: str = field(default_factory=new_id)


OF_MISHAP = {Mishap.STUCK: EventKind.STUCK, Mishap.BROKEN: EventKind.BROKEN}


def unnoted(needles: Iterable[Needle], events: Iterable[AdverseEvent]) -> tuple[EventKind, str] | None:
    """The first needle that is charted as stuck or broken while no event tells of it: what to note, and the needle's id."""
    noted = {(event.kind, event.needle_id) for event in events}
    found = ((OF_MISHAP[needle.mishap], needle.id) for needle in needles if needle.mishap in OF_MISHAP)
    return next((each for each in found if each not in noted), None)


def read_time(text: str, day: datetime) -> datetime:
    """The local time of a day as it is written: 14:05, 14.05, 1405, 2:05 pm. ValueError with a sentence for what is none."""
    found = _TIME.fullmatch(text.strip().casefold())
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (24, 0)
    if found and found[3]:
        hour = hour % 12 + (12 if found[3] == "p" else 0) if 1 <= hour <= 12 else 24
    if hour > 23 or minute > 59:
        raise ValueError("Write the time of day, such as 14:05.")
    return day.astimezone().replace(hour=hour, minute=minute, second=0, microsecond=0, tzinfo=None).astimezone()  # also on a 25-hour day


def read_time_near(text: str, near: datetime, began: datetime, ended: datetime) -> datetime:
    """The same for something that happened about then in a visit, which may have gone on over midnight."""
    times = [read_time(text, near + timedelta(days=days)) for days in (0, -1, 1)]
    return next((at for at in times if not time_error(at, began, ended)), times[0])


def time_error(at: datetime, began: datetime, ended: datetime) -> str:
    """A sentence when something can't have happened at a time, or nothing: a visit has it between its first minute and its last."""
    if at < began - timedelta(minutes=1):
        return f"The visit began at {began.astimezone():%H:%M}: what happened before belongs into the note."
    return "That time is still to come." if at > ended else ""


@dataclass(frozen=True)
class Told:
    """What is known of a kind of event: `record` says what its entry should hold, `why` a fact about it, with its `source`."""

    title: str
    record: str
    why: str = ""
    source: str = ""


def load(folder: Path) -> Mapping[EventKind, Told]:
    """What `events.toml` tells of every kind, in the order in which they are offered."""
    told = tomllib.loads((folder / "events.toml").read_text(encoding="utf-8"))
    return {
        EventKind(each["kind"]): Told(each["title"], each["record"], each.get("why", ""), told["sources"].get(each.get("source", ""), ""))
        for each in told["event"]
    }
