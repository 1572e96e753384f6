"""The shorthand of a prescription."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuro_chart.clinic.adjuncts import CUPPING, ELECTRO, GUA_SHA, LAMP, MOXA, PRESS, SEEDS, TUINA, Adjunct, Spot
from neuro_chart.clinic.needles import NO_RETENTION, Angle, Needle, Side, Site, Technique
from neuro_chart.clinic.notation import Said, read, write
from neuro_chart.clinic.points import Catalogue
from neuro_chart.clinic.protocols import load
from neuro_chart.clinic.shorthand.vocabulary import ALL, FILLERS, cut, plain
from neuro_chart.resources import resource

CATALOGUE = Catalogue.load(resource("points"))
CODES = sorted(point.code for point in CATALOGUE)
NAMES = {protocol.key: protocol.sessions for protocol in load(resource("protocols"))}
CORPUS = tomllib.loads(Path(__file__).with_name("prescriptions.toml").read_text(encoding="utf-8"))
GRAMMAR = tomllib.loads(resource("help/shorthand.toml").read_text(encoding="utf-8"))


def in_words(said):
    """What is said of a needle, in one way: `30m 0.5-1cun tonify dq 0.25x40`."""
    to = "" if said.depth_to is None else f"-{said.depth_to:g}"
    words = (
        "" if said.minutes is None else f"{said.minutes}m",
        "" if said.depth is None else f"{said.depth:g}{to}{said.depth_unit}",
        said.technique or "",
        said.angle or "",
        {True: "dq", False: "no dq", None: ""}[said.de_qi],
        "" if said.gauge is None else f"{said.gauge:g}x{said.length:g}",
    )
    return "".join(f" {word}" for word in words if word)


def spot(place):
    return place[0] if place[1] in (None, Side.MIDLINE) else f"{place[0]} {place[1].letter}"


def told(text, side="both"):
    """A reading in words, as the help has it."""
    reading = read(text, CATALOGUE, NAMES, side)
    rows = []
    for needle in reading.needles:
        letter = "" if needle.side is Side.MIDLINE else needle.side.letter
        if letter == "R" and rows and rows[-1] == [needle.point, "L", needle.said]:
            rows[-1][1] = "LR"
        else:
            rows.append([needle.point, letter, needle.said])
    parts = [f"{code} {sides}".strip() + in_words(said) for code, sides, said in rows]
    for adjunct in reading.adjuncts:
        hertz, minutes = f" {adjunct.frequency}Hz" if adjunct.frequency else "", f" {adjunct.minutes}m" if adjunct.minutes else ""
        pairs = [f"{spot(one)}-{spot(other)}" for one, other in adjunct.pairs]
        where = ", ".join(pairs if adjunct.kind == ELECTRO else map(spot, adjunct.points))
        parts.append(f"+ {adjunct.kind}{hertz}{minutes} {where}".rstrip())
    parts += [f"- {spot(place)}" for place in reading.off]
    parts += [f"*{in_words(reading.every)}"] if reading.every else []
    parts += [f"? {error.text}" for error in reading.errors]
    return "; ".join(parts)


def placed(text, side="both"):
    return [(needle.point, str(needle.side)) for needle in read(text, CATALOGUE, NAMES, side).needles]


def expected(words):
    """The needles that a list of codes stands for: `ST36 LR4/L EX-LE10`."""
    found = []
    for word in words.split():
        code, _, only = word.partition("/")
        for point in [point for point in CATALOGUE if point.group == code] or [CATALOGUE[code]]:
            sides = ["midline"] if point.midline else {"": ["left", "right"], "L": ["left"], "R": ["right"]}[only]
            found += [(point.code, side) for side in sides]
    return found


@pytest.mark.parametrize("entry", CORPUS["prescription"], ids=lambda entry: entry["text"][:40])
def test_prescriptions_as_they_were_published(entry):
    reading = read(entry["text"], CATALOGUE, side="both")
    assert [(needle.point, str(needle.side)) for needle in reading.needles] == expected(entry["needles"])
    assert [error.text for error in reading.errors] == entry.get("lost", [])
    if "depth" in entry:
        assert all([n.said.depth, n.said.depth_to, n.said.depth_unit] == entry["depth"] for n in reading.needles)


def test_the_published_prescriptions_are_many_and_each_names_its_source():
    assert len(CORPUS["prescription"]) >= 60
    assert {entry["source"] for entry in CORPUS["prescription"]} == set(CORPUS["sources"])
    assert len({entry["text"] for entry in CORPUS["prescription"]}) == len(CORPUS["prescription"])


@pytest.mark.parametrize("example", [e for section in GRAMMAR["section"] for e in section["example"]], ids=lambda example: example["typed"])
def test_the_help_means_what_it_says(example):
    assert told(example["typed"]) == example["reads"]
    assert example["means"]


def test_every_shipped_prescription_is_understood():
    for key in NAMES:
        assert not read(f"@{key} l", CATALOGUE, NAMES, "both").errors


# one way of writing to a line, and what it is read as
WRITTEN = """
ST36 GB39 SP9 SP6 LR3 GB41 b 30m = ST36 LR 30m; GB39 LR 30m; SP9 LR 30m; SP6 LR 30m; LR3 LR 30m; GB41 LR 30m
L.I.-11, KID-3; St. 36 (bilat) = LI11 LR; KI3 LR; ST36 LR
Sp 6, LV3 (B) = SP6 LR; LR3 LR
PC 6–TE 5 = PC6 LR; TE5 LR
PC 6—TE 5 · HT 7 ・ SI 3 = PC6 LR; TE5 LR; HT7 LR; SI3 LR
足三里（双）、三阴交（左）；太冲 = ST36 LR; SP6 L; LR3 LR
足三里三阴交，右合谷 = ST36 LR; SP6 LR; LI4 R
Zusanli 足三里 ST36 = ST36 LR
ＳＴ３６　ｂ　３０ｍ = ST36 LR 30m
Bafeng (EX-LE10) ×4 l = EX-LE10.1 L; EX-LE10.2 L; EX-LE10.3 L; EX-LE10.4 L
Sishencong ×4 = EX-HN1.1; EX-HN1.2; EX-HN1.3 LR
EX-B2 T10–L2 = EX-B2.T10 LR; EX-B2.T11 LR; EX-B2.T12 LR; EX-B2.L1 LR; EX-B2.L2 LR
Jiaji L2, L4 b = EX-B2.L2 LR; EX-B2.L4 LR
BL31 to BL33 = BL31 LR; BL32 LR; BL33 LR
Wan Gu (GB 12), Heliao (LI19) = GB12 LR; LI19 LR
Zúsānlǐ l = ST36 L
ST36+SP6+LR3 = ST36 LR; SP6 LR; LR3 LR
ST36 + SP6 + 30m = ST36 LR 30m; SP6 LR 30m tonify
ST36- 1.5c 15m l SP6 0.5-1 cun r = ST36 L 15m 1.5cun drain; SP6 R 0.5-1cun
ST36 5～10 mm = ST36 LR 5-10mm
ST36 1～1.5寸 = ST36 LR 1-1.5cun
ST36 0.25 × 40 mm dq = ST36 LR dq 0.25x40
ST36 40mm x 0.25mm = ST36 LR 0.25x40
ST36 20′ SP6 20' LR3 20 minutes b = ST36 LR 20m; SP6 LR 20m; LR3 LR 20m
ST36; SP6; LR3 b 30m = ST36 LR 30m; SP6 LR 30m; LR3 LR 30m
ST36 l; SP6 r 30m = ST36 L 30m; SP6 R 30m
LI4 b ST36 l = LI4 LR; ST36 L
GV20 l CV6 = GV20; CV6
ST36 l ST36 r = ST36 LR
ST36 b 20m LI4 ST36 l 30m = ST36 L 30m; ST36 R 20m; LI4 L 30m
GB34 r; LI11 contra = GB34 R; LI11 L
@ctsdistal l = SP6 R; LR4 R; + Electro-stimulation 2Hz SP6 R-LR4 R
@dpn -ST36 r = ST36 L 30m; GB39 LR 30m; SP9 LR 30m; SP6 LR 30m; LR3 LR 30m; GB41 LR 30m
-BL31-33 b = - BL31; - BL32; - BL33
-Bafeng l = - EX-LE10.1 L; - EX-LE10.2 L; - EX-LE10.3 L; - EX-LE10.4 L
* - = * drain
ST36 LR3 l 30m all dq = ST36 L 30m dq; LR3 L 30m dq
GV20 GV29 ea 2.5Hz = GV20; GV29; + Electro-stimulation 2.5Hz GV20-GV29
ST36 SP6 l 30m; KI3 KI1 b ea 2Hz = ST36 L 30m; SP6 L 30m; KI3 LR; KI1 LR; + Electro-stimulation 2Hz KI3 L-KI1 L, KI3 R-KI1 R
ST36; SP6 l 30m ea 2Hz = ST36 L 30m; SP6 L 30m; + Electro-stimulation 2Hz ST36 L-SP6 L
EA: ST36-GB39 l, 2/100 Hz = ST36 L; GB39 L; + Electro-stimulation 2/100Hz ST36 L-GB39 L
BL10 BL11 M-HN-18 l = BL10 L; BL11 L; M-HN-18 L
BL 11 M-HN-18 l = BL11 L; M-HN-18 L
GV20 0.4c transverse = GV20 0.4cun transverse
ea 2Hz 20m ST36 l, SP6 l = ST36 L; SP6 L; + Electro-stimulation 2Hz 20m ST36 L-SP6 L
CV4 warm needle 15m = CV4; + Moxibustion 15m CV4
moxa 10m = + Moxibustion 10m
ST36 SP6 l 30m moxa = ST36 L 30m; SP6 L 30m; + Moxibustion ST36 L, SP6 L
太溪、神门、灸涌泉 = KI3 LR; HT7 LR; + Moxibustion KI1 L, KI1 R
Points used were ST36 and SP6 with needles retained for 30 min. = ST36 LR 30m; SP6 LR 30m
"""


@pytest.mark.parametrize("row", WRITTEN.strip().splitlines())
def test_ways_to_write(row):
    typed, _, reads = row.partition(" = ")
    assert told(typed) == reads


@pytest.mark.parametrize("between", [" ", ", ", "; ", " + ", "+", "\n", "、", "，", "；", " – ", "—", " · ", "・", " / "])
def test_whatever_parts_the_points_the_end_is_of_all(between):
    assert told(between.join(["ST36", "GB39", "SP9"]) + " l 25m") == "ST36 L 25m; GB39 L 25m; SP9 L 25m"


# what is in doubt, and what is offered for it
DOUBTS = """
ST36 b 30 = 30 = 30m BL30
ST36 30 = 30 = 30m ST30
SP6 l 7 LR3 = 7 = LU7
ST36 9m = 9m = 10m
ST36 61 min = 61 min = 60m
ST36 20-30 min = 20-30 min = 20m 30m
Heliao = Heliao = LI19 TE22
Zusanli (ST26) b = Zusanli (ST26) = ST36 ST26
ST63 = ST63 = ST36 ST3 ST6 ST13
sanyinjiso = sanyinjiso = SP6
足三理 = 足三理 = ST36
ST36 7c = 7c =
ST36 30'' = 30 =
ST36 2/100 Hz = 2/100 Hz = ea 2/100 Hz |
ST36 moxa 700m = 700m =
BL65-70 = 70 = BL7
Jiaji L3-S1 = S1 =
Jiaji = Jiaji = EX-B2 L3-L5 | EX-B2 T10-L2
BL31–BL34 = – = , | to
Bafeng ×3 = ×3 = ×4 ×8
@dnp = @dnp = @dpn
* = * = * 25m |
the gallbladder = gallbladder = EX-LE6
"""


@pytest.mark.parametrize("row", DOUBTS.strip().splitlines())
def test_doubt_is_told_with_what_could_stand_there(row):
    typed, doubt, offers = (part.strip() for part in (row + " ").split(" = ", 2))
    [error] = read(typed, CATALOGUE, NAMES, "both").errors
    assert error.text == doubt == typed[error.start : error.end]
    assert error.sentence.endswith((".", "?"))
    wanted = [part.strip() for part in offers.split("|") if part.strip()] if "|" in offers else offers.split()
    offered = [suggestion.strip() for suggestion in error.suggestions]
    assert offered[: len(wanted)] == wanted
    assert bool(wanted) == bool(offered)


def test_what_is_not_understood_takes_nothing_with_it():
    assert told("ST36 zzz SP6 b 30m qqq LR3") == "ST36 LR; SP6 LR 30m; LR3 LR; ? zzz; ? qqq"
    assert placed("Points for 12 sessions (n = 30) in week 8: ST36 [12], SP6.") == expected("ST36 SP6")
    assert placed("B) BL25") == expected("BL25")
    assert told("PC6 at the transverse crease") == "PC6 LR; ? transverse; ? crease"


def test_the_default_side_is_that_of_points_without_one():
    assert placed("ST36 GV20 SP6 r LI4", "left") == [("ST36", "left"), ("GV20", "midline"), ("SP6", "right"), ("LI4", "left")]
    asked = read("ST36 GV20", CATALOGUE)
    assert [needle.point for needle in asked.needles] == ["GV20"]
    assert asked.errors[0].suggestions == ("ST36 l", "ST36 r", "ST36 b")


def test_a_prescription_that_asks_for_the_affected_side_waits_for_it():
    waiting = read("@ctslocal", CATALOGUE, NAMES, "both")
    assert not waiting.needles
    assert not waiting.adjuncts
    assert "affected" in waiting.errors[0].sentence
    assert placed("@ctslocal l; GB20 contra") == [("PC7", "left"), ("TE5", "left"), ("GB20", "right")]


def test_words_are_coloured_where_they_stand():
    text = "@dpn ST36 l 30m 1.5c + 0.25x40 ea 2 -SP6 zzz"
    found = [(text[word.start : word.end], word.kind) for word in read(text, CATALOGUE, NAMES, "both").words]
    assert found == [
        ("@dpn", "name"),
        ("ST36", "point"),
        ("l", "side"),
        ("30m", "minutes"),
        ("1.5c", "depth"),
        ("+", "technique"),
        ("0.25x40", "gauge"),
        ("ea 2", "adjunct"),
        ("-SP6", "off"),
        ("zzz", "unknown"),
    ]


PIECES = st.sampled_from(
    [
        *("ST36", "BL 31", "zusanli", "足三里", "Bafeng", "Jiaji", "L3", "S1", "GV20", "Heliao", "@dpn", "@ctslocal", "@nobody", "34", "7"),
        *("moxa", "cup 5m", "ea 2/100Hz", "l", "r", "b", "(B)", "contra", "ipsi", "30m", "9m", "1.5c", "0.5-1 cun", "0.25x40", "dq", "all"),
        *("no retention", "+", "-", "=", "*", "–", "·", ",", ";", "\n", "(", ")", "[", ".", "'", "×4", "x 8", "to", "and", "qq", "①"),
    ]
)
TYPED = st.one_of(st.text(max_size=60), st.builds("".join, st.lists(st.one_of(PIECES, st.sampled_from(["", " "])), max_size=14)))


@settings(max_examples=400)
@given(TYPED, st.sampled_from(["both", "left", "right", ""]))
def test_any_text_is_read_and_every_character_accounted_for(text, side):
    reading = read(text, CATALOGUE, NAMES, side)
    told_of = [False] * len(text)
    for stretch in (*reading.words, *reading.errors):
        assert 0 <= stretch.start < stretch.end <= len(text)
        for column in range(stretch.start, stretch.end):
            told_of[column] = True
    for error in reading.errors:
        assert error.text == text[error.start : error.end]
        assert error.sentence
    silent = [piece for piece in cut(plain(text)) if not all(told_of[piece.start : piece.end])]
    assert all(piece.kind in {"mark", "han"} or piece.key in FILLERS | ALL for piece in silent)
    assert len({(needle.point, needle.side) for needle in reading.needles}) == len(reading.needles)
    assert [error.start for error in reading.errors] == sorted(error.start for error in reading.errors)


@given(st.lists(st.sampled_from(CODES), unique=True, max_size=6))
def test_every_code_is_understood(codes):
    assert list(dict.fromkeys(needle.point for needle in read(" ".join(codes), CATALOGUE, side="both").needles)) == codes


def site(code, side):
    return Site(0, 0, 0, Side.MIDLINE if CATALOGUE[code].midline else side, "")


@st.composite
def needles(draw):
    made = {}
    for code in draw(st.lists(st.sampled_from(CODES), unique=True, max_size=8)):
        words = {
            "retention": draw(st.one_of(st.just(30), st.just(NO_RETENTION), st.integers(10, 60))),
            "technique": draw(st.sampled_from(Technique)),
            "angle": draw(st.sampled_from(Angle)),
            "de_qi": draw(st.sampled_from([None, True, False])),
        }
        if draw(st.booleans()):
            words |= {"depth": draw(st.sampled_from([0.3, 0.5, 1.0, 1.5])), "depth_unit": draw(st.sampled_from(["cun", "mm"]))}
            words |= {"depth_to": draw(st.sampled_from([None, 2.0, 2.5]))}
        if draw(st.booleans()):
            words |= {"gauge": draw(st.sampled_from([0.16, 0.25, 0.3, 1.0])), "length": draw(st.sampled_from([7.5, 13.0, 40.0]))}
        for side in draw(st.sampled_from([(Side.LEFT,), (Side.RIGHT,), (Side.LEFT, Side.RIGHT)])):
            needle = Needle("v", site(code, side), code, **words)
            made[code, needle.site.side] = needle
    return list(made.values())


@st.composite
def treatments(draw):
    placed_needles = draw(needles())
    minutes = st.one_of(st.none(), st.integers(1, 60))
    adjuncts = []
    if len(placed_needles) > 1:
        ids = [needle.id for needle in placed_needles]
        pair = st.permutations(ids).map(lambda order: (order[0], order[1]))
        for pairs in draw(st.lists(st.lists(pair, min_size=1, max_size=3, unique=True), max_size=2)):
            frequency = draw(st.sampled_from(["", "2", "2/100", "2.5"]))
            adjuncts.append(Adjunct("v", ELECTRO, frequency=frequency, minutes=draw(minutes), pairs=tuple(pairs)))
    for kind in draw(st.lists(st.sampled_from([MOXA, CUPPING, LAMP, GUA_SHA, TUINA, PRESS, SEEDS]), max_size=2)):
        codes = draw(st.lists(st.sampled_from(CODES), unique=True, max_size=3))
        adjuncts.append(Adjunct("v", kind, minutes=draw(minutes), spots=tuple(Spot(site(code, Side.LEFT), code) for code in codes)))
    return placed_needles, adjuncts


def said_of(needle):
    unit = None if needle.depth is None else needle.depth_unit
    technique, angle = needle.technique or None, needle.angle or None
    return Said(
        needle.retention, needle.depth, needle.depth_to, unit, technique, needle.de_qi, needle.gauge, needle.length, angle
    )  # fmt: skip


@settings(max_examples=200)
@given(treatments())
def test_what_is_written_reads_back_as_the_same(treatment):
    placed_needles, adjuncts = treatment
    line = write(placed_needles, adjuncts, CATALOGUE)
    reading = read(line, CATALOGUE)
    assert not reading.errors
    assert [(n.point, n.side, n.said) for n in reading.needles] == [(n.point, n.site.side, said_of(n)) for n in placed_needles]
    where = {needle.id: (needle.point, needle.site.side) for needle in placed_needles}
    done = [
        (a.kind, a.frequency, a.minutes, [(where[one], where[other]) for one, other in a.pairs], [(s.point, s.site.side) for s in a.spots])
        for a in adjuncts
    ]
    read_back = [(a.kind, a.frequency, a.minutes, list(a.pairs), [] if a.kind == ELECTRO else list(a.points)) for a in reading.adjuncts]
    assert sorted(map(repr, read_back)) == sorted(map(repr, done))
    assert "\n" not in line


def test_a_line_stays_short_where_all_needles_share_their_words():
    now = datetime(2026, 11, 22, tzinfo=UTC)
    made = [Needle("v", site(code, side), code, inserted=now) for code in ("ST36", "SP6", "GV20") for side in (Side.LEFT, Side.RIGHT)]
    bafeng = [Needle("v", site(p.code, side), p.code) for p in CATALOGUE if p.group == "EX-LE10" for side in (Side.LEFT, Side.RIGHT)]
    assert write(made[:5], [], CATALOGUE) == "ST36 SP6 GV20 b 30m"
    assert write(bafeng, [], CATALOGUE) == "EX-LE10 b 30m"
    assert write([], [Adjunct("v", MOXA, minutes=10)], CATALOGUE) == "moxa 10m"
    assert write([Needle("v", site("ST36", Side.LEFT))], [], CATALOGUE) == ""
