"""Somebody who may only read: every page is there to look at, nothing in it can be written, and no word is taken that would be lost."""

from datetime import timedelta

import pytest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QPushButton

from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.needles import Needle, Side
from neuro_chart.clinic.people import Practitioner, Role
from neuro_chart.clinic.visits import Visit
from neuro_chart.store.records import Records
from neuro_chart.ui.chart import READ_ONLY
from neuro_chart.ui.patient_form import PatientForm
from neuro_chart.ui.visit import VisitPage
from neuro_chart.ui.window import Window


@pytest.fixture
def reading(qtbot, vault, library, settings, rosa, treat):
    """The window of a reader, on a chart with a signed and an open visit."""
    treat(rosa, 7)
    treat(rosa, 0, signed=False, subjective="Burning soles")
    reader = Practitioner("Tom Reader", Role.READER)
    Records(vault).put_practitioner(reader)
    vault.practitioner_id = reader.id
    made = Window(vault, library, settings)
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.show()
    return made


def open_to_typing(page):
    fields = [*page.findChildren(QLineEdit), *page.findChildren(QPlainTextEdit)]
    return [field for field in fields if field.isVisible() and field.isEnabled() and not field.isReadOnly()]


def test_an_open_visit_is_looked_at_like_a_signed_one(reading, rosa):
    records = reading.chart.records
    ((draft, _),) = records.open_visits()
    reading.open_visit(rosa.id, draft.id)
    page = reading.patient.findChild(VisitPage)
    assert page.note.prose["subjective"].toPlainText() == "Burning soles"
    assert open_to_typing(page) == []
    assert page.treatment.draft is None
    assert not page.left.sign_button.isVisible()
    page.pull_all()
    page.treatment.insert()
    assert records.visit(draft.id) == draft


def test_a_signed_visit_takes_no_amendment(qtbot, reading, rosa):
    signed = next(visit for visit in reading.chart.records.visits(rosa.id) if visit.signed)
    reading.open_visit(rosa.id, signed.id)
    page = reading.patient.findChild(VisitPage)
    assert page.bar.amend.isVisible()
    assert page.bar.amend.toolTip() == READ_ONLY
    page.bar.amend.click()
    assert page.left.currentWidget() is not page.amend_panel


def test_the_record_the_history_and_the_library_take_no_word(reading, rosa):
    reading.open_patient(rosa.id)
    for tab in ("overview", "health"):
        reading.patient.show_tab(tab)
        assert open_to_typing(reading.patient) == []
    assert all(field.isReadOnly() for form in reading.patient.findChildren(PatientForm) for field in form.inputs.values())
    reading.look_up("protocols")
    assert [each.toolTip() for each in reading.library.protocols.findChildren(QPushButton) if each.text() == "New protocol"] == [READ_ONLY]


def test_a_visit_in_a_room_shows_its_clock_and_only_the_way_to_it(qtbot, vault, library, settings, rosa, records):
    began = now() - timedelta(minutes=5)
    draft = Visit(rosa.id, records.practitioner().id, room=records.practice().rooms[0], started=began)
    site = library.atlas.point_sites("SP6")[Side.LEFT]
    draft.needles = [Needle(draft.id, site, "SP6", inserted=began)]
    records.start_visit(draft)
    reader = Practitioner("Tom Reader", Role.READER)
    records.put_practitioner(reader)
    vault.practitioner_id = reader.id
    window = Window(vault, library, settings)
    qtbot.addWidget(window)
    window.show()
    window.show_page("rooms")
    (card,) = window.rooms.cards.values()
    assert [made.text() for made in card.findChildren(QPushButton) if made.isVisible()] == ["Open"]
    assert not card.menu.isVisible()
    assert open_to_typing(window.rooms) == []
    window.open_visit(rosa.id, draft.id)
    assert window.patient.findChild(VisitPage).needles.until.text().startswith("of 30 min")  # and not as if it were signed


def test_the_settings_of_the_practice_take_no_key(reading):
    reading.show_page("settings")
    reading.settings_page.show_section("practice")
    assert not reading.settings_page.section("practice").name.hasFocus()


def test_what_is_tried_all_the_same_is_refused_in_words(reading, rosa):
    reading.open_patient(rosa.id)
    reading.patient.start_visit()
    assert "read this chart" in reading.banner.text
    assert not reading.chart.act(lambda: reading.chart.records.start_visit(Visit(rosa.id, "x")))
