"""One visit from the first form to the printed sheet, with the program killed in its middle (the prescription of PMC3720209)."""

from pathlib import Path

import pytest
from pypdf import PdfReader

from neuro_chart.clinic.people import Practice, Practitioner
from neuro_chart.demo import PASSPHRASE
from neuro_chart.hand import (
    FAMILY,
    FREQUENCY,
    GIVEN,
    OBJECTIVE,
    PLAN,
    POINTS,
    SUBJECTIVE,
    Hand,
    kill_in_the_middle,
    treat_until_killed,
    treatment,
)
from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault
from neuro_chart.ui.papers import PapersPage


@pytest.fixture
def killed(tmp_path: Path, cheap_kdf) -> Path:
    """A vault in which the visit was being charted by a program that was killed while its clocks ran."""
    vault = tmp_path / "practice.vault"
    Vault.create(vault, PASSPHRASE, Practice("Riverside Acupuncture"), Practitioner("Dr Mei Lindqvist"), kdf=cheap_kdf).close()
    kill_in_the_middle(treat_until_killed, vault)
    return vault


def test_a_kill_in_mid_visit_loses_nothing_and_the_visit_goes_on_to_its_sheet(killed, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.excepthook", None)  # the hand sets its own; pytest gets the old one back
    with Vault.open(killed, PASSPHRASE) as vault:
        records = Records(vault)
        ((visit, patient),) = records.open_visits()
        assert patient.name == f"{GIVEN} {FAMILY}"
        assert sorted(n.point for n in visit.needles) == sorted(POINTS * 2)
        assert {(n.point, n.site.side) for n in visit.needles} == {(p, s) for p in POINTS for s in ("left", "right")}
        assert all(n.is_in and n.retention == 30 for n in visit.needles)
        assert [(a.frequency, a.minutes, a.is_running) for a in visit.adjuncts] == [(FREQUENCY, 30, True)]
        assert (visit.subjective, visit.objective, visit.plan) == (SUBJECTIVE, OBJECTIVE, PLAN)
        assert (visit.pain_before, visit.numbness_before) == (7, 6)
        (intake,) = records.intakes(patient.id)
        assert intake.completed
    hand = Hand(killed)
    hand.unlock()
    window = hand.window
    try:
        patient, visit = treatment(hand)
        assert f"{patient.initials}   12 in" in window.strip.words
        window.open_visit(patient.id, visit.id)
        hand.finish(("calf-stretch",))
        papers = hand.tab("papers", PapersPage)
        hand.wait(lambda: papers.is_drawn, "the sheet to be drawn")
        papers.save_at(tmp_path / "sheet.pdf")
        _, signed = treatment(hand)
    finally:
        hand.lock()
        window.deleteLater()
    assert signed.signed
    assert (signed.count.inserted, signed.count.out) == (12, 12)
    text = " ".join(page.extract_text() for page in PdfReader(tmp_path / "sheet.pdf").pages)
    assert GIVEN in text
    assert "ST36" in text
