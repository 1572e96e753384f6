"""How many keys and clicks the 12-needle diabetic protocol (PMC3720209) costs, from an empty visit to all clocks running.

The keys go to whatever has the focus, the clicks to whatever lies under the pointer. A key that is held down with others, such as Shift or
Ctrl, counts as one more; two capitals in a row hold Shift once.
"""

import sys
from datetime import timedelta

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.needles import Needle, Side
from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.visits import Visit
from neuro_chart.ui.map_sight import HIT
from neuro_chart.ui.visit import VisitPage

POINTS = ("ST36", "GB39", "SP9", "SP6", "LR3", "GB41")
TWELVE = {(point, side) for point in POINTS for side in (Side.LEFT, Side.RIGHT)}
SHIFTED = '@*+(:"?'  # of a keyboard as in the United States; others shift some of these as well


class Keyboard:
    """Types into a window and counts."""

    def __init__(self, window):
        self.window, self.pressed = window, 0

    def type(self, text):
        shifted = False
        for letter in text:
            held = letter.isupper() or letter in SHIFTED
            self.pressed += 1 + (held and not shifted)
            shifted = held
            QTest.keyClicks(self.window.focusWidget(), letter)

    def press(self, key, modifier=Qt.KeyboardModifier.NoModifier):
        self.pressed += 1 + (modifier is not Qt.KeyboardModifier.NoModifier)
        QTest.keyClick(self.window.focusWidget(), key, modifier)


class Mouse:
    """Clicks into a window and counts."""

    def __init__(self, window):
        self.window, self.clicked = window, 0

    def click(self, widget, at=None):
        place = widget.mapTo(self.window, QPoint(*map(round, at)) if at else widget.rect().center())
        under = self.window.childAt(place)
        assert under is widget or widget.isAncestorOf(under), f"{under} lies over {widget}"
        self.clicked += 1
        QTest.mouseClick(under, Qt.MouseButton.LeftButton, pos=under.mapFrom(self.window, place))


@pytest.fixture
def rosa(window):
    made = Patient("Rosa", "Delgado")
    window.chart.records.save_patient(made)
    return made


@pytest.fixture
def treated(window, rosa, library):
    """Rosa was treated so a week ago."""
    began = now() - timedelta(days=7)
    visit = Visit(rosa.id, window.chart.records.practitioner().id, started=began)
    for code, side in sorted(TWELVE):
        site = library.atlas.point_sites(code)[side]
        visit.needles.append(Needle(visit.id, site, code, inserted=began, removed=began + timedelta(minutes=30)))
    window.chart.records.start_visit(visit)
    window.chart.records.sign(visit.id)


@pytest.fixture
def begin(window, rosa):
    """Starts Rosa's visit and gives its page."""

    def begun():
        window.open_patient(rosa.id)
        window.patient.start_visit()
        QTest.qWait(1)
        page = window.patient.findChild(VisitPage)
        assert not page.treatment.visit.needles
        return page

    return begun


def all_run(page):
    visit = page.treatment.chart.records.visit(page.treatment.visit.id)
    running = {(n.point, n.site.side) for n in visit.needles if n.clock.is_open}
    return running == TWELVE and len(visit.needles) == 12 and {n.retention for n in visit.needles} == {30}


@pytest.mark.parametrize("words", ["ST36 GB39 SP9 SP6 LR3 GB41 b 30m", "st36 gb39 sp9 sp6 lr3 gb41 b 30m"])
def test_typed_in_full_it_takes_at_most_40_keys(window, begin, words):
    page, keys = begin(), Keyboard(window)
    keys.type(words)
    keys.press(Qt.Key.Key_Return)
    keys.press(Qt.Key.Key_Return)
    assert all_run(page)
    print(f"typed in full: {keys.pressed} keys", file=sys.stderr)
    assert keys.pressed <= 40


def test_by_protocol_it_takes_at_most_8_keys(window, begin):
    page, keys = begin(), Keyboard(window)
    keys.type("@dpn")
    keys.press(Qt.Key.Key_Return)
    keys.press(Qt.Key.Key_Return)
    assert all_run(page)
    assert page.treatment.visit.protocol == "dpn"
    print(f"by protocol: {keys.pressed} keys", file=sys.stderr)
    assert keys.pressed <= 8


def test_repeating_the_last_visit_takes_at_most_3_keys(window, treated, begin):
    page, keys = begin(), Keyboard(window)
    keys.press(Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    keys.press(Qt.Key.Key_Return)
    assert all_run(page)
    assert not any(needle.copied for needle in page.treatment.needles)
    print(f"the last visit repeated: {keys.pressed} keys", file=sys.stderr)
    assert keys.pressed <= 3


def test_by_mouse_alone_it_takes_at_most_15_clicks(window, begin, library):
    page, mouse = begin(), Mouse(window)
    left = set(POINTS)
    for sheet in ("body", "legs", "feet"):
        if left and sheet != page.map.sheet:
            mouse.click(page.map_card.sheets._buttons[sheet])
            page.map.settle()
        for code in sorted(left):
            if (spot := spot_of(page, code)) is not None:
                mouse.click(page.map, spot)
                left -= {needle.point for needle in page.treatment.needles}
    assert not left
    mouse.click(page.needles.insert)
    assert all_run(page)
    print(f"by mouse: {mouse.clicked} clicks", file=sys.stderr)
    assert mouse.clicked <= 15


def spot_of(page, code):
    """Where on the map that is shown a click means a point, or nothing."""
    for site in page.map.atlas.point_sites(code).values():
        for place in page.map.sight.places(site, code):
            at = QPointF(*page.map.camera.to_widget(place.x, place.y))
            target = page.map.target_at(at)
            if target is not None and target.code == code and page.map.needle_at(at, HIT) is None:
                return at.toTuple()
    return None


def test_by_mouse_a_protocol_takes_fewer(qtbot, window, begin):
    page, mouse = begin(), Mouse(window)
    mouse.click(page.add.protocols)
    group = next(action for action in page.add.menu.actions() if action.text() == "Diabetic neuropathy")
    entry = next(action for action in group.menu().actions() if action.text().endswith("@dpn"))
    for menu, action in ((page.add.menu, group), (group.menu(), entry)):
        mouse.clicked += 1
        qtbot.waitUntil(menu.isVisible)
        QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())
    mouse.click(page.add.go)
    mouse.click(page.add.go)
    assert all_run(page)
    print(f"by mouse, a protocol: {mouse.clicked} clicks", file=sys.stderr)
    assert mouse.clicked <= 15
