"""What a practice sets: its letterhead and paper, the look, the sound."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSettings, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCheckBox, QLineEdit, QVBoxLayout, QWidget

from neuro_chart import __version__
from neuro_chart.ui import sound
from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.widgets import Segments, card, label, page_title, scrolled
from neuro_chart.ui.words import Prose

WIDTH = 640


class SettingsPage(QWidget):
    """Each setting holds as soon as it is made: `theme_chosen(auto | light | dark)`."""

    theme_chosen = Signal(str)

    def __init__(self, chart: OpenChart, settings: QSettings, vault_path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chart, self._settings = chart, settings
        practice = chart.records.practice()
        self.name = QLineEdit(practice.name)
        self.name.setAccessibleName("Name of the practice")
        self.name.editingFinished.connect(self.flush)
        self.letterhead = Prose("Letterhead", "Address, phone, registration number", lines=3)
        self.letterhead.show_text(practice.letterhead)
        self.letterhead.edited.connect(lambda _: self.flush())
        self.paper = Segments({"A4": "A4", "Letter": "Letter"}, "Paper")
        self.paper.show_choice(practice.paper)
        self.paper.chosen.connect(lambda _: self.flush())
        self.theme = Segments({"auto": "As the system", "light": "Light", "dark": "Dark"}, "Look")
        self.theme.show_choice(str(settings.value("theme", "auto")))
        self.theme.chosen.connect(self._choose_theme)
        self.sound = QCheckBox("Sound when a needle is due")
        self.sound.clicked.connect(lambda on: sound.turn(settings, on))
        column = QVBoxLayout()
        column.setContentsMargins(32, 24, 32, 24)
        column.setSpacing(16)
        column.addWidget(page_title("Settings"))
        paper = label("The name and the letterhead head every paper; they are stored in the vault.", "small", wrap=True)
        column.addWidget(
            card(label("Practice", "heading"), *_fields(("Name", self.name), ("Letterhead", self.letterhead), ("Paper", self.paper)), paper)
        )
        column.addWidget(card(label("This machine", "heading"), *_fields(("Look", self.theme)), self.sound))
        where = label(str(vault_path), wrap=True)
        keep = label(
            f"Copy this file together with {vault_path.name}.keys, with the program closed: without its keys no passphrase opens it.",
            "small",
            wrap=True,
        )
        column.addWidget(card(label("The vault", "heading"), where, keep, label(f"Neuro Chart {__version__}", "small")))
        column.addStretch(1)
        middle = QWidget()
        middle.setLayout(column)
        middle.setMaximumWidth(WIDTH + 64)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(middle))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.sound.setChecked(sound.is_on(self._settings))

    def _choose_theme(self, choice: str) -> None:
        self._settings.setValue("theme", choice)
        self.theme_chosen.emit(choice)

    def flush(self) -> None:
        """Store the practice as it stands here."""
        before = self._chart.records.practice()
        after = replace(
            before, name=self.name.text().strip() or before.name, letterhead=self.letterhead.toPlainText().strip(), paper=self.paper.choice
        )
        if after != before:
            self._chart.act(lambda: self._chart.records.save_practice(after))


def _fields(*named: tuple[str, QWidget]) -> list[QWidget]:
    return [part for name, field in named for part in (label(name, "small"), field)]
