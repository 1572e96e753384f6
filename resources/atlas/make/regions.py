"""The names of places on the skin, by rule: which bone carries it, how far along, and on which side of the limb it lies.

Words are those of a chart: anterior, lateral and so on for the limbs in the anatomical position; everyday words elsewhere.
A region is the same vertices on every figure, so make it once, on the neutral one in its anatomical position.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from figure import Array, Figure, unit
from numpy.typing import NDArray
from patches import Labels, Net
from render import occlusion
from rules import Rules, read

FINGERS = ("thumb", "index finger", "middle finger", "ring finger", "little finger")
TOES = ("big toe", "second toe", "third toe", "fourth toe", "little toe")
LANDMARKS = Path(__file__).parent / "landmarks.toml"
HEAD = 8.40, 6.55  # heights in dm of the crown and of the groove above the chin, for which the head's numbers below are given
OPEN = 0.03  # how much of the sky the skin must see to be more than the inside of mouth, nose and eye sockets
ROUNDS = 10
Mask = NDArray[np.bool_]
Names = NDArray[np.str_]
INSIDE = ("head", "jaw", "levator", "oculi", "orbicularis", "oris", "risorius", "temporalis", "special", "tongue", "eye")

# the B-cun of a region: a [segment.*] of landmarks.toml along it and, on trunk and head, an [across.*] sideways.
# The standard has no segment for hand and foot: a hand takes the forearm's cun; a foot takes the inner ankle's, which ends on its sole.
_SCALES: tuple[tuple[str, str, str], ...] = (
    (r"forehead|glabella|nose|mouth|chin|eye|cheek|jaw|temple", "forehead", "head"),
    (r"of the head|\bear\b|nape|neck", "scalp", "head"),
    (r"throat", "upper abdomen", "front"),
    (r"plantar|foot|toe|heel|ankle", "inner ankle", ""),
    (r"medial lower leg", "inner shin", ""),
    (r"lower leg|back of the knee", "shin", ""),
    (r"posterior thigh", "back thigh", ""),
    (r"lateral thigh", "outer thigh", ""),
    (r"thigh|knee", "front thigh", ""),
    (r"palm|hand|finger|thumb|wrist|forearm|elbow|arm$|shoulder$", "forearm", ""),
    (r"lower abdomen|groin|genital", "lower abdomen", "front"),
    (r"abdomen|chest|breastbone|flank", "upper abdomen", "front"),
    (r"buttock|sacrum|lower back|hip", "lower abdomen", "back"),
    (r"back|spine|blade", "upper abdomen", "back"),
)


def regions(figure: Figure) -> tuple[list[str], Labels]:
    """The names, sorted, after an empty one for "no skin", and for each vertex (n,) the index of its name."""
    rules = Rules(figure, read(LANDMARKS), {})
    kinds = np.array([bone.partition(".")[0] for bone in figure.bones])[figure.dominant]
    letters = np.array([bone.partition(".")[2] for bone in figure.bones])[figure.dominant]
    side = np.where(letters == "", np.where(figure.vertices[:, 0] >= 0, "L", "R"), letters)
    named = np.full(len(side), "", dtype="U48")
    for letter, word in (("L", "left"), ("R", "right")):
        todo = side == letter
        for bones, rule in PARTS:
            part = _starting(kinds, bones, todo)
            todo[part] = False
            if len(part):
                spots = Spots(figure, rules, letter, kinds[part], figure.vertices[part], figure.normals[part])
                named[part] = np.char.replace(rule(spots), "SIDE", word)
    found, which = np.unique(named, return_inverse=True)
    listed = ["", *sorted({str(name) for word in found for name in (word, other_side(word))})]
    index = {name: i for i, name in enumerate(listed)}
    labels = np.array([index[name] for name in found])[which]
    return listed, Net.of(figure).patches(labels, np.array([index[other_side(name)] for name in listed]), ROUNDS)


def other_side(name: str) -> str:
    """The name of the same region on the other side."""
    return re.sub(r"\b(left|right)\b", lambda m: {"left": "right", "right": "left"}[m[0]], name)


def shares(figure: Figure, labels: Labels, count: int, sky: Array | None = None) -> list[float]:
    """Each label's share of the surface of the whole body, by area; skin that nobody can see is left out. They sum to 1.

    sky: occlusion(figure), if it is known.
    """
    a, b, c = (figure.vertices[figure.triangles[:, k]] for k in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 6
    area[inside(figure, sky)[figure.triangles].any(1)] = 0
    total = np.zeros(count)
    for corner in range(3):
        total += np.bincount(labels[figure.triangles[:, corner]], area, count)
    return [float(share) for share in total / total.sum()]


def inside(figure: Figure, sky: Array | None = None) -> Mask:
    """Which vertices (n,) line the mouth, the nose, the eye sockets and the ear canals: those of the head that see no sky."""
    sky = occlusion(figure, 48, 20.0) if sky is None else sky
    kinds = np.array([bone.startswith(INSIDE) for bone in figure.bones])[figure.dominant]
    return kinds & (sky < OPEN)


def scales(names: Sequence[str]) -> dict[str, dict[str, str]]:
    """For each region the `segment` whose B-cun measures it, and the scale `across` or "". ValueError for a region without one."""
    found = {}
    for name in filter(None, names):
        match = next(({"segment": along, "across": across} for words, along, across in _SCALES if re.search(words, name)), None)
        if match is None:
            raise ValueError(f"no segment measures the region {name!r}")
        found[name] = match
    return found


@dataclass(frozen=True)
class Spots:
    """Vertices of one side and part to be named: the side as the rig tells it ("L"), the kinds of bones, places and normals."""

    figure: Figure
    rules: Rules
    letter: str
    bones: Names
    at: Array
    normal: Array

    @property
    def x(self) -> Array:
        """How far from the midline."""
        return np.abs(self.at[:, 0])

    @property
    def y(self) -> Array:
        """How high."""
        return self.at[:, 1]

    @property
    def z(self) -> Array:
        """How far to the front."""
        return self.at[:, 2]

    @property
    def outward(self) -> float:
        """1 along x on the left, -1 on the right: away from the midline."""
        return 1.0 if self.letter == "L" else -1.0

    @property
    def lateral(self) -> Array:
        """How much the skin looks away from the midline, -1 to 1."""
        return self.normal[:, 0] * self.outward

    @property
    def palmar(self) -> Mask:
        """Does the skin look out of the palm?"""
        out = self.figure.turned[f"wrist.{self.letter}"] @ self.figure.rig.hand(self.letter)[2]
        looks: Mask = self.normal @ out > 0
        return looks

    def level(self, landmark: str) -> float:
        """The height of a landmark."""
        return float(self.rules.place(landmark).xyz[1])

    def along(self, start: str, end: str) -> Array:
        """The share of the way from one joint to another, seen along the limb."""
        a, b = self._axis(start, end)
        share: Array = (self.at - a) @ (b - a) / ((b - a) @ (b - a))
        return share

    def aspect(self, start: str, end: str) -> Names:
        """Anterior, posterior, medial or lateral, by the angle round the line from one joint to another."""
        a, b = self._axis(start, end)
        axis = unit(b - a)
        ahead = unit(np.array([0.0, 0, 1]) - axis * axis[2])
        aside = np.cross(ahead, axis)
        aside *= np.sign(aside[0]) * self.outward
        forward, lateral = (self.at - a) @ ahead, (self.at - a) @ aside
        sagittal, frontal = np.where(forward > 0, "anterior", "posterior"), np.where(lateral > 0, "lateral", "medial")
        return np.where(np.abs(forward) > np.abs(lateral), sagittal, frontal)

    def _axis(self, start: str, end: str) -> tuple[Array, Array]:
        return self.figure.joint[f"{start}.{self.letter}"], self.figure.joint[f"{end}.{self.letter}"]


def _starting(kinds: Names, bones: Sequence[str], todo: Mask) -> NDArray[np.int64]:
    return np.flatnonzero(todo & np.logical_or.reduce([np.char.startswith(kinds, bone) for bone in bones]))


def _first(spots: Spots, *rules: tuple[Any, Any]) -> Names:
    """For each spot the name of the first rule that holds; the last always does. "SIDE" stands for left or right."""
    n = len(spots.at)
    holds = [np.broadcast_to(np.asarray(rule, bool), n) for rule, _ in rules]
    return np.select(holds, [np.broadcast_to(np.asarray(name, dtype="U48"), n) for _, name in rules], "")


def _named(before: str, words: Names, after: str) -> Names:
    return np.char.add(np.char.add(before, words), after)


def _head(spots: Spots) -> Names:
    # brought to the height of the head that the numbers are for
    top, chin = spots.level("crown"), spots.level("groove above the chin")
    x, y, z, back = spots.x, HEAD[1] + (spots.y - chin) * (HEAD[0] - HEAD[1]) / (top - chin), spots.z, spots.z < 0.62
    return _first(
        spots,
        ((x > 0.66) & (y > 6.86) & (y < 7.46) & (z > 0.2) & back, "SIDE ear"),
        (back & (y < 6.6) & (z < 0.15) & (x < 0.3), "nape"),
        (back & (y < 6.6), np.where(z < 0.5, "SIDE side of the neck", "SIDE jaw")),
        (back & (y > 8.1), "top of the head"),
        (back & (z < 0.05) & (x < 0.55), "back of the head"),
        (back & (y > 6.86), "SIDE side of the head"),
        (back, np.where(z > 0.4, "SIDE jaw", "SIDE side of the neck")),
        (y > 7.9, "top of the head"),
        ((y > 7.15) & (x > np.where(y > 7.5, 0.55, 0.52)) & (y < 7.85), "SIDE temple"),
        (y > 7.42, "forehead"),
        ((y > 7.15) & (x > 0.14), "SIDE eye"),
        ((x < 0.2) & (y > 6.88), "nose"),
        (y > 6.88, "SIDE cheek"),
        ((x < 0.3) & (y > 6.58), "mouth"),
        (x < 0.3, "chin"),
        (y > 6.72, "SIDE cheek"),
        (True, "SIDE jaw"),
    )


def _neck(spots: Spots) -> Names:
    return _first(
        spots,
        (spots.y <= spots.level("below C7"), _trunk(spots)),
        ((spots.z > 0.5) & (spots.x < 0.35), "throat"),
        ((spots.z < 0.12) & (spots.x < 0.4), "nape"),
        (True, "SIDE side of the neck"),
    )


def _arm(spots: Spots) -> Names:
    upper, lower = spots.along("upperarm01", "lowerarm01"), spots.along("lowerarm01", "wrist")
    forearm = np.char.startswith(spots.bones, "lowerarm")
    return _first(
        spots,
        ((upper > 0.9) & (lower < 0.09), "SIDE elbow"),
        (lower > 0.92, "SIDE wrist"),
        (forearm, _named("SIDE ", spots.aspect("lowerarm01", "wrist"), " forearm")),
        ((upper < 0.3) & (spots.x < 1.6) & (spots.y < spots.level("rib space 2")), "SIDE side of the chest and armpit"),
        (upper < 0.3, "SIDE shoulder"),
        (True, np.where(spots.normal[:, 2] > 0, "SIDE anterior upper arm", "SIDE posterior upper arm")),
    )


def _hand(spots: Spots) -> Names:
    return _first(
        spots,
        (spots.along("wrist", "finger3-1") < 0.1, "SIDE wrist"),
        (spots.palmar, "SIDE palm"),
        (True, "SIDE back of the hand"),
    )


def _finger(spots: Spots) -> Names:
    return _digit(spots, "finger", FINGERS)


def _toe(spots: Spots) -> Names:
    return _digit(spots, "toe", TOES)


def _digit(spots: Spots, kind: str, names: Sequence[str]) -> Names:
    return _first(spots, *((np.char.startswith(spots.bones, f"{kind}{k}"), f"SIDE {name}") for k, name in enumerate(names, 1)))


def _thigh(spots: Spots) -> Names:
    # the groin's crease rises from the pubic bone outwards
    pubis = spots.level("pubic symphysis")
    crease = np.minimum(pubis - 1.07 + 0.85 * spots.x, pubis - 0.07)
    top = np.where(spots.normal[:, 2] > 0, crease, spots.level("gluteal fold") - 0.15)
    return _first(
        spots,
        (spots.y >= top, _trunk(spots)),
        (spots.along("upperleg01", "lowerleg01") > 0.9, _knee(spots)),
        (True, _named("SIDE ", spots.aspect("upperleg01", "lowerleg01"), " thigh")),
    )


def _leg(spots: Spots) -> Names:
    shin = spots.along("lowerleg01", "foot")
    return _first(
        spots,
        (shin < 0.08, _knee(spots)),
        (shin > 0.93, _ankle(spots)),
        (True, _named("SIDE ", spots.aspect("lowerleg01", "foot"), " lower leg")),
    )


def _knee(spots: Spots) -> Names:
    return np.where(spots.aspect("upperleg01", "foot") == "posterior", "SIDE back of the knee", "SIDE knee")


def _ankle(spots: Spots) -> Names:
    return np.where(spots.at[:, 0] * spots.outward > _ankle_middle(spots), "SIDE lateral ankle", "SIDE medial ankle")


def _ankle_middle(spots: Spots) -> float:
    return float(spots.rules.place("front of the ankle").xyz[0] + spots.rules.place("heel cord").xyz[0]) / 2


def _foot(spots: Spots) -> Names:
    heel, ball = spots.figure.joint[f"foot.{spots.letter}"][2] - 0.5, spots.figure.joint[f"toe3-1.{spots.letter}"][2]
    sole, malleoli = spots.level("sole below the medial malleolus"), spots.level("lateral malleolus")
    forward = (spots.z - heel) / (ball - heel)
    under = (spots.normal[:, 1] < -0.55) & (spots.y < sole + 0.25)
    return _first(
        spots,
        (under & (forward < 0.3), "SIDE heel"),
        (under, np.where(forward < 0.72, "SIDE plantar midfoot", "SIDE plantar forefoot")),
        ((forward < 0.2) & (spots.y < malleoli - 0.1), "SIDE heel"),
        ((spots.y > malleoli - 0.12) & (forward < 0.62), _ankle(spots)),
        (spots.lateral > 0.75, "SIDE lateral side of the foot"),
        (spots.lateral < -0.75, "SIDE medial side of the foot"),
        (True, "SIDE top of the foot"),
    )


def _trunk(spots: Spots) -> Names:
    x, y, aside = spots.x, spots.y, spots.lateral
    xiphoid, navel, pubis = (spots.level(name) for name in ("xiphisternal junction", "navel", "pubic symphysis"))
    crest, fold, ribs = spots.level("L4"), spots.level("gluteal fold"), spots.level("below L1")
    arch = np.maximum(xiphoid - 0.8 * x, ribs)
    ahead, middle = spots.normal[:, 2] >= 0, x < 0.12
    groin = pubis + 0.1 + 0.55 * x
    shoulder = x > 1.45
    blade = (x > 0.6) & (y < spots.level("T3") + 0.1) & (y > spots.level("below T8"))
    return _first(
        spots,
        ((y > spots.level("middle of the clavicle") - 0.1) & (x > 0.45) & (spots.normal[:, 1] > 0.45), "SIDE shoulder"),
        ((aside > 0.8) & (y > ribs) & (y < spots.level("rib space 1")), "SIDE side of the chest and armpit"),
        ((spots.normal[:, 1] < -0.3) & (x > 1.25) & (y > spots.level("rib space 5")), "SIDE side of the chest and armpit"),
        ((aside > 0.8) & (y > crest) & (y <= ribs), "SIDE flank"),
        ((aside > 0.75) & (y <= crest), "SIDE hip"),
        (ahead & (y > arch) & (x < 0.18), "breastbone"),
        (ahead & (y > arch), np.where(shoulder & (y > spots.level("rib space 4") + 0.6), "SIDE shoulder", "SIDE chest")),
        (ahead & (y > navel), np.where(middle, "middle of the upper abdomen", "SIDE upper abdomen")),
        (ahead & (y > groin), np.where(middle, "middle of the lower abdomen", "SIDE lower abdomen")),
        (ahead, np.where(x < 0.4, "genital region", "SIDE groin")),
        ((x < 0.2) & (y > spots.level("below T12")), "spine, upper back"),
        ((x < 0.2) & (y > spots.level("below L5")), "spine, lower back"),
        ((x < 0.45) & (y > spots.level("sacral hiatus")) & (y < spots.level("below L5")), "sacrum"),
        ((y > spots.level("rib space 4")) & shoulder, "SIDE shoulder"),
        (blade, "SIDE shoulder blade"),
        (y > spots.level("below T12"), "SIDE upper back"),
        (y > crest - 0.1, "SIDE lower back"),
        ((x < 0.2) & (spots.z > -0.3) & (y < groin), "genital region"),
        ((y > fold - 0.3) & (spots.z < -0.1), "SIDE buttock"),
        (x < 0.4, "genital region"),
        (True, "SIDE groin"),
    )


# which bones lead to which rules; the rest is the trunk
PARTS: tuple[tuple[tuple[str, ...], Callable[[Spots], Names]], ...] = (
    (INSIDE, _head),
    (("neck",), _neck),
    (("upperarm", "lowerarm"), _arm),
    (("wrist", "metacarpal"), _hand),
    (("finger1-1",), _hand),  # the metacarpal of the thumb
    (("finger",), _finger),
    (("upperleg",), _thigh),
    (("lowerleg",), _leg),
    (("foot",), _foot),
    (("toe",), _toe),
    (("",), _trunk),
)
