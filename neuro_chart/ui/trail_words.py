"""The trail in plain words: what a deed was done to, and what stood in the record before and after it."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from neuro_chart.clinic.trail import Deed, Entry
from neuro_chart.ui.days import long_day, when

ROWS = {
    "visit": "Visit", "patient": "Patient's record", "intake": "Health history", "practice": "Practice", "needle": "Needle", "adjunct": "",
    "amendment": "Amendment", "event": "What happened:", "practitioner": "Practitioner", "protocol": "Protocol", "phrase": "Phrase",
}  # fmt: skip
FIELDS = {
    "given": "Given name", "family": "Family name", "preferred": "Likes to be called", "birth": "Date of birth",
    "merged_into": "Merged into", "sign_within": "Minutes to sign without the passphrase", "response": "Answers",
    "needles_left_reason": "Why it closed with needles in or uncounted", "session": "Session of the protocol",
    "copied": "Copied, not yet confirmed", "depth_to": "Depth, at most", "x": "Place", "held": "Clock stood, seconds",
    "counted": "Counted out", "amount": "How many", "pairs": "Leads", "spots": "Places", "strokes": "Lines on the skin",
    "until": "To come out by", "consent": "The patient's consent", "at": "When", "keys": "Digest of the keys", "done": "What was done",
    "outcome": "How it ended", "author_id": "By", "started": "Began", "paused": "Clock stands since", "since": "Typed since",
    "holds": "Holds the trail up to entry",
}  # fmt: skip
MOMENTS = {
    "started", "signed", "completed", "inserted", "removed", "paused", "ended", "at", "written", "created", "archived", "disabled", "since",
}  # fmt: skip
DAYS = {"birth", "until"}
YES_NO = {"de_qi", "counted", "consent"}
KEYS = {"signed_by", "author_id", "merged_into"}  # the ids of other rows
STRUCTURED = {"aftercare", "rooms", "retention", "tongue", "pulse", "response", "pairs", "spots", "strokes", "sessions"}
NOTHING = "nothing"
HIDDEN = "hidden while initials are shown in place of names (Ctrl+Shift+H)"
MOST_NAMED = 3
LONGEST = 5000  # characters of a value: more would take long to lay out, and nobody reads it here
_NUMBERS = re.compile(r'"[0-9a-f]{32}"|-?\d+\.\d{3,}(?:e-?\d+)?')  # names of rows and places on the skin: nobody reads them
_ANSWER = re.compile(r'"(?:value\w+|display)":\s*(?:"((?:[^"\\]|\\.)*)"|([\w.-]+))')

NameOf = Callable[[str], str]


@dataclass(frozen=True)
class Told:
    """One field of an entry; `was` is None where there was nothing before."""

    field: str
    was: str | None
    became: str

    @property
    def says_something(self) -> bool:
        """Whether it is worth a line: what a row does not have is not."""
        return {self.was or NOTHING, self.became} - {NOTHING, "no"} != set()


def deed_words(deed: Deed) -> str:
    """What was done, as the list says it."""
    return str(deed)[:1].upper() + str(deed)[1:]


def what_words(entry: Entry) -> str:
    """In one line, what the deed was done to."""
    rows = {name: fields for name, fields in entry.changes.items() if isinstance(fields, Mapping)}
    if not rows:
        said = ", ".join(_plain(value) for name, value in entry.changes.items() if name not in {*MOMENTS, "holds", "signature", "keys"})
        return said[:1].upper() + said[1:] or ("Visit" if entry.visit_id else "Patient's record" if entry.patient_id else "")
    if len(rows) == 1:
        ((name, fields),) = rows.items()
        if entry.deed is not Deed.CHANGED:
            return row_words(name)
        return f"{row_words(name)} · {_enumerated([field_words(each).lower() for each in _fields(fields)])}"
    needles = [name for name in rows if name.startswith("needle ")]
    first = [row_words(name) for name in rows if name == "visit"]
    first += [f"{len(needles)} needles"] if len(needles) > 1 else [row_words(name) for name in needles]
    named = first + [row_words(name) for name in rows if name != "visit" and name not in needles]
    return _enumerated([*named[:1], *(f"{name[:1].lower()}{name[1:]}" for name in named[1:])])


def entry_words(entry: Entry) -> str:
    """What was done, and to what."""
    what = what_words(entry)
    return f"{deed_words(entry.deed)}: {what[:1].lower()}{what[1:]}" if what else deed_words(entry.deed)


def who_words(entry: Entry, name_of: NameOf) -> str:
    """Who did it."""
    return name_of(entry.practitioner_id) if entry.practitioner_id else "Nobody had signed in"


def went_back_words(before: Entry) -> str:
    """Where the clock went back: what the entry before it reads."""
    return f"The clock went back before this: entry {before.seq}, made earlier, reads {when(before.at)}. The numbers tell the order."


def row_words(name: str) -> str:
    """What a row is called: "needle ST36 left" is the needle at ST36 on the left."""
    kind, _, rest = name.partition(" ")
    said = f"{ROWS.get(kind, kind)} {rest}".strip()
    return said[:1].upper() + said[1:]


def field_words(field: str) -> str:
    """What a field is called on the screen."""
    return FIELDS.get(field) or field.replace("_", " ").capitalize()


def details(entry: Entry, name_of: NameOf, *, by_initials: bool = False) -> Iterator[tuple[str, list[Told]]]:
    """All that an entry tells, row by row: what it is called, and its fields. `name_of` says who it is that has an id.

    `by_initials` keeps to itself what a patient's record says, as name, address and phone stand there.
    """
    said = []
    for name, fields in entry.changes.items():
        if by_initials and name.partition(" ")[0] == "patient":
            yield row_words(name), [Told("What it says", None, HIDDEN)]
        elif isinstance(fields, Mapping):
            told = (_told(field, values, name_of) for field, values in _fields(fields).items())
            yield row_words(name), [each for each in told if each.says_something]
        else:
            said.append(Told(field_words(name), None, _dated(name, _plain(fields))))
    if said:
        yield "", said


def _fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that are worth telling: of a place on the skin one of its three numbers, and no needle's id, which names nothing."""
    return {name: values for name, values in fields.items() if name not in {"y", "z", "needle_id"}}


def _told(field: str, values: Any, name_of: NameOf) -> Told:  # noqa: ANN401  # as it was stored
    if not (isinstance(values, list) and len(values) in {2, 3}):
        return Told(field_words(field), None, _plain(values))
    old, new = values[:2]
    if field == "x":  # where a new row stands, its region says
        return Told(field_words(field), *(None, NOTHING) if None in {old, new} else ("another place", "where it is now"))
    if field in STRUCTURED and isinstance(old, str) and isinstance(new, str):
        old, new = _what_differs(old, new)
    was, became = (_value(field, value, name_of) for value in (old, new))
    if len(values) == 3 and field not in STRUCTURED:
        was, became = (f"… {part} …" if part else NOTHING for part in (was if old else "", became if new else ""))
    return Told(field_words(field), None if old is None else _shortened(was), _shortened(became))


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} … ({len(text)} characters in all)"


def _value(field: str, value: Any, name_of: NameOf) -> str:  # noqa: ANN401  # as it was stored
    if value is None or value == "":
        return NOTHING
    if field in KEYS:
        return name_of(str(value))
    if field in YES_NO or (field == "copied" and isinstance(value, int)):
        return "yes" if value else "no"
    if field == "form":
        return str(value).rpartition(":")[2].replace("|", ", version ")
    if field in STRUCTURED or field == "copied":
        return _structured(str(value))
    return _dated(field, str(value))


def _dated(field: str, text: str) -> str:
    """A time or a day as the screen shows it; other words, and a part of a time, as they stand."""
    with suppress(ValueError):
        if field in MOMENTS:
            return when(datetime.fromisoformat(text))
        if field in DAYS:
            return long_day(date.fromisoformat(text))
    return text


def _what_differs(old: str, new: str) -> tuple[str, str]:
    """Of two stored collections only the parts that differ, where both can be read."""
    try:
        before, after = json.loads(old), json.loads(new)
    except ValueError:
        return old, new
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return old, new
    changed = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    return tuple(json.dumps({key: side[key] for key in changed if key in side}, ensure_ascii=False) for side in (before, after))  # type: ignore[return-value]


def _structured(text: str) -> str:
    """A stored collection, or a part of one, without its brackets."""
    if answers := _ANSWER.findall(text):
        return "; ".join(dict.fromkeys(words or {"true": "yes", "false": "no"}.get(number, number) for words, number in answers))
    text = _NUMBERS.sub("null", text)
    try:
        return _plain(json.loads(text)) or NOTHING
    except ValueError:
        return re.sub(r"\s+", " ", re.sub(r'[{}\[\]"]', " ", text)).strip(" ,:") or NOTHING


def _plain(value: Any) -> str:  # noqa: ANN401  # any value of JSON
    match value:
        case None | "":
            return NOTHING
        case bool():
            return "yes" if value else "no"
        case dict():
            return "; ".join(f"{str(key).replace('_', ' ')}: {_plain(each)}" for key, each in value.items() if each or each is False)
        case list():
            return ", ".join(filter(None, (_plain(each) for each in value if each is not None and each != "")))
    return str(value)


def _enumerated(names: list[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names) if more < 2 else f"{', '.join(names[:MOST_NAMED])} and {more} more"
