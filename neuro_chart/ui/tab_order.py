"""Tab goes from one thing to the next as they are laid out; Qt's own way is in the order in which they were made."""

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLayout,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

WHOLE = (QAbstractButton, QAbstractItemView, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit)  # parts are no stops


def go_to_next(window: QWidget, *, forward: bool) -> bool:
    """Give the keys to the next thing of a window at which Tab stops, or to the one before; False if there is no other."""
    here = window.focusWidget()
    found = list(stops(window, here))
    at = found.index(here) if here in found else -1 if forward else 0
    following = found[(at + (1 if forward else -1)) % len(found)] if found else here
    if following is None or following is here:
        return False
    following.setFocus(Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason)
    return True


def stops(widget: QWidget, here: QWidget | None = None) -> Iterator[QWidget]:
    """What Tab stops at in a widget, in the order of its layout; what lies in no layout comes after. `here` is named in any case."""
    stop = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isEnabled() and widget.focusProxy() is None
    if stop or widget is here:
        yield widget
    if isinstance(widget, WHOLE):
        return
    inside = [child for child in widget.children() if isinstance(child, QWidget)]
    placed = list(_placed(layout, inside)) if (layout := widget.layout()) is not None else []
    loose = [child for child in inside if child not in placed and not child.isWindow()]
    for child in (*placed, *loose):
        if child.isVisible():
            yield from stops(child, here)


def _placed(layout: QLayout, inside: list[QWidget]) -> Iterator[QWidget]:
    # Never by itemAt: what it gives is deleted with its widget, PySide is not told, and what then lies at its place in memory is damaged.
    parts: list[QLayout | QWidget] = [part for part in layout.children() if isinstance(part, QLayout)]
    parts += [widget for widget in inside if layout.indexOf(widget) >= 0]
    for part in sorted(parts, key=layout.indexOf):
        if isinstance(part, QLayout):
            yield from _placed(part, inside)
        else:
            yield part
