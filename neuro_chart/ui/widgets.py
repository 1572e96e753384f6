"""The few parts that every page is made of."""

from collections.abc import Callable, Iterable
from html import escape

from PySide6.QtCore import QAbstractItemModel, QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QFont, QFontMetrics, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QBoxLayout,
    QButtonGroup,
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from neuro_chart.ui.icons import set_icon
from neuro_chart.ui.theme import TARGET


def label(text: str = "", role: str = "", *, wrap: bool = False) -> QLabel:
    """A label that shows its text as it is, never as markup. Roles: small, muted, heading, title, display, error."""
    made = QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setText(text)
    made.setProperty("role", role)
    made.setWordWrap(wrap)
    return made


def tip(words: str) -> str:
    """Words for a tooltip, shown as they are and wrapped; Qt would take them for markup where they look like it."""
    return f"<p style='white-space: pre-wrap'>{escape(words)}</p>" if words else ""


def page_title(text: str) -> QLabel:
    """The title of a page, as tall as a button beside it would be, so that every page begins at the same height."""
    made = label(text, "title")
    made.setMinimumHeight(TARGET)
    return made


def pill(text: str, kind: str = "quiet") -> QLabel:
    """A short word on a coloured ground. Kinds: accent, warning, danger, quiet."""
    made = label(text)
    made.setProperty("pill", kind)
    made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    return made


def button(text: str, on_click: Callable[[], object] | None = None, role: str = "", icon: str = "") -> QPushButton:
    """A push button. Roles: primary, danger, link, tab, segment, chip."""
    made = QPushButton(text.replace("&", "&&"))
    made.setProperty("role", role)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    made.setAutoDefault(True)  # so that Enter presses it, as well as the space bar
    if icon:
        made.setIconSize(QSize(26, 20))
        set_icon(made, icon, {"primary": "on_accent", "danger": "danger", "link": "accent"}.get(role, "text"))
    if on_click is not None:
        made.clicked.connect(lambda: on_click())  # noqa: PLW0108  # keeps Qt's checked flag from the callable
    return made


def add_action(owner: QWidget, text: str, keys: str, do: Callable[[], object]) -> QAction:
    """An action of a page, with its words for the list of everything and its key, if it has one."""
    action = QAction(text, owner)
    action.setShortcut(QKeySequence(keys))
    action.triggered.connect(lambda: do())  # noqa: PLW0108  # keeps Qt's checked flag from the callable
    owner.addAction(action)
    return action


def icon_button(icon: str, name: str, on_click: Callable[[], object] | None = None, role: str = "icon") -> QToolButton:
    """A button that is only an icon; its name is its tooltip and what a screen reader says."""
    made = QToolButton()
    made.setProperty("role", role)
    made.setToolTip(tip(name) if "<" in name else name)
    made.setAccessibleName(name)
    set_icon(made, icon, "muted")
    if on_click is not None:
        made.clicked.connect(lambda: on_click())  # noqa: PLW0108  # keeps Qt's checked flag from the callable
    return made


def card(*children: QWidget, margins: int = 16, spacing: int = 8) -> QFrame:
    """A white panel with its children stacked."""
    frame = QFrame()
    frame.setProperty("role", "card")
    box = QVBoxLayout(frame)
    box.setContentsMargins(margins, margins, margins, margins)
    box.setSpacing(spacing)
    for child in children:
        box.addWidget(child)
    return frame


class Empty(QWidget):
    """A page that has nothing to show yet: what will stand here, and what to do."""

    def __init__(self, icon: str, title: str, words: str, action: QWidget | None = None) -> None:
        super().__init__()
        self.title, self.words = label(title, "title"), label(words, "muted", wrap=True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        sign = QToolButton()
        sign.setProperty("role", "sign")
        sign.setIconSize(QSize(28, 28))
        sign.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        sign.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        set_icon(sign, icon, "accent")
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        column.addStretch(2)
        column.addWidget(sign, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.title, 0, Qt.AlignmentFlag.AlignHCenter)
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(self.words, 2)
        line.addStretch(1)
        column.addLayout(line)
        if action is not None:
            column.addSpacing(8)
            column.addWidget(action, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)


def rule() -> QFrame:
    """A thin line across."""
    line = QFrame()
    line.setProperty("role", "line")
    return line


def row(*children: QWidget | None, spacing: int = 8, wide: QWidget | None = None) -> QWidget:
    """Widgets side by side; None is the stretch between them, or `wide` is the one that takes what the others leave."""
    box = QHBoxLayout()
    made = _together(box, children, spacing)
    if wide is not None:
        box.setStretchFactor(wide, 1)
    return made


def column(*children: QWidget | None, spacing: int = 8) -> QWidget:
    """Widgets one beneath the other; None is the stretch between them."""
    return _together(QVBoxLayout(), children, spacing)


def _together(box: QBoxLayout, children: Iterable[QWidget | None], spacing: int) -> QWidget:
    made = QWidget()
    made.setLayout(box)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(spacing)
    for child in children:
        if child is None:
            box.addStretch(1)
        else:
            box.addWidget(child)
    return made


def scrolled(content: QWidget) -> QScrollArea:
    """An area without a frame in which the content scrolls when it is taller."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(content)
    return area


class TickBox(QCheckBox):
    """A box to tick with its words; a touch anywhere on its row ticks it, and not on its words alone."""

    def hitButton(self, at: QPoint) -> bool:
        return self.rect().contains(at)


class ListKeys(QObject):
    """Lets the arrow keys of a search line walk the list beneath it."""

    def __init__(self, line: QLineEdit, view: QAbstractItemView) -> None:
        super().__init__(line)
        self._view = view
        line.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        walking = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in walking:
            QApplication.sendEvent(self._view, event)
            return True
        return super().eventFilter(watched, event)


def lines_table(model: QAbstractItemModel, name: str, height: int) -> QTableView:
    """A table of whole lines, each `height` px, one of which is chosen; Tab goes past it."""
    table = QTableView()
    table.setModel(model)
    table.setAccessibleName(name)
    table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QTableView.SelectionMode.SingleSelection)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(height)
    table.horizontalHeader().setHighlightSections(False)
    return table


def small_field(name: str, placeholder: str, on_typed: Callable[[], None], width: int = 0) -> QLineEdit:
    """A narrow line that says its name to a screen reader and as a tooltip; `on_typed` follows Enter and the loss of focus."""
    made = QLineEdit()
    made.setAccessibleName(name)
    made.setToolTip(name)
    made.setPlaceholderText(placeholder)
    if width:
        made.setFixedWidth(width)
    else:
        made.setMinimumWidth(48)
    made.editingFinished.connect(on_typed)
    return made


def set_flag(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the stylesheet looks at, and show the widget anew."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class Segments(QFrame):
    """A row of choices of which one holds: `chosen(key)` when the user picks."""

    chosen = Signal(str)

    def __init__(self, choices: dict[str, str], name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "segments")
        self.setAccessibleName(name)
        box = QHBoxLayout(self)
        box.setContentsMargins(3, 3, 3, 3)
        box.setSpacing(2)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QAbstractButton] = {}
        for key, text in choices.items():
            made = button(text, role="segment")
            made.setCheckable(True)
            made.setAccessibleName(f"{name}: {text}" if name else text)
            made.clicked.connect(lambda _=False, key=key: self.chosen.emit(key))
            made.toggled.connect(self._order_stops)
            font = made.font()
            font.setWeight(QFont.Weight.DemiBold)  # as the one that holds is shown, so that choosing moves nothing
            made.setMinimumWidth(QFontMetrics(font).horizontalAdvance(text) + 20)  # its padding and edges
            self._group.addButton(made)
            self._buttons[key] = made
            box.addWidget(made)
        self._order_stops()

    def _order_stops(self) -> None:
        """Let Tab stop once: at the choice that holds, or at the first."""
        stop = self._buttons.get(self.choice) or next(iter(self._buttons.values()))
        self.setFocusProxy(stop)
        for made in self._buttons.values():
            made.setFocusPolicy(Qt.FocusPolicy.StrongFocus if made is stop else Qt.FocusPolicy.ClickFocus)

    @property
    def choice(self) -> str:
        """The key that holds, or nothing."""
        return next((key for key, made in self._buttons.items() if made.isChecked()), "")

    def choose(self, key: str) -> None:
        """Choose as the user would, and announce it."""
        self._buttons[key].click()

    def show_choice(self, key: str) -> None:
        """Show a choice without announcing it."""
        if key in self._buttons:
            self._buttons[key].setChecked(True)
        else:
            self._group.setExclusive(False)
            for made in self._buttons.values():
                made.setChecked(False)
            self._group.setExclusive(True)
