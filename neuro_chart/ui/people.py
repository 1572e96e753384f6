"""Settings, People: who signs in and as what, their passphrases, and the recovery sheet."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QHideEvent, QShowEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QFrame, QLineEdit, QVBoxLayout, QWidget

from neuro_chart.clinic.people import Practitioner, Role
from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.days import local_day, long_day
from neuro_chart.ui.person_panel import AddPanel, DisablePanel, PassphrasePanel, PersonPanel, RolePanel
from neuro_chart.ui.roles import announce
from neuro_chart.ui.sections import section_page
from neuro_chart.ui.sheet_card import SheetCard
from neuro_chart.ui.widgets import button, card, column, label, pill, row, rule, set_flag

if TYPE_CHECKING:
    from neuro_chart.store.vault import Vault

ROLES = {Role.OWNER: "Owner", Role.PRACTITIONER: "Practitioner", Role.READER: "Reader"}
TOLD = (
    "All that is done in the chart bears the name of who signed in. Practitioners chart and sign, readers only read; "
    "owners do all that, and look after people, keys and the erasing of records."
)
NAME, ROLE = 216, 144


class PeopleSection(QWidget):
    """Everybody who may open the chart. An owner adds, disables and changes them; the others change what is their own."""

    def __init__(self, chart: OpenChart, settings: QSettings, vault: "Vault") -> None:  # noqa: ARG002  # as every section is made
        super().__init__()
        self._chart, self._vault = chart, vault
        self.panel: PersonPanel | None = None
        self.lines: dict[str, PersonLine] = {}
        self._rows = QVBoxLayout()
        self._rows.setSpacing(8)
        self.said = label("", "small", wrap=True)
        self.said.hide()
        self.add_button = button("Add somebody", self.add, icon="user-plus")
        lines = QWidget()
        lines.setLayout(self._rows)
        self._rows.setContentsMargins(0, 0, 0, 0)
        people = card(label("People", "heading"), lines, row(self.add_button, None), self.said, label(TOLD, "small", wrap=True), spacing=12)
        self.sheet = SheetCard(chart, vault)
        self.sheet.shown.connect(self._bring_sheet, Qt.ConnectionType.QueuedConnection)  # once it is laid out
        self._asked = QVBoxLayout()
        self._asked.setContentsMargins(0, 0, 0, 0)
        self._desk = QWidget()  # where a panel asks, in sight whatever the list is long
        self._desk.setLayout(self._asked)
        self._desk.hide()
        self._page = section_page(self._desk, people, self.sheet)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._page)
        self.setFocusProxy(self.add_button)
        chart.changed.connect(self._changed)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.reload()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not event.spontaneous() and self.panel is not None and self.panel.isEnabled():  # else it works, and goes when that is done
            self._dismiss()

    def _changed(self, change: object) -> None:
        if getattr(change, "kind", "") == "people" and self.isVisible():
            self.reload()

    def reload(self) -> None:
        """Show everybody as they are stored, with who has a passphrase."""
        from neuro_chart.store.access import holders  # noqa: PLC0415  # keeps the database out of the program's start

        records = self._chart.records
        is_owner, me = records.role is Role.OWNER, self._vault.practitioner_id
        held, keys_at = holders(self._vault.path), self._keys_at()
        while item := self._rows.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        self.lines = {}
        people = sorted(records.practitioners(), key=lambda person: (person.disabled is not None, person.id != me))
        for person in people:
            line = PersonLine(person, is_me=person.id == me, is_owner=is_owner, has_key=person.id in held)
            line.name.editingFinished.connect(partial(self._rename, line))
            line.role.activated.connect(partial(self._choose_role, line))
            line.passphrase.clicked.connect(partial(self.ask_passphrase, person))
            line.disable.clicked.connect(partial(self.ask_disable, person))
            self.lines[person.id] = line
            if self._rows.count():
                self._rows.addWidget(rule())
            self._rows.addWidget(line)
            if person.id == keys_at[0]:
                line.show()  # now, so that it can take the keys
                getattr(line, keys_at[1]).setFocus()
        self.add_button.setVisible(is_owner)
        self.sheet.setVisible(is_owner)

    def _keys_at(self) -> tuple[str, str]:
        """Whose line has the keys, and where in it."""
        parts = ("name", "role", "passphrase", "disable")
        return next(((each, part) for each, line in self.lines.items() for part in parts if getattr(line, part).hasFocus()), ("", ""))

    def _put(self, person: Practitioner) -> None:
        if not self._chart.begin(partial(self._chart.records.put_practitioner, person)):
            self.reload()  # as it is stored still

    def _rename(self, line: "PersonLine") -> None:
        if (name := line.name.text().strip()) != line.person.name:
            self._put(replace(line.person, name=name))

    def _choose_role(self, line: "PersonLine", _at: int) -> None:
        """Give the role that was chosen: only who typed their passphrase lately gives one, and nobody their own by one key."""
        role, word = Role(line.role.currentData()), line.role.currentText()
        if role is line.person.role:
            return
        changed = replace(line.person, role=role)
        if line.person.id != self._vault.practitioner_id and self._chart.typed_within(self._chart.records.practice().sign_within):
            self._put(changed)
        else:
            self.reload()  # as it is stored still
            self._ask(RolePanel(self._chart, self._vault, changed, word))

    def add(self) -> None:
        """Ask for somebody new."""
        self._ask(AddPanel(self._chart, self._vault))

    def ask_passphrase(self, person: Practitioner) -> None:
        """Ask for a new passphrase for somebody; who was disabled is let in again with it."""
        self._ask(PassphrasePanel(self._chart, self._vault, person))

    def ask_disable(self, person: Practitioner) -> None:
        """Say what it means that somebody is disabled, and ask."""
        self._ask(DisablePanel(self._chart, self._vault, person))

    def _ask(self, panel: PersonPanel) -> None:
        self._dismiss()
        self.panel = panel
        panel.left.connect(partial(self._leave, *self._keys_at()))
        panel.done.connect(self._done)
        self._asked.addWidget(panel)
        self._desk.show()
        panel.setFocus()
        self._page.verticalScrollBar().setValue(0)

    def _leave(self, person_id: str, part: str) -> None:
        """Give the panel up, and the keys back to where it was asked for."""
        self._dismiss()
        line = self.lines.get(person_id)
        (getattr(line, part) if line else self).setFocus()

    def _bring_sheet(self) -> None:
        self._page.verticalScrollBar().setValue(self.sheet.y())

    def _done(self, sentence: str) -> None:
        self._dismiss()
        if self.isVisible():  # else it is read when it is shown, and by then the chart may be locked
            self.reload()
            self._say(sentence)
            self.setFocus()

    def _dismiss(self) -> None:
        """Forget the panel, with all that was typed there."""
        self._say("")
        if self.panel is not None:
            self.panel.hide()
            self.panel.deleteLater()
            self.panel = None
            self._desk.hide()

    def _say(self, sentence: str) -> None:
        self.said.setText(sentence)
        self.said.setVisible(bool(sentence))
        if sentence:
            announce(self, sentence)


class RoleBox(QComboBox):
    """The roles; the wheel scrolls the page, and gives nobody another role."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class PersonLine(QFrame):
    """Somebody's name, role and state, with what may be changed of them."""

    def __init__(self, person: Practitioner, *, is_me: bool, is_owner: bool, has_key: bool) -> None:
        super().__init__()
        self.person = person
        is_active = person.disabled is None
        self.name = QLineEdit(person.name)
        self.name.setCursorPosition(0)  # so that of a long name the beginning shows
        self.name.setAccessibleName(f"Name of {person.name}")
        self.name.setFixedWidth(NAME)
        self.name.setReadOnly(not (is_me or is_owner))
        set_flag(self.name, "role", "told" if self.name.isReadOnly() else "")
        self.role = RoleBox()
        self.role.setAccessibleName(f"Role of {person.name}")
        self.role.setFixedWidth(ROLE)
        for role, word in ROLES.items():
            self.role.addItem(word, role.value)
        self.role.setCurrentIndex(self.role.findData(person.role.value))
        fixed = label(ROLES[person.role])
        fixed.setFixedWidth(ROLE)
        self.passphrase = button("Change passphrase" if is_me else "New passphrase" if is_active else "Let in again", icon="lock")
        self.passphrase.setAccessibleName(f"{self.passphrase.text()}: {person.name}")
        self.disable = button("Disable…" if is_active else "Remove passphrase")
        self.disable.setAccessibleName(f"{self.disable.text()} {person.name}")
        self.state = label(_state(person, has_key), "small" if has_key == is_active else "caution", wrap=True)
        you = pill("You", "accent")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(column(row(self.name, self.role, fixed, you, None, self.disable, self.passphrase), self.state, spacing=4))
        may_choose, may_disable = is_owner and is_active, is_owner and not is_me and (is_active or has_key)
        for part, is_shown in (  # only now that they have a place: each would be a window of its own
            (self.role, may_choose), (fixed, not may_choose), (you, is_me), (self.disable, may_disable),
            (self.passphrase, is_me or is_owner), (self.state, bool(self.state.text())),
        ):  # fmt: skip
            part.setVisible(is_shown)


def _state(person: Practitioner, has_key: bool) -> str:  # noqa: FBT001  # what there is to tell
    if person.disabled is None:
        return "" if has_key else "No passphrase yet: they can't sign in."
    since = f"Disabled since {long_day(local_day(person.disabled))}"
    return f"{since}, but their passphrase lies in the keys file still." if has_key else f"{since}."
