"""The visit before the one that is charted: what was done, how it went, and what of it can be taken over."""

from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QMenu, QScrollArea, QVBoxLayout, QWidget

from neuro_chart.clinic.copying import ADJUNCTS, AFTERCARE, NEEDLES, PLAN, offered
from neuro_chart.clinic.dates import ago
from neuro_chart.clinic.tongue_pulse import TonguePulse, findings_words
from neuro_chart.clinic.visits import NOTE_FIELDS, Visit
from neuro_chart.ui.days import local_day, short_day, today
from neuro_chart.ui.note import PROSE
from neuro_chart.ui.widgets import button, label, row

BOTH = (NEEDLES, ADJUNCTS)
WAYS = {BOTH: "", (NEEDLES,): "Needles &alone", (ADJUNCTS,): "A&djuncts alone", (PLAN,): "&Plan", (AFTERCARE,): "After&care"}
DONE = {
    BOTH: "&Needles and adjuncts\tCtrl+R", (NEEDLES,): "&Needles\tCtrl+R", (ADJUNCTS,): "A&djuncts\tCtrl+R",
}  # fmt: skip


class LastVisit(QFrame):
    """The visit before this one: when, what was done, how it went; its note can be unfolded.

    `repeat_wanted(sections)` asks to take some of clinic.copying's SECTIONS over.
    """

    repeat_wanted = Signal(object)

    def __init__(self, terms: TonguePulse, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._terms = terms
        self.setProperty("role", "card")
        self.setAccessibleName("Last visit")
        self._when = label("", "heading")
        self.repeat = button("Repeat…", self.show_menu, "link")
        self.repeat.setToolTip("Choose what to take over (Ctrl+Shift+R); needles and adjuncts at once: Ctrl+R")
        self.menu = QMenu("Repeat", self)
        self.menu.setProperty("role", "touch")
        self.menu.setAccessibleName("What to take over from the last visit")
        self.ways = {sections: self.menu.addAction(text, partial(self.repeat_wanted.emit, sections)) for sections, text in WAYS.items()}
        self._done = label("", wrap=True)
        self._went = label("", "muted", wrap=True)
        self._note = label("", wrap=True)
        self._note.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._note.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.more = button("Read", self._unfold, "link")
        self.more.setAccessibleName("Read the last visit's note")
        self.repeat.setAccessibleName("Repeat something of the last visit")
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setWidget(self._note)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setMinimumHeight(150)
        self._area.hide()
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 2, 8, 12)
        box.setSpacing(2)
        box.addWidget(row(self._when, None, self.more, self.repeat, spacing=0))
        box.addWidget(self._done)
        box.addWidget(self._went)
        box.addSpacing(4)
        box.addWidget(self._area, 1)

    def show_menu(self) -> None:
        """Open the choice of what to take over, with the keys in it."""
        if not self.repeat.isVisible():
            return
        height = self.menu.sizeHint().height()
        self.menu.popup(self.repeat.mapToGlobal(QPoint(0, -height)))
        self.menu.setActiveAction(next(action for action in self.menu.actions() if action.isVisible()))

    def _unfold(self) -> None:
        show = self._area.isHidden()
        self._area.setVisible(show)
        self.more.setText("Fold" if show else "Read")

    def show_visit(self, visit: Visit | None, *, beside_draft: bool) -> None:
        """Show the visit before the one that is charted; a first visit leaves the place to its note."""
        has = offered(visit)
        self.repeat.setVisible(beside_draft and bool(has))
        done = tuple(section for section in BOTH if section in has)
        for sections, action in self.ways.items():
            action.setVisible(set(sections) <= set(has) and sections != done)
        self.ways[BOTH].setText(DONE.get(done, ""))
        self.ways[BOTH].setVisible(bool(done))
        self.setVisible(visit is not None)
        if visit is None:
            return
        day = local_day(visit.started)
        self._when.setText(f"Visit {ago(day, today())}")
        self._done.setText(f"{short_day(day)}: {done_words(visit)}")
        self._went.setText(went_words(visit))
        self._went.setVisible(bool(self._went.text()))
        found = {"objective": findings_words(visit.tongue, visit.pulse, self._terms)}
        told = {name: "\n".join(filter(None, (getattr(visit, name).strip(), found.get(name, "")))) for name in NOTE_FIELDS}
        parts = [f"{PROSE[name][0]}\n{words}" for name, words in told.items() if words]
        parts += [f"Amendment\n{each.text}" + (f"\nReason: {each.reason}" if each.reason else "") for each in visit.amendments]
        self._note.setText("\n\n".join(parts) or "Nothing was written.")


def done_words(visit: Visit) -> str:
    """What was done, in a line: `12 needles, 30 min, ST36 SP9 SP6 …, EA 2/120 Hz`."""
    used = [needle for needle in visit.needles if needle.inserted is not None] or visit.needles
    minutes = sorted({needle.retention for needle in used})
    parts = [f"{len(used)} needle{'' if len(used) == 1 else 's'}" if used else "No needles"]
    if minutes:
        parts.append(f"{minutes[0]} min" if len(minutes) == 1 else f"{minutes[0]}–{minutes[-1]} min")
    for adjunct in visit.adjuncts:
        kind = "EA" if adjunct.kind.startswith("Electro") else adjunct.kind.lower()
        setting = f"{adjunct.frequency} Hz" if adjunct.frequency else adjunct.setting.partition(",")[0]
        parts.append(f"{kind} {setting}".strip())
    points = " ".join(dict.fromkeys(needle.point for needle in sorted(used, key=lambda needle: needle.position) if needle.point))
    return ", ".join(parts) + (f"\n{points}" if points else "")


def went_words(visit: Visit) -> str:
    """How the scores went: `Pain 5 → 3, numbness 6 → 6`."""
    parts = []
    for name in ("pain", "numbness"):
        before, after = getattr(visit, f"{name}_before"), getattr(visit, f"{name}_after")
        if before is not None and after is not None:
            parts.append(f"{name} {before} → {after}")
        elif before is not None or after is not None:
            parts.append(f"{name} {before if before is not None else after}")
    return ", ".join(parts).capitalize()
