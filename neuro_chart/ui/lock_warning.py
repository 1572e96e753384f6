"""A quiet word over the chart that it is about to lock."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QWidget

from neuro_chart.ui.roles import announce
from neuro_chart.ui.widgets import pill

ABOVE = 64  # px from the foot of the window: over the strip


class LockWarning(QObject):
    """Counts the last seconds down at the foot of a window, over what is there, so that nothing moves."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.pill = pill("", "warning")
        self.pill.setParent(window)
        self.pill.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.pill.hide()
        window.installEventFilter(self)

    def say(self, seconds: int) -> None:
        """So many seconds are left; with 0, somebody is here again."""
        if seconds and self.pill.isHidden():
            announce(self._window, f"The chart locks in {seconds} seconds. Any key keeps it open.")
        self.pill.setText(f"Locks in {seconds} s. Any key or touch keeps it open.")
        self.pill.setVisible(bool(seconds))
        self._place()

    def _place(self) -> None:
        self.pill.adjustSize()
        self.pill.move((self._window.width() - self.pill.width()) // 2, self._window.height() - ABOVE - self.pill.height())
        self.pill.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and not self.pill.isHidden():
            self._place()
        return super().eventFilter(watched, event)
