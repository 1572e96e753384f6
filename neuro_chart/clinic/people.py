"""The people of a practice, and what may be said of them."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from uuid import uuid4

from neuro_chart.clinic.retention import Retention
from neuro_chart.clinic.text import fold

EARLIEST_BIRTH = date(1880, 1, 1)
ROOMS = ("Room 1", "Room 2", "Room 3", "Room 4")


def new_id() -> str:
    """A name for a record that no other record, here or elsewhere, has."""
    return uuid4().hex


class Role(StrEnum):
    """What somebody may do here: an owner everything, a practitioner all that belongs to treating, a reader nothing but read."""

    OWNER = "owner"
    PRACTITIONER = "practitioner"
    READER = "reader"


@dataclass
class Practice:
    """The practice whose name heads every paper. `paper` is "A4" or "Letter", `letterhead` its address lines, `rooms` where it treats.

    `retention` says how long records are kept, None as long as nobody has chosen. `sign_within` are the minutes since the passphrase was
    typed last within which a signature doesn't ask for it again; 0 asks each time.
    """

    name: str
    letterhead: str = ""
    paper: str = "A4"
    rooms: tuple[str, ...] = ROOMS
    retention: Retention | None = None
    sign_within: int = 15
    id: str = field(default_factory=new_id)


@dataclass
class Practitioner:
    """Someone who signs in under a name of their own. `disabled` says since when they may not any more."""

    name: str
    role: Role = Role.PRACTITIONER
    disabled: datetime | None = None
    id: str = field(default_factory=new_id)


@dataclass
class Patient:
    """A person as they name themselves; what is unknown is left empty.

    figure: one of neuro_chart.clinic.body.FIGURES to show the needles on, or empty for the one that the sex suggests.
    archived: since when the record is out of the lists. merged_into: the id of the record of the same person that shows this one's visits.
    """

    given: str = ""
    family: str = ""
    preferred: str = ""
    birth: date | None = None
    sex: str = ""
    gender: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    emergency_contact: str = ""
    physician: str = ""
    notes: str = ""
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    figure: str = ""
    archived: datetime | None = None
    merged_into: str | None = None
    id: str = field(default_factory=new_id)

    @property
    def name(self) -> str:
        """The full name, given name first."""
        return f"{self.given} {self.family}".strip()

    @property
    def called(self) -> str:
        """What the patient likes to be called."""
        return self.preferred or self.given or self.family

    @property
    def shown_as(self) -> str:
        """The figure to show the needles on: the one that was chosen, else the one of the recorded sex, else the neutral one."""
        return self.figure or {"female": "female", "male": "male"}.get(fold(self.sex), "neutral")

    @property
    def initials(self) -> str:
        """One or two letters for a badge."""
        return "".join(part[0] for part in (self.preferred or self.given, self.family) if part).upper()

    def age(self, on: date) -> int | None:
        """Whole years on a day; someone born on 29 February turns a year older on 1 March of a common year."""
        if self.birth is None:
            return None
        return on.year - self.birth.year - ((on.month, on.day) < (self.birth.month, self.birth.day))

    def errors(self, today: date) -> dict[str, str]:
        """What keeps this record from being stored: field name to a sentence."""
        found = {}
        if not self.name:
            found["family"] = "Give at least one name, so that the patient can be found again."
        if self.birth is not None and self.birth > today:
            found["birth"] = "The date of birth lies in the future."
        elif self.birth is not None and self.birth < EARLIEST_BIRTH:
            found["birth"] = f"Nobody living was born before {EARLIEST_BIRTH.year}; check the year."
        return found
