"""All that is charted of one patient, read at once for the tabs of their page."""

from dataclasses import dataclass

from neuro_chart.clinic.forms import FormError
from neuro_chart.clinic.intakes import Intake, warnings
from neuro_chart.clinic.library import Library
from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.safety import Rule, Warning  # noqa: A004  # the field's own word
from neuro_chart.clinic.visits import Visit
from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.days import local_day, short_day

NUMB_FEET = "numb-feet"


@dataclass(frozen=True)
class Dossier:
    """A patient with visits and health histories, newest first, and the warnings that those raise.

    `unreadable` says that a health history could not be read, so that no warning may be relied on. `merged` are the records of the same
    person that were merged into this one; their visits and health histories stand among the others.
    """

    patient: Patient
    visits: tuple[Visit, ...] = ()
    intakes: tuple[Intake, ...] = ()
    warnings: tuple[tuple[Warning, Intake], ...] = ()
    unreadable: bool = False
    merged: tuple[Patient, ...] = ()

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
        visits, merged = tuple(records.visits(patient_id)), tuple(records.merged(patient_id))
        return Dossier(records.patient(patient_id), visits, intakes, found, unreadable, merged)

    @property
    def drafts(self) -> list[Visit]:
        """The visits that are not signed yet."""
        return [visit for visit in self.visits if visit.signed is None]

    def is_of(self, patient_id: str) -> bool:
        """Whether a record is this one or merged into it."""
        return patient_id in {self.patient.id, *(each.id for each in self.merged)}

    def origin(self, charted: Visit | Intake) -> str:
        """Where a visit or a health history comes from that was charted in another record; a name could be read over a shoulder."""
        other = next((each for each in self.merged if each.id == charted.patient_id), None)
        if other is None:
            return ""
        return "merged record" if len(self.merged) == 1 else f"record of {short_day(local_day(other.created))}"
