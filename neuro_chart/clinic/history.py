"""What the visits of one patient show when they are laid side by side."""

from collections import Counter
from collections.abc import Iterable

from neuro_chart.clinic.needles import Needle
from neuro_chart.clinic.visits import Visit


def place(needle: Needle) -> str:
    """Where a needle was, whichever the side: its point (the whole of EX-LE10 for EX-LE10.2), or the region of the skin."""
    return needle.point.partition(".")[0] or needle.site.region.removeprefix("left ").removeprefix("right ")


def used(visit: Visit) -> dict[str, int]:
    """The places that were needled in a visit, with the longest retention there in minutes, in the order of the needles."""
    longest: dict[str, int] = {}
    for needle in visit.needles:
        if needle.inserted is not None:
            longest[place(needle)] = max(needle.retention, longest.get(place(needle), 0))
    return longest


def most_used(visits: Iterable[Visit]) -> list[str]:
    """Every place that was needled, the one of the most visits first."""
    return [name for name, _ in Counter(name for visit in visits for name in used(visit)).most_common()]


def retention_words(visit: Visit) -> str:
    """How long the needles of a visit were to stay: "30 min", "20–30 min", or nothing."""
    minutes = [needle.retention for needle in visit.needles if needle.inserted is not None]
    if not minutes:
        return ""
    return f"{min(minutes)} min" if min(minutes) == max(minutes) else f"{min(minutes)}–{max(minutes)} min"


def needle_words(visit: Visit) -> str:
    """How many needles went in, and for how long: "12 needles, 30 min"."""
    number = visit.count.inserted
    if not number:
        return "No needles"
    return f"{number} needle{'' if number == 1 else 's'}, {retention_words(visit)}"


def score_words(before: int | None, after: int | None) -> str:
    """A score before and after: "5 → 3"; "5" or "→ 3" where one was not asked, nothing where neither was."""
    if before is None and after is None:
        return ""
    return f"{'' if before is None else before}{'' if after is None else f' → {after}'}".strip()


def visit_words(visit: Visit) -> str:
    """A visit in one line: needles, retention and scores."""
    pain = score_words(visit.pain_before, visit.pain_after)
    numbness = score_words(visit.numbness_before, visit.numbness_after)
    parts = (needle_words(visit), pain and f"pain {pain}", numbness and f"numbness {numbness}")
    return " · ".join(part for part in parts if part)
