"""The catalogue, and what a prescription says, as plain data for whoever wants to read them outside the program."""

from collections.abc import Iterator
from typing import Any

from neuro_chart.clinic.body import Atlas
from neuro_chart.clinic.needles import Side, Site
from neuro_chart.clinic.notation import Reading, Said
from neuro_chart.clinic.points import Point


def listed(point: Point, atlas: Atlas) -> dict[str, Any]:
    """A point with its sites on the atlas' figure, ready for JSON.

    Places are in decimetres on the standing figure (x to its left, y up, z to the front); the place in a view is told in shares of the
    view's width and height, from its upper left corner.
    """
    depth = point.depth
    return {
        "code": point.code,
        "pinyin": point.pinyin,
        "hanzi": point.hanzi,
        "english": point.english,
        "channel": point.channel,
        "location": point.location,
        "rule": dict(point.rule),
        "kinds": dict(point.kinds),
        "depth": depth and {"cun": [depth.low, depth.high], "angle": depth.angle, "source": depth.source, "note": depth.note},
        "cautions": [
            {"kind": c.kind, "text": c.text, "structure": c.structure, "strength": c.strength, "source": c.source} for c in point.cautions
        ],
        "source": point.source,
        "sites": [_site(side, site, atlas) for side, site in atlas.point_sites(point.code).items()],
    }


def _site(side: Side, site: Site, atlas: Atlas) -> dict[str, Any]:
    shown = {name: (view.size, place) for name, view in atlas.views.items() if (place := view.place_of(site)) is not None}
    return {
        "side": side,
        "xyz": [round(p, 4) for p in atlas.body.place(site)],
        "normal": [round(n, 4) for n in atlas.body.normal(site)],
        "views": {name: [round(x / wide, 4), round(y / high, 4)] for name, ((wide, high), (x, y)) in shown.items()},
    }


def prescribed(reading: Reading) -> dict[str, Any]:
    """What a prescription says, ready for JSON. Columns count from 0, what is not said is null, a point on both sides is two."""
    return {
        "needles": [{"point": needle.point, "side": needle.side, **vars(needle.said)} for needle in reading.needles],
        "adjuncts": [
            {
                "kind": adjunct.kind,
                "method": adjunct.method,
                "frequency": adjunct.frequency,
                "minutes": adjunct.minutes,
                "pairs": [[_place(*place) for place in pair] for pair in adjunct.pairs],
                "points": [_place(*place) for place in adjunct.points],
            }
            for adjunct in reading.adjuncts
        ],
        "off": [_place(*place) for place in reading.off],
        "every": reading.every and vars(reading.every),
        "errors": [
            {"column": error.start, "text": error.text, "suggestions": list(error.suggestions), "message": error.sentence}
            for error in reading.errors
        ],
    }


def _place(point: str, side: Side | None) -> dict[str, str | None]:
    return {"point": point, "side": side}


def prescribed_in_lines(reading: Reading) -> Iterator[str]:
    """What a prescription says, a needle or another thing to a line."""
    for needle in reading.needles:
        yield f"{needle.point:10} {needle.side:9}{_said(needle.said)}".rstrip()
    for adjunct in reading.adjuncts:
        where = [f"{one[0]} {one[1]} to {other[0]} {other[1]}" for one, other in adjunct.pairs]
        where = where or [f"{code} {side}" for code, side in adjunct.points]
        words = (
            adjunct.method,
            adjunct.frequency and f"{adjunct.frequency} Hz",
            adjunct.minutes and f"{adjunct.minutes} min",
            ", ".join(where),
        )
        yield "  ".join([adjunct.kind, *(word for word in words if word)])
    for code, side in reading.off:
        yield f"off: {code} {side or 'on every side'}"
    if reading.every is not None:
        yield f"at all that are there:{_said(reading.every)}"
    for error in reading.errors:
        offers = f" ({' or '.join(offer.strip() for offer in error.suggestions)})" if error.suggestions else ""
        yield f"not read, column {error.start}: {error.text.strip()}: {error.sentence}{offers}"


def _said(said: Said) -> str:
    to = "" if said.depth_to is None else f" to {said.depth_to:g}"
    words = (
        "" if said.minutes is None else f"{said.minutes} min" if said.minutes else "no retention",
        "" if said.depth is None else f"{said.depth:g}{to} {said.depth_unit}",
        said.technique or "",
        {True: "de qi", False: "no de qi", None: ""}[said.de_qi],
        "" if said.gauge is None else f"{said.gauge:g} x {said.length:g} mm",
        said.angle or "",
    )
    return "".join(f"  {word}" for word in words if word)
