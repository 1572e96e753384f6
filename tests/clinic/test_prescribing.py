"""What a line of shorthand does to a visit."""

from dataclasses import replace

import pytest

from neuro_chart.clinic.adjuncts import ELECTRO, MOXA, Adjunct
from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.completing import complete, points_used
from neuro_chart.clinic.needles import Mishap, Needle, Side, Technique
from neuro_chart.clinic.notation import read, write
from neuro_chart.clinic.prescribing import Names, Prescribing, repeated
from neuro_chart.clinic.protocols import Protocol
from neuro_chart.clinic.visits import Visit

L, R, M = Side.LEFT, Side.RIGHT, Side.MIDLINE


@pytest.fixture
def visit():
    return Visit("p", "me")


@pytest.fixture
def do(library):
    """What a line does to a visit: `do(visit, text)`; `after(visit, effect)` is the visit then."""

    def done(visit, text, names=None, side="both", retention=30):
        names = names or Names({}, {})
        reading = read(text, library.catalogue, names.lines, side)
        return Prescribing(text, reading, visit, library.atlas, names=names, retention=retention).effect()

    return done


@pytest.fixture
def needled(library):
    """A visit with needles at points: `needled("ST36", "SP6", inserted=…)`."""

    def made(*codes, **said):
        visit = Visit("p", "me")
        for code in codes:
            for site in library.atlas.point_sites(code).values():
                visit.needles.append(replace(Needle(visit.id, site, code, position=len(visit.needles)), **said))
        return visit

    return made


def after(visit, effect):
    put = {part.id: part for part in effect.put}
    needles = [put.pop(needle.id, needle) for needle in visit.needles if needle.id not in effect.off]
    adjuncts = [put.pop(adjunct.id, adjunct) for adjunct in visit.adjuncts]
    needles += [part for part in put.values() if isinstance(part, Needle)]
    return replace(visit, needles=needles, adjuncts=adjuncts + [part for part in put.values() if isinstance(part, Adjunct)])


def places(effect):
    return [(part.point, part.site.side) for part in effect.put if isinstance(part, Needle)]


def test_needles_get_what_is_said_and_the_usual_where_nothing_is(visit, do):
    effect = do(visit, "ST36 l 25m 1-1.5c + dq 0.25x40 SP6 r", retention=20)
    first, second = effect.put
    assert (first.retention, first.depth, first.depth_to, first.depth_unit) == (25, 1, 1.5, "cun")
    assert (first.technique, first.de_qi, first.gauge, first.length) == (Technique.TONIFY, True, 0.25, 40)
    assert (second.point, second.site.side, second.retention, second.depth) == ("SP6", R, 20, None)
    assert [needle.position for needle in effect.put] == [0, 1]
    assert not effect.misread
    assert not effect.rest


def test_a_point_that_is_charted_is_changed_and_not_doubled(needled, do):
    visit = needled("ST36", depth=1.0, depth_to=1.5)
    effect = do(visit, "ST36 l 0.5c 15m")
    (changed,) = effect.put
    assert changed.id == visit.needles[0].id
    assert (changed.depth, changed.depth_to, changed.retention) == (0.5, None, 15)
    assert not effect.fresh(visit)
    assert effect.named == (changed.id,)


def test_a_point_that_came_out_is_needled_anew(needled, do):
    visit = needled("CV4", inserted=now(), removed=now())
    assert places(do(visit, "CV4")) == [("CV4", M)]


def test_points_are_taken_off_but_never_one_that_is_in(needled, do):
    visit = needled("ST36", "SP6")
    effect = do(visit, "-ST36")
    assert set(effect.off) == {needle.id for needle in visit.needles if needle.point == "ST36"}
    assert len(do(visit, "-ST36 l").off) == 1
    visit.needles[0].inserted = now()
    refused = do(visit, "-ST36 KI3")
    assert not refused.off
    assert refused.rest == "-ST36"
    assert "ST36 is in" in refused.misread[0].sentence
    assert places(refused) == [("KI3", L), ("KI3", R)]
    assert "not charted" in do(visit, "-LR3").misread[0].sentence


def test_a_star_changes_all_that_are_there(needled, do):
    visit = needled("ST36", "SP6")
    visit.needles[3].removed = visit.needles[3].inserted = now()
    effect = do(visit, "* 25m")
    assert {(needle.id, needle.retention) for needle in effect.put} == {(needle.id, 25) for needle in visit.needles[:3]}


def test_what_is_not_understood_stays_with_what_was_said_of_it(visit, do):
    effect = do(visit, "ST36 zz9 SP6 b 25m")
    assert {needle.retention for needle in effect.put} == {25}
    assert effect.rest == "zz9 b 25m"
    assert do(visit, "ST36 l zz9 1.5c SP6 r").rest == "zz9 1.5c"
    assert do(visit, "zz9").rest == "zz9"


def test_a_minute_that_no_needle_may_stay_is_refused_where_it_stands(visit, do):
    effect = do(visit, "ST36 KI3 90m")
    assert "60 minutes" in effect.misread[0].sentence
    assert "90m" in effect.rest


def test_without_a_side_the_line_asks(visit, do):
    effect = do(visit, "ST36 CV4", side="")
    assert places(effect) == [("CV4", M)]
    assert effect.rest == "ST36"


def test_current_joins_needles_by_their_ids(visit, needled, do):
    effect = do(visit, "ST36 GB39 ea 2/100 b 20m")
    ids = {(part.point, part.site.side): part.id for part in effect.put if isinstance(part, Needle)}
    (current,) = (part for part in effect.put if isinstance(part, Adjunct))
    assert (current.kind, current.frequency) == (ELECTRO, "2/100")
    assert set(map(frozenset, current.pairs)) == {frozenset((ids["ST36", side], ids["GB39", side])) for side in (L, R)}
    there = after(visit, effect)
    (again,) = do(there, "ST36 GB39 ea 4").put
    assert (again.id, again.frequency, again.pairs) == (current.id, "4", current.pairs)


def test_two_pairs_of_one_current_are_one_adjunct_with_one_clock(visit, do):
    effect = do(visit, "ST36 GB39 ea 2/100 SP6 LR3 ea 2/100")
    (current,) = (part for part in effect.put if isinstance(part, Adjunct))
    assert len(current.pairs) == 4
    both = [part for part in do(visit, "ST36 GB39 ea 2/100, CV4 moxa").put if isinstance(part, Adjunct)]
    assert [adjunct.position for adjunct in both] == [0, 1]


def test_moxa_gets_the_place_of_its_point(visit, library, do):
    (moxa,) = (part for part in do(visit, "CV4 moxa 15m").put if isinstance(part, Adjunct))
    assert moxa.kind == MOXA
    assert [(spot.point, spot.site) for spot in moxa.spots] == [("CV4", library.atlas.point_sites("CV4")[M])]


def test_a_protocol_gives_the_session_whose_turn_it_is_and_its_minutes(visit, do):
    protocol = Protocol("turns", "Turns", ("ST36 b", "SP6 b"), retention=40)
    first = Names.of({"turns": protocol}, [])
    assert {code for code, _ in places(do(visit, "@turns", first))} == {"ST36"}
    earlier = [Visit("p", "me"), Visit("p", "me", protocol="turns", session=0)]
    effect = do(visit, "@turns CV4", Names.of({"turns": protocol}, earlier))
    assert [(n.point, n.retention) for n in effect.put] == [("SP6", 40), ("SP6", 40), ("CV4", 30)]
    assert (effect.protocol, effect.session) == ("turns", 1)
    assert {n.retention for n in do(visit, "@turns 20m", first).put} == {20}
    assert Names.of({"turns": replace(protocol, key="Turns")}, [Visit("p", "me", protocol="Turns", session=1)]).sessions == {"turns": 0}


def test_the_last_visits_line_places_it_again_and_marks_it_as_copied(visit, needled, library, do):
    last = needled("ST36", "SP6", depth=1.0, retention=25)
    names = Names.of({}, [last], write(last.needles, last.adjuncts, library.catalogue))
    effect = do(visit, "@last KI3", names)
    assert {(n.point, n.depth, n.retention, n.copied) for n in effect.put} == {
        ("ST36", 1.0, 25, True), ("SP6", 1.0, 25, True), ("KI3", None, 30, False),
    }  # fmt: skip
    assert not effect.protocol


def test_repeating_takes_one_needle_a_place_and_what_was_done_beside_them(needled):
    last = needled("ST36", "SP6", depth=1.0, inserted=now(), removed=now())
    last.needles.append(replace(last.needles[0], id="bent", mishap=Mishap.BENT, position=9))
    last.adjuncts = [
        Adjunct(last.id, ELECTRO, frequency="2", pairs=((last.needles[0].id, last.needles[2].id),), started=now(), ended=now())
    ]
    visit = needled("SP6")
    *needles, current = repeated(visit, last)
    assert [(n.point, n.site.side, n.depth, n.inserted, n.copied) for n in needles] == [
        ("ST36", L, 1.0, None, True),
        ("ST36", R, 1.0, None, True),
    ]
    assert current.pairs == ((needles[0].id, visit.needles[0].id),)
    assert (current.started, current.copied) == (None, True)
    assert not repeated(visit, last, ("plan",))


def test_the_patients_own_points_come_first_among_what_a_word_may_become(library, needled):
    used = points_used([needled("ST44"), needled("ST44", "ST40"), needled("SP6")])
    names = Names.of({"dpn": Protocol("dpn", "Diabetic neuropathy", ("ST36",))}, [], "ST36 l")

    def offered(text):
        start, found = complete(text, read(text, library.catalogue).words, library.catalogue, names, used)
        return start, [each.word for each in found]

    start, words = offered("KI3 ST4")
    assert start == 4
    assert words[:2] == ["ST44", "ST40"]
    assert "ST4" not in words
    assert offered("zusan")[1][0] == "ST36"
    assert offered("KI3 san yin j") == (4, ["SP6"])
    assert offered("足三")[1] == ["ST36"]
    assert offered("LR3 @d") == (4, ["@dpn"])
    assert offered("@neuro") == (0, ["@dpn"])
    assert offered("@") == (0, ["@last", "@dpn"])
    assert offered("ST36 30m")[1] == []
    assert offered("ST36 ")[1] == []
