"""Everything that is touched is large enough for a finger, and a screen reader is told what it is."""

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QTableView,
    QToolButton,
    QWidget,
)

from neuro_chart.clinic.adjuncts import ELECTRO, MOXA, SEEDS, Adjunct
from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.needles import Needle, Side
from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.retention import Retention
from neuro_chart.clinic.visits import Visit
from neuro_chart.store.backups import backup, default_folder
from neuro_chart.ui.chips import Chip
from neuro_chart.ui.erase_panel import ErasePanel
from neuro_chart.ui.merge_panel import MergePanel
from neuro_chart.ui.roles import tell_roles
from neuro_chart.ui.settings import SECTIONS
from neuro_chart.ui.theme import TARGET, apply_theme
from neuro_chart.ui.unlock import Unlock
from neuro_chart.ui.visit import VisitPage

Role = QAccessible.Role
SPEECHLESS = {Role.NoRole, Role.Client, Role.Pane, Role.Grouping, Role.Window, Role.StaticText, Role.UserRole}


@pytest.fixture(autouse=True)
def look(qapp):
    tell_roles()
    if not qapp.styleSheet():
        apply_theme(qapp, "light")


@pytest.fixture
def visit(chart, rosa, treat):
    treat(rosa, 7, plan="More walking")
    made = Visit(rosa.id, chart.records.practitioner().id, room="Room 1")
    chart.act(lambda: chart.records.start_visit(made))
    return made


def touchable(page):
    """All that can be touched or reached by keys now, in the page and in its clock if it has one."""
    clock = page.clock.findChildren(QWidget) if isinstance(page, VisitPage) else []
    for widget in (*page.findChildren(QWidget), *clock):
        part = isinstance(widget, QLineEdit) and isinstance(widget.parent(), QComboBox)
        reached = isinstance(widget, QAbstractButton) or widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        passed = widget.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        if reached and widget.isVisible() and widget.isEnabled() and not part and not passed and not isinstance(widget, QScrollArea):
            yield widget


def described(widget):
    made = [type(widget).__name__, widget.accessibleName(), getattr(widget, "text", str)() if isinstance(widget, QAbstractButton) else ""]
    parents = []
    while (widget := widget.parentWidget()) is not None and len(parents) < 3:
        parents.append(type(widget).__name__)
    return f"{' '.join(made)} in {' in '.join(parents)}"


def height(widget):
    """That of a row of a list, of the frame that is drawn round a line, or of the widget itself."""
    if isinstance(widget, QAbstractItemView) and widget.model().rowCount():
        return widget.rowHeight(0) if isinstance(widget, QTableView) else widget.sizeHintForRow(0)
    frame = widget.parentWidget()
    return (frame if frame.property("role") == "add-line" else widget).height()


def faults(page):
    found = set()
    for widget in touchable(page):
        if height(widget) < TARGET:
            found.add(f"{height(widget)} px: {described(widget)}")
        told = QAccessible.queryAccessibleInterface(widget)
        if not told.text(QAccessible.Text.Name).strip():
            found.add(f"no name: {described(widget)}")
        if told.role() in SPEECHLESS:
            found.add(f"no role ({told.role().name}): {described(widget)}")
        if isinstance(widget, QPushButton | QToolButton) and (menu := widget.menu()) is not None:
            menu.ensurePolished()
            low = [action.text() for action in menu.actions() if not action.isSeparator() and menu.actionGeometry(action).height() < TARGET]
            found |= {f"low in a menu: {text} of {described(widget)}" for text in low}
    return found


def plan(page, library, **said):
    sites = [(library.atlas.point_sites(code)[side], code) for code in ("ST36", "SP6") for side in (Side.LEFT, Side.RIGHT)]
    page.treatment.plan([Needle("", site, code, **said) for site, code in sites], "Plan")


def late(page):
    page.treatment.change("Earlier", [replace(each, inserted=now() - timedelta(minutes=31)) for each in page.treatment.needles])


def test_an_empty_visit(page):
    assert not faults(page)


def test_a_visit_that_repeats_the_last(page):
    page.treatment.repeat_last()
    assert page.needles.confirm.isVisible()
    assert not faults(page)


def test_needles_that_are_planned_with_their_editor(page, library):
    plan(page, library)
    assert page.needles.editor.isVisible()
    assert not faults(page)
    page.treatment.select(())
    assert not faults(page)


def test_needles_that_are_in_pause_and_are_overdue(page, library):
    plan(page, library)
    page.treatment.insert_next()
    assert not faults(page)
    page.treatment.insert()
    assert not faults(page)
    page.treatment.pause()
    assert not faults(page)
    page.treatment.resume()
    late(page)
    page.treatment.select(())
    assert not faults(page)


def test_needles_that_were_pulled_and_the_way_they_are_counted_out(page, library):
    plan(page, library)
    page.treatment.insert()
    page.needles.pull.click()
    assert page.left.currentWidget() is page.counting
    assert not faults(page)
    page.treatment.select([page.treatment.needles[0].id])
    assert not faults(page)


@pytest.mark.parametrize("panel", ["show_aftercare", "show_tongue_pulse", "show_events", "show_signing", "show_adjunct"])
def test_the_panels_of_the_left_column(page, library, panel):
    plan(page, library)
    page.treatment.insert()
    page.treatment.select(())
    electro = Adjunct(page.treatment.visit.id, ELECTRO, minutes=20)
    for adjunct in (electro, Adjunct(page.treatment.visit.id, MOXA, minutes=5, started=now())):
        page.treatment.put_adjunct(adjunct)
    getattr(page.left, panel)(*([electro.id] if panel == "show_adjunct" else []))
    assert not faults(page)


def test_a_visit_that_is_signed(page):
    page.sign_panel.signed.emit("")
    assert page.bar.isVisible()
    assert not faults(page)
    page.left.show_amending()
    assert not faults(page)


def test_the_clock_on_the_whole_screen(page, library):
    plan(page, library)
    page.treatment.insert()
    page.clock.fill()
    assert page.clock.longer.isVisible()
    assert not faults(page)
    page.clock.close()


def test_states_are_told_with_the_roles(page, library):
    plan(page, library)
    state = lambda widget: QAccessible.queryAccessibleInterface(widget).state()  # noqa: E731
    editor = page.needles.editor
    assert state(editor.presets[30]).checked
    assert not state(editor.presets[45]).checked
    assert state(editor.acts.wrong).hasPopup
    assert QAccessible.queryAccessibleInterface(editor.presets[30]).role() is Role.CheckBox
    assert QAccessible.queryAccessibleInterface(page.needles.face).role() is Role.Button
    rows = QAccessible.queryAccessibleInterface(page.needles.view)
    page.needles.view.setCurrentIndex(page.needles.model.index(0))
    assert rows.role() is Role.List
    assert rows.child(0).text(QAccessible.Text.Name).startswith("ST36")
    assert rows.child(0).state().selected
    assert not rows.child(1).state().selected


@pytest.fixture
def busy(window, rosa, treat):
    """The window, with a visit in progress, one that is signed, and seeds that were left in."""
    treat(rosa, 7)
    visit = treat(rosa, 0, signed=False)
    records = window.chart.records
    seeds = Adjunct(visit.id, SEEDS, amount=4, started=now())
    window.chart.act(lambda: records.treat(visit.id, [seeds, *(replace(each, removed=None) for each in visit.needles)], room="Room 1"))
    return window


@pytest.mark.parametrize("key", ["today", "patients", "rooms", "find", "settings"])
def test_the_pages_beside_a_patient(busy, key):
    busy.show_page(key)
    assert not faults(busy)


def test_what_is_done_with_a_whole_record(window, records, rosa, treat):
    treat(rosa, 4000)
    records.save_practice(replace(records.practice(), retention=Retention(5)))
    for name in ("Delgado", "Delgado Marín"):
        records.save_patient(Patient("Rosa", name))
    window.chart.act(lambda: records.save_patient(replace(rosa, created=now() - timedelta(days=4100))))
    window.chart.act(lambda: records.archive(rosa.id))
    window.chart.act(lambda: records.merge(records.patients("marin")[0].id, rosa.id))
    window.open_patient(rosa.id)
    overview = window.patient._page("overview")
    assert not faults(overview)
    overview.acts.merge.click()
    panel = overview.findChild(MergePanel)
    assert not faults(panel)
    panel.search.returnPressed.emit()
    assert not faults(panel)
    overview._close_panel()
    overview._open_erase()
    assert not faults(overview.findChild(ErasePanel))


@pytest.mark.parametrize("section", ["points", "protocols", "phrases", "shorthand"])
def test_the_library(busy, section):
    busy.look_up("points", "ST36")
    busy.library.show_section(section)
    assert not faults(busy)


@pytest.mark.parametrize("section", SECTIONS)
def test_the_settings(busy, section):
    busy.show_page("settings")
    busy.settings_page.show_section(section)
    assert not faults(busy)


def test_a_restore(qtbot, vault, settings):
    kept = backup(vault, default_folder(vault.path))
    door = Unlock(vault.path, settings)
    qtbot.addWidget(door)
    door.show()
    door.show_form("restore")
    qtbot.waitUntil(lambda: door.form.choice.path == kept.path)
    assert not faults(door)
    door.form.choice.turn_key()
    assert not faults(door)


def test_what_stands_for_itself_has_a_name_of_its_own(page, library):
    plan(page, library)
    name = lambda widget: QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)  # noqa: E731
    panels = (page.note, page.last, page.aftercare, page.tongue_pulse, page.counting, page.events, page.sign_panel)
    assert [name(panel) for panel in panels] == [
        "Note", "Last visit", "Aftercare", "Tongue and pulse", "Count out", "What happened", "Sign visit",
    ]  # fmt: skip
    told = QAccessible.queryAccessibleInterface(page.room)
    assert (told.text(QAccessible.Text.Name), told.state().hasPopup) == ("Room: Room 1", 1)
    for chip in (*page.events.kinds.values(), *page.tongue_pulse.findChildren(Chip)):
        told = QAccessible.queryAccessibleInterface(chip)
        assert (told.role(), told.state().checkable) == (Role.CheckBox, 1)
