"""What is said of the selected needles: depth, needle, angle, technique, de qi, and how long they stay in."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import cast

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from neuro_chart.clinic.needles import NO_RETENTION, RETENTION_PRESETS, Angle, Needle, Side, Technique, retention_error
from neuro_chart.ui.needle_acts import NeedleActs
from neuro_chart.ui.needle_rows import depth_words
from neuro_chart.ui.roving import Roving
from neuro_chart.ui.theme import TARGET
from neuro_chart.ui.treatment import Treatment
from neuro_chart.ui.widgets import Segments, button, icon_button, label, row, set_flag, small_field, tip

ANGLES = {Angle.NONE: "Angle", Angle.PERPENDICULAR: "Straight", Angle.OBLIQUE: "Oblique", Angle.TRANSVERSE: "Flat"}
SIZES = ("0.16 × 15", "0.18 × 25", "0.20 × 25", "0.20 × 40", "0.22 × 25", "0.25 × 25", "0.25 × 40", "0.30 × 40", "0.30 × 50", "0.30 × 75")
_DEPTH = re.compile(r"\s*(\d*[.,]?\d+)\s*(?:[-–—~]\s*(\d*[.,]?\d+)\s*)?")
_SIZE = re.compile(r"\s*(\d*[.,]?\d+)\s*(?:mm)?\s*[x×*]\s*(\d+(?:[.,]\d+)?)\s*(?:mm)?\s*")


class Said(QScrollArea):
    """As high as its content where there is room for all of it, and scrolled where there is none."""

    def __init__(self, content: QLayout) -> None:
        super().__init__()
        self._content = content
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setMinimumHeight(2 * TARGET)
        shown = QWidget()
        shown.setLayout(content)
        self.setWidget(shown)

    def sizeHint(self) -> QSize:
        """Qt's own is that of the content as it first was."""
        asked = self._content.sizeHint()
        return QSize(asked.width(), self._content.heightForWidth(self.width()) if self._content.hasHeightForWidth() else asked.height())


class NeedleEditor(QFrame):
    """All that can be said of the selected needles and done to them, all at once; `about_wanted()` asks what to know of their point."""

    about_wanted = Signal()
    closed = Signal()

    def __init__(self, treatment: Treatment, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._treatment = treatment
        self._needles: Sequence[Needle] = ()
        self.setAccessibleName("Selected needles")
        self._title = label("", "title")
        self.caution = label("", "caution", wrap=True)
        self.about = icon_button("info", "", self.about_wanted.emit)
        self.twins = icon_button("flip-horizontal", "The same on the other side", treatment.mirror_selected)
        self.delete = icon_button("trash-2", "Take off the chart (Delete)", treatment.remove_selected)
        self.done = icon_button("x", "Done (Escape)", self.closed.emit)
        self.acts = NeedleActs(treatment, self.flush)
        self.depth_line = small_field("Depth, or a range such as 0.5–1", "Depth", self._depth_typed, 76)
        self.unit = button("cun", self._switch_unit, "preset")
        self.unit.setFixedWidth(46)
        self.size_box = QComboBox()
        self._size_line = QLineEdit()
        self.size_box.setEditable(True)
        self.size_box.setLineEdit(self._size_line)
        self.size_box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.size_box.addItems(list(SIZES))
        for part in (self.size_box, self._size_line):
            part.setAccessibleName("Needle: gauge × length in mm")
            part.setToolTip("Gauge × length in mm, such as 0.25 × 40")
        self._size_line.setPlaceholderText("Needle")
        self.size_box.textActivated.connect(self._size_typed)
        self._size_line.editingFinished.connect(self._size_finished)
        self.angle = QComboBox()
        self.angle.setAccessibleName("Angle")
        self.angle.setToolTip("Angle of the needle to the skin")
        for key, text in ANGLES.items():
            self.angle.addItem(text, key)
        self.angle.activated.connect(self._angle_chosen)
        self.technique = Segments({Technique.EVEN: "Even", Technique.TONIFY: "Tonify", Technique.DRAIN: "Drain"}, "Technique")
        self.technique.chosen.connect(self._technique_chosen)
        self.de_qi = Segments({"yes": "De qi", "no": "No"}, "De qi")
        self.de_qi.chosen.connect(self._de_qi_chosen)
        self.presets: dict[int, QPushButton] = {}
        self.minutes = small_field("Stays in, minutes", "min", self._minutes_typed)
        self.error = label("", "error", wrap=True)
        self._lay_out()

    def _lay_out(self) -> None:
        chips = QGridLayout()
        chips.setSpacing(6)
        for place, minutes in enumerate((NO_RETENTION, *RETENTION_PRESETS)):
            made = button(str(minutes) if minutes else "none", partial(self._set_minutes, minutes))
            made.setProperty("role", "preset")
            made.setCheckable(True)
            words = f"Stays in for {minutes} minutes" if minutes else "No retention: in and out at once"
            made.setAccessibleName(words)
            made.setToolTip(words)
            self.presets[minutes] = made
            chips.addWidget(made, place // 5, place % 5)
        self._roving = Roving(list(self.presets.values()), self)
        for column in range(5):
            chips.setColumnStretch(column, 1)
        chips.addWidget(self.minutes, 1, 4)
        box = QVBoxLayout()
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(5)
        box.addWidget(self.caution)
        box.addLayout(chips)
        box.addWidget(self.error)
        box.addWidget(row(self.depth_line, self.unit, None, self.technique, spacing=4))
        box.addWidget(row(self.size_box, self.angle, self.de_qi, spacing=4))
        box.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(3)
        whole.addWidget(row(self._title, self.about, None, self.twins, self.delete, self.done, spacing=0))
        whole.addWidget(self.acts)
        self._said = Said(box)
        whole.addWidget(self._said)
        for choices in (self.technique, self.de_qi):
            cast("QLayout", choices.layout()).setContentsMargins(0, 0, 0, 0)  # as high as what stands beside them
        self.minutes.setMinimumWidth(40)
        self.size_box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.size_box.setMinimumContentsLength(4)
        self.angle.setFixedWidth(86)
        self.error.hide()

    def show_needles(self, title: str, needles: Sequence[Needle], caution: str = "", source: str = "") -> None:
        """Show what these needles have in common, a field where they differ being empty; and what to mind, with whose word that is."""
        if {needle.id for needle in needles} != {needle.id for needle in self._needles}:
            self.say("")
            for field in (self.depth_line, self._size_line, self.minutes):
                set_flag(field, "invalid", value=False)
        self._needles = needles
        self._title.setText(title)
        self.caution.setText(f"▲ {caution}")
        self.caution.setToolTip(source)
        self.caution.setVisible(bool(caution))
        points = {needle.point for needle in needles}
        words = f"About {''.join(points)} (F1)"
        self.about.setToolTip(tip(words))
        self.about.setAccessibleName(words)
        self.about.setVisible(len(points) == 1 and points != {""})
        self.acts.show_needles(needles)
        self.twins.setVisible(any(needle.site.side is not Side.MIDLINE for needle in needles))
        unit = str(_common(needles, "depth_unit") or "cun")
        if not self.depth_line.hasFocus() or not self.depth_line.isModified():
            depths = {(needle.depth, needle.depth_to) for needle in needles}
            ends = [end for end in depths.pop() if end is not None] if len(depths) == 1 else []
            self.depth_line.setText("–".join(depth_words(end, unit) for end in ends))
        self.unit.setText(unit)
        self.unit.setAccessibleName(f"Depth in {unit}; press for {'mm' if unit == 'cun' else 'cun'}")
        gauge, length = _common(needles, "gauge"), _common(needles, "length")
        if not self._size_line.hasFocus() or not self._size_line.isModified():
            self.size_box.setEditText(size_words(gauge, length) if isinstance(gauge, float) and isinstance(length, float) else "")
        self.angle.setCurrentIndex(max(0, self.angle.findData(_common(needles, "angle"))))
        self.technique.show_choice(str(_common(needles, "technique") or ""))
        self.de_qi.show_choice({True: "yes", False: "no"}.get(_common(needles, "de_qi"), ""))  # type: ignore[call-overload]
        retention = _common(needles, "retention")
        for minutes, made in self.presets.items():
            made.setChecked(minutes == retention)
            made.setEnabled(bool(minutes) or not any(needle.is_in for needle in needles))
            if minutes == retention:
                self._roving.stop_at(made)
        if not self.minutes.hasFocus() or not self.minutes.isModified():
            self.minutes.setText("" if retention is None or retention in self.presets else str(retention))
        self._said.updateGeometry()

    def _refresh(self) -> None:
        """Show what is stored, after a choice that may have changed nothing."""
        self.show_needles(self._title.text(), self._needles, self.caution.text().removeprefix("▲ "), self.caution.toolTip())

    def say(self, sentence: str) -> None:
        """Say what is wrong with what was typed, or nothing."""
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))
        self._said.updateGeometry()

    def _set(self, name: str, value: object, **more: object) -> None:
        wanted = {name: value, **more}
        if all(getattr(needle, key) == new for needle in self._needles for key, new in wanted.items()):
            return
        words = {"de_qi": "de qi", "depth_unit": "depth", "gauge": "needle"}.get(name, name)
        self._treatment.edit_selected(f"Change {words}", wanted)

    def _set_minutes(self, minutes: int) -> None:
        word = retention_error(minutes)
        self.say(word)
        set_flag(self.minutes, "invalid", bool(word))
        if not word:
            self._set("retention", minutes)
        self._refresh()

    def _minutes_typed(self) -> None:
        text = self.minutes.text().strip()
        if not text:
            set_flag(self.minutes, "invalid", value=False)
            self.say("")
        elif text.isdecimal() and len(text) < 6:
            if not retention_error(int(text)):
                self.minutes.setModified(False)
            self._set_minutes(int(text))
        else:
            set_flag(self.minutes, "invalid", value=True)
            self.say("Write the minutes as a whole number from 10 to 60, or 0 for none.")

    def _depth_typed(self) -> None:
        depths = read_depth(self.depth_line.text())
        if depths is None:
            self._refuse(self.depth_line, "Write the depth as a number or a range, such as 0.8 or 0.5–1.")
            return
        depth, depth_to = depths
        unit = str(_common(self._needles, "depth_unit") or "cun")
        if wrong := self._wrong(depth=depth, depth_to=depth_to, depth_unit=unit):
            self._refuse(self.depth_line, wrong)
            return
        self._accept(self.depth_line)
        self._set("depth", depth, depth_to=depth_to)

    def _switch_unit(self) -> None:
        unit = "mm" if self.unit.text() == "cun" else "cun"
        wrong = self._wrong(depth_unit=unit)
        self.say(wrong)
        if not wrong:
            self._set("depth_unit", unit)
        self._refresh()

    def _size_finished(self) -> None:
        if self._size_line.isModified():
            self._size_typed(self.size_box.currentText())

    def _size_typed(self, text: str) -> None:
        found = read_size(text)
        if text.strip() and found is None:
            self._refuse(self._size_line, "Write gauge × length in mm, such as 0.25 × 40.")
            return
        gauge, length = found or (None, None)
        if wrong := self._wrong(gauge=gauge, length=length):
            self._refuse(self._size_line, wrong)
            return
        self._accept(self._size_line)
        self._set("gauge", gauge, length=length)

    def flush(self) -> None:
        """Announce what was typed and not yet taken."""
        takers = {self.depth_line: self._depth_typed, self._size_line: self._size_finished, self.minutes: self._minutes_typed}
        for field, take in takers.items():
            if self._needles and field.isModified():
                take()

    def _wrong(self, **values: object) -> str:
        """Why these values can't be charted, or nothing."""
        errors = (replace(needle, **values).errors() for needle in self._needles)  # type: ignore[arg-type]  # each field has its own kind
        return next((found[name] for found in errors for name in values if name in found), "")

    def _refuse(self, field: QLineEdit, sentence: str) -> None:
        set_flag(field, "invalid", value=True)
        self.say(sentence)

    def _accept(self, field: QLineEdit) -> None:
        set_flag(field, "invalid", value=False)
        field.setModified(False)
        self.say("")

    def _angle_chosen(self, index: int) -> None:
        self._set("angle", self.angle.itemData(index))

    def _technique_chosen(self, key: str) -> None:
        unset = key == _common(self._needles, "technique")
        self._set("technique", Technique.NONE if unset else Technique(key))
        self._refresh()

    def _de_qi_chosen(self, key: str) -> None:
        value = key == "yes"
        self._set("de_qi", None if value == _common(self._needles, "de_qi") else value)
        self._refresh()


def read_depth(text: str) -> tuple[float | None, float | None] | None:
    """A depth and where its range ends: `0.8` is (0.8, None), `0.5–1` is (0.5, 1.0), nothing is neither; None for other words."""
    if not text.strip():
        return None, None
    found = _DEPTH.fullmatch(text)
    return (float(found[1].replace(",", ".")), float(found[2].replace(",", ".")) if found[2] else None) if found else None


def size_words(gauge: float, length: float) -> str:
    """Gauge and length as they stand on the packet: `0.25 × 40`."""
    return f"{gauge:.2f} × {length:g}"


def read_size(text: str) -> tuple[float, float] | None:
    """Gauge and length in mm of `0.25 x 40`, or None."""
    found = _SIZE.fullmatch(text)
    return (float(found[1].replace(",", ".")), float(found[2].replace(",", "."))) if found else None


def _common(needles: Sequence[Needle], name: str) -> object:
    """The value that all needles share, or None."""
    values = {getattr(needle, name) for needle in needles}
    return values.pop() if len(values) == 1 else None
