"""A hostile day: acts in any order, from the visit page and from Rooms, while the clock jumps and the disk is full at times.

Whatever is done, no needle that went in leaves the count, what is stored is what is shown, a step back is exactly a step back, and the
clocks follow from what is stored. A few days in the usual run; NEURO_CHART_DAYS=200 tries as many.
"""

import os
import random
from datetime import datetime, timedelta

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest

from neuro_chart.clinic import clocks
from neuro_chart.clinic.adjuncts import ELECTRO, LAMP, SEEDS, Adjunct, joined
from neuro_chart.clinic.events import AdverseEvent, EventKind
from neuro_chart.clinic.library import Library
from neuro_chart.clinic.needles import Mishap
from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.rooms import Standing
from neuro_chart.clinic.visits import Visit
from neuro_chart.resources import ROOT
from neuro_chart.store.errors import WriteFailedError
from neuro_chart.store.vault import Vault
from neuro_chart.ui import backing, sound, voice
from neuro_chart.ui.visit import VisitPage
from neuro_chart.ui.window import Window

DAYS = int(os.environ.get("NEURO_CHART_DAYS", "3"))
POINTS = ("ST36", "SP6", "LR3", "LI4", "GV20", "BL23", "KI3", "BL60")
RETENTIONS = (0, 10, 30, 60)
LIBRARY = Library(ROOT)


class Time(datetime):
    """The system's clock, which a day may put forward or back."""

    ahead = timedelta()

    @classmethod
    def now(cls, tz=None):
        return datetime.now(tz) + cls.ahead


class Day:
    """The real window with two visits of one patient, and what a hand may do in them."""

    def __init__(self, path, passphrase, kept):
        self.path, self.passphrase, self.settings = path, passphrase, kept
        self.full = False
        self.open()
        patient = Patient("Rosa", "Delgado")
        self.records.save_patient(patient)
        self.patient = patient.id
        earlier = Visit(patient.id, self.records.practitioner().id, started=clocks.now() - timedelta(days=3))
        self.visits = [Visit(patient.id, self.records.practitioner().id, room=f"Room {number}") for number in (1, 2)]
        for visit in (earlier, *self.visits):
            self.window.chart.act(lambda visit=visit: self.records.start_visit(visit))
        self.turn_to(0)

    def open(self):
        self.window = Window(Vault.open(self.path, self.passphrase), LIBRARY, self.settings)
        self.window.show()
        self.chart, self.records = self.window.chart, self.window.chart.records
        treat = self.records.treat

        def tried(*parts, **written):
            if self.full:
                raise WriteFailedError("The disk is full.")
            return treat(*parts, **written)

        self.records.treat = tried

    def close(self):
        self.full = False
        self.chart.write_waiting()
        self.window.close()
        self.window.deleteLater()

    def turn_to(self, number):
        self.window.open_visit(self.patient, self.visits[number % 2].id)
        self.page = self.window.patient.findChild(VisitPage)
        self.treatment = self.page.treatment

    def hoped(self, visit_id):
        """A visit as it is stored, or will be."""
        return self.chart.hoped(self.records.visit(visit_id))

    def some(self, number):
        """Some of the needles, by the bits of a number."""
        return [needle.id for at, needle in enumerate(self.treatment.needles) if number >> at % 12 & 1]

    def room(self, number):
        """The other hand: a card in Rooms."""
        self.window.show_page("rooms")
        cards = sorted(self.window.rooms.cards)
        return cards[number % len(cards)] if cards else ""

    def adjunct(self, number):
        beside = self.treatment.visit.adjuncts
        return beside[number % len(beside)] if beside else None


def place(day, number):
    code = POINTS[number % len(POINTS)]
    site = next(iter(LIBRARY.atlas.point_sites(code).values()))
    day.treatment.place(site, code, both=bool(number & 1))


def write_line(day, number):
    line = day.page.add.line
    line.setPlainText(("st36 sp6 b 20m", "lr3 b ea 2hz", "* 25m", "-st36", "bafeng b no retention", "@last")[number % 6])
    if day.page.add.offers.isVisible():
        QTest.keyClick(line, Qt.Key.Key_Escape)  # what is offered is not meant
    QTest.keyClick(line, Qt.Key.Key_Return)


def retain(day, number):
    day.treatment.select(day.some(number))
    day.treatment.edit_selected("Change retention", {"retention": RETENTIONS[number % len(RETENTIONS)]})


def drag(day, number):
    code = POINTS[number % len(POINTS)]
    site = next(iter(LIBRARY.atlas.point_sites(code).values()))
    day.treatment.move((needle_id, site, code) for needle_id in day.some(number >> 3))


def delete(day, number):
    day.treatment.select(day.some(number))
    day.treatment.remove_selected()


def mirror(day, number):
    day.treatment.select(day.some(number))
    day.treatment.mirror_selected()


def add_adjunct(day, number):
    if day.treatment.draft:
        kind = (ELECTRO, LAMP, SEEDS)[number % 3]
        made = Adjunct(day.treatment.visit.id, kind, minutes=(10, None)[number >> 2 & 1])
        day.treatment.put_adjunct(joined(made, day.treatment.needles) if kind == ELECTRO else made)


def with_adjunct(act):
    return lambda day, number: (each := day.adjunct(number)) and act(day.treatment, each)


def happen(day, number):
    if day.treatment.draft:
        kind, where = list(EventKind)[number % len(EventKind)], next(iter(day.some(number)), "")
        day.treatment.record(AdverseEvent(day.treatment.visit.id, kind, clocks.now(), where))


ACTS = {
    "place": place,
    "line": write_line,
    "drag": drag,
    "mirror": mirror,
    "delete": delete,
    "retain": retain,
    "repeat": lambda day, _: day.treatment.repeat_last(),
    "confirm": lambda day, _: day.treatment.confirm(),
    "insert": lambda day, _: day.treatment.insert(),
    "insert some": lambda day, number: day.treatment.insert(day.some(number)),
    "insert next": lambda day, _: day.treatment.insert_next(),
    "pause": lambda day, number: day.treatment.pause(day.some(number)),
    "hold": lambda day, _: day.treatment.hold_or_resume(),
    "resume": lambda day, _: day.treatment.resume(),
    "restart clocks": lambda day, number: day.treatment.restart(day.some(number)),
    "longer": lambda day, number: day.treatment.leave_longer(day.some(number)),
    "replace": lambda day, number: day.treatment.replace_needles(day.some(number)),
    "mishap": lambda day, number: day.treatment.mark(day.some(number >> 3), list(Mishap)[number % 5]),
    "take out": lambda day, number: day.treatment.take_out(day.some(number)),
    "pull": lambda day, _: day.page.pull_all(),
    "count": lambda day, number: day.treatment.count_out(day.some(number)),
    "finish counting": lambda day, _: day.page.counting.finish(),
    "put back": lambda day, number: day.treatment.put_back(day.some(number)),
    "adjunct": add_adjunct,
    "step adjunct": with_adjunct(lambda treatment, each: treatment.step_adjunct(each.id)),
    "pause adjunct": with_adjunct(lambda treatment, each: treatment.pause_adjunct(each.id)),
    "take adjunct off": with_adjunct(lambda treatment, each: treatment.take_off("Take off", each.id)),
    "event": happen,
    "write": lambda day, number: day.treatment.draft and day.treatment.write("plan", f"Friday {number}", "Write"),
}
ELSEWHERE = {
    "insert in Rooms": lambda day, number: day.window.rooms.insert(day.room(number)),
    "longer in Rooms": lambda day, number: day.window.rooms.leave_longer(day.room(number)),
    "pull in Rooms": lambda day, number: day.window.rooms.pull(day.room(number)),
    "move in Rooms": lambda day, number: day.window.rooms.move_visit(day.room(number), f"Room {number % 4}"),
    "undo in Rooms": lambda day, number: (day.room(number), day.window.rooms.stack.undo()),
    "redo in Rooms": lambda day, number: (day.room(number), day.window.rooms.stack.redo()),
    "undo": lambda day, _: day.treatment.stack.undo(),
    "redo": lambda day, _: day.treatment.stack.redo(),
    "turn": lambda day, number: day.turn_to(number),
    "back to the visit": lambda day, _: day.window.show_page("patient"),
    "fill the disk": lambda day, _: setattr(day, "full", True),
    "free the disk": lambda day, _: (setattr(day, "full", False), day.chart.write_waiting()),
    "sign": lambda day, _: (day.page.left.show_signing(), day.page._sign("Left in with reason")),
}
JUMPS = (0, 0, 1, 59, 600, 4000, -1, -900, 40000)  # seconds by which the clock goes on, or back
BEGIN = ("line", "adjunct", "insert some", "step adjunct")


def steps_of(seed):
    """The acts of a day: some that begin a treatment, then any, each with a number to choose by and how far the clock jumps."""
    chance = random.Random(seed)  # noqa: S311
    names = [*BEGIN, *chance.choices([*ACTS, *ELSEWHERE], [3] * len(ACTS) + [2] * (len(ELSEWHERE) - 1) + [0.3], k=40)]
    return [(name, chance.randrange(4096), chance.choice(JUMPS)) for name in names]


def check_shown(day):
    """What is stored is what the page and Rooms show, and it can be counted."""
    moment = clocks.now()
    for visit in day.visits:
        stored = day.hoped(visit.id)
        counted = stored.count
        assert counted.planned + counted.inside + counted.out == len(stored.needles)
        assert counted.uncounted <= counted.out
        assert all(each.errors() == {} for each in (*stored.needles, *stored.adjuncts))
        for each in (*stored.needles, *stored.adjuncts):
            clock = each.clock
            if clock.is_paused:
                assert clock.remaining(moment) == clock.remaining(moment + timedelta(hours=1))
                assert clock.elapsed(moment) == clock.elapsed(moment + timedelta(hours=1))
        standing = next((each for each in day.window.ticker.visits if each.visit.id == visit.id), None)
        if stored.signed is None and not counted.is_even:
            assert standing is not None, "a room with a needle in it is in sight"
        if standing is not None:
            assert standing.visit == stored
            assert (standing.ends, standing.count) == (Standing(stored, standing.patient).ends, counted)
            if (card := day.window.rooms.cards.get(visit.id)) is not None and day.window.rooms.isVisible():
                assert card.count.text == str(counted.inside)
        if day.treatment.visit.id == visit.id:
            assert day.treatment.visit == stored
            rows = [needle.id for shown in day.page.needles.model.rows for needle in shown.needles]
            assert sorted(rows) == sorted(needle.id for needle in stored.needles)
            if counted.inside:
                assert day.page.needles.face.told.count == f"{counted.inside} in"
            walked = day.page.left.currentWidget() is day.page.counting
            assert (day.page.needles.count_out.isHidden()) == (not counted.uncounted or stored.signed is not None or walked)


def check_act(day, name, number):
    """Do one act: no needle is lost by it, and a step back and forth again leaves nothing else behind."""
    stack, before, place = day.treatment.stack, day.treatment.visit, day.treatment.stack.index()
    ACTS[name](day, number)
    after = day.hoped(before.id)
    needed = {needle.id for needle in before.needles if needle.inserted and not (needle.removed and needle.counted)}
    assert needed <= {needle.id for needle in after.needles if not needle.is_planned}
    if name == "pull" and before.signed is None:
        assert not after.count.inside, "whatever else, all needles can be pulled"
    check_shown(day)
    if stack.index() == place + 1:
        for step, visit in ((stack.undo, before), (stack.redo, after)):
            step()
            assert day.hoped(before.id) == visit
            check_shown(day)


def check_restart(day):
    """The program starts anew in the middle of it all: everything is there, and every clock has as much time left."""
    day.full = False
    assert day.chart.write_waiting()
    check_shown(day)
    before, moment = [day.records.visit(visit.id) for visit in day.visits], clocks.now()
    day.close()
    day.open()
    day.turn_to(0)
    for was, visit in zip(before, day.visits, strict=True):
        stored = day.records.visit(visit.id)
        assert stored == was
        assert [each.clock.remaining(moment) for each in stored.needles] == [each.clock.remaining(moment) for each in was.needles]
    check_shown(day)


@pytest.fixture
def moving_clock(monkeypatch):
    monkeypatch.setattr(clocks, "datetime", Time)
    monkeypatch.setattr(Time, "ahead", timedelta())


@pytest.mark.usefixtures("moving_clock", "qapp")
@pytest.mark.parametrize("seed", range(DAYS))
def test_no_needle_is_lost_and_each_step_back_is_exact(vault_path, passphrase, tmp_path, seed):
    kept = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    sound.turn(kept, on=False)
    voice.turn(kept, on=False)
    backing.turn(kept, on=False)
    day = Day(vault_path, passphrase, kept)
    try:
        for name, number, seconds in steps_of(seed):
            Time.ahead += timedelta(seconds=seconds)
            if name in ACTS:
                check_act(day, name, number)
            else:
                ELSEWHERE[name](day, number)
                check_shown(day)
        check_restart(day)
    finally:
        day.close()
