"""Sentences that are typed by a short key: `;dq`. Three underscores in them are a blank to fill in."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from neuro_chart.clinic.people import new_id
from neuro_chart.clinic.visits import NOTE_FIELDS, Visit

BLANK = "___"
BLANKS = "_{3,}"  # what is read as one
START = ";"
ENDS = " \t\n.,;:!?)"  # what is typed after a key to have its sentence
LONGEST = 20

_BLANK = re.compile(BLANKS)
_KEY = re.compile(rf"[^\W_][\w-]{{0,{LONGEST - 1}}}")
_TYPED = re.compile(rf"(?<![^\s(\[{{\"'“‘«—–/]){START}({_KEY.pattern})?$")


@dataclass
class Phrase:
    """A sentence by its key (without the semicolon). A shipped one has no id."""

    key: str
    text: str
    id: str = field(default_factory=new_id)

    def errors(self) -> dict[str, str]:
        """What keeps this phrase from being stored: field name to a sentence."""
        found = {}
        if not _KEY.fullmatch(self.key):
            found["key"] = f"A short name has letters and digits only, and at most {LONGEST} of them."
        if not self.text.strip():
            found["text"] = "A phrase needs its words."
        return found


def load(folder: Path) -> dict[str, Phrase]:
    """The shipped phrases of `phrases.toml` by their key."""
    texts = tomllib.loads((folder / "phrases.toml").read_text(encoding="utf-8"))
    return {key: Phrase(key, text, id="") for key, text in texts.items()}


def together(shipped: Mapping[str, Phrase], own: Iterable[Phrase]) -> dict[str, Phrase]:
    """All that can be typed, by key in its order; an own one takes the place of a shipped one."""
    found = {**shipped, **{phrase.key.lower(): phrase for phrase in own}}
    return dict(sorted(found.items()))


def being_typed(before: str) -> str | None:
    """The key that stands at the end of a text, empty after a lone semicolon; None where no phrase is being typed."""
    typed = _TYPED.search(before)
    return None if typed is None else (typed[1] or "").lower()


def beginning_with(key: str, phrases: Mapping[str, Phrase]) -> list[Phrase]:
    """The phrases whose key begins so, then those that have the letters among their words' beginnings."""
    first = [phrase for known, phrase in phrases.items() if known.startswith(key)]
    inside = re.compile(rf"\b{re.escape(key)}", re.IGNORECASE)
    return first + [phrase for phrase in phrases.values() if key and phrase not in first and inside.search(phrase.text)]


def ended_by(text: str, end: str) -> str:
    """A phrase's words with the sign that was typed after its key, instead of their own full stop; a Tab and no sign leave them so."""
    if end in {"", "\t"}:
        return text
    return f"{text}{end}" if end.isspace() else f"{text.rstrip('.')}{end}"


def blanks(text: str) -> list[tuple[int, int]]:
    """Where the blanks are that nobody filled: start and end of each."""
    return [found.span() for found in _BLANK.finditer(text)]


def blanks_words(visit: Visit) -> str:
    """Which blanks of a note nobody filled: `2 blanks are not filled in: Objective, Plan.` Nothing for none."""
    left = {name: len(blanks(getattr(visit, name))) for name in NOTE_FIELDS}
    fields, count = ", ".join(name.capitalize() for name in left if left[name]), sum(left.values())
    return f"{count} blank{' is' if count == 1 else 's are'} not filled in: {fields}." if count else ""
