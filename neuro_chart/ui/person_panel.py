"""What is asked of and about one person: a new one, a new passphrase, whether they are to be disabled."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QProgressBar, QVBoxLayout, QWidget

from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.people import Practitioner, Role
from neuro_chart.store.errors import VaultError
from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.confirm import Confirm
from neuro_chart.ui.door import PassphraseLine
from neuro_chart.ui.new_passphrase import NewPassphrase
from neuro_chart.ui.roles import announce
from neuro_chart.ui.widgets import Segments, add_action, button, label, row, set_flag
from neuro_chart.ui.work import Work

if TYPE_CHECKING:
    from neuro_chart.store.vault import Vault

OWN = "Type it yourself, and let nobody watch: whoever knows it acts in your name."
THEIRS = "Let {name} type it here; nobody else needs to know it."
DISABLE = (
    "{name} can't sign in any more, and their passphrase is removed; all that they charted stays, with their name. "
    "What this can't undo: with a copy of the old keys file, their passphrase still opens copies of the chart. "
    "If they may have such copies, keep your backups where they can't reach them."
)


class PersonPanel(QFrame):
    """A card that asks; the work is done beside the window. `done(sentence)` once it is, `left()` when it is not wanted any more.

    Whoever does it types their own passphrase first, unless that was as lately as signing wants it.
    """

    done = Signal(str)
    left = Signal()

    def __init__(self, chart: OpenChart, vault: "Vault", title: str, hint: str, do: str) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._chart, self._vault = chart, vault
        self._then = ""
        self._work = Work(self)
        self._work.done.connect(self._worked)
        self._work.failed.connect(self._failed)
        self.error = label("", "error", wrap=True)
        self.error.setAccessibleName("What went wrong")
        self.error.hide()
        self._busy = QProgressBar()
        self._busy.setRange(0, 0)
        self._busy.setTextVisible(False)
        self._busy.hide()
        self.do_button = button(do, self.ask, "primary")
        self.confirm = Confirm(chart)
        self.confirm.wanted.connect(self.ask)
        self.confirm.confirmed.connect(self.do)
        self.confirm.busy.connect(self.do_button.setDisabled)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(16, 16, 16, 16)
        self._box.setSpacing(12)
        for part in (label(title, "heading"), label(hint, wrap=True), self.confirm, self.error, self._busy):
            self._box.addWidget(part)
        cancel = button("Cancel", self.left.emit)
        cancel.setToolTip("Cancel (Escape)")
        self._box.addWidget(row(self.do_button, cancel, None))
        escape = add_action(self, "Cancel", "Escape", self.left.emit)
        escape.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def _insert(self, *fields: QWidget) -> None:
        """Fields between the hint and what may be wrong with them."""
        for at, field in enumerate(fields, 2):
            self._box.insertWidget(at, field)
        self.setFocusProxy(fields[0])

    def ask(self) -> None:
        """Do it, once whoever asks has typed their passphrase."""
        self.confirm.ask()

    def do(self) -> None:
        """Do what the panel is for."""
        raise NotImplementedError

    def warn_of_caps_lock(self, on: bool) -> None:  # noqa: FBT001  # as the signal brings it
        """Say so while Caps Lock seems to be on."""
        self._say("Caps Lock seems to be on." if on else "")

    def _start(self, work: Callable[[], object], then: str) -> None:
        """Do slow work, and say `then` when it is done."""
        self._then = then
        self._say("")
        self.setEnabled(False)
        self._busy.show()
        self._work.start(work)

    def _worked(self, _result: object) -> None:
        from neuro_chart.store.records import Change  # noqa: PLC0415  # keeps the database out of the program's start

        self._chart.changed.emit(Change("people"))
        self.done.emit(self._then)

    def _failed(self, error: Exception) -> None:
        self.setEnabled(True)
        self._busy.hide()
        if not isinstance(error, VaultError):
            raise error
        self._say(str(error))
        self.setFocus()

    def _say(self, sentence: str) -> None:
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))
        if sentence:
            announce(self, sentence)

    def _give(self, person: Practitioner, words: str) -> None:
        """Give somebody a passphrase."""
        from neuro_chart.store.access import set_passphrase  # noqa: PLC0415  # as above

        self._start(partial(set_passphrase, self._vault, person.id, words), f"{person.name} signs in with the new passphrase from now on.")


class AddPanel(PersonPanel):
    """Asks for a name, a role and a passphrase."""

    def __init__(self, chart: OpenChart, vault: "Vault") -> None:
        super().__init__(chart, vault, "Add somebody", "They type the passphrase themselves; nobody else needs to know it.", "Add")
        self._added: Practitioner | None = None
        self.name = QLineEdit()
        self.name.setPlaceholderText("Name, as they sign")
        self.name.setAccessibleName("Name, as they sign")
        self.role = Segments({Role.PRACTITIONER: "Practitioner", Role.READER: "Reader", Role.OWNER: "Owner"}, "Role")
        self.role.show_choice(Role.PRACTITIONER)
        self.passphrase = NewPassphrase("Their passphrase")
        self.name.returnPressed.connect(self.passphrase.setFocus)
        self.passphrase.entered.connect(self.ask)
        self.passphrase.caps_lock.connect(self.warn_of_caps_lock)
        self._insert(self.name, row(self.role, None), self.passphrase)

    def do(self) -> None:
        """Store the person first, so that no passphrase is without one; one who is stored already only gets theirs."""
        name = self.name.text().strip()
        set_flag(self.name, "invalid", not name)
        if not name:
            self._say("Give a name; it stands under what is signed.")
            self.name.setFocus()
            return
        if problem := self.passphrase.problem():
            self._say(problem)
            return
        person = replace(self._added or Practitioner(""), name=name, role=Role(self.role.choice))
        if person != self._added and not self._chart.begin(partial(self._chart.records.put_practitioner, person)):
            return
        self._added = person
        self._give(person, self.passphrase.words)


class PassphrasePanel(PersonPanel):
    """Asks for a new passphrase; for one's own also for the one that holds. Who was disabled is let in again."""

    def __init__(self, chart: OpenChart, vault: "Vault", person: Practitioner) -> None:
        self._person, is_me = person, person.id == vault.practitioner_id
        title = "Change your passphrase" if is_me else f"A new passphrase for {person.name}"
        super().__init__(chart, vault, title, OWN if is_me else THEIRS.format(name=person.name), "Change it" if is_me else "Set it")
        self.present = PassphraseLine("Your present passphrase")
        self.passphrase = NewPassphrase()
        self.present.returnPressed.connect(self.passphrase.setFocus)
        self.passphrase.entered.connect(self.ask)
        for source in (self.present, self.passphrase):
            source.caps_lock.connect(self.warn_of_caps_lock)
        self._insert(*([self.present.with_eye()] if is_me else []), self.passphrase)
        if is_me:
            self.confirm.hide()
        self.setFocusProxy(self.present if is_me else self.passphrase)

    def ask(self) -> None:
        if self._person.id == self._vault.practitioner_id:
            self.do()  # which asks for the one that holds
        else:
            super().ask()

    def do(self) -> None:
        """Change it, once the present one is confirmed."""
        person = self._person
        if problem := self.passphrase.problem():
            self._say(problem)
        elif person.id == self._vault.practitioner_id:
            self._start(partial(self._change_own, self.present.text(), self.passphrase.words), "Your new passphrase holds from now on.")
        else:
            active = replace(person, disabled=None)
            if active == person or self._chart.begin(partial(self._chart.records.put_practitioner, active)):
                self._person = active
                self._give(active, self.passphrase.words)

    def _change_own(self, present: str, words: str) -> None:
        from neuro_chart.store.access import set_passphrase  # noqa: PLC0415  # on a thread of its own

        if not self._chart.records.confirm(present):
            raise VaultError("This isn't your present passphrase. Type it again.")
        set_passphrase(self._vault, self._person.id, words)


class DisablePanel(PersonPanel):
    """Says what it means to disable somebody."""

    def __init__(self, chart: OpenChart, vault: "Vault", person: Practitioner) -> None:
        self._person = person
        is_active = person.disabled is None
        do = f"Disable {person.name}" if is_active else "Remove the passphrase"
        super().__init__(chart, vault, do if is_active else f"Remove the passphrase of {person.name}", DISABLE.format(name=person.name), do)
        set_flag(self.do_button, "role", "danger")
        self.setFocusProxy(self.do_button)

    def do(self) -> None:
        """Disable them first, so that the chart refuses them whatever becomes of their passphrase; then remove that."""
        from neuro_chart.store.access import remove  # noqa: PLC0415  # keeps the database out of the program's start

        disabled = replace(self._person, disabled=self._person.disabled or now())
        if disabled == self._person or self._chart.begin(partial(self._chart.records.put_practitioner, disabled)):
            self._person = disabled
            self._start(partial(remove, self._vault, disabled.id), f"{disabled.name} is disabled, and their passphrase is removed.")


class RolePanel(PersonPanel):
    """Asks for the passphrase before somebody gets another role; `word` is what that is called."""

    def __init__(self, chart: OpenChart, vault: "Vault", person: Practitioner, word: str) -> None:
        own = person.id == vault.practitioner_id
        hint = f"You are “{word}” from then on, and the chart locks." if own else f"They are “{word}” from then on."
        super().__init__(chart, vault, f"Another role for {person.name}", hint, "Change the role")
        self._person, self._word = person, word
        self.setFocusProxy(self.confirm.line if self.confirm.is_needed else self.do_button)

    def do(self) -> None:
        """Store the person with the role."""
        if self._chart.begin(partial(self._chart.records.put_practitioner, self._person)):
            self.done.emit(f"{self._person.name} is “{self._word}” from now on.")
