"""The narrow rail beside every page: the program's mark, a button for each page, and the lock."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtSvgWidgets import QSvgWidget
from PySide6.QtWidgets import QFrame, QToolButton, QVBoxLayout

from neuro_chart.resources import resource
from neuro_chart.ui.icons import set_icon

PAGES = {  # what each is called, its keys and its icon
    "today": ("Today", "Alt+T", "calendar"),
    "patients": ("Patients", "Alt+P", "users"),
    "rooms": ("Rooms", "Alt+R", "door-open"),
    "find": ("Find", "Ctrl+Shift+F", "search"),
    "library": ("Library", "Alt+L", "book-open"),
    "settings": ("Settings", "Ctrl+,", "settings"),
}


class Rail(QFrame):
    """A button for each of PAGES, which does what its action does, and one that locks."""

    def __init__(self, pages: Mapping[str, QAction], lock: QAction) -> None:
        super().__init__()
        self.setProperty("role", "rail")
        mark = QSvgWidget(str(resource("icons", "neuro-chart.svg")))
        mark.setFixedSize(32, 32)
        column = QVBoxLayout(self)
        column.setContentsMargins(7, 12, 7, 12)
        column.setSpacing(8)
        column.addWidget(mark, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(12)
        self.pages = {key: _button(pages[key], icon) for key, (_title, _keys, icon) in PAGES.items()}
        for key, made in self.pages.items():
            if key == "settings":
                column.addStretch(1)
            made.setCheckable(True)
            column.addWidget(made)
        column.addWidget(_button(lock, "lock"))

    def mark_page(self, key: str) -> None:
        """Show which page is open; a patient's record is one of the patients."""
        for name, made in self.pages.items():
            made.setChecked(name == ("patients" if key == "patient" else key))


def _button(action: QAction, icon: str) -> QToolButton:
    made = QToolButton()
    made.setProperty("role", "rail")
    made.setText(action.text())
    made.setToolTip(f"{action.text()} ({action.shortcut().toString()})")
    made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
    set_icon(made, icon, "muted")
    made.clicked.connect(action.trigger)
    return made
