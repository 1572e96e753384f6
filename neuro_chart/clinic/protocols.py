"""Prescriptions that are kept: published ones with their source and what it is worth, and the practitioner's own."""

from dataclasses import dataclass, field

from neuro_chart.clinic.people import new_id


@dataclass
class Protocol:
    """A prescription by its key (`dpn` is typed `@dpn`).

    `sessions` are lines of shorthand; several take turns from visit to visit. `retention` in minutes is for needles whose line says none.
    `based_on` is the key of the published one that it was made from.
    """

    key: str
    name: str
    sessions: tuple[str, ...]
    group: str = ""
    retention: int | None = None
    dose: str = ""
    evidence: str = ""
    strength: str = ""
    source: str = ""
    based_on: str = ""
    id: str = field(default_factory=new_id)

    def session_after(self, last: int | None) -> int:
        """Which session is next after that of the last visit by this protocol, counted from 0."""
        return 0 if last is None else (last + 1) % len(self.sessions)
