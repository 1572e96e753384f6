"""What a program tells of its acts while tests end it, and whether a vault holds what was told.

Each line on standard output is a JSON object: `begun` and `done` name an act, `holds` tells what must be found once it has returned and
`gone` what must not, `words` what stands in a field that is being typed in, `storing` and `stored` the fingerprint of the whole record
before and after a commit, `kept` a sheet that was saved and `backup` that a backup was made.
"""

import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from neuro_chart.clinic.visits import NOTE_FIELDS
from neuro_chart.demo import PASSPHRASE
from neuro_chart.store.backups import backups, default_folder
from neuro_chart.store.errors import VaultError
from neuro_chart.store.keys import Unlocked, keys_path
from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault
from neuro_chart.store.verify import verify

Told = Mapping[str, Any]

ONE_SECOND = 1.0  # the most of what is typed that may be lost
STALLED = 10.0  # seconds: the same on a machine that had something else to do, as where the tests run by the dozen


def fingerprint(connection: Any) -> str:  # noqa: ANN401  # of SQLAlchemy or of the database library
    """A digest of every row of every table."""
    run = getattr(connection, "exec_driver_sql", None) or connection.cursor().execute
    told = sha256()
    for (table,) in run("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name").fetchall():
        for row in run(f'SELECT * FROM "{table}" ORDER BY 1').fetchall():  # noqa: S608  # a name of our own
            told.update(f"{table} {tuple(row)!r}\n".encode("utf-8", "surrogatepass"))
    return told.hexdigest()[:16]


def say(**told: object) -> None:
    """Tell whoever reads, at once."""
    sys.stdout.write(json.dumps(told | {"at": time.time()}) + "\n")
    sys.stdout.flush()


def tell_commits(path: Path) -> None:
    """Tell from now on what each commit to a vault makes of it: before it is done, and once it is."""
    pending: list[tuple[object, str]] = []

    def storing(connection: sa.Connection) -> None:
        of_vault = connection.exec_driver_sql("PRAGMA database_list").fetchall()[0][2] == str(path.resolve())
        if of_vault and not connection.get_execution_options().get("readonly"):
            pending[:] = [(connection.connection.dbapi_connection, fingerprint(connection))]
            say(storing=pending[0][1])

    def stored(connection: object, _record: object) -> None:
        if pending and connection is pending[0][0]:  # not that of a copy which is checked meanwhile
            say(stored=pending.pop()[1])

    sa.event.listen(sa.Engine, "commit", storing)
    sa.event.listen(sa.Pool, "checkin", stored)


# What must be found


def facts(records: Records, thing: str) -> dict[str, object]:
    """What the record holds of a thing by its kind and id, as plain values; LookupError when it isn't there."""
    kind, _, row_id = thing.partition(" ")
    if kind == "patient":
        patient = records.patient(row_id)
        told = {name: getattr(patient, name) for name in ("given", "family", "phone", "merged_into")}
        return told | {"archived": patient.archived is not None}
    if kind == "intake":
        intake = records.intake(row_id)
        return {"completed": intake.completed is not None, "answers": len(intake.response)}
    visit = records.visit(row_id)
    found: dict[str, object] = {name: getattr(visit, name) for name in (*NOTE_FIELDS, "pain_before")}
    found["needles"] = {
        n.id: [n.point, n.site.side, str(n.inserted), str(n.removed), str(n.paused), n.held, n.retention, n.counted] for n in visit.needles
    }
    found["adjuncts"] = {a.id: [a.kind, a.minutes, str(a.started), str(a.ended)] for a in visit.adjuncts}
    found["amendments"] = sorted(each.text for each in visit.amendments)
    return found | {"signed": visit.signed is not None}


def missing(path: Path, told: Sequence[Told], ended: float, most: float = STALLED) -> list[str]:
    """What a vault hasn't that was told of it until the program ended, or has half; sentences, none for a vault that is whole.

    `most` is for how many seconds words may have been typed in vain.
    """
    copies = [each.path for each in backups(default_folder(path))]
    try:
        for copy in copies:
            with _opened(copy) as vault:
                if found := [f"{copy.name}: {sentence}" for sentence in _unsound(vault)]:
                    return found
        if not copies and any("backup" in each for each in told):
            return ["No backup is there, though one was told to be."]
        with _opened(path) as vault:
            records = Records(vault)
            return [*_unsound(vault), *_unfaithful(vault, told), *_lost(records, told), *_unwritten(records, told, ended, most)]
    except VaultError as error:
        return [f"It can't be opened: {error}"]


_KEYS: dict[str, Unlocked] = {}  # of the slots that were opened already: a key takes long to derive


def _opened(path: Path) -> Vault:
    slots = keys_path(path).read_text(encoding="utf-8")
    if slots not in _KEYS:
        _KEYS[slots] = Vault.unwrap_key(path, PASSPHRASE)
    return Vault.open_with_key(path, _KEYS[slots])


def _unsound(vault: Vault) -> Iterator[str]:
    """What the database's own checks and that of the chart say."""
    with closing(vault.engine.raw_connection()) as connection:
        for check, sound in (("cipher_integrity_check", []), ("integrity_check", [("ok",)]), ("foreign_key_check", [])):
            if (found := connection.cursor().execute(f"PRAGMA {check}").fetchall()) != sound:
                yield f"{check}: {found}"
    yield from (problem.sentence for problem in verify(vault).problems)


def _unfaithful(vault: Vault, told: Sequence[Told]) -> Iterator[str]:
    """The record must be what the last commit left that had returned, or the one that was under way, and nothing between."""
    with closing(vault.engine.raw_connection()) as connection:
        found = fingerprint(connection)
    stored, last = "", ""
    for each in told:
        stored, last = each.get("stored", stored), each.get("storing", last)
    if stored and found not in {stored, last}:  # before the first commit has returned, it may hold what it held before
        yield f"It holds {found}; stored was {stored}, and begun {last}."


def _lost(records: Records, told: Sequence[Told]) -> Iterator[str]:
    """What acts that had returned left; where another had begun upon the same thing, the fingerprint says that it is whole."""
    held: dict[str, dict[str, object]] = {}
    busy: Sequence[str] = ()
    for each in told:
        for thing, known in each.get("holds", {}).items():
            held.setdefault(thing, {}).update(known)
        for thing in each.get("gone", ()):
            held.pop(thing, None)
        busy = each["about"] if "begun" in each else () if "done" in each else busy
    for thing, known in held.items():
        if thing not in busy:
            found = json.loads(json.dumps(facts(records, thing)))
            yield from (f"{thing}: {name} is {found[name]}, not {value}." for name, value in known.items() if found[name] != value)


def _unwritten(records: Records, told: Sequence[Told], ended: float, most: float) -> Iterator[str]:
    lost = unkept(records, told, ended)
    if lost is None:
        yield "What was typed last is kept otherwise than it was typed."
    elif lost > most:
        yield f"The words of the last {lost:.1f} seconds are lost."


def unkept(records: Records, told: Sequence[Told], ended: float) -> float | None:
    """For how many seconds before the end words were typed that are not kept; None if others are kept than were typed."""
    typed = [each for each in told if "words" in each]
    mine = [each for each in typed if each["into"] == typed[-1]["into"]]
    if not mine:
        return 0.0
    found, last = _kept_in(records, mine[-1]["into"]).rstrip(), mine[-1]["words"]  # a field may keep no space at its end
    if found[: len(last)] != last[: len(found)] or len(found) > len(last) + 1:  # a letter may have been stored before it was told
        return None
    return max((ended - each["at"] for each in mine if len(each["words"].rstrip()) > len(found)), default=0.0)


def _kept_in(records: Records, field: str) -> str:
    """The words that are stored of a field, such as "visit ID subjective" or "intake ID complaint"."""
    kind, row_id, name = field.split()
    if kind == "patient":
        return str(getattr(records.patient(row_id), name))
    if kind == "intake":
        answers: Any = records.intake(row_id).response.get(name, ())
        return "".join(str(word) for answer in answers for word in answer.values())
    visit = records.visit(row_id)
    return visit.aftercare.words if name == "aftercare" else str(getattr(visit, name))
