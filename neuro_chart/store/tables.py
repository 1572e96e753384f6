"""The tables of the vault, and how the objects of `clinic` lie in them.

Importing this maps the dataclasses of `clinic`. The migrations make the tables; the tests hold both equal.
Times are kept as UTC text of one length, so that they sort; dates as ISO text.
"""

import json
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, fields, is_dataclass
from datetime import UTC, date, datetime
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy import event as events
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import QueryContext, composite, configure_mappers, deferred, foreign, registry, relationship
from sqlalchemy.orm.attributes import set_attribute
from sqlalchemy.types import TypeEngine

from neuro_chart.clinic.adjuncts import Adjunct, Spot
from neuro_chart.clinic.events import AdverseEvent, EventKind
from neuro_chart.clinic.intakes import Intake
from neuro_chart.clinic.needles import Angle, Mishap, Needle, Side, Site, Technique
from neuro_chart.clinic.people import Patient, Practice, Practitioner, Role
from neuro_chart.clinic.phrases import Phrase
from neuro_chart.clinic.protocols import Protocol
from neuro_chart.clinic.retention import Retention
from neuro_chart.clinic.text import clean
from neuro_chart.clinic.visits import Aftercare, Amendment, Signature, Visit
from neuro_chart.store.errors import DamagedVaultError
from neuro_chart.store.search import amendment_key, person_key, visit_key

REVISION = "0004"
BEFORE_ALL = "1970-01-01T00:00:00.000000Z"  # the time of a head that nothing has moved yet
YEARS_END = 9999  # which is over in some zone before it is in another, and so can't be told there

_UNREADABLE = (
    "Something in the chart can't be read: it was changed behind the program's back. Check the whole chart (Settings, Record), "
    "and restore the last good backup."
)

T = TypeVar("T")


class Kept(sa.types.TypeDecorator[T]):
    """A value that is stored as another: `write` makes the stored one, `read` brings it back."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, write: Callable[[T], Any], read: Callable[[Any], T], kind: type[TypeEngine[Any]] = sa.Text) -> None:
        super().__init__()
        self.write, self.read, self.kind = write, read, kind

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The stored kind."""
        return dialect.type_descriptor(self.kind())

    def process_bind_param(self, value: T | None, dialect: Dialect) -> Any:  # noqa: ANN401, ARG002
        """On its way in."""
        return None if value is None else self.write(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> T | None:  # noqa: ANN401, ARG002
        """On its way out; DamagedVaultError for what this program never wrote."""
        try:
            return None if value is None else self.read(value)
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
            raise DamagedVaultError(_UNREADABLE) from None  # the cause would tell of the patient


def _write_moment(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("A time without its zone can't be stored.")
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def read_moment(stored: str) -> datetime:
    """A time as it is stored, for a check; one that this program did not write is the earliest there is, and fits no digest."""
    with suppress(ValueError, OverflowError):
        if _write_moment(moment := datetime.fromisoformat(stored)) == stored and moment.year < YEARS_END:
            return moment
    return datetime.min.replace(tzinfo=UTC)


def _write_aftercare(aftercare: Aftercare) -> str:
    return json.dumps(asdict(aftercare) | {"next_visit": aftercare.next_visit and aftercare.next_visit.isoformat()}, ensure_ascii=False)


def _read_aftercare(text: str) -> Aftercare:
    told = json.loads(text)
    next_visit = told["next_visit"] and date.fromisoformat(told["next_visit"])
    return Aftercare(**told | {"exercises": tuple(told["exercises"]), "next_visit": next_visit})


def _write_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _write_site(site: Site) -> list[object]:
    return [site.x, site.y, site.z, site.side, site.region]


def _read_site(told: list[Any]) -> Site:
    x, y, z, side, region = told
    return Site(x, y, z, Side(side), region)


def _write_spots(spots: tuple[Spot, ...]) -> str:
    return _write_json([[spot.point, *_write_site(spot.site)] for spot in spots])


def _read_spots(text: str) -> tuple[Spot, ...]:
    return tuple(Spot(_read_site(told), point) for point, *told in json.loads(text))


def _write_strokes(strokes: tuple[tuple[Site, ...], ...]) -> str:
    return _write_json([[_write_site(site) for site in stroke] for stroke in strokes])


def _read_strokes(text: str) -> tuple[tuple[Site, ...], ...]:
    return tuple(tuple(_read_site(told) for told in stroke) for stroke in json.loads(text))


def _read_words(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


def _read_pairs(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((one, other) for one, other in json.loads(text))


def _write_retention(retention: Retention) -> str:
    return _write_json(asdict(retention))


def _read_retention(text: str) -> Retention:
    return Retention(**json.loads(text))


def pack(value: object) -> bytes:
    """A JSON value as bytes that are the same for the same value."""
    return zlib.compress(json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode())


def unpack(packed: bytes) -> Any:  # noqa: ANN401
    """The value that was packed."""
    return json.loads(zlib.decompress(packed))


MOMENT = Kept(_write_moment, datetime.fromisoformat)
DAY = Kept(date.isoformat, date.fromisoformat)
AFTERCARE = Kept(_write_aftercare, _read_aftercare)
ANSWERS: Kept[dict[str, object]] = Kept(_write_json, json.loads)
WORDS: Kept[tuple[str, ...]] = Kept(_write_json, _read_words)
PAIRS: Kept[tuple[tuple[str, str], ...]] = Kept(_write_json, _read_pairs)
SPOTS, STROKES = Kept(_write_spots, _read_spots), Kept(_write_strokes, _read_strokes)
YES_NO = Kept(int, bool, sa.Integer)
RETENTION = Kept(_write_retention, _read_retention)

metadata = sa.MetaData(
    naming_convention={"ck": "ck_%(table_name)s_%(constraint_name)s", "ix": "ix_%(table_name)s_%(column_0_name)s"},
)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _score(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, sa.CheckConstraint(f"{name} BETWEEN 0 AND 10", name=name))


def _key() -> sa.Column[str]:
    return sa.Column("id", sa.Text, primary_key=True)


def _to(table: str, *, name: str = "", nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name or f"{table}_id", sa.ForeignKey(f"{table}.id"), nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, MOMENT, nullable=nullable)


practice = sa.Table(
    "practice",
    metadata,
    _key(),
    _text("name"),
    _text("letterhead"),
    _text("paper"),
    sa.Column("rooms", WORDS, nullable=False),
    sa.Column("retention", RETENTION),
    sa.Column("sign_within", sa.Integer, nullable=False),
    sa.CheckConstraint("paper IN ('A4', 'Letter')", name="paper"),
)
practitioner = sa.Table(
    "practitioner",
    metadata,
    _key(),
    _text("name"),
    sa.Column("role", Kept(str, Role), nullable=False),
    _moment("disabled", nullable=True),
    sa.CheckConstraint("role IN ('owner', 'practitioner', 'reader')", name="role"),
)
patient = sa.Table(
    "patient",
    metadata,
    _key(),
    *(_text(name) for name in ("given", "family", "preferred")),
    sa.Column("birth", DAY),
    *(_text(name) for name in ("sex", "gender", "phone", "email", "address", "emergency_contact", "physician", "notes")),
    _moment("created"),
    _text("search"),
    _text("figure"),
    _moment("archived", nullable=True),
    _to("patient", name="merged_into", nullable=True),
    sa.CheckConstraint("figure IN ('', 'neutral', 'female', 'male')", name="figure"),
    sa.Index("ix_patient_search", "search"),
    sa.Index("ix_patient_merged", "merged_into", sqlite_where=sa.text("merged_into IS NOT NULL")),
)
intake = sa.Table(
    "intake",
    metadata,
    _key(),
    _to("patient"),
    _text("form"),
    sa.Column("response", ANSWERS, nullable=False),
    _moment("started"),
    _moment("completed", nullable=True),
    sa.Index("ix_intake_patient", "patient_id", "started"),
)
visit = sa.Table(
    "visit",
    metadata,
    _key(),
    _to("patient"),
    _to("practitioner"),
    _moment("started"),
    *(_text(name) for name in ("subjective", "objective", "assessment", "plan")),
    *(_score(name) for name in ("pain_before", "pain_after", "numbness_before", "numbness_after")),
    sa.Column("aftercare", AFTERCARE, nullable=False),
    _moment("signed", nullable=True),
    _to("practitioner", name="signed_by", nullable=True),
    _text("needles_left_reason"),
    _text("search"),
    _text("room"),
    *(sa.Column(name, ANSWERS, nullable=False) for name in ("tongue", "pulse", "copied")),
    _text("protocol"),
    sa.Column("session", sa.Integer, nullable=False),
    sa.CheckConstraint("(signed IS NULL) = (signed_by IS NULL)", name="signature"),
    sa.Index("ix_visit_patient", "patient_id", "started"),
    sa.Index("ix_visit_draft", "started", sqlite_where=sa.text("signed IS NULL")),
)
needle = sa.Table(
    "needle",
    metadata,
    _key(),
    _to("visit"),
    sa.Column("position", sa.Integer, nullable=False),
    *(sa.Column(name, sa.REAL, nullable=False) for name in ("x", "y", "z")),
    sa.Column("side", Kept(str, Side), nullable=False),
    _text("region"),
    _text("point"),
    sa.Column("depth", sa.REAL),
    sa.Column("depth_to", sa.REAL),
    _text("depth_unit"),
    sa.Column("gauge", sa.REAL),
    sa.Column("length", sa.REAL),
    sa.Column("angle", Kept(str, Angle), nullable=False),
    sa.Column("technique", Kept(str, Technique), nullable=False),
    sa.Column("de_qi", YES_NO),
    sa.Column("retention", sa.Integer, nullable=False),
    _moment("inserted", nullable=True),
    _moment("removed", nullable=True),
    _moment("paused", nullable=True),
    sa.Column("held", sa.Integer, nullable=False),
    sa.Column("mishap", Kept(str, Mishap), nullable=False),
    *(sa.Column(name, YES_NO, nullable=False) for name in ("counted", "copied")),
    sa.CheckConstraint("side IN ('left', 'right', 'midline')", name="side"),
    sa.CheckConstraint("depth_unit IN ('cun', 'mm')", name="depth_unit"),
    sa.CheckConstraint("depth_to IS NULL OR coalesce(depth_to > depth, 0)", name="depth_to"),
    sa.CheckConstraint("de_qi IN (0, 1)", name="de_qi"),
    sa.CheckConstraint("retention = 0 OR retention BETWEEN 10 AND 60", name="retention"),
    sa.CheckConstraint("removed IS NULL OR coalesce(removed >= inserted, mishap = 'dropped')", name="removed"),
    sa.CheckConstraint("counted = 1 OR (counted = 0 AND removed IS NOT NULL)", name="counted"),
    sa.CheckConstraint("copied IN (0, 1)", name="copied"),
    sa.Index("ix_needle_visit", "visit_id", "position"),
)
adjunct = sa.Table(
    "adjunct",
    metadata,
    _key(),
    _to("visit"),
    sa.Column("position", sa.Integer, nullable=False),
    *(_text(name) for name in ("kind", "setting", "method", "waveform", "frequency", "intensity", "size")),
    *(sa.Column(name, sa.Integer) for name in ("minutes", "amount")),
    sa.Column("pairs", PAIRS, nullable=False),
    sa.Column("spots", SPOTS, nullable=False),
    sa.Column("strokes", STROKES, nullable=False),
    *(_moment(name, nullable=True) for name in ("started", "ended", "paused")),
    sa.Column("held", sa.Integer, nullable=False),
    sa.Column("until", DAY),
    *(sa.Column(name, YES_NO, nullable=False) for name in ("consent", "copied")),
    sa.CheckConstraint("minutes > 0", name="minutes"),
    sa.CheckConstraint("amount > 0", name="amount"),
    sa.CheckConstraint("ended IS NULL OR coalesce(ended >= started, 0)", name="ended"),
    sa.CheckConstraint("consent IN (0, 1)", name="consent"),
    sa.CheckConstraint("copied IN (0, 1)", name="copied"),
    sa.Index("ix_adjunct_visit", "visit_id", "position"),
)
event = sa.Table(
    "event",
    metadata,
    _key(),
    _to("visit"),
    sa.Column("kind", Kept(str, EventKind), nullable=False),
    _moment("at"),
    *(_text(name) for name in ("needle_id", "words", "done", "outcome")),
    sa.Index("ix_event_visit", "visit_id", "at"),
)
amendment = sa.Table(
    "amendment",
    metadata,
    _key(),
    _to("visit"),
    _to("practitioner", name="author_id"),
    _text("text"),
    _moment("written"),
    _text("search"),
    _text("reason"),
    sa.Index("ix_amendment_visit", "visit_id"),
)
seal = sa.Table(
    "seal",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True),
    *(_text(name) for name in ("kind", "row_id", "patient_id", "practitioner_id", "name")),
    _moment("at"),
    _text("zone"),
    sa.Column("form", sa.Integer, nullable=False),
    _text("digest"),
    sa.Index("ix_seal_row", "kind", "row_id", unique=True),
)
trail = sa.Table(
    "trail",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True),
    _moment("at"),
    *(_text(name) for name in ("practitioner_id", "deed", "patient_id", "visit_id")),
    sa.Column("detail", sa.LargeBinary),
    *(_text(name) for name in ("detail_digest", "digest")),
    sa.Index("ix_trail_patient", "patient_id", "seq"),
)
head = sa.Table(
    "head",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("seq", sa.Integer, nullable=False),
    _text("digest"),
    _moment("at"),
)
typing = sa.Table(
    "typing",
    metadata,
    sa.Column("row_id", sa.Text, primary_key=True),
    *(_text(name) for name in ("kind", "practitioner_id", "patient_id", "visit_id")),
    _moment("since"),
    sa.Column("before", ANSWERS, nullable=False),
)
place = sa.Table(
    "place",
    metadata,
    sa.Column("practitioner_id", sa.ForeignKey("practitioner.id"), primary_key=True),
    sa.Column("page", ANSWERS, nullable=False),
)
erasure = sa.Table(
    "erasure",
    metadata,
    sa.Column("patient_id", sa.Text, primary_key=True),
    _text("practitioner_id"),
    _moment("at"),
    _text("reason"),
)
protocol = sa.Table(
    "protocol",
    metadata,
    _key(),
    *(_text(name) for name in ("key", "name")),
    sa.Column("sessions", WORDS, nullable=False),
    _text("group"),
    sa.Column("retention", sa.Integer),
    *(_text(name) for name in ("dose", "evidence", "strength", "source", "based_on")),
    sa.CheckConstraint("retention = 0 OR retention BETWEEN 10 AND 60", name="retention"),
    sa.Index("ix_protocol_key", "key", unique=True),
)
phrase = sa.Table("phrase", metadata, _key(), *(_text(name) for name in ("key", "text")), sa.Index("ix_phrase_key", "key", unique=True))

_mapper = registry(metadata=metadata)
_mapper.map_imperatively(Practice, practice)
_mapper.map_imperatively(Practitioner, practitioner)
_mapper.map_imperatively(Patient, patient, properties={"search": deferred(patient.c.search)})
_mapper.map_imperatively(Intake, intake)
_mapper.map_imperatively(
    Needle,
    needle,
    properties={
        "site": composite(Site, *(f"_{name}" for name in ("x", "y", "z", "side", "region"))),
        **{f"_{name}": needle.c[name] for name in ("x", "y", "z", "side", "region")},
    },
)
_mapper.map_imperatively(Adjunct, adjunct)
_mapper.map_imperatively(AdverseEvent, event)
_mapper.map_imperatively(Protocol, protocol)
_mapper.map_imperatively(Phrase, phrase)
_mapper.map_imperatively(Signature, seal)


def _signature(kind: str, row_id: sa.Column[str]) -> Any:  # noqa: ANN401
    closes = sa.and_(foreign(seal.c.row_id) == row_id, seal.c.kind == kind)
    return relationship(Signature, primaryjoin=closes, uselist=False, viewonly=True, lazy="selectin")


_mapper.map_imperatively(
    Amendment, amendment, properties={"search": deferred(amendment.c.search), "signature": _signature("amendment", amendment.c.id)}
)
_mapper.map_imperatively(
    Visit,
    visit,
    properties={
        "search": deferred(visit.c.search),
        # Only to be read: what belongs to a visit changes by acts of its own, and never because a list was short.
        "needles": relationship(Needle, order_by=(needle.c.position, needle.c.id), viewonly=True, lazy="selectin"),
        "adjuncts": relationship(Adjunct, order_by=(adjunct.c.position, adjunct.c.kind, adjunct.c.id), viewonly=True, lazy="selectin"),
        "events": relationship(AdverseEvent, order_by=(event.c.at, event.c.id), viewonly=True, lazy="selectin"),
        "signature": _signature("visit", visit.c.id),
        "amendments": relationship(Amendment, order_by=(amendment.c.written, amendment.c.id), viewonly=True, lazy="selectin"),
    },
)


def _keep_folded(kind: type[T], key: Callable[[T], str]) -> None:
    def fold_in(_mapper: object, _connection: object, row: T) -> None:
        set_attribute(row, "search", key(row))

    events.listen(kind, "before_insert", fold_in)
    events.listen(kind, "before_update", fold_in)


def _tell_reader(seen: Visit, context: QueryContext) -> None:
    seen.read_only = bool(context.session.info.get("reads_only"))


events.listen(Visit, "load", _tell_reader)
_keep_folded(Patient, person_key)
_keep_folded(Visit, visit_key)
_keep_folded(Amendment, amendment_key)
configure_mappers()


def cleaned(value: T) -> T:
    """A copy as it is stored: all text in it, however deep, clean. The object handed in stays as it is, and apart."""
    kept: Any = value
    if type(value) is str:
        kept = clean(kept)
    elif is_dataclass(value) and not isinstance(value, type):
        kept = type(value)(**{field.name: cleaned(vars(value)[field.name]) for field in fields(value)})
    elif isinstance(value, dict):
        kept = {cleaned(name): cleaned(part) for name, part in value.items()}
    elif isinstance(value, tuple):
        kept = tuple(cleaned(part) for part in value)
    elif isinstance(value, list):
        kept = [cleaned(part) for part in value]
    return cast("T", kept)
