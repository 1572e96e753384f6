"""Every act upon the record; with the questions it is the one gate to it.

An act takes objects of `clinic` (copies made with dataclasses.replace), stores them in one transaction, durable when it returns, and
says in a Change what it touched. In the same transaction the trail tells who did it and what was there before.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session, lazyload

from neuro_chart.clinic.adjuncts import Adjunct
from neuro_chart.clinic.events import AdverseEvent
from neuro_chart.clinic.intakes import Intake
from neuro_chart.clinic.needles import Needle, count
from neuro_chart.clinic.people import Patient, Practice, Practitioner, Role
from neuro_chart.clinic.phrases import Phrase
from neuro_chart.clinic.protocols import Protocol
from neuro_chart.clinic.text import fold
from neuro_chart.clinic.trail import Deed, Entry
from neuro_chart.clinic.visits import NOTE_FIELDS, SCORE_FIELDS, Amendment, Visit
from neuro_chart.store import search
from neuro_chart.store.attempts import Attempts
from neuro_chart.store.door import plainly
from neuro_chart.store.erasure import erase
from neuro_chart.store.errors import (
    CompletedIntakeError,
    NeedlesLeftError,
    NotAllowedError,
    SignedVisitError,
    UnsignedVisitError,
    VaultError,
)
from neuro_chart.store.questions import Questions, got
from neuro_chart.store.seals import last_digest, put_seal
from neuro_chart.store.tables import (
    adjunct,
    cleaned,
    erasure,
    event,
    needle,
    patient,
    place,
)
from neuro_chart.store.told_keys import on_signing_in
from neuro_chart.store.trail import SIGNATURE, SIGNING, Changes, write_entry
from neuro_chart.store.typing import gather, settle

T = TypeVar("T")
Part = Needle | Adjunct | AdverseEvent
PARTS: tuple[tuple[type[Part], sa.Table], ...] = ((Needle, needle), (Adjunct, adjunct), (AdverseEvent, event))
TYPED = frozenset({*NOTE_FIELDS, "aftercare"})
NOTE = frozenset({*NOTE_FIELDS, *SCORE_FIELDS, "aftercare", "started", "room", "tongue", "pulse", "copied", "protocol", "session"})

# What the triggers say (upgrades/), and what the user reads.
REFUSALS: dict[str, tuple[type[VaultError], str]] = {
    "signed visit": (SignedVisitError, "This visit is signed and can't be changed any more. Add an amendment instead."),
    "draft visit": (UnsignedVisitError, "This visit isn't signed yet: write it into the note itself."),
    "needle in": (NeedlesLeftError, "A needle is in, or pulled and not counted. Count it out, or give the reason why the visit closes."),
    "patient stays": (VaultError, "A patient's record is never deleted. Put it into the archive instead."),
    "retention": (VaultError, "The practice keeps this record still: its retention period is not over, or none is set."),
    "grows only": (VaultError, "The trail and the signatures only grow; nothing in them can be changed."),
    "completed intake": (CompletedIntakeError, "This health history is completed and can't be changed any more. Start a new one instead."),
}


@dataclass(frozen=True)
class Change:
    """What an act touched.

    `kind` is practice, people, patient, intake, visit, note, treatment, signature, amendment, protocol, phrase or trail.
    """

    kind: str
    patient_id: str = ""
    visit_id: str = ""


class Records(Questions):
    """The gate to the record of an open vault. `now` is the clock that signatures and completions are dated by."""

    def save_practice(self, practice: Practice) -> Change:
        """Changes the practice's name, letterhead, paper or rooms; how it keeps and signs records is the owner's to change."""
        kept = self.practice()
        rules = (practice.retention, practice.sign_within) != (kept.retention, kept.sign_within)
        with self._acting(need=Role.OWNER if rules else Role.PRACTITIONER) as session:
            session.merge(replace(cleaned(practice), id=kept.id))
        return Change("practice")

    def put_practitioner(self, person: Practitioner) -> Change:
        """Adds or changes somebody who signs in; everybody may change their own name. One owner at least stays active."""
        person = cleaned(person)
        person.name = " ".join(person.name.split())
        known = {each.id: each for each in self.practitioners()}
        own = person.id == self._vault.practitioner_id and replace(known[person.id], name=person.name) == person
        _refuse({} if _seen(person.name) else {"name": "Give a name; it stands under what is signed."})
        if any(each.id != person.id and _seen(each.name) == _seen(person.name) for each in known.values()):
            raise ValueError("Somebody here has this name already, and a signature is known by its name. Add what tells them apart.")
        known[person.id] = person
        if not any(each.role is Role.OWNER and each.disabled is None for each in known.values()):
            raise ValueError("The practice needs an owner. Make somebody else one first.")
        with self._acting(need=Role.READER if own else Role.OWNER) as session:
            session.merge(person)
        self._role = None
        return Change("people")

    def save_patient(self, patient: Patient) -> Change:
        """Adds a patient, or changes what is told of them; ValueError with the reasons when the record can't be right."""
        kept = cleaned(patient)
        _refuse(kept.errors(self._now().astimezone().date()))
        with self._acting() as session:
            if (held := session.get(Patient, kept.id)) is not None:  # archive and merge are acts of their own, whatever was read before
                kept.archived, kept.merged_into = held.archived, held.merged_into
            elif session.scalar(sa.select(erasure.c.patient_id).where(erasure.c.patient_id == kept.id)):
                raise ValueError("This record was erased. Add the patient anew.")
            session.merge(kept)
        return Change("patient", kept.id)

    def archive(self, patient_id: str) -> Change:
        """Takes a patient out of the lists; nothing of them is lost."""
        return self._set_patient(patient_id, Deed.ARCHIVED, archived=self._now())

    def unarchive(self, patient_id: str) -> Change:
        """Brings a patient back into the lists."""
        return self._set_patient(patient_id, Deed.UNARCHIVED, archived=None)

    def merge(self, patient_id: str, into: str) -> Change:
        """Shows the visits and health histories of a record with those of another of the same person; both stay as they are."""
        other = self.patient(into)
        if patient_id == into or other.merged_into is not None:
            raise ValueError("Choose another record of the same person to merge this one into.")
        if self.merged(patient_id):
            raise ValueError("Other records were merged into this one. Merge the other way round, or part them first.")
        return self._set_patient(patient_id, Deed.MERGED, merged_into=into)

    def unmerge(self, patient_id: str) -> Change:
        """Parts a record from the one that it was merged into."""
        return self._set_patient(patient_id, Deed.UNMERGED, merged_into=None)

    def erase(self, patient_id: str, reason: str) -> Change:
        """Takes a patient and all that was charted of them away for good; ValueError says why it can't be.

        Seals and trail stay, without what they told of the patient, and the trail says that it happened.
        """
        why_not = self.erasable(patient_id) or ("" if reason.strip() else "Give the reason; the trail keeps it.")
        if why_not:
            raise ValueError(why_not)
        words = cleaned(reason).strip()
        charted: dict[str, Sequence[Visit | Intake]] = {"visits": self.visits(patient_id), "health histories": self.intakes(patient_id)}
        with self._acting(need=Role.OWNER) as session:
            connection = session.connection()
            whose = [*connection.scalars(sa.select(patient.c.id).where(patient.c.merged_into == patient_id)), patient_id]
            for each in whose:
                erase(connection, each, self._vault.practitioner_id, self._now(), words)
                told = {kind: sum(one.patient_id == each for one in of_all) for kind, of_all in charted.items()}
                self._write(session, self._entry(Deed.ERASED, each, changes=told | {"reason": words}))
        return Change("patient", patient_id)

    def log(self, deed: Deed, patient_id: str = "", visit_id: str = "", **words: object) -> Change:
        """Says in the trail what changes no row, such as that a record was seen or printed."""
        if not self._vault.read_only:
            with self._acting(need=Role.READER) as session:
                self._write(session, self._entry(deed, patient_id, visit_id, cleaned(words)))
        return Change("trail", patient_id, visit_id)

    def seen_in_search(self, patient_ids: Iterable[str]) -> Change:
        """Says in the trail of each of these patients that words of their notes were shown among what a search found."""
        if not self._vault.read_only:
            with self._acting(need=Role.READER) as session:
                self._write(session, *(self._entry(Deed.SEEN, each, changes={"where": "in a search of all notes"}) for each in patient_ids))
        return Change("trail")

    def signed_in(self, *, recovered: bool = False) -> Change:
        """Begins a sitting: what was being typed when the last one broke off, attempts that failed, and who is here, go into the trail."""
        if not self._vault.read_only:
            self.settle()
            with self._telling_failures() as session:
                words = on_signing_in(session.connection(), self._vault.path)
                self._write(session, self._entry(Deed.RECOVERED if recovered else Deed.SIGNED_IN, changes=words))
        return Change("trail")

    def confirm(self, passphrase: str) -> bool:
        """Whether this is the passphrase of who signed in. Slow, for a worker thread; TooSoonError after too many that were not."""
        if not self._vault.confirm(passphrase):
            return False
        if not self._vault.read_only:
            with self._telling_failures():
                pass
        return True

    def settle(self) -> None:
        """Writes into the trail what was typed and is only gathered so far."""
        if not self._vault.read_only:
            with self._acting(need=Role.READER) as session:
                settle(session.connection(), self._vault.key, self._now())

    def keep_place(self, page: dict[str, object]) -> None:
        """Keeps where somebody was in the chart, for when they come back."""
        if not self._vault.read_only:
            with self._acting(need=Role.READER) as session:
                session.execute(sa.delete(place).where(place.c.practitioner_id == self._vault.practitioner_id))
                session.execute(sa.insert(place).values(practitioner_id=self._vault.practitioner_id, page=page))

    def take_place(self) -> dict[str, object]:
        """Where who signed in was when they locked; told once, and empty if they did not."""
        mine = place.c.practitioner_id == self._vault.practitioner_id
        with self._asking() as session:
            found = session.scalar(sa.select(place.c.page).where(mine))
        if found and not self._vault.read_only:
            with self._acting(need=Role.READER) as session:
                session.execute(sa.delete(place).where(mine))
        return found or {}

    def start_intake(self, intake: Intake) -> Change:
        """Adds a health history beside those that are there; ValueError for a completed one, as completing signs it."""
        _refuse({"completed": "A health history is completed only after it was started."} if intake.completed else {})
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
        with self._acting(typing=not (kept or gone) and written.keys() <= TYPED) as session:
            draft = _draft(session, visit_id)
            _write(draft, written)
            for kind, table in PARTS:
                parts: list[Part] = [each for each in kept if isinstance(each, kind)]
                asked = sa.select(kind).where(table.c.id.in_([each.id for each in parts]))
                held: Sequence[Any] = session.scalars(asked).all() if parts else ()  # so that neither merge nor add asks once more
                if any(each.visit_id != visit_id for each in held):
                    raise ValueError("What is charted in one visit can't be taken over into another.")
                known = {each.id for each in held}
                for off_chart in session.scalars(sa.select(kind).where(table.c.id.in_(gone), table.c.visit_id == visit_id)) if gone else ():
                    session.delete(off_chart)
                for each in parts:
                    session.merge(each) if each.id in known else session.add(each)
        return Change("treatment" if kept or gone else "note", draft.patient_id, visit_id)

    def put_protocol(self, kept: Protocol) -> Change:
        """Adds a prescription of the practice's own, or changes it; ValueError if it can't be right or another has its key."""
        return self._keep("protocol", cleaned(kept), f"Another prescription is called @{kept.key}; choose another short name.")

    def drop_protocol(self, protocol_id: str) -> Change:
        """Takes away a prescription of the practice's own."""
        return self._drop("protocol", Protocol, protocol_id)

    def put_phrase(self, kept: Phrase) -> Change:
        """Adds a phrase of the practice's own, or changes it; ValueError if it can't be right or another has its key."""
        return self._keep("phrase", cleaned(kept), f"Another phrase is called ;{kept.key}; choose another short name.")

    def drop_phrase(self, phrase_id: str) -> Change:
        """Takes away a phrase of the practice's own."""
        return self._drop("phrase", Phrase, phrase_id)

    def sign(self, visit_id: str, reason: str = "") -> Change:
        """Closes a visit for good. While in and out are uneven it takes the reason why, which is kept; else NeedlesLeftError."""
        with self._acting(Deed.SIGNED) as session:
            draft = _draft(session, visit_id)
            even = count(session.scalars(sa.select(Needle).where(needle.c.visit_id == visit_id))).is_even
            draft.signed, draft.signed_by = self._now(), self._vault.practitioner_id
            draft.needles_left_reason = "" if even else cleaned(reason).strip()
            self._seal(session, "visit", visit_id, draft.patient_id, draft.signed)
        return Change("signature", draft.patient_id, visit_id)

    def amend(self, amendment: Amendment) -> Change:
        """Adds to a signed visit, in the name of who signed in; ValueError without words or without the reason why."""
        kept = cleaned(amendment)
        if kept.author_id != self._vault.practitioner_id:
            raise ValueError("An amendment is signed by who signed in.")
        _refuse({} if kept.text.strip() else {"text": "Write what is to be added or put right."})
        _refuse({} if kept.reason.strip() else {"reason": "Give the reason why the visit is amended."})
        with self._acting(Deed.AMENDED) as session:
            amended = got(session, Visit, kept.visit_id)
            session.add(kept)
            self._seal(session, "amendment", kept.id, amended.patient_id, kept.written)
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

    # how an act is done

    @contextmanager
    def _acting(self, deed: Deed | None = None, *, need: Role = Role.PRACTITIONER, typing: bool = False) -> Iterator[Session]:
        """One transaction, which ends with the trail's entry of what was changed in it; words that are being typed are only gathered."""
        self._refuse_role(need)
        try:
            with plainly(), Session(self._vault.engine, autoflush=False, expire_on_commit=False) as session, session.begin():
                changes = Changes(session)
                yield session
                session.flush()
                if changes.rows:
                    self._tell(session, changes, deed, typing=typing)
        except sa.exc.StatementError as error:
            if str(error.orig) in REFUSALS:
                raise _refusal(str(error.orig)) from error
            if isinstance(error, sa.exc.IntegrityError) or isinstance(error.orig, ValueError):
                raise ValueError("This can't be stored as it is. Nothing was changed.") from error  # noqa: TRY004
            raise

    @contextmanager
    def _telling_failures(self) -> Iterator[Session]:
        """An act that begins with the attempts to come in that failed; they are forgotten once that is stored."""
        attempts = Attempts(self._vault.path)
        failed = attempts.moments()
        with self._acting(need=Role.READER) as session:
            self._write(session, *(Entry(moment, "", Deed.FAILED) for moment in failed))
            yield session
        if failed:
            attempts.forget()

    def _refuse_role(self, need: Role) -> None:
        if self._vault.read_only:
            raise NotAllowedError("This vault can't be written to, so it is only read. Copy it and its keys to a disk that can be written.")
        if need is Role.READER:
            return
        mine = self.role
        if mine is Role.READER:
            raise NotAllowedError("You may read this chart and not change it. The owner of the practice can give you another role.")
        if need is Role.OWNER and mine is not Role.OWNER:
            raise NotAllowedError("Only an owner of the practice may do this.")

    def _tell(self, session: Session, changes: Changes, deed: Deed | None, *, typing: bool) -> None:
        connection, key, now = session.connection(), self._vault.key, self._now()
        signed = {SIGNATURE: last_digest(connection)} if deed in SIGNING else {}
        entry = self._entry(deed or changes.deed, *changes.about(session), changes.told() | signed)
        if typing:
            gather(connection, key, now, changes, entry)
        else:
            settle(connection, key, now, changes)
            write_entry(connection, key, entry)

    def _entry(self, deed: Deed, patient_id: str = "", visit_id: str = "", changes: Mapping[str, Any] | None = None) -> Entry:
        return Entry(self._now(), self._vault.practitioner_id, deed, patient_id, visit_id, changes or {})

    def _write(self, session: Session, *entries: Entry) -> None:
        for entry in entries:
            write_entry(session.connection(), self._vault.key, entry)

    def _seal(self, session: Session, kind: str, row_id: str, patient_id: str, at: datetime) -> None:
        session.flush()
        zone = at.astimezone().isoformat()[-6:]
        put_seal(session.connection(), kind, row_id, patient_id, by=self._vault.practitioner_id, at=at, zone=zone)

    def _set_patient(self, patient_id: str, deed: Deed, **fields: object) -> Change:
        with self._acting(deed) as session:
            kept = got(session, Patient, patient_id)
            for name, value in fields.items():
                setattr(kept, name, value)
        return Change("patient", patient_id)

    def _keep(self, word: str, kept: Protocol | Phrase, taken: str) -> Change:
        _refuse(kept.errors())
        with self._acting() as session:
            same = session.scalars(sa.select(type(kept)).filter_by(key=kept.key)).first()
            if same is not None and same.id != kept.id:  # type: ignore[attr-defined]  # both kinds have one
                raise ValueError(taken)
            session.merge(kept)
        return Change(word)

    def _drop(self, word: str, kind: type[Protocol | Phrase], row_id: str) -> Change:
        with self._acting() as session:
            session.delete(got(session, kind, row_id))
        return Change(word)

    def _answer(self, intake_id: str, response: dict[str, object], completed: datetime | None) -> Change:
        with self._acting(Deed.COMPLETED if completed else None, typing=completed is None) as session:
            kept = got(session, Intake, intake_id)
            if kept.completed is not None:
                raise _refusal("completed intake")
            kept.response, kept.completed = cleaned(response), completed
            if completed is not None:
                self._seal(session, "intake", intake_id, kept.patient_id, completed)
        return Change("intake", kept.patient_id)


def _refusal(said: str) -> VaultError:
    kind, sentence = REFUSALS[said]
    return kind(sentence)


def _seen(name: str) -> str:
    """A name as it tells people apart: without case, accents, and signs that nobody sees."""
    return fold("".join(sign for sign in name if unicodedata.category(sign) != "Cf"))


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


def _refuse(errors: dict[str, str]) -> None:
    if errors:
        raise ValueError(" ".join(errors.values()))
