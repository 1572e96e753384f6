"""Acts upon a vault that a fault may meet, each with what must hold afterwards, whether it came to its end or not.

`python acts.py NAME FOLDER` does one and says "done" on standard output. `python acts.py NAME FOLDER fail FIRST STEP` does it over and over
under disk.so, while the FIRST, the FIRST+STEPth … thing that it does to the disk fails, and says what did not hold, as JSON.
"""

import ctypes
import errno
import json
import re
import shutil
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from neuro_chart.clinic.intakes import Intake
from neuro_chart.clinic.needles import Needle, Side, Site
from neuro_chart.clinic.people import Patient, Practice, Practitioner
from neuro_chart.clinic.trail import Deed
from neuro_chart.clinic.visits import Amendment, Visit
from neuro_chart.store import access, keys
from neuro_chart.store.attempts import Attempts
from neuro_chart.store.backups import backup, backups, default_folder, restore
from neuro_chart.store.errors import VaultError, WrongPassphraseError
from neuro_chart.store.keys import Kdf, keys_path
from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault
from neuro_chart.store.verify import verify

PASSPHRASE, OTHER = "calm jade river at dawn", "seven quiet lanterns below"
WHEN = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
FROZEN = Path(__file__).parents[1] / "store" / "vaults"
COPY = re.compile(r".+ \d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d(\.vault|\)\.vault)|.+\.vault\.before-.+(?<!keys)(?<!wal)")
FAULTS = ((errno.ENOSPC, 1), (errno.EIO, 0), (errno.EIO, 1))  # a disk that is full, one that fails once, one that fails for good
CHEAP = Kdf(64, 1, 1)


def vault_in(folder: Path) -> Path:
    return folder / "practice.vault"


def opened(folder: Path, words: str = PASSPHRASE) -> Vault:
    return Vault.open_with_key(vault_in(folder), Vault.unwrap_key(vault_in(folder), words))


def make(folder: Path) -> None:
    """A practice with a draft, a signed visit and a health history that is being answered."""
    with Vault.create(vault_in(folder), PASSPHRASE, Practice("Riverside"), Practitioner("Dr Mei Lindqvist"), kdf=CHEAP) as vault:
        records = Records(vault)
        records.save_patient(Patient("Rosa", "Delgado", id="rosa"))
        for name in ("draft", "closed"):
            visit = Visit("rosa", vault.practitioner_id, WHEN, "Numb", id=name)
            visit.needles = [Needle(name, Site(0, 0, 0, Side.LEFT, ""), "ST36", inserted=WHEN, removed=WHEN, id=f"{name}-needle")]
            records.start_visit(visit)
        records.sign("closed")
        records.start_intake(Intake("rosa", "form", {}, WHEN, id="intake"))


def make_with_backup(folder: Path) -> None:
    """The same, with a backup of it, and a second patient since."""
    make(folder)
    with opened(folder) as vault:
        backup(vault, default_folder(vault.path))
        Records(vault).save_patient(Patient("Omar", "Haddad"))


def make_old(folder: Path) -> None:
    """A vault of the first released schema."""
    for file in FROZEN.glob("0001.vault*"):
        shutil.copy(file, folder / file.name.replace("0001", "practice"))


def create(folder: Path) -> None:
    Vault.create(vault_in(folder), PASSPHRASE, Practice("Riverside"), Practitioner("Dr Mei Lindqvist"), kdf=CHEAP).close()


def sign_in(folder: Path) -> None:
    Attempts(vault_in(folder)).failed()
    with opened(folder) as vault:
        Records(vault).signed_in()


def of_records(act: Callable[[Records], object]) -> Callable[[Path], None]:
    def do(folder: Path) -> None:
        with opened(folder) as vault:
            act(Records(vault))

    return do


def of_vault(act: Callable[[Vault], object]) -> Callable[[Path], None]:
    def do(folder: Path) -> None:
        with opened(folder) as vault:
            act(vault)

    return do


def put_back(folder: Path) -> None:
    (kept,) = backups(default_folder(vault_in(folder)))
    restore(kept.path, vault_in(folder), Vault.unwrap_key(kept.path, PASSPHRASE))


def opens(folder: Path, words: str) -> bool:
    try:
        Vault.unwrap_key(vault_in(folder), words)
    except WrongPassphraseError:
        return False
    return True


def sheet_opens(folder: Path) -> bool:
    return access.has_recovery(vault_in(folder))


def asked(question: Callable[[Records], object]) -> Callable[[Path], bool]:
    def ask(folder: Path) -> bool:
        with opened(folder) as vault:
            return bool(question(Records(vault)))

    return ask


def names(folder: Path) -> set[str]:
    with opened(folder) as vault:
        return {line.given for line in Records(vault).patients()}


@dataclass(frozen=True)
class Act:
    """What is done, from what, and how it shows that it was done; `words` are the passphrases of which one opens the vault."""

    prepare: Callable[[Path], None]
    do: Callable[[Path], None]
    is_done: Callable[[Path], bool]
    words: tuple[str, ...] = (PASSPHRASE,)


ACTS = {
    "create": Act(lambda _folder: None, create, lambda folder: vault_in(folder).exists()),
    "sign-in": Act(make, sign_in, asked(lambda records: Deed.SIGNED_IN in {each.deed for each in records.trail()})),
    "save": Act(
        make, of_records(lambda r: r.note("draft", subjective="Burning " * 900)), asked(lambda r: "Burn" in r.visit("draft").subjective)
    ),
    "sign": Act(make, of_records(lambda r: r.sign("draft")), asked(lambda r: r.visit("draft").signature)),
    "amend": Act(
        make,
        of_records(lambda r: r.amend(Amendment("closed", r.practitioner().id, "Left foot", "Mistyped"))),
        asked(lambda r: r.visit("closed").amendments),
    ),
    "intake": Act(make, of_records(lambda r: r.complete_intake("intake", {"item": []})), asked(lambda r: r.intake("intake").completed)),
    "passphrase": Act(
        make,
        of_vault(lambda v: access.set_passphrase(v, v.practitioner_id, OTHER)),
        lambda folder: opens(folder, OTHER),
        (PASSPHRASE, OTHER),
    ),
    "sheet": Act(make, of_vault(access.new_recovery), sheet_opens),
    "backup": Act(
        make, of_vault(lambda v: backup(v, default_folder(v.path))), lambda folder: bool(backups(default_folder(vault_in(folder))))
    ),
    "restore": Act(make_with_backup, put_back, lambda folder: names(folder) == {"Rosa"}),
    "upgrade": Act(make_old, of_vault(lambda _vault: None), lambda folder: names(folder) == {"Zoë", "Omar"}),
}


def wrong(act: Act, folder: Path, *, done: bool) -> list[str]:
    """What does not hold of a folder in which an act was interrupted, or came to its end."""
    try:
        return [*_wrong(act, folder, done=done)]
    except VaultError as error:
        return [f"{type(error).__name__}: {error}"]


def _wrong(act: Act, folder: Path, *, done: bool) -> Iterator[str]:
    there = vault_in(folder).exists()
    if there or act.prepare is not ACTS["create"].prepare:
        words = next((each for each in act.words if opens(folder, each)), act.words[0])
        yield from _unsound(vault_in(folder), words)
    if done and not act.is_done(folder):
        yield "It was said to be done, and isn't."
    for path in [*folder.iterdir(), *default_folder(vault_in(folder)).glob("*")]:
        if COPY.fullmatch(path.name):
            yield from _unsound(path, PASSPHRASE)


def _unsound(path: Path, words: str) -> Iterator[str]:
    before = path.read_bytes()
    if not keys_path(path).exists():
        yield f"{path.name} stands without its keys."
        return
    with Vault.open_with_key(path, Vault.unwrap_key(path, words)) as vault:
        yield from (f"{path.name}: {problem.sentence}" for problem in verify(vault).problems)
        with closing(vault.engine.raw_connection()) as connection:
            if (found := connection.cursor().execute("PRAGMA integrity_check").fetchall()) != [("ok",)]:
                yield f"{path.name}: {found}"
    if not before:
        yield f"{path.name} is empty."


# As a program


def fail(act: Act, folder: Path, first: int, step: int) -> Iterator[str]:
    """Do an act while each thing in turn that it does to the disk fails; what did not hold, and how many were tried."""
    disk = ctypes.CDLL(None)
    prepared = folder / "prepared"
    prepared.mkdir()
    act.prepare(prepared)
    tried = refused = 0
    for error, lasting in FAULTS:
        nth = first
        while True:
            place = folder / f"{errno.errorcode[error]}-{lasting}-{nth}"
            shutil.copytree(prepared, place)
            said = ""
            disk.disk_arm(nth, error, lasting)
            try:
                act.do(place)
            except VaultError as told:
                said = str(told)
            except Exception as told:  # noqa: BLE001  # whatever it is, nobody would be told in a sentence
                where = traceback.extract_tb(told.__traceback__)[-1]
                said = f"{told!r} in {Path(where.filename).name}:{where.lineno}"
                yield f"{place.name}: {said}"
            met = disk.disk_done() >= nth
            disk.disk_arm(0, 0, 0)
            if not met:
                break
            tried, refused = tried + 1, refused + bool(said)
            yield from (f"{place.name} ({said or 'done'}): {problem}" for problem in wrong(act, place, done=not said))
            shutil.rmtree(place)
            nth += step
    yield f"tried {tried}, refused {refused}"


if __name__ == "__main__":
    keys.KDFS = (CHEAP,)  # a passphrase is as dear here as it must be, and no dearer
    name, where, *more = sys.argv[1:]
    if more:
        json.dump([*fail(ACTS[name], Path(where), int(more[1]), int(more[2]))], sys.stdout)
    else:
        ACTS[name].do(Path(where))
        sys.stdout.write("done\n")
        sys.stdout.flush()
