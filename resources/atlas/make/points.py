"""Every point's place on a figure, computed from the rules in resources/points."""

from pathlib import Path
from typing import Any

import numpy as np
from figure import Array, Figure
from rules import RuleError, Rules, read

HERE = Path(__file__).parent
POINTS, LANDMARKS = HERE.parents[1] / "points", HERE / "landmarks.toml"


def places(figure: Figure, folder: Path = POINTS, landmarks: Path = LANDMARKS) -> dict[str, dict[str, tuple[Array, Array]]]:
    """For each code its sides ("left" and "right", or "midline") with the place (3,) dm and the outward normal (3,).

    RuleError that begins with the file and the line: a code given twice, a rule that names what there is not or that misses the skin.
    """
    rules, described = Rules(figure, read(landmarks), {}), {}
    for path in sorted(folder.glob("*.toml")):
        channel = read(path)
        for point in channel.get("point", ()):
            if point["code"] in described:
                raise RuleError(f"{_line(path, point['code'])}: {point['code']}: it is given twice")
            described[point["code"]] = path, channel, point
    rules.points = {code: point["rule"] for code, (_, _, point) in described.items()}
    found = {}
    for code, (path, channel, _) in described.items():
        try:
            found[code] = _sides(rules, code, channel)
        except (ValueError, KeyError) as error:
            raise RuleError(f"{_line(path, code)}: {code}: {error}") from error
    return found


def _sides(rules: Rules, code: str, channel: dict[str, Any]) -> dict[str, tuple[Array, Array]]:
    place, mirror = rules.place(code), np.array([-1.0, 1.0, 1.0])
    if channel.get("midline"):
        flat = place.normal * [0, 1, 1]
        return {"midline": (place.xyz * [0, 1, 1], flat / np.linalg.norm(flat))}
    return {"left": (place.xyz, place.normal), "right": (place.xyz * mirror, place.normal * mirror)}


def _line(path: Path, code: str) -> str:
    """The file and the last line that gives a code, as an editor can open it."""
    lines, wanted = path.read_text(encoding="utf-8").splitlines(), f'code = "{code}"'
    return f"{path}:{max((n for n, line in enumerate(lines, 1) if line == wanted), default=1)}"
