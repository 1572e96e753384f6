"""Every question that the program asks of the record. An answer is objects of `clinic` that are whole and belong to the caller."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import NamedTuple, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from neuro_chart.clinic.adjuncts import LEFT_IN, Adjunct
from neuro_chart.clinic.clocks import now as this_moment
from neuro_chart.clinic.intakes import Intake
from neuro_chart.clinic.people import Patient, Practice, Practitioner, Role
from neuro_chart.clinic.phrases import Phrase
from neuro_chart.clinic.protocols import Protocol
from neuro_chart.clinic.trail import Entry
from neuro_chart.clinic.visits import Visit
from neuro_chart.store import search
from neuro_chart.store.door import plainly
from neuro_chart.store.tables import (
    adjunct,
    amendment,
    intake,
    patient,
    phrase,
    practitioner,
    protocol,
    trail,
    visit,
)
from neuro_chart.store.trail import Head, head, read_entry
from neuro_chart.store.vault import Vault

T = TypeVar("T")


class PatientLine(NamedTuple):
    """A patient as the list shows them; `last_visit` is when the latest visit began, `open_visit` says that one isn't signed.

    The visits of records that were merged into this one count as theirs.
    """

    id: str
    given: str
    family: str
    preferred: str
    birth: date | None
    phone: str
    last_visit: datetime | None
    open_visit: bool
    archived: bool


class Found(NamedTuple):
    """A visit whose note or amendments hold the words searched for, and where."""

    visit_id: str
    patient_id: str
    patient_name: str
    patient_initials: str
    started: datetime
    excerpt: str
    archived: bool


class Questions:
    """What an open vault tells. `now` is the clock that days are counted by."""

    def __init__(self, vault: Vault, now: Callable[[], datetime] = this_moment) -> None:
        self._vault = vault
        self._now = now
        self._role: Role | None = None

    @property
    def role(self) -> Role:
        """What may be done by who signed in; a vault that can't be written to is only read, and so is one that only the sheet opened."""
        if self._role is None:
            mine = sa.select(practitioner.c.role).where(practitioner.c.id == self._vault.practitioner_id, practitioner.c.disabled.is_(None))
            with plainly(), self._vault.reader.connect() as connection:
                self._role = (not self._vault.read_only and connection.scalar(mine)) or Role.READER
        return self._role

    @property
    def may_write(self) -> bool:
        """Whether who signed in may chart."""
        return self.role is not Role.READER

    def practice(self) -> Practice:
        """The practice that the vault belongs to."""
        return self._all(sa.select(Practice))[0]

    def practitioner(self) -> Practitioner:
        """Who signed in."""
        return self._one(Practitioner, self._vault.practitioner_id)

    def practitioners(self) -> list[Practitioner]:
        """Everyone who signs in or once did, by name."""
        return self._all(sa.select(Practitioner).order_by(practitioner.c.name, practitioner.c.id))

    def patients(self, query: str = "", limit: int = 200, offset: int = 0, *, archived: bool = False) -> list[PatientLine]:
        """Patients by family and given name; with a query those that hold all its words in name, date of birth or phone.

        Those in the archive are told on their own; a record that was merged into another is not told.
        """
        merged = patient.alias()
        theirs = sa.select(merged.c.id).where(merged.c.merged_into == patient.c.id).correlate(patient)
        of_patient = sa.or_(visit.c.patient_id == patient.c.id, visit.c.patient_id.in_(theirs))
        lines = (
            sa.select(
                *(patient.c[name] for name in ("id", "given", "family", "preferred", "birth", "phone")),
                sa.select(sa.func.max(visit.c.started)).where(of_patient).scalar_subquery(),
                sa.exists().where(of_patient, visit.c.signed.is_(None)),
                patient.c.archived.is_not(None),
            )
            .where(*_listed(query, archived=archived))
            .order_by(patient.c.search, patient.c.id)
            .limit(limit)
            .offset(offset)
        )
        with self._asking() as session:
            return [PatientLine._make(row) for row in session.execute(lines)]

    def patient_count(self, query: str = "", *, archived: bool = False) -> int:
        """How many patients a query finds; all without one."""
        counted = sa.select(sa.func.count()).select_from(patient).where(*_listed(query, archived=archived))
        with self._asking() as session:
            return session.scalar(counted) or 0

    def patient(self, patient_id: str) -> Patient:
        """One patient; LookupError when there is none."""
        return self._one(Patient, patient_id)

    def merged(self, patient_id: str) -> list[Patient]:
        """The records that were merged into this one."""
        return self._all(sa.select(Patient).where(patient.c.merged_into == patient_id).order_by(patient.c.created, patient.c.id))

    def intakes(self, patient_id: str) -> list[Intake]:
        """A patient's health histories, newest first, with those of the records that were merged into this one."""
        mine = sa.select(Intake).where(intake.c.patient_id.in_(_family(patient_id)))
        return self._all(mine.order_by(intake.c.started.desc(), intake.c.id))

    def intake(self, intake_id: str) -> Intake:
        """One health history; LookupError when there is none."""
        return self._one(Intake, intake_id)

    def visits(self, patient_id: str) -> list[Visit]:
        """A patient's visits, newest first, with all that belongs to them, and those of the records that were merged into this one."""
        mine = sa.select(Visit).where(visit.c.patient_id.in_(_family(patient_id)))
        return self._all(mine.order_by(visit.c.started.desc(), visit.c.id))

    def visit(self, visit_id: str) -> Visit:
        """One visit with all that belongs to it; LookupError when there is none."""
        return self._one(Visit, visit_id)

    def open_visits(self) -> list[tuple[Visit, Patient]]:
        """The drafts of all patients, oldest first."""
        drafts = sa.select(Visit, Patient).join_from(visit, patient).where(visit.c.signed.is_(None)).order_by(visit.c.started, visit.c.id)
        with self._asking() as session:
            return [(draft, _heading(session, whose)) for draft, whose in session.execute(drafts)]

    def latest_visits(self, limit: int) -> list[tuple[Visit, Patient]]:
        """The visits that were signed last, of all patients but those in the archive, newest first."""
        head = patient.alias()
        archived = sa.select(head.c.id).where(head.c.archived.is_not(None))
        signed = sa.select(Visit, Patient).join_from(visit, patient).where(visit.c.signed.is_not(None))
        signed = signed.where(sa.func.coalesce(patient.c.merged_into, patient.c.id).not_in(archived))
        with self._asking() as session:
            found = session.execute(signed.order_by(visit.c.signed.desc(), visit.c.id).limit(limit))
            return [(seen, _heading(session, whose)) for seen, whose in found]

    def last_visit_before(self, current: Visit) -> Visit | None:
        """The patient's latest visit that began before this one, signed or not."""
        earlier = sa.select(Visit).where(
            visit.c.patient_id.in_(_family(current.patient_id)), visit.c.id != current.id, visit.c.started <= current.started
        )
        found = self._all(earlier.order_by(visit.c.started.desc(), visit.c.id).limit(1))
        return found[0] if found else None

    def left_in(self, patient_id: str = "") -> list[tuple[Adjunct, Patient]]:
        """What was left in for days and not taken out since, of a patient or of all; what is to come out first comes first.

        What was put in at a visit that is signed is taken out at a later one, where it is charted again with the same beginning.
        """
        gone, then, same = adjunct.alias(), visit.alias(), patient.alias()
        taken = sa.exists().where(
            gone.c.visit_id == then.c.id,
            then.c.patient_id == same.c.id,
            sa.func.coalesce(same.c.merged_into, same.c.id) == sa.func.coalesce(patient.c.merged_into, patient.c.id),
            gone.c.kind == adjunct.c.kind,
            gone.c.started == adjunct.c.started,
            gone.c.ended.is_not(None),
        )
        still = sa.select(Adjunct, Patient).join_from(adjunct, visit).join(patient, visit.c.patient_id == patient.c.id)
        still = still.where(adjunct.c.kind.in_(LEFT_IN), adjunct.c.started.is_not(None), adjunct.c.ended.is_(None), ~taken)
        if patient_id:
            still = still.where(patient.c.id.in_(_family(patient_id)))
        with self._asking() as session:
            found = session.execute(still.order_by(adjunct.c.until.is_(None), adjunct.c.until, adjunct.c.started, adjunct.c.id))
            return [(left, _heading(session, whose)) for left, whose in found]

    def find_in_notes(self, words: str, limit: int = 100) -> list[Found]:
        """Visits whose notes and amendments hold all the words, newest first; nothing for no words."""
        wanted = search.words_of(words)
        if not wanted:
            return []
        holding = (
            sa.or_(
                visit.c.search.contains(word, autoescape=True),
                sa.exists().where(amendment.c.visit_id == visit.c.id, amendment.c.search.contains(word, autoescape=True)),
            )
            for word in wanted
        )
        found = sa.select(Visit, Patient).join_from(visit, patient).where(*holding).order_by(visit.c.started.desc(), visit.c.id)
        with self._asking() as session:
            shown = ((seen, _heading(session, whose)) for seen, whose in session.execute(found.limit(limit)))
            return [
                Found(
                    seen.id, whose.id, whose.name, whose.initials, seen.started, search.excerpt(_prose(seen), wanted), bool(whose.archived)
                )
                for seen, whose in shown
            ]

    def protocols(self) -> list[Protocol]:
        """The practice's own prescriptions, by name."""
        return self._all(sa.select(Protocol).order_by(protocol.c.name, protocol.c.id))

    def phrases(self) -> list[Phrase]:
        """The practice's own phrases, by key."""
        return self._all(sa.select(Phrase).order_by(phrase.c.key))

    def trail(
        self,
        patient_id: str = "",
        practitioner_id: str = "",
        deed: str = "",
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        before: int | None = None,
        limit: int = 200,
    ) -> list[Entry]:
        """Who did what, the newest first: of one patient, by one person, of one deed, within a time, and older than entry `before`."""
        asked = sa.select(*(each for each in trail.c if each is not trail.c.at), sa.type_coerce(trail.c.at, sa.String).label("at"))
        for column, wanted in ((trail.c.practitioner_id, practitioner_id), (trail.c.deed, deed)):
            if wanted:
                asked = asked.where(column == wanted)
        if patient_id:
            asked = asked.where(trail.c.patient_id.in_(_family(patient_id)))
        if since is not None:
            asked = asked.where(trail.c.at >= since)
        if until is not None:
            asked = asked.where(trail.c.at < until)
        if before is not None:
            asked = asked.where(trail.c.seq < before)
        with self._asking() as session:
            return [read_entry(row) for row in session.execute(asked.order_by(trail.c.seq.desc()).limit(limit)).mappings()]

    def trail_head(self) -> Head:
        """Where the trail ends."""
        with self._asking() as session:
            return head(session.connection())

    def erasable(self, patient_id: str) -> str:
        """Why a patient's record can't be erased, in a sentence; nothing when it can."""
        kept = self.practice().retention
        if self.role is not Role.OWNER:
            return "Only an owner of the practice erases a record."
        if kept is None:
            return "The practice has not set how long it keeps records. Choose that in the settings first."
        whose = self.patient(patient_id)
        visits = self.visits(patient_id)
        if any(seen.signed is None for seen in visits):
            return "A visit is open. Sign it first."
        moments = [whose.created, *(seen.started for seen in visits), *(each.started for each in self.intakes(patient_id))]
        moments += [added.written for seen in visits for added in seen.amendments]
        last = max(moments).astimezone().date()
        ends = max(kept.ends(each.birth, last) for each in (whose, *self.merged(patient_id)))  # one without a birthday holds the others
        return "" if ends <= self._now().astimezone().date() else f"The practice keeps this record until {ends.isoformat()}."

    @contextmanager
    def _asking(self) -> Iterator[Session]:
        with plainly(), Session(self._vault.reader, expire_on_commit=False, info={"reads_only": not self.may_write}) as session:
            yield session

    def _one(self, kind: type[T], row_id: str) -> T:
        with self._asking() as session:
            return got(session, kind, row_id)

    def _all(self, question: sa.Select[T]) -> list[T]:
        with self._asking() as session:
            return list(session.scalars(question))


def _listed(query: str, *, archived: bool) -> Iterator[sa.ColumnElement[bool]]:
    yield patient.c.merged_into.is_(None)
    yield patient.c.archived.is_not(None) if archived else patient.c.archived.is_(None)
    yield from search.person_matches(patient.c.search, query)


def _family(patient_id: str) -> sa.Select[tuple[str]]:
    """The ids of all records of the person: the one that heads them and those merged into it."""
    heading = sa.select(sa.func.coalesce(patient.c.merged_into, patient.c.id)).where(patient.c.id == patient_id).scalar_subquery()
    same = patient.alias()
    return sa.select(same.c.id).where(sa.or_(same.c.id == patient_id, same.c.id == heading, same.c.merged_into == heading))


def _heading(session: Session, whose: Patient) -> Patient:
    """The record that a visit is shown under."""
    return whose if whose.merged_into is None else got(session, Patient, whose.merged_into)


def got(session: Session, kind: type[T], row_id: str) -> T:
    """The row of an id; LookupError when there is none."""
    row = session.get(kind, row_id)
    if row is None:
        raise LookupError(f"There is no such {kind.__name__.lower()}.")
    return row


def _prose(seen: Visit) -> list[str]:
    return [*search.visit_texts(seen), *(added.text for added in seen.amendments)]
