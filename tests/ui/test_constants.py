"""Python 3.11 outlives any number of calls into Qt."""

import subprocess
import sys

CALLS = """
import neuro_chart.ui
from PySide6.QtCore import QObject
thing = QObject()
for _ in range(200_000):
    thing.setObjectName("x")
    thing.isWidgetType()
print("alive")
"""


def test_a_day_of_calls_into_qt_does_not_use_up_none():
    done = subprocess.run([sys.executable, "-c", CALLS], capture_output=True, text=True, timeout=60, check=False)  # noqa: S603  # our own words
    assert done.stdout.strip() == "alive", done.stderr
    assert done.returncode == 0
