"""The readers of whatever lies beside the record, asked about files gone wrong: `python readers.py COUNT SEED FOLDER`.

It asks them in turn, COUNT times in all, and prints as JSON what none may do: raise what it does not document, give what was never
written, change or leave a file, take 5 s of the processor or, all of them together, more than 500 MB.
"""

import json
import os
import random
import shutil
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path

from gone_wrong import Chance, rewritten, torn
from PySide6.QtCore import QSettings

from neuro_chart.clinic import recovery, retention
from neuro_chart.clinic.forms import FormError, Questionnaire, pack, unpack
from neuro_chart.clinic.people import Patient, Practice, Practitioner
from neuro_chart.resources import ROOT
from neuro_chart.store import access, keys, places
from neuro_chart.store.attempts import LONGEST, Attempts
from neuro_chart.store.backups import backup, backups, look, restore
from neuro_chart.store.errors import VaultError
from neuro_chart.store.keys import Kdf, KeyRing, keys_path
from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault
from neuro_chart.store.witness import Witness
from neuro_chart.ui import backing, lock, notify, privacy, sound, voice
from neuro_chart.ui.map_layers import Layers

PASSPHRASE = "calm jade river at dawn"  # noqa: S105
keys.KDFS = (CHEAP,) = (Kdf(64, 1, 1),)
keys.RECOVERY_KDF = CHEAP
SECONDS, MEMORY, ROOM = 5, 500 << 20, 4 << 30
STALLING = ((1 << 20, 1000, 4), (1 << 23, 1, 64), (1 << 19, 1, 1), (1 << 18, 60, 4), (64, 10**6, 1), (1 << 31, 1, 1))  # costs of a slot
SETTINGS = b"[lock]\nminutes=7\n[backup]\nfolder=/tmp/mine\nauto=true\n[sound]\nvolume=70\ntone=bell\n[map]\nfield=dermatomes\nnames=true\n"
HEAD = [12, "ab" * 32, "2026-03-02T09:30:00+00:00"]
LOCKED = {"told": HEAD[2], "rooms": [{"room": "Room 1", "ends": [HEAD[2]], "held": 2.5, "unseen": True}], "form": ""}
DROPBOX = {"personal": {"path": "/home/mei/Dropbox", "host": 5, "is_team": False}}


def held(folder: Path) -> dict[str, bytes]:
    """What is in each file of a folder."""
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def must(truth: object, otherwise: str) -> None:
    """Says what did not hold."""
    if not truth:
        raise AssertionError(otherwise)


class Desk:
    """A practice's files on a machine. Each method that is a READER's name reads one of them gone wrong."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "practice"
        self.folder.mkdir()
        self.path = self.folder / "practice.vault"
        with Vault.create(self.path, PASSPHRASE, Practice("Riverside"), Practitioner("Dr Mei Lindqvist"), kdf=CHEAP) as vault:
            Records(vault).save_patient(Patient("Rosa", "Delgado", notes="Notes. " * 300))
            self.sheet = access.new_recovery(vault)
            (self.folder / "kept").mkdir()
            self.copy = backup(vault, self.folder / "kept").path
        self.unlocked = Vault.unwrap_key(self.path, PASSPHRASE)
        self.files = held(self.folder)
        self.contents = look(self.copy, self.unlocked)
        self.form_told = json.loads((ROOT / "forms" / "neuropathy-intake-1.json").read_text(encoding="utf-8"))
        self.form = Questionnaire(self.form_told)
        self.answers = {
            item.link_id: [item.options[0] if item.options else date(2026, 3, 2) if item.kind == "date" else "numb"]
            for item in self.form.walk()
            if item.is_question
        }

    @contextmanager
    def instead(self, path: Path, content: bytes) -> Iterator[None]:
        """A file holds something else meanwhile, and stays as it is with all others."""
        path.write_bytes(content)
        before = held(self.folder)
        try:
            yield
            must(held(self.folder) == before, "A file was changed, left or taken away.")
        finally:
            self.tidy()

    def tidy(self) -> None:
        """All files of the practice are what they were."""
        for name in held(self.folder).keys() - self.files.keys():
            (self.folder / name).unlink()
        for name, content in self.files.items():
            (self.folder / name).write_bytes(content)

    def wrong_json(self, told: object, chance: Chance, seal: str = "") -> bytes:
        """JSON that says something else, or is none."""
        return rewritten(told, chance, seal) if chance.random() < 0.7 else torn(json.dumps(told, indent=1).encode(), chance)

    def keys(self, chance: Chance) -> None:
        """The slots beside a vault give its key or a sentence."""
        path = keys_path(self.path)
        told = json.loads(self.files[path.name])
        if chance.random() < 0.1:
            told["slots"][0]["kdf"] |= dict(zip(("memory", "iterations", "lanes"), chance.choice(STALLING), strict=True))
        with self.instead(path, self.wrong_json(told, chance, "checksum")):
            with suppress(VaultError):
                must(Vault.unwrap_key(self.path, PASSPHRASE) == self.unlocked, "Another key.")
            with suppress(VaultError):
                must(KeyRing.load(path).unwrap_recovery(self.sheet).key == self.unlocked.key, "Another key.")
            must(len(backups(self.copy.parent, "x")) == 0, "A backup of another vault.")

    def vault(self, chance: Chance) -> None:
        """A vault opens as it was or is refused."""
        self.path.write_bytes(torn(self.files[self.path.name], chance))
        before = held(self.folder)
        try:
            with Vault.open_with_key(self.path, self.unlocked) as vault:
                must([line.given for line in Records(vault).patients()] == ["Rosa"], "Another chart.")
        except VaultError as error:
            must(str(error).endswith("."), str(error))
            must(held(self.folder) == before, "A vault that was refused was changed.")
        finally:
            self.tidy()

    def backup(self, chance: Chance) -> None:
        """A backup is looked into and put back as it was, or refused, and the chart in its place stays."""
        with self.instead(self.copy, torn(self.files[f"kept/{self.copy.name}"], chance)), suppress(VaultError):
            must(look(self.copy, self.unlocked) == self.contents, "Other contents.")
        with self.instead(self.copy, torn(self.files[f"kept/{self.copy.name}"], chance)):
            elsewhere = self.folder.parent / "elsewhere.vault"
            for place in (elsewhere, self.path) if chance.random() < 0.2 else ():
                with suppress(VaultError):
                    restore(self.copy, place, self.unlocked)
                    must(look(place, self.unlocked).patients == 1, "Another chart.")
                    place.write_bytes(self.files[self.path.name])
                    for left in (*self.folder.parent.glob("elsewhere*"), *self.folder.glob("*(replaced*")):
                        left.unlink()
            must(not list(self.folder.parent.glob("*elsewhere*")), "Half a vault.")

    def attempts(self, chance: Chance) -> None:
        """Whatever the file of failed attempts holds, the wait is bounded and the next one counts."""
        attempts = Attempts(self.path)
        moments = "".join(f"2026-03-0{day}T09:30:0{day}.123456+00:00\n" for day in range(1, 9))
        attempts.path.write_bytes(torn(moments.encode(), chance))
        must(0 <= attempts.wait() <= LONGEST, "A wait without an end.")
        attempts.failed()
        must(1 <= len(attempts.moments()) <= 1000, "A failure is not counted.")
        self.tidy()

    def head(self, chance: Chance) -> None:
        """The head that this machine kept is one or none; a vault is measured by it all the same."""
        seen = Witness(self.folder)
        with self.instead(self.folder / "x.head", self.wrong_json(HEAD, chance)):
            found = seen.seen("x")
            with Vault.open_with_key(self.copy, self.unlocked, read_only=True) as vault:
                must(seen.outrun(vault, "x") == found, "Neither this head nor none.")

    def marker(self, chance: Chance) -> None:
        """Whatever the marker of a restore says, nothing of the old vault and of the new is lost."""
        fresh = self.path.with_name(f".{self.path.name}.1234.new")
        for old, new in ((self.copy, fresh), (keys_path(self.copy), keys_path(fresh))):
            shutil.copy(old, new)
        words = [fresh.name, "practice (replaced).vault"]
        self.path.with_name(f"{self.path.name}.restoring").write_bytes(self.wrong_json(words, chance))
        with suppress(VaultError):
            Vault.unwrap_key(self.path, PASSPHRASE)
        there = held(self.folder).values()
        must(all(content in there for content in self.files.values()), "A file is lost.")
        self.tidy()

    def settings(self, chance: Chance) -> None:
        """Each setting is one that the program knows."""
        path = self.folder / "settings.ini"
        with self.instead(path, torn(SETTINGS, chance)):
            kept = QSettings(str(path), QSettings.Format.IniFormat)
            must(0 <= lock.minutes(kept) <= 24 * 60, "Minutes without an end.")
            must(0 <= sound.volume(kept) <= 100, "A volume that there is not.")
            for read in (sound.is_on, sound.rings_again, sound.tone, voice.is_on, notify.is_on, privacy.initials_only, Layers.read):
                read(kept)
            folder = backing.backup_folder(kept, self.path)
            places.backup_warning(folder, self.path)
            backups(folder)

    def locked(self, chance: Chance) -> None:
        """What a program that locks hands on is read or refused."""
        with suppress(ValueError):
            lock.Locked.read(self.wrong_json(LOCKED, chance).decode("utf-8", "surrogateescape"))

    def dropbox(self, chance: Chance) -> None:
        """What Dropbox says of its folders never keeps a chart from being opened."""
        path = Path.home() / ".dropbox" / "info.json"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(self.wrong_json(DROPBOX, chance))
        places.warning(self.path)

    def questionnaire(self, chance: Chance) -> None:
        """A form is refused, or can be answered."""
        path = self.folder / "form.json"
        with self.instead(path, self.wrong_json(self.form_told, chance)), suppress(FormError):
            form = Questionnaire.load(path)
            form.progress({})
            form.errors({item.link_id: ["x"] for item in form.walk()}, date(2026, 3, 2))

    def response(self, chance: Chance) -> None:
        """Answers are those of the form, or refused."""
        whole = self.form.to_response(self.answers, finished=False, authored=datetime.now(UTC), subject="Patient/1")
        for told, read in ((whole, self.form.from_response), (pack(self.answers), unpack)):
            with suppress(FormError):
                self.form.errors(read(json.loads(rewritten(told, chance))), date(2026, 3, 2))

    def periods(self, chance: Chance) -> None:
        """The table of retention periods is read or refused."""
        whole = (ROOT / "retention" / "periods.toml").read_bytes()
        with self.instead(self.folder / "periods.toml", torn(whole, chance)), suppress(ValueError):
            retention.load(self.folder)

    def sheet_typed(self, chance: Chance) -> None:
        """A recovery key is the one that was printed, or misread."""
        text = torn(self.sheet.encode(), chance).decode("utf-8", chance.choice(("replace", "surrogateescape")))
        with suppress(recovery.MisreadError):
            must(recovery.write(recovery.read(text)) == self.sheet, "Another key.")


READERS: tuple[Callable[[Desk, Chance], None], ...] = (
    Desk.keys,
    Desk.vault,
    Desk.backup,
    Desk.attempts,
    Desk.head,
    Desk.marker,
    Desk.settings,
    Desk.locked,
    Desk.dropbox,
    Desk.questionnaire,
    Desk.response,
    Desk.periods,
    Desk.sheet_typed,
)


def _peak() -> int:
    """The most memory that this process ever held, in bytes."""
    import resource  # noqa: PLC0415  # POSIX

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _bounded(seconds: int) -> None:
    import resource  # noqa: PLC0415  # POSIX

    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (ROOM, ROOM))  # far over MEMORY: addresses are no memory yet


def main(count: int, seed: int, folder: Path) -> None:
    """Asks, and prints the wrongs; one that ends the process shows by its end."""
    os.environ["HOME"] = str(folder)
    desk, wrongs = Desk(folder), []
    _bounded(60 + count)
    for number in range(count):
        reader = READERS[number % len(READERS)]
        begun, peak, said = time.process_time(), _peak(), ""
        try:
            reader(desk, random.Random(f"{seed} {number}"))  # noqa: S311
        except Exception:  # noqa: BLE001  # whatever it is, it is not what is documented
            said = traceback.format_exc()
            desk.tidy()
        if time.process_time() - begun > SECONDS:
            said += f"It took {time.process_time() - begun:.0f} s."
        if _peak() > max(peak, MEMORY):
            said += f"It took {_peak() >> 20} MB."
        if said:
            wrongs.append(f"{reader.__name__} {number}: {said}")
    json.dump({"wrongs": wrongs, "peak": _peak()}, sys.stdout)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
