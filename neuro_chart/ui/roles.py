"""What a screen reader is told: of the widgets that we paint ourselves, as to Qt a plain widget is nothing in particular; and aloud."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QAccessibleWidget, QWidget


def tell_roles() -> None:
    """Let each widget whose class has a `spoken_role` (a QAccessible.Role) be read as that."""
    QAccessible.installFactory(_told)


def _told(_kind: str, what: QObject) -> QAccessibleWidget | None:
    role = getattr(type(what), "spoken_role", None)
    return QAccessibleWidget(what, role) if isinstance(what, QWidget) and role is not None else None


def announce(widget: QWidget, sentence: str) -> None:
    """Have a screen reader say a sentence now."""
    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, sentence))
