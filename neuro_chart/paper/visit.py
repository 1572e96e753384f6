"""The visit on paper: the whole signed record of one treatment, with its amendments beneath."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, tzinfo

from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, Paragraph, Spacer, Table

from neuro_chart.clinic.adjuncts import LEFT_IN, Adjunct, how_words, where_words
from neuro_chart.clinic.library import Library
from neuro_chart.clinic.people import Patient, Practice, Practitioner
from neuro_chart.clinic.protocols import Protocol, known
from neuro_chart.clinic.tongue_pulse import findings_words
from neuro_chart.clinic.visits import NOTE_FIELDS, Signature, Visit
from neuro_chart.paper.needle_table import needle_story
from neuro_chart.paper.style import (
    BRICK,
    JADE,
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

UNKNOWN = "–"


def visit_paper(
    practice: Practice,
    practitioners: Mapping[str, Practitioner],
    patient: Patient,
    visit: Visit,
    library: Library,
    *,
    protocols: Iterable[Protocol] = (),
    charted_in: Patient | None = None,
    tz: tzinfo | None = None,
) -> bytes:
    """The record of a visit as a PDF: note, scores, needles with their times, adjuncts, what happened, signature, amendments.

    `charted_in` is the record that the visit was charted in, where that was merged into the patient's; the paper says so beneath the name.
    `protocols` are the practice's own prescriptions; `practitioners` are found by their id, who treated, signed and amended among them.
    An unsigned visit says on its face that it is a draft. Clock times are in `tz`, or the machine's zone; the signature's and the
    amendments' times name their offset from UTC.
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
    treated += f" · {visit.room}" if visit.room.strip() else ""
    story: list[Flowable] = [
        Paragraph(kind, style(9, bold=True, colour=colour, leading=12)),
        Paragraph(text(patient.name), style(19, bold=True, leading=25)),
        Paragraph(text(treated), style(10, colour=SOFT, after=9)),
        *_origin(charted_in),
        _facts(patient, visit, started.date(), sheet.width),
        *_note(visit, library),
        *needle_story(visit, patient, library, sheet.width, tz),
        *_protocol(visit, library, protocols),
        *_adjuncts(visit, tz),
        *_events(visit, library, tz),
        *_signature(practitioners, visit, sheet.width, tz),
        *_amendments(practitioners, visit, tz),
    ]
    return sheet.bytes(story)


def _origin(charted_in: Patient | None) -> list[Flowable]:
    if charted_in is None:
        return []
    born = f", born {short_date(charted_in.birth)}" if charted_in.birth else ""
    words = f"Charted in a record of {charted_in.name}{born}, which was merged into this patient's."
    return [Paragraph(text(words), style(10, colour=SOFT, after=9))]


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


def _note(visit: Visit, library: Library) -> list[Flowable]:
    body, soft = style(10.5, leading=15), style(9, colour=SOFT)
    out: list[Flowable] = []
    for field in NOTE_FIELDS:
        words = getattr(visit, field)
        found = findings_words(visit.tongue, visit.pulse, library.tongue_pulse) if field == "objective" else ""
        out.append(heading(field.capitalize(), before=11))
        out += lines(words, body) if words.strip() else []
        out += lines(found, body) if found else []
        if field in visit.copied and words.strip():
            out.append(Paragraph(text(f"Taken over from the visit of {short_date(date.fromisoformat(visit.copied[field]))}."), soft))
        if not words.strip() and not found:
            out.append(Paragraph("Nothing noted.", style(10.5, colour=SOFT)))
    return out


def _protocol(visit: Visit, library: Library, own: Iterable[Protocol]) -> list[Flowable]:
    """By which prescription it was treated, whose that is and what it is worth."""
    if not visit.protocol:
        return []
    kept = known(library.protocols, own).get(visit.protocol.casefold())
    name = ": ".join(filter(None, (kept.group, kept.name))) if kept else f"@{visit.protocol}"
    turn = f", session {visit.session + 1} of {len(kept.sessions)}" if kept and len(kept.sessions) > 1 else ""
    out = [Paragraph(text(f"By the prescription “{name}”{turn}."), style(10.5, spaceBefore=8, keepWithNext=1))]
    worth = ". ".join(filter(None, (kept.strength, kept.evidence))) if kept else ""  # a trial by its name alone would say that it helped
    facts = [f"{word}: {told.rstrip('.')}." for word, told in (("Evidence", worth), ("Source", kept.source if kept else "")) if told]
    return [*out, *(Paragraph(text(fact), style(9, colour=SOFT)) for fact in facts)]


def _adjuncts(visit: Visit, tz: tzinfo | None) -> list[Flowable]:
    out: list[Flowable] = []
    for adjunct in visit.adjuncts:
        facts = (how_words(adjunct), where_words(adjunct, visit.needles), _when(adjunct, tz))
        told = ", ".join(filter(None, facts))
        out += lines(f"{adjunct.kind}{': ' if told else ''}{told}", style(10.5, after=1))
    return [heading("Beside the needles"), *out] if out else []


def _when(adjunct: Adjunct, tz: tzinfo | None) -> str:
    """When it was done and for how long, without the time that it stood; of what is left in, until when and whether the patient agreed."""
    said = ["copied from the last visit, not confirmed"] if adjunct.copied else []
    if adjunct.kind in LEFT_IN and adjunct.started:
        said.append(f"left in on {short_date(local(adjunct.started, tz))}")
        said += [f"to be taken out by {short_date(adjunct.until)}"] if adjunct.until and not adjunct.ended else []
        said += [f"taken out on {short_date(local(adjunct.ended, tz))}"] if adjunct.ended else []
        said.append("with the patient's consent" if adjunct.consent else "consent not noted")
    elif adjunct.started is None:
        said += [f"{adjunct.minutes} minutes"] if adjunct.minutes else []
    elif adjunct.ended is None:
        said.append(f"from {local(adjunct.started, tz):%H:%M}, still running when this was printed")
    else:
        minutes = round(adjunct.clock.elapsed(adjunct.ended).total_seconds() / 60)
        said.append(f"{local(adjunct.started, tz):%H:%M}–{local(adjunct.ended, tz):%H:%M}, {minutes} minute{'' if minutes == 1 else 's'}")
    return ", ".join(said)


def _events(visit: Visit, library: Library, tz: tzinfo | None) -> list[Flowable]:
    """What went wrong, each event with its time, its needle, what was done and how it ended."""
    body, out = style(10.5, leading=15), list[Flowable]()
    places = {needle.id: " ".join(filter(None, (needle.point or needle.site.region, needle.point and needle.site.side.value)))
              for needle in visit.needles}  # fmt: skip
    for event in sorted(visit.events, key=lambda event: event.at):
        at, began = local(event.at, tz), local(visit.started, tz)
        when = f"{at:%H:%M}" if at.date() == began.date() else f"{short_date(at)}, {at:%H:%M}"
        told = library.events.get(event.kind)
        said = " · ".join(filter(None, (when, told.title if told else event.kind.value, places.get(event.needle_id, ""))))
        out.append(Paragraph(text(said), style(10.5, bold=True, colour=BRICK, spaceBefore=3, keepWithNext=1)))
        for name, words in (("", event.words), ("Done: ", event.done), ("Outcome: ", event.outcome)):
            out += lines(f"{name}{words}", body) if words.strip() else []
    return [heading("What happened"), *out] if out else []


def _signature(practitioners: Mapping[str, Practitioner], visit: Visit, width: float, tz: tzinfo | None) -> list[Flowable]:
    if visit.signed is None:
        return []
    name, when, zone = _name(practitioners, visit.signed_by), visit.signed, tz
    if visit.signature is not None:  # as it was put: the name that the signer had, and the clock of the place
        name, when, zone = visit.signature.name, visit.signature.at, visit.signature.here.tzinfo
    told = [Paragraph(text(f"Signed by {name} on {stamp(when, zone)}."), style(10.5, bold=True)), *_digest(visit.signature, short=False)]
    note = Paragraph("Signed in Neuro Chart; closed to every change since. What was added later stands beneath.", style(9, colour=SOFT))
    table = Table([[[*told, note]]], colWidths=[width], splitInRow=1)
    table.setStyle(flat([("LINEABOVE", (0, 0), (-1, 0), 1.2, JADE), ("TOPPADDING", (0, 0), (-1, 0), 7)]))
    return [Spacer(0, 16), CondPageBreak(25 * mm), table]


def _amendments(practitioners: Mapping[str, Practitioner], visit: Visit, tz: tzinfo | None) -> list[Flowable]:
    out: list[Flowable] = []
    for amendment in sorted(visit.amendments, key=lambda a: a.written):
        said = f"{_name(practitioners, amendment.author_id)}, {stamp(amendment.written, tz)}"
        if (signature := amendment.signature) is not None:
            said = f"{signature.name}, {stamp(signature.at, signature.here.tzinfo)}"
        who = Paragraph(text(said), style(9.5, bold=True, colour=SOFT, spaceBefore=6, keepWithNext=1))
        out += [who, *lines(amendment.text, style(10.5, leading=15))]
        out += lines(f"Reason: {amendment.reason}", style(10.5, leading=15)) if amendment.reason.strip() else []
        out += _digest(signature, short=True)
    return [heading("Amendments", before=16), *out] if out else []


def _digest(signature: Signature | None, *, short: bool) -> list[Flowable]:
    """By what a signature can be told from another: the time in UTC, and its digest, the whole of it or what is shown on the screen."""
    if signature is None:
        return []
    utc, look = f"{signature.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC · signature", style(8.5, colour=SOFT, leading=12)
    if short:
        return [Paragraph(text(f"{utc} {signature.short}"), look)]
    whole = " ".join(signature.digest[at : at + 4] for at in range(0, len(signature.digest), 4))
    return [Paragraph(text(each), look) for each in (utc, whole)]
