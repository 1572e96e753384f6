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
    _forget_in_places(connection, patient_id, set(connection.scalars(theirs)))
    for table in (needle, adjunct, event, amendment):
        connection.execute(sa.delete(table).where(table.c.visit_id.in_(theirs)))
    for table in (typing, visit, intake):
        connection.execute(sa.delete(table).where(table.c.patient_id == patient_id))
    connection.execute(sa.delete(patient).where(patient.c.id == patient_id))
    connection.execute(sa.update(trail).where(trail.c.patient_id == patient_id, trail.c.detail.is_not(None)).values(detail=None))


def _forget_in_places(connection: sa.Connection, patient_id: str, visits: set[str]) -> None:
    """Takes them out of where people were when they locked; words that wait there for another patient's visit stay."""
    for who, page in connection.execute(sa.select(place.c.practitioner_id, place.c.page)).all():
        kept = {} if page.get("patient") == patient_id else dict(page)
        if "unadded" in page:
            kept["unadded"] = {visit: words for visit, words in page["unadded"].items() if visit not in visits}
        if kept != page:
            connection.execute(sa.update(place).where(place.c.practitioner_id == who).values(page=kept))
