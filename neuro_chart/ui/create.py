"""The first day: name the practice and yourself, and choose the passphrase."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QLineEdit, QVBoxLayout

from neuro_chart.clinic.people import Practice, Practitioner
from neuro_chart.ui.door import GAP, WIDTH, DoorForm, mark
from neuro_chart.ui.new_passphrase import NewPassphrase
from neuro_chart.ui.widgets import Segments, button, card, column, label, row, set_flag
from neuro_chart.ui.words import Prose

if TYPE_CHECKING:
    from neuro_chart.store.vault import Vault


class CreateForm(DoorForm):
    """Makes the vault at a path with its practice and first practitioner."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.practice_name, self.your_name = QLineEdit(), QLineEdit()
        self.practice_name.setAccessibleName("Name of the practice")
        self.your_name.setAccessibleName("Your name, as you sign")
        self.letterhead = Prose("Letterhead", "Address, phone, registration number", lines=3)
        self.paper = Segments({"A4": "A4", "Letter": "Letter"}, "Paper")
        self.paper.show_choice(locale_paper())
        self.chosen = NewPassphrase("Passphrase")
        self.passphrase, self.again = self.chosen.first, self.chosen.again
        self.warn_of_caps_lock(self.passphrase)
        self.your_name.returnPressed.connect(self.chosen.setFocus)
        self.chosen.entered.connect(self.create_practice)
        self.open_button = button("Create the practice", self.create_practice, "primary")
        self._lay_out()
        self.setFocusProxy(self.practice_name)

    def _lay_out(self) -> None:
        from neuro_chart.store.keys import keys_path  # noqa: PLC0415  # keeps the keys' library out of the unlock window's start

        lost = label(
            "The passphrase is the only key until you print a recovery sheet; the first page will remind you. Without either, "
            "nobody can read this chart again: not you, and not us.",
            wrap=True,
        )
        lost.setProperty("pill", "warning")
        parted = label(
            f"The keys of a chart lie here, but “{self.path.name}” itself is missing. If it was moved, put it back beside them and "
            "start again: a new practice begins empty.",
            wrap=True,
        )
        parted.setProperty("pill", "warning")
        practice = column(
            label("Name of the practice", "heading"), self.practice_name,
            label("Letterhead", "heading"), self.letterhead,
            label("Paper for printing", "heading"), self.paper, None,
        )  # fmt: skip
        person = column(
            label("Your name, as you sign", "heading"), self.your_name,
            label("Passphrase", "heading"), self.chosen, None,
        )  # fmt: skip
        for side in (practice, person):
            side.setFixedWidth(WIDTH - GAP * 3 // 2 - 1)  # within the border, whatever the words in it, so that nothing jumps
        form = card(
            mark(),
            label("Welcome", "title"),
            label("One encrypted file on this machine will hold your whole practice. It needs no network and no account.", wrap=True),
            *([parted] if keys_path(self.path).exists() else []),
            row(practice, person, spacing=GAP),
            lost,
            self.error,
            self.open_button,
            self.busy,
            margins=GAP,
            spacing=12,
        )
        form.setFixedWidth(2 * WIDTH)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(form)
        box.addWidget(row(None, button("Restore a backup…", lambda: self.wanted.emit("restore"), "link"), None))

    def create_practice(self) -> None:
        """Make the vault with its practice and first practitioner."""
        practice = Practice(self.practice_name.text().strip(), self.letterhead.toPlainText().strip(), self.paper.choice)
        practitioner = Practitioner(self.your_name.text().strip())
        for line, wrong, sentence in (
            (self.practice_name, not practice.name, "Give the practice a name; it heads every paper."),
            (self.your_name, not practitioner.name, "Give your name; it stands under what you sign."),
        ):
            set_flag(line, "invalid", wrong)
            if wrong:
                self.tell(sentence)
                line.setFocus()
                return
        if problem := self.chosen.problem():
            self.tell(problem)
            return
        path, words = self.path, self.chosen.words

        def work() -> "Vault":
            from neuro_chart.store.vault import Vault  # noqa: PLC0415  # keeps the database out of the window's start

            return Vault.create(path, words, practice, practitioner)

        self.begin(work)

    def done(self, vault: object) -> None:
        self.chosen.clear()
        super().done(vault)

    def failed(self, error: Exception) -> None:
        super().failed(error)
        self.passphrase.setFocus()
        self.passphrase.selectAll()


def locale_paper() -> str:
    """The paper size usual where this machine thinks it is."""
    territory = QLocale.system().territory()
    letter = {
        QLocale.Country.UnitedStates, QLocale.Country.Canada, QLocale.Country.Mexico, QLocale.Country.Philippines,
        QLocale.Country.Chile, QLocale.Country.Colombia, QLocale.Country.PuertoRico, QLocale.Country.Venezuela,
    }  # fmt: skip
    return "Letter" if territory in letter else "A4"
