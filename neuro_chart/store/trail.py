"""The trail in the vault: it grows only, and each entry's digest is keyed and reaches over the one before it.

The key is made from the vault's own: whoever has the file but not the key can't make an entry that holds, and whoever has the key can.
So the trail shows tampering and does not prevent it.
"""

import hmac
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import instance_state

from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.trail import Deed, Entry, difference
from neuro_chart.clinic.visits import Visit
from neuro_chart.store.tables import BEFORE_ALL, MOMENT, Kept, pack, read_moment, trail, unpack

SIGNING = frozenset({Deed.SIGNED, Deed.AMENDED, Deed.COMPLETED})  # their entries tell the signature's digest
SIGNATURE = "signature"
_EARLIEST = read_moment(BEFORE_ALL)


@dataclass(frozen=True)
class Head:
    """Where the trail ends: the last entry's place, its digest and its time."""

    seq: int
    digest: str
    at: datetime


def write_entry(connection: sa.Connection, key: bytes, entry: Entry) -> None:
    """Adds an entry at the trail's end; `key` is the vault's."""
    seq, before, _ = head_of(connection, "trail")
    detail = pack(dict(entry.changes)) if entry.changes else b""
    who = (entry.practitioner_id, str(entry.deed), entry.patient_id, entry.visit_id)
    told = (seq + 1, MOMENT.write(entry.at), *who, sha256(detail).hexdigest())
    digest = _digest(_own(key), told, before)
    connection.exec_driver_sql(
        "INSERT INTO trail (seq, at, practitioner_id, deed, patient_id, visit_id, detail_digest, detail, digest)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*told, detail, digest),
    )
    connection.exec_driver_sql("UPDATE head SET seq = ?, digest = ?, at = ? WHERE name = 'trail'", (seq + 1, digest, told[1]))


def read_entry(row: sa.RowMapping) -> Entry:
    """An entry, of a row of the table as it is stored; one that can't be read any more is told as altered."""
    names = ("practitioner_id", "patient_id", "visit_id", "seq")
    told = {name: row[name] for name in names}
    try:
        changes = unpack(row["detail"]) if row["detail"] else {}
        if isinstance(changes, dict) and (at := read_moment(row["at"])) > _EARLIEST:
            return Entry(at=at, deed=Deed(row["deed"]), changes=changes, **told)
    except (ValueError, RecursionError, zlib.error):
        pass
    return Entry(at=max(read_moment(row["at"]), _EARLIEST), deed=Deed.ALTERED, **told)


def head(connection: sa.Connection) -> Head:
    """Where the trail ends; before all times where somebody made its time unreadable, which the check tells."""
    seq, digest, at = head_of(connection, "trail")
    return Head(seq, digest, max(read_moment(at), _EARLIEST))


def head_of(connection: sa.Connection, name: str) -> tuple[int, str, str]:
    """Where the seals or the trail end, as it is stored; before all of them where somebody took that away."""
    row = connection.exec_driver_sql("SELECT seq, digest, at FROM head WHERE name = ?", (name,)).one_or_none()
    return tuple(row) if row is not None else (0, "", BEFORE_ALL)


def digest_at(connection: sa.Connection, seq: int) -> str | None:
    """The digest of the entry at a place; None when the trail is shorter."""
    return connection.execute(sa.select(trail.c.digest).where(trail.c.seq == seq)).scalar()


def broken_entries(connection: sa.Connection, key: bytes) -> Iterator[tuple[int, str]]:
    """Goes through the trail from the first entry: the place of each, and what does not hold about it in a sentence, or nothing."""
    key = _own(key)
    erased = set(connection.exec_driver_sql("SELECT patient_id FROM erasure").scalars())
    before, expected, last = "", 1, BEFORE_ALL
    rows = connection.exec_driver_sql(
        "SELECT seq, at, practitioner_id, deed, patient_id, visit_id, detail_digest, detail, digest FROM trail ORDER BY seq"
    )
    for *told, detail, digest in rows:
        if told[0] != expected:
            yield expected, f"Entry {expected} of the trail is missing."
            return  # what follows was made over one that is not there
        emptied = detail is None and told[4] in erased and told[3] != Deed.ERASED
        if digest != _digest(key, told, before) or not (emptied or sha256(detail or b"").hexdigest() == told[6]):
            yield expected, f"Entry {expected} of the trail is not what was written."
        else:
            yield expected, ""
        before, expected, last = digest, expected + 1, told[1]
    if head_of(connection, "trail") != (expected - 1, before, last):
        yield expected, f"Entries of the trail after number {expected - 1} are missing."


def _own(vault_key: bytes) -> bytes:
    return hmac.digest(vault_key, b"neuro-chart trail", "sha256")


def _digest(key: bytes, told: Any, before: str) -> str:  # noqa: ANN401  # a row
    return hmac.digest(key, json.dumps([before, *told], ensure_ascii=False, separators=(",", ":")).encode(), "sha256").hex()


class Changes:
    """Listens to a session and keeps what it changes, row by row, in the words of the trail."""

    KEYS = ("id", "visit_id", "patient_id", "practitioner_id", "search", "position")  # they say nothing, or another says it too

    def __init__(self, session: Session) -> None:
        self.rows: list[tuple[Any, Deed, dict[str, list[Any]]]] = []  # the object, what happened to it, its fields as [old, new]
        event.listen(session, "before_flush", self._look)

    def _look(self, session: Session, _context: object, _instances: object) -> None:
        for objects, deed in ((session.new, Deed.ADDED), (session.dirty, Deed.CHANGED), (session.deleted, Deed.REMOVED)):
            for each in objects:
                if fields := _fields(each, deed):
                    self.rows.append((each, deed, fields))

    def told(self) -> dict[str, dict[str, list[Any]]]:
        """All of it, by what the row is called; a second one of the same name gets a number."""
        found: dict[str, dict[str, list[Any]]] = {}
        for each, _, fields in self.rows:
            called = _called(each)
            number = 2
            while (name := called if called not in found else f"{called} {number}") in found:
                number += 1
            found[name] = {field: difference(*values) for field, values in fields.items()}
        return found

    def about(self, session: Session) -> tuple[str, str]:
        """The ids of the patient and the visit that it belongs to, as far as it does."""
        for row, *_ in self.rows:
            if isinstance(row, Patient):
                return row.id, ""
            if (visit_id := row.id if isinstance(row, Visit) else getattr(row, "visit_id", "")) and (visit := session.get(Visit, visit_id)):
                return visit.patient_id, visit_id
            if patient_id := getattr(row, "patient_id", ""):
                return patient_id, ""
        return "", ""

    @property
    def deed(self) -> Deed:
        """What all of it comes to."""
        deeds = {deed for _, deed, _ in self.rows}
        return deeds.pop() if len(deeds) == 1 else Deed.CHANGED


def _fields(each: object, deed: Deed) -> dict[str, list[Any]]:
    state = instance_state(each)
    found = {}
    for prop in state.mapper.column_attrs:
        column = prop.columns[0]
        if column.name in Changes.KEYS:
            continue
        history = state.attrs[prop.key].history
        if deed is Deed.CHANGED:
            if not history.has_changes():
                continue
            old, new = history.deleted[0] if history.deleted else None, history.added[0] if history.added else None
        else:
            now = state.attrs[prop.key].value
            if not now and now is not False:
                continue
            old, new = (None, now) if deed is Deed.ADDED else (now, None)
        found[column.name] = [_plain(column, old), _plain(column, new)]
    return found


def _plain(column: sa.ColumnElement[Any], value: Any) -> Any:  # noqa: ANN401  # each column has its own kind
    kind = column.type
    try:
        return kind.write(value) if isinstance(kind, Kept) and value is not None else value
    except ValueError as error:  # as the statement itself would have it
        raise sa.exc.StatementError(f"{column.name} can't be stored", None, None, error) from error


def _called(each: Any) -> str:  # noqa: ANN401  # any row
    table = str(instance_state(each).mapper.local_table)
    match table:
        case "needle":
            return " ".join(part for part in ("needle", each.point or each.site.region, str(each.site.side)) if part)
        case "adjunct" | "event":
            return f"{table} {each.kind}"
        case "protocol" | "phrase":
            return f"{table} {each.key}"
        case "practitioner":
            return f"{table} {each.name}"
    return table
