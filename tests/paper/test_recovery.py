"""The recovery sheet, read back: one page whose key, as it is printed there, really opens the vault."""

import re
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader

from neuro_chart.clinic.people import Practice
from neuro_chart.clinic.recovery import GROUPS, fresh, write
from neuro_chart.paper.recovery import recovery_sheet
from neuro_chart.store import access

DAY = date(2026, 11, 22)
CODE = write(bytes(range(20)))
RIVERSIDE = Practice("Riverside Acupuncture", "12 Mill Lane\n+44 1632 960100")


def sheet(*, practice=RIVERSIDE, code=CODE, where="neuro-chart.vault"):
    """The sheet's pages, with single spaces between the words."""
    pdf = recovery_sheet(practice, code, DAY, where)
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]


def printed_key(words: str) -> str:
    """The key as a person reads it off the sheet: what stands after each number."""
    numbers = "".join(rf"{number}(\S{{5}})" for number in range(1, GROUPS + 1))
    (groups,) = re.findall(numbers, words.replace(" ", ""))
    return "-".join(groups)


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_the_printed_key_opens_the_vault(vault, paper):
    code = access.new_recovery(vault)
    (page,) = sheet(practice=replace(RIVERSIDE, paper=paper), code=code)
    vault.close()
    assert printed_key(page) == code
    access.open_by_sheet(vault.path, printed_key(page)).close()


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_it_is_one_page_that_says_what_it_opens_how_and_what_to_mind(paper):
    (page,) = sheet(practice=replace(RIVERSIDE, paper=paper))
    for said in (
        "Riverside Acupuncture",
        "12 Mill Lane",
        "22 November 2026",
        "“neuro-chart.vault”",
        "Use the recovery sheet",
        "can read every chart",
        "a safe, a bank, a notary",
        "this one stops fitting",
        "still opens backups that were made before",
    ):
        assert said in page, said


def test_its_metadata_do_not_hold_the_key():
    pdf = recovery_sheet(RIVERSIDE, CODE, DAY, "v")
    told = str(PdfReader(BytesIO(pdf)).metadata)
    assert not any(group in told for group in CODE.split("-"))
    assert pdf == recovery_sheet(RIVERSIDE, CODE, DAY, "v")


def test_every_letter_is_printed_as_it_is():
    for _ in range(20):
        (page,) = sheet(code=(code := fresh()))
        assert printed_key(page) == code


@pytest.mark.parametrize("wild", ['<b>R&amp;D</b> & "Sons"', "足三里 Praxis", "x" * 60, "Dr " * 60, "\ud800a\0b\u202ec"])
def test_a_wild_name_is_printed_as_words_on_the_one_page(wild):
    (page,) = sheet(practice=Practice(wild, wild), where=f"{wild}.vault")
    assert printed_key(page) == CODE
    if wild.startswith("<b>"):
        assert '<b>R&amp;D</b>&"Sons"' in page.replace(" ", "")
