"""What was left in for days is remembered until somebody charts that it is out."""

from datetime import date, timedelta

import pytest

from neuro_chart.clinic import treating
from neuro_chart.clinic.adjuncts import CUPPING, PRESS, SEEDS, Adjunct, taken_out
from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.visits import Visit


@pytest.fixture
def charted(records):
    """Charts a visit of some days ago with what was left in, and signs it: `charted(patient, days, *adjuncts)`."""

    def chart(patient, days, *adjuncts):
        began = now() - timedelta(days=days)
        visit = Visit(patient.id, records.practitioner().id, started=began)
        records.start_visit(visit)
        records.treat(visit.id, treating.start([Adjunct(visit.id, **told) for told in adjuncts], began))
        records.sign(visit.id)
        return records.visit(visit.id)

    return chart


@pytest.fixture
def rosa(records):
    made = Patient("Rosa", "Delgado")
    records.save_patient(made)
    return made


def test_it_is_asked_for_until_a_later_visit_says_that_it_is_out(records, rosa, charted):
    soon, later = date(2026, 3, 17), date(2026, 3, 20)
    first = charted(rosa, 5, {"kind": SEEDS, "amount": 3, "until": later}, {"kind": PRESS, "until": soon}, {"kind": CUPPING})
    assert [left.kind for left, _ in records.left_in(rosa.id)] == [PRESS, SEEDS]
    visit = Visit(rosa.id, records.practitioner().id)
    records.start_visit(visit)
    seeds = next(each for each in first.adjuncts if each.kind == SEEDS)
    records.treat(visit.id, [taken_out(seeds, visit.id, now())])
    assert [left.kind for left, _ in records.left_in(rosa.id)] == [PRESS]
    assert records.visit(first.id) == first, "the signed visit stays as it was"


def test_it_is_asked_for_over_all_patients_and_never_mixed_up(records, rosa, charted):
    chen = Patient("Wei", "Chen")
    records.save_patient(chen)
    began = {"kind": SEEDS, "amount": 2}
    mine, _ = charted(rosa, 3, began), charted(chen, 3, began)
    assert {whose.name for _, whose in records.left_in()} == {"Rosa Delgado", "Wei Chen"}
    visit = Visit(rosa.id, records.practitioner().id)
    records.start_visit(visit)
    records.treat(visit.id, [taken_out(mine.adjuncts[0], visit.id, now())])
    assert [whose.name for _, whose in records.left_in()] == ["Wei Chen"]
    assert records.left_in(rosa.id) == []


def test_what_was_only_planned_is_not_in(records, rosa):
    visit = Visit(rosa.id, records.practitioner().id)
    records.start_visit(visit)
    records.treat(visit.id, [Adjunct(visit.id, SEEDS)])
    assert records.left_in(rosa.id) == []
