"""How long the practice keeps records: chosen from the periods that are known, or years of its own."""

from dataclasses import replace

from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from neuro_chart.clinic.people import Role
from neuro_chart.clinic.retention import LONGEST, Period, Retention, Sure, load
from neuro_chart.resources import resource
from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.widgets import column, label, row, small_field

OWN = "own"
FIRST_OWN = Retention(10)
NOTHING = "Not chosen"
NONE_YET = "No record can be erased until a period is chosen. Nothing is ever erased by itself."
ADVICE = "Whether this holds for you is yours to find out; it is no legal advice. Nothing is ever erased by itself."
SURE = {
    Sure.RULE: "The words of the rule were read.",
    Sure.TOLD: "Read in another's words, not in the rule itself.",
    Sure.CUSTOM: "No rule was found; practices there say that they keep to it.",
    Sure.UNCHECKED: "The number was not checked against the rule.",
}


class RetentionField(QWidget):
    """The period holds as soon as it is chosen; whoever is no owner can only read it."""

    def __init__(self, chart: OpenChart) -> None:
        super().__init__()
        self._chart = chart
        self._periods = load(resource("retention"))
        self.choice = QComboBox()
        self.choice.setAccessibleName("Keep records for")
        self.choice.addItem(NOTHING, None)
        self.choice.addItem("Years of our own", OWN)
        self.choice.insertSeparator(2)
        for period in self._periods:
            self.choice.addItem(f"{period.place} ({period.years} years)", period)
        self.choice.setMaxVisibleItems(24)
        self.choice.activated.connect(self._choose)
        self.years = small_field("Years after the last entry", "", self._choose_own, 56)
        self.age = small_field("For those who were young, the age until which it is kept", "–", self._choose_own, 56)
        own = row(self.years, label("years after the last entry"), None)
        young = row(label("For those who were young, until the age of"), self.age, None)
        self.wrong = label("", "error", wrap=True)
        self.own = column(own, young, self.wrong)
        self.told = label("", wrap=True)
        self.source = label("", "small", wrap=True)
        self.advice = label("", "small", wrap=True)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        for widget in (self.choice, self.own, self.told, self.source, self.advice):
            box.addWidget(widget)
        self.reload()

    def reload(self) -> None:
        """Show what is stored."""
        records = self._chart.records
        kept, may = records.practice().retention, records.practitioner().role is Role.OWNER
        period = next((each for each in self._periods if each.retention == kept), None)
        self.choice.setCurrentIndex(self._place_of(period, is_own=kept is not None))
        is_own = kept is not None and period is None
        self.own.setVisible(is_own)
        self.wrong.hide()
        if kept is not None and is_own:
            self.years.setText(str(kept.years))
            self.age.setText(str(kept.until_age or ""))
        self.told.setText(f"{period.who}: {period.retention.words}." if period else "")
        self.source.setText(_source_words(period) if period else kept.source if kept else "")
        self.source.setToolTip(period.url if period else "")
        self.advice.setText((NONE_YET if kept is None else ADVICE) + ("" if may else " Only an owner can change this."))
        for made in (self.told, self.source):
            made.setVisible(bool(made.text()))
        self.choice.setEnabled(may)
        self.own.setEnabled(may)

    def _place_of(self, period: Period | None, *, is_own: bool) -> int:
        wanted: object = period or (OWN if is_own else None)
        return next(at for at in range(self.choice.count()) if self.choice.itemData(at) == wanted and self.choice.itemText(at))

    def _choose(self) -> None:
        chosen = self.choice.currentData()
        kept = self._chart.records.practice().retention or FIRST_OWN
        own = Retention(kept.years, kept.until_age) if chosen == OWN else None
        self._keep(chosen.retention if isinstance(chosen, Period) else own)

    def _choose_own(self) -> None:
        """Keep the years and the age as they were typed, or say why they can't be kept."""
        if self.own.isHidden():
            return
        try:
            typed = Retention(int(self.years.text() or 0), int(self.age.text() or 0))
        except ValueError:
            self.wrong.setText(f"Give whole years, 1 to {LONGEST}, and an age of no more than {LONGEST} or none.")
            self.wrong.show()
        else:
            self._keep(typed)

    def _keep(self, retention: Retention | None) -> None:
        before = self._chart.records.practice()
        if retention != before.retention:
            self._chart.act(lambda: self._chart.records.save_practice(replace(before, retention=retention)))
        self.reload()


def _source_words(period: Period) -> str:
    year = f" ({period.year})" if period.year else ""
    where = f"Read at {period.url.split('/')[2].removeprefix('www.')}."
    return " ".join(filter(None, (f"{period.source}{year}.", SURE[period.sure], period.note, where)))
