"""Words of an amendment that was not added yet: they wait for whoever typed them, wherever the chart was when it locked."""

import pytest

from neuro_chart.store.vault import Vault
from neuro_chart.ui.visit import VisitPage
from neuro_chart.ui.window import Window


@pytest.mark.parametrize("at", ["today", "other visit"])
def test_they_are_there_after_a_lock(window, rosa, treat, qtbot, library, settings, passphrase, at):
    visit, other = treat(rosa, 7), treat(rosa, 8)
    window.open_visit(rosa.id, visit.id)
    panel = window.patient.findChild(VisitPage).amend_panel
    panel.text.setPlainText("The left foot")
    panel.reason.setPlainText("Mixed up")
    if at == "today":
        window.show_page("today")
    else:
        window.open_visit(rosa.id, other.id)
    window.lock()
    with Vault.open(window.vault.path, passphrase) as vault:
        again = Window(vault, library, settings)
        qtbot.addWidget(again)
        again.show()
        again.come_back()
        again.open_visit(rosa.id, visit.id)
        assert again.patient.findChild(VisitPage).amend_panel.words == ("The left foot", "Mixed up")
        again.close()
