"""The shelf of what the program knows, read from its resources when it is first asked for."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from neuro_chart.clinic import adjunct_kinds, events, exercises, forms, phrases, protocols, tongue_pulse
from neuro_chart.clinic.body import FIGURES, Atlas
from neuro_chart.clinic.points import Catalogue


class Library:
    """The body, the points, the forms, the exercises and the words of the note that lie under one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def atlas(self) -> Atlas:
        """The views of the neutral figure and the places of the points."""
        return Atlas.load(self.folder / "atlas")

    def figure(self, name: str) -> Atlas:
        """The atlas of one of FIGURES; places are the same on all."""
        if name not in self._figures:
            self._figures[name] = Atlas.load(self.folder / "atlas", name, self.atlas.body.skin)
        return self._figures[name]

    @cached_property
    def _figures(self) -> dict[str, Atlas]:
        return {FIGURES[0]: self.atlas}

    @cached_property
    def catalogue(self) -> Catalogue:
        """The points by code, name and character."""
        return Catalogue.load(self.folder / "points")

    @cached_property
    def forms(self) -> dict[str, forms.Questionnaire]:
        """Every released form by `url|version`."""
        return forms.load_forms(self.folder / "forms")

    @cached_property
    def adjuncts(self) -> dict[str, adjunct_kinds.AdjunctKind]:
        """The kinds of what is done beside the needles, by name."""
        return adjunct_kinds.load(self.folder / "adjuncts")

    @cached_property
    def events(self) -> Mapping[events.EventKind, events.Told]:
        """What is told of each kind of adverse event."""
        return events.load(self.folder / "events")

    @cached_property
    def exercises(self) -> dict[str, exercises.Exercise]:
        """The exercises by their id."""
        return exercises.load(self.folder / "exercises")

    @cached_property
    def phrases(self) -> dict[str, phrases.Phrase]:
        """The shipped phrases for the note by their key."""
        return phrases.load(self.folder / "phrases")

    @cached_property
    def tongue_pulse(self) -> tongue_pulse.TonguePulse:
        """The terms for the tongue and the pulse."""
        return tongue_pulse.load(self.folder / "findings")

    @cached_property
    def protocols(self) -> tuple[protocols.Protocol, ...]:
        """The published prescriptions."""
        return protocols.load(self.folder / "protocols")
