"""The seals: each signature is a digest over what it closes, who closed it and when, and the seal before it.

What is sealed is read by SQL, column by column as FORM says, so that columns which a later program adds leave an old seal as it is.
A form is never changed; a new one takes the next number.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from neuro_chart.clinic.visits import Signature
from neuro_chart.store.tables import BEFORE_ALL, MOMENT, read_moment
from neuro_chart.store.trail import head_of

FORM = 1
_TOLD = ("seq", "kind", "row_id", "patient_id", "practitioner_id", "name", "at", "zone", "form")
_PARTS = ("needle", "adjunct", "event")
_COLUMNS = {
    1: {
        "visit": (
            "id, patient_id, practitioner_id, started, subjective, objective, assessment, plan, pain_before, pain_after, numbness_before, "
            "numbness_after, aftercare, signed, signed_by, needles_left_reason, room, tongue, pulse, copied, protocol, session"
        ),
        "needle": (
            "id, visit_id, position, x, y, z, side, region, point, depth, depth_to, depth_unit, gauge, length, angle, technique, de_qi, "
            "retention, inserted, removed, paused, held, mishap, counted, copied"
        ),
        "adjunct": (
            "id, visit_id, position, kind, setting, method, waveform, frequency, intensity, size, minutes, amount, pairs, spots, strokes, "
            "started, ended, paused, held, until, consent, copied"
        ),
        "event": "id, visit_id, kind, at, needle_id, words, done, outcome",
        "amendment": "id, visit_id, author_id, text, reason, written",
        "intake": "id, patient_id, form, response, started, completed",
    }
}


def put_seal(connection: sa.Connection, kind: str, row_id: str, patient_id: str, *, by: str, at: datetime, zone: str) -> Signature:
    """Closes a visit, an amendment or a health history as it now stands; the seal that was put."""
    seq, before, _ = head_of(connection, "seal")
    name = connection.exec_driver_sql("SELECT name FROM practitioner WHERE id = ?", (by,)).scalar_one()
    made = Signature(seq + 1, kind, row_id, patient_id, by, name, at, zone, FORM, "")
    made.digest = _digest(made, before, _contents(connection, [made])[kind, row_id])
    asked = f"INSERT INTO seal ({', '.join(_TOLD)}, digest) VALUES ({', '.join('?' * len(_TOLD))}, ?)"  # noqa: S608
    connection.exec_driver_sql(asked, (*_told(made), made.digest))
    moved = (made.seq, made.digest, MOMENT.write(at))
    connection.exec_driver_sql("UPDATE head SET seq = ?, digest = ?, at = ? WHERE name = 'seal'", moved)
    return made


def last_digest(connection: sa.Connection) -> str:
    """The digest of the signature that was put last."""
    return head_of(connection, "seal")[1]


def broken_seals(connection: sa.Connection) -> Iterator[tuple[Signature | None, str]]:
    """Goes through all seals from the first: each one, and what does not hold about it in a sentence, or nothing."""
    erased = set(connection.exec_driver_sql("SELECT patient_id FROM erasure").scalars())
    before, expected, last = "", 1, BEFORE_ALL
    asked = f"SELECT {', '.join(_TOLD)}, digest FROM seal ORDER BY seq"  # noqa: S608
    for some in _some_at_a_time(connection.exec_driver_sql(asked).mappings().all()):
        seals = [Signature(**{**row, "at": read_moment(row["at"])}) for row in some]
        readable = [seal for seal in seals if seal.kind in _COLUMNS.get(seal.form, ()) and seal.patient_id not in erased]
        contents = _contents(connection, readable) if readable else {}
        for seal in seals:
            if seal.seq != expected:
                yield None, f"Signature {expected} is missing."
                return  # what follows was made over one that is not there
            yield seal, "" if seal.patient_id in erased else _wrong(seal, before, contents.get((seal.kind, seal.row_id)))
            before, expected, last = seal.digest, expected + 1, MOMENT.write(seal.at)
    if head_of(connection, "seal") != (expected - 1, before, last):
        yield None, f"Signatures after number {expected - 1} are missing."
    unsealed = (
        "SELECT count(*) FROM (SELECT 'visit' AS kind, id FROM visit WHERE signed IS NOT NULL"
        " UNION ALL SELECT 'amendment', id FROM amendment UNION ALL SELECT 'intake', id FROM intake WHERE completed IS NOT NULL) AS closed"
        " WHERE NOT EXISTS (SELECT 1 FROM seal WHERE seal.kind = closed.kind AND seal.row_id = closed.id)"
    )
    if count := connection.exec_driver_sql(unsealed).scalar_one():
        yield None, f"{count} signed {'record has' if count == 1 else 'records have'} no signature that this program put there."


def _some_at_a_time(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """So many that a question of the database is worth its cost, and not more than it takes."""
    for start in range(0, len(rows), 256):
        yield rows[start : start + 256]


def _wrong(seal: Signature, before: str, content: dict[str, list[Any]] | None) -> str:
    if seal.form > FORM:
        return "It was signed by a newer Neuro Chart."
    if content is None:
        return "It is not what was signed."
    if not content[seal.kind]:
        return "What was signed is not there any more."
    return "" if seal.digest == _digest(seal, before, content) else "It is not what was signed."


def _contents(connection: sa.Connection, seals: Sequence[Signature]) -> dict[tuple[str, str], dict[str, list[Any]]]:
    """What seals of one form close, by kind and id: the rows by table."""
    found: dict[tuple[str, str], dict[str, list[Any]]] = {}
    for kind in sorted({seal.kind for seal in seals}):
        ids = tuple(seal.row_id for seal in seals if seal.kind == kind)
        parts = _PARTS if kind == "visit" else ()
        found |= {(kind, row_id): {table: [] for table in (kind, *parts)} for row_id in ids}
        for table, by in ((kind, "id"), *((part, "visit_id") for part in parts)):
            columns, wanted = _COLUMNS[seals[0].form][table], ", ".join("?" * len(ids))
            asked = f"SELECT {by}, {columns} FROM {table} WHERE {by} IN ({wanted}) ORDER BY id"  # noqa: S608
            for whose, *row in connection.exec_driver_sql(asked, ids):
                found[kind, whose][table].append(row)
    return found


def _digest(seal: Signature, before: str, content: dict[str, list[Any]]) -> str:
    told = [before, *_told(seal), content]
    return sha256(json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _told(seal: Signature) -> tuple[object, ...]:
    """What a seal says but its digest, as it is stored."""
    return tuple(MOMENT.write(seal.at) if name == "at" else getattr(seal, name) for name in _TOLD)
