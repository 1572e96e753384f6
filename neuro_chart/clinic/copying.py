"""What of the last visit's words can be taken over into this one, and that it says where they came from."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from neuro_chart.clinic.visits import Visit

NEEDLES, ADJUNCTS, PLAN, AFTERCARE = "needles", "adjuncts", "plan", "aftercare"
SECTIONS = (NEEDLES, ADJUNCTS, PLAN, AFTERCARE)  # never what was said, found, meant or scored


def offered(last: Visit | None) -> list[str]:
    """The sections that the last visit has something of."""
    if last is None:
        return []
    has = {NEEDLES: last.needles, ADJUNCTS: last.adjuncts, PLAN: last.plan.strip(), AFTERCARE: _care(last) != _care(Visit("", ""))}
    return [section for section in SECTIONS if has[section]]


def copied_words(visit: Visit, last: Visit, sections: Collection[str]) -> dict[str, Any]:
    """The fields of the visit with the last one's plan and aftercare taken over: words beneath those that are there, and never twice.

    The day of the next visit stays this visit's own. `copied` tells the day that each field's words came from.
    """
    day = last.started.astimezone().date().isoformat()
    written: dict[str, Any] = {}
    if PLAN in sections and last.plan.strip() and last.plan not in visit.plan:
        written[PLAN] = _beneath(visit.plan, last.plan)
    if AFTERCARE in sections:
        own, care = visit.aftercare, last.aftercare
        words = own.words if care.words in own.words else _beneath(own.words, care.words)
        care = replace(care, words=words, next_visit=own.next_visit)
        if care != own:
            written[AFTERCARE] = care
    return {**written, "copied": {**visit.copied, **dict.fromkeys(written, day)}} if written else {}


def without_source(visit: Visit, field: str) -> dict[str, Any]:
    """The fields of the visit when it no longer says where a field's words came from."""
    return {"copied": {name: day for name, day in visit.copied.items() if name != field}}


def _beneath(above: str, words: str) -> str:
    return f"{above.rstrip()}\n{words}" if above.strip() else words


def _care(visit: Visit) -> object:
    return replace(visit.aftercare, next_visit=None)
