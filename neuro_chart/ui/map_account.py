"""The body map in words, for those who don't see it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from neuro_chart.clinic.needles import Needle
from neuro_chart.ui.map_layout import SHEETS
from neuro_chart.ui.needle_rows import places_words

if TYPE_CHECKING:
    from neuro_chart.ui.body_map import BodyMap


def account(shown: "BodyMap") -> Iterator[str]:
    """What a map shows and what its keys do, in sentences."""
    title, parts = SHEETS[shown.sheet]
    yield f"{title}: {', '.join(shown.atlas.views[part.view].title for part in parts)}."
    if shown.marked:
        yield f"{shown.name_of(shown.marked)} is ringed."
    said = [_in_words(shown, needle) for needle in shown.needles]
    yield f"{len(said)} needles{': ' if said else ''}{'; '.join(said)}."
    if shown.selected:
        yield f"{len(shown.selected)} selected: {places_words(shown.chosen())}."
    if shown.ghosts:
        yield f"Typed, not yet charted: {places_words([Needle('', site, code) for site, code in shown.ghosts])}."
    if shown.adjuncts:
        yield f"Beside the needles: {', '.join(adjunct.kind for adjunct in shown.adjuncts)}."
    yield "The list of needles says the same and can do the same."
    yield "Space places at a cursor that the arrows move; N and P walk the needles; the question mark tells all keys."


def _in_words(shown: "BodyMap", needle: Needle) -> str:
    words = f"{needle.point or needle.site.region} {needle.site.side}, {shown.stages[needle.id]}"
    return f"{words}, {needle.mishap}" if needle.mishap else words
