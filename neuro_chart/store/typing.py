"""Words that are being typed: they are stored twice a second, and told in the trail once for a while.

What a field held before is kept from the first keystroke on, in the transaction that stores it, so that a crash leaves nothing untold.
"""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from neuro_chart.clinic.trail import Deed, Entry, difference
from neuro_chart.store.tables import metadata, typing
from neuro_chart.store.trail import Changes, write_entry

WHILE = timedelta(minutes=5)


def gather(connection: sa.Connection, key: bytes, now: datetime, changes: Changes, entry: Entry) -> None:
    """Keeps what was there before the words that have just been stored, for the entry that is told of them after a while."""
    ((row, _, fields),) = changes.rows
    old = {name: before for name, (before, _) in fields.items()}
    mine = typing.c.row_id == row.id
    if known := connection.execute(sa.select(typing).where(mine)).one_or_none():
        connection.execute(sa.update(typing).where(mine).values(before=old | known.before))
        if not timedelta() <= now - known.since <= WHILE:
            settle(connection, key, now, row_id=row.id)
    else:
        told = {name: getattr(entry, name) for name in ("practitioner_id", "patient_id", "visit_id")}
        kind = "visit" if entry.visit_id else "intake"
        connection.execute(sa.insert(typing).values(row_id=row.id, kind=kind, since=now, before=old, **told))


def settle(connection: sa.Connection, key: bytes, now: datetime, act: Changes | None = None, row_id: str = "") -> None:
    """Tells what was typed: all of it, that of one row, or before an act is told that of the visit or health history which it touches."""
    asked = sa.select(typing)
    own: dict[tuple[str, str], Any] = {}
    if act is not None:
        row_ids = {getattr(row, "visit_id", row.id) for row, *_ in act.rows}
        asked = asked.where(typing.c.row_id.in_(row_ids))
        own = {(row.id, name): before for row, _, fields in act.rows for name, (before, _) in fields.items()}
    elif row_id:
        asked = asked.where(typing.c.row_id == row_id)
    for known in connection.execute(asked).all():
        table = metadata.tables[known.kind]
        names = ", ".join(known.before)
        stored = connection.exec_driver_sql(f"SELECT {names} FROM {table.name} WHERE id = ?", (known.row_id,)).mappings().one_or_none()  # noqa: S608
        fields = {}
        for name, before in known.before.items():
            after = own.get((known.row_id, name), stored[name]) if stored else None
            if before != after:
                fields[name] = difference(before, after)
        connection.execute(sa.delete(typing).where(typing.c.row_id == known.row_id))
        if fields:
            told = {known.kind: fields, "since": known.since.isoformat()}
            write_entry(connection, key, Entry(now, known.practitioner_id, Deed.CHANGED, known.patient_id, known.visit_id, told))
