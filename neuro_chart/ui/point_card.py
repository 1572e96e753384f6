"""All that is told of one point, on one card: its names, its place, what it is, how deep a needle goes, what to mind, and who says so."""

from collections.abc import Iterable, Mapping
from math import cos, radians, sin
from typing import cast

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from neuro_chart.clinic.body import Atlas
from neuro_chart.clinic.library import Library
from neuro_chart.clinic.needles import Side, Site
from neuro_chart.clinic.points import Catalogue, Caution, CautionKind, Depth, Point
from neuro_chart.ui.icons import set_icon
from neuro_chart.ui.map_layers import channel_colour, sideless
from neuro_chart.ui.needle_rows import depth_words
from neuro_chart.ui.theme import Theme
from neuro_chart.ui.widgets import button, column, icon_button, label, row, scrolled, set_flag

CAUTIONS: Mapping[CautionKind, tuple[str, str]] = {  # the icon and the words of each kind, the gravest first
    CautionKind.STRUCTURE: ("shield-alert", "Structure at risk"),
    CautionKind.NEEDLE: ("needle", "Needling"),
    CautionKind.PREGNANCY: ("baby", "Pregnancy"),
    CautionKind.MOXA: ("flame", "Moxa"),
}
FIELDS = {"dermatomes": "Dermatome", "nerves": "Nerve field"}
ANGLES = {"perpendicular": 90, "oblique": 45, "transverse": 14, "superficial": 30}  # degrees between the needle and the skin
EDGE = 20
SAY_FOR = 1500
_JOINED = "\N{NO-BREAK SPACE}"
WIDE, TALL = 380, 600


class PointCard(QFrame):
    """Shows one point of the catalogue, to be read, selected and copied."""

    def __init__(self, library: Library, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._library = library
        self.point: Point | None = None
        self.code, self.hanzi = _told("", "display"), _told("", "display")
        self.names = _told("", "muted")
        self.copy = icon_button("copy", "Copy all that is told of this point (Ctrl+C)", self.copy_all)
        self._copied = QTimer(self)
        self._copied.setSingleShot(True)
        self._copied.setInterval(SAY_FOR)
        self._copied.timeout.connect(lambda: set_icon(self.copy, "copy", "muted"))
        self._area = scrolled(QWidget())
        self._area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._area.installEventFilter(self)
        self.setFocusProxy(self._area)
        names = column(row(self.code, self.hanzi, None, self.copy, spacing=12), self.names, spacing=2)
        names.setContentsMargins(EDGE, 0, EDGE - 8, 0)
        self._box = box = QVBoxLayout(self)
        box.setContentsMargins(1, 12, 1, 1)
        box.setSpacing(8)
        box.addWidget(names)
        box.addWidget(self._area, 1)

    def add_to_foot(self, widget: QWidget) -> None:
        """Put a button beneath what scrolls."""
        foot = row(None, widget)
        foot.setContentsMargins(8, 0, 8, 8)
        self._box.addWidget(foot)

    def show_point(self, point: Point) -> None:
        """Tell this point."""
        self.point = point
        self.code.setText(point.code)
        self.hanzi.setText(point.hanzi)
        self.names.setText(" · ".join([point.pinyin, point.english, *([f"traditional {point.traditional}"] if point.traditional else [])]))
        made = QWidget()
        box = QVBoxLayout(made)
        box.setContentsMargins(EDGE, 4, EDGE - 4, EDGE)
        box.setSpacing(4)
        for heading, parts in self._sections(point):
            if heading:
                box.addSpacing(12)
                box.addWidget(_told(heading, "heading"))
            for part in parts:
                box.addWidget(part)
        box.addStretch(1)
        self._area.setWidget(made)
        self._area.verticalScrollBar().setValue(0)
        self.setAccessibleName(point.label)
        self._area.setAccessibleName(f"About {point.label}")
        self._area.setAccessibleDescription(self.text)

    @property
    def text(self) -> str:
        """All that the card says, a line for each part."""
        told = cast("QWidget", self._area.widget()).findChildren(QLabel)
        parts = [self.code.text(), self.hanzi.text(), self.names.text(), *(each.text() for each in told)]
        return "\n".join(part for part in parts if part).replace(_JOINED, " ")

    def copy_all(self) -> None:
        """Put the whole card into the clipboard, as plain text, and show for a moment that it is there."""
        QGuiApplication.clipboard().setText(self.text)
        set_icon(self.copy, "check", "accent")
        self._copied.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._area:
            if event.type() in {QEvent.Type.FocusIn, QEvent.Type.FocusOut}:
                focused = event.type() == QEvent.Type.FocusIn
                inside = 0 if focused else 1  # the ring is wider by a pixel, and nothing moves
                self._box.setContentsMargins(inside, 11 + inside, inside, inside)
                set_flag(self, "focused", focused)
            elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.matches(QKeySequence.StandardKey.Copy):
                self.copy_all()
                return True
        return super().eventFilter(watched, event)

    def _sections(self, point: Point) -> Iterable[tuple[str, list[QWidget]]]:
        """The headings and what stands under each."""
        catalogue = self._library.catalogue
        channel = catalogue.channels[point.channel]
        words = (
            "An extra point, on none of the channels" if point.channel == "EX" else channel if "Vessel" in channel else f"{channel} channel"
        )
        head: list[QWidget] = [row(Stroke(point.channel), _told(words), spacing=8)]
        if kinds := catalogue.kinds_of(point):
            head.append(_told(_capital("; ".join(kinds)), "strong"))
        yield "", head
        yield "Location", [_told(f"{point.location} {_cited(point.source)}")]
        yield "What to mind", _cautions(point.cautions)
        yield "Usual depth", [_depth(point.depth)] if point.depth else [_told("No source at hand gives one.", "muted")]
        if point.aliases:
            yield "Also called", [_told(", ".join(point.aliases))]
        lies, said = _lies(self._library.atlas, point)
        yield "Where it lies", [lies]
        yield "Sources", [_told(words, "small") for words in _sources(catalogue, point, said)]


def _told(text: str = "", role: str = "") -> QLabel:
    """Words that wrap and can be selected."""
    made = label(text, role, wrap=role != "display")
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard)
    return made


def _cautions(cautions: Iterable[Caution]) -> list[QWidget]:
    """What to mind, the gravest first and the moderns' word before the classics'; a sentence where nothing is said."""
    gravest = list(CAUTIONS)
    ordered = sorted(cautions, key=lambda each: (each.strength != "modern", gravest.index(each.kind)))
    return [_caution(each) for each in ordered] or [_told("No source at hand names anything.", "muted")]


def _caution(caution: Caution) -> QWidget:
    name, words = CAUTIONS[caution.kind]
    modern = caution.strength == "modern"
    made = QFrame()
    made.setProperty("role", "mind")
    made.setProperty("strength", caution.strength)
    sign = QToolButton()
    sign.setProperty("role", "mark")
    sign.setIconSize(QSize(18, 18))
    sign.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    sign.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    set_icon(sign, name, "warning" if modern else "muted")
    grid = QGridLayout(made)
    grid.setContentsMargins(10, 8, 12, 10)
    grid.setHorizontalSpacing(10)
    grid.setVerticalSpacing(2)
    grid.setColumnStretch(1, 1)
    grid.addWidget(sign, 0, 0)
    grid.addWidget(_told(words, "kind"), 0, 1)
    grid.addWidget(_told(caution.strength.capitalize(), "small"), 0, 2)
    if caution.structure:
        grid.addWidget(_told(_capital(caution.structure), "strong"), 1, 1, 1, 2)
    grid.addWidget(_told(f"{caution.text} {_cited(caution.source)}"), 2, 1, 1, 2)
    return made


def _depth(depth: Depth) -> QWidget:
    range_ = f"{depth_words(depth.low, 'cun')}–{depth_words(depth.high, 'cun')} cun" if depth.low < depth.high else f"{depth.low:g} cun"
    words = [_told(f"{range_}, {depth.angle}", "strong")]
    if depth.note:
        words.append(_told(depth.note))
    words.append(_told(f"A cited range, not advice {_cited(depth.source)}", "small"))
    sign, said = column(NeedleSign(depth.angle), None), column(*words, spacing=2)
    sign.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
    return row(sign, said, spacing=12)


def _lies(atlas: Atlas, point: Point) -> tuple[QWidget, list[str]]:
    """The region and the fields of the skin that a point lies in, and the sources of these."""
    sites = atlas.point_sites(point.code)
    site: Site | None = sites.get(Side.LEFT) or sites.get(Side.MIDLINE)
    if site is None:
        return _told("It has no place on the body yet.", "muted"), []
    fields = {FIELDS.get(kind, kind): field for kind, field in atlas.fields_of(site).items()}
    rows = {"Region": atlas.region_of(site).name, **{kind: field.name for kind, field in fields.items()}}
    made = QWidget()
    grid = QGridLayout(made)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(2)
    grid.setColumnStretch(1, 1)
    for at, (kind, name) in enumerate(rows.items()):
        first = _told(kind, "muted")
        first.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        first.setWordWrap(False)
        grid.addWidget(first, at, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(_told(_capital(sideless(name))), at, 1)
    return made, [f"[{kind}] {field.source}" for kind, field in fields.items()]


def _sources(catalogue: Catalogue, point: Point, more: Iterable[str]) -> list[str]:
    """Every source that the card names, spelled out, in the order in which it names them."""
    keys = [point.source, *(caution.source for caution in point.cautions), *([point.depth.source] if point.depth else [])]
    said = [f"{_cited(key)} {catalogue.sources[key]}" for key in keys]
    return list(dict.fromkeys([*said, *more]))


def _cited(key: str) -> str:
    """The key of a source in brackets, never broken over two lines."""
    return f"[{key.replace(' ', _JOINED)}]"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


class PointPopup(QDialog):
    """The card of a point for a moment, over another page: `library_wanted(code)` leads on to all points."""

    library_wanted = Signal(str)

    def __init__(self, library: Library, point: Point, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.card = PointCard(library)
        self.card.show_point(point)
        self.more = button("Show in the library", self._go_on, "link", "book-open")
        self.card.add_to_foot(self.more)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.card)

    def show_over(self, place: QWidget) -> None:
        """Show it along the right edge of a widget."""
        self.resize(min(WIDE, place.width()), min(TALL, place.height()))
        self.move(place.mapToGlobal(QPoint(place.width() - self.width(), 0)))
        self.show()
        self.card.setFocus(Qt.FocusReason.PopupFocusReason)

    def _go_on(self) -> None:
        self.close()
        if self.card.point is not None:
            self.library_wanted.emit(self.card.point.code)


class Stroke(QWidget):
    """A short stroke in the colour of a channel's course."""

    def __init__(self, channel: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._channel = channel
        self.setFixedSize(20, 20)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(channel_colour(self._channel, Theme.of(self)), 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(QPointF(2, 10), QPointF(18, 10))
        painter.end()


class NeedleSign(QWidget):
    """A needle through the skin at the angle, or the angles, that are told beside it."""

    def __init__(self, angle: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._angles = [degrees for word, degrees in ANGLES.items() if word in angle]
        self.setFixedSize(44, 40)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        skin, middle = 20.0, QPointF(self.width() / 2, 20)
        flesh = theme.color("accent_soft")
        painter.fillRect(0, int(skin), self.width(), int(self.height() - skin), flesh)
        painter.setPen(QPen(theme.color("muted"), 1.2))
        painter.drawLine(QPointF(0, skin), QPointF(self.width(), skin))
        for degrees in self._angles:
            way = QPointF(cos(radians(degrees)), -sin(radians(degrees)))
            painter.setPen(QPen(theme.color("accent"), 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawLine(middle - way * 15, middle + way * 10)
            painter.setPen(QPen(theme.color("accent"), 3.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawLine(middle + way * 10, middle + way * 18)
        painter.end()
