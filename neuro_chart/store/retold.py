"""What the trail tells, held against what is there: the signatures, and the people, patients and practice that no signature closes.

So a role, a name or a retention period that was changed behind the program's back shows, as do signatures that were all made anew:
the trail would have to be made anew too, and its head is kept outside the vault (see neuro_chart.store.witness).
"""

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from neuro_chart.clinic.trail import Deed
from neuro_chart.store.tables import erasure, patient, practice, practitioner, trail, unpack
from neuro_chart.store.trail import SIGNATURE, SIGNING, Changes

_ROWS = {table.name: table for table in (patient, practitioner, practice)}
_KNOWN_BY = {"patient": "id", "practitioner": "name"}  # nobody here has the name of another; of the practice there is one row
_ADDED = ""  # no field of a row, but that the trail tells of its beginning
_SAID = {
    "patient": "The record of a patient is not what the trail tells of it.",
    "practitioner": "What is stored of {} is not what the trail tells.",
    "practice": "What is stored of the practice is not what the trail tells.",
}


def untold(connection: sa.Connection) -> Iterator[tuple[str, str]]:
    """What is there and is not what a trail that holds tells of it, in sentences, each with the id of the patient whom it is about."""
    yield from _signatures(connection)
    yield from _erasures(connection)
    yield from _rows(connection)


def _signatures(connection: sa.Connection) -> Iterator[tuple[str, str]]:
    """Each signature is told by its digest, and each that was there when the vault was brought up to date by that of the last."""
    asked = sa.select(trail.c.seq, trail.c.deed, trail.c.detail).where(trail.c.deed.in_((*SIGNING, Deed.UPGRADED)))
    told = {unpack(detail).get(SIGNATURE): (seq, deed) for seq, deed, detail in connection.execute(asked) if detail}
    of_erased = "patient_id IN (SELECT patient_id FROM erasure)"
    seals = connection.exec_driver_sql(f"SELECT digest, seq, patient_id, {of_erased} FROM seal ORDER BY seq").all()  # noqa: S608
    there = {digest: seq for digest, seq, *_ in seals} | {"": 0}
    for digest, (seq, _) in told.items():
        if digest is not None and digest not in there:
            yield f"Entry {seq} of the trail tells of a signature that is not there any more.", ""
    before = max((there.get(digest, 0) for digest, (_, deed) in told.items() if deed == Deed.UPGRADED), default=0)
    for digest, seq, patient_id, is_erased in seals:
        if seq > before and digest not in told and not is_erased:
            yield f"The trail tells nothing of signature {seq}.", patient_id


def _erasures(connection: sa.Connection) -> Iterator[tuple[str, str]]:
    told = set(connection.execute(sa.select(trail.c.patient_id).where(trail.c.deed == Deed.ERASED)).scalars())
    for patient_id in connection.execute(sa.select(erasure.c.patient_id)).scalars():
        if patient_id not in told:
            yield "There is an erasure of which the trail tells nothing.", patient_id
        for table in ("patient", "visit", "intake"):
            column = "id" if table == "patient" else "patient_id"
            if connection.exec_driver_sql(f"SELECT 1 FROM {table} WHERE {column} = ?", (patient_id,)).first():  # noqa: S608
                yield "There is a record under the name of one that was erased.", patient_id
                break


def _rows(connection: sa.Connection) -> Iterator[tuple[str, str]]:
    told = _told(connection)
    told_from_its_beginning = _ADDED in told.get(("practice", ""), {})
    for name, table in _ROWS.items():
        stored = [dict(row) for row in connection.exec_driver_sql(f"SELECT * FROM {name}").mappings()]  # noqa: S608
        older_than_the_trail = 0 if told_from_its_beginning else 1 if table is practitioner else len(stored)
        for row in stored:
            fields = told.pop((name, row.get(_KNOWN_BY.get(name, ""), "")), None)
            older_than_the_trail -= not (fields and _ADDED in fields)
            if older_than_the_trail < 0 or not all(_agrees(row.get(field), *values) for field, values in (fields or {}).items()):
                yield _SAID[name].format(row.get("name")), row["id"] if table is patient else ""
    for name, key in told:
        yield _SAID[name].format(key), key if name == "patient" else ""


def _told(connection: sa.Connection) -> dict[tuple[str, str], dict[str, tuple[Any, int]]]:
    """Of each row the fields as the trail told them last: a value, or a part of it and where that stands."""
    found: dict[tuple[str, str], dict[str, tuple[Any, int]]] = {}
    asked = sa.select(trail.c.patient_id, trail.c.deed, trail.c.detail).where(trail.c.visit_id == "", sa.func.length(trail.c.detail) > 0)
    for patient_id, deed, detail in connection.execute(asked.order_by(trail.c.seq)):
        for called, fields in unpack(detail).items():
            kind, _, name = called.partition(" ")
            if kind not in _ROWS or not isinstance(fields, Mapping):
                continue
            key = (kind, {"patient": patient_id, "practitioner": name}.get(kind, ""))
            known = found.pop((kind, _before(name, *fields["name"])) if kind == "practitioner" and "name" in fields else key, {})
            if deed == Deed.ADDED:
                known = {column.name: (None, -1) for column in _ROWS[kind].c if column.name not in Changes.KEYS} | {_ADDED: (None, -1)}
            found[key] = known | {field: (new, *where, -1)[:2] for field, (_, new, *where) in fields.items()}
    return found


def _before(name: str, old: str | None, new: str, at: int = 0, *_: object) -> str:
    """What somebody was called before, from what an entry tells of their name."""
    return name if old is None else name[:at] + old + name[at + len(new) :]


def _agrees(stored: Any, told: Any, at: int) -> bool:  # noqa: ANN401  # each column has its own kind
    if at >= 0:
        return isinstance(stored, str) and stored[at : at + len(told)] == told
    return stored == told or (told is None and not stored)
