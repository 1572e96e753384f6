"""The trail on paper: who did what and when, for a patient or an inspector who may ask for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from reportlab.platypus import Flowable, Paragraph, Spacer

from neuro_chart.clinic.people import Practice
from neuro_chart.paper.style import JADE, SOFT, Sheet, lines, rule, stamp, style, text

TITLE = "Who did what, and when"
ORDER = "The newest stands first. Entries bear the numbers in which they were written, whatever the clock said."


@dataclass(frozen=True)
class Line:
    """An entry in words: its number, when, what was done by whom and to whom, and each thing that stood there before and after."""

    seq: int
    at: datetime
    said: str
    who: str
    whose: str
    replaced: tuple[str, ...]


def trail_paper(practice: Practice, asked: Sequence[str], entries: Sequence[Line], made: datetime, tz: tzinfo | None = None) -> bytes:
    """The entries as a PDF, the newest first; `asked` says in words which they are, times are told in `tz`, else in the machine's zone."""
    sheet = Sheet(practice, TITLE, "Who did what, and when · confidential")
    soft = style(9.5, colour=SOFT, leading=13)
    told = f"{len(entries)} entr{'y' if len(entries) == 1 else 'ies'} of the trail, made on {stamp(made, tz)}. {ORDER}"
    story: list[Flowable] = [
        Paragraph("THE TRAIL", style(9, bold=True, colour=JADE, leading=12)),
        Paragraph(TITLE, style(22, bold=True, leading=27)),
        *(Paragraph(text(each), style(10.5)) for each in asked),
        Paragraph(text(told), soft),
        Spacer(0, 6),
    ]
    bold, replaced = style(10.5, bold=True, keepWithNext=1), style(9.5, leading=13, leftIndent=12)
    for entry in entries:
        by = " · ".join(part for part in (stamp(entry.at, tz), entry.who, entry.whose, f"entry {entry.seq}") if part)
        story += [rule(3, 3), Paragraph(text(entry.said), bold), Paragraph(text(by), soft)]
        for words in entry.replaced:
            story += lines(words, replaced)
    return sheet.bytes(story)
