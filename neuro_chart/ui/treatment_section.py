"""Settings, Treatment: what holds where a prescription says nothing else, and what is heard."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from neuro_chart.clinic.needles import RETENTION_PRESETS, USUAL_RETENTION
from neuro_chart.ui import notify, sound, voice
from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.sections import fields_card, section_page
from neuro_chart.ui.widgets import Segments, TickBox, button, label, row

if TYPE_CHECKING:
    from neuro_chart.store.vault import Vault

SIDES = {"both": "Both", "left": "Left", "right": "Right", "": "Ask"}
RINGS = {"off": "Not at all", "once": "Once", "again": "Each minute until seen"}


class TreatmentSection(QWidget):
    """How one treats at this machine; each setting holds as soon as it is made, and the tone is heard as it is chosen."""

    def __init__(self, chart: OpenChart, settings: QSettings, vault: "Vault") -> None:  # noqa: ARG002  # as every section is made
        super().__init__()
        self._settings = settings
        self._chime, self._voice = sound.Chime(settings), voice.Voice(settings)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(section_page(self._treatment(), self._heard()))
        self.setFocusProxy(self.side)

    def _treatment(self) -> QWidget:
        kept = self._settings
        self.side = Segments(SIDES, "Side of a point that is typed without one")
        self.side.chosen.connect(lambda side: kept.setValue("visit/side", side))
        self.retention = Segments({str(minutes): str(minutes) for minutes in RETENTION_PRESETS}, "Minutes that needles stay in")
        self.retention.chosen.connect(lambda minutes: kept.setValue("visit/retention", int(minutes)))
        hint = "What holds where a prescription says nothing else. Points on the midline take no side."
        return fields_card("Treatment", hint, {"Side": self.side, "Needles stay in": row(self.retention, label("minutes"), None)})

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
        return fields_card("Sound and voice", "", fields, self.aloud, self.desktop, self.mute)

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
