"""Words that an input method still composes: they are stored as they stand when the chart goes."""

import pytest
from PySide6.QtGui import QGuiApplication, QInputMethodEvent
from PySide6.QtWidgets import QApplication

from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault
from neuro_chart.ui.visit import VisitPage


class Composing:
    """What stands for the system's input method: asked to, it gives the field what was composed so far."""

    def commit(self):
        event = QInputMethodEvent()
        event.setCommitString("灼痛")
        QApplication.sendEvent(QApplication.focusWidget(), event)


@pytest.mark.parametrize("goes", ["lock", "close"])
def test_what_is_being_composed_is_stored(window, rosa, treat, monkeypatch, passphrase, goes):
    visit = treat(rosa, 0, signed=False)
    window.open_visit(rosa.id, visit.id)
    note = window.patient.findChild(VisitPage).note.prose["subjective"]
    note.setFocus()
    QApplication.sendEvent(note, QInputMethodEvent("zhuotong", []))
    monkeypatch.setattr(QGuiApplication, "inputMethod", Composing)
    getattr(window, goes)()
    monkeypatch.undo()
    with Vault.open(window.vault.path, passphrase) as vault:
        assert Records(vault).visit(visit.id).subjective == "灼痛"
