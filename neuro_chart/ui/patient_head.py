"""The head of a patient's record, which never scrolls away: who it is, what to take care of, and the tabs."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSettings, QSize, Qt
from PySide6.QtGui import QAction, QFont, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from neuro_chart.clinic.dates import age_words
from neuro_chart.clinic.intakes import Intake
from neuro_chart.clinic.safety import Level, Warning  # noqa: A004  # the field's own word
from neuro_chart.ui.days import long_day, today
from neuro_chart.ui.dossier import Dossier
from neuro_chart.ui.privacy import initials_only, shown_name
from neuro_chart.ui.theme import BODY, SMALL, TITLE
from neuro_chart.ui.warning_card import PILL, SIGN, source_words
from neuro_chart.ui.widgets import button, label, pill, tip

HEAD = 68
LONGEST_NAME, LONGEST_PILL = 320, 240
BESIDE_PILL = 36  # px: its ground to both sides of the words, and what lies between it and the next
ROUNDED = 4  # px by which a label may be wider than its font says in whole pixels
BESIDE_NAME = 128  # px: the badge, the margins and what lies between


class PatientHead(QFrame):
    """Who the patient is, what to take care of, and a button for each tab: its action turns to it."""

    def __init__(self, tabs: Mapping[str, QAction], settings: QSettings) -> None:
        super().__init__()
        self._settings = settings
        self.setProperty("role", "bar")
        self.setFixedHeight(HEAD)
        self._badge = label("", "badge")
        self._badge.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.name, self.about = label("", "title"), label("", "small")
        self.pills = Pills()
        self.tabs = {key: _tab(action) for key, action in tabs.items()}
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addStretch(1)
        names.addWidget(self.name)
        names.addWidget(self.about)
        names.addStretch(1)
        line = QHBoxLayout(self)
        line.setContentsMargins(20, 0, 12, 0)
        line.setSpacing(14)
        line.addWidget(self._badge)
        line.addLayout(names)
        line.addWidget(self.pills, 1)
        group = QButtonGroup(self)
        beside = QHBoxLayout()
        beside.setSpacing(0)
        for made in self.tabs.values():
            group.addButton(made)
            beside.addWidget(made)
        line.addLayout(beside)

    def mark_tab(self, key: str) -> None:
        """Show which tab is open; Tab stops there, and at no other."""
        self.tabs[key].setChecked(True)
        for name, made in self.tabs.items():
            made.setFocusPolicy(Qt.FocusPolicy.StrongFocus if name == key else Qt.FocusPolicy.ClickFocus)

    def show_patient(self, dossier: Dossier) -> None:
        """Show whose record it is, by name or initials as the settings have it, and what its health histories warn of."""
        hidden = initials_only(self._settings)
        patient, visits = dossier.patient, dossier.visits
        self._badge.setText(patient.initials)
        self._badge.setAccessibleName(f"Initials {patient.initials}")
        called = f" “{patient.preferred}”" if patient.preferred and patient.preferred != patient.given and not hidden else ""
        name = f"{shown_name(patient, self._settings)}{called}"
        self.name.setToolTip(tip(name))
        self.name.setAccessibleName(name)
        facts = [age_words(patient.birth, today())] if patient.birth else ["Date of birth not known"]
        facts += [f"born {long_day(patient.birth)}"] if patient.birth and not hidden else []
        facts.append("no visit yet" if not visits else "1 visit" if len(visits) == 1 else f"{len(visits)} visits")
        left = sum(visit.count.uncounted for visit in visits if visit.signed is None)
        facts += [f"▲ {left} to count out"] if left else []
        self.about.setText(" · ".join(facts))
        self.pills.show_warnings(dossier.warnings, archived=patient.archived is not None, unreadable=dossier.unreadable)
        self._fit_name()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_name()

    def _fit_name(self) -> None:
        """As much of the name as the warnings and the tabs leave room for, and never less than LONGEST_NAME."""
        tabs = sum(made.width() for made in self.tabs.values())
        room = max(LONGEST_NAME, self.width() - tabs - self.pills.wanted - BESIDE_NAME)
        bold = _metrics(self, TITLE, QFont.Weight.DemiBold)
        self.name.setText(bold.elidedText(self.name.accessibleName(), Qt.TextElideMode.ElideRight, room))


def _tab(action: QAction) -> QPushButton:
    title = action.text()
    made = button(title, action.trigger, "tab")
    made.setCheckable(True)
    wide = _metrics(made, BODY, QFont.Weight.DemiBold).horizontalAdvance(title) + 22  # as when chosen, so that choosing moves nothing
    made.setFixedSize(wide, HEAD - 1)
    made.setToolTip(f"{title} ({action.shortcut().toString()})")
    return made


class Pills(QWidget):
    """As many warnings as there is room for, and how many more there are; the loudest is always there, cut short where it must be."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._made: list[tuple[str, QLabel]] = []  # with its whole words
        self._more = pill("", "quiet")
        self._box = QHBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(8)
        self._box.addWidget(self._more)
        self._box.addStretch(1)

    def show_warnings(self, found: Sequence[tuple[Warning, Intake]], *, archived: bool = False, unreadable: bool = False) -> None:
        """Show these, the loudest first; before all that the record is `archived`, and that a health history is `unreadable`."""
        for _, made in self._made:
            self._box.removeWidget(made)
            made.deleteLater()
        self._made = []
        if archived:
            self._add("Archived", "quiet")
        if unreadable:
            self._add(f"{SIGN[Level.ALERT]}  A health history can't be read", PILL[Level.ALERT])
        for warning, intake in found:
            made = self._add(f"{SIGN[warning.level]}  {warning.text}", PILL[warning.level])
            made.setToolTip(tip(f"{warning.text}\n{warning.advice}\n{source_words(warning, intake)}"))
            made.setAccessibleName(warning.text)
            made.setAccessibleDescription(warning.advice)
        self._fit()

    def _add(self, words: str, kind: str) -> QLabel:
        made = pill("", kind)
        made.setToolTip(tip(words))
        made.setAccessibleName(words)
        self._box.insertWidget(len(self._made), made)
        self._made.append((words, made))
        return made

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 30)

    @property
    def wanted(self) -> int:
        """How wide they would be side by side."""
        return sum(self._widths())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _widths(self) -> list[int]:
        """How wide each wants to be, with what lies between it and the next."""
        plain = _metrics(self, SMALL)
        return [min(plain.horizontalAdvance(words), LONGEST_PILL) + BESIDE_PILL for words, _ in self._made]

    def _fit(self) -> None:
        widths, plain = self._widths(), _metrics(self, SMALL)
        room, shown = self.width() + self._box.spacing(), len(widths)
        if sum(widths) > room and shown > 1:
            room -= plain.horizontalAdvance(f"+{shown}") + BESIDE_PILL
            shown = next((number for number in range(1, len(widths)) if sum(widths[: number + 1]) > room), len(widths))
        for at, (words, made) in enumerate(self._made):
            made.setText(plain.elidedText(words, Qt.TextElideMode.ElideRight, min(LONGEST_PILL, room - BESIDE_PILL - ROUNDED)))
            made.setVisible(at < shown)
        hidden = [words for words, _ in self._made[shown:]]
        self._more.setVisible(bool(hidden))
        self._more.setText(f"+{len(hidden)}")
        self._more.setToolTip(tip("\n".join(hidden)))


def _metrics(widget: QWidget, size: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFontMetrics:
    font = widget.font()
    font.setPixelSize(size)
    font.setWeight(weight)
    return QFontMetrics(font)
