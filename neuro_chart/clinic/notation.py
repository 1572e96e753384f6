"""The shorthand in which a prescription is typed: `ST36 GB39 SP9 b 30m`."""

from neuro_chart.clinic.shorthand.prescription import Misread, Planned, PlannedAdjunct, Reading, Said, Word
from neuro_chart.clinic.shorthand.reader import read
from neuro_chart.clinic.shorthand.writer import write

__all__ = ["Misread", "Planned", "PlannedAdjunct", "Reading", "Said", "Word", "read", "write"]
