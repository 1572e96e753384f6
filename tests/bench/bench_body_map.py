"""The body map: repainted, panned and zoomed beside its background alone; its first sight; from a click to a needle that is stored."""

from itertools import count, cycle, islice

import pytest
from PySide6.QtCore import QEvent, QPointF, QSettings, Qt
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPixmap
from PySide6.QtWidgets import QApplication

from neuro_chart.clinic.body import Atlas
from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.library import Library
from neuro_chart.clinic.needles import Needle
from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.visits import Visit
from neuro_chart.resources import resource
from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault
from neuro_chart.ui.body_map import BodyMap
from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.map_layers import Layers
from neuro_chart.ui.theme import apply_theme, load_fonts
from neuro_chart.ui.ticker import Ticker
from neuro_chart.ui.visit import VisitPage

REPAINT = "body map at 1200x900 with 40 needles (goal: at most 3 times its background)"
MOVE = "body map at 1200x900, a frame of pan or zoom with all points shown (goal: 12 ms), beside its background enlarged"
LOADED = "the first view loaded: atlas, lookup, lines and picture (goal: 60 ms), beside its picture read"
FIRST = "first sight of the body: atlas loaded and a sheet of two views painted, beside its two pictures read"
NEAREST = "the point nearest to a pixel (goal: 1 ms)"
WORDS = "the words of a place, as the pointer rests on it"
GHOSTS = "ghosts of a prescription of 24 needles shown on the sheet of eight views of the feet (goal: 3 ms)"
ALL_POINTS = 3.0  # times the whole body: every point has its dot and a name where there is room


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
    shown.settle()
    return shown


@pytest.fixture
def image(body):
    return QImage(body.size(), QImage.Format.Format_RGB32)


def near(body):
    """Look at the chest, at rest."""
    panel = body.panels[0]
    body.zoom_by(ALL_POINTS, QPointF(*body.camera.frame(panel.box)[:2]) + QPointF(200, 250))
    body.settle()
    body.grab()


@pytest.mark.benchmark(group=REPAINT)
def test_background_alone(benchmark, body, image):
    painter = QPainter(image)
    ground = body.grab()
    benchmark(lambda: painter.drawPixmap(0, 0, ground))
    painter.end()


@pytest.mark.benchmark(group=REPAINT)
def test_repaint(benchmark, body, image):
    benchmark(lambda: body.render(image))


@pytest.mark.benchmark(group=MOVE)
def test_background_enlarged(benchmark, body, image):
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.scale(1.02, 1.02)
    ground = body.grab()
    benchmark(lambda: painter.drawPixmap(0, 0, ground))
    painter.end()


@pytest.mark.benchmark(group=MOVE)
@pytest.mark.parametrize("layers", [Layers(), Layers(names=True, landmarks=True, field="regions")], ids=["usual", "every-layer"])
def test_pan(benchmark, body, image, layers):
    body.show_layers(layers)
    near(body)
    ways = cycle([(9, 5)] * 10 + [(-9, -5)] * 10)
    benchmark(lambda: (body.pan_by(*next(ways)), body.render(image)))


@pytest.mark.benchmark(group=MOVE)
@pytest.mark.parametrize("layers", [Layers(), Layers(names=True, landmarks=True, field="regions")], ids=["usual", "every-layer"])
@pytest.mark.parametrize("start", ["whole", "near"])
def test_zoom(benchmark, body, image, layers, start):
    body.show_layers(layers)
    if start == "near":
        near(body)
    ways = cycle([1.03] * 8 + [1 / 1.03] * 8)
    benchmark(lambda: (body.zoom_by(next(ways), QPointF(400, 400)), body.render(image)))


@pytest.mark.benchmark(group=GHOSTS)
def test_ghosts(benchmark, body, library, image):
    body.show_sheet("feet")
    body.settle()
    codes = ("ST36", "SP6", "LR3", "GB41", "SP9", "KI3", "GB34", "GB39", "ST44", "LR2", "BL60", "LI4")
    places = [(site, code) for code in codes for site in library.atlas.point_sites(code).values()]
    typed = cycle([*range(1, len(places) + 1)])

    def type_on():
        body.show_ghosts(tuple(places[: next(typed)]))
        body.unseen_ghosts()
        body.render(image)

    benchmark(type_on)


@pytest.mark.benchmark(group=LOADED)
def test_picture_alone(benchmark, app, library):
    benchmark.pedantic(lambda: QPixmap(str(library.atlas.views["front"].image_path)), rounds=12)


@pytest.mark.benchmark(group=LOADED)
def test_first_view_loaded(benchmark, app):
    def load():
        view = Atlas.load(resource("atlas")).views["front"]
        assert view.site_at(view.size[0] / 2, view.size[1] / 2)
        return view.drawing.silhouette, view.drawing.outline, QPixmap(str(view.image_path))

    benchmark.pedantic(load, rounds=12)


@pytest.mark.benchmark(group=FIRST)
def test_pictures_alone(benchmark, app, library):
    paths = [str(library.atlas.views[name].image_path) for name in ("front", "back")]
    benchmark.pedantic(lambda: [QPixmap(path) for path in paths], rounds=12)


@pytest.mark.benchmark(group=FIRST)
def test_first_sight(benchmark, app, library):
    catalogue, shown = library.catalogue, []

    def look():
        made = BodyMap(Atlas.load(resource("atlas")), catalogue)
        made.resize(1200, 900)
        made.render(QImage(made.size(), QImage.Format.Format_RGB32))
        shown.append(made)  # so that its end is not counted

    benchmark.pedantic(look, rounds=12)


@pytest.mark.benchmark(group=NEAREST)
def test_nearest_point(benchmark, library):
    front = library.atlas.views["front"]
    library.atlas.shown_points(front)
    x, y = front.size[0] * 0.56, front.size[1] * 0.35
    assert benchmark(lambda: library.atlas.nearest_point(front, x, y, 40))


@pytest.mark.benchmark(group=WORDS)
def test_words_of_a_place(benchmark, library):
    front = library.atlas.views["front"]
    site = front.site_at(front.size[0] * 0.56, front.size[1] * 0.35)
    assert benchmark(lambda: (library.atlas.describe(site), library.atlas.fields_of(site)))


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
        page.add.both.setChecked(False)
        front = page.map.panels[0]
        chest = QPointF(*page.map.camera.to_widget(*front.to_sheet(front.crop.x + front.crop.width / 2, 0.28 * front.view.size[1])))
        page.map.zoom_by(5, chest)
        page.map.settle()
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
        page.treatment.stack.clear()
        page.close()
