"""The archive: a record leaves the lists and nothing of it is lost."""

from dataclasses import replace
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from neuro_chart.clinic.people import Patient, Role
from neuro_chart.ui.palette import Palette


def shown(widget, kind=QPushButton):
    return [made.text() for made in widget.findChildren(kind) if made.isVisibleTo(widget)]


@pytest.fixture
def page(window, rosa):
    window.open_patient(rosa.id)
    return window.patient


@pytest.fixture
def acts(page):
    return page._page("overview").acts


def archive(qtbot, acts):
    qtbot.mouseClick(acts.archive, Qt.MouseButton.LeftButton)


def names(window):
    return [line.given for line in window.patients.model.lines]


def test_an_archived_patient_leaves_the_list_and_opens_from_the_archive(qtbot, window, page, acts, records, rosa, treat):
    treat(rosa, 3)
    records.save_patient(Patient("Ján", "Novák"))
    archive(qtbot, acts)
    assert records.patient(rosa.id).archived is not None
    assert "Archived" in [made.text() for made in page.head.pills.findChildren(QLabel) if made.isVisible()]
    assert "Nothing is lost" in acts.since.text()
    window.show_page("patients")
    assert names(window) == ["Ján"]
    assert window.patients.archived.isVisible()
    window.patients.archived.click()
    assert names(window) == ["Rosa"]
    assert window.patients.found.text() == "1 archived patient"
    window.patients._choose()
    assert page.patient.id == rosa.id
    assert len(page._dossier.visits) == 1


def test_archiving_is_undone_and_redone_like_an_edit(qtbot, page, acts, records, rosa):
    archive(qtbot, acts)
    assert page.undo_stack.undoText() == "Archive"
    page.undo_stack.undo()
    assert records.patient(rosa.id).archived is None
    assert acts.archive.text() == "Archive"
    assert not page._dossier.patient.archived
    page.undo_stack.redo()
    assert records.patient(rosa.id).archived is not None
    qtbot.mouseClick(acts.archive, Qt.MouseButton.LeftButton)
    assert records.patient(rosa.id).archived is None


def test_an_edit_before_the_archive_undone_leaves_the_record_in_it(qtbot, page, acts, records, rosa):
    """What is typed in the record says nothing of the archive, whichever way it is stored."""
    form = page._page("overview").form
    before = records.patient(rosa.id)
    archive(qtbot, acts)
    records.save_patient(replace(before, phone="1"))
    assert records.patient(rosa.id).archived is not None
    form.inputs["email"].setText("rosa@example.org")
    form.flush()
    assert records.patient(rosa.id).email == "rosa@example.org"
    assert records.patient(rosa.id).archived is not None


def test_a_search_and_the_palette_pass_over_the_archive_and_the_search_says_so(window, records, rosa, library):
    records.archive(rosa.id)
    window.show_page("patients")
    window.patients.search.setText("delgado")
    assert names(window) == []
    assert "1 found in the archive" in window.patients.nobody.words.text()
    palette = Palette([], window.chart, library, window._settings, window)
    palette.line.setText("delgado")
    assert palette.list.count() == 0
    palette.close()


def test_the_filter_shows_only_where_there_is_an_archive(window, records, rosa):
    window.show_page("patients")
    assert not window.patients.archived.isVisible()
    records.archive(rosa.id)
    window.show_page("today")
    window.patients._stale = True
    window.show_page("patients")
    assert window.patients.archived.isVisible()
    assert "All patients are in the archive" in shown(window.patients, QLabel)


def test_an_open_visit_of_an_archived_patient_stays_in_sight(qtbot, window, records, rosa, treat):
    treat(rosa, 0, signed=False)
    window.chart.act(lambda: records.archive(rosa.id))
    qtbot.waitUntil(lambda: "Rosa Delgado" in shown(window.today))
    assert len(window.ticker.visits) == 1


def test_an_archived_namesake_is_pointed_out_when_a_patient_is_added(window, records, rosa):
    records.save_patient(replace(rosa, birth=date(1964, 5, 9)))
    records.archive(rosa.id)
    window.show_page("patients")
    window.patients.add_patient()
    form = window.patients.form
    for name, text in (("given", "Rosa"), ("family", "delgado")):
        form.inputs[name].setText(text)
        form.inputs[name].flush()
    assert any("born 9 May 1964, is in the archive" in text for text in shown(form, QLabel))


def test_the_acts_are_done_by_keys_alone(window, page, acts):
    words = {action.text() for action in acts.actions() if action.isEnabled()}
    assert words == {"Archive this record", "Merge this record with another"}
    assert acts.archive.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_a_reader_reads_and_archives_nothing(window, records, rosa, as_role):
    as_role(Role.READER, window.chart.records)
    window.open_patient(rosa.id)
    acts = window.patient._page("overview").acts
    assert not acts.archive.isVisible()
    assert not acts.merge.isVisible()
    assert not any(action.isEnabled() for action in acts.actions())


def test_notes_of_the_archive_are_found_and_marked_and_today_leaves_them_out(qtbot, window, records, rosa, treat):
    treat(rosa, 3, subjective="Tingling in both feet")
    window.today.reload()
    qtbot.waitUntil(lambda: "Rosa Delgado" in shown(window.today))
    window.chart.act(lambda: records.archive(rosa.id))
    qtbot.waitUntil(lambda: "Rosa Delgado" not in shown(window.today))
    window.show_page("find")
    window.notes.line.setText("tingling")
    qtbot.waitUntil(lambda: window.notes.list.count() == 1)
    assert window.notes.list.item(0).text().startswith("Rosa Delgado, archived · ")


def test_a_record_is_archived_from_the_list_of_everything(qtbot, window, page, records, rosa):
    window.show_palette()
    palette = window.findChild(Palette)
    qtbot.keyClicks(palette.line, "archive this rec")
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert records.patient(rosa.id).archived is not None
