"""The catalogue as plain data, for whoever wants to read it outside the program."""

from typing import Any

from neuro_chart.clinic.body import Atlas
from neuro_chart.clinic.needles import Side, Site
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
