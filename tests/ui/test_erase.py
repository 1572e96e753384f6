"""Erasing a record: by its owner alone, after its time, with a reason and the passphrase, and with a trail that it happened."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.forms import newest, pack
from neuro_chart.clinic.intakes import Intake
from neuro_chart.clinic.people import Patient, Role
from neuro_chart.clinic.retention import Retention
from neuro_chart.clinic.trail import Deed
from neuro_chart.ui.erase_panel import ErasePanel
from neuro_chart.ui.health_history import FORM
from neuro_chart.ui.place import place_of
from neuro_chart.ui.visit import VisitPage

REASON = "The period is over"


@pytest.fixture
def jan(records, treat):
    """Somebody who came last eleven years ago, and whose record lies in the archive."""
    patient = Patient("Ján", "Novák", birth=date(1931, 2, 3), created=now() - timedelta(days=4100))
    records.save_patient(patient)
    treat(patient, 4000, subjective="Zebrafish in the left foot")
    records.archive(patient.id)
    return patient


@pytest.fixture
def ten_years(records):
    records.save_practice(replace(records.practice(), retention=Retention(10)))


@pytest.fixture
def acts(window, jan):
    window.open_patient(jan.id)
    return window.patient._page("overview").acts


@pytest.fixture
def panel(qtbot, ten_years, window, acts):
    qtbot.mouseClick(acts.erase, Qt.MouseButton.LeftButton)
    return window.patient._page("overview").findChild(ErasePanel)


def fill(panel, name, passphrase, reason=REASON):
    panel.reason.setPlainText(reason)
    panel.name.setText(name)
    panel.confirm.line.setText(passphrase)


def words(widget):
    return " ".join(made.text() for made in widget.findChildren(QLabel) if made.isVisibleTo(widget))


def test_without_a_period_nothing_can_be_erased_and_the_reason_is_said(acts):
    assert not acts.erase.isVisible()
    assert "has not set how long it keeps records" in acts.kept.text()


def test_before_its_time_nothing_can_be_erased(window, records, rosa, treat):
    records.save_patient(replace(rosa, birth=date(2020, 2, 29)))
    records.save_practice(replace(records.practice(), retention=Retention(5, 21)))
    treat(rosa, 3000)
    records.archive(rosa.id)
    window.open_patient(rosa.id)
    acts = window.patient._page("overview").acts
    assert not acts.erase.isVisible()
    assert acts.kept.text() == "The practice keeps this record until 1 March 2041."


@pytest.mark.usefixtures("ten_years")
def test_a_record_outside_the_archive_does_not_offer_it(window, records, jan):
    records.unarchive(jan.id)
    window.open_patient(jan.id)
    acts = window.patient._page("overview").acts
    assert not acts.erase.isVisible()
    assert not acts.kept.isVisible()


@pytest.mark.usefixtures("ten_years")
@pytest.mark.parametrize("role", [Role.PRACTITIONER, Role.READER])
def test_only_an_owner_sees_it(window, jan, as_role, role):
    as_role(role, window.chart.records)
    window.open_patient(jan.id)
    acts = window.patient._page("overview").acts
    assert not acts.erase.isVisible()
    assert not acts.kept.isVisible()
    assert "Erase this record for good" not in {action.text() for action in acts.actions() if action.isEnabled()}


def test_it_names_what_goes_and_what_stays(panel):
    said = words(panel)
    for part in (
        "Ján Novák, born 3 February 1931",
        "1 visit with notes",
        "Backups that were made before still hold",
        "kept aside",
        "The trail keeps",
    ):
        assert part in said


@pytest.mark.parametrize(
    ("name", "passphrase", "reason"),
    [("", "x", REASON), ("Ján", "x", REASON), ("Rosa Delgado", "x", REASON), ("Ján Novák", "", REASON), ("Ján Novák", "x", "  ")],
)
def test_nothing_happens_until_all_is_given(panel, records, jan, name, passphrase, reason):
    fill(panel, name, passphrase, reason)
    assert not panel.do.isEnabled()
    panel.confirm.line.returnPressed.emit()
    assert records.patient(jan.id)


def test_a_wrong_passphrase_erases_nothing(qtbot, panel, records, jan):
    fill(panel, "Ján Novák", "not the passphrase")
    panel.do.click()
    qtbot.waitUntil(lambda: "isn't your passphrase" in panel.confirm.error.text())
    assert records.patient(jan.id)
    assert panel.reason.isEnabled()


def test_the_record_goes_and_the_trail_says_that_it_did(qtbot, window, panel, records, library, passphrase, jan):
    form = newest(library.forms, FORM)
    records.start_intake(Intake(jan.id, form.canonical, dict(pack({"complaint": ["Burning feet"]})), started=now() - timedelta(days=4000)))
    window.patient.show_visit(window.patient._dossier.visits[0].id)
    window.patient.show_tab("overview")
    fill(panel, "jan novak", passphrase)  # accents and capitals don't matter
    with qtbot.waitSignal(window.patient.erased):
        qtbot.keyClick(panel.confirm.line, Qt.Key.Key_Return)
    with pytest.raises(LookupError):
        records.patient(jan.id)
    assert records.find_in_notes("zebrafish") == []
    entry = records.trail(deed=Deed.ERASED)[0]
    assert (entry.practitioner_id, entry.changes["reason"], entry.changes["visits"]) == (records.practitioner().id, REASON, 1)
    assert "Novák" not in str(entry.changes)
    assert all(not told.changes for told in records.trail(patient_id=jan.id) if told.deed is not Deed.ERASED)


def test_the_page_keeps_nothing_of_who_was_erased(qtbot, window, panel, passphrase, rosa):
    fill(panel, "Ján Novák", passphrase)
    with qtbot.waitSignal(window.patient.erased):
        panel.do.click()
    assert window.stack.currentWidget() is window.patients
    assert "The record is erased" in window.banner.text
    qtbot.waitUntil(lambda: not window.patient.findChildren(ErasePanel))
    assert "Novák" not in words(window)
    assert window.patient.patient.name == ""
    window.show_page("patient")
    window.open_patient(rosa.id)
    assert window.patient.head.name.text() == "Rosa Delgado"


def test_no_amendment_to_it_that_was_not_added_is_kept(qtbot, window, panel, passphrase, jan):
    window.patient.show_visit(window.patient._dossier.visits[0].id)
    window.patient.findChild(VisitPage).amend_panel.text.setPlainText("It was a mackerel")
    window.patient.show_tab("overview")
    fill(panel, "Ján Novák", passphrase)
    with qtbot.waitSignal(window.patient.erased):
        panel.do.click()
    assert "mackerel" not in str(place_of(window))


def test_records_that_were_merged_into_it_go_with_it_and_it_says_so(qtbot, window, ten_years, records, passphrase, jan, treat):
    other = Patient("Jan", "Novak", created=now() - timedelta(days=4100))
    records.save_patient(other)
    treat(other, 4050)
    records.merge(other.id, jan.id)
    window.open_patient(jan.id)
    overview = window.patient._page("overview")
    overview.acts.erase.click()
    panel = overview.findChild(ErasePanel)
    assert "2 visits" in words(panel)
    assert "Records that were merged into it go with it" in words(panel)
    fill(panel, "Ján Novák", passphrase)
    with qtbot.waitSignal(window.patient.erased):
        panel.do.click()
    assert records.patient_count(archived=True) == 0
    with pytest.raises(LookupError):
        records.patient(other.id)


def test_escape_keeps_the_record(qtbot, window, panel, records, jan):
    fill(panel, "Ján Novák", "x")
    qtbot.keyClick(panel.name, Qt.Key.Key_Escape)
    assert window.patient._page("overview").acts.erase.isVisible()
    assert records.patient(jan.id)


def test_the_passphrase_is_asked_for_however_lately_it_was_typed(panel, window):
    assert window.chart.typed_within(1)
    assert panel.confirm.isVisible()
    assert panel.window() is window
