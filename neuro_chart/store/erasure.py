"""The erasure of a patient: the one way in which something that was signed leaves the vault."""

from datetime import datetime

import sqlalchemy as sa

from neuro_chart.store.tables import adjunct, amendment, erasure, event, intake, needle, patient, place, trail, typing, visit


def erase(connection: sa.Connection, patient_id: str, practitioner_id: str, at: datetime, reason: str) -> None:
    """Takes away all rows of a patient, and what the trail tells of them; the triggers let it through once the erasure is written.

    The file keeps nothing of it (secure_delete); backups that were made before do.
    """
    connection.execute(sa.insert(erasure).values(patient_id=patient_id, practitioner_id=practitioner_id, at=at, reason=reason))
    theirs = sa.select(visit.c.id).where(visit.c.patient_id == patient_id)
    connection.execute(sa.delete(place).where(sa.func.json_extract(place.c.page, "$.patient") == patient_id))
    for visit_id in connection.execute(theirs).scalars().all():
        connection.execute(sa.delete(place).where(sa.func.instr(place.c.page, visit_id) > 0))
    for table in (needle, adjunct, event, amendment):
        connection.execute(sa.delete(table).where(table.c.visit_id.in_(theirs)))
    for table in (typing, visit, intake):
        connection.execute(sa.delete(table).where(table.c.patient_id == patient_id))
    connection.execute(sa.delete(patient).where(patient.c.id == patient_id))
    connection.execute(sa.update(trail).where(trail.c.patient_id == patient_id, trail.c.detail.is_not(None)).values(detail=None))
