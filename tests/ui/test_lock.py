"""Locking: what is left of the chart, what counts on, when it happens by itself, and how one comes back to the same word."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import QEvent, Qt, QThreadPool
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QWidget
from shiboken6 import isValid

from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.needles import Needle, Side, Site
from neuro_chart.clinic.people import Patient, Practitioner
from neuro_chart.clinic.trail import Deed
from neuro_chart.clinic.visits import Visit
from neuro_chart.store import access
from neuro_chart.store.errors import VaultError
from neuro_chart.store.keys import keys_path
from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault
from neuro_chart.ui import lock, sound
from neuro_chart.ui.app import App
from neuro_chart.ui.idle import Idle
from neuro_chart.ui.lock import Locked, RoomTimes
from neuro_chart.ui.locked_rooms import LockedRooms
from neuro_chart.ui.unlock import Unlock
from neuro_chart.ui.visit import VisitPage

OTHER = "nine slow trams uphill"


@pytest.fixture
def heard(monkeypatch):
    """How often the tone was played: the system's beep is what is left where nothing plays."""
    played = []
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(QApplication, "beep", lambda: played.append(1))
    return played


@pytest.fixture
def visited(vault_path, passphrase):
    """A visit in Room 2 with a needle in for 20 minutes more: (patient, visit)."""
    with Vault.open(vault_path, passphrase) as vault:
        patient = Patient("Rosa", "Delgado", phone="01632 960100")
        Records(vault).save_patient(patient)
        visit = Visit(patient.id, vault.practitioner_id, room="Room 2")
        inserted = now() - timedelta(minutes=10)
        visit.needles.append(Needle(visit.id, Site(1, 2, 3, Side.LEFT, "left foot"), "LR3", retention=30, inserted=inserted))
        Records(vault).start_visit(visit)
    return patient, visit


@pytest.fixture
def apps(qtbot, vault_path, settings):
    """Makes the program as it runs in a process: `apps(afresh)`."""
    made = []

    def make(afresh=None):
        made.append(App(vault_path, settings, afresh))
        return made[-1]

    yield make
    for app in made:
        for window in (app.window, app.unlock):
            if window is not None:
                window.close()
                window.deleteLater()


def unlock(qtbot, app, words):
    if app.unlock is None:
        app.ask()
    qtbot.keyClicks(app.unlock.form.passphrase, words)
    qtbot.keyClick(app.unlock.form.passphrase, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: app.unlock is None)
    app.window.activateWindow()
    qtbot.waitUntil(app.window.isActiveWindow)


def note_of(app):
    return app.window.patient.findChild(VisitPage).note.prose["subjective"]


def type_into_note(qtbot, app, visited, words):
    patient, visit = visited
    app.window.open_visit(patient.id, visit.id)
    note_of(app).setFocus()
    qtbot.keyClicks(note_of(app), words)


def press_lock(qtbot, app):
    qtbot.keyClick(app.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)


# What is left


def test_rooms_and_times_are_all_that_is_handed_to_the_fresh_process(qtbot, apps, visited, passphrase, vault_path):
    handed = []
    app = apps(handed.append)
    unlock(qtbot, app, passphrase)
    type_into_note(qtbot, app, visited, "Quagmire")
    press_lock(qtbot, app)
    (told,) = handed
    patient, visit = visited
    for secret in ("Rosa", "Delgado", "RD", "Quagmire", patient.id, visit.id, visit.needles[0].id, patient.phone, passphrase):
        assert secret not in told
    due = visit.needles[0].inserted + timedelta(minutes=30)
    assert Locked.read(json.loads(told)["locked"]).rooms == (RoomTimes("Room 2", (due,)),)
    with Vault.open(vault_path, passphrase) as vault:  # it is closed, and all is stored
        assert Records(vault).visit(visit.id).subjective == "Quagmire"


def test_the_fresh_process_shows_the_room_with_its_clock_and_goes_on_in_the_same_word(qtbot, apps, visited, passphrase):
    handed = []
    app = apps(handed.append)
    unlock(qtbot, app, passphrase)
    type_into_note(qtbot, app, visited, "Burning so")
    press_lock(qtbot, app)

    fresh = apps()
    fresh.ask(Locked.read(json.loads(handed[0])["locked"]))
    (tile,) = fresh.unlock.rooms.tiles
    assert tile.name.words == "Room 2"
    assert tile.clock.text.startswith(("20:0", "19:5"))
    assert fresh.unlock.windowTitle() == "Neuro Chart"
    unlock(qtbot, fresh, passphrase)
    qtbot.waitUntil(lambda: fresh.window.focusWidget() is note_of(fresh))
    QTest.keyClicks(fresh.window.focusWidget(), "les")
    assert note_of(fresh).toPlainText() == "Burning soles"


def test_a_fresh_process_that_does_not_start_is_said_and_it_locks_all_the_same(qtbot, apps, passphrase):
    def fail(_handed):
        raise OSError(8, "Exec format error")

    app = apps(fail)
    unlock(qtbot, app, passphrase)
    app.window.lock()
    assert app.window is None
    assert "could not start afresh (Exec format error)" in app.unlock.form.word.text()
    unlock(qtbot, app, passphrase)
    assert app.window.isVisible()


def test_what_lies_over_the_chart_goes_with_it(qtbot, apps, passphrase):
    app = apps()
    unlock(qtbot, app, passphrase)
    over = QDialog(app.window)
    over.open()
    app.idle.gone.emit()
    assert not over.isVisible()
    assert app.unlock.isVisible()


@pytest.mark.parametrize("kind", [QDialog, QMenu])
def test_the_lock_key_works_over_whatever_lies_on_the_chart(qtbot, apps, passphrase, kind):
    app = apps()
    unlock(qtbot, app, passphrase)
    over = kind(app.window)
    over.setWindowModality(Qt.WindowModality.ApplicationModal)
    over.show()
    qtbot.waitUntil(lambda: over.isActiveWindow() or QApplication.activePopupWidget() is over)
    QTest.keyClick(over.windowHandle(), Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: app.window is None)
    assert not (isValid(over) and over.isVisible())
    assert app.unlock.isVisible()


# Coming back


@pytest.fixture
def colleague(vault_path, passphrase):
    """Another practitioner, with a passphrase of their own."""
    person = Practitioner("Dr Ada Brook")
    with Vault.open(vault_path, passphrase) as vault:
        Records(vault).put_practitioner(person)
        access.set_passphrase(vault, person.id, OTHER)
    return person


def test_somebody_else_comes_to_today(qtbot, apps, visited, passphrase, colleague):
    app = apps()
    unlock(qtbot, app, passphrase)
    type_into_note(qtbot, app, visited, "Burning")
    press_lock(qtbot, app)
    unlock(qtbot, app, OTHER)
    assert app.window.page == "today"


def test_a_chart_that_was_closed_opens_on_today(qtbot, apps, visited, passphrase):
    app = apps()
    unlock(qtbot, app, passphrase)
    type_into_note(qtbot, app, visited, "Burning")
    press_lock(qtbot, app)
    app.unlock.close()
    again = apps()
    unlock(qtbot, again, passphrase)
    assert again.window.page == "today"


@pytest.mark.parametrize("page", ["patients", "rooms", "find", "library", "settings"])
def test_each_page_comes_back(qtbot, apps, passphrase, page):
    app = apps()
    unlock(qtbot, app, passphrase)
    app.window.show_page(page)
    if page in {"library", "settings"}:
        app.window.stack.currentWidget().show_section({"library": "phrases", "settings": "machine"}[page])
    app.window.lock()
    unlock(qtbot, app, passphrase)
    assert app.window.page == page
    if page in {"library", "settings"}:
        assert app.window.stack.currentWidget().sections.choice == {"library": "phrases", "settings": "machine"}[page]


def test_words_that_no_act_has_stored_yet_come_back_with_their_selection(qtbot, apps, visited, passphrase):
    patient, visit = visited
    app = apps()
    unlock(qtbot, app, passphrase)
    app.window.open_visit(patient.id, visit.id)
    line = app.window.patient.findChild(VisitPage).add.line
    line.setFocus()
    qtbot.keyClicks(line, "st36 sp")
    app.window.lock()
    unlock(qtbot, app, passphrase)
    line = app.window.patient.findChild(VisitPage).add.line
    qtbot.waitUntil(lambda: line.text() == "st36 sp")
    assert app.window.focusWidget() is line
    assert line.textCursor().position() == len("st36 sp")


def test_the_panel_that_was_open_comes_back(qtbot, apps, visited, passphrase):
    patient, visit = visited
    app = apps()
    unlock(qtbot, app, passphrase)
    app.window.open_visit(patient.id, visit.id)
    app.window.patient.findChild(VisitPage).left.show_aftercare()
    app.window.lock()
    unlock(qtbot, app, passphrase)
    page = app.window.patient.findChild(VisitPage)
    assert page.left.currentWidget() is page.aftercare


def test_a_patient_who_is_being_added_comes_back_as_far_as_typed(qtbot, apps, passphrase):
    app = apps()
    unlock(qtbot, app, passphrase)
    app.window.show_page("patients")
    app.window.patients.add_patient()
    qtbot.keyClicks(app.window.patients.form.inputs["phone"], "01632")  # without a name, nothing stores it
    app.window.lock()
    unlock(qtbot, app, passphrase)
    qtbot.waitUntil(lambda: app.window.patients.form is not None and app.window.patients.form.inputs["phone"].text() == "01632")
    qtbot.keyClicks(app.window.patients.form.inputs["family"], "Okonkwo")
    app.window.lock()
    unlock(qtbot, app, passphrase)
    assert app.window.page == "patient"
    assert app.window.patient.patient.family == "Okonkwo"
    assert app.window.chart.records.patient_count() == 1


def test_a_place_that_is_gone_leads_to_today(qtbot, apps, visited, passphrase, vault_path):
    app = apps()
    unlock(qtbot, app, passphrase)
    app.window.lock()
    with Vault.open(vault_path, passphrase) as vault:
        Records(vault).keep_place({"page": "patient", "patient": "nobody", "tab": "overview", "words": []})
    unlock(qtbot, app, passphrase)
    assert app.window.page == "today"


# The clocks


def rooms(settings, *times, told=None):
    return LockedRooms(Locked(told or now(), times), settings)


def test_a_clock_that_runs_out_while_locked_rings_and_is_told_without_a_count(qtbot, settings, heard):
    sound.turn(settings, on=True)
    shown = rooms(settings, RoomTimes("Room 2", (now() - timedelta(seconds=1),)), told=now() - timedelta(minutes=1))
    qtbot.addWidget(shown)
    shown.bell.tick()
    shown.bell.tick()
    assert len(heard) == 1
    (tile,) = shown.tiles
    assert tile.property("over") == "true"
    assert tile.words.text().startswith("over since ")
    assert not shown.quiet.isHidden()
    qtbot.mouseClick(shown.quiet, Qt.MouseButton.LeftButton)
    assert shown.quiet.isHidden()


def test_what_rang_before_the_lock_rings_no_more_and_goes_on_where_nobody_has_seen_it(qtbot, settings, heard):
    sound.turn(settings, on=True)
    over = RoomTimes("Room 2", (now() - timedelta(minutes=3),))
    seen, unseen = rooms(settings, over), rooms(settings, replace(over, unseen=True), told=now() - timedelta(seconds=61))
    for each in (seen, unseen):
        qtbot.addWidget(each)
    seen.bell.tick()
    assert heard == []
    unseen.bell.tick()
    assert len(heard) == 1


def test_the_opened_chart_rings_on_only_where_nobody_stopped_it(qtbot, apps, visited, passphrase, vault_path):
    _, visit = visited
    with Vault.open(vault_path, passphrase) as vault:
        late = replace(visit.needles[0], inserted=now() - timedelta(minutes=31))
        Records(vault).treat(visit.id, [late])
    app = apps()
    unlock(qtbot, app, passphrase)
    app.window.ticker.tick()
    assert app.window.ticker.unseen == {visit.id}
    app.window.lock()
    assert app.unlock.rooms.bell.unseen == {"0"}
    unlock(qtbot, app, passphrase)
    assert app.window.ticker.unseen == {visit.id}
    app.window.lock()
    app.unlock.rooms.bell.quiet()
    unlock(qtbot, app, passphrase)
    app.window.ticker.tick()
    assert app.window.ticker.unseen == frozenset()


def test_a_clock_that_stands_still_is_shown_and_does_not_tick(qtbot, settings):
    shown = rooms(settings, RoomTimes("", (), 725.0))
    qtbot.addWidget(shown)
    assert (shown.tiles[0].name.words, shown.tiles[0].clock.text) == ("No room", "12:05")
    assert not shown.bell.is_running


def test_what_is_written_is_read_again_and_nothing_else_is():
    locked = Locked(now(), (RoomTimes("Räum 1", (now(), now() + timedelta(minutes=4)), None, unseen=True), RoomTimes("", (), 3.0)))
    assert Locked.read(locked.written()) == locked
    for wrong in ("", "[]", "{}", '{"told": 3, "rooms": []}', '{"told": "2026-11-22T00:00:00+00:00", "rooms": [{"name": "Rosa"}]}'):
        with pytest.raises(ValueError):  # noqa: PT011  # whatever it says
            Locked.read(wrong)


# By itself


class Clocks:
    """Two clocks that a test sets: the one that nobody sets, and the one on the wall."""

    def __init__(self) -> None:
        self.steady = self.wall = 1000.0

    def pass_by(self, seconds: float, *, asleep: bool = False) -> None:
        self.steady += 0 if asleep else seconds
        self.wall += seconds


@pytest.fixture
def idling(qtbot, settings, window):
    """Nobody at the window, by clocks that the test sets: (idle, clocks, what was said)."""
    clocks, said = Clocks(), []
    idle = Idle(settings, window, lambda: clocks.steady, lambda: clocks.wall)
    idle.warned.connect(said.append)
    idle.gone.connect(lambda: said.append("gone"))
    yield idle, clocks, said
    idle.stop()


def go_by(idle, clocks, seconds):
    """Some seconds, each with its beat."""
    for _ in range(seconds):
        clocks.pass_by(1)
        idle.look()


def test_it_locks_after_the_minutes_of_the_settings_and_says_so_for_the_last_twenty_seconds(idling, settings):
    idle, clocks, said = idling
    assert lock.minutes(settings) == 5
    go_by(idle, clocks, 279)
    assert said == []
    go_by(idle, clocks, 21)
    assert said == [*range(20, 0, -1), "gone"]
    go_by(idle, clocks, 299)  # what did not lock is tried again
    go_by(idle, clocks, 1)
    assert said[-2:] == [1, "gone"]


def test_never_is_never(idling, settings):
    idle, clocks, said = idling
    settings.setValue(lock.MINUTES, 0)
    go_by(idle, clocks, 2000)
    assert said == []


def press_key(window):
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_A)


def move_mouse(window):
    QTest.mouseMove(window.windowHandle(), window.rect().center())


def compose(window):
    window.patients.search.setFocus()
    QApplication.sendEvent(window.patients.search, QInputMethodEvent("ni", []))


@pytest.mark.parametrize("act", [press_key, move_mouse, compose])
def test_whoever_types_touches_or_composes_is_here(idling, window, act):
    idle, clocks, said = idling
    window.show_page("patients")
    go_by(idle, clocks, 290)
    act(window)
    assert said == [*range(20, 9, -1), 0]
    go_by(idle, clocks, 279)
    assert said[-1] == 0
    go_by(idle, clocks, 21)
    assert said[-1] == "gone"


def test_typing_an_hour_never_locks(idling, window):
    idle, clocks, said = idling
    for _ in range(60):
        go_by(idle, clocks, 60)
        press_key(window)
    assert said == []


def test_typing_on_a_machine_too_busy_for_its_beats_is_no_sleep(idling, window):
    _, clocks, said = idling
    for _ in range(10):
        clocks.pass_by(20)
        press_key(window)
    assert said == []


def test_a_machine_that_slept_locks_before_anything_is_shown(idling, window, settings):
    idle, clocks, said = idling
    settings.setValue(lock.MINUTES, 0)
    go_by(idle, clocks, 3)
    clocks.pass_by(3600, asleep=True)
    assert idle.eventFilter(window.windowHandle(), QEvent(QEvent.Type.Expose))  # which the window never gets
    assert said == ["gone"]


def test_a_beat_that_comes_far_too_late_locks(idling):
    idle, clocks, said = idling
    clocks.pass_by(45)
    idle.look()
    assert said == ["gone"]


def test_a_clock_that_is_put_back_locks_nothing_and_one_that_is_set_on_does(idling):
    idle, clocks, said = idling
    clocks.wall -= 7200
    go_by(idle, clocks, 10)
    assert said == []
    clocks.wall += 3600
    go_by(idle, clocks, 1)
    assert said == ["gone"]


def test_the_warning_lies_over_the_chart_and_moves_nothing(qtbot, window):
    before = window.stack.geometry()
    window.warn_of_lock(20)
    warning = window._lock_warning.pill
    assert warning.isVisible()
    assert "Locks in 20 s" in warning.text()
    assert window.stack.geometry() == before
    window.warn_of_lock(0)
    assert not warning.isVisible()


def test_the_chart_locks_by_itself(qtbot, apps, passphrase):
    app = apps()
    unlock(qtbot, app, passphrase)
    app.idle.gone.emit()
    assert app.window is None
    assert app.unlock.isVisible()


# A disk that is full


@pytest.fixture
def full(qtbot, apps, visited, passphrase):
    """A chart that was locked while the disk took nothing."""
    app = apps()
    unlock(qtbot, app, passphrase)
    patient, visit = visited
    app.window.open_visit(patient.id, visit.id)
    with app.window.vault.engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {connection.exec_driver_sql('PRAGMA page_count').scalar()}")
    note_of(app).insertPlainText("Again on Friday. " * 4000)
    app.idle.gone.emit()
    return app


def make_room(app):
    with app.window.vault.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")


def test_words_that_wait_for_a_full_disk_are_hidden_and_kept_until_they_are_stored(qtbot, full, visited, passphrase, vault_path):
    assert not full.window.isVisible()
    assert "disk does not take the last words" in full.unlock.form.word.text()
    assert [tile.name.words for tile in full.unlock.rooms.tiles] == ["Room 2"]
    make_room(full)
    qtbot.waitUntil(lambda: full.window is None)
    assert full.unlock.form.word.text() == ""
    with Vault.open(vault_path, passphrase) as vault:
        assert Records(vault).visit(visited[1].id).subjective.startswith("Again on Friday")
        assert Records(vault).take_place()["visit"] == visited[1].id


def test_whoever_s_words_wait_comes_back_to_them_by_the_passphrase_and_nobody_else_does(qtbot, full, passphrase):
    qtbot.keyClicks(full.unlock.form.passphrase, "not this one")
    qtbot.keyClick(full.unlock.form.passphrase, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(full.unlock.form.error.text()))
    assert not full.window.isVisible()
    full.unlock.form.passphrase.clear()
    unlock(qtbot, full, passphrase)
    assert full.window.isVisible()
    assert note_of(full).toPlainText().startswith("Again on Friday")
    assert full.idle is not None
    make_room(full)


# Who failed, and what was put back


def test_attempts_that_failed_slow_down_and_stand_in_the_trail(qtbot, apps, passphrase):
    app = apps()
    app.ask()
    form = app.unlock.form
    for _ in range(4):
        form.passphrase.clear()
        qtbot.keyClicks(form.passphrase, "wrong")
        qtbot.keyClick(form.passphrase, Qt.Key.Key_Return)
        qtbot.waitUntil(form.isEnabled)
    assert "can be tried in 1 second" in form.error.text()
    assert not form.open_button.isEnabled()
    qtbot.waitUntil(form.open_button.isEnabled)
    form.passphrase.clear()
    unlock(qtbot, app, passphrase)
    deeds = [entry.deed for entry in app.window.chart.records.trail(limit=5)]
    assert deeds == [Deed.SIGNED_IN, *[Deed.FAILED] * 4]


def test_an_older_vault_than_this_machine_saw_is_said_and_its_reason(qtbot, apps, passphrase, vault_path):
    before = vault_path.read_bytes()
    app = apps()
    unlock(qtbot, app, passphrase)
    assert app.window.notice.text == ""
    app.window.close()
    vault_path.write_bytes(before)
    again = apps()
    unlock(qtbot, again, passphrase)
    assert "not the one that this machine saw last" in again.window.notice.text
    assert "A backup that was restored explains it" in again.window.notice.text
    again.window.close()
    third = apps()
    unlock(qtbot, third, passphrase)
    assert third.window.notice.text == ""


def test_an_old_keys_file_that_was_put_back_is_said_until_a_passphrase_is_set_anew(qtbot, apps, passphrase, vault_path):
    app = apps()
    unlock(qtbot, app, passphrase)
    assert app.window.notice.text == ""
    old = keys_path(vault_path).read_bytes()
    access.set_passphrase(app.window.vault, app.window.vault.practitioner_id, OTHER)
    app.window.close()
    keys_path(vault_path).write_bytes(old)
    again = apps()
    unlock(qtbot, again, passphrase)
    assert "keys beside this chart are not those that were recorded last" in again.window.notice.text
    assert "set every passphrase anew in Settings, People" in again.window.notice.text
    assert again.window.notice.close_button.isVisible()
    access.set_passphrase(again.window.vault, again.window.vault.practitioner_id, OTHER)
    again.window.close()
    third = apps()
    unlock(qtbot, third, OTHER)
    assert third.window.notice.text == ""


def test_who_comes_and_goes_stands_in_the_trail(qtbot, apps, passphrase, vault_path):
    app = apps()
    unlock(qtbot, app, passphrase)
    app.window.lock()
    unlock(qtbot, app, passphrase)
    app.window.close()
    with Vault.open(vault_path, passphrase) as vault:
        deeds = [entry.deed for entry in Records(vault).trail(limit=20)]
    assert [deed for deed in deeds if deed is not Deed.BACKED_UP][:4] == [Deed.CLOSED, Deed.SIGNED_IN, Deed.LOCKED, Deed.SIGNED_IN]


def test_the_locked_window_stands_where_the_chart_stood(qtbot, apps, passphrase):
    app = apps()
    unlock(qtbot, app, passphrase)
    app.window.move(40, 30)
    saved = app.window.saveGeometry()
    app.window.lock()
    expected = QWidget()
    qtbot.addWidget(expected)
    expected.setMinimumSize(app.unlock.minimumSizeHint())
    expected.restoreGeometry(saved)
    assert app.unlock.geometry() == expected.geometry()


def test_nothing_beside_the_vault_or_the_settings_holds_a_word_of_the_chart(qtbot, apps, visited, passphrase, tmp_path):
    app = apps()
    unlock(qtbot, app, passphrase)
    type_into_note(qtbot, app, visited, "Quagmire")
    press_lock(qtbot, app)
    for file in (each for each in Path(tmp_path).rglob("*") if each.is_file()):
        content = file.read_bytes()
        for secret in ("Quagmire", "Delgado", passphrase):
            assert secret.encode() not in content, file


def test_the_locked_window_fits_a_small_screen(qtbot, settings, vault_path):
    many = Locked(now(), tuple(RoomTimes(f"Room {number}", (now() + timedelta(minutes=number),)) for number in range(1, 9)))
    window = Unlock(vault_path, settings, many)
    qtbot.addWidget(window)
    window.resize(1024, 600)
    window.show()
    assert window.width() == 1024
    for tile in window.rooms.tiles:
        assert tile.clock.height() >= 40


def test_the_chart_is_off_the_screen_before_what_still_runs_is_waited_for(qtbot, apps, passphrase):
    app = apps()
    unlock(qtbot, app, passphrase)
    window, seen, closed = app.window, [], []
    QApplication.instance().lastWindowClosed.connect(lambda: closed.append(1))

    def work():
        while key_of(window.vault):
            Event().wait(0.01)
        seen.append(window.isVisible())

    QThreadPool.globalInstance().start(work)
    window.lock()
    assert seen == [False]
    assert app.unlock.isVisible()
    assert closed == []


def key_of(vault):
    """The vault's key, or nothing once it is closed."""
    try:
        return vault.key
    except VaultError:
        return b""


def test_it_locks_wherever_the_keys_are(qtbot, apps, passphrase):
    app = apps()
    unlock(qtbot, app, passphrase)
    app.window.setFocus()
    app.window.lock()
    assert app.window is None
    assert app.unlock.isVisible()
