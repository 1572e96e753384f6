"""The demo practice is whole, credible and findable, and leaves other files alone."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from itertools import pairwise
from shutil import copytree, ignore_patterns

import pytest
from pypdf import PdfReader

from neuro_chart.clinic.forms import Coding, Kind
from neuro_chart.clinic.intakes import warnings
from neuro_chart.clinic.library import Library
from neuro_chart.clinic.needles import retention_error
from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.safety import load_rules
from neuro_chart.clinic.visits import NOTE_FIELDS, Visit
from neuro_chart.demo import PASSPHRASE, make_demo
from neuro_chart.paper.aftercare import aftercare_sheet
from neuro_chart.paper.visit import visit_paper
from neuro_chart.resources import ROOT
from neuro_chart.store.errors import VaultError
from neuro_chart.store.keys import Kdf
from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault

LIBRARY = Library(ROOT)
CHEAP = Kdf(memory=64, iterations=1, lanes=1)
FILES = sorted((ROOT / "demo" / "patients").glob("*.toml"))
CAUSES = {"diabetes", "autoimmune", "injury", "chemotherapy", "alcohol", "b12", "infection", "entrapment", "unknown"}
SAID = {
    *("days", "at", "needles", "minutes", "without", "pain", "numbness", *NOTE_FIELDS),
    *("rest", "feet", "exercises", "words", "next", "amended", "draft", "needles_in"),
    *("room", "tongue", "pulse", "mishap", "happened", "also"),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Records, datetime]]:
    path = tmp_path_factory.mktemp("demo") / "demo.vault"
    moment = datetime.fromisoformat("2026-11-22T10:17:00Z")
    make_demo(path, LIBRARY, CHEAP, moment)
    with Vault.open(path, PASSPHRASE) as vault:
        yield Records(vault), moment


@pytest.fixture
def records(made: tuple[Records, datetime]) -> Records:
    return made[0]


@pytest.fixture
def now(made: tuple[Records, datetime]) -> datetime:
    return made[1]


def patients(records: Records) -> list[Patient]:
    return [records.patient(line.id) for line in records.patients()]


def found(records: Records, query: str) -> Patient:
    (line,) = records.patients(query)
    return records.patient(line.id)


def all_visits(records: Records) -> list[Visit]:
    return [visit for patient in patients(records) for visit in records.visits(patient.id)]


def test_it_has_a_practice_full_of_patients(records):
    assert records.practice().name == "Lantern Lane Acupuncture"
    assert records.patient_count() == len(FILES) >= 14
    assert sum(patient.birth is None for patient in patients(records)) == 1
    assert all(3 <= len(records.visits(patient.id)) <= 14 for patient in patients(records))


def test_telephones_ring_in_fiction_only():
    for file in (*FILES, ROOT / "demo" / "practice.toml"):
        text = file.read_text(encoding="utf-8")
        assert all(number.startswith("01632 960") for number in re.findall(r"\b0\d{3,4} \d{3,}\b", text))
        assert all(re.search(r"example(\.(com|org|net))?$", address) for address in re.findall(r"\S+@[\w.]*\w", text))


def test_each_health_history_is_complete_and_covers_the_causes(records, now):
    causes = Counter()
    for patient in patients(records):
        for intake in records.intakes(patient.id):
            form = LIBRARY.forms[intake.form]
            answers = intake.answers(form)
            assert intake.completed
            assert form.errors(answers, now.date()) == {}
            causes.update(value.code for value in answers["cause"] if isinstance(value, Coding))
            for link_id, values in answers.items():
                if form[link_id].kind is Kind.OPEN_CHOICE:  # a mistyped code would pass for the patient's own words
                    assert all(isinstance(value, Coding) or value[0].isupper() for value in values), (patient.name, link_id)
    assert causes.keys() == CAUSES
    assert causes["diabetes"] >= 3
    assert max(len(records.intakes(patient.id)) for patient in patients(records)) == 2


def test_visits_are_in_order_with_needles_that_could_be(records, now):
    for patient in patients(records):
        visits = records.visits(patient.id)[::-1]
        days = [visit.started.astimezone().date() for visit in visits]
        assert days == sorted(set(days))
        assert patient.created <= records.intakes(patient.id)[-1].started < visits[0].started <= now
        for visit in visits:
            assert all(not needle.errors() and not retention_error(needle.retention) for needle in visit.needles)
            assert visit.subjective
            assert visit.signed is None or (visit.signed <= now and visit.signed_by and visit.count.inside == 0)
            assert all(visit.signed and visit.signed < added.written <= now for added in visit.amendments)
            assert set(visit.aftercare.exercises) <= LIBRARY.exercises.keys()


def test_notes_are_not_copied(records):
    for name in ("subjective", "objective", "assessment"):
        texts = [text for visit in all_visits(records) if (text := getattr(visit, name))]
        assert len(set(texts)) >= 60
        assert Counter(texts).most_common(1)[0][1] <= 2
    assert sum(bool(visit.amendments) for visit in all_visits(records)) >= 5


def test_three_rooms_are_running_and_a_fourth_has_begun(records, now):
    running = records.open_visits()
    left = {patient.called: [needle.clock.remaining(now) for needle in visit.needles if needle.is_in] for visit, patient in running}
    assert left == {
        "Rosa": [timedelta(minutes=24, seconds=18)] * 12,
        "José": [timedelta(minutes=3, seconds=5)] * 8,
        "Amina": [-timedelta(minutes=1, seconds=12)] * 14,
        "Ingrid": [],
    }


def test_rosa_is_the_published_treatment(records, now):
    rosa = found(records, "delgado")
    visits = records.visits(rosa.id)
    today = visits[0]
    assert (rosa.age(now.date()), len(visits)) == (62, 7)
    assert list(dict.fromkeys(needle.point for needle in today.needles)) == ["ST36", "GB39", "SP9", "SP6", "LR3", "GB41"]
    assert {(needle.retention, needle.site.side.letter) for needle in today.needles} == {(30, "L"), (30, "R")}
    assert (today.adjuncts[0].frequency, len(today.adjuncts[0].pairs), today.adjuncts[0].is_running) == ("2/120", 2, True)
    raised = [warning.key for warning, _ in warnings(records.intakes(rosa.id), LIBRARY.forms, load_rules(ROOT / "forms" / "warnings.toml"))]
    assert {"allergy", "thinner", "numb-feet"} <= set(raised)


@pytest.mark.parametrize(
    ("query", "family"),
    [
        ("munoz jose", "Muñoz"),
        ("obrien", "O'Brien"),
        ("nguyen huong", "Nguyễn"),
        ("国良", "Chen 陈国良"),
        ("al-harbi", "al-Ḥarbī"),
        ("peggy", "Whitcombe"),
    ],
)
def test_a_patient_is_found_by_name(records, query, family):
    assert found(records, query).family == family


def test_words_are_found_across_the_notes(records):
    assert {"Margaret Whitcombe"} == {hit.patient_name for hit in records.find_in_notes("pacemaker")}
    assert len(records.find_in_notes("monofilament")) > 10


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_file_says_nothing_unknown(file):
    told = tomllib.loads(file.read_text(encoding="utf-8"))
    assert told.keys() == {"hour", "patient", "health", "prescription", "visit"}
    assert {charted["needles"] for charted in told["visit"] if "needles" in charted} == told["prescription"].keys()
    assert not {key for charted in told["visit"] for key in charted} - SAID
    days = [charted["days"] for charted in told["visit"]]
    assert all(earlier - later >= 3 for earlier, later in pairwise(days))  # no two fall on one Friday


def test_it_never_writes_over_a_file(tmp_path):
    path = tmp_path / "mine.vault"
    path.write_bytes(b"mine")
    with pytest.raises(VaultError):
        make_demo(path, LIBRARY, CHEAP)
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"mine"]


def test_an_answer_that_cannot_be_is_named_and_nothing_is_left(tmp_path):
    resources = tmp_path / "resources"
    copytree(ROOT / "atlas", resources / "atlas", ignore=ignore_patterns("make", "*.webp"))
    copytree(ROOT / "forms", resources / "forms")
    copies = resources / "demo" / "patients"
    copies.mkdir(parents=True)
    (copies.parent / "practice.toml").write_bytes((ROOT / "demo" / "practice.toml").read_bytes())
    source = (ROOT / "demo" / "patients" / "rosa-delgado.toml").read_text(encoding="utf-8")
    (copies / "rosa-delgado.toml").write_text(source.replace("numbness-bad = 7", "numbness-bad = 70"), encoding="utf-8")
    with pytest.raises(ValueError, match=r"rosa-delgado.*numbness-bad"):
        make_demo(tmp_path / "demo.vault", Library(resources), CHEAP)
    assert not (tmp_path / "demo.vault").exists()


def test_every_patient_can_be_handed_a_sheet_and_a_record(records):
    practice, who = records.practice(), {each.id: each for each in records.practitioners()}
    for patient in patients(records):
        visit = records.visits(patient.id)[0]
        sheet = aftercare_sheet(practice, who[visit.practitioner_id], patient, visit, LIBRARY)
        assert patient.called in PdfReader(BytesIO(sheet)).pages[0].extract_text()
        assert visit_paper(practice, who, patient, visit, LIBRARY).startswith(b"%PDF")
