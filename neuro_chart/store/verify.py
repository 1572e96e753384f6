"""The check of a whole chart: that every page is as it was written, every signature and every entry of the trail holds.

It shows tampering and does not prevent it: whoever has the vault's key could make signatures and entries that hold.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from threading import Lock

import sqlalchemy as sa
from sqlalchemy.pool import StaticPool
from sqlcipher3 import dbapi2 as sqlcipher

from neuro_chart.clinic.visits import Signature
from neuro_chart.store.door import Progress, plainly
from neuro_chart.store.errors import CancelledError
from neuro_chart.store.keys import KeyRing
from neuro_chart.store.retold import untold
from neuro_chart.store.seals import broken_seals
from neuro_chart.store.told_keys import OTHER_KEYS, are_told
from neuro_chart.store.trail import Head, broken_entries, digest_at, head
from neuro_chart.store.vault import Vault, upgrade

PLAINLY = (
    "This shows whether a signed record or the trail was changed behind the program's back; it does not prevent it. "
    "Somebody with a passphrase and the skill could change both so that nothing shows: backups kept elsewhere tell the difference."
)
_MAKING = Lock()  # Alembic makes one database at a time, and a backup is checked while the chart may be
_CALLED = {"visit": "a visit", "amendment": "an amendment", "intake": "a health history"}


@dataclass(frozen=True)
class Problem:
    """What does not hold, in a sentence; and of whose record, as far as it is of one."""

    sentence: str
    patient_id: str = ""
    visit_id: str = ""


@dataclass(frozen=True)
class Verdict:
    """What was checked, and what does not hold, the first thing first."""

    signatures: int
    entries: int
    problems: tuple[Problem, ...]
    head: Head | None

    @property
    def holds(self) -> bool:
        """Whether everything is as it was written."""
        return not self.problems


def verify(vault: Vault, progress: Progress = lambda _share: True, seen: Head | None = None, beside: KeyRing | None = None) -> Verdict:
    """Checks a vault that is open; slow, for a worker thread; CancelledError where `progress` gave it up.

    `seen` is the head of the trail that this machine saw last (see neuro_chart.store.witness); `beside` are the keys that lie beside the
    vault, held against those that its trail told last.
    """
    problems: list[Problem] = []
    sealed = told = 0
    ends = None

    def go_on(share: float) -> None:
        if progress(share) is False:
            raise CancelledError("The check was stopped before its end.")

    go_on(0.0)
    try:
        with plainly(), vault.reader.connect() as connection:
            problems += map(Problem, _broken_file(connection))
            go_on(0.3)
            problems += map(Problem, _broken_rules(connection))
            sealed, told = (connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() for table in ("seal", "trail"))  # noqa: S608
            for signatures, (seal, sentence) in enumerate(broken_seals(connection), 1):
                problems += [_of(connection, seal, sentence)] if sentence else []
                if signatures % 64 == 0:
                    go_on(0.3 + 0.4 * signatures / (sealed + 1))
            before = len(problems)
            for entries, (_, sentence) in enumerate(broken_entries(connection, vault.key), 1):
                problems += [Problem(sentence)] if sentence else []
                if entries % 1024 == 0:
                    go_on(0.7 + 0.3 * entries / (told + 1))
            if len(problems) == before:  # a trail that does not hold tells nothing
                problems += [Problem(sentence, patient_id) for sentence, patient_id in untold(connection)]
                if beside is not None and not are_told(connection, beside):
                    problems.append(Problem(OTHER_KEYS))
            ends = head(connection)
            if seen is not None and digest_at(connection, seen.seq) != seen.digest:
                problems.append(
                    Problem(f"This vault is older than the one that was open here on {seen.at.astimezone():%Y-%m-%d at %H:%M}.")
                )
    except sa.exc.OperationalError:  # a table or a column is gone, as the rules have told
        if not problems:
            raise
    go_on(1.0)
    return Verdict(sealed, told, tuple(problems), ends)


def _broken_file(connection: sa.Connection) -> Iterator[str]:
    if connection.exec_driver_sql("PRAGMA cipher_integrity_check").first() is not None:
        yield "A page of the file is not what was written."
    if connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one() != "ok":
        yield "The file's structure is damaged."
    if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
        yield "Something in the chart belongs to nothing."


def _broken_rules(connection: sa.Connection) -> Iterator[str]:
    """What keeps signed rows closed is in the database itself, and must be what this program put there."""
    with _MAKING:
        expected = _pattern()
    found = _written(connection)
    for name, sql in expected.items():
        if name not in found:
            yield f"The rule “{name}” of the database is missing: what it closes may have been changed."
        elif found[name] != sql:
            yield f"The rule “{name}” of the database is not this program's: what it closes may have been changed."
    for name in found.keys() - expected.keys():
        yield f"The database holds “{name}”, which this program did not make."


@cache
def _pattern() -> dict[str, str]:
    """What a new vault is made of."""
    engine = sa.create_engine(
        "sqlite+pysqlite://", module=sqlcipher, creator=lambda: sqlcipher.connect(":memory:", isolation_level=None), poolclass=StaticPool
    )
    sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    try:
        upgrade(engine)
        with engine.connect() as connection:
            return _written(connection)
    finally:
        engine.dispose()


def _written(connection: sa.Connection) -> dict[str, str]:
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")
    return {name: re.sub(r"\s+", " ", sql) for name, sql in rows}


def _of(connection: sa.Connection, seal: Signature | None, sentence: str) -> Problem:
    if seal is None:
        return Problem(sentence)
    called = _CALLED.get(seal.kind, seal.kind)
    visit_id = seal.row_id if seal.kind == "visit" else ""
    if seal.kind == "amendment":
        visit_id = connection.exec_driver_sql("SELECT visit_id FROM amendment WHERE id = ?", (seal.row_id,)).scalar() or ""
    named = f"Signature {seal.seq}, of {called} signed by {seal.name} on {seal.here:%Y-%m-%d}"
    told = f"{named}, does not hold: {sentence[0].lower()}{sentence[1:]}"
    return Problem(told, seal.patient_id, visit_id)
