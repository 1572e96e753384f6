"""The recovery sheet: the key that opens the vault when every passphrase is lost, on one page to be kept under lock."""

from datetime import date

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, Spacer

from neuro_chart.clinic.people import Practice
from neuro_chart.paper.style import (
    AMBER,
    AMBER_WASH,
    BOLD,
    INK,
    JADE,
    LINE,
    REGULAR,
    SOFT,
    WASH,
    Sheet,
    bullets,
    card,
    heading,
    short_date,
    style,
    text,
)

ACROSS = 4  # groups in a row, as the screen asks for them
LETTER, NUMBER, BOX = 17, 14, 34  # points: the size of a letter, the height of a field's number and of its boxes
GAP: float = 6 * mm
ROW: float = NUMBER + BOX + GAP
STEPS = (
    "Start Neuro Chart on a machine that has the vault, or restore a backup there first. The vault and its keys file belong together.",
    "On the page that asks for the passphrase, choose “Use the recovery sheet”.",
    "Type the eight groups in their order. Capital or small letters are the same; a group that is misread is marked at once.",
    "Choose whose passphrase is lost, and type a new one twice. The record tells that this sheet was used.",
)
KEEP = (
    "Whoever holds this sheet and a copy of the vault can read every chart in it. It needs no passphrase besides.",
    "Keep it where nobody can take it: a safe, a bank, a notary. Not beside the machine, not with the backups, not as a photo or a scan.",
    "When a new sheet is made, this one stops fitting: destroy it. It still opens backups that were made before; so keep those safe too.",
)


def recovery_sheet(practice: Practice, code: str, made: date, where: str) -> bytes:
    """The sheet with a recovery key, as a PDF of one page. `made` is the day, `where` the name of the vault's file."""
    day = short_date(made)
    sheet = Sheet(practice, "Recovery sheet", f"Recovery sheet of {day} · confidential")
    body = style(10.5, after=4)
    steps = style(10.5, leading=14.6, leftIndent=18, after=3.5, bulletColor=JADE)
    story: list[Flowable] = [
        Paragraph("RECOVERY SHEET", style(9, bold=True, colour=JADE, leading=12)),
        Paragraph("The key for when every passphrase is lost", style(22, bold=True, leading=27)),
        Paragraph(text(f"Made on {day}"), style(10.5, colour=SOFT, after=10)),
        Paragraph(
            text(
                f"It opens “{where}”, the encrypted file with the charts of {practice.name}, and the backups made of it from this day on."
            ),
            body,
        ),
        Spacer(0, 8),
        Key(code, sheet.width),
        Spacer(0, 10),
        Paragraph("There is no letter I, L, O or U in it: what looks like them is 1, 1, 0 and V.", style(9.5, colour=SOFT, after=6)),
        heading("How to use it"),
        *(Paragraph(text(step), steps, bulletText=f"{number}.") for number, step in enumerate(STEPS, 1)),
        Spacer(0, 12),
        card(
            [
                Paragraph("Keep it like the key to the practice", style(13, bold=True, colour=AMBER, after=5)),
                *bullets(KEEP, style(10.5, leading=14.6, after=3.5), AMBER),
            ],
            sheet.width,
            AMBER_WASH,
            AMBER,
        ),
    ]
    return sheet.bytes(story)


class Key(Flowable):  # type: ignore[misc]  # ReportLab has no types
    """The groups in numbered fields, in rows as the screen has them; every letter stands in a box of its own."""

    def __init__(self, code: str, width: float) -> None:
        super().__init__()
        self.groups = code.split("-")
        self.width, self.height = width, -(-len(self.groups) // ACROSS) * ROW - GAP
        self._field = (width - GAP * (ACROSS - 1)) / ACROSS

    def draw(self) -> None:
        """Draws the fields, as ReportLab asks for it."""
        for at, group in enumerate(self.groups):
            self._draw_group(at % ACROSS * (self._field + GAP), self.height - at // ACROSS * ROW, str(at + 1), group)

    def _draw_group(self, left: float, top: float, number: str, group: str) -> None:
        canvas, pitch = self.canv, self._field / len(group)
        canvas.setFillColor(SOFT)
        canvas.setFont(REGULAR, 9.5)
        canvas.drawString(left, top - 9.5, number)
        canvas.setStrokeColor(LINE)
        canvas.setLineWidth(0.8)
        canvas.setFillColor(WASH)
        canvas.roundRect(left, top - NUMBER - BOX, self._field, BOX, 4, fill=1)
        canvas.setFillColor(INK)
        canvas.setFont(BOLD, LETTER)
        for place, letter in enumerate(group):
            if place:
                canvas.line(left + place * pitch, top - NUMBER - BOX, left + place * pitch, top - NUMBER)
            canvas.drawCentredString(left + (place + 0.5) * pitch, top - NUMBER - BOX / 2 - LETTER * 0.36, letter)
