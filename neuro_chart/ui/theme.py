"""The look: two sets of colours, four sizes of type, one stylesheet over Qt's Fusion style."""

import gc
from dataclasses import asdict, dataclass
from string import Template

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from neuro_chart.resources import resource
from neuro_chart.ui.icons import refresh_icons

FAMILY = "Neuro Chart Sans"
SMALL, BODY, TITLE, DISPLAY = 12, 14, 18, 28
TARGET = 40


@dataclass(frozen=True)
class Theme:
    """The colours of one look, as #rrggbb. `*_soft` are grounds on which text in the colour itself reads well."""

    name: str
    ground: str
    card: str
    sunken: str
    line: str
    text: str
    muted: str
    accent: str
    accent_soft: str
    on_accent: str
    warning: str
    warning_soft: str
    danger: str
    danger_soft: str
    skin: str
    skin_line: str

    @staticmethod
    def of(widget: QWidget | None = None) -> "Theme":
        """The theme that a widget is shown in."""
        ground = QGuiApplication.palette().color(QPalette.ColorRole.Window)
        own = widget.palette().color(QPalette.ColorRole.Window) if widget is not None else ground
        if own.alpha() == 255:  # a ground that the stylesheet leaves transparent reads as black
            ground = own
        return DARK if ground.lightness() < 128 else LIGHT

    def color(self, role: str) -> QColor:
        """A colour by its name."""
        return QColor(str(getattr(self, role)))

    def palette(self) -> QPalette:
        """Qt's palette in these colours."""
        palette = QPalette()
        role = QPalette.ColorRole
        for target, colour in {
            role.Window: self.ground, role.WindowText: self.text, role.Base: self.card, role.AlternateBase: self.sunken,
            role.Text: self.text, role.Button: self.card, role.ButtonText: self.text, role.ToolTipBase: self.card,
            role.ToolTipText: self.text, role.PlaceholderText: self.muted, role.Highlight: self.accent_soft,
            role.HighlightedText: self.text, role.Link: self.accent, role.Mid: self.line, role.Dark: self.sunken, role.Accent: self.accent,
        }.items():  # fmt: skip
            palette.setColor(target, QColor(colour))
        for target in (role.WindowText, role.Text, role.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, target, QColor(self.muted))
        return palette

    def stylesheet(self) -> str:
        """The stylesheet in these colours."""
        sizes = {
            "small": SMALL,
            "body": BODY,
            "title": TITLE,
            "display": DISPLAY,
            "target": TARGET,
            "inner": TARGET - 2,
            "tight": TARGET - 4,
            "icons": resource("icons").as_posix(),
        }
        dark = {f"dark_{role}": colour for role, colour in asdict(DARK).items()}  # of what is dark in either look
        return Template(resource("look.qss").read_text(encoding="utf-8")).substitute(asdict(self) | sizes | dark)


LIGHT = Theme(
    name="light", ground="#f5f3ee", card="#ffffff", sunken="#efece5", line="#e1dcd2", text="#1f2a2a", muted="#5c6662",
    accent="#287163", accent_soft="#e1eee9", on_accent="#ffffff", warning="#8a5a12", warning_soft="#fbeed3",
    danger="#9b3f2b", danger_soft="#f8e2db", skin="#ecdccf", skin_line="#7a6458",
)  # fmt: skip
DARK = Theme(
    name="dark", ground="#161c1b", card="#1e2524", sunken="#283130", line="#343e3c", text="#e9eeec", muted="#9aa5a1",
    accent="#62bda9", accent_soft="#213d37", on_accent="#0f1f1b", warning="#e2b26a", warning_soft="#3b2f1a",
    danger="#ec9d89", danger_soft="#47261f", skin="#cbb5a5", skin_line="#2c2420",
)  # fmt: skip

# The channels' hues, on the skin of either look. Yin and yang of a pair share a hue that colour-blind people tell from the others'
# (Okabe and Ito's palette, darkened for skin), and differ in lightness.
CHANNELS = {
    "LU": "#2c3746", "LI": "#5a6a82", "ST": "#ad6800", "SP": "#744600", "HT": "#94291a", "SI": "#cc4e25", "BL": "#1c72bd", "KI": "#0c3d73",
    "PC": "#6f2f70", "TE": "#aa569c", "GB": "#00825c", "LR": "#005a44", "GV": "#26262e", "CV": "#4f3b58",
}  # fmt: skip


def load_fonts() -> None:
    """Make the program's own typeface known to Qt."""
    for path in sorted(resource("fonts").glob("*.ttf")):
        QFontDatabase.addApplicationFont(str(path))


def apply_theme(app: QApplication, choice: str = "auto") -> None:
    """Show the whole program in "light", "dark" or, with "auto", as the system does."""
    dark = choice == "dark" or (choice == "auto" and app.styleHints().colorScheme() == Qt.ColorScheme.Dark)
    theme = DARK if dark else LIGHT
    font = QFont(FAMILY)
    font.setPixelSize(BODY)
    app.setStyle("Fusion")
    app.setFont(font)
    app.setPalette(theme.palette())
    gc.collect()  # Qt walks over all widgets, and one that Python threw away meanwhile would be gone beneath it
    app.setStyleSheet(theme.stylesheet())
    refresh_icons(app.allWidgets(), theme.color)
