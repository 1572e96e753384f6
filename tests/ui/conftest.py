"""An open chart for the windows."""

from dataclasses import replace
from datetime import timedelta

import pytest

from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.needles import Needle, Side
from neuro_chart.clinic.people import Patient, Practitioner, Role
from neuro_chart.clinic.visits import Visit
from neuro_chart.ui.body_map import BodyMap
from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.theme import apply_theme
from neuro_chart.ui.ticker import Ticker
from neuro_chart.ui.visit import VisitPage


@pytest.fixture
def chart(records, qapp):  # its timers need an application
    return OpenChart(records)


@pytest.fixture
def rosa(records):
    patient = Patient("Rosa", "Delgado", phone="01632 960100")
    records.save_patient(patient)
    return patient


@pytest.fixture
def treat(records, library):
    """Charts a visit of some days ago: `treat(patient, days, points, minutes, signed=…, **note)`."""

    def charted(patient, days, points=("ST36", "SP6"), minutes=30, *, signed=True, **note):
        began = now() - timedelta(days=days)
        visit = Visit(patient.id, records.practitioner().id, started=began, **note)
        for code in points:
            for side in (Side.LEFT, Side.RIGHT):
                site = library.atlas.point_sites(code)[side]
                visit.needles.append(
                    Needle(
                        visit.id,
                        site,
                        code,
                        retention=minutes,
                        inserted=began,
                        removed=began + timedelta(minutes=minutes),
                        position=len(visit.needles),
                    )
                )
        records.start_visit(visit)
        if signed:
            records.sign(visit.id)
        return records.visit(visit.id)

    return charted


@pytest.fixture
def as_role(records):
    """Gives who is signed in another role: `as_role(Role.READER, window.chart.records)`; another owner stays."""

    def turned(role, through=records):
        through.put_practitioner(Practitioner("Dr Second Owner", role=Role.OWNER))
        through.put_practitioner(replace(through.practitioner(), role=role))

    return turned


@pytest.fixture
def look(qapp):
    """The program's own look, as far as no test before has put it on."""
    if not qapp.styleSheet():
        apply_theme(qapp, "light")


@pytest.fixture
def visit(chart, rosa):
    """A draft in which nothing is charted."""
    made = Visit(rosa.id, chart.records.practitioner().id)
    chart.act(lambda: chart.records.start_visit(made))
    return made


@pytest.fixture
def needled(chart, rosa, library):
    """A draft that began 28 minutes ago, with a needle in SP6 on either side."""
    began = now() - timedelta(minutes=28)
    made = Visit(rosa.id, chart.records.practitioner().id, started=began)
    made.needles = [
        Needle(made.id, site, "SP6", inserted=began, position=place) for place, site in enumerate(library.atlas.point_sites("SP6").values())
    ]
    chart.act(lambda: chart.records.start_visit(made))
    return made


@pytest.fixture
def page(chart, library, settings, visit, qtbot):
    """The page of that visit, shown and in front."""
    shown = VisitPage(chart, library, settings, Ticker(chart, settings))
    qtbot.addWidget(shown)
    shown.resize(1290, 644)
    shown.show()
    shown.show_visit(visit.id)
    shown.activateWindow()
    qtbot.waitUntil(shown.isActiveWindow)
    yield shown
    shown.treatment.stack.clear()


@pytest.fixture
def visiting(window, rosa):
    """The page of a patient's fresh visit, in the whole window."""
    begun = Visit(rosa.id, window.chart.records.practitioner().id)
    window.chart.records.start_visit(begun)
    window.open_visit(rosa.id, begun.id)
    return window.patient.findChild(VisitPage)


@pytest.fixture
def body(library, qtbot):
    """The body with nothing charted on it, shown."""
    made = BodyMap(library.atlas, library.catalogue)
    qtbot.addWidget(made)
    made.resize(620, 560)
    made.show()
    return made


@pytest.fixture
def stored(chart, visit):
    """Asks for that visit as it is stored: `stored()`."""
    return lambda: chart.records.visit(visit.id)
