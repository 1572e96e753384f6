"""The seals: each signature is a digest over what it closes, who closed it and when, and the seal before it.

What is sealed is read by SQL, column by column as FORM says, so that columns which a later program adds leave an old seal as it is.
A form is never changed; a new one takes the next number.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

import sqlalchemy as sa

FORM = 1
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


@dataclass(frozen=True)
class Seal:
    """A row of the table: see neuro_chart.clinic.visits.Signature."""

    seq: int
    kind: str
    row_id: str
    patient_id: str
    practitioner_id: str
    name: str
    at: str
    zone: str
    form: int
    digest: str = ""


def put_seal(connection: sa.Connection, kind: str, row_id: str, patient_id: str, *, by: str, at: str, zone: str) -> Seal:
    """Closes a visit, an amendment or a health history as it now stands; the seal that was put."""
    seq, before = connection.exec_driver_sql("SELECT seq, digest FROM head WHERE name = 'seal'").one()
    name = connection.exec_driver_sql("SELECT name FROM practitioner WHERE id = ?", (by,)).scalar_one()
    plain = Seal(seq + 1, kind, row_id, patient_id, by, name, at, zone, FORM)
    made = Seal(**vars(plain) | {"digest": _digest(connection, plain, before)})
    columns = ", ".join(vars(made))
    connection.exec_driver_sql(f"INSERT INTO seal ({columns}) VALUES ({', '.join('?' * len(vars(made)))})", tuple(vars(made).values()))  # noqa: S608
    connection.exec_driver_sql("UPDATE head SET seq = ?, digest = ?, at = ? WHERE name = 'seal'", (made.seq, made.digest, at))
    return made


def broken_seals(connection: sa.Connection) -> Iterator[tuple[Seal | None, str]]:
    """Goes through all seals from the first: each one, and what does not hold about it in a sentence, or nothing."""
    erased = set(connection.exec_driver_sql("SELECT patient_id FROM erasure").scalars())
    before, expected = "", 1
    for row in connection.exec_driver_sql(f"SELECT {', '.join(Seal.__dataclass_fields__)} FROM seal ORDER BY seq").all():  # noqa: S608
        seal = Seal(*row)
        if seal.seq != expected:
            yield None, f"Signature {expected} is missing."
            return  # what follows was made over one that is not there
        gone = seal.patient_id in erased
        if not gone and seal.form not in _COLUMNS:
            yield seal, "It was signed by a newer Neuro Chart."
        elif not gone and not _rows(connection, seal):
            yield seal, "What was signed is not there any more."
        elif not gone and seal.digest != _digest(connection, seal, before):
            yield seal, "It is not what was signed."
        else:
            yield seal, ""
        before, expected = seal.digest, expected + 1
    if (expected - 1, before) != tuple(connection.exec_driver_sql("SELECT seq, digest FROM head WHERE name = 'seal'").one()):
        yield None, f"Signatures after number {expected - 1} are missing."
    unsealed = (
        "SELECT count(*) FROM (SELECT 'visit' AS kind, id FROM visit WHERE signed IS NOT NULL"
        " UNION ALL SELECT 'amendment', id FROM amendment UNION ALL SELECT 'intake', id FROM intake WHERE completed IS NOT NULL) AS closed"
        " WHERE NOT EXISTS (SELECT 1 FROM seal WHERE seal.kind = closed.kind AND seal.row_id = closed.id)"
    )
    if count := connection.exec_driver_sql(unsealed).scalar_one():
        yield None, f"{count} signed {'record has' if count == 1 else 'records have'} no signature that this program put there."


def _rows(connection: sa.Connection, seal: Seal) -> dict[str, list[list[object]]]:
    """What a seal closes: the rows by table; nothing when they are gone."""
    columns = _COLUMNS[seal.form]
    wanted = {seal.kind: "id"} | (dict.fromkeys(_PARTS, "visit_id") if seal.kind == "visit" else {})
    found = {
        table: [
            list(row)
            for row in connection.exec_driver_sql(f"SELECT {columns[table]} FROM {table} WHERE {by} = ? ORDER BY id", (seal.row_id,))  # noqa: S608
        ]
        for table, by in wanted.items()
    }
    return found if found[seal.kind] else {}


def _digest(connection: sa.Connection, seal: Seal, before: str) -> str:
    told = [before, *(value for name, value in vars(seal).items() if name != "digest"), _rows(connection, seal)]
    return sha256(json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
