"""Wild words looked for: what is written is found by itself, a sign means only itself, and no question breaks the search."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from neuro_chart.clinic.library import Library
from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.visits import Visit
from neuro_chart.resources import ROOT
from neuro_chart.store.search import words_of

NAMES = ("Zoë", "Straße", "足三里", "100%", "a_b", "50 % off", "O'Brien", "Nguyễn", "C:\\new", "Ann", "50x off", "axb")


@pytest.fixture
def names(records):
    for name in NAMES:
        patient = Patient(family=name)
        records.save_patient(patient)
        records.start_visit(Visit(patient.id, records.practitioner().id, subjective=f"Told: {name}.", plan="As before"))
    return records


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("%", {"100%", "50 % off"}),
        ("_", {"a_b"}),
        ("a_b", {"a_b"}),
        ("%_%", set()),
        ("\\", {"C:\\new"}),
        ("\\%", set()),
        ("三里", {"足三里"}),
        ("里", {"足三里"}),
        ("zoe", {"Zoë"}),
        ("ZOE\u0308", {"Zoë"}),
        ("strasse", {"Straße"}),
        ("STRASSE", {"Straße"}),
        ("nguyen", {"Nguyễn"}),
        ("o’brien", {"O'Brien"}),
        ("'", {"O'Brien"}),
        ("' OR '1'='1", set()),
        ("*", set()),
        ("?", set()),
    ],
)
def test_a_sign_means_itself_and_accents_mean_nothing(names, query, found):
    assert {line.family for line in names.patients(query)} == found
    assert names.patient_count(query) == len(found)
    assert {seen.patient_name for seen in names.find_in_notes(query)} == found


@pytest.mark.parametrize("query", ["三里", "足三里", "zusanli", "ST36", "st 36"])
def test_a_point_is_found_by_part_of_its_characters(query):
    assert "ST36" in {point.code for point in Library(ROOT).catalogue.find(query)}


def test_each_wild_text_is_found_by_its_own_words(records, short_corpus):
    wanted = {}
    for words in short_corpus.values():
        patient = Patient("Ann", words)
        visit = Visit(patient.id, records.practitioner().id, datetime(2026, 3, 1, tzinfo=UTC), objective=words)
        records.save_patient(patient)
        records.start_visit(visit)
        if words_of(words):
            wanted[words] = (patient.id, visit.id)
    assert len(wanted) > 150
    for words, (patient_id, visit_id) in wanted.items():
        assert patient_id in {line.id for line in records.patients(words, limit=1000)}, words
        found = {seen.visit_id: seen.excerpt for seen in records.find_in_notes(words, limit=1000)}
        assert visit_id in found, words
        assert found[visit_id].strip(), words


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_question_breaks_the_search(names, any_text, data):
    query = data.draw(any_text)
    assert len(names.patients(query, limit=1000)) == names.patient_count(query)
    assert len(names.find_in_notes(query)) <= len(NAMES)


def test_a_question_of_a_megabyte_is_answered(names, corpus):
    for name in ("a megabyte of words", "a word of 20,000 letters", "10,000 open tags", "64 KiB of quotes"):
        assert names.patients(corpus[name]) == []
        assert names.find_in_notes(corpus[name]) == []
