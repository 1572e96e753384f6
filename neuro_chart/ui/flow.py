"""Widgets that stand side by side in as many rows as they need."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from neuro_chart.ui.theme import TARGET

GAP = 8
LINE_WIDTH = 200


class Flow(QWidget):
    """Widgets side by side in as many rows as they need."""

    def __init__(self, children: Sequence[QWidget]) -> None:
        super().__init__()
        self._children = children
        for child in children:
            child.setParent(self)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def _rows(self, width: int) -> list[list[tuple[QWidget, int]]]:
        rows: list[list[tuple[QWidget, int]]] = [[]]
        used = 0
        for child in self._children:
            if child.isHidden():
                continue
            wide = min(self._width_of(child), width)
            if rows[-1] and used + wide > width:
                rows.append([])
                used = 0
            rows[-1].append((child, wide))
            used += wide + GAP
        return rows

    @staticmethod
    def _width_of(child: QWidget) -> int:
        return LINE_WIDTH if isinstance(child, QLineEdit) else child.sizeHint().width()

    def heightForWidth(self, width: int) -> int:
        return len(self._rows(width)) * (TARGET + GAP) - GAP

    def sizeHint(self) -> QSize:
        width = sum(self._width_of(child) + GAP for child in self._children) - GAP
        return QSize(width, TARGET)

    def minimumSizeHint(self) -> QSize:
        return QSize(TARGET * 2, TARGET)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.lay_out()

    def lay_out(self) -> None:
        """Put each widget that is shown in its place."""
        self.updateGeometry()
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        for number, line in enumerate(self._rows(self.width())):
            left = 0
            for child, wide in line:
                x = self.width() - left - wide if mirrored else left
                child.setGeometry(x, number * (TARGET + GAP), wide, TARGET)
                left += wide + GAP
