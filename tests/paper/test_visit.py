from dataclasses import replace
from datetime import date, timedelta, timezone

from neuro_chart.clinic.adjuncts import CUPPING, ELECTRO, LAMP, PRESS, SEEDS, Adjunct, Spot
from neuro_chart.clinic.events import AdverseEvent, EventKind
from neuro_chart.clinic.needles import Mishap, Side
from neuro_chart.clinic.protocols import Protocol
from neuro_chart.clinic.visits import Amendment, Signature


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
    case.visit.amendments.insert(
        0, Amendment(case.visit.id, case.practitioner.id, "Later still.", "Told later", case.visit.started + timedelta(days=9))
    )
    said = case.record().words
    assert said.index("Signed by") < said.index("She phoned") < said.index("Later still.")


def test_a_signature_is_told_with_the_name_the_signer_had_both_clocks_and_its_digest(case):
    digest = "3f9ac02e" * 8
    case.visit.signature = Signature(
        1, "visit", case.visit.id, case.patient.id, case.practitioner.id, "Anna Lind", case.visit.signed, "+05:30", 1, digest
    )
    said = case.record()
    assert "Signed by Anna Lind on 20 November 2026, 16:00 (UTC+05:30)." in said.words
    assert "2026-11-20 10:30:00 UTC" in said.words
    assert digest in said.squeezed


def test_each_amendment_has_its_reason_its_name_its_time_and_the_beginning_of_its_digest(case):
    (first,) = case.visit.amendments
    first.signature = Signature(
        2, "amendment", first.id, case.patient.id, case.practitioner.id, "Anna Lind", first.written, "-03:00", 1, "3f9ac02e" * 8
    )
    case.visit.amendments.append(Amendment(case.visit.id, "nobody", "Later still.", "<b>Told</b> later", first.written + timedelta(days=9)))
    said = case.record().words
    assert (
        "Anna Lind, 21 November 2026, 06:30 (UTC-03:00) She phoned: the left foot tingled. Reason: She phoned the day after "
        "2026-11-21 09:30:00 UTC · signature 3f9a c02e 3f9a" in said
    )
    assert "Reason: <b>Told</b> later" in said
    assert "Burning at night." in said


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
    case.visit.needles[0] = replace(case.visit.needles[0], removed=None)
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
        amendments=[Amendment(case.visit.id, "nobody", hostile, hostile)],
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


def test_depths_pauses_and_needles_without_retention_are_told(case):
    first, second, third = case.visit.needles[:3]
    case.visit.needles[:3] = [
        replace(first, depth=0.5, depth_to=1.0),
        replace(second, depth=12, depth_to=15, depth_unit="mm", held=600),
        replace(third, retention=0, removed=third.inserted),
    ]
    said = case.record().words
    assert "0.5–1 cun" in said
    assert "12–15 mm" in said
    assert "09:38 10:08 20" in said  # thirty minutes, of which the clock stood ten
    assert "09:38 09:38 0" in said


def test_what_went_wrong_with_needles_and_what_is_not_counted_is_told(case):
    into = case.visit.needles[0].inserted
    case.visit.needles[:4] = [
        replace(case.visit.needles[0], mishap=Mishap.STUCK),
        replace(case.visit.needles[1], counted=False),
        replace(case.visit.needles[2], mishap=Mishap.DROPPED, inserted=None, removed=None),
        replace(case.visit.needles[3], mishap=Mishap.DROPPED, inserted=None, removed=into),
    ]
    case.visit = replace(case.visit, needles_left_reason="The ambulance took her along.")
    said = case.record().words
    for words in (
        "12 inserted, 11 removed.",
        "1 still in when this was printed.",
        "1 pulled and not counted out.",
        "stuck",
        "pulled, not counted",
        "dropped, not found",
        "dropped, found and put away",
        "because: The ambulance took her along.",
    ):
        assert words in said, words


def test_what_was_done_beside_the_needles_is_told_with_its_places_and_times(case):
    began, needles = case.visit.started, case.visit.needles
    bl23 = Spot(case.library.atlas.point_sites("BL23")[Side.LEFT], "BL23")
    back = case.library.atlas.point_sites("BL20")[Side.LEFT]
    case.visit.adjuncts[:] = [
        Adjunct(case.visit.id, ELECTRO, frequency="2/100", waveform="dense-disperse", intensity="1.5 mA", minutes=30,
                pairs=((needles[0].id, needles[6].id),), started=began, ended=began + timedelta(minutes=25), held=300),
        Adjunct(case.visit.id, CUPPING, method="sliding", size="5 cm", amount=4, spots=(bl23,), strokes=((back, back),), minutes=10),
        Adjunct(case.visit.id, SEEDS, amount=3, started=began, until=date(2026, 11, 25), consent=True),
        Adjunct(case.visit.id, PRESS, amount=1, started=began),
        Adjunct(case.visit.id, LAMP, started=began, copied=True),
    ]  # fmt: skip
    said = case.record().words
    for words in (
        "Electro-stimulation: 2/100 Hz, dense-disperse, 1.5 mA, ST36–SP6 L, 09:30–09:55, 20 minutes",
        "Cupping: sliding, 4 cups, 5 cm, BL23 L, left upper back, 10 minutes",
        "left in on 20 November 2026, to be taken out by 25 November 2026, with the patient's consent",
        "consent not noted",
        "Infrared lamp: copied from the last visit, not confirmed, from 09:30, still running when this was printed",
    ):
        assert words in said, words


def test_what_happened_is_told_with_its_time_its_needle_and_its_outcome(case):
    at, needle = case.visit.started + timedelta(minutes=20), case.visit.needles[0]
    case.visit.events += [
        AdverseEvent(case.visit.id, EventKind.FAINTING, at, "", "Pale & <dizzy>", "Lay down", "Well after 5 minutes"),
        AdverseEvent(case.visit.id, EventKind.BRUISE, at + timedelta(days=1), needle.id),
    ]
    said = case.record().words
    assert "09:50 · Fainting Pale & <dizzy> Done: Lay down Outcome: Well after 5 minutes" in said
    assert f"21 November 2026, 09:50 · Bruise · ST36 {needle.site.side}" in said


def test_room_tongue_pulse_prescription_and_what_was_taken_over_are_told(case):
    case.visit = replace(
        case.visit, room="Room 2", tongue={"colour": ["pale"]}, pulse={"left": ["thready"]}, protocol="dpn", copied={"plan": "2026-11-13"},
    )  # fmt: skip
    published = next(each for each in case.library.protocols if each.key == "dpn")
    said = case.record().words
    for words in (
        "treated by Anna Weber · Room 2",
        "Tongue: pale. Pulse: L thready.",
        f"By the prescription “{published.group}: {published.name}”",
        f"Evidence: {published.strength}. {published.evidence.rstrip('.')}.",
        f"Source: {published.source.rstrip('.')}.",
        "Taken over from the visit of 13 November 2026.",
    ):
        assert words in said, words


def test_the_practices_own_prescription_takes_the_place_of_a_published_one(case):
    case.visit = replace(case.visit, protocol="dpn", session=1)
    said = case.record(protocols=[Protocol("dpn", "Feet, by Anna", ("ST36 b", "BL23 b"))]).words
    assert "By the prescription “Feet, by Anna”, session 2 of 2." in said
    assert "Source" not in said
