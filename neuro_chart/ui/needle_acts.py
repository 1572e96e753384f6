"""What can be done now to the selected needles and their clocks."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from neuro_chart.clinic.needles import NO_RETENTION, Mishap, Needle
from neuro_chart.ui.icons import set_icon
from neuro_chart.ui.treatment import Treatment
from neuro_chart.ui.widgets import button, icon_button


class NeedleActs(QWidget):
    """A row of acts on the selected needles; `before` is done first, so that what was typed of them is taken."""

    def __init__(self, treatment: Treatment, before: Callable[[], object]) -> None:
        super().__init__()
        self._treatment, self._before = treatment, before
        self.tick = button("Counted", self._do(treatment.count_out), "act")
        self.insert = button("Insert", self._do(treatment.insert), "act")
        self.pull = button("Take out", self._do(treatment.take_out), "act")
        self.back = button("Put back", self._do(treatment.put_back), "act")
        self.hold = icon_button("pause", "", self._do(treatment.hold_or_resume), "act")
        self.longer = button("+5", self._do(treatment.leave_longer), "act")
        self.anew = icon_button("rotate-ccw", "Start the clock anew", self._do(treatment.restart), "act")
        self.wrong = icon_button("triangle-alert", "Something wrong…", role="act")
        self.wrong.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.wrong.setMenu(self._wrong_menu())
        self.tick.setToolTip("Tick off the selected needles: they are here")
        self.insert.setToolTip("Insert the selected needles (Ctrl+Shift+I)")
        self.pull.setToolTip("Take out the selected needles (Ctrl+Shift+O)")
        self.back.setToolTip("They are in after all")
        self.longer.setToolTip("Leave the selected needles five minutes longer (Ctrl+Shift+M)")
        self.longer.setAccessibleName("Five minutes longer")
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        for made in (self.tick, self.insert, self.pull, self.back, self.hold, self.longer, self.anew, self.wrong):
            box.addWidget(made)
        box.addStretch(1)

    def _do(self, act: Callable[[frozenset[str]], object]) -> Callable[[], None]:
        def done() -> None:
            self._before()
            act(self._treatment.selected)

        return done

    def _wrong_menu(self) -> QMenu:
        menu = QMenu(self)
        for mishap in (Mishap.BENT, Mishap.BROKEN, Mishap.STUCK, Mishap.DROPPED):
            menu.addAction(mishap.capitalize(), self._do(partial(self._treatment.mark, mishap=mishap)))
        self._replace = menu.addAction("Replace with a new needle", self._do(self._treatment.replace_needles))
        menu.addSeparator()
        menu.addAction("Nothing wrong", self._do(partial(self._treatment.mark, mishap=Mishap.NONE)))
        return menu

    def show_needles(self, needles: Sequence[Needle]) -> None:
        """Show what can be done to these needles as they are."""
        inside = [needle for needle in needles if needle.is_in]
        clocks = [needle.clock for needle in inside if needle.clock.is_open]
        self.tick.setVisible(any(not needle.counted for needle in needles))
        self.insert.setVisible(any(needle.is_planned for needle in needles))
        self.pull.setVisible(bool(inside))
        self.back.setVisible(not inside and any(n.removed is not None and n.retention != NO_RETENTION for n in needles))
        stands = bool(clocks) and all(clock.is_paused for clock in clocks)
        words = "Let the clock run on" if stands else "Let the clock stand"
        set_icon(self.hold, "play" if stands else "pause", "text")
        self.hold.setToolTip(f"{words} (Ctrl+Shift+K)")
        self.hold.setAccessibleName(words)
        for made in (self.hold, self.longer, self.anew):
            made.setVisible(bool(clocks))
        self._replace.setEnabled(bool(inside))
