"""The trail on paper, read back."""

from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO

from pypdf import PdfReader

from neuro_chart.clinic.people import Practice
from neuro_chart.paper.trail import Line, trail_paper

MOMENT = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
BERLIN = timezone(timedelta(hours=1))


def printed(*entries, asked=("Patient: Rosa Delgado",)):
    return PdfReader(BytesIO(trail_paper(Practice("Riverside Acupuncture"), asked, entries, MOMENT, BERLIN)))


def words_of(paper):
    return " ".join(" ".join(page.extract_text() for page in paper.pages).split())


def line(seq=7, said="Changed: patient's record · notes", replaced=()):
    return Line(seq, MOMENT, said, "Dr Mei Lindqvist", "Rosa Delgado", tuple(replaced))


def test_it_says_what_was_asked_and_of_each_entry_who_when_and_what_stood_before():
    words = words_of(printed(line(replaced=["Notes, before: Comes by bus", "Notes, after: <b>Deaf</b> & R&amp;D"])))
    for said in (
        "Patient: Rosa Delgado",
        "1 entry of the trail, made on 29 March 2026, 01:30 (UTC+01:00)",
        "Changed: patient's record · notes",
        "29 March 2026, 01:30 (UTC+01:00) · Dr Mei Lindqvist · Rosa Delgado · entry 7",
        "Notes, before: Comes by bus",
        "Notes, after: <b>Deaf</b> & R&amp;D",
    ):
        assert said in words, said


def test_many_entries_run_over_pages_and_none_is_lost():
    entries = [line(seq, replaced=["word " * 1500] if seq % 50 == 0 else ()) for seq in range(300, 0, -1)]
    paper = printed(*entries)
    assert len(paper.pages) > 10
    words = words_of(paper)
    assert all(f"entry {seq} " in f"{words} " for seq in range(1, 301))


def test_its_metadata_name_no_patient():
    assert "Delgado" not in str(printed(line()).metadata)
