"""The aftercare sheet: what was done, how to rest, what to practise, when to call; something worth keeping."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import tzinfo
from functools import cache
from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, Paragraph, Spacer, Table

from neuro_chart.clinic.adjuncts import LEFT_IN, PRESS, Adjunct, Spot
from neuro_chart.clinic.exercises import Exercise
from neuro_chart.clinic.library import Library
from neuro_chart.clinic.needles import Needle, Side
from neuro_chart.clinic.people import Patient, Practice, Practitioner
from neuro_chart.clinic.text import fold
from neuro_chart.clinic.visits import Visit
from neuro_chart.paper.figures import drawing, needle_figure
from neuro_chart.paper.style import (
    AMBER,
    AMBER_WASH,
    BRICK,
    BRICK_WASH,
    INK,
    JADE,
    JADE_WASH,
    LINE,
    SOFT,
    Sheet,
    bullets,
    card,
    flat,
    heading,
    lines,
    local,
    long_date,
    style,
    text,
)
from neuro_chart.resources import resource

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
FIGURE_WIDTH, FIGURE_HEIGHT, WIDE_HEIGHT = 73 * mm, 96 * mm, 92 * mm
DRAWING_WIDTH, DRAWING_HEIGHT = 54 * mm, 45 * mm


def aftercare_sheet(
    practice: Practice,
    practitioner: Practitioner,
    patient: Patient,
    visit: Visit,
    library: Library,
    *,
    tz: tzinfo | None = None,
) -> bytes:
    """The sheet that the patient takes home, as a PDF.

    It speaks of the needles that were inserted, of each adjunct, and of what `visit.aftercare` asks for; exercises that the
    library doesn't hold are left out. `tz` is the practice's time zone, or the machine's. Clinical sources stand in
    resources/handouts/aftercare.toml and resources/exercises/exercises.toml.
    """
    words = _words()
    day = local(visit.started, tz)
    sheet = Sheet(practice, "Aftercare", f"For {patient.called} · {long_date(day)}")
    chosen = [library.exercises[key] for key in visit.aftercare.exercises if key in library.exercises]
    story: list[Flowable] = [
        Paragraph("AFTERCARE", style(9, bold=True, colour=JADE, leading=12)),
        Paragraph(f"For {text(patient.called)}", style(24, bold=True, leading=29)),
        Paragraph(text(f"{long_date(day)} · treated by {practitioner.name}"), style(10.5, colour=SOFT, after=10)),
        *_opening(words, visit, patient, library, sheet.width),
        *_own_words(practitioner, visit),
        *_call(words["call"], visit, sheet.width),
        *_exercises(words, visit, chosen, sheet.width),
        *(_feet(words["feet"], sheet.width) if visit.aftercare.foot_care else ()),
    ]
    return sheet.bytes(story)


@cache
def _words() -> Mapping[str, Any]:
    with resource("handouts", "aftercare.toml").open("rb") as file:
        return tomllib.load(file)


def _opening(words: Mapping[str, Any], visit: Visit, patient: Patient, library: Library, width: float) -> list[Flowable]:
    """What was done and how to rest; beside it the figure with its needles and the next visit. A figure of many sides has its own row."""
    body = style(11, after=5)
    given = [n for n in visit.needles if n.inserted is not None]
    done = [heading(words["done"]["title"], before=0), *(Paragraph(text(part), body) for part in _done(words, visit, given))]
    advice = [line["words"] for line in words["rest"]["lines"]]
    if visit.aftercare.rest_hours:
        advice.append(words["rest"]["quiet"]["words"].format(hours=visit.aftercare.rest_hours))
    rest = [heading(words["rest"]["title"]), *bullets(advice + _after(words, visit), style(11, after=4))]
    upcoming, caption = _next(words["next"], visit), Paragraph(text(words["done"]["figure"]), style(9, colour=SOFT, alignment=1, after=14))
    figure = needle_figure(library.figure(patient.shown_as), given, FIGURE_WIDTH, FIGURE_HEIGHT)
    if figure is None:
        return [*done, _beside(rest, [upcoming], width)]
    if figure.sides > 1:
        wide = needle_figure(library.figure(patient.shown_as), given, width, WIDE_HEIGHT)
        return [*done, Spacer(0, 4), KeepTogether([wide, caption]), _beside(rest, [Spacer(0, 16), upcoming], width)]
    return [_beside([*done, *rest], [figure, caption, upcoming], width)]


def _beside(left: list[Flowable], right: list[Flowable], width: float) -> Flowable:
    column = FIGURE_WIDTH + 7 * mm
    table = Table([[left, right]], colWidths=[width - column, column], splitInRow=1)
    table.setStyle(flat([("LEFTPADDING", (1, 0), (1, 0), 7 * mm)]))
    return table


def _done(words: Mapping[str, Any], visit: Visit, given: list[Needle]) -> list[str]:
    """What was done: a paragraph for the needles, and one for what was added."""
    done, count = words["done"], len(given)
    told = [done["none"]]
    if given:
        noun, they = ("needle", "It") if count == 1 else ("needles", "They")
        told = [done["needles"].format(count=_number(count), needle=noun, where=_where(words["part"], given))]
        stayed = [n for n in given if n.removed or visit.signed is None]
        if stayed:
            told.append(done["retention"].format(they=they, minutes=_minutes(stayed)))
        if visit.signed is not None and visit.count.inside:
            told.append(done["left"].format(count=_number(visit.count.inside)))
        if visit.count.inside == 0:
            told.append(done["counted"].format(count=_number(count)))
    added = [_added(words, adjunct) for adjunct in visit.adjuncts if _is_meant(adjunct)]
    return [" ".join(part) for part in (told, added) if part]


def _is_meant(adjunct: Adjunct) -> bool:
    """Whether it belongs to this visit: what was copied from the last one and never begun does not."""
    return adjunct.started is not None or not adjunct.copied


def _added(words: Mapping[str, Any], adjunct: Adjunct) -> str:
    """What was done beside the needles, or left in place for days."""
    if adjunct.kind in LEFT_IN:
        where = f" {_where(words['part'], adjunct.spots, 'on')}" if adjunct.spots else ""
        return str(words["left"]["out" if adjunct.ended else "done"]).format(what=_left(adjunct), where=where)
    minutes = f" for {adjunct.minutes} minute{'s' * (adjunct.minutes > 1)}" if adjunct.minutes else ""
    return str(_entry(words, adjunct)["done"]).format(kind=adjunct.kind, minutes=minutes)


def _left(adjunct: Adjunct) -> str:
    """`three seeds`, `one press needle`."""
    kind = adjunct.kind.lower()
    return f"{_number(adjunct.amount)} {kind.removesuffix('s') if adjunct.amount == 1 else kind}" if adjunct.amount else kind


def _after(words: Mapping[str, Any], visit: Visit) -> list[str]:
    """What the adjuncts ask the patient to look after, each once."""
    advice: dict[str, None] = {}
    for adjunct in filter(_is_meant, visit.adjuncts):
        if adjunct.kind in LEFT_IN:
            advice |= dict.fromkeys(_while_left(words["left"], adjunct))
            continue
        entry = _entry(words, adjunct)
        wanted = ("after", "numb") if visit.aftercare.foot_care else ("after",)
        advice |= {entry[key]: None for key in wanted if key in entry}
    return list(advice)


def _while_left(said: Mapping[str, str], adjunct: Adjunct) -> list[str]:
    """Until when it stays in place, and what to look for; nothing once it is out."""
    if adjunct.ended is not None:
        return []
    what = _left(adjunct)
    until = [said["until"].format(what=f"{what[0].upper()}{what[1:]}", day=long_date(adjunct.until))] if adjunct.until else []
    return [*until, said["after"], *([said["sharp"]] if adjunct.kind == PRESS else [])]


def _entry(words: Mapping[str, Any], adjunct: Adjunct) -> Mapping[str, Any]:
    return _first(words["adjunct"], fold(adjunct.kind))


def _first(entries: Iterable[Mapping[str, Any]], name: str) -> Mapping[str, Any]:
    """The first entry of which a word begins a word of the name, or is one if a blank ends it; an empty word matches every name."""
    words = " ".join(["", *re.findall(r"\w+", name), ""])
    return next(entry for entry in entries if any(f" {word}" in words for word in entry["match"]))


def _where(parts: list[Mapping[str, Any]], placed: Iterable[Needle | Spot], at: str = "in") -> str:
    """`in both lower legs and both feet`, in the order of the parts from the feet up."""
    sides: dict[int, set[Side]] = {}
    for each in placed:
        sides.setdefault(parts.index(_first(parts, fold(each.site.region))), set()).add(each.site.side)
    named = []
    for index in sorted(sides):
        only = next(iter(sides[index]))
        single = len(sides[index]) == 1 and only is not Side.MIDLINE
        named.append(parts[index]["one"].format(side=only.value) if single else parts[index]["both"])
    return f"{at} {_listed(named)}"


def _listed(named: list[str]) -> str:
    return named[0] if len(named) == 1 else ", ".join(named[:-1]) + " and " + named[-1]


def _minutes(needles: Iterable[Needle]) -> str:
    """How long the needles really stayed in, or were to stay while one is still in."""
    stayed = [max(1, round((n.removed - n.inserted).total_seconds() / 60)) if n.inserted and n.removed else n.retention for n in needles]
    least, most = min(stayed), max(stayed)
    if most == 1:
        return "about a minute"
    return f"about {most} minutes" if most - least <= 2 else f"{least} to {most} minutes"


def _number(count: int) -> str:
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def _own_words(practitioner: Practitioner, visit: Visit) -> list[Flowable]:
    if not visit.aftercare.words.strip():
        return []
    return [heading(f"From {practitioner.name}"), *lines(visit.aftercare.words, style(11, leading=16))]


def _exercises(words: Mapping[str, Any], visit: Visit, chosen: list[Exercise], width: float) -> list[Flowable]:
    said, aftercare = words["exercise"], visit.aftercare
    if not chosen:
        return [KeepTogether([heading(said["rest_title"]), Paragraph(text(said["rest"]), style(11))])]
    intro = said["later"].format(hours=aftercare.rest_hours) if aftercare.rest_hours else said["intro"]
    if aftercare.foot_care and any(e.region != "hands" for e in chosen):
        intro += " " + said["numb"]
    head = [heading(said["title"]), Paragraph(text(intro), style(11, after=8))]
    cards = [_exercise(exercise, width) for exercise in chosen]
    return [KeepTogether([*head, cards[0]]), *cards[1:]]


def _exercise(exercise: Exercise, width: float) -> Flowable:
    """One exercise: its drawing, its steps and its dose."""
    beside = width - DRAWING_WIDTH - 7 * mm
    told: list[Flowable] = [Paragraph(text(exercise.name), style(12, bold=True, leading=15))]
    told.append(Paragraph(text(exercise.helps), style(9.5, colour=SOFT, leading=13, after=4)))
    steps = style(10.5, leading=14, leftIndent=18, after=1.5, bulletColor=JADE)
    told += [Paragraph(text(step), steps, bulletText=f"{number}.") for number, step in enumerate(exercise.steps, 1)]
    dose = " ".join(filter(None, (exercise.dose, f"{exercise.often[0].upper()}{exercise.often[1:]}." if exercise.often else "")))
    if dose:
        told.append(Paragraph(text(dose), style(10.5, bold=True, colour=JADE, spaceBefore=4)))
    told += [Paragraph(text(caution), style(9.5, colour=AMBER, leading=13, spaceBefore=3)) for caution in exercise.cautions]
    if exercise.optional:
        told.append(Paragraph(text(exercise.optional), style(9, colour=SOFT, leading=12, spaceBefore=3)))
    row = Table([[drawing(exercise.picture, DRAWING_WIDTH, DRAWING_HEIGHT), told]], colWidths=[DRAWING_WIDTH + 7 * mm, beside])
    padding = [("TOPPADDING", (0, 0), (-1, -1), 9), ("BOTTOMPADDING", (0, 0), (-1, -1), 9)]
    row.setStyle(flat([("LINEABOVE", (0, 0), (-1, 0), 0.6, LINE), *padding]))
    return row


def _feet(said: Mapping[str, Any], width: float) -> list[Flowable]:
    advice = [line["words"] for line in said["lines"]]
    half = (len(advice) + 1) // 2
    look = style(10.5, leading=14, after=2.5)
    columns = Table([[bullets(advice[:half], look), bullets(advice[half:], look)]], colWidths=[(width - 24) / 2] * 2)
    columns.setStyle(flat([("RIGHTPADDING", (0, 0), (0, 0), 14)]))
    title = Paragraph(text(said["title"]), style(13, bold=True, colour=JADE, after=6))
    return [Spacer(0, 14), KeepTogether([card([title, columns], width, JADE_WASH)])]


def _call(said: Mapping[str, Any], visit: Visit, width: float) -> list[Flowable]:
    """When to call, as two boxes side by side: an ambulance, or us."""
    gap, look = 10, style(10.5, leading=13.8, after=2.5)
    left = (width - gap) * 0.41
    us = [line["words"] for line in said["us"]] + ([said["fever"]] if visit.aftercare.foot_care else [])
    at_once = [line["words"] for line in said["now"]]
    boxes = Table(
        [
            [
                [Paragraph(text(said["now_title"]), style(11, bold=True, colour=BRICK, after=4)), *bullets(at_once, look, BRICK)],
                "",
                [Paragraph(text(said["us_title"]), style(11, bold=True, colour=AMBER, after=4)), *bullets(us, look, AMBER)],
            ]
        ],
        colWidths=[left, gap, width - gap - left],
    )
    padding = [(f"{side}PADDING", (column, 0), (column, 0), 10) for column in (0, 2) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")]
    washes = [("BACKGROUND", (0, 0), (0, 0), BRICK_WASH), ("BACKGROUND", (2, 0), (2, 0), AMBER_WASH)]
    bars = [("LINEBEFORE", (0, 0), (0, 0), 3, BRICK), ("LINEBEFORE", (2, 0), (2, 0), 3, AMBER)]
    boxes.setStyle(flat([*padding, *washes, *bars]))
    return [KeepTogether([heading(said["title"], INK), boxes])]


def _next(said: Mapping[str, Any], visit: Visit) -> Flowable:
    day = visit.aftercare.next_visit
    told = [
        Paragraph(text(said["title"]), style(10, bold=True, colour=JADE, leading=14)),
        Paragraph(text(long_date(day) if day else said["none"]), style(13 if day else 11, bold=True, leading=19)),
        Paragraph(text(said["farewell"]), style(10, colour=SOFT, leading=14)),
    ]
    return card(told, FIGURE_WIDTH, JADE_WASH)
