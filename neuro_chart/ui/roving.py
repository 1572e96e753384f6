"""A row of buttons that is one stop of the Tab key."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton


class Roving(QObject):
    """Makes a row of buttons one stop of the Tab key: the arrows, Home and End move inside it."""

    _MOVES = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}  # noqa: RUF012  # never changed

    def __init__(self, buttons: Sequence[QAbstractButton], parent: QObject) -> None:
        super().__init__(parent)
        self._buttons = buttons
        for made in buttons:
            made.installEventFilter(self)
        self.stop_at(buttons[0])

    def stop_at(self, button: QAbstractButton) -> None:
        """Let Tab stop at this button."""
        for made in self._buttons:
            made.setFocusPolicy(Qt.FocusPolicy.StrongFocus if made is button else Qt.FocusPolicy.ClickFocus)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, QAbstractButton):
            self.stop_at(watched)
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress or event.modifiers() & Qt.KeyboardModifier.AltModifier:
            return False
        places = [made for made in self._buttons if made.isVisible()]
        here = places.index(watched) if watched in places else 0
        key = Qt.Key(event.key())
        if key in self._MOVES:
            step = self._MOVES[key] * (-1 if self._is_mirrored(key) else 1)
            places[(here + step) % len(places)].setFocus(Qt.FocusReason.OtherFocusReason)
        elif key in {Qt.Key.Key_Home, Qt.Key.Key_End}:
            places[0 if key == Qt.Key.Key_Home else -1].setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            return False
        return True

    def _is_mirrored(self, key: Qt.Key) -> bool:
        sideways = key in {Qt.Key.Key_Left, Qt.Key.Key_Right}
        return sideways and self._buttons[0].layoutDirection() == Qt.LayoutDirection.RightToLeft
