"""What the prescription line says to the visit that is charted, read anew at each key."""

from dataclasses import replace

from neuro_chart.clinic.adjuncts import Adjunct
from neuro_chart.clinic.completing import Completion, complete, points_used
from neuro_chart.clinic.needles import Site
from neuro_chart.clinic.notation import Misread, Word, read, write
from neuro_chart.clinic.prescribing import Effect, Names, Prescribing, speaks_of_none
from neuro_chart.clinic.protocols import known
from neuro_chart.ui.treatment import Treatment


class LineReading:
    """The words of a text and their effect; what is wrong in it, and what its end may become."""

    def __init__(self, treatment: Treatment) -> None:
        self._treatment = treatment
        self._names: Names | None = None
        self._used: dict[str, int] = {}
        self.text = ""
        self.words: tuple[Word, ...] = ()
        self.effect = Effect()

    def forget(self) -> None:
        """Ask anew for the protocols and for the patient's earlier visits."""
        self._names = None

    def learn(self) -> Names:
        """What the patient's earlier visits and the protocols give to type."""
        treatment = self._treatment
        if self._names is None and (visit := treatment.visit) is not None:
            library, records = treatment.library, treatment.chart.records
            earlier = [each for each in records.visits(visit.patient_id) if each.id != visit.id]
            last = write(treatment.last.needles, treatment.last.adjuncts, library.catalogue) if treatment.last else ""
            self._used = points_used(earlier)
            self._names = Names.of(known(library.protocols, records.protocols()), earlier, last)
        return self._names or Names({}, {})

    def read(self, text: str, side: str) -> None:
        """Read a text; side is where a point goes whose side is not said: both, left, right, or empty to ask."""
        self.text, self.words, self.effect = text, (), Effect()
        treatment = self._treatment
        if (visit := treatment.draft) is None or not text.strip():
            return
        names, catalogue = self.learn(), treatment.library.catalogue
        reading = read(text, catalogue, names.lines, side)
        if speaks_of_none(reading):  # so it is of those that are selected
            reading = replace(reading, every=read(f"* {text}", catalogue).every)
        self.words = reading.words
        prescribing = Prescribing(
            text, reading, visit, treatment.library.atlas, names=names, retention=treatment.usual_retention, selected=treatment.selected
        )
        self.effect = prescribing.effect()

    @property
    def ghosts(self) -> list[tuple[Site, str]]:
        """Where needles would come, and the points there."""
        visit = self._treatment.draft
        return [(needle.site, needle.point) for needle in self.effect.fresh(visit)] if visit else []

    def wrong_at(self, place: int) -> Misread | None:
        """What is not understood at a column."""
        return next((each for each in self.effect.misread if each.start <= place <= each.end), None)

    def wrong_after(self, place: int) -> Misread | None:
        """What is not understood next behind a column, or else first in the line."""
        wrong = self.effect.misread
        return next((each for each in wrong if each.end > place), next(iter(wrong), None))

    def completions(self, place: int) -> tuple[int, tuple[Completion, ...]]:
        """What the words before a column may become, and where those words begin."""
        begun = self.text[:place]
        if not begun.strip() or self.text[place : place + 1].strip():
            return place, ()
        words = [word for word in self.words if word.end <= place]
        return complete(begun, words, self._treatment.library.catalogue, self.learn(), self._used)

    def nearest(self, wrong: Misread) -> list[Completion]:
        """What a word that is not understood may have been meant to be."""
        catalogue = self._treatment.library.catalogue
        return [Completion(word, catalogue[word].pinyin if word in catalogue else "") for word in wrong.suggestions]

    def promise(self) -> str:
        """What Enter would do, in words; empty for nothing."""
        visit, effect = self._treatment.draft, self.effect
        if visit is None:
            return ""
        if not self.text.strip():
            return f"Enter inserts {visit.count.planned}" if visit.count.planned else ""
        fresh, beside = len(effect.fresh(visit)), [part.kind.lower() for part in effect.put if isinstance(part, Adjunct)]
        changed = len(effect.put) - fresh - len(beside)
        parts = [f"{fresh} needle{'' if fresh == 1 else 's'}"] if fresh else []
        parts += [*beside, *([f"{changed} changed"] if changed else []), *([f"{len(effect.off)} off"] if effect.off else [])]
        return f"{', '.join(parts)} · {'Enter to place' if fresh else 'Enter'}" if parts else ""
