"""Somebody who may only read: every page is there to look at, nothing in it can be written, and no word is taken that would be lost."""

import pytest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QPushButton

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
    assert not page.sign_button.isVisible()
    page.pull_all()
    page.treatment.insert()
    assert records.visit(draft.id) == draft


def test_the_record_the_history_and_the_library_take_no_word(reading, rosa):
    reading.open_patient(rosa.id)
    for tab in ("overview", "health"):
        reading.patient.show_tab(tab)
        assert open_to_typing(reading.patient) == []
    assert all(field.isReadOnly() for form in reading.patient.findChildren(PatientForm) for field in form.inputs.values())
    reading.look_up("protocols")
    assert [each.toolTip() for each in reading.library.protocols.findChildren(QPushButton) if each.text() == "New protocol"] == [READ_ONLY]


def test_what_is_tried_all_the_same_is_refused_in_words(reading, rosa):
    reading.open_patient(rosa.id)
    reading.patient.start_visit()
    assert "read this chart" in reading.banner.text
    assert not reading.chart.act(lambda: reading.chart.records.start_visit(Visit(rosa.id, "x")))
