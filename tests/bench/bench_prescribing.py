"""The prescription line of a patient with a year of visits: a key, Enter until needles are painted and stored, Enter until they count."""

from datetime import timedelta
from itertools import cycle

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.completing import complete, points_used
from neuro_chart.clinic.library import Library
from neuro_chart.clinic.needles import Needle
from neuro_chart.clinic.notation import read
from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.prescribing import Names
from neuro_chart.clinic.protocols import known
from neuro_chart.clinic.visits import Visit
from neuro_chart.resources import resource
from neuro_chart.store.vault import Vault
from neuro_chart.ui import backing, sound, voice
from neuro_chart.ui.theme import apply_theme, load_fonts
from neuro_chart.ui.visit import VisitPage
from neuro_chart.ui.window import Window

PRESCRIPTION = "ST36 GB39 SP9 SP6 LR3 GB41 b 30m"
POINTS = PRESCRIPTION.split()[:6]
EARLIER = 50
ROUNDS = 15
SETTLED = 200  # ms in which the map draws with care what was undone, so that it is not counted


@pytest.fixture(scope="module")
def app():
    made = QApplication.instance() or QApplication([])
    load_fonts()
    apply_theme(made, "light")
    return made


@pytest.fixture(scope="module")
def library():
    return Library(resource())


@pytest.fixture
def earlier(library):
    made = []
    for at in range(EARLIER):
        began = now() - timedelta(days=7 * (at + 1))
        visit = Visit("", "", started=began)
        sites = [(code, site) for code in POINTS for site in library.atlas.point_sites(code).values()]
        visit.needles = [Needle(visit.id, site, code, inserted=began, removed=began, position=n) for n, (code, site) in enumerate(sites)]
        made.append(visit)
    return made


@pytest.fixture
def page(app, library, earlier, practice_of, tmp_path):
    with Vault.open(practice_of(1), "bench") as vault:
        settings = QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat)
        sound.turn(settings, on=False)
        voice.turn(settings, on=False)
        backing.turn(settings, on=False)
        window = Window(vault, library, settings)
        window.resize(1366, 768)
        window.show()
        records = window.chart.records
        patient = Patient("A", "B")
        records.save_patient(patient)
        for visit in earlier:
            visit.patient_id, visit.practitioner_id = patient.id, records.practitioner().id
            records.start_visit(visit)
            records.sign(visit.id)
        window.open_patient(patient.id)
        window.patient.start_visit()
        app.processEvents()
        shown = window.patient.findChild(VisitPage)
        shown.add.line.setFocus()
        app.processEvents()
        yield shown
        window.close()


def enter(app, page):
    QTest.keyClick(page.add.line, Qt.Key.Key_Return)
    app.processEvents()


def begin_anew(page):
    while page.treatment.stack.canUndo():
        page.treatment.stack.undo()
    page.add.line.write(PRESCRIPTION)
    QTest.qWait(SETTLED)


@pytest.mark.benchmark(group="from Enter to 12 needles painted and stored (goal: median under 100 ms)")
def test_placing(benchmark, app, page):
    benchmark.pedantic(enter, args=(app, page), setup=lambda: begin_anew(page), rounds=ROUNDS, warmup_rounds=1)
    assert page.treatment.visit.count.planned == 12


@pytest.mark.benchmark(group="from Enter in the empty line to 12 clocks painted, stored and counting (goal: median under 100 ms)")
def test_inserting(benchmark, app, page):
    def placed():
        begin_anew(page)
        enter(app, page)
        QTest.qWait(SETTLED)

    benchmark.pedantic(enter, args=(app, page), setup=placed, rounds=ROUNDS, warmup_rounds=1)
    assert page.treatment.visit.count.inside == 12


@pytest.mark.benchmark(group="a key in the line: read, completed, coloured, its ghosts painted (completion's goal: 10 ms)")
def test_a_key(benchmark, app, page):
    begin_anew(page)
    page.add.clear()
    keys = cycle([*PRESCRIPTION.lower(), None])

    def key():
        letter = next(keys)
        if letter is None:
            page.add.clear()
        else:
            QTest.keyClicks(page.add.line, letter)
        app.processEvents()

    benchmark.pedantic(key, rounds=5 * (len(PRESCRIPTION) + 1), warmup_rounds=len(PRESCRIPTION) + 1)


@pytest.mark.benchmark(group="what a word may become (goal: 10 ms)")
@pytest.mark.parametrize("end", ["s", "st3", "san yin", "足", "@d"])
def test_completion(benchmark, library, earlier, end):
    names, used = Names.of(known(library.protocols, ()), earlier), points_used(earlier)
    text = f"GB39 SP9 {end}"
    words = read(text, library.catalogue).words
    assert benchmark(lambda: complete(text, words, library.catalogue, names, used))[1]
