"""The aftercare sheet of twelve needles with four drawings: the first of a process, its pictures still to be read, and every later one."""

from datetime import timedelta

import pytest

from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.library import Library
from neuro_chart.clinic.needles import Needle
from neuro_chart.clinic.people import Patient, Practice, Practitioner
from neuro_chart.clinic.visits import Aftercare, Visit
from neuro_chart.paper import figures, style
from neuro_chart.paper.aftercare import aftercare_sheet
from neuro_chart.resources import resource

pytestmark = pytest.mark.benchmark(group="aftercare sheet with drawings (goal: under 300 ms)")


@pytest.fixture
def sheet():
    library, patient, who = Library(resource()), Patient("Rosa", "Delgado"), Practitioner("Anna Weber")
    aftercare = Aftercare(24, ("calf-stretch", "heel-raises", "one-leg-stand", "mini-squats"), foot_care=True)
    visit = Visit(patient.id, who.id, aftercare=aftercare)
    for code in ("ST36", "GB39", "SP9", "SP6", "LR3", "GB41"):
        for site in library.atlas.point_sites(code).values():
            visit.needles.append(Needle(visit.id, site, code, inserted=now(), removed=now() + timedelta(minutes=30)))
    style.glyphs()
    return lambda: aftercare_sheet(Practice("Lindenhof"), who, patient, visit, library)


def test_first_sheet(benchmark, sheet):
    def forget() -> None:
        figures._tinted.cache_clear()
        figures._flattened.cache_clear()

    benchmark.pedantic(sheet, setup=forget, rounds=8)


def test_later_sheets(benchmark, sheet):
    sheet()
    benchmark(sheet)
