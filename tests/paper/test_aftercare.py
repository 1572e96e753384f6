from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from neuro_chart.clinic.adjuncts import PRESS, SEEDS, Adjunct, Spot
from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.needles import Needle, Side
from neuro_chart.clinic.visits import Aftercare
from neuro_chart.paper.figures import needle_figure

HOSTILE = ' <b>bold</b> R&amp;D & sons <img src="/etc/passwd"> 足三里 BP <120 & >80 </para><para> a\0b\ud800c\u202ed '
PRINTED = ("<b>bold</b>", "R&amp;D&sons", '<imgsrc="/etc/passwd">', "足三里", "BP<120&>80", "</para><para>", "abcd")


def test_the_sheet_says_what_was_done_and_what_to_do(case):
    sheet = case.aftercare()
    for said in (
        "Lindenhof Acupuncture",
        "4 Linden Lane",
        "For Rosita",
        "Friday 20 November 2026",
        "treated by Anna Weber",
        "twelve fine needles in both feet and both lower legs",
        "about 30 minutes",
        "twelve in and twelve out",
        "electric current",
        "No sport or hard exercise for 24 hours",
        "Calf stretch at the wall",
        "Hold for 30 seconds on each side.",
        "Heel raises",
        "Looking after numb feet",
        "Call an ambulance",
        "Well walked, Rosita.",
        "Tuesday 24 November 2026",
        "ST36",
        "GB41",
    ):
        assert said in sheet.words, said
    assert len(sheet.pages) == 2
    for number, page in enumerate(sheet.pages, 1):
        assert f"Page {number} of 2" in page
        assert "For Rosita" in page


def test_no_promise_and_no_toxins(case):
    case.visit.adjuncts += [Adjunct(case.visit.id, kind) for kind in ("moxa", "cupping", "gua sha", "massage", "heat lamp")]
    said = case.aftercare().words.casefold()
    assert not any(word in said for word in ("toxin", "detox", "cure", "heals you", "guarantee"))


def test_numb_feet_change_what_is_said_after_moxa(case):
    case.visit.adjuncts.append(Adjunct(case.visit.id, "Moxa", minutes=10))
    said = case.aftercare().words
    assert "warmed the skin for 10 minutes" in said
    assert "Numb skin does not warn you of a burn" in said
    case.visit = replace(case.visit, aftercare=replace(case.visit.aftercare, foot_care=False))
    said = case.aftercare().words
    assert "Numb skin does not warn you" not in said
    assert "Looking after numb feet" not in said


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("Electro-stimulation", "electric current"),
        ("EA 2 Hz", "electric current"),
        ("Moxibustion", "warmed the skin"),
        ("Infrared lamp", "warmed the skin"),
        ("Cupping", "used cupping"),
        ("Gua sha", "used gua sha"),
        ("Massage", "added massage"),
        ("Ear seeds", "We added Ear seeds"),
        ("Tension release", "We added Tension release"),
    ],
)
def test_each_adjunct_is_told_in_words_of_its_own(case, kind, said):
    case.visit = replace(case.visit, adjuncts=[Adjunct(case.visit.id, kind)])
    assert said in case.aftercare().words


def test_what_is_left_in_place_is_told_with_the_day_that_it_must_be_out(case):
    site = case.visit.needles[0].site
    seeds = Adjunct(case.visit.id, SEEDS, amount=3, started=case.visit.started, until=date(2026, 11, 25), spots=(Spot(site),))
    press = Adjunct(case.visit.id, PRESS, amount=1, started=case.visit.started)
    case.visit = replace(case.visit, adjuncts=[seeds])
    said = case.aftercare().words
    assert f"We left three seeds in place on your {site.side.value} lower leg" in said
    assert "Three seeds must be out by Wednesday 25 November 2026" in said
    assert "is sharp" not in said
    case.visit = replace(case.visit, adjuncts=[press])
    said = case.aftercare().words
    assert "We left one press needle in place." in said
    assert "is sharp" in said
    case.visit = replace(case.visit, adjuncts=[replace(press, ended=case.visit.started)])
    said = case.aftercare().words
    assert "We took out one press needle that had been left in place." in said
    assert "under a plaster" not in said


def test_what_was_copied_and_never_begun_is_not_told(case):
    case.visit = replace(case.visit, adjuncts=[Adjunct(case.visit.id, "Cupping", copied=True)])
    assert "cupping" not in case.aftercare().words


def test_without_exercises_the_sheet_says_to_rest(case):
    case.visit = replace(case.visit, aftercare=Aftercare(rest_hours=0, exercises=("no-such-exercise",)))
    said = case.aftercare().words
    assert "No exercises for now." in said
    assert "hard exercise for" not in said
    assert "Call us to arrange your next visit." in said


def test_only_needles_that_went_in_are_told(case):
    planned = [replace(needle, inserted=None, removed=None) for needle in case.visit.needles]
    first = case.visit.needles[0]
    case.visit = replace(case.visit, needles=[replace(first, removed=first.inserted + timedelta(minutes=20)), *planned[1:]])
    said = case.aftercare().words
    assert f"one fine needle in your {first.site.side.value} lower leg" in said
    assert "about 20 minutes" in said
    case.visit = replace(case.visit, needles=planned)
    assert "No needles were used" in case.aftercare().words


def test_a_needle_still_in_is_not_counted_out(case):
    case.visit = replace(case.visit, needles=[replace(case.visit.needles[0], removed=None), *case.visit.needles[1:]])
    assert "twelve out" not in case.aftercare().words


def test_a_needle_that_was_left_in_is_named_and_has_no_minutes(case):
    case.visit = replace(case.visit, signed=now(), needles=[replace(needle, removed=None) for needle in case.visit.needles])
    words = case.aftercare().words
    assert "Still in when the visit ended: twelve." in words
    assert "while you rested" not in words


@pytest.mark.parametrize(("paper", "size"), [("A4", (595, 842)), ("Letter", (612, 792))])
def test_the_paper_is_the_one_of_the_practice(case, paper, size):
    case.practice = replace(case.practice, paper=paper)
    sheet = case.aftercare()
    assert tuple(round(float(side)) for side in sheet.reader.pages[0].mediabox[2:]) == size
    assert len(sheet.pages) <= 3


def test_every_hostile_word_prints_as_it_was_typed(case):
    case.practice = replace(case.practice, name=HOSTILE, letterhead=HOSTILE)
    case.practitioner = replace(case.practitioner, name=HOSTILE)
    case.patient = replace(case.patient, preferred=HOSTILE)
    case.visit = replace(case.visit, aftercare=replace(case.visit.aftercare, words=HOSTILE))
    case.visit.adjuncts.append(Adjunct(case.visit.id, HOSTILE))
    case.visit.needles[0].point = HOSTILE
    sheet = case.aftercare()
    for kept in PRINTED:
        assert sheet.squeezed.count(kept) >= 5, kept
    assert "root:" not in sheet.words


def test_a_name_of_300_letters_and_an_endless_word(case):
    case.patient = replace(case.patient, preferred="Wolfeschlegelsteinhausen" * 13)
    case.visit = replace(case.visit, aftercare=replace(case.visit.aftercare, words="x" * 20_000))
    said = case.aftercare().squeezed
    assert case.patient.preferred in said
    assert said.count("x") >= 20_000


def test_what_the_typeface_lacks_shows_as_a_box(case):
    case.patient = replace(case.patient, preferred="שרה Nguyễn 𓀀")
    assert "For □□□ Nguyễn □" in case.aftercare().words


def test_nothing_of_the_patient_in_the_metadata_and_the_same_bytes_twice(case):
    sheet = case.aftercare()
    assert "Lindenhof Acupuncture" in sheet.metadata
    assert not any(name in sheet.metadata for name in ("Rosa", "Rosita", "Delgado", "1964"))
    assert sheet.reader.trailer["/Root"]["/Lang"] == "en"
    assert case.aftercare().pdf == sheet.pdf


def test_only_our_own_typeface_and_it_is_in_the_file(case):
    tables = [page["/Resources"]["/Font"].get_object().values() for page in case.aftercare().reader.pages]
    fonts = {font["/BaseFont"]: font for table in tables for font in table}
    used = [name for name in fonts if "NeuroChartSans" in name]
    assert used
    assert all("/FontFile2" in fonts[name]["/FontDescriptor"] for name in used)


def test_every_part_of_the_skin_has_plain_words(case):
    first = case.visit.needles[0]
    case.visit = replace(
        case.visit,
        needles=[
            replace(first, site=replace(first.site, region=region, side=Side.MIDLINE), id=region) for region in case.library.atlas.regions
        ],
    )
    said = case.aftercare().words
    assert "your back" in said
    assert "your body" not in said[: said.index("Today")]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=400), st.text(max_size=60))
def test_any_text_prints(case, anything, name):
    case.visit = replace(case.visit, needles=[], aftercare=Aftercare(words=anything))
    case.patient = replace(case.patient, preferred=name)
    assert case.aftercare().pages


def test_needles_that_crowd_show_in_close_ups(case):
    codes = ["ST36", *(point.code for point in case.library.catalogue.find("baxie"))]
    sites = [(code, site) for code in codes for site in case.library.atlas.point_sites(code).values()]
    assert len(sites) == 10
    needles = [Needle(case.visit.id, site, code, inserted=case.visit.started, position=k) for k, (code, site) in enumerate(sites)]
    case.visit = replace(case.visit, needles=needles)
    said = case.aftercare().words
    assert "in both lower legs and both hands" in said
    for shown in ("Left hand, back", "Right hand, back", "Front", *codes):
        assert shown in said, shown


def test_a_needle_in_the_sole_is_never_drawn_on_the_heel_from_behind(case):
    """On the female figure the view from behind catches an edge of it."""
    atlas = case.library.figure("female")
    chosen = [("KI1", Side.RIGHT), ("ST36", Side.RIGHT), ("BL40", Side.RIGHT)]
    needles = [Needle(case.visit.id, atlas.point_sites(code)[side], code) for code, side in chosen]
    shown = {placed.panel.view.name: [dot.name for dot in placed.panel.dots] for placed in needle_figure(atlas, needles, 400, 300).placed}
    assert shown == {"front": ["ST36"], "back": ["BL40"], "foot-sole-right": ["KI1"]}
