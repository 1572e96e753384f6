"""Eight hours at speed: 40 visits over four rooms, two practitioners in turns, locks, sleeps, clocks put on, back and over daylight saving.

A model of a few lines keeps what every clock and count should say; the record, the rooms and what a locked chart still shows must say the
same after each step. One day in the usual run; `NEURO_CHART_DAYS=50 pytest tests/journeys/test_eight_hours.py` lives through as many.
"""

import os
import random
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QSettings

from neuro_chart.clinic import clocks
from neuro_chart.clinic.library import Library
from neuro_chart.clinic.needles import Needle
from neuro_chart.clinic.people import Patient, Practitioner
from neuro_chart.clinic.treating import count_out, insert, leave_longer, pause, resume, take_out
from neuro_chart.clinic.visits import Visit
from neuro_chart.resources import ROOT
from neuro_chart.store.keys import Unlocked
from neuro_chart.store.vault import Vault
from neuro_chart.store.verify import verify
from neuro_chart.ui import sound, voice
from neuro_chart.ui.lock import Locked
from neuro_chart.ui.window import Window

DAYS = min(int(os.environ.get("NEURO_CHART_DAYS", "1")), 1000)
VISITS, ROOMS = 40, ("Room 1", "Room 2", "Room 3", "Room 4")
LIBRARY = Library(ROOT)
BEGIN = datetime(2026, 10, 24, 21, 0, tzinfo=UTC)  # in Zurich the clocks go back an hour four hours later
JUMPS = {"sleep": 2700, "put on": 3600, "put back": -3600, "a minute back": -60, "a day on": 86400, "a day back": -86400}


class Time(datetime):
    """The system's clock."""

    at = BEGIN

    @classmethod
    def now(cls, tz=None):
        return cls.at.astimezone(tz) if tz else cls.at.astimezone().replace(tzinfo=None)


@dataclass
class Model:
    """One needle as it should be: seconds only."""

    due: float  # when its time is up
    since: float | None = None  # when its clock was stopped
    out: bool = False
    counted: bool = True

    def left(self, moment):
        return self.due - (moment if self.since is None else self.since)


class House:
    """The practice: who sits at the chart, the visits under way, and the model of all their needles."""

    def __init__(self, path, passphrase, settings, chance):
        self.path, self.settings, self.chance = path, settings, chance
        first = Vault.open(path, passphrase)
        self.open(first)
        ben = Practitioner("Ben Ortiz")
        self.records.put_practitioner(ben)
        self.keys = [Unlocked(first.key, first.practitioner_id), Unlocked(first.key, ben.id)]
        self.patients = [Patient(f"Patient {number}", "Of the Day") for number in range(VISITS)]
        for patient in self.patients:
            self.records.save_patient(patient)
        self.model, self.visits, self.begun, self.signed_by = {}, {}, 0, {}
        self.locks = 0

    def open(self, vault):
        self.window = Window(vault, LIBRARY, self.settings)
        self.window.show()
        self.records, self.chart = self.window.chart.records, self.window.chart
        self.window.locked.connect(self.hear)

    def hear(self, locked):
        self.locked = locked

    @property
    def now(self):
        return Time.at.timestamp()

    def lock(self):
        """The chart goes, the rooms stay; somebody else unlocks after a while."""
        self.window.lock()
        kept = Locked.read(self.locked.written())
        for moment in (0, 61, 599):
            Time.at += timedelta(seconds=moment)
            self.check_locked(kept)
        self.close()
        self.locks += 1
        self.open(Vault.open_with_key(self.path, self.keys[self.locks % 2]))

    def close(self):
        self.window.close()
        self.window.deleteLater()

    def begin(self):
        """A patient into the first room that is free."""
        free = [room for room in ROOMS if room not in {visit.room for visit in self.visits.values()}]
        if not free or self.begun == VISITS:
            return
        visit = Visit(self.patients[self.begun].id, self.records.practitioner().id, room=free[0])
        self.begun += 1
        sites = list(LIBRARY.atlas.point_sites("ST36").values())
        for number in range(self.chance.randrange(2, 7)):
            visit.needles.append(Needle(visit.id, sites[number % 2], "ST36", retention=self.chance.choice((10, 20, 30)), position=number))
        self.chart.act(lambda: self.records.start_visit(visit))
        self.visits[visit.id] = visit
        self.model[visit.id] = {}

    def needles(self, visit_id):
        return self.records.visit(visit_id).needles

    def put(self, visit_id, needles):
        if needles:
            self.chart.act(lambda: self.records.treat(visit_id, needles))

    def step(self, visit_id):
        """What may be done next in a room, in the record and in the model."""
        needles, model = self.needles(visit_id), self.model[visit_id]
        moment = clocks.now()
        inside = [needle for needle in needles if needle.is_in]
        some = [needle for needle in inside if self.chance.random() < 0.6]
        act = self.chance.choice(("insert", "pause", "resume", "longer", "pull", "count", "sign"))
        if act == "insert":
            planned = [needle for needle in needles if needle.is_planned]
            self.put(visit_id, insert(planned, moment))
            model |= {needle.id: Model(self.now + needle.retention * 60) for needle in planned}
        elif act == "pause":
            self.put(visit_id, pause(some, moment))
            for needle in some:
                model[needle.id].since = self.now if model[needle.id].since is None else model[needle.id].since
        elif act == "resume":
            self.put(visit_id, resume(some, moment))
            self._go_on(model, some)
        elif act == "longer":
            some = [needle for needle in some if needle.retention <= 55]
            self.put(visit_id, leave_longer(some))
            for needle in some:
                model[needle.id].due += 300
        elif act == "pull":
            self.put(visit_id, take_out(some, moment, counted=False))
            self._go_on(model, some)
            for needle in some:
                model[needle.id].out, model[needle.id].counted = True, False
        elif act == "count":
            self.put(visit_id, count_out(needles))
            for each in model.values():
                each.counted = True
        elif len(model) == len(needles):
            self.sign(visit_id)

    def sign(self, visit_id):
        """Close a visit, if all of its needles are out and counted."""
        if all(each.out and each.counted for each in self.model[visit_id].values()):
            self.chart.act(lambda: self.records.sign(visit_id))
            self.signed_by[visit_id] = self.window.vault.practitioner_id
            self.check(visit_id)
            del self.visits[visit_id]

    def _go_on(self, model, needles):
        for each in (model[needle.id] for needle in needles):
            if each.since is not None:
                each.due += max(0, self.now - each.since)
                each.since = None

    def check(self, visit_id):
        """Every clock and the count as the model has them, in the record and in the room."""
        stored, model, moment = self.records.visit(visit_id), self.model[visit_id], clocks.now()
        count = stored.count
        inside = [each for each in model.values() if not each.out]
        assert count.planned == len(stored.needles) - len(model)
        assert (count.inside, count.out) == (len(inside), len(model) - len(inside))
        assert count.uncounted == sum(not each.counted for each in model.values())
        for needle in stored.needles:
            left = needle.clock.remaining(moment)
            told = model.get(needle.id)
            assert (left and left.total_seconds()) == (told.left(self.now) if told and not told.out else None) or left == timedelta()
        standing = next((each for each in self.window.ticker.visits if each.visit.id == visit_id), None)
        if inside and stored.signed is None:
            running = sorted(each.due for each in inside if each.since is None)
            assert standing is not None
            assert [end.timestamp() for end, _ in standing.ends] == running
            assert standing.late(moment) == sum(due <= self.now for due in running)

    def check_locked(self, locked):
        """A locked chart shows rooms and times only, and each room's next end as the model has it."""
        shown = {each.room: each.left(clocks.now()).total_seconds() for each in locked.rooms}
        for visit_id, visit in self.visits.items():
            inside = [each for each in self.model[visit_id].values() if not each.out]
            running = [each.due - self.now for each in inside if each.since is None]
            standing = [each.left(self.now) for each in inside]
            assert shown.get(visit.room) == (min(running) if running else min(standing, default=None))
        assert "Patient" not in locked.written()


@pytest.fixture
def in_zurich(monkeypatch):
    if not hasattr(time, "tzset"):
        pytest.skip("the zone of a process can't be chosen here")
    monkeypatch.setenv("TZ", "Europe/Zurich")
    time.tzset()
    monkeypatch.setattr(clocks, "datetime", Time)
    monkeypatch.setattr(Time, "at", BEGIN)
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("in_zurich", "qapp")
@pytest.mark.parametrize("seed", range(DAYS))
def test_not_one_clock_or_count_is_wrong(vault_path, passphrase, tmp_path, seed):
    kept = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    sound.turn(kept, on=False)
    voice.turn(kept, on=False)
    chance = random.Random(seed)  # noqa: S311
    house = House(vault_path, passphrase, kept, chance)
    steps, jumps = 0, dict.fromkeys(JUMPS, 0)
    try:
        while (Time.at < BEGIN + timedelta(hours=8) or house.visits or house.begun < VISITS) and steps < 4000:
            steps += 1
            house.begin()
            for visit_id in list(house.visits):
                house.step(visit_id)
            for visit_id in house.visits:
                house.check(visit_id)
            Time.at += timedelta(seconds=chance.randrange(20, 200))
            if chance.random() < 0.06:
                jump = chance.choice(list(JUMPS))
                jumps[jump] += 1
                Time.at += timedelta(seconds=JUMPS[jump])
            if chance.random() < 0.04:
                house.lock()
        assert (house.begun, house.visits) == (VISITS, {})
        assert house.locks >= 3
        assert sum(jumps.values()) >= 3
        house.window.lock()
    finally:
        house.close()
    with Vault.open(vault_path, passphrase) as vault:
        assert verify(vault).holds
        with vault.reader.connect() as connection:
            told = connection.exec_driver_sql("SELECT seq, at FROM trail ORDER BY seq").all()
            assert [seq for seq, _ in told] == list(range(told[0][0], told[0][0] + len(told))), "in the order in which it was done"
            assert [at for _, at in told] != sorted(at for _, at in told), "whatever the clock said"
            signed = connection.exec_driver_sql("SELECT id, signed_by FROM visit WHERE signed IS NOT NULL").all()
        assert dict(map(tuple, signed)) == house.signed_by
        assert len(set(house.signed_by.values())) == 2, "both have treated"
