"""What the program costs while nobody touches it: nothing without a clock, and little with many."""

import time
from dataclasses import replace
from datetime import timedelta
from itertools import islice

import pytest
from PySide6.QtCore import QSettings

from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.library import Library
from neuro_chart.clinic.needles import Needle
from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.visits import Visit
from neuro_chart.resources import ROOT
from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault
from neuro_chart.ui import backing, sound, voice
from neuro_chart.ui.app import make_application
from neuro_chart.ui.window import Window

IDLE = 10
VISITS, CLOCKS = 8, 200


def sites_of(library, number):
    return list(islice(((code, site) for code in library.atlas.points for site in library.atlas.point_sites(code).values()), number))


def cpu(app, seconds):
    """The share of one core that the program takes while it idles."""
    start, used = time.monotonic(), time.process_time()
    while time.monotonic() - start < seconds:
        app.processEvents()
        time.sleep(0.02)
    return (time.process_time() - used) / seconds


def chart_visits(records, library, visits, clocks):
    """Visits with so many running clocks between them, some of them overdue."""
    records.save_practice(replace(records.practice(), rooms=tuple(f"Room {number}" for number in range(1, visits + 1))))
    made = []
    for number in range(visits):
        patient = Patient("Rosa", f"Delgado {number}")
        records.save_patient(patient)
        visit = Visit(patient.id, records.practitioner().id, room=f"Room {number + 1}")
        inserted = now() - timedelta(minutes=31 if number == 1 else 2 * number)
        visit.needles = [
            Needle(visit.id, site, code, inserted=inserted, position=at)
            for at, (code, site) in enumerate(sites_of(library, clocks // visits))
        ]
        records.start_visit(visit)
        made.append(visit)
    return made


@pytest.mark.parametrize(("visits", "clocks", "page"), [(1, 12, "hidden"), (VISITS, CLOCKS, "rooms"), (VISITS, CLOCKS, "visit")])
def test_idle_with_clocks_running(practice_of, tmp_path, visits, clocks, page):
    library = Library(ROOT)
    settings = QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat)
    sound.turn(settings, on=False)
    voice.turn(settings, on=False)
    backing.turn(settings, on=False)
    app = make_application(settings)
    with Vault.open(practice_of(1), "bench") as vault:
        made = chart_visits(Records(vault), library, visits, clocks)
        window = Window(vault, library, settings)
        window.resize(1366, 768)
        window.show()
        if page == "rooms":
            window.show_page("rooms")
        else:
            window.open_visit(made[0].patient_id, made[0].id)
        cpu(app, 2)
        if page == "hidden":
            window.hide()
        late = []
        window.ticker.ticked.connect(lambda moment: late.append(time.time() - moment.timestamp()))
        with_clocks = cpu(app, IDLE)
        window.ticker._timer.stop()
        more, latest = with_clocks - cpu(app, IDLE), max(late)
        print(f"\n{visits} visits, {clocks} clocks, page: {page}: {more:.2%} of one core more than with no clock at all (goal under 2 %);")
        print(f"{len(late)} ticks in {IDLE} s, the latest {latest * 1000:.0f} ms after its second (goal: none later than a second)")
        window.close()
        window.deleteLater()
