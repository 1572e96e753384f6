"""Who may read a name over somebody's shoulder: with privacy on, pages that others can see say initials only."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings

from neuro_chart.clinic.people import Patient

if TYPE_CHECKING:
    from neuro_chart.store.questions import PatientLine

_INITIALS = "privacy/initials"


def listed_name(line: "PatientLine", settings: QSettings) -> str:
    """A patient's name as lists have it, family first; or the initials."""
    if initials_only(settings):
        return Patient(line.given, line.family, line.preferred).initials
    return ", ".join(part for part in (line.family, line.given) if part)


def shown_name(patient: Patient, settings: QSettings) -> str:
    """The patient's name as it may stand on the screen now: in full, or the initials."""
    return patient.initials if initials_only(settings) else patient.name


def initials_only(settings: QSettings) -> bool:
    """Whether privacy is on."""
    return bool(settings.value(_INITIALS, defaultValue=False, type=bool))


def turn(settings: QSettings, on: bool) -> None:  # noqa: FBT001  # reads as it is meant: turn(settings, on)
    """Keep whether privacy is on."""
    settings.setValue(_INITIALS, on)
