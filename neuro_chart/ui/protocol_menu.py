"""The menu of prescriptions beside the line: one of them into the line, or the needles of this visit among them."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from neuro_chart.clinic.protocols import Protocol, known
from neuro_chart.ui.treatment import Treatment
from neuro_chart.ui.widgets import tip


class ProtocolMenu(QMenu):
    """`chosen(key)`, `keep_wanted()` for what is charted here, `library_wanted()`. It is filled each time it opens."""

    chosen = Signal(str)
    keep_wanted = Signal()
    library_wanted = Signal()

    def __init__(self, treatment: Treatment, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._treatment = treatment
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        for group in self.findChildren(QMenu):
            group.deleteLater()
        self.clear()
        own = self._treatment.chart.records.protocols()
        ids = {protocol.id for protocol in own}
        groups: dict[str, QMenu] = {}
        for protocol in known(self._treatment.library.protocols, own).values():
            if protocol.id in ids:
                self._offer(protocol, self)
            else:
                group = groups.get(protocol.group) or self._group(protocol.group)
                groups[protocol.group] = group
                self._offer(protocol, group)
        self.addSeparator()
        keep = self.addAction("Keep these needles as a protocol…", self.keep_wanted.emit)
        keep.setEnabled(bool(self._treatment.needles))
        self.addAction("All protocols in the library…", self.library_wanted.emit)

    def _group(self, name: str) -> QMenu:
        """A complaint, and beneath it what is published for it; the practice's own stand above."""
        if not self.isEmpty() and self.actions()[-1].menu() is None:
            self.addSeparator()
        made = self.addMenu(name.replace("&", "&&"))
        made.setProperty("role", "touch")
        made.setToolTipsVisible(True)
        return made

    def _offer(self, protocol: Protocol, menu: QMenu) -> None:
        words = f"{protocol.name}\t@{protocol.key}".replace("&", "&&")
        menu.addAction(words, lambda: self.chosen.emit(protocol.key)).setToolTip(tip("\n".join(protocol.sessions)))
