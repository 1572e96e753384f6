"""What a practice sets: its letterhead and rooms, how it treats, what is heard, the look."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLineEdit, QVBoxLayout, QWidget

from neuro_chart import __version__
from neuro_chart.clinic.needles import RETENTION_PRESETS, USUAL_RETENTION
from neuro_chart.ui import notify, privacy, sound, voice
from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.room_names import RoomNames
from neuro_chart.ui.widgets import Segments, TickBox, button, card, label, page_title, row, scrolled
from neuro_chart.ui.words import Prose

WIDTH = 720
NAMES = 152
SIDES = {"both": "Both", "left": "Left", "right": "Right", "": "Ask"}
RINGS = {"off": "Not at all", "once": "Once", "again": "Each minute until seen"}


class SettingsPage(QWidget):
    """Each setting holds as soon as it is made: `theme_chosen(auto | light | dark)`, `names_turned`: whether names are shown."""

    theme_chosen = Signal(str)
    names_turned = Signal()

    def __init__(self, chart: OpenChart, settings: QSettings, vault_path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chart, self._settings = chart, settings
        self._chime, self._voice = sound.Chime(settings), voice.Voice(settings)
        column = QVBoxLayout()
        column.setContentsMargins(32, 24, 32, 24)
        column.setSpacing(16)
        column.addWidget(page_title("Settings"))
        for section in (self._practice(), self._rooms(), self._treatment(), self._heard(), self._machine(), _vault(vault_path)):
            column.addWidget(section)
        column.addStretch(1)
        middle = QWidget()
        middle.setLayout(column)
        middle.setMaximumWidth(WIDTH + 64)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(middle))

    def _practice(self) -> QWidget:
        practice = self._chart.records.practice()
        self.name = QLineEdit(practice.name)
        self.name.editingFinished.connect(self.flush)
        self.letterhead = Prose("Letterhead", "Address, phone, registration number", lines=3)
        self.letterhead.show_text(practice.letterhead)
        self.letterhead.edited.connect(lambda _: self.flush())
        self.paper = Segments({"A4": "A4", "Letter": "Letter"}, "Paper")
        self.paper.show_choice(practice.paper)
        self.paper.chosen.connect(lambda _: self.flush())
        self.name.setAccessibleName("Name of the practice")
        hint = "The name and the letterhead head every paper; they are stored in the vault."
        return _section("Practice", hint, {"Name": self.name, "Letterhead": self.letterhead, "Paper": self.paper})

    def _rooms(self) -> QWidget:
        self.rooms = RoomNames(self._chart)
        return _section("Rooms", "Visits in progress stand in them on the Rooms page (Alt+R).", {"Names": self.rooms})

    def _treatment(self) -> QWidget:
        kept = self._settings
        self.side = Segments(SIDES, "Side of a point that is typed without one")
        self.side.chosen.connect(lambda side: kept.setValue("visit/side", side))
        self.retention = Segments({str(minutes): str(minutes) for minutes in RETENTION_PRESETS}, "Minutes that needles stay in")
        self.retention.chosen.connect(lambda minutes: kept.setValue("visit/retention", int(minutes)))
        hint = "What holds where a prescription says nothing else. Points on the midline take no side."
        return _section("Treatment", hint, {"Side": self.side, "Needles stay in": row(self.retention, label("minutes"), None)})

    def _heard(self) -> QWidget:
        kept = self._settings
        self.ring = Segments(RINGS, "Ring when a clock runs out")
        self.ring.chosen.connect(self._choose_ring)
        self.tone = Segments(sound.TONES, "Tone")
        self.tone.chosen.connect(lambda tone: self._choose_sound(tone=tone))
        self.volume = Segments({str(share): word for share, word in sound.VOLUMES.items()}, "Volume")
        self.volume.chosen.connect(lambda share: self._choose_sound(volume=int(share)))
        self.hear = button("Try it", self._chime.try_out, icon="volume-2")
        self.hear.setAccessibleName("Try the tone")
        self.aloud = TickBox("Say the count aloud, such as “12 in”; never a name")
        self.aloud.clicked.connect(self._choose_voice)
        self.mute = label("", "small", wrap=True)
        self.desktop = TickBox("Tell the desktop too, while another program is in front; never a name")
        self.desktop.clicked.connect(lambda on: notify.turn(kept, on))
        fields = {"When time is up, ring": self.ring, "Tone": self.tone, "Volume": row(self.volume, self.hear, None, spacing=12)}
        return _section("Sound and voice", "", fields, self.aloud, self.desktop, self.mute)

    def _machine(self) -> QWidget:
        self.theme = Segments({"auto": "As the system", "light": "Light", "dark": "Dark"}, "Look")
        self.theme.show_choice(str(self._settings.value("theme", "auto")))
        self.theme.chosen.connect(self._choose_theme)
        self.initials = TickBox("Show initials in place of names (Ctrl+Shift+H)")
        self.initials.clicked.connect(self._choose_names)
        return _section("This machine", "", {"Look": self.theme}, self.initials)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        kept = self._settings
        self.side.show_choice(str(kept.value("visit/side", "both")))
        self.retention.show_choice(str(kept.value("visit/retention", USUAL_RETENTION)))
        self.ring.show_choice("off" if not sound.is_on(kept) else "again" if sound.rings_again(kept) else "once")
        self.tone.show_choice(sound.tone(kept))
        self.volume.show_choice(str(sound.volume(kept)))
        self.aloud.setEnabled(voice.can_speak())
        self.aloud.setChecked(voice.is_on(kept) and voice.can_speak())
        lacks = [] if voice.can_speak() else ["no voice that the program can use; a screen reader is told in any case"]
        lacks += [] if notify.can_notify() else ["no place for notifications"]
        self.mute.setText(f"This system has {', and '.join(lacks)}.")
        self.mute.setVisible(bool(lacks))
        self.desktop.setEnabled(notify.can_notify())
        self.desktop.setChecked(notify.is_on(kept) and notify.can_notify())
        self.show_names()

    def show_names(self) -> None:
        """Show whether names are shown."""
        self.initials.setChecked(privacy.initials_only(self._settings))

    def _choose_ring(self, choice: str) -> None:
        sound.turn(self._settings, choice != "off")
        if choice != "off":
            sound.choose(self._settings, again=choice == "again")

    def _choose_sound(self, tone: str | None = None, volume: int | None = None) -> None:
        sound.choose(self._settings, tone=tone, volume=volume)
        self._chime.try_out()

    def _choose_voice(self, on: bool) -> None:  # noqa: FBT001  # Qt's own signal
        voice.turn(self._settings, on)
        if on:
            self._voice.try_out("12 in")

    def _choose_names(self, on: bool) -> None:  # noqa: FBT001  # Qt's own signal
        privacy.turn(self._settings, on)
        self.names_turned.emit()

    def _choose_theme(self, choice: str) -> None:
        self._settings.setValue("theme", choice)
        self.theme_chosen.emit(choice)

    def flush(self) -> None:
        """Store the practice as it stands here."""
        self.rooms.flush()
        before = self._chart.records.practice()
        after = replace(
            before, name=self.name.text().strip() or before.name, letterhead=self.letterhead.toPlainText().strip(), paper=self.paper.choice
        )
        if after != before:
            self._chart.act(lambda: self._chart.records.save_practice(after))


def _section(title: str, hint: str, fields: dict[str, QWidget], *beneath: QWidget) -> QFrame:
    """A card of fields with their names at their left, and what takes the whole width beneath."""
    lines = QWidget()
    grid = QGridLayout(lines)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(12)
    grid.setColumnMinimumWidth(0, NAMES)
    grid.setColumnStretch(1, 1)
    for at, (name, field) in enumerate(fields.items()):
        named = label(name)
        named.setMinimumHeight(40)
        grid.addWidget(named, at, 0, Qt.AlignmentFlag.AlignTop)
        stays = isinstance(field, Segments)
        grid.addWidget(field, at, 1, Qt.AlignmentFlag.AlignLeft if stays else Qt.AlignmentFlag(0))
    for at, field in enumerate(beneath, len(fields)):
        grid.addWidget(field, at, 1)
    parts = [label(title, "heading"), lines]
    if hint:
        parts.append(label(hint, "small", wrap=True))
    return card(*parts, spacing=12)


def _vault(path: Path) -> QFrame:
    keep = f"Copy this file together with {path.name}.keys, with the program closed: without its keys no passphrase opens it."
    parts = (label(str(path), wrap=True), label(keep, "small", wrap=True), label(f"Neuro Chart {__version__}", "small"))
    return card(label("The vault", "heading"), *parts)
