"""The fields that say how and where something beside the needles is done, after what the health history says against it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from neuro_chart.clinic.adjunct_kinds import AdjunctKind
from neuro_chart.clinic.adjuncts import (
    LONGEST_MINUTES,
    Adjunct,
    Spot,
    joined,
    leads_by_words,
    read_frequency,
    things,
)
from neuro_chart.clinic.dates import ago, read_date
from neuro_chart.clinic.intakes import Intake
from neuro_chart.clinic.needles import Side, Site
from neuro_chart.clinic.notation import read
from neuro_chart.clinic.safety import Warning  # noqa: A004  # the field's own word
from neuro_chart.clinic.visits import Visit
from neuro_chart.ui.adjunct_fields import Entry, Number, Offer, Places, listed, read_number
from neuro_chart.ui.body_map import BodyMap
from neuro_chart.ui.days import day_first, local_day, long_day, today
from neuro_chart.ui.map_tools import Tool
from neuro_chart.ui.treatment import Treatment
from neuro_chart.ui.warning_card import SIGN, source_words
from neuro_chart.ui.widgets import TickBox, button, label, row

TITLES = {
    "leads": "Leads", "frequency": "Hz", "waveform": "Waveform", "intensity": "Intensity", "method": "Method", "size": "Size",
    "place": "Where", "minutes": "Minutes", "until": "To be taken out by",
}  # fmt: skip


class AdjunctForm(QWidget):
    """The fields that a kind asks for; each edit is one step of the treatment."""

    def __init__(
        self, kind: AdjunctKind, adjunct: Adjunct, treatment: Treatment, body: BodyMap, warnings: Sequence[tuple[Warning, Intake]]
    ) -> None:
        super().__init__()
        self._kind, self._adjunct, self._treatment, self._body = kind, adjunct, treatment, body
        self.error = label("", "error", wrap=True)
        self.error.hide()
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(4)
        self.minds = [_mind(*each) for each in warnings]
        for mind in self.minds:
            self._box.addWidget(mind)
            self._box.addSpacing(4)
        if kind.caution:
            told = label(f"▲ {kind.caution}", "caution", wrap=True)
            self._box.addWidget(told)
            self._box.addWidget(label(f"Source: {'; '.join(kind.sources)}", "small", wrap=True))
        self.join = button("Join the selected", self._join)
        self.join.setToolTip("Join two needles by a lead, or more two by two on each side (J)")
        self.leads = QVBoxLayout()
        self.leads.setSpacing(0)
        self._leads: list[QWidget] = []
        self.places = Places()
        self.places.chosen.clicked.connect(self._at_needles)
        self.places.typed.connect(self._at_points)
        self.places.kept.connect(lambda spots, strokes: self._change("place", spots=spots, strokes=strokes))
        self.places.drawing.connect(self._draw)
        body.tools.changed.connect(self._tool_changed)
        self.offers: dict[str, Offer | Number] = {}
        self.consent = TickBox("The patient agrees to it")
        self.consent.clicked.connect(lambda on: self._change("consent", consent=on))
        self.until = label("", "small", wrap=True)
        self.words = Entry("In your own words", "Anything else")
        self.words.entered.connect(lambda text: self._change("setting", setting=text))
        for what in kind.asks:
            self._box.addSpacing(8)
            title = things(kind.name).capitalize() if what == "amount" else TITLES[what]
            self._box.addWidget(label(title, "heading"))
            self._ask(what, title)
        self._box.addSpacing(8)
        self._box.addWidget(label("In your own words", "heading"))
        self._box.addWidget(self.words)
        self._box.addWidget(self.error)
        self.words.refused.connect(self._say)

    def _ask(self, what: str, title: str) -> None:
        """Add what a field needs."""
        kind = self._kind
        if what == "leads":
            self._box.addLayout(self.leads)
            self._box.addWidget(row(self.join, None))
            return
        if what == "place":
            self._box.addWidget(self.places)
            self.places.entry.refused.connect(self._say)
            return
        match what:
            case "frequency":
                made: Offer | Number = Offer(title, kind.frequencies, Entry("Hz", "Hz", read_frequency), 76)
            case "waveform":
                made = Offer(title, kind.waveforms)
            case "method":
                made = Offer(title, kind.methods)
            case "intensity":
                made = Offer(title, (), Entry("Intensity", "Strong, pleasant; 1.5 mA"), 220)
            case "size":
                made = Offer(title, kind.sizes, Entry("Size", "4 cm"), 96)
            case "amount":
                made = Number(title)
            case "minutes":
                reader = partial(read_number, least=1, most=LONGEST_MINUTES)
                made = Offer(title, map(str, kind.minutes), Entry("Minutes", "min", reader))
            case _:
                made = Offer(title, (f"{days} day{'s' * (days > 1)}" for days in kind.days), Entry("Day", "Day", self._read_day), 160)
        self.offers[what] = made
        made.chosen.connect(partial(self._chosen, what))
        if made.entry is not None:
            made.entry.refused.connect(self._say)
        self._box.addWidget(made)
        if what == "until":
            self._box.addWidget(self.until)
            self._box.addWidget(self.consent)

    # What is stored

    def show_adjunct(self, adjunct: Adjunct, visit: Visit) -> None:
        """Show what is stored."""
        self._adjunct = adjunct
        for what, shown in self.offers.items():
            value = getattr(adjunct, what)
            shown.show_value(self._day_words(value) if what == "until" else "" if value is None else str(value))
        self.words.show_text(adjunct.setting)
        self.places.show_places(adjunct)
        self.consent.setChecked(adjunct.consent)
        self.until.setText(f"{adjunct.until:%A} {long_day(adjunct.until)}, {ago(adjunct.until, today())}" if adjunct.until else "")
        self.until.setVisible(adjunct.until is not None)
        self._show_leads(adjunct, visit)
        self.setEnabled(not visit.is_closed)

    def _show_leads(self, adjunct: Adjunct, visit: Visit) -> None:
        for old in self._leads:
            old.hide()
            old.deleteLater()
        self._leads = []
        if "leads" not in self._kind.asks:
            return
        for words, pairs in leads_by_words(adjunct, visit.needles).items():
            rest = tuple(pair for pair in adjunct.pairs if pair not in pairs)
            made = listed(words, partial(self._change, "leads", pairs=rest))
            self.leads.addWidget(made)
            self._leads.append(made)
        if not self._leads:
            made = label("Select two needles on the body or in the list, then join them (J).", "muted", wrap=True)
            self.leads.addWidget(made)
            self._leads.append(made)

    def flush(self) -> None:
        """Store what is being typed."""
        for shown in self.offers.values():
            if shown.entry is not None:
                shown.entry.flush()
        self.places.entry.flush()
        self.words.flush()

    def _say(self, sentence: str) -> None:
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))

    def _change(self, what: str, **values: object) -> None:
        changed = replace(self._adjunct, **values)  # type: ignore[arg-type]  # each field comes from the part that holds its kind
        self._treatment.change(f"Change {self._adjunct.kind.lower()}", [changed], merge=f"{self._adjunct.id} {what}")

    def _chosen(self, what: str, text: str) -> None:
        if what == "until":
            self._change(what, until=self._day_of(text))
        elif what in {"minutes", "amount"}:
            self._change(what, **{what: int(text) if text else None})
        else:
            self._change(what, **{what: text})

    def _put_in(self) -> date:
        return local_day(self._adjunct.started) if self._adjunct.started else today()

    def _day_of(self, text: str) -> date | None:
        number, _, unit = text.partition(" ")
        return self._put_in() + timedelta(days=int(number)) if unit in {"day", "days"} else read_date(text, day_first=day_first())

    def _day_words(self, until: date | None) -> str:
        if until is None:
            return ""
        days = (until - self._put_in()).days
        return f"{days} day{'s' * (days > 1)}" if days in self._kind.days else long_day(until)

    def _read_day(self, text: str) -> str:
        day = read_date(text, day_first=day_first())
        if day is not None and day < self._put_in():
            raise ValueError("It comes out after it was put in.")
        return long_day(day) if day else ""

    # Where

    def _join(self) -> None:
        if (after := joined(self._adjunct, self._treatment.chosen)) is not self._adjunct:
            self._change("leads", pairs=after.pairs)
            self._treatment.select(())
        else:
            self._say("Select two needles first.")

    def _at_needles(self) -> None:
        self._say("" if self._treatment.chosen else "Select the needles first, on the body or in the list.")
        self._add_spots([Spot(needle.site, needle.point) for needle in self._treatment.chosen])

    def _at_points(self, text: str) -> None:
        atlas = self._treatment.library.atlas
        reading = read(text, self._treatment.library.catalogue, side="both")
        sites = [(planned.point, atlas.point_sites(planned.point).get(planned.side)) for planned in reading.needles]
        self._say(" ".join(wrong.sentence for wrong in reading.errors))
        self._add_spots([Spot(site, point) for point, site in sites if site is not None])
        if not reading.errors:
            self.places.entry.setText("")

    def _add_spots(self, spots: Sequence[Spot]) -> None:
        fresh = tuple(spot for spot in dict.fromkeys(spots) if spot not in self._adjunct.spots)
        if fresh:
            self._change("place", spots=self._adjunct.spots + fresh)

    def _draw(self, on: bool) -> None:  # noqa: FBT001  # as Qt tells it
        if on:
            self._body.tools.begin_drawing(self._drawn)
        else:
            self._body.tools.take_up(Tool.HAND)

    def _tool_changed(self, tool: Tool) -> None:
        self.places.draw.setChecked(tool is Tool.BRUSH)

    def _drawn(self, sites: tuple[Site, ...]) -> None:
        """A stroke on the skin, or one place, which may be a point's."""
        if len(sites) > 1:
            self._change(f"stroke {len(self._adjunct.strokes)}", strokes=(*self._adjunct.strokes, sites))
            return
        atlas = self._treatment.library.atlas
        point = next((code for code in atlas.points if atlas.point_sites(code).get(Side(sites[0].side)) == sites[0]), "")
        self._add_spots([Spot(sites[0], point)])


def _mind(warning: Warning, intake: Intake) -> QFrame:
    """What the health history says, with its source."""
    made = QFrame()
    made.setProperty("role", "mind")
    made.setProperty("strength", warning.level)
    box = QVBoxLayout(made)
    box.setContentsMargins(12, 10, 12, 10)
    box.setSpacing(4)
    box.addWidget(label(f"{SIGN[warning.level]} {warning.text}", "kind", wrap=True))
    box.addWidget(label(warning.advice, wrap=True))
    box.addWidget(label(source_words(warning, intake), "small", wrap=True))
    return made
