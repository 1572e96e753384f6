"""A day has many patients: what was shown of one is gone once the next is shown."""

from collections import Counter

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from neuro_chart.clinic.people import Patient
from neuro_chart.ui.health_history import HealthHistoryPage


def widgets():
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return Counter(f"{type(each).__name__} {'' if each.parent() else 'of nothing'}" for each in QApplication.allWidgets())


@pytest.fixture
def see(window, records):
    """A patient from the first tab to the last: a health history turned over, a visit begun and left."""

    def one(number):
        patient = Patient("Rosa", f"Delgado {number}")
        records.save_patient(patient)
        window.open_patient(patient.id)
        window.patient.show_tab("health")
        page = window.patient.findChild(HealthHistoryPage)
        page.start()
        for section in page.view.steps:
            page.view.go_to(section)
        window.patient.start_visit()
        for tab in ("overview", "progress", "visit"):
            window.patient.show_tab(tab)
        window.show_page("find")

    return one


def test_no_widget_piles_up_from_patient_to_patient(see):
    see(1)
    see(2)
    before = widgets()
    see(3)
    see(4)
    assert widgets() - before == Counter()
