"""The body map: a repaint beside its background alone, and the time from a click to a needle that is painted and stored."""

from itertools import count, islice

import pytest
from PySide6.QtCore import QEvent, QPointF, QSettings, Qt
from PySide6.QtGui import QImage, QMouseEvent, QPainter
from PySide6.QtWidgets import QApplication

from neuro_chart.clinic.library import Library
from neuro_chart.clinic.needles import Needle, now
from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.visits import Visit
from neuro_chart.resources import resource
from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault
from neuro_chart.ui.body_map import BodyMap
from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.theme import apply_theme, load_fonts
from neuro_chart.ui.ticker import Ticker
from neuro_chart.ui.visit import VisitPage

REPAINT = "body map at 1200x900 with 40 needles (goal: at most 3 times its background)"


@pytest.fixture(scope="module")
def app():
    made = QApplication.instance() or QApplication([])
    load_fonts()
    apply_theme(made, "light")
    return made


@pytest.fixture(scope="module")
def library():
    return Library(resource())


@pytest.fixture(scope="module")
def body(app, library):
    shown = BodyMap(library.atlas, library.catalogue)
    shown.resize(1200, 900)
    sites = ((code, site) for code, sides in library.atlas.points.items() for site in sides.values())
    seen = ((code, site) for code, site in sites if library.atlas.views["front"].sees(site))
    needles = [Needle("v", site, code, inserted=now()) for code, site in islice(seen, 40)]
    assert len(needles) == 40
    shown.show_needles(needles, now())
    shown.select([needles[0].id])
    shown.show()
    app.processEvents()
    return shown


@pytest.mark.benchmark(group=REPAINT)
def test_background_alone(benchmark, body):
    image = QImage(body.size(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    ground = body._paint_ground()
    benchmark(lambda: painter.drawPixmap(0, 0, ground))
    painter.end()


@pytest.mark.benchmark(group=REPAINT)
def test_repaint(benchmark, body):
    image = QImage(body.size(), QImage.Format.Format_RGB32)
    benchmark(lambda: body.render(image))


@pytest.mark.benchmark(group="from click to a needle painted and stored (goal: median under 50 ms)")
def test_placing_a_needle(benchmark, app, library, practice_of, tmp_path):
    with Vault.open(practice_of(1), "bench") as vault:
        chart = OpenChart(Records(vault))
        patient = Patient("A", "B")
        chart.records.save_patient(patient)
        visit = Visit(patient.id, chart.records.practitioner().id)
        chart.records.start_visit(visit)
        settings = QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat)
        page = VisitPage(chart, library, settings, Ticker(chart, settings))
        page.resize(1290, 644)
        page.show()
        page.show_visit(visit.id)
        app.processEvents()
        page.map_card.both.setChecked(False)
        front = page.map._panels[0]
        chest = QPointF(*page.map.camera.to_widget(*front.to_sheet(front.crop.x + front.crop.width / 2, 520)))
        page.map.zoom_by(5, chest)
        app.processEvents()
        places = count()

        def place():
            number = next(places)
            x, y = chest.x() - 96 + 24 * (number % 8), chest.y() - 48 + 24 * (number // 8)
            for kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease):
                left = Qt.MouseButton.LeftButton
                event = QMouseEvent(kind, QPointF(x, y), page.map.mapToGlobal(QPointF(x, y)), left, left, Qt.KeyboardModifier.AltModifier)
                app.sendEvent(page.map, event)
            app.processEvents()

        benchmark.pedantic(place, rounds=40, iterations=1)
        assert len(chart.records.visit(visit.id).needles) == 40
        page.stack.clear()
        page.close()
