"""The look of every paper: fonts, colours, page frame, and the one gate through which words reach a page."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import cache
from html import escape
from io import BytesIO
from typing import Any

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4, LETTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import registerFont, registerFontFamily, stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, HRFlowable, PageTemplate, Paragraph, Spacer, Table, TableStyle

from neuro_chart.clinic.people import Practice
from neuro_chart.clinic.text import clean
from neuro_chart.resources import resource

INK, SOFT, LINE, WASH = (HexColor(c) for c in ("#1f2a27", "#5d6a66", "#dcdfd9", "#f4f3ee"))
JADE, JADE_WASH, AMBER, AMBER_WASH = (HexColor(c) for c in ("#287163", "#e6f1ed", "#8a5a12", "#fbf3e2"))
BRICK, BRICK_WASH = HexColor("#9c4a3c"), HexColor("#f8e9e5")

REGULAR, BOLD = "NeuroChartSans-Regular", "NeuroChartSans-SemiBold"
MARGIN: float = 18 * mm
TOP: float = 13 * mm
FOOT: float = 18 * mm
SIZES: dict[str, tuple[float, float]] = {"A4": A4, "Letter": LETTER}
NO_GLYPH = "□"
LONGEST = 4000  # letters of one paragraph

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@cache
def glyphs() -> frozenset[int]:
    """The characters that the papers' typeface can show; registers the typeface with ReportLab when first asked."""
    faces = [TTFont(name, str(resource("fonts", f"{name}.ttf"))) for name in (REGULAR, BOLD)]
    for face in faces:
        registerFont(face)
    registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)
    return frozenset(faces[0].face.charToGlyph) & frozenset(faces[1].face.charToGlyph)


def plain(value: str) -> str:
    """The words as the typeface can show them: NFC, line ends as newlines, a box for what has no glyph, nothing for what has no shape."""
    return "".join(_shown(c, glyphs()) for c in clean(value))


def text(value: str) -> str:
    """The one gate to a paragraph: whatever a person wrote, as markup that prints exactly that."""
    return escape(plain(value), quote=False).replace("\n", "<br/>")


def _shown(char: str, known: frozenset[int]) -> str:
    if char in "\n\v\f\x85\u2028\u2029":
        return "\n"
    if char == "\t":
        return " "
    if unicodedata.category(char) in ("Cc", "Cf") or 0xFE00 <= ord(char) <= 0xFE0F:
        return ""
    if ord(char) in known:
        return char
    simpler = unicodedata.normalize("NFKC", char)
    return simpler if simpler != char and all(ord(c) in known for c in simpler) else NO_GLYPH


def style(size: float = 10.5, *, bold: bool = False, colour: Color = INK, after: float = 0, **more: Any) -> ParagraphStyle:  # noqa: ANN401
    """A paragraph's style: size in points; `more` are ReportLab's own settings."""
    glyphs()
    leading = more.pop("leading", round(size * 1.42, 1))
    name = BOLD if bold else REGULAR
    more = {"bulletFontName": name, "bulletFontSize": size} | more
    return ParagraphStyle("", fontName=name, fontSize=size, leading=leading, textColor=colour, spaceAfter=after, **more)


def lines(value: str, look: ParagraphStyle) -> list[Flowable]:
    """A long text as one flowable a line, so that it runs over pages; indents are kept, an empty line is a gap."""
    out: list[Flowable] = []
    for line in plain(value).strip("\n").split("\n"):
        words = line.lstrip(" ")
        indent = "\N{NO-BREAK SPACE}" * min(len(line) - len(words), 24)
        out += (
            [Paragraph(escape(piece, quote=False), look) for piece in _pieces(indent + words)] if words else [Spacer(0, look.leading * 0.6)]
        )
    return out


def _pieces(line: str) -> Iterator[str]:
    """The line, or parts of one that is longer than any paragraph should be: laying one out takes time by the square of its length."""
    while len(line) > LONGEST:
        at = line.rfind(" ", 0, LONGEST) + 1 or LONGEST
        yield line[:at]
        line = line[at:]
    yield line


def fitted(value: str, font: str, size: float, width: float) -> str:
    """One line of plain text that is no wider than `width` points, cut with an ellipsis."""
    line = " ".join(plain(value).split())[:400]
    if stringWidth(line, font, size) <= width:
        return line
    while line and stringWidth(line + "…", font, size) > width:
        line = line[:-1]
    return line.rstrip() + "…"


def long_date(day: date) -> str:
    """Sunday 22 November 2026, the same whatever the machine's locale."""
    return f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


def short_date(day: date) -> str:
    """22 November 2026."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def local(moment: datetime, tz: tzinfo | None) -> datetime:
    """A stored moment in the practice's zone, or the machine's."""
    return moment.astimezone(tz)


def stamp(moment: datetime, tz: tzinfo | None) -> str:
    """22 November 2026, 14:05 (UTC+01:00)."""
    here = local(moment, tz)
    offset = here.strftime("%z")
    return f"{short_date(here)}, {here:%H:%M} (UTC{offset[:3]}:{offset[3:5]})"


@dataclass(frozen=True)
class Sheet:
    """A paper to be: whose practice, what it is called, and the lines at the foot of every page."""

    practice: Practice
    title: str
    foot: str

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in points; an unknown paper is A4."""
        return SIZES.get(self.practice.paper, SIZES["A4"])

    @property
    def width(self) -> float:
        """Between the margins, in points."""
        return self.size[0] - 2 * MARGIN

    def bytes(self, story: Sequence[Flowable]) -> bytes:
        """The PDF. Same story, same bytes; its metadata name the practice and the kind of paper, never the patient."""
        out = BytesIO()
        document = BaseDocTemplate(
            out,
            pagesize=self.size,
            title=self.title,
            author=plain(self.practice.name),
            creator="Neuro Chart",
            subject="",
            lang="en",
            invariant=1,
            pageCompression=1,
        )
        height = self.size[1]
        first = Frame(MARGIN, FOOT, self.width, height - FOOT - TOP, 0, 0, 0, 0)
        later = Frame(MARGIN, FOOT, self.width, height - FOOT - TOP - 9 * mm, 0, 0, 0, 0)
        document.addPageTemplates(
            [
                PageTemplate("first", [first], autoNextPageTemplate="later"),
                PageTemplate("later", [later], onPage=self._head),
            ]
        )
        document.build([self._letterhead(), *story], canvasmaker=_numbered(self._foot))
        return out.getvalue()

    def _letterhead(self) -> Flowable:
        name = Paragraph(text(self.practice.name), style(15, bold=True, colour=JADE, leading=19))
        address = Paragraph(text(self.practice.letterhead.strip()), style(8.5, colour=SOFT, alignment=2, leading=12))
        head = Table([[name, address]], colWidths=[self.width * 0.55, self.width * 0.45], splitInRow=1)
        head.setStyle(flat([("LINEBELOW", (0, 0), (-1, -1), 1.2, JADE), ("BOTTOMPADDING", (0, 0), (-1, -1), 7)]))
        head.spaceAfter = 14
        return head

    def _head(self, canvas: Canvas, _document: BaseDocTemplate) -> None:
        top = self.size[1] - TOP
        canvas.setFillColor(JADE)
        canvas.setFont(BOLD, 9)
        canvas.drawString(MARGIN, top, fitted(self.practice.name, BOLD, 9, self.width * 0.6))
        canvas.setFillColor(SOFT)
        canvas.setFont(REGULAR, 9)
        canvas.drawRightString(MARGIN + self.width, top, self.title)
        canvas.setStrokeColor(LINE)
        canvas.line(MARGIN, top - 5, MARGIN + self.width, top - 5)

    def _foot(self, canvas: Canvas, page: int, pages: int) -> None:
        canvas.setStrokeColor(LINE)
        canvas.setLineWidth(0.6)
        canvas.line(MARGIN, FOOT - 4 * mm, MARGIN + self.width, FOOT - 4 * mm)
        canvas.setFillColor(SOFT)
        canvas.setFont(REGULAR, 8.5)
        canvas.drawString(MARGIN, FOOT - 9 * mm, fitted(self.foot, REGULAR, 8.5, self.width - 30 * mm))
        canvas.drawRightString(MARGIN + self.width, FOOT - 9 * mm, f"Page {page} of {pages}")


def _numbered(foot: Callable[[Canvas, int, int], None]) -> Callable[..., Canvas]:
    """A canvas that holds its pages back until it knows how many there are."""

    class Numbered(Canvas):  # type: ignore[misc]
        def __init__(self, *args: Any, **settings: Any) -> None:  # noqa: ANN401
            super().__init__(*args, **settings)
            self.held: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802
            self.held.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            held = self.held
            for number, page in enumerate(held, 1):
                self.__dict__.update(page)
                foot(self, number, len(held))
                super().showPage()
            super().save()

    return Numbered


def flat(commands: Iterable[tuple[Any, ...]] = ()) -> TableStyle:
    """A table's style without padding, aligned to the top, with `commands` on top of it."""
    bare = [("VALIGN", (0, 0), (-1, -1), "TOP")] + [(f"{side}PADDING", (0, 0), (-1, -1), 0) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")]
    return TableStyle([*bare, *commands])


def card(content: Sequence[Flowable], width: float, wash: Color = WASH, edge: Color | None = None, pad: float = 11) -> Table:
    """A tinted box with round corners, or with a bar of colour at its left."""
    commands: list[tuple[Any, ...]] = [
        ("BACKGROUND", (0, 0), (-1, -1), wash),
        ("LEFTPADDING", (0, 0), (-1, -1), pad + 2),
        ("RIGHTPADDING", (0, 0), (-1, -1), pad),
        ("TOPPADDING", (0, 0), (-1, -1), pad - 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), pad),
    ]
    if edge is not None:
        commands.append(("LINEBEFORE", (0, 0), (0, -1), 3, edge))
    table = Table([[list(content)]], colWidths=[width], cornerRadii=None if edge else [6, 6, 6, 6], splitInRow=1)
    table.setStyle(flat(commands))
    return table


def heading(words: str, colour: Color = JADE, before: float = 12) -> Paragraph:
    """A section's title, kept with what follows it."""
    return Paragraph(text(words), style(13, bold=True, colour=colour, leading=17, spaceBefore=before, after=4, keepWithNext=1))


def bullets(items: Iterable[str], look: ParagraphStyle, dot: Color = JADE) -> list[Flowable]:
    """A list with hanging dots; the items are plain words."""
    hanging = ParagraphStyle("", parent=look, leftIndent=15, bulletIndent=2, bulletColor=dot, spaceAfter=look.spaceAfter or 3)
    return [Paragraph(text(item), hanging, bulletText="•") for item in items]


def rule(before: float = 8, after: float = 8) -> Flowable:
    """A thin line across the page."""
    return HRFlowable(width="100%", thickness=0.6, color=LINE, spaceBefore=before, spaceAfter=after)
