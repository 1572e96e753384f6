from dataclasses import replace
from datetime import timedelta, timezone

from neuro_chart.clinic.visits import Amendment


def test_the_record_is_whole(case):
    sheet = case.record()
    for said in (
        "VISIT RECORD",
        "Rosa Delgado",
        "2 March 1964 (62 years)",
        "6 → 4 of 10",
        "5 → 5 of 10",
        "Burning at night.",
        "Monofilament 6 of 10.",
        "Improving.",
        "Twice weekly.",
        "12 inserted, 12 removed.",
        "ST36 足三里 Zúsānlǐ",
        "0.25 × 40",
        "09:38",
        "10:08",
        "electro-stimulation: 2/120 Hz, 30 minutes",
        "Signed by Anna Weber on 20 November 2026, 10:30 (UTC+00:00).",
        "Amendments",
        "Anna Weber, 21 November 2026, 09:30 (UTC+00:00)",
        "She phoned: the left foot tingled.",
    ):
        assert said in sheet.words, said
    for number, page in enumerate(sheet.pages, 1):
        assert f"Page {number} of {len(sheet.pages)}" in page
        assert "Rosa Delgado · born 2 March 1964" in page


def test_amendments_stand_beneath_the_signature_in_the_order_of_time(case):
    case.visit.amendments.insert(0, Amendment(case.visit.id, case.practitioner.id, "Later still.", case.visit.started + timedelta(days=9)))
    said = case.record().words
    assert said.index("Signed by") < said.index("She phoned") < said.index("Later still.")


def test_times_are_those_of_the_practice(case):
    said = case.record(timezone(timedelta(hours=5, minutes=30))).words
    assert "15:08" in said
    assert "20 November 2026, 16:00 (UTC+05:30)" in said


def test_the_age_is_that_of_the_day_where_the_practice_is(case):
    case.visit = replace(case.visit, started=case.visit.started.replace(month=3, day=1, hour=22))
    assert "(61 years)" in case.record().words
    assert "(62 years)" in case.record(timezone(timedelta(hours=5, minutes=30))).words


def test_a_draft_says_so(case):
    needles = [replace(case.visit.needles[0], removed=None), *case.visit.needles[1:]]
    case.visit = replace(case.visit, signed=None, signed_by=None, amendments=[], needles=needles)
    said = case.record().words
    assert "DRAFT, NOT SIGNED" in said
    assert "1 still in when this was printed." in said
    assert "Signed by" not in said


def test_a_needle_left_in_has_its_reason(case):
    case.visit = replace(case.visit, needles_left_reason="Ambulance <took> her & us.")
    assert "Signed with a needle in, because: Ambulance <took> her & us." in case.record().words


def test_a_needle_on_no_point_has_its_place_in_words(case):
    case.visit.needles[0].point = ""
    assert case.library.atlas.describe(case.visit.needles[0].site) in case.record().words


def test_a_note_of_twenty_pages_runs_over_them(case):
    note = "\n".join(f"Line {k}: <b> & 足三里 </b> of a long day." for k in range(1000))
    case.visit = replace(case.visit, subjective=note, plan="  indented\n\nkept")
    sheet = case.record()
    assert len(sheet.pages) >= 20
    assert all(f"Line {k}: <b> & 足三里 </b> of a long day." in sheet.words for k in range(1000))
    assert f"Page {len(sheet.pages)} of {len(sheet.pages)}" in sheet.pages[-1]


def test_one_line_of_many_words_and_one_endless_word(case):
    case.visit = replace(case.visit, objective="wort " * 10_000 + "x" * 20_000)
    assert case.record().squeezed.count("wort") == 10_000


def test_hostile_words_in_every_field(case):
    hostile = '<img src="/etc/passwd"> & <b>足三里</b> \ud800\0' + "y" * 300
    case.visit = replace(
        case.visit,
        subjective=hostile,
        objective=hostile,
        assessment=hostile,
        plan=hostile,
        needles_left_reason=hostile,
        amendments=[Amendment(case.visit.id, "nobody", hostile)],
    )
    case.visit.needles[0].point = hostile
    case.visit.adjuncts[0].kind = case.visit.adjuncts[0].setting = hostile
    case.patient = replace(case.patient, given=hostile, family=hostile, sex=hostile, gender=hostile)
    case.practice = replace(case.practice, name=hostile, letterhead=hostile)
    case.practitioner = replace(case.practitioner, name=hostile)
    said = case.record().squeezed
    assert said.count('<imgsrc="/etc/passwd">&<b>足三里</b>yyy') >= 14
    assert "anunknownpractitioner" in said


def test_an_empty_visit_prints(case):
    case.visit = replace(case.visit, subjective="", needles=[], adjuncts=[], amendments=[], pain_before=None, pain_after=None)
    case.patient = replace(case.patient, birth=None, sex="")
    said = case.record().words
    assert "No needles were charted." in said
    assert "Nothing noted." in said
    assert "not asked" in said


def test_nothing_of_the_patient_in_the_metadata_and_the_same_bytes_twice(case):
    sheet = case.record()
    assert "Delgado" not in sheet.metadata
    assert case.record().pdf == sheet.pdf
