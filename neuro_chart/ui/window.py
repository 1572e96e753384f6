"""The shell: a rail, one page at a time, a banner when something needs a word, and the strip that counts needles."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QByteArray, QEvent, QSettings, QThreadPool, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeySequence, QUndoGroup, QUndoStack
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.library import Library
from neuro_chart.clinic.protocols import Protocol
from neuro_chart.clinic.rooms import overdue_words
from neuro_chart.clinic.trail import Deed
from neuro_chart.ui import privacy, sitting
from neuro_chart.ui.backing import Backing
from neuro_chart.ui.banner import Banner
from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.closing import ClosingPanel, rather_stay
from neuro_chart.ui.find import FindPage
from neuro_chart.ui.lock import Locked
from neuro_chart.ui.lock_warning import LockWarning
from neuro_chart.ui.notify import Notifier
from neuro_chart.ui.palette import Palette
from neuro_chart.ui.patient import PatientPage
from neuro_chart.ui.patients import PatientsPage
from neuro_chart.ui.place import Place, bring_back, place_of
from neuro_chart.ui.rail import PAGES, Rail
from neuro_chart.ui.roles import announce
from neuro_chart.ui.rooms import RoomsPage
from neuro_chart.ui.settings import SettingsPage
from neuro_chart.ui.strip import Strip
from neuro_chart.ui.tab_order import go_to_next
from neuro_chart.ui.theme import apply_theme
from neuro_chart.ui.ticker import Ticker
from neuro_chart.ui.today import TodayPage
from neuro_chart.ui.unstored import UnstoredWords
from neuro_chart.ui.vault_notice import VaultNotice
from neuro_chart.ui.voice import Voice
from neuro_chart.ui.widgets import add_action
from neuro_chart.ui.words import Prose

if TYPE_CHECKING:
    from neuro_chart.store.vault import Vault
    from neuro_chart.ui.library import LibraryPage


class Window(QMainWindow):
    """The open chart. `locked(Locked)` is announced once everything is stored and the vault is closed.

    `covered(Locked)` asks to be hidden instead, as the disk does not take the last words: once it does, lock again.
    """

    locked = Signal(object)
    covered = Signal(object)

    def __init__(self, vault: "Vault", library: Library, settings: QSettings) -> None:
        super().__init__()
        from neuro_chart.store.records import Records  # noqa: PLC0415  # keeps the database out of the program's start

        self.setWindowTitle("Neuro Chart")
        self.vault, self._library, self._settings = vault, library, settings
        self._is_open = True
        self._left_at: Place | None = None  # while the chart is covered
        self.chart = OpenChart(Records(vault), self)
        self._role = self.chart.records.role
        self.ticker = Ticker(self.chart, settings, self)
        self.notifier, self._voice = Notifier(settings, self), Voice(settings)
        self.undo_group = QUndoGroup(self)
        self.backing = Backing(self.chart, settings, vault, self)
        self.notice, self.banner = VaultNotice(vault), Banner()
        self._lock_warning = LockWarning(self)
        self.stack = QStackedWidget()
        self.today = TodayPage(self.chart, settings, self.backing)
        self.patients = PatientsPage(self.chart, settings)
        self.rooms = RoomsPage(self.chart, settings, self.ticker)
        self.notes = FindPage(self.chart, settings)
        self.patient = PatientPage(self.chart, library, settings, self.ticker)
        self.strip = Strip(self.chart, self.ticker, settings)
        self._pages: dict[str, QWidget] = {
            "today": self.today, "patients": self.patients, "rooms": self.rooms, "find": self.notes, "patient": self.patient,
        }  # fmt: skip
        for page in self._pages.values():
            self.stack.addWidget(page)
        self._make_actions()
        self._lay_out()
        self.closing = ClosingPanel(self.backing, self)
        self._connect()
        self._unstored = UnstoredWords(self)
        self.show_page("today")
        if older := sitting.begin(self.chart, vault, settings):
            self.notice.say_first(older)
        self._place: Place = self.chart.records.take_place()  # of another day, it is forgotten but for words that nothing has stored
        if isinstance(geometry := settings.value("window/geometry"), QByteArray):
            self.restoreGeometry(geometry)
        else:
            self.resize(1366, 768)

    def _connect(self) -> None:
        self.today.visit_chosen.connect(self.open_visit)
        self.today.patients_wanted.connect(lambda: self.show_page("patients"))
        self.today.sheet_wanted.connect(self._show_people)
        self.today.backups_wanted.connect(self._show_backups)
        self.notes.visit_chosen.connect(self.open_visit)
        self.strip.visit_chosen.connect(self.open_visit)
        self.strip.rooms_wanted.connect(lambda: self.show_page("rooms"))
        self.rooms.visit_chosen.connect(self.open_visit)
        self.rooms.names_wanted.connect(self._turn_names)
        self.rooms.patients_wanted.connect(lambda: self.show_page("patients"))
        self.ticker.overdue.connect(self._tell_overdue)
        self.notifier.chosen.connect(self._come_to_front)
        self.patients.patient_chosen.connect(self.open_patient)
        self.patient.stack_changed.connect(self.use_stack)
        self.patient.other_visit_wanted.connect(self.open_visit)
        self.patient.library_wanted.connect(self.look_up)
        self.patient.trail_wanted.connect(self._show_trail)
        self.patient.erased.connect(self._leave_erased)
        self.chart.unwritten.connect(lambda sentence: self.banner.say(sentence, stay=True))
        self.chart.refused.connect(self.banner.say)
        self.chart.changed.connect(self._follow_role)
        self.backing.missed.connect(self.banner.say)
        self.closing.let_go.connect(self.close)

    def _lay_out(self) -> None:
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self.notice)
        right.addWidget(self.banner)
        right.addWidget(self.stack, 1)
        top = QHBoxLayout()
        top.setContentsMargins(0, 0, 0, 0)
        top.setSpacing(0)
        top.addWidget(self.rail)
        top.addLayout(right, 1)
        middle = QWidget()
        whole = QVBoxLayout(middle)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(top, 1)
        whole.addWidget(self.strip)
        self.setCentralWidget(middle)

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: FBT001  # as Qt has it
        return go_to_next(self, forward=forward)

    def _make_actions(self) -> None:
        undo, redo = self.undo_group.createUndoAction(self, "Undo"), self.undo_group.createRedoAction(self, "Redo")
        undo.setShortcut(QKeySequence.StandardKey.Undo)
        undo.triggered.connect(lambda: announce(self, f"Undone: {self.undo_group.redoText()}"))
        redo.triggered.connect(lambda: announce(self, f"Done again: {self.undo_group.undoText()}"))
        redo.setShortcuts([QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")])  # named, as a key that is listed twice does nothing
        self.addActions([undo, redo])
        pages = {key: add_action(self, title, keys, partial(self.show_page, key)) for key, (title, keys, _icon) in PAGES.items()}
        self.rail = Rail(pages, add_action(self, "Lock", "Ctrl+L", self.lock))
        add_action(self, "Find patient", "Ctrl+F", self._find_patient)
        add_action(self, "Add patient", "Ctrl+N", self._add_patient)
        add_action(self, "Stop ringing", "Ctrl+.", self.ticker.quiet)
        add_action(self, "Back up now", "", self._back_up)
        add_action(self, "Show initials in place of names, or names again", "Ctrl+Shift+H", self._turn_names)
        add_action(self, "Everything that can be done", "Ctrl+K", self.show_palette)
        add_action(self, "Quit", QKeySequence(QKeySequence.StandardKey.Quit).toString(), self.close)

    def show_page(self, key: str) -> None:
        """Turn to a page; what was being typed on the present one is stored first."""
        self.flush()
        page = self.library if key == "library" else self.settings_page if key == "settings" else self._pages[key]
        if key == "library":
            self.library.protocols.offer_visit(is_open=bool(self.patient.open_visit))
        self.stack.setCurrentWidget(page)
        self.rail.mark_page(key)
        self.use_stack()
        if key != "settings":
            page.setFocus()

    @property
    def library(self) -> "LibraryPage":
        """The page of the points, made when it is first looked at."""
        from neuro_chart.ui.library import LibraryPage  # noqa: PLC0415  # the body is read when it is first looked at

        if "library" not in self._pages:
            made = LibraryPage(self.chart, self._library, self._settings)
            made.back_wanted.connect(lambda: self.show_page("patient"))
            made.protocols.wanted.connect(self._prescribe)
            self._pages["library"] = made
            self.stack.addWidget(made)
        return cast("LibraryPage", self._pages["library"])

    @property
    def settings_page(self) -> SettingsPage:
        """The page of the settings, made when it is first looked at."""
        if "settings" not in self._pages:
            made = SettingsPage(self.chart, self._settings, self.vault, self.backing)
            made.restore_wanted.connect(lambda: self.lock("restore"))
            made.theme_chosen.connect(self._show_theme)
            made.names_turned.connect(self._show_names)
            made.visit_wanted.connect(self.open_visit)
            made.patient_wanted.connect(self.open_patient)
            self._pages["settings"] = made
            self.stack.addWidget(made)
        return cast("SettingsPage", self._pages["settings"])

    def look_up(self, section: str, thing: "str | Protocol | None" = None, back: str = "Back to the visit") -> None:
        """Turn to a section of the library: to a point by its code, or to a protocol that is to be kept; back: the way back, in words."""
        self.show_page("library")
        self.library.offer_way_back(back)
        self.library.show_section(section)
        if isinstance(thing, Protocol):
            self.library.protocols.keep(thing)
        elif thing:
            self.library.points.show_point(thing)

    def _prescribe(self, key: str) -> None:
        self.show_page("patient")
        self.patient.prescribe(key)

    def use_stack(self) -> None:
        """Let undo and redo work on the page that is shown."""
        shown = self.stack.currentWidget()
        stack = self.patient.undo_stack if shown is self.patient else getattr(shown, "stack", None)
        active = self.undo_group.activeStack()
        if not isinstance(stack, QUndoStack):
            if active is not None:
                active.setActive(False)
            return
        if stack not in self.undo_group.stacks():
            self.undo_group.addStack(stack)
        stack.setActive(True)

    def open_patient(self, patient_id: str) -> None:
        """Show a patient's record."""
        self.flush()
        self.patient.open(patient_id)
        self.show_page("patient")

    def open_visit(self, patient_id: str, visit_id: str) -> None:
        """Show a visit of a patient."""
        self.flush()
        self.patient.open(patient_id)
        self.patient.show_visit(visit_id)
        self.show_page("patient")
        self.ticker.seen(visit_id)

    def _follow_role(self, _change: object) -> None:
        """Lock once whoever is here has another role: every page was made for the one before."""
        if self.chart.records.role is not self._role:
            self._role = self.chart.records.role
            QTimer.singleShot(0, self, self.lock)

    def _leave_erased(self) -> None:
        self.show_page("patients")
        self.banner.say("The record is erased. The trail keeps that it happened, by whom and why.")

    def _show_trail(self, patient_id: str) -> None:
        self.show_page("settings")
        self.settings_page.show_trail(patient_id)

    def _show_backups(self) -> None:
        self.show_page("settings")
        self.settings_page.show_section("backups")

    def _back_up(self) -> None:
        self._show_backups()
        self.backing.start()

    def _show_people(self) -> None:
        self.show_page("settings")
        self.settings_page.show_section("people")

    def _find_patient(self) -> None:
        self.show_page("patients")
        self.patients.search.setFocus()
        self.patients.search.selectAll()

    def _add_patient(self) -> None:
        self.show_page("patients")
        self.patients.add_patient()

    def show_palette(self) -> None:
        """Offer every action of the program, and every patient and point by name."""
        actions = [a for w in (self, *self.findChildren(QWidget)) if w is self or w.isVisible() for a in w.actions()]
        palette = Palette(actions, self.chart, self._library, self._settings, self)
        palette.patient_chosen.connect(self.open_patient)
        palette.point_chosen.connect(self._look_up)
        palette.show()

    def _look_up(self, code: str) -> None:
        self.look_up("points", code, "Back to the record" if self.stack.currentWidget() is self.patient else "")

    def _tell_overdue(self, visit_id: str) -> None:
        """Say that a clock has run out, and where; the patient's name stays out of it."""
        visit = next(each.visit for each in self.ticker.visits if each.visit.id == visit_id)
        sentence = f"A clock has run out: {overdue_words(visit, now())}"
        self.notifier.tell(sentence)
        self._voice.say(sentence)

    def _come_to_front(self) -> None:
        self.show_page("rooms")
        self.raise_()
        self.activateWindow()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.notifier.put_away()

    def _turn_names(self) -> None:
        privacy.turn(self._settings, not privacy.initials_only(self._settings))
        self._show_names()

    def _show_names(self) -> None:
        """Say names or initials from now on, as the settings have it."""
        self.today.reload()
        self.rooms.refresh()
        self.strip.refresh()
        self.patients.show_names()
        self.notes.search()
        self.patient.show_names()
        if "settings" in self._pages:
            self.settings_page.show_names()

    def _show_theme(self, choice: str) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication):
            apply_theme(app, choice)

    @property
    def page(self) -> str:
        """Which page is shown."""
        shown = self.stack.currentWidget()
        return next(key for key, page in self._pages.items() if page is shown)

    def flush(self) -> None:
        """Store what is being typed, now."""
        if "library" in self._pages:
            self.library.flush()
        if "settings" in self._pages:
            self.settings_page.flush()
        self.patient.flush()
        self.rooms.flush()
        self._unstored.flush()

    def lock(self, form: str = "") -> None:
        """Store everything, close the vault and leave the unlock window in this one's place; only hide it while the disk takes nothing.

        `form` is what the unlock window begins with, if not with the passphrase.
        """
        if not self._is_open:
            return
        QGuiApplication.inputMethod().commit()  # what is being composed
        place = self._left_at or place_of(self)
        self._flush_all()
        locked = replace(Locked.of(self.ticker.visits, self.ticker), form=form)
        if sitting.end(self.chart, Deed.LOCKED, place):
            self.hide()  # before anything that is still running is waited for
            self._leave()
            self.locked.emit(locked)
        elif self._left_at is None:
            self._left_at = place
            self.ticker.rest()
            self.notifier.put_away()
            self.covered.emit(locked)

    @property
    def was_writing(self) -> bool:
        """Whether words were being written into a record, and not stored, when the program ended."""
        words = self._place.get("words", ())
        if self._place.get("adding"):
            return bool(words)
        in_a_record = self._place.get("page") == "patient" and any(kind == Prose.__name__ for kind, *_ in words)
        return in_a_record or bool(self._place.get("unadded"))

    def come_back(self, locked: Locked | None = None) -> None:
        """Go on after a lock: ring where it still rang, and turn to where whoever signed in was."""
        if locked is not None:
            self.ticker.go_on(locked.told, {each.visit.id for each in self.ticker.visits if each.visit.room in locked.unseen})
        if self._place:
            bring_back(self, self._place)
            if self.was_writing:
                self._unstored.go_on(self._place)

    def uncover(self) -> None:
        """Show the chart again that was only hidden."""
        self._left_at = None
        self.ticker.reload()
        self.chart.passphrase_typed()
        self.show()

    def warn_of_lock(self, seconds: int) -> None:
        """Say that it will lock in so many seconds, or, with 0, that it won't."""
        self._lock_warning.say(seconds)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._is_open and self._waits_for_backup():
            event.ignore()
        elif self._put_away():
            event.accept()
        else:
            event.ignore()
            self.closing.keep_open()

    def _waits_for_backup(self) -> bool:
        QGuiApplication.inputMethod().commit()  # what is being composed
        self._flush_all()
        return self.chart.all_written and self.closing.holds()

    def _put_away(self) -> bool:
        """Store everything and close the vault; False if it stays open."""
        if not self._is_open:
            return True
        self._flush_all()
        self._unstored.keep()
        if not sitting.end(self.chart, Deed.CLOSED) and rather_stay(self):
            return False
        self._leave()
        return True

    def _flush_all(self) -> None:
        self.flush()
        self.patients.flush()

    def _leave(self) -> None:
        for stack in self.undo_group.stacks():
            stack.clear()  # while those that listen are there to hear it
        self._settings.setValue("window/geometry", self.saveGeometry())
        self._settings.sync()
        self._is_open = False
        sitting.remember(self.chart.records, self.vault, self._settings)
        self.ticker.stop()
        self._unstored.stop()
        self.notifier.put_away()
        self.backing.put_away()
        self.vault.close()
        QThreadPool.globalInstance().waitForDone()  # so that no work comes back to a page that is gone
