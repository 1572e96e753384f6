"""Wild words on paper: printed as they were written, or with a visible box for what the typeface lacks; never as markup, never a file."""

import re
import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from neuro_chart.clinic.adjuncts import Adjunct
from neuro_chart.clinic.events import AdverseEvent, EventKind
from neuro_chart.clinic.library import Library
from neuro_chart.clinic.needles import Needle, Side
from neuro_chart.clinic.people import Patient, Practice, Practitioner
from neuro_chart.clinic.protocols import Protocol
from neuro_chart.clinic.visits import NOTE_FIELDS, Aftercare, Amendment, Visit
from neuro_chart.paper.aftercare import aftercare_sheet
from neuro_chart.paper.style import NO_GLYPH
from neuro_chart.paper.visit import visit_paper
from neuro_chart.resources import ROOT

WHEN = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
LIBRARY = Library(ROOT)


class Printed:
    """A paper, read back without its blanks."""

    def __init__(self, pdf):
        self.reader = PdfReader(BytesIO(pdf))
        self.words = "".join("".join(page.extract_text().split()) for page in self.reader.pages)

    def holds(self, words):
        """Whether the words stand on the paper, letter by letter; what has no shape need not, what the typeface lacks is a box."""
        return re.search("".join(_as_printed(c) for c in unicodedata.normalize("NFC", words)), self.words) is not None

    def check_harmless(self, pictures):
        assert sum(len(page.images) for page in self.reader.pages) <= pictures, "no picture but those of the body"
        for page in self.reader.pages:
            assert "/Annots" not in page, "no link is live"
        assert self.reader.attachments == {}
        assert "/OpenAction" not in self.reader.root_object
        assert "/Names" not in self.reader.root_object


def _as_printed(char):
    if char.isspace() or unicodedata.category(char) in {"Cc", "Cf", "Cs"} or 0xFE00 <= ord(char) <= 0xFE0F:
        return ""
    simpler = "".join(unicodedata.normalize("NFKC", char).split())
    return f"(?:{re.escape(char)}|{re.escape(simpler)}|{NO_GLYPH})" if simpler else f"(?:{re.escape(char)}|{NO_GLYPH})?"


def papers(words, practice=None, name="Ann Lee", **written):
    """The record and the sheet of a visit in which the words stand in every field that a paper shows."""
    practitioner = Practitioner(name)
    patient = Patient(words, words, words, date(1904, 2, 29), words, words)
    visit = Visit(patient.id, practitioner.id, WHEN, signed=WHEN, signed_by=practitioner.id, room=words, protocol="own")
    visit = replace(
        visit, **dict.fromkeys(NOTE_FIELDS, words), needles_left_reason=words, tongue={"colour": [words]}, pulse={"left": [words]}
    )
    visit.aftercare = Aftercare(words=words)
    visit = replace(visit, **written)
    site = LIBRARY.atlas.point_sites("ST36")[Side.LEFT]
    visit.needles = [Needle(visit.id, site, words, inserted=WHEN), Needle(visit.id, replace(site, region=words), inserted=WHEN)]
    told = dict.fromkeys(("setting", "method", "waveform", "frequency", "intensity", "size"), words)
    visit.adjuncts.append(Adjunct(visit.id, words, **told))
    visit.events.append(AdverseEvent(visit.id, EventKind.OTHER, WHEN, words=words, done=words, outcome=words))
    visit.amendments.append(Amendment(visit.id, practitioner.id, words, words, written=WHEN))
    house = practice or Practice(words, words)
    own = Protocol("own", words, (words,), words, evidence=words, strength=words, source=words)
    return (
        Printed(visit_paper(house, {practitioner.id: practitioner}, patient, visit, LIBRARY, protocols=[own], tz=UTC)),
        Printed(aftercare_sheet(house, practitioner, patient, visit, LIBRARY, tz=UTC)),
    )


@pytest.fixture(scope="module")
def pictures():
    """How many pictures a record and a sheet hold whose words are tame."""
    return [sum(len(page.images) for page in paper.reader.pages) for paper in papers("Ann")]


def test_every_wild_text_is_read_back_from_the_papers(short_corpus, pictures):
    """All of them in one note, and each as an amendment and an event of its own."""
    amended = [Amendment("", "", words, words, written=WHEN + timedelta(hours=at)) for at, words in enumerate(short_corpus.values())]
    happened = [AdverseEvent("", EventKind.OTHER, WHEN, words=words, done=words, outcome=words) for words in short_corpus.values()]
    note = dict.fromkeys(NOTE_FIELDS, "\n".join(short_corpus.values()))
    sheet_words = Aftercare(words="\n".join(short_corpus.values()))
    record, sheet = papers("Ann", amendments=amended, events=happened, aftercare=sheet_words, **note)
    for paper, most in zip((record, sheet), pictures, strict=True):
        paper.check_harmless(most)
        assert [name for name, words in short_corpus.items() if not paper.holds(words)] == []


@pytest.mark.parametrize(
    "name",
    [
        *("HTML image", "HTML image by address", "HTML link", "HTML entity", "XML entity", "paragraph markup", "paragraph bullet"),
        *("lone high surrogate", "NUL", "right-to-left override", "emoji of a family", "stacked marks", "empty", "line separator"),
    ],
)  # fmt: skip
def test_a_wild_text_in_every_field_at_once(corpus, pictures, name):
    for paper, most in zip(papers(corpus[name]), pictures, strict=True):
        paper.check_harmless(most)
        assert paper.holds(corpus[name])


@pytest.mark.parametrize(
    "name", ["a word of 20,000 letters", "10,000 open tags", "5,000 lines", "5,000 empty lines", "a megabyte of words"]
)
def test_words_without_end_are_printed_to_their_end(corpus, name):
    began = process_time()
    record, _ = papers("Ann", subjective=f"{corpus[name]} so it ended")
    assert process_time() - began < 60
    assert record.holds(corpus[name][:300])
    assert record.holds("so it ended")


@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_whatever_hypothesis_thinks_of_is_printed(any_text, pictures, data):
    words = data.draw(any_text)
    for paper, most in zip(papers(words), pictures, strict=True):
        paper.check_harmless(most)
        assert paper.holds(words)
