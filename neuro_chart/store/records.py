"""Every question the program asks of the record, and every act upon it.

A question returns objects of `clinic` that are whole and belong to the caller; an act takes such objects (copies made with
dataclasses.replace), stores them in one transaction, durable when it returns, and says in a Change what it touched.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session, lazyload

from neuro_chart.clinic.adjuncts import LEFT_IN, Adjunct
from neuro_chart.clinic.clocks import now as this_moment
from neuro_chart.clinic.events import AdverseEvent
from neuro_chart.clinic.intakes import Intake
from neuro_chart.clinic.needles import Needle, count
from neuro_chart.clinic.people import Patient, Practice, Practitioner
from neuro_chart.clinic.phrases import Phrase
from neuro_chart.clinic.protocols import Protocol
from neuro_chart.clinic.visits import NOTE_FIELDS, SCORE_FIELDS, Amendment, Visit
from neuro_chart.store import search
from neuro_chart.store.errors import (
    CompletedIntakeError,
    NeedlesLeftError,
    SignedVisitError,
    UnsignedVisitError,
    VaultError,
)
from neuro_chart.store.tables import adjunct, amendment, cleaned, event, intake, needle, patient, phrase, practitioner, protocol, visit
from neuro_chart.store.vault import Vault, plainly

T = TypeVar("T")
Part = Needle | Adjunct | AdverseEvent
PARTS: tuple[tuple[type[Part], sa.Table], ...] = ((Needle, needle), (Adjunct, adjunct), (AdverseEvent, event))
NOTE = frozenset({*NOTE_FIELDS, *SCORE_FIELDS, "aftercare", "started", "room", "tongue", "pulse", "copied", "protocol", "session"})

# What the triggers say (upgrades/), and what the user reads.
REFUSALS: dict[str, tuple[type[VaultError], str]] = {
    "signed visit": (SignedVisitError, "This visit is signed and can't be changed any more. Add an amendment instead."),
    "draft visit": (UnsignedVisitError, "This visit isn't signed yet: write it into the note itself."),
    "needle in": (NeedlesLeftError, "A needle is in, or pulled and not counted. Count it out, or give the reason why the visit closes."),
    "completed intake": (CompletedIntakeError, "This health history is completed and can't be changed any more. Start a new one instead."),
}


@dataclass(frozen=True)
class Change:
    """What an act touched. `kind` is practice, patient, intake, visit, note, treatment, signature, amendment, protocol or phrase."""

    kind: str
    patient_id: str = ""
    visit_id: str = ""


class PatientLine(NamedTuple):
    """A patient as the list shows them; `last_visit` is when the latest visit began, `open_visit` says that one isn't signed."""

    id: str
    given: str
    family: str
    preferred: str
    birth: date | None
    phone: str
    last_visit: datetime | None
    open_visit: bool


class Found(NamedTuple):
    """A visit whose note or amendments hold the words searched for, and where."""

    visit_id: str
    patient_id: str
    patient_name: str
    started: datetime
    excerpt: str


class Records:
    """The gate to the record of an open vault. `now` is the clock that signatures and completions are dated by."""

    def __init__(self, vault: Vault, now: Callable[[], datetime] = this_moment) -> None:
        self._vault = vault
        self._now = now

    # questions

    def practice(self) -> Practice:
        """The practice that the vault belongs to."""
        return self._all(sa.select(Practice))[0]

    def practitioner(self) -> Practitioner:
        """Who signed in."""
        return self._one(Practitioner, self._vault.practitioner_id)

    def practitioners(self) -> list[Practitioner]:
        """Everyone who treats here, by name."""
        return self._all(sa.select(Practitioner).order_by(practitioner.c.name))

    def patients(self, query: str = "", limit: int = 200, offset: int = 0) -> list[PatientLine]:
        """Patients by family and given name; with a query those that hold all its words in name, date of birth or phone."""
        of_patient = visit.c.patient_id == patient.c.id
        lines = (
            sa.select(
                *(patient.c[name] for name in ("id", "given", "family", "preferred", "birth", "phone")),
                sa.select(sa.func.max(visit.c.started)).where(of_patient).scalar_subquery(),
                sa.exists().where(of_patient, visit.c.signed.is_(None)),
            )
            .where(*search.person_matches(patient.c.search, query))
            .order_by(patient.c.search, patient.c.id)
            .limit(limit)
            .offset(offset)
        )
        with self._asking() as session:
            return [PatientLine._make(row) for row in session.execute(lines)]

    def patient_count(self, query: str = "") -> int:
        """How many patients a query finds; all without one."""
        counted = sa.select(sa.func.count()).select_from(patient).where(*search.person_matches(patient.c.search, query))
        with self._asking() as session:
            return session.scalar(counted) or 0

    def patient(self, patient_id: str) -> Patient:
        """One patient; LookupError when there is none."""
        return self._one(Patient, patient_id)

    def intakes(self, patient_id: str) -> list[Intake]:
        """A patient's health histories, newest first."""
        mine = sa.select(Intake).where(intake.c.patient_id == patient_id)
        return self._all(mine.order_by(intake.c.started.desc(), intake.c.id))

    def intake(self, intake_id: str) -> Intake:
        """One health history; LookupError when there is none."""
        return self._one(Intake, intake_id)

    def visits(self, patient_id: str) -> list[Visit]:
        """A patient's visits, newest first, with all that belongs to them."""
        return self._all(sa.select(Visit).where(visit.c.patient_id == patient_id).order_by(visit.c.started.desc(), visit.c.id))

    def visit(self, visit_id: str) -> Visit:
        """One visit with all that belongs to it; LookupError when there is none."""
        return self._one(Visit, visit_id)

    def open_visits(self) -> list[tuple[Visit, Patient]]:
        """The drafts of all patients, oldest first."""
        drafts = sa.select(Visit, Patient).join_from(visit, patient).where(visit.c.signed.is_(None)).order_by(visit.c.started, visit.c.id)
        with self._asking() as session:
            return [(draft, whose) for draft, whose in session.execute(drafts)]

    def latest_visits(self, limit: int) -> list[tuple[Visit, Patient]]:
        """The visits that were signed last, of all patients, newest first."""
        signed = sa.select(Visit, Patient).join_from(visit, patient).where(visit.c.signed.is_not(None))
        with self._asking() as session:
            return [(seen, whose) for seen, whose in session.execute(signed.order_by(visit.c.signed.desc(), visit.c.id).limit(limit))]

    def last_visit_before(self, current: Visit) -> Visit | None:
        """The patient's latest visit that began before this one, signed or not."""
        earlier = sa.select(Visit).where(
            visit.c.patient_id == current.patient_id, visit.c.id != current.id, visit.c.started <= current.started
        )
        found = self._all(earlier.order_by(visit.c.started.desc(), visit.c.id).limit(1))
        return found[0] if found else None

    def left_in(self, patient_id: str = "") -> list[tuple[Adjunct, Patient]]:
        """What was left in for days and not taken out since, of a patient or of all; what is to come out first comes first.

        What was put in at a visit that is signed is taken out at a later one, where it is charted again with the same beginning.
        """
        gone, then = adjunct.alias(), visit.alias()
        taken = sa.exists().where(
            gone.c.visit_id == then.c.id,
            then.c.patient_id == patient.c.id,
            gone.c.kind == adjunct.c.kind,
            gone.c.started == adjunct.c.started,
            gone.c.ended.is_not(None),
        )
        still = sa.select(Adjunct, Patient).join_from(adjunct, visit).join(patient, visit.c.patient_id == patient.c.id)
        still = still.where(adjunct.c.kind.in_(LEFT_IN), adjunct.c.started.is_not(None), adjunct.c.ended.is_(None), ~taken)
        if patient_id:
            still = still.where(patient.c.id == patient_id)
        with self._asking() as session:
            found = session.execute(still.order_by(adjunct.c.until.is_(None), adjunct.c.until, adjunct.c.started, adjunct.c.id))
            return [(left, whose) for left, whose in found]

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
            return [
                Found(seen.id, whose.id, whose.name, seen.started, search.excerpt(_prose(seen), wanted))
                for seen, whose in session.execute(found.limit(limit))
            ]

    def protocols(self) -> list[Protocol]:
        """The practice's own prescriptions, by name."""
        return self._all(sa.select(Protocol).order_by(protocol.c.name, protocol.c.id))

    def phrases(self) -> list[Phrase]:
        """The practice's own phrases, by key."""
        return self._all(sa.select(Phrase).order_by(phrase.c.key))

    # acts

    def save_practice(self, practice: Practice) -> Change:
        """Changes the practice's name, letterhead or paper."""
        with self._acting() as session:
            (kept,) = session.scalars(sa.select(Practice))
            session.merge(replace(cleaned(practice), id=kept.id))
        return Change("practice")

    def save_patient(self, patient: Patient) -> Change:
        """Adds a patient, or changes them; ValueError with the reasons when the record can't be right."""
        kept = cleaned(patient)
        _refuse(kept.errors(self._now().astimezone().date()))
        with self._acting() as session:
            session.merge(kept)
        return Change("patient", kept.id)

    def start_intake(self, intake: Intake) -> Change:
        """Adds a health history beside those that are there."""
        with self._acting() as session:
            session.add(cleaned(intake))
        return Change("intake", intake.patient_id)

    def answer_intake(self, intake_id: str, response: dict[str, object]) -> Change:
        """Keeps the answers so far."""
        return self._answer(intake_id, response, completed=None)

    def complete_intake(self, intake_id: str, response: dict[str, object]) -> Change:
        """Keeps the answers and closes the health history."""
        return self._answer(intake_id, response, completed=self._now())

    def start_visit(self, visit: Visit) -> Change:
        """Adds a draft with the needles, adjuncts and events that it holds, such as those of the last visit planned anew."""
        fresh = cleaned(visit)
        for errors in (*(each.errors() for each in fresh.needles), *(each.errors() for each in fresh.adjuncts)):
            _refuse(errors)
        with self._acting() as session:
            session.add(fresh)
            session.flush()
            session.add_all([*fresh.needles, *fresh.adjuncts, *fresh.events])
        return Change("visit", fresh.patient_id, fresh.id)

    def note(self, visit_id: str, **written: Any) -> Change:  # noqa: ANN401  # each field has its own kind
        """Changes fields of a draft (NOTE names them) and leaves the others; TypeError for any other field."""
        return self.treat(visit_id, **written)

    def treat(self, visit_id: str, put: Sequence[Part] = (), off: Iterable[str] = (), **written: Any) -> Change:  # noqa: ANN401  # as above
        """Changes all that belongs to a draft in one act.

        `put` adds needles, adjuncts and adverse events or changes those that are there, `off` takes such off by their ids as if they had
        never been charted, `written` are fields of the visit as in `note`. ValueError says why something can't be right.
        """
        kept: list[Part] = cleaned(list(put))
        gone = list(off)
        if any(each.visit_id != visit_id for each in kept):
            raise ValueError("A treatment is charted one visit at a time.")
        for each in kept:
            if not isinstance(each, AdverseEvent):
                _refuse(each.errors())
        with self._acting() as session:
            draft = _draft(session, visit_id)
            _write(draft, written)
            for kind, table in PARTS:
                parts: list[Part] = [each for each in kept if isinstance(each, kind)]
                asked = sa.select(kind).where(table.c.id.in_([each.id for each in parts]))
                held: Sequence[Any] = session.scalars(asked).all() if parts else ()  # so that neither merge nor add asks once more
                if any(each.visit_id != visit_id for each in held):
                    raise ValueError("What is charted in one visit can't be taken over into another.")
                known = {each.id for each in held}
                if gone:
                    session.execute(sa.delete(table).where(table.c.id.in_(gone), table.c.visit_id == visit_id))
                for each in parts:
                    session.merge(each) if each.id in known else session.add(each)
        return Change("treatment" if kept or gone else "note", draft.patient_id, visit_id)

    def put_protocol(self, kept: Protocol) -> Change:
        """Adds a prescription of the practice's own, or changes it; ValueError if it can't be right or another has its key."""
        _refuse(kept.errors())
        return self._keep("protocol", kept, f"Another prescription is called @{kept.key}; choose another short name.")

    def drop_protocol(self, protocol_id: str) -> Change:
        """Takes away a prescription of the practice's own."""
        return self._drop("protocol", Protocol, protocol_id)

    def put_phrase(self, kept: Phrase) -> Change:
        """Adds a phrase of the practice's own, or changes it; ValueError if another has its key."""
        return self._keep("phrase", kept, f"Another phrase is called ;{kept.key}; choose another short name.")

    def drop_phrase(self, phrase_id: str) -> Change:
        """Takes away a phrase of the practice's own."""
        return self._drop("phrase", Phrase, phrase_id)

    def sign(self, visit_id: str, practitioner_id: str, reason: str = "") -> Change:
        """Closes a visit for good. While in and out are uneven it takes the reason why, which is kept; else NeedlesLeftError."""
        with self._acting() as session:
            draft = _draft(session, visit_id)
            even = count(session.scalars(sa.select(Needle).where(needle.c.visit_id == visit_id))).is_even
            draft.signed, draft.signed_by = self._now(), practitioner_id
            draft.needles_left_reason = "" if even else cleaned(reason).strip()
        return Change("signature", draft.patient_id, visit_id)

    def amend(self, amendment: Amendment) -> Change:
        """Adds to a signed visit."""
        kept = cleaned(amendment)
        with self._acting() as session:
            session.add(kept)
            session.flush()
            amended = _got(session, Visit, kept.visit_id)
        return Change("amendment", amended.patient_id, amended.id)

    def drop_visit(self, visit_id: str) -> Change:
        """Takes away a draft in which nothing was charted; ValueError when something was."""
        with self._acting() as session:
            draft = _draft(session, visit_id)
            charted = sa.select(sa.union_all(*(sa.select(t.c.id).where(t.c.visit_id == visit_id) for _, t in PARTS)).exists())
            scored = any(getattr(draft, name) is not None for name in SCORE_FIELDS) or any((*draft.tongue.values(), *draft.pulse.values()))
            if scored or "".join(search.visit_texts(draft)).strip() or session.scalar(charted):
                raise ValueError("Something is charted in this visit, so it stays.")
            session.delete(draft)
        return Change("visit", draft.patient_id, visit_id)

    # how both are done

    @contextmanager
    def _asking(self) -> Iterator[Session]:
        with plainly(), Session(self._vault.reader, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def _acting(self) -> Iterator[Session]:
        try:
            with plainly(), Session(self._vault.engine, autoflush=False, expire_on_commit=False) as session, session.begin():
                yield session
        except sa.exc.StatementError as error:
            if str(error.orig) in REFUSALS:
                raise _refusal(str(error.orig)) from error
            if isinstance(error, sa.exc.IntegrityError) or isinstance(error.orig, ValueError):
                raise ValueError("This can't be stored as it is. Nothing was changed.") from error  # noqa: TRY004
            raise

    def _one(self, kind: type[T], row_id: str) -> T:
        with self._asking() as session:
            return _got(session, kind, row_id)

    def _all(self, question: sa.Select[T]) -> list[T]:
        with self._asking() as session:
            return list(session.scalars(question))

    def _keep(self, word: str, kept: Protocol | Phrase, taken: str) -> Change:
        with self._acting() as session:
            same = session.scalars(sa.select(type(kept)).filter_by(key=kept.key)).first()
            if same is not None and same.id != kept.id:  # type: ignore[attr-defined]  # both kinds have one
                raise ValueError(taken)
            session.merge(cleaned(kept))
        return Change(word)

    def _drop(self, word: str, kind: type[Protocol | Phrase], row_id: str) -> Change:
        with self._acting() as session:
            session.delete(_got(session, kind, row_id))
        return Change(word)

    def _answer(self, intake_id: str, response: dict[str, object], completed: datetime | None) -> Change:
        with self._acting() as session:
            kept = _got(session, Intake, intake_id)
            if kept.completed is not None:
                raise _refusal("completed intake")
            kept.response, kept.completed = cleaned(response), completed
        return Change("intake", kept.patient_id)


def _refusal(said: str) -> VaultError:
    kind, sentence = REFUSALS[said]
    return kind(sentence)


def _got(session: Session, kind: type[T], row_id: str) -> T:
    row = session.get(kind, row_id)
    if row is None:
        raise LookupError(f"There is no such {kind.__name__.lower()}.")
    return row


def _draft(session: Session, visit_id: str) -> Visit:
    """The visit to be changed, without what belongs to it; SignedVisitError when it is closed."""
    row = session.get(Visit, visit_id, options=[lazyload("*")])
    if row is None:
        raise LookupError("There is no such visit.")
    if row.signed is not None:
        raise _refusal("signed visit")
    return row


def _write(draft: Visit, written: Mapping[str, object]) -> None:
    if unknown := written.keys() - NOTE:
        raise TypeError(f"A note has no field {', '.join(sorted(unknown))}.")
    for name in written.keys() & set(SCORE_FIELDS):
        if written[name] is not None and written[name] not in range(11):
            raise ValueError("A score lies between 0 and 10.")
    for name, value in written.items():
        setattr(draft, name, cleaned(value))


def _prose(seen: Visit) -> list[str]:
    return [*search.visit_texts(seen), *(added.text for added in seen.amendments)]


def _refuse(errors: dict[str, str]) -> None:
    if errors:
        raise ValueError(" ".join(errors.values()))
