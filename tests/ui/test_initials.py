"""Privacy: with one key nobody who looks at the screen reads a name, wherever one stands."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QPushButton, QTableView

from neuro_chart.clinic.people import Patient
from neuro_chart.ui import privacy
from neuro_chart.ui.palette import Palette


def shown(widget):
    """Every word that stands there, read by the eye or by a screen reader."""
    words = [widget.windowTitle()]
    for each in (*widget.findChildren(QLabel), *widget.findChildren(QPushButton), *widget.findChildren(QLineEdit)):
        words += [each.text(), each.accessibleName()] if each.isVisible() else []
    words += [each.toPlainText() for each in widget.findChildren(QPlainTextEdit) if each.isVisible()]
    for table in widget.findChildren(QTableView):
        model = table.model()
        if table.isVisible():
            words += [str(model.index(r, c).data()) for r in range(model.rowCount()) for c in range(model.columnCount())]
    return "\n".join(words)


@pytest.fixture
def ximena(records, treat):
    patient = Patient("Ximena", "Quispe", "Xime", phone="01632 960777")
    records.save_patient(patient)
    treat(patient, 7, subjective="Burning soles")
    treat(patient, 0, signed=False)
    return patient


@pytest.mark.parametrize("page", ["today", "patients", "rooms", "find", "patient"])
def test_no_page_says_the_name(qtbot, ximena, window, page):
    window.ticker.reload()
    window.open_patient(ximena.id)
    window.show_page(page)
    if page == "find":
        window.notes.line.setText("burning")
        window.notes.search()
        assert "Ximena Quispe" in window.notes.list.item(0).text()
    window._turn_names()

    def words():
        item = window.notes.list.item(0) if page == "find" else None
        return shown(window) + (f"{item.text()} {item.data(Qt.ItemDataRole.AccessibleTextRole)}" if item else "")

    qtbot.waitUntil(lambda: not any(secret in words() for secret in ("Ximena", "Quispe", "960777", "Xime")))
    assert "XQ" in words()
    window._turn_names()
    qtbot.waitUntil(lambda: "Ximena" in words())


def test_the_palette_finds_a_name_and_shows_initials(ximena, window, library):
    privacy.turn(window._settings, on=True)
    palette = Palette([], window.chart, library, window._settings, window)
    palette.line.setText("quispe")
    assert [palette.list.item(at).text() for at in range(palette.list.count())] == ["XQ"]
    palette.close()
