"""The visit on paper: the whole signed record of one treatment, with its amendments beneath."""

from collections.abc import Mapping
from datetime import date, datetime, tzinfo

from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, Paragraph, Spacer, Table

from neuro_chart.clinic.library import Library
from neuro_chart.clinic.needles import Needle
from neuro_chart.clinic.people import Patient, Practice, Practitioner
from neuro_chart.clinic.visits import NOTE_FIELDS, Visit
from neuro_chart.paper.figures import needle_figure
from neuro_chart.paper.style import (
    BRICK,
    INK,
    JADE,
    LINE,
    SOFT,
    WASH,
    Sheet,
    flat,
    heading,
    lines,
    local,
    long_date,
    short_date,
    stamp,
    style,
    text,
)

FIGURE_HEIGHT = 78 * mm
UNKNOWN = "–"


def visit_paper(
    practice: Practice,
    practitioners: Mapping[str, Practitioner],
    patient: Patient,
    visit: Visit,
    library: Library,
    *,
    tz: tzinfo | None = None,
) -> bytes:
    """The record of a visit as a PDF: note, scores, needles with their times, adjuncts, signature, amendments.

    `practitioners` are found by their id, who treated, signed and amended among them. An unsigned visit says on its face that it is
    a draft. Clock times are in `tz`, or the machine's zone; the signature's and the amendments' times name their offset from UTC.
    """
    started = local(visit.started, tz)
    born = f"born {short_date(patient.birth)}" if patient.birth else "date of birth not recorded"
    sheet = Sheet(
        practice,
        "Visit record" if visit.signed else "Visit record (draft)",
        f"{patient.name} · {born} · visit of {short_date(started)}",
    )
    kind, colour = ("VISIT RECORD", JADE) if visit.signed else ("VISIT RECORD · DRAFT, NOT SIGNED", BRICK)
    treated = f"{long_date(started)}, {started:%H:%M} · treated by {_name(practitioners, visit.practitioner_id)}"
    story: list[Flowable] = [
        Paragraph(kind, style(9, bold=True, colour=colour, leading=12)),
        Paragraph(text(patient.name), style(19, bold=True, leading=25)),
        Paragraph(text(treated), style(10, colour=SOFT, after=9)),
        _facts(patient, visit, started.date(), sheet.width),
        *_note(visit),
        *_needles(visit, patient, library, sheet.width, tz),
        *_adjuncts(visit),
        *_signature(practitioners, visit, sheet.width, tz),
        *_amendments(practitioners, visit, tz),
    ]
    return sheet.bytes(story)


def _name(practitioners: Mapping[str, Practitioner], key: str | None) -> str:
    return practitioners[key].name if key is not None and key in practitioners else "an unknown practitioner"


def _facts(patient: Patient, visit: Visit, day: date, width: float) -> Flowable:
    """Who the patient is and how the visit went in numbers, in one band."""
    age = patient.age(day)
    facts = [
        ("Born", f"{short_date(patient.birth)} ({age} years)" if patient.birth else UNKNOWN),
        ("Sex · gender", " · ".join(filter(None, (patient.sex, patient.gender))) or UNKNOWN),
        ("Pain, before → after", _change(visit.pain_before, visit.pain_after)),
        ("Numbness, before → after", _change(visit.numbness_before, visit.numbness_after)),
    ]
    label, value = style(8.5, colour=SOFT, leading=12), style(11, bold=True, leading=15)
    table = Table(
        [[Paragraph(text(name), label) for name, _ in facts], [Paragraph(text(fact), value) for _, fact in facts]],
        colWidths=[width * share for share in (0.33, 0.2, 0.22, 0.25)],
        splitInRow=1,
        cornerRadii=[6, 6, 6, 6],
    )
    table.setStyle(
        flat(
            [
                ("BACKGROUND", (0, 0), (-1, -1), WASH),
                ("LEFTPADDING", (0, 0), (-1, -1), 10),
                ("RIGHTPADDING", (0, 0), (-1, -1), 4),
                ("TOPPADDING", (0, 0), (-1, 0), 8),
                ("BOTTOMPADDING", (0, 1), (-1, 1), 9),
            ]
        )
    )
    return table


def _change(before: int | None, after: int | None) -> str:
    if before is None and after is None:
        return "not asked"
    first, second = (UNKNOWN if score is None else str(score) for score in (before, after))
    return f"{first} → {second} of 10"


def _note(visit: Visit) -> list[Flowable]:
    body = style(10.5, leading=15)
    out: list[Flowable] = []
    for field in NOTE_FIELDS:
        words = getattr(visit, field)
        out.append(heading(field.capitalize(), before=11))
        out += lines(words, body) if words.strip() else [Paragraph("Nothing noted.", style(10.5, colour=SOFT))]
    return out


def _needles(visit: Visit, patient: Patient, library: Library, width: float, tz: tzinfo | None) -> list[Flowable]:
    """The count, the figure, and a row a needle."""
    if not visit.needles:
        return [heading("Needles"), Paragraph("No needles were charted.", style(10.5, colour=SOFT))]
    count = visit.count
    told = f"{count.inserted} inserted, {count.out} removed" + (f", {count.planned} planned and not used" if count.planned else "")
    inside = f" {count.inside} still in when this was printed." if count.inside else ""
    counted = style(10.5, bold=True, after=6, keepWithNext=1, colour=BRICK if count.inside else INK)
    out: list[Flowable] = [heading("Needles"), Paragraph(text(f"{told}.{inside}"), counted)]
    if visit.needles_left_reason.strip():
        out += lines(f"Signed with a needle in, because: {visit.needles_left_reason}", style(10.5, colour=BRICK))
    if figure := needle_figure(library.figure(patient.shown_as), visit.needles, width, FIGURE_HEIGHT):
        out += [figure, Spacer(0, 8)]
    return [*out, CondPageBreak(45 * mm), _table(visit, library, width, tz)]


def _table(visit: Visit, library: Library, width: float, tz: tzinfo | None) -> Table:
    head, cell, strong = style(8.5, bold=True, colour=SOFT, leading=11), style(9, leading=12), style(9, bold=True, leading=12)
    names = ("", "Place", "Side", "Depth", "Needle", "Angle", "Technique", "De qi", "In", "Out", "Min")
    rows: list[list[Flowable]] = [[Paragraph(name, head) for name in names]]
    for number, needle in enumerate(sorted(visit.needles, key=lambda n: n.position), 1):
        facts = (str(number), _place(needle, library), needle.site.side.value, *_details(needle), *_times(needle, tz))
        rows.append([Paragraph(text(fact), strong if column == 1 else cell) for column, fact in enumerate(facts)])
    shares = (0.04, 0.24, 0.08, 0.085, 0.11, 0.1, 0.1, 0.065, 0.07, 0.065, 0.045)
    table = Table(rows, colWidths=[width * share for share in shares], repeatRows=1, splitInRow=1)
    table.setStyle(
        flat(
            [
                ("LINEBELOW", (0, 0), (-1, 0), 0.8, JADE),
                ("LINEBELOW", (0, 1), (-1, -1), 0.4, LINE),
                ("TOPPADDING", (0, 0), (-1, -1), 3),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3.5),
                ("RIGHTPADDING", (0, 0), (-1, -1), 3),
            ]
        )
    )
    return table


def _place(needle: Needle, library: Library) -> str:
    """The point's code and names, or the words of the place."""
    if needle.point not in library.catalogue:
        return library.atlas.describe(needle.site) if not needle.point else needle.point
    point = library.catalogue[needle.point]
    return f"{point.code} {point.hanzi} {point.pinyin}"


def _details(needle: Needle) -> tuple[str, str, str, str, str]:
    depth = f"{needle.depth:g} {needle.depth_unit}" if needle.depth is not None else UNKNOWN
    size = " × ".join(f"{n:g}" if n is not None else UNKNOWN for n in (needle.gauge, needle.length))
    obtained = {None: UNKNOWN, True: "yes", False: "no"}[needle.de_qi]
    if needle.gauge is None and needle.length is None:
        size = UNKNOWN
    return depth, size, needle.angle.value or UNKNOWN, needle.technique.value or UNKNOWN, obtained


def _times(needle: Needle, tz: tzinfo | None) -> tuple[str, str, str]:
    def clock(moment: datetime | None) -> str:
        return f"{local(moment, tz):%H:%M}" if moment else UNKNOWN

    if needle.inserted is None:
        return "planned", UNKNOWN, str(needle.retention)
    minutes = round((needle.removed - needle.inserted).total_seconds() / 60) if needle.removed else needle.retention
    return clock(needle.inserted), clock(needle.removed) if needle.removed else "still in", str(minutes)


def _adjuncts(visit: Visit) -> list[Flowable]:
    out: list[Flowable] = []
    for adjunct in visit.adjuncts:
        facts = ", ".join(filter(None, (adjunct.setting.strip(), f"{adjunct.minutes} minutes" if adjunct.minutes else "")))
        out += lines(f"{adjunct.kind}{': ' if facts else ''}{facts}", style(10.5))
    return [heading("Beside the needles"), *out] if out else []


def _signature(practitioners: Mapping[str, Practitioner], visit: Visit, width: float, tz: tzinfo | None) -> list[Flowable]:
    if visit.signed is None:
        return []
    name = _name(practitioners, visit.signed_by)
    told = Paragraph(text(f"Signed by {name} on {stamp(visit.signed, tz)}."), style(10.5, bold=True))
    note = Paragraph("Signed in Neuro Chart; closed to every change since. What was added later stands beneath.", style(9, colour=SOFT))
    table = Table([[[told, note]]], colWidths=[width], splitInRow=1)
    table.setStyle(flat([("LINEABOVE", (0, 0), (-1, 0), 1.2, JADE), ("TOPPADDING", (0, 0), (-1, 0), 7)]))
    return [Spacer(0, 16), CondPageBreak(25 * mm), table]


def _amendments(practitioners: Mapping[str, Practitioner], visit: Visit, tz: tzinfo | None) -> list[Flowable]:
    out: list[Flowable] = []
    for amendment in sorted(visit.amendments, key=lambda a: a.written):
        said = f"{_name(practitioners, amendment.author_id)}, {stamp(amendment.written, tz)}"
        who = Paragraph(text(said), style(9.5, bold=True, colour=SOFT, spaceBefore=6, keepWithNext=1))
        out += [who, *lines(amendment.text, style(10.5, leading=15))]
    return [heading("Amendments", before=16), *out] if out else []
