"""Acts on the open chart, where the disk, the record or the program itself says no."""

from dataclasses import replace

import pytest
from PySide6.QtGui import QUndoStack

from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.visits import Visit
from neuro_chart.store.errors import WriteFailedError
from neuro_chart.ui.chart import Edit

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def draft(records, rosa):
    visit = Visit(rosa.id, records.practitioner().id)
    records.start_visit(visit)
    return visit


@pytest.fixture
def disk():
    """A disk that takes nothing while `disk.full` holds."""

    class Disk:
        full = True

        def write(self, act):
            def tried():
                if self.full:
                    raise WriteFailedError("The disk is full.")
                return act()

            return tried

    return Disk()


def test_acts_that_wait_are_stored_in_their_order(chart, draft, disk):
    records = chart.records
    for words in ("Sleeps", "Sleeps better"):
        assert chart.act(disk.write(lambda words=words: records.note(draft.id, plan=words)))
    assert not chart.write_waiting()
    assert records.visit(draft.id).plan == ""
    disk.full = False
    assert chart.write_waiting()
    assert records.visit(draft.id).plan == "Sleeps better"


def test_what_is_refused_after_waiting_is_still_said_when_the_rest_is_stored(chart, draft, disk):
    said = []
    chart.unwritten.connect(said.append)
    chart.refused.connect(said.append)
    chart.act(disk.write(lambda: chart.records.note(draft.id, pain_before=11)))
    chart.act(disk.write(lambda: chart.records.note(draft.id, plan="Friday")))
    disk.full = False
    assert chart.write_waiting()
    assert said == ["The disk is full.", "", "A score lies between 0 and 10."]
    assert chart.records.visit(draft.id).plan == "Friday"


def test_an_act_that_breaks_after_waiting_holds_up_none_behind_it(chart, draft, disk):
    chart.act(disk.write(lambda: chart.records.note("no such visit", plan="lost")))
    chart.act(disk.write(lambda: chart.records.note(draft.id, plan="Friday")))
    disk.full = False
    with pytest.raises(LookupError):
        chart.write_waiting()
    assert chart.write_waiting()
    assert chart.records.visit(draft.id).plan == "Friday"


def test_undo_while_acts_wait_is_stored_after_them(chart, draft, disk):
    stack, records = QUndoStack(), chart.records
    stack.push(Edit(chart, "Type", disk.write(lambda: records.note(draft.id, plan="Friday")), lambda: records.note(draft.id, plan="")))
    stack.undo()
    disk.full = False
    assert chart.write_waiting()
    assert records.visit(draft.id).plan == ""
    stack.redo()
    assert records.visit(draft.id).plan == "Friday"


def test_a_refused_step_leaves_the_one_before_it_as_it_was(chart, draft):
    stack, records = QUndoStack(), chart.records
    for score in (7, 11):
        forward, back = (lambda score=score: records.note(draft.id, pain_before=score)), (lambda: records.note(draft.id, pain_before=None))
        stack.push(Edit(chart, "Score", forward, back, "pain"))
    assert stack.count() == 1
    stack.undo()
    stack.redo()
    assert records.visit(draft.id).pain_before == 7


def test_impossible_people_are_refused_with_their_reason(chart):
    said = []
    chart.refused.connect(said.append)
    assert not chart.act(lambda: chart.records.save_patient(Patient("", "")))
    assert said
    assert said[0].endswith(".")


def test_a_visit_is_begun_at_once_or_not_at_all(chart, vault, records, qtbot):
    patient = Patient("Rosa", "Delgado")
    records.save_patient(patient)
    with vault.engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {connection.exec_driver_sql('PRAGMA page_count').scalar()}")
    chart.act(lambda: records.save_patient(replace(patient, notes="long " * 20_000)))
    assert not chart.all_written
    visit = Visit(patient.id, records.practitioner().id)
    assert not chart.begin(lambda: records.start_visit(visit))
    with vault.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    assert chart.begin(lambda: records.start_visit(visit))
    assert chart.all_written
    assert [each.id for each in records.visits(patient.id)] == [visit.id]


def test_a_step_that_the_chart_refuses_says_so_and_is_forgotten(chart, qapp):
    stack = QUndoStack()

    def refuse():
        raise ValueError("Not so.")

    step = Edit(chart, "Try", refuse, refuse)
    stack.push(step)
    assert step.refused
    assert not stack.count()
