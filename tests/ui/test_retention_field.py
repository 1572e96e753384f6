"""How long records are kept: chosen by the owner, with its source, and kept in the vault."""

from dataclasses import replace

import pytest

from neuro_chart.clinic.people import Role
from neuro_chart.clinic.retention import Retention
from neuro_chart.ui.retention_field import OWN, RetentionField


@pytest.fixture
def field(qtbot, chart):
    made = RetentionField(chart)
    qtbot.addWidget(made)
    made.show()
    return made


def choose(field, text):
    at = next(at for at in range(field.choice.count()) if field.choice.itemText(at).startswith(text))
    field.choice.setCurrentIndex(at)
    field.choice.activated.emit(at)


def test_none_is_assumed(field, records):
    assert records.practice().retention is None
    assert field.choice.currentText() == "Not chosen"
    assert "No record can be erased" in field.advice.text()


def test_a_known_period_is_kept_with_its_source_shown(field, records):
    choose(field, "USA: Texas")
    kept = records.practice().retention
    assert (kept.years, kept.until_age) == (5, 21)
    assert "184.25" in kept.source
    assert "5 years after the last entry, and until the age of 21" in field.told.text()
    assert "184.25" in field.source.text()
    assert "words of the rule were read" in field.source.text()
    assert "no legal advice" in field.advice.text()


def test_one_that_was_not_checked_says_so(field):
    choose(field, "Austria")
    assert "not checked" in field.source.text()


def test_own_years_and_age_are_kept_as_they_are_set(field, records):
    choose(field, "Years of our own")
    assert records.practice().retention == Retention(10)
    for line, number in ((field.years, "12"), (field.age, "25")):
        line.setText(number)
        line.editingFinished.emit()
    assert records.practice().retention == Retention(12, 25)
    assert field.choice.currentData() == OWN
    choose(field, "Not chosen")
    assert records.practice().retention is None
    assert not field.own.isVisible()


@pytest.mark.parametrize(("years", "age"), [("", ""), ("0", ""), ("ten", ""), ("7", "-1"), ("7", "101"), ("1.5", "")])
def test_years_that_make_no_sense_are_refused_and_what_held_stays(field, records, years, age):
    choose(field, "Years of our own")
    field.years.setText(years)
    field.age.setText(age)
    field.years.editingFinished.emit()
    assert "Give whole years" in field.wrong.text()
    assert records.practice().retention == Retention(10)


def test_what_is_stored_is_shown_again(qtbot, chart, records):
    records.save_practice(replace(records.practice(), retention=Retention(8, 25)))
    shown = RetentionField(chart)
    qtbot.addWidget(shown)
    assert (shown.years.text(), shown.age.text()) == ("8", "25")
    assert records.practice().retention == Retention(8, 25)


@pytest.mark.parametrize("role", [Role.PRACTITIONER, Role.READER])
def test_only_an_owner_may_choose(qtbot, chart, as_role, role):
    as_role(role)
    shown = RetentionField(chart)
    qtbot.addWidget(shown)
    assert not shown.choice.isEnabled()
    assert "Only an owner" in shown.advice.text()
