"""A working day on the real windows, told act by act, and whether a vault holds what was told: for tests that kill the program under it.

Each line on standard output is a JSON object: `begun` and `done` name an act, `holds` tells what must be found once it has returned,
`words` what stands in a field that is being typed in, `storing` and `stored` the fingerprint of the whole record before and after a
commit, `kept` a sheet that was saved and `backup` that a backup was made. All people are made up.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from neuro_chart.clinic.adjuncts import LAMP, Adjunct
from neuro_chart.clinic.visits import NOTE_FIELDS
from neuro_chart.demo import PASSPHRASE
from neuro_chart.hand import Hand, TourError
from neuro_chart.store.backups import backups, default_folder
from neuro_chart.store.errors import VaultError
from neuro_chart.store.keys import Unlocked, keys_path
from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault
from neuro_chart.store.verify import verify
from neuro_chart.ui.overview import OverviewPage
from neuro_chart.ui.papers import PapersPage

Told = Mapping[str, Any]

LINES = ("st36 sp6 b 20m", "lr3 gb41 b", "li4 r 15m", "ki3 l", "bafeng b", "gv20", "sp9 gb34 b 45m", "baxie r")
WORDS = "Burning soles at night, worse after standing. "
ONE_SECOND = 1.0  # the most of what is typed that may be lost


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


def missing(path: Path, told: Sequence[Told], ended: float) -> list[str]:
    """What a vault hasn't that was told of it until the program ended, or has half; sentences, none for a vault that is whole."""
    copies = [each.path for each in backups(default_folder(path))]
    try:
        for copy in copies:
            with _opened(copy) as vault:
                if found := [f"{copy.name}: {sentence}" for sentence in _unsound(vault)]:
                    return found
        if not copies and any("backup" in each for each in told):
            return ["No backup is there, though one was told to be."]
        with _opened(path) as vault:
            return [*_unsound(vault), *_unfaithful(vault, told), *_lost(Records(vault), told), *_unwritten(Records(vault), told, ended)]
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
    if last and found not in {stored, last}:
        yield f"It holds {found}; stored was {stored}, and begun {last}."


def _lost(records: Records, told: Sequence[Told]) -> Iterator[str]:
    """What acts that had returned left; where another had begun upon the same thing, the fingerprint says that it is whole."""
    held: dict[str, dict[str, object]] = {}
    busy: Sequence[str] = ()
    for each in told:
        for thing, known in each.get("holds", {}).items():
            held.setdefault(thing, {}).update(known)
        busy = each["about"] if "begun" in each else () if "done" in each else busy
    for thing, known in held.items():
        if thing not in busy:
            found = json.loads(json.dumps(facts(records, thing)))
            yield from (f"{thing}: {name} is {found[name]}, not {value}." for name, value in known.items() if found[name] != value)


def _unwritten(records: Records, told: Sequence[Told], ended: float) -> Iterator[str]:
    """Words that were typed longer ago than a second."""
    typed = [each for each in told if "words" in each]
    mine = [each for each in typed if each["into"] == typed[-1]["into"]]
    if mine:
        visit_id, field = mine[-1]["into"].split()
        found = getattr(records.visit(visit_id), field)
        before = [each["words"] for each in mine if each["at"] < ended - ONE_SECOND]
        if not found.startswith(before[-1] if before else "") or not (mine[-1]["words"] + WORDS).startswith(found):
            yield f"Of {mine[-1]['words']!r} was kept {found!r}."


# The day


class Day:
    """One patient after the other, from the first word to the amendment, as long as nobody ends it."""

    def __init__(self, path: Path) -> None:
        self._hand = Hand(path)
        self._path = path
        self._visit = self._patient = self._before = ""
        sa.event.listen(sa.Engine, "commit", self._storing)
        sa.event.listen(sa.Pool, "checkin", self._stored)
        self._pending = ""
        self._hand.unlock()

    def _storing(self, connection: sa.Connection) -> None:
        of_vault = connection.exec_driver_sql("PRAGMA database_list").fetchall()[0][2] == str(self._path.resolve())
        if of_vault and not connection.get_execution_options().get("readonly"):
            self._pending = fingerprint(connection)
            say(storing=self._pending)

    def _stored(self, connection: object, _record: object) -> None:
        if self._pending and connection is not None:
            say(stored=self._pending)
            self._pending = ""

    def go_on(self) -> None:
        """All acts in their order, over and over."""
        acts: tuple[Callable[[], Told | None], ...] = (
            self._add_patient, self._take_history, self._start_visit, self._write_note, self._score, self._place, self._insert, self._pause,
            self._warm, self._resume, self._place, self._insert, self._stay_longer, self._write_note, self._pull, self._count_out,
            self._sign, self._amend, self._print, self._correct, self._merge, self._part, self._archive, self._bring_back, self._back_up,
        )  # fmt: skip
        for number in count():
            self._number = number
            for act in acts:
                ids = (("patient", self._before), ("patient", self._patient), ("visit", self._visit))
                about = [f"{kind} {row_id}" for kind, row_id in ids if row_id]
                say(begun=act.__name__.strip("_"), about=about)
                told = act() or {"holds": {(thing := f"visit {self._visit}"): facts(self._records, thing)}}
                self._hand.wait(lambda: True, "the act to go well")
                say(done=act.__name__.strip("_"), **told)

    @property
    def _records(self) -> Records:
        return self._hand.window.chart.records

    def _add_patient(self) -> Told:
        self._visit, self._before, given, family = "", self._patient, f"Teodor {self._number}", "Halloran"
        self._hand.window.show_page("patients")
        self._hand.window.patients.add_patient()
        form = self._hand.window.patients.form
        if form is None:
            raise TourError("There is no form for a new patient.")
        for name, words in (("given", given), ("family", family), ("birth", "1961-05-09"), ("phone", "01632 960777")):
            self._hand.write(form.inputs[name], words)
        self._hand.press(form.add_button)
        self._patient = self._hand.window.patient.patient.id
        return {"holds": {f"patient {self._patient}": {"given": given, "family": family, "phone": "01632 960777"}}}

    def _take_history(self) -> Told:
        self._hand.take_history()
        (intake,) = self._records.intakes(self._patient)
        return {"holds": {f"intake {intake.id}": facts(self._records, f"intake {intake.id}") | {"completed": True}}}

    def _start_visit(self) -> Told:
        self._hand.window.patient.start_visit()
        self._page = self._hand.visit_page
        visit = self._page.treatment.visit
        if visit is None:
            raise TourError("No visit was started.")
        self._visit = visit.id
        return {"holds": {f"visit {visit.id}": {"signed": False, "needles": {}}}}

    def _write_note(self) -> Told:
        self._page.show_note()
        field = self._page.note.prose["subjective"]
        field.setFocus()
        for letter in WORDS:
            QTest.keyClicks(field, letter)
            say(words=field.toPlainText(), into=f"{self._visit} subjective")
            QTest.qWait(15)
        field.clearFocus()
        return {"holds": {f"visit {self._visit}": {"subjective": field.toPlainText()}}}

    def _score(self) -> Told:
        self._hand.score("pain_before", 7)
        return {"holds": {f"visit {self._visit}": {"pain_before": 7}}}

    def _place(self) -> None:
        self._page.add.setFocus()
        self._hand.enter(LINES[self._number % len(LINES)])
        self._number += 1

    def _insert(self) -> None:
        self._page.add.setFocus()
        self._hand.enter()

    def _inside(self) -> list[str]:
        return [needle.id for needle in self._page.treatment.needles if needle.is_in][:1]

    def _pause(self) -> None:
        self._page.treatment.pause(self._inside())

    def _warm(self) -> None:
        self._page.treatment.put_adjunct(Adjunct(self._visit, LAMP, minutes=10))

    def _resume(self) -> None:
        self._page.treatment.resume()

    def _stay_longer(self) -> None:
        self._page.treatment.leave_longer(self._inside())

    def _pull(self) -> None:
        self._hand.press(self._page.needles.pull)

    def _count_out(self) -> None:
        self._page.counting.finish()

    def _sign(self) -> Told:
        self._page.show_signing()
        self._hand.press(self._page.sign_panel.sign)
        self._hand.wait(lambda: self._page.treatment.draft is None, "the visit to be signed")
        return {"holds": {f"visit {self._visit}": facts(self._records, f"visit {self._visit}") | {"signed": True}}}

    def _amend(self) -> Told:
        self._page.show_amending()
        text = f"It was the left foot ({self._number})."
        self._hand.write(self._page.amend_panel.text, text)
        self._hand.write(self._page.amend_panel.reason, "Written down wrong.")
        self._hand.press(self._page.amend_panel.add)
        self._hand.wait(lambda: self._page.treatment.visit and self._page.treatment.visit.amendments, "the amendment to be signed")
        return {"holds": {f"visit {self._visit}": {"signed": True, "amendments": [text]}}}

    def _print(self) -> Told:
        papers = self._hand.tab("papers", PapersPage)
        self._hand.wait(lambda: papers.is_drawn, "the sheet to be drawn")
        path = self._path.with_name(f"sheet-{self._number}.pdf")
        papers.save_at(path)
        return {"kept": path.name, "content": sha256(papers.paper_bytes).hexdigest()}

    def _correct(self) -> Told:
        form = self._hand.tab("overview", OverviewPage).form
        field = form.inputs["phone"]
        field.setFocus()
        QTest.keyClick(field, Qt.Key.Key_End)
        QTest.keyClicks(field, " ext 4")
        field.clearFocus()
        return {"holds": {f"patient {self._patient}": {"phone": "01632 960777 ext 4"}}}

    def _merge(self) -> Told:
        return self._be_merged(self._before or None)

    def _part(self) -> Told:
        return self._be_merged(None)

    def _be_merged(self, into: str | None) -> Told:
        chart = self._hand.window.chart
        if self._before:
            chart.act(lambda: chart.records.merge(self._patient, into) if into else chart.records.unmerge(self._patient))
        return {"holds": {f"patient {self._patient}": {"merged_into": into}}}

    def _archive(self) -> Told:
        return self._turn(archived=True)

    def _bring_back(self) -> Told:
        return self._turn(archived=False)

    def _turn(self, *, archived: bool) -> Told:
        self._hand.window.open_patient(self._patient)
        self._hand.press(self._hand.tab("overview", OverviewPage).acts.archive)
        return {"holds": {f"patient {self._patient}": {"archived": archived}}}

    def _back_up(self) -> Told:
        backing = self._hand.window.backing
        backing.start()
        self._hand.wait(lambda: not backing.is_running, "the backup to be kept")
        return {"backup": True}


def rehearse(path: Path) -> None:
    """Work until the process is ended; the vault is opened by demo.PASSPHRASE."""
    try:
        Day(path).go_on()
    finally:
        sys.excepthook = sys.__excepthook__  # what ends the day is told
