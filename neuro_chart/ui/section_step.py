"""A section of a form in the list beside it."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton

from neuro_chart.clinic.forms import Progress
from neuro_chart.ui.theme import SMALL, TARGET, Theme


class SectionStep(QAbstractButton):
    """A section in the list: a ring that fills with the answers, a tick when all are there, a mark where one is still needed."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setText(title)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedHeight(TARGET)
        self._progress = Progress(0, 0, 0)
        self._is_wanting = False

    def show_progress(self, progress: Progress, *, is_wanting: bool) -> None:
        """Show how far the section is, and whether the user should come back to it."""
        self._progress, self._is_wanting = progress, is_wanting
        wanting = ", something is still needed" if is_wanting else ""
        self.setAccessibleName(f"{self.text()}, {progress.answered} of {progress.asked} answered{wanting}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(128, TARGET)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, here = Theme.of(), self.isChecked()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if here or self.underMouse():
            painter.setBrush(theme.color("accent_soft" if here else "sunken"))
            painter.drawRoundedRect(self.rect(), 10, 10)
        if self.hasFocus():
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 10, 10)
        self._draw_mark(painter, theme, QRectF(12, self.height() / 2 - 8, 16, 16))
        font = self.font()
        font.setBold(here)
        painter.setFont(font)
        painter.setPen(theme.color("accent" if here else "text"))
        room = QRectF(40, 0, self.width() - 92, self.height())
        painter.drawText(
            room,
            Qt.AlignmentFlag.AlignVCenter,
            painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, int(room.width())),
        )
        small = self.font()
        small.setPixelSize(SMALL)
        painter.setFont(small)
        painter.setPen(theme.color("muted"))
        count = f"{self._progress.answered}/{self._progress.asked}" if self._progress.answered else ""
        painter.drawText(
            QRectF(self.width() - 52, 0, 40, self.height()), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, count
        )

    def _draw_mark(self, painter: QPainter, theme: Theme, box: QRectF) -> None:
        asked, answered = self._progress.asked, self._progress.answered
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._is_wanting:
            path = QPainterPath(QPointF(box.center().x(), box.top()))
            path.lineTo(box.bottomRight())
            path.lineTo(box.bottomLeft())
            path.closeSubpath()
            painter.fillPath(path, theme.color("warning"))
            painter.setPen(QPen(theme.color("card"), 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawLine(QPointF(box.center().x(), box.top() + 6), QPointF(box.center().x(), box.top() + 10))
            painter.drawPoint(QPointF(box.center().x(), box.bottom() - 2.5))
        elif asked and answered == asked:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent"))
            painter.drawEllipse(box)
            painter.setPen(QPen(theme.color("on_accent"), 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
            painter.drawPolyline([box.topLeft() + QPointF(4.5, 8.5), box.topLeft() + QPointF(7, 11), box.topLeft() + QPointF(11.5, 5.5)])
        else:
            ring = box.adjusted(1.5, 1.5, -1.5, -1.5)
            painter.setPen(QPen(theme.color("line"), 3))
            painter.drawEllipse(ring)
            if answered:
                painter.setPen(QPen(theme.color("accent"), 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
                painter.drawArc(ring, 90 * 16, -round(360 * 16 * answered / asked))
