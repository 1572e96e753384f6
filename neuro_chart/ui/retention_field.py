"""How long the practice keeps records: chosen from the periods that are known, or years of its own."""

from dataclasses import replace

from PySide6.QtWidgets import QComboBox, QSpinBox, QVBoxLayout, QWidget

from neuro_chart.clinic.people import Role
from neuro_chart.clinic.retention import LONGEST, Period, Retention, Sure, load
from neuro_chart.resources import resource
from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.widgets import label, row

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
        self.years, self.age = _number("Years after the last entry", 1), _number("Kept at least until this age", 0)
        self.age.setSpecialValueText("any age")
        for field in (self.years, self.age):
            field.valueChanged.connect(self._choose_own)
        self.own = row(self.years, label("years after the last entry, and until the age of"), self.age, None)
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
        if kept is not None and is_own:
            for field, value in ((self.years, kept.years), (self.age, kept.until_age)):
                if field.value() != value:
                    field.blockSignals(True)
                    field.setValue(value)
                    field.blockSignals(False)
        self.told.setText(f"{period.who}: {period.retention.words}." if period else "")
        self.source.setText(_source_words(period) if period else kept.source if kept else "")
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
        self._keep(Retention(self.years.value(), self.age.value()))

    def _keep(self, retention: Retention | None) -> None:
        before = self._chart.records.practice()
        if retention != before.retention:
            self._chart.act(lambda: self._chart.records.save_practice(replace(before, retention=retention)))
        self.reload()


def _number(name: str, least: int) -> QSpinBox:
    made = QSpinBox()
    made.setRange(least, LONGEST)
    made.setAccessibleName(name)
    made.setKeyboardTracking(False)
    made.setFixedWidth(96)
    return made


def _source_words(period: Period) -> str:
    year = f" ({period.year})" if period.year else ""
    return " ".join(filter(None, (f"{period.source}{year}.", SURE[period.sure], period.note, f"Read at {period.url}")))
