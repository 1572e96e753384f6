"""The machine's clock is put back or on, the season or the zone changes between two sittings, and under a chart that nobody is at.

The order of the trail, the seals and the check hold; what went back is told at unlock and in the trail, and nothing else is; the chart
locks by the clock that nobody sets. Every fourth trial in the usual run; all of them by
`NEURO_CHART_CLOCKS=1 pytest tests/journeys/test_clock_changes.py`.
"""

import os
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from neuro_chart.clinic import clocks
from neuro_chart.clinic.people import Patient, Practice, Practitioner
from neuro_chart.clinic.trail import Deed, set_back
from neuro_chart.clinic.visits import Amendment, Visit
from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault
from neuro_chart.store.verify import verify
from neuro_chart.ui import sitting
from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.idle import SLEPT, Idle

EVERY = 1 if os.environ.get("NEURO_CHART_CLOCKS") else 4
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
BACK = (365 * 86400, 30 * 86400, 86400, 43200, 7200, 3600, 900, 301, 299, 240, 61, 60, 30)  # seconds
ON = (30, 3600, 86400, 365 * 86400)
ZURICH, NEW_YORK, LORD_HOWE = "Europe/Zurich", "America/New_York", "Australia/Lord_Howe"


@dataclass(frozen=True)
class Trial:
    """What happens between two sittings: so many seconds on the clock, and another zone."""

    jump: int = 0
    zone: str = ZURICH
    then: str = ""
    at: datetime = NOON


ALL = [
    *(Trial(-seconds) for seconds in BACK),
    *(Trial(seconds) for seconds in ON),
    *(Trial(60, zone, then) for zone, then in ((ZURICH, NEW_YORK), (NEW_YORK, ZURICH), ("Pacific/Kiritimati", "Pacific/Pago_Pago"))),
    Trial(3600, ZURICH, at=datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # 02:30, and an hour later 02:30 once more
    Trial(3600, ZURICH, at=datetime(2026, 3, 29, 0, 30, tzinfo=UTC)),
    Trial(3600, NEW_YORK, at=datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
    Trial(1800, LORD_HOWE, at=datetime(2026, 4, 4, 14, 45, tzinfo=UTC)),
    Trial(-86400, LORD_HOWE, NEW_YORK),
]
TRIALS = ALL[::EVERY]


class Time(datetime):
    """The system's clock."""

    at = NOON

    @classmethod
    def now(cls, tz=None):
        return cls.at.astimezone(tz)


@pytest.fixture
def set_clock(monkeypatch):
    """Sets the system's clock and zone: `set_clock(moment, zone)`."""
    if not hasattr(time, "tzset"):
        pytest.skip("the zone of a process can't be chosen here")
    monkeypatch.setattr(clocks, "datetime", Time)

    def chosen(moment, zone):
        monkeypatch.setattr(Time, "at", moment)
        monkeypatch.setenv("TZ", zone)
        time.tzset()

    yield chosen
    monkeypatch.undo()
    time.tzset()


def treat(chart, patient):
    """A visit from its beginning to its signature."""
    visit = Visit(patient.id, chart.records.practitioner().id, clocks.now(), plan="Again on Friday")
    chart.act(lambda: chart.records.start_visit(visit))
    chart.act(lambda: chart.records.sign(visit.id))
    return visit


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: f"{trial.jump} s, {trial.zone}, {trial.then}")
def test_the_order_and_the_seals_hold_and_what_went_back_is_told(tmp_path, passphrase, cheap_kdf, settings, set_clock, trial):
    set_clock(trial.at, trial.zone)
    vault_path = tmp_path / "clinic.vault"
    with Vault.create(vault_path, passphrase, Practice("Riverside Acupuncture"), Practitioner("Dr Mei Lindqvist"), kdf=cheap_kdf) as vault:
        chart = OpenChart(Records(vault))
        assert sitting.begin(chart, vault, settings) == ""
        patient = Patient("Rosa", "Delgado")
        chart.act(lambda: chart.records.save_patient(patient))
        first = treat(chart, patient)
        assert sitting.end(chart, Deed.CLOSED)

    set_clock(trial.at + timedelta(seconds=trial.jump), trial.then or trial.zone)
    with Vault.open(vault_path, passphrase) as vault:
        chart = OpenChart(Records(vault))
        said = sitting.begin(chart, vault, settings)
        assert said.startswith("This machine's clock reads") is (trial.jump < -300)
        assert said.endswith("Check the date and time before you chart or sign.") is (trial.jump < -300)
        chart.act(lambda: chart.records.amend(Amendment(first.id, vault.practitioner_id, "Slept well", "Told later", clocks.now())))
        second = treat(chart, patient)
        assert sitting.end(chart, Deed.LOCKED)

        entries = chart.records.trail()
        assert [(entry.deed, entry.visit_id) for entry in reversed(entries)] == [
            (Deed.ADDED, ""), (Deed.SIGNED_IN, ""), (Deed.ADDED, ""), (Deed.ADDED, first.id), (Deed.SIGNED, first.id), (Deed.CLOSED, ""),
            (Deed.SIGNED_IN, ""), (Deed.AMENDED, first.id), (Deed.ADDED, second.id), (Deed.SIGNED, second.id), (Deed.LOCKED, ""),
        ]  # fmt: skip
        assert [entry.seq for entry in entries] == sorted((entry.seq for entry in entries), reverse=True)
        came_back = entries[4].seq
        assert list(set_back(entries)) == ([came_back] if trial.jump < -60 else [])
        assert verify(vault).problems == ()


class Clocks:
    """The clock that nobody sets, and the one on the wall that the trial sets."""

    def __init__(self):
        self.steady, self.set_by = 1000.0, 0.0

    @property
    def wall(self):
        return NOON.timestamp() + self.steady + self.set_by


@pytest.mark.parametrize("jump", [-365 * 86400, -86400, -3600, -60, 0, SLEPT, SLEPT + 1, 3600], ids=str)
def test_it_locks_by_the_clock_that_nobody_sets(qapp, settings, jump):
    """Put back it locks no later, and put on at once, as after a sleep."""
    told, gone = Clocks(), []
    idle = Idle(settings, qapp, lambda: told.steady, lambda: told.wall)
    idle.gone.connect(lambda: gone.append(told.steady))
    for second in range(1, 301):
        told.steady += 1
        told.set_by = float(jump) if second > 100 else 0.0
        idle.look()
        if gone:
            break
    idle.stop()
    assert gone == [1101.0 if jump > SLEPT else 1300.0]


def test_what_the_clock_reads_is_said_over_the_page(request, vault):
    Records(vault, now=lambda: clocks.now() + timedelta(days=365)).log(Deed.VERIFIED)
    window = request.getfixturevalue("window")
    assert window.notice.text.startswith("This machine's clock reads")
    assert str(clocks.now().year + 1) in window.notice.text


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("at", ["yesterday", "9999-12-31T23:59:59.999999Z"])
def test_an_end_of_the_trail_at_no_time_keeps_nobody_out(vault, settings, at):
    with closing(vault.engine.raw_connection()) as connection:
        connection.cursor().execute("DROP TRIGGER head_kept")
        connection.cursor().execute("UPDATE head SET at = ? WHERE name = 'trail'", (at,))
    assert sitting.begin(OpenChart(Records(vault)), vault, settings) == ""
    assert Records(vault).trail(limit=1)[0].deed is Deed.SIGNED_IN
