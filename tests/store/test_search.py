"""Search: what a person means is found, whatever way they write it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.text import fold
from neuro_chart.clinic.visits import Amendment, Visit
from neuro_chart.store.search import _APOSTROPHES, words_of

WHEN = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def people(records):
    known = [
        Patient("Zoë", "Straße", "Bee", date(1980, 3, 2), phone="+49 (171) 234-567"),
        Patient("Nguyễn Văn", "Ánh", birth=date(1951, 12, 30), phone="0171 999"),
        Patient("Seán", "O’Brien-Łuk", birth=date(1999, 1, 1)),
        Patient("大文", "陳"),
        Patient("100%", "_Under"),
    ]
    for patient in known:
        records.save_patient(patient)
    return known


@pytest.mark.parametrize(
    ("query", "given"),
    [
        ("zoe", "Zoë"),
        ("strasse zoe", "Zoë"),
        ("Zoë STRA", "Zoë"),
        ("straße, zoë", "Zoë"),
        ("bee", "Zoë"),
        ("nguyen anh", "Nguyễn Văn"),
        ("anh van nguyen", "Nguyễn Văn"),
        ("o'brien", "Seán"),
        ("obrien", "Seán"),
        ("O’Brien luk", "Seán"),
        ("brienluk", "Seán"),
        ("文", "大文"),
        ("陳 大文", "大文"),
        ("1980-03-02", "Zoë"),
        ("2.3.1980", "Zoë"),
        ("02.03.1980", "Zoë"),
        ("02/03/1980", "Zoë"),
        ("3/2/1980", "Zoë"),
        ("02031980", "Zoë"),
        ("straße 1980", "Zoë"),
        ("30-12-1951", "Nguyễn Văn"),
        ("171 234", "Zoë"),
        ("+49171234567", "Zoë"),
        ("(171)234-567", "Zoë"),
        ("0171999", "Nguyễn Văn"),
        ("%", "100%"),
        ("_", "100%"),
        ("100%", "100%"),
    ],
)
@pytest.mark.usefixtures("people")
def test_a_patient_is_found(records, query, given):
    assert [line.given for line in records.patients(query)] == [given]
    assert records.patient_count(query) == 1


@pytest.mark.parametrize("query", ["zoe nguyen", "zoe 1951", "%%", "' OR 1=1 --", "\\", '"', "03-1981", "999 234"])
def test_nobody_else_is_found(records, people, query):
    expected = len(people) if query == '"' else 0  # a lone quote is no word
    assert records.patient_count(query) == len(records.patients(query)) == expected


def test_the_list_is_sorted_by_family_then_given_without_case_or_accents(records):
    for first, family in (("B", "Zorn"), ("b", "ärger"), ("Á", "Arger"), ("A", "Åkerman"), ("Solo", "")):
        records.save_patient(Patient(first, family))
    assert [(line.family, line.given) for line in records.patients()] == [
        ("Åkerman", "A"),
        ("Arger", "Á"),
        ("ärger", "b"),
        ("", "Solo"),
        ("Zorn", "B"),
    ]
    assert [line.given for line in records.patients(limit=2, offset=1)] == ["Á", "b"]


def test_a_changed_name_is_found_by_the_new_one(records, people):
    records.save_patient(replace(records.patient(people[0].id), family="Bergström"))
    assert [line.given for line in records.patients("bergstrom")] == ["Zoë"]
    assert records.patients("strasse") == []


@pytest.fixture
def visits(records, vault, people):
    made = []
    for day, note in enumerate(
        (
            {"subjective": "Burning soles at night.\nSleeps badly.", "plan": "ST36 (Zúsānlǐ) 2/120 Hz"},
            {"objective": "Monofilament 3/10 left, 5/10 right; soles dry", "assessment": "足三里 tender"},
            {"subjective": "50% better"},
        )
    ):
        visit = Visit(people[0].id, vault.practitioner_id, started=WHEN + timedelta(days=day), **note)
        records.start_visit(visit)
        made.append(visit)
    return made


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("SOLES", [2, 1]),
        ("soles burning", [1]),
        ("zusanli", [1]),
        ("2/120", [1]),
        ("三里", [2]),
        ("monofilament 3/10", [2]),
        ("50%", [3]),
        ("%", [3]),
        ("_", []),
        ("soles better", []),
        ("", []),
        (" ,; ", []),
    ],
)
@pytest.mark.usefixtures("visits")
def test_words_are_found_in_notes_newest_first(records, words, days):
    found = records.find_in_notes(words)
    assert [hit.started.day for hit in found] == days
    assert all(hit.patient_name == "Zoë Straße" for hit in found)


def test_words_are_found_across_a_note_and_its_amendments(records, vault, visits):
    records.sign(visits[0].id)
    records.amend(Amendment(visits[0].id, vault.practitioner_id, "Correction: the Málaga clinic's finding", "Misread"))
    (found,) = records.find_in_notes("malaga sleeps")
    assert found.visit_id == visits[0].id
    assert found.excerpt == "Correction: the Málaga clinic's finding Sleeps badly."


def test_a_changed_note_is_found_by_its_new_words(records, visits):
    records.note(visits[0].id, subjective="Tingling now")
    assert [hit.visit_id for hit in records.find_in_notes("tingling")] == [visits[0].id]
    assert [hit.visit_id for hit in records.find_in_notes("burning")] == []


def test_an_excerpt_of_a_long_note_shows_the_words_in_their_own_writing(records, visits):
    filler = "and on and on " * 200
    records.note(visits[1].id, objective=f"{filler}the Ǆungla  of\tnerves ﬁrst {filler}\n{filler}PARÆSTHESIA{filler}")
    (found,) = records.find_in_notes("paraesthesia nerves")
    assert "PARÆSTHESIA" in found.excerpt
    assert "Ǆungla of nerves" in found.excerpt
    assert len(found.excerpt) < 300
    assert found.excerpt.startswith("…")
    assert found.excerpt.endswith("…")
    assert "\n" not in found.excerpt


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=80)
@given(text=st.text(st.characters(exclude_categories=())), data=st.data())
def test_any_word_of_any_note_is_found_and_shown(records, vault, text, data):
    words = text.split()
    word = data.draw(st.sampled_from(words)) if words else ""
    patient = Patient("A")
    records.save_patient(patient)
    visit = Visit(patient.id, vault.practitioner_id, assessment=text)
    records.start_visit(visit)
    found = [hit for hit in records.find_in_notes(word, limit=10_000) if hit.visit_id == visit.id]
    wanted = words_of(word)
    assert len(found) == bool(wanted)
    assert all(part in fold(found[0].excerpt.translate(_APOSTROPHES)) for part in wanted)
