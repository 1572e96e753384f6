"""The library's protocols: read, made one's own, written, used in a visit."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from neuro_chart.clinic.protocols import Protocol


@pytest.fixture
def section(window):
    window.show_page("library")
    window.library.show_section("protocols")
    return window.library.protocols


def write(field, words):
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, words)
    field.flush()


def test_a_published_one_tells_what_it_is_worth_and_can_only_be_read(section):
    section.show_protocol("dpn")
    assert section.card.fields["name"].isReadOnly()
    assert "12 needles, 30 min" in section.card._reading.text()
    assert "PMC3720209" in section.card._told["source"].text()
    assert len({needle.id for needle, _ in section.map_card.map.pins()}) == 12


def test_its_own_copy_can_be_written_takes_its_place_and_goes_again(window, section):
    section.show_protocol("dpn")
    section.card.own.click()
    write(section.card.fields["name"], "Feet, my way")
    write(section.card.sessions, "ST36 LR3 b 20m")
    (own,) = window.chart.records.protocols()
    assert (own.key, own.name, own.sessions, own.based_on) == ("dpn", "Feet, my way", ("ST36 LR3 b 20m",), "dpn")
    assert section.known["dpn"].id == own.id
    assert "4 needles, 20 min" in section.card._reading.text()
    section.card.drop.click()
    assert window.chart.records.protocols() == []
    assert section.known["dpn"].source
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert [each.name for each in window.chart.records.protocols()] == ["Feet, my way"]


def test_what_is_not_understood_in_a_line_is_said_and_kept(window, section):
    section.add.click()
    write(section.card.sessions, "ST36 flurb b")
    assert "flurb" in section.card._error.text()
    assert window.chart.records.protocols()[0].sessions == ("ST36 flurb b",)


def test_a_short_name_that_can_not_be_typed_or_is_taken_is_refused_with_the_reason(window, section, qtbot):
    window.chart.records.put_protocol(Protocol("feet", "Feet", ("ST36",)))
    section.add.click()
    write(section.card.fields["key"], "two words")
    assert "one word" in section.card._error.text()
    with qtbot.waitSignal(window.chart.refused):
        write(section.card.fields["key"], "feet")
    assert sorted(each.key for each in window.chart.records.protocols()) == ["feet", "own1"]


def test_a_search_finds_by_point_and_by_complaint(section):
    section.search.setText("si4")
    assert [entry.key for entry in section.list.rows.entries if hasattr(entry, "key")] == ["ctsea"]
    section.search.setText("chemo current")
    assert [entry.key for entry in section.list.rows.entries if hasattr(entry, "key")] == ["cipnea"]


def test_a_search_that_finds_nothing_says_so_and_leaves_the_card(section):
    section.show_protocol("dpn")
    section.search.setText("zzz")
    assert section.found.text() == "No protocol answers to “zzz”."
    assert section.shown.key == "dpn"
    section.search.clear()
    assert section.found.text() == f"{len(section.known)} protocols"


def test_it_is_used_in_the_visit_that_is_open(window, visiting):
    window.show_page("library")
    window.library.show_section("protocols")
    section = window.library.protocols
    section.show_protocol("dpn5")
    section.card.use.click()
    assert window.stack.currentWidget() is window.patient
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert {needle.point for needle in visiting.treatment.needles} == {"LR3", "KI3", "SP6", "SP10", "ST36"}
    assert visiting.treatment.visit.protocol == "dpn5"


def test_no_visit_is_offered_where_none_is_open(section):
    assert section.card.use.isHidden()


def test_the_needles_of_a_visit_are_kept_as_a_protocol(window, visiting):
    visiting.add.begin("ST36 LR3 b 20m")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    visiting.keep_as_protocol()
    assert window.stack.currentWidget() is window.library
    (own,) = window.chart.records.protocols()
    assert window.library.protocols.shown == own
    QTest.keyClicks(QApplication.focusWidget(), "Feet")
    window.flush()
    QTest.mouseClick(window.library.back, Qt.MouseButton.LeftButton)
    visiting.treatment.change("Off", off=[needle.id for needle in visiting.treatment.needles])
    visiting.add.begin(f"@{own.key}")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert sorted({needle.point for needle in visiting.treatment.needles}) == ["LR3", "ST36"]
    assert {needle.retention for needle in visiting.treatment.needles} == {20}
