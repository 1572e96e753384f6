"""A question of a form as it is asked."""

from typing import cast

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFont
from PySide6.QtWidgets import QApplication, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from neuro_chart.clinic.forms import Item, Kind
from neuro_chart.ui.answer_fields import Field, LineField, ProseField, field_for
from neuro_chart.ui.widgets import label, set_flag

_PASSING = {Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason, Qt.FocusReason.MenuBarFocusReason}


class Question(QWidget):
    """A question with its help, its field, and a line kept free for what is wrong with the answer."""

    answered = Signal(object, list)
    left = Signal(object)

    def __init__(self, item: Item) -> None:
        super().__init__()
        self.item = item
        self.field: Field = field_for(item)
        self.field.changed.connect(lambda values: self.answered.emit(item, values))
        self._box = cast("QWidget", self.field)
        self._box.setAccessibleName(f"{item.text} Required." if item.required else item.text)
        self._wrong = label(role="error")
        self._wrong.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._wrong.setFixedHeight(16)
        text = label(item.text, wrap=True)
        font = text.font()
        font.setWeight(QFont.Weight.DemiBold)
        text.setFont(font)
        head = QVBoxLayout()
        head.setSpacing(2)
        self._required = label("Required", "small") if item.required else None
        if self._required is None:
            head.addWidget(text)
        else:
            line = QHBoxLayout()
            line.addWidget(text, 1)
            line.addWidget(self._required)
            head.addLayout(line)
        if item.help:
            head.addWidget(label(item.help, "small", wrap=True))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(5)
        if item.kind is Kind.BOOLEAN:
            beside = QHBoxLayout()
            beside.setSpacing(16)
            beside.addLayout(head, 1)
            beside.addWidget(self._box, 0, Qt.AlignmentFlag.AlignTop)
            box.addLayout(beside)
        else:
            box.addLayout(head)
            box.addWidget(self._box)
        box.addWidget(self._wrong)
        for child in self.stops():
            child.installEventFilter(self)

    @property
    def wrong(self) -> str:
        """The sentence that stands beside the question, or nothing."""
        return self._wrong.text()

    def show_wrong(self, sentence: str) -> None:
        """Say what is wrong, or with nothing that all is well."""
        if sentence == self.wrong:
            return
        self._wrong.setText(sentence)
        self._box.setAccessibleDescription(sentence)
        if isinstance(self.field, LineField):
            set_flag(self.field.line, "invalid", bool(sentence))
        elif isinstance(self.field, ProseField):
            set_flag(self.field.prose, "invalid", bool(sentence))

    def set_read_only(self, read_only: bool) -> None:  # noqa: FBT001  # Qt's own shape
        """Let the answer be read but not changed."""
        self.field.set_read_only(read_only)
        if self._required is not None:
            self._required.setVisible(not read_only)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QFocusEvent) and event.lostFocus() and event.reason() not in _PASSING:
            new = QApplication.focusWidget()
            if new is None or not self.isAncestorOf(new):
                self.left.emit(self.item)
        return False

    def stops(self) -> list[QWidget]:
        """What can take the keyboard, in order."""
        return [child for child in self.findChildren(QWidget) if child.focusPolicy() & Qt.FocusPolicy.ClickFocus]

    def focus(self) -> None:
        """Put the keyboard into the field."""
        for child in self.stops():
            if child.focusPolicy() & Qt.FocusPolicy.TabFocus:
                child.setFocus(Qt.FocusReason.OtherFocusReason)
                return
