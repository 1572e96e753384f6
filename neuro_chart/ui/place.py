"""Where somebody is in the program, down to the letter behind which they type; told before it locks, and found again afterwards."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QTimer
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QAbstractScrollArea, QLineEdit, QPlainTextEdit, QWidget

if TYPE_CHECKING:
    from neuro_chart.ui.visit import VisitPage
    from neuro_chart.ui.window import Window

Place = dict[str, Any]
UNSTORED = "unstored"
# The panels of the visit's left column beside the note, and what turns to them.
PANELS = {
    "aftercare": "show_aftercare", "tongue_pulse": "show_tongue_pulse", "counting": "show_counting", "events": "show_events",
    "sign_panel": "show_signing", "amend_panel": "show_amending",
}  # fmt: skip


def keep_words(*fields: QWidget) -> None:
    """Let the words of these come back as well: nothing stores them before they are done."""
    for field in fields:
        field.setProperty(UNSTORED, True)


def place_of(window: "Window") -> Place:
    """Where somebody is: the page and what it shows, the field with its cursor, and words that are not stored yet."""
    place: Place = {"page": window.page}
    if window.page == "patient":
        place |= {"patient": window.patient.patient.id, "tab": window.patient.tab}
        if (visit := _visit_page(window)) is not None and visit.treatment.visit is not None:
            shown = visit.left.currentWidget()
            place |= {"visit": visit.treatment.visit.id, "panel": next((each for each in PANELS if getattr(visit, each) is shown), "")}
    elif window.page in {"library", "settings"}:
        place |= {"section": cast("Any", window.stack.currentWidget()).sections.choice}
    elif window.page == "patients" and (form := window.patients.form) is not None and window.patients.stack.currentIndex():
        place["adding"] = True
        if form.has_name:  # whoever has one is stored when the chart closes, if they can be
            place |= {"page": "patient", "patient": form.patient.id, "tab": "overview"}
    if (field := window.focusWidget()) not in {None, window} and field.isVisible():
        place |= {"field": _name_of(field, _shown(window)), "cursor": _cursor(field), "scroll": [bar.value() for bar in _bars(field)]}
    unstored = _unstored(window)
    words = [[*_name_of(each, unstored), said] for each in unstored if (said := _words(each))]
    return place | {"words": words, "unadded": window.chart.unadded}


def bring_back(window: "Window", place: Place) -> None:
    """Turn to a place again, as far as it is still there."""
    window.chart.unadded |= {visit_id: (text, reason) for visit_id, (text, reason) in place.get("unadded", {}).items()}
    page = str(place.get("page", "today"))
    try:
        if page == "patient" and place.get("visit"):
            window.open_visit(place["patient"], place["visit"])
        elif page == "patient":
            window.patient.open(place["patient"], place["tab"])
            window.show_page(page)
        elif page in {"library", "settings"}:
            window.show_page(page)
            cast("Any", window.stack.currentWidget()).show_section(place["section"])
        else:
            window.show_page(page)
            if place.get("adding"):
                window.patients.add_patient()
    except LookupError:
        if not place.get("adding"):  # somebody has taken it away meanwhile
            window.show_page("today")
            return
        window.show_page("patients")
        window.patients.add_patient()
    if (visit := _visit_page(window)) is not None and place.get("panel"):
        getattr(visit.left, PANELS[place["panel"]])()
    QTimer.singleShot(0, window, lambda: _fill_in(window, place))  # once it is laid out


def _fill_in(window: "Window", place: Place) -> None:
    for kind, name, number, said in place.get("words", ()):
        field = _field(_unstored(window), kind, name, number)
        if isinstance(field, QLineEdit | QPlainTextEdit) and not _words(field):
            field.setText(said) if isinstance(field, QLineEdit) else field.setPlainText(said)
    field = _field(_shown(window), *place["field"]) if place.get("field") else None
    if field is None:
        return
    field.setFocus()
    _put_cursor(field, *place["cursor"])
    for bar, value in zip(_bars(field), place["scroll"], strict=False):
        bar.setValue(value)


def _visit_page(window: "Window") -> "VisitPage | None":
    if window.patient.tab != "visit":
        return None
    from neuro_chart.ui.visit import VisitPage  # noqa: PLC0415  # the body is read when the first visit is shown

    return cast("VisitPage | None", window.patient.findChild(VisitPage))


def _shown(window: QWidget) -> list[QWidget]:
    return [each for each in window.findChildren(QWidget) if each.isVisible()]


def _unstored(window: QWidget) -> list[QWidget]:
    return [each for each in window.findChildren(QWidget) if each.property(UNSTORED)]


def _name_of(field: QWidget, among: list[QWidget]) -> list[Any]:
    """The field's kind and name, and which one of that name it is."""
    kind, name = type(field).__name__, field.accessibleName()
    return [kind, name, _alike(among, kind, name).index(field)]


def _field(among: list[QWidget], kind: str, name: str, number: int) -> QWidget | None:
    alike = _alike(among, kind, name)
    return alike[number] if number < len(alike) else None


def _alike(among: list[QWidget], kind: str, name: str) -> list[QWidget]:
    return [each for each in among if (type(each).__name__, each.accessibleName()) == (kind, name)]


def _words(field: QWidget) -> str:
    return field.text() if isinstance(field, QLineEdit) else field.toPlainText() if isinstance(field, QPlainTextEdit) else ""


def _cursor(field: QWidget) -> list[int]:
    """Where the selection begins, and where the cursor stands."""
    if isinstance(field, QLineEdit):
        at = field.cursorPosition()
        start, end = field.selectionStart(), field.selectionEnd()
        return [at, at] if start < 0 else [end if at == start else start, at]
    if isinstance(field, QPlainTextEdit):
        return [field.textCursor().anchor(), field.textCursor().position()]
    return []


def _put_cursor(field: QWidget, *at: int) -> None:
    if len(at) != 2 or max(at) > len(_words(field)):
        return
    if isinstance(field, QLineEdit):
        field.setSelection(at[0], at[1] - at[0]) if at[0] != at[1] else field.setCursorPosition(at[1])
    elif isinstance(field, QPlainTextEdit):
        cursor = field.textCursor()
        cursor.setPosition(at[0])
        cursor.setPosition(at[1], QTextCursor.MoveMode.KeepAnchor)
        field.setTextCursor(cursor)


def _bars(field: QWidget) -> Iterator[Any]:
    """The scroll bars that move a field, the inner one first."""
    each: QWidget | None = field
    while each is not None:
        if isinstance(each, QAbstractScrollArea):
            yield each.verticalScrollBar()
        each = each.parentWidget()
