"""The needles of a visit on paper: the count, where they were, and a row for each."""

from datetime import datetime, tzinfo

from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, Paragraph, Spacer, Table

from neuro_chart.clinic.library import Library
from neuro_chart.clinic.needles import Mishap, Needle
from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.visits import Visit
from neuro_chart.paper.figures import needle_figure
from neuro_chart.paper.style import BRICK, INK, JADE, LINE, SOFT, flat, heading, lines, local, style, text

FIGURE_HEIGHT = 78 * mm
UNKNOWN = "–"


def needle_story(visit: Visit, patient: Patient, library: Library, width: float, tz: tzinfo | None) -> list[Flowable]:
    """The count, the figure, and a row a needle."""
    if not visit.needles:
        return [heading("Needles"), Paragraph("No needles were charted.", style(10.5, colour=SOFT))]
    count = visit.count
    told = [f"{count.inserted} inserted, {count.out} removed" + (f", {count.planned} planned and not used" if count.planned else "")]
    told += [f"{count.inside} still in when this was printed"] if count.inside else []
    told += [f"{count.uncounted} pulled and not counted out"] if count.uncounted else []
    counted = style(10.5, bold=True, after=6, keepWithNext=1, colour=INK if count.is_even else BRICK)
    out: list[Flowable] = [heading("Needles"), Paragraph(text(" ".join(f"{sentence}." for sentence in told)), counted)]
    if visit.needles_left_reason.strip():
        why = "Signed with a needle in" if count.inside else "Signed before all were counted"
        out += lines(f"{why}, because: {visit.needles_left_reason}", style(10.5, colour=BRICK))
    if figure := needle_figure(library.figure(patient.shown_as), visit.needles, width, FIGURE_HEIGHT):
        out += [figure, Spacer(0, 8)]
    return [*out, CondPageBreak(45 * mm), _table(visit, library, width, tz)]


def _table(visit: Visit, library: Library, width: float, tz: tzinfo | None) -> Table:
    head, cell, strong = style(8.5, bold=True, colour=SOFT, leading=11), style(9, leading=12), style(9, bold=True, leading=12)
    small = style(8.5, colour=BRICK, leading=11)
    names = ("", "Place", "Side", "Depth", "Needle", "Angle", "Technique", "De qi", "In", "Out", "Min")
    rows: list[list[Flowable | list[Flowable]]] = [[Paragraph(name, head) for name in names]]
    for number, needle in enumerate(sorted(visit.needles, key=lambda n: n.position), 1):
        facts = (str(number), _place(needle, library), needle.site.side.value, *_details(needle), *_times(needle, tz))
        made: list[Flowable | list[Flowable]] = [
            Paragraph(text(fact), strong if column == 1 else cell) for column, fact in enumerate(facts)
        ]
        if marks := _marks(needle):
            made[1] = [Paragraph(text(_place(needle, library)), strong), Paragraph(text(marks), small)]
        rows.append(made)
    shares = (0.04, 0.22, 0.08, 0.105, 0.11, 0.1, 0.1, 0.065, 0.07, 0.065, 0.045)
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


def _marks(needle: Needle) -> str:
    """What went wrong with a needle, and what is open."""
    pulled = needle.removed is not None and not needle.counted
    if needle.mishap is Mishap.DROPPED:
        marks = ["dropped, found and put away" if needle.removed and not pulled else "dropped, not found"]
    else:
        marks = [needle.mishap.value, "pulled, not counted" if pulled else ""]
    marks += ["copied from the last visit, not confirmed"] if needle.copied else []
    return ", ".join(filter(None, marks))


def _details(needle: Needle) -> tuple[str, str, str, str, str]:
    depth = UNKNOWN
    if needle.depth is not None:
        depth = f"{needle.depth:g}{f'–{needle.depth_to:g}' if needle.depth_to is not None else ''} {needle.depth_unit}"
    size = " × ".join(f"{n:g}" if n is not None else UNKNOWN for n in (needle.gauge, needle.length))
    obtained = {None: UNKNOWN, True: "yes", False: "no"}[needle.de_qi]
    if needle.gauge is None and needle.length is None:
        size = UNKNOWN
    return depth, size, needle.angle.value or UNKNOWN, needle.technique.value or UNKNOWN, obtained


def _times(needle: Needle, tz: tzinfo | None) -> tuple[str, str, str]:
    """When it went in and came out, and the minutes that it was in without those that its clock stood: 0 for one that went in and out."""

    def clock(moment: datetime | None) -> str:
        return f"{local(moment, tz):%H:%M}" if moment else UNKNOWN

    kept = str(needle.retention)
    if needle.inserted is None:
        return UNKNOWN if needle.mishap is Mishap.DROPPED else "planned", clock(needle.removed), kept
    if needle.removed is None:
        return clock(needle.inserted), UNKNOWN if needle.mishap is Mishap.DROPPED else "still in", kept
    minutes = round(needle.clock.elapsed(needle.removed).total_seconds() / 60)
    return clock(needle.inserted), clock(needle.removed), str(minutes)
