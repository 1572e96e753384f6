"""Days and times in the order of the locale."""

from datetime import date, datetime

import pytest
from PySide6.QtCore import QLocale

from neuro_chart.ui.days import day_first, local_time, long_day, short_day

AFTERNOON = datetime(2026, 11, 22, 14, 5).astimezone()


@pytest.fixture(autouse=True)
def _own_locale():
    before = QLocale()
    yield
    QLocale.setDefault(before)


@pytest.mark.parametrize(
    ("locale", "first", "long", "short", "time"),
    [
        ("en_GB", True, "14 March 1958", "14 Mar 1958", "14:05"),
        ("de_DE", True, "14 March 1958", "14 Mar 1958", "14:05"),
        ("en_US", False, "March 14, 1958", "Mar 14, 1958", "2:05 PM"),
    ],
)
def test_a_day_is_written_as_the_locale_orders_it(locale, first, long, short, time):
    QLocale.setDefault(QLocale(locale))
    birth = date(1958, 3, 14)
    assert (day_first(), long_day(birth), short_day(birth), local_time(AFTERNOON)) == (first, long, short, time)
