"""All that is charted of one patient, read at once for the tabs of their page."""

from dataclasses import dataclass

from neuro_chart.clinic.forms import FormError
from neuro_chart.clinic.intakes import Intake, warnings
from neuro_chart.clinic.library import Library
from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.safety import Rule, Warning  # noqa: A004  # the field's own word
from neuro_chart.clinic.visits import Visit
from neuro_chart.ui.chart import OpenChart

NUMB_FEET = "numb-feet"


@dataclass(frozen=True)
class Dossier:
    """A patient with visits and health histories, newest first, and the warnings that those raise.

    `unreadable` says that a health history could not be read, so that no warning may be relied on.
    """

    patient: Patient
    visits: tuple[Visit, ...] = ()
    intakes: tuple[Intake, ...] = ()
    warnings: tuple[tuple[Warning, Intake], ...] = ()
    unreadable: bool = False

    @staticmethod
    def read(chart: OpenChart, library: Library, rules: tuple[Rule, ...], patient_id: str) -> "Dossier":
        """The dossier of a patient; LookupError when there is none."""
        records = chart.records
        intakes = tuple(records.intakes(patient_id))
        found: tuple[tuple[Warning, Intake], ...] = ()
        unreadable = any(intake.form not in library.forms for intake in intakes)
        try:
            found = tuple(warnings(intakes, library.forms, rules))
        except FormError:
            unreadable = True
        return Dossier(records.patient(patient_id), tuple(records.visits(patient_id)), intakes, found, unreadable)

    @property
    def drafts(self) -> list[Visit]:
        """The visits that are not signed yet."""
        return [visit for visit in self.visits if visit.signed is None]
