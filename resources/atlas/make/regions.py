"""The names of places on the skin, by rule: which bone carries it, how far along, and on which side of the limb it lies.

Words are those of a chart: anterior, lateral and so on for the limbs in the anatomical position; everyday words elsewhere.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from figure import Array, Figure, unit
from numpy.typing import NDArray

FINGERS = ("thumb", "index finger", "middle finger", "ring finger", "little finger")
TOES = ("big toe", "second toe", "third toe", "fourth toe", "little toe")
# heights in dm on this figure
NECK, SHOULDER_BLADE, COSTAL_ARCH, NAVEL, PUBIC_BONE, GLUTEAL_FOLD, MALLEOLI = 5.8, 3.45, 3.3, 2.0, 0.75, -0.72, -7.62


@dataclass(frozen=True)
class Spot:
    """One vertex to be named: the bone that carries it, its side as the rig ("L") and as words tell it, its place and its normal."""

    figure: Figure
    bone: str
    letter: str
    at: Array
    normal: Array

    @property
    def side(self) -> str:
        """left or right."""
        return "left" if self.letter == "L" else "right"

    @property
    def outward(self) -> float:
        """1 along x on the left, -1 on the right: away from the midline."""
        return 1.0 if self.letter == "L" else -1.0

    @property
    def palmar(self) -> bool:
        """Does the skin look out of the palm?"""
        out = self.figure.turned[f"wrist.{self.letter}"] @ self.figure.rig.hand(self.letter)[2]
        return float(self.normal @ out) > 0

    def along(self, start: str, end: str) -> float:
        """The share of the way from one joint to another, seen along the limb."""
        a, b = self._axis(start, end)
        return float(np.dot(self.at - a, b - a) / np.dot(b - a, b - a))

    def aspect(self, start: str, end: str) -> str:
        """Anterior, posterior, medial or lateral, by the angle round the line from one joint to another."""
        a, b = self._axis(start, end)
        axis = unit(b - a)
        ahead = unit(np.array([0.0, 0, 1]) - axis * axis[2])
        aside = np.cross(ahead, axis)
        aside *= np.sign(aside[0]) * self.outward
        forward, lateral = float((self.at - a) @ ahead), float((self.at - a) @ aside)
        if abs(forward) > abs(lateral):
            return "anterior" if forward > 0 else "posterior"
        return "lateral" if lateral > 0 else "medial"

    def _axis(self, start: str, end: str) -> tuple[Array, Array]:
        return self.figure.joint[f"{start}.{self.letter}"], self.figure.joint[f"{end}.{self.letter}"]


def regions(figure: Figure) -> tuple[list[str], NDArray[np.int64]]:
    """The names, sorted, after an empty one for "no skin", and for each vertex (n,) the index of its name."""
    names = [name_of(figure, vertex) for vertex in range(len(figure.vertices))]
    listed = ["", *sorted(set(names))]
    index = {name: i for i, name in enumerate(listed)}
    return listed, np.array([index[name] for name in names])


def name_of(figure: Figure, vertex: int) -> str:
    """The name of the region that a vertex lies in."""
    at, normal = figure.vertices[vertex], figure.normals[vertex]
    bone, _, letter = figure.bones[figure.dominant[vertex]].partition(".")
    rule = next(rule for kinds, rule in PARTS if bone.startswith(kinds))
    return rule(Spot(figure, bone, letter or ("L" if at[0] >= 0 else "R"), at, normal))


def _first(*rules: tuple[bool, str]) -> str:
    """The name of the first rule that holds; the last always does."""
    return next(name for holds, name in rules if holds)


def _head(spot: Spot) -> str:
    x, (_, y, z) = abs(spot.at[0]), spot.at
    return _first(
        (x > 0.66 and 6.86 < y < 7.46 and 0.2 < z < 0.62, f"{spot.side} ear"),
        (z < 0.62, _skull(x, y, z, spot.side)),
        (y > 7.9, "top of the head"),
        (y > 7.15 and x > (0.55 if y > 7.5 else 0.52) and y < 7.85, f"{spot.side} temple"),
        (y > 7.42, "forehead"),
        (y > 7.15 and x > 0.14, f"{spot.side} eye"),
        (x < 0.2 and y > 6.88, "nose"),
        (x < 0.3 and 6.58 < y <= 6.88, "mouth"),
        (x < 0.3 and y <= 6.58, "chin"),
        (y > 6.72, f"{spot.side} cheek"),
        (True, f"{spot.side} jaw"),
    )


def _skull(x: float, y: float, z: float, side: str) -> str:
    return _first(
        (y < 6.6 and z < 0.15 and x < 0.3, "nape"),
        (y < 6.6, f"{side} side of the neck" if z < 0.5 else f"{side} jaw"),
        (y > 8.1, "top of the head"),
        (z < 0.05 and x < 0.55, "back of the head"),
        (y > 6.86, f"{side} side of the head"),
        (True, f"{side} jaw" if z > 0.4 else f"{side} side of the neck"),
    )


def _neck(spot: Spot) -> str:
    x, (_, y, z) = abs(spot.at[0]), spot.at
    return _first(
        (y <= 5.85, _trunk(spot)),
        (z > 0.5 and x < 0.35, "throat"),
        (z < 0.12 and x < 0.4, "nape"),
        (True, f"{spot.side} side of the neck"),
    )


def _arm(spot: Spot) -> str:
    upper, lower = spot.along("upperarm01", "lowerarm01"), spot.along("lowerarm01", "wrist")
    if upper > 0.9 and lower < 0.09:
        aspect = spot.aspect("upperarm01", "lowerarm01")
        return f"{spot.side} {({'anterior': 'elbow crease', 'posterior': 'point of the elbow'}).get(aspect, f'{aspect} elbow')}"
    if lower > 0.92:
        return _wrist(spot)
    if spot.bone.startswith("lowerarm"):
        return f"{spot.side} {spot.aspect('lowerarm01', 'wrist')} forearm"
    if upper < 0.22:
        return f"{spot.side} shoulder, {'front' if spot.at[2] > spot.figure.joint[f'upperarm01.{spot.letter}'][2] else 'back'}"
    return f"{spot.side} {spot.aspect('upperarm01', 'lowerarm01')} upper arm"


def _hand(spot: Spot) -> str:
    if spot.along("wrist", "finger3-1") < 0.1:
        return _wrist(spot)
    return f"{spot.side} {'palm' if spot.palmar else 'back of the hand'}"


def _wrist(spot: Spot) -> str:
    return f"{spot.side} wrist, {'palm side' if spot.palmar else 'back'}"


def _finger(spot: Spot) -> str:
    return f"{spot.side} {FINGERS[int(spot.bone[6]) - 1]}, {'palm side' if spot.palmar else 'back'}"


def _thigh(spot: Spot) -> str:
    # the groin's crease rises from the pubic bone outwards
    top = min(-0.55 + 0.85 * abs(spot.at[0]), 0.45) if spot.normal[2] > 0 else GLUTEAL_FOLD
    if spot.at[1] >= top:
        return _trunk(spot)
    if spot.along("upperleg01", "lowerleg01") > 0.9:
        return _knee(spot)
    return f"{spot.side} {spot.aspect('upperleg01', 'lowerleg01')} thigh"


def _leg(spot: Spot) -> str:
    shin = spot.along("lowerleg01", "foot")
    if shin < 0.08:
        return _knee(spot)
    if shin > 0.93:
        return _ankle(spot)
    return f"{spot.side} {spot.aspect('lowerleg01', 'foot')} lower leg"


def _ankle(spot: Spot) -> str:
    # the hollows beside the heel cord belong to the ankle
    if spot.normal[2] < -0.8:
        return f"{spot.side} Achilles tendon"
    lateral = spot.normal[0] * spot.outward
    return f"{spot.side} {'lateral' if lateral > 0.45 else 'medial' if lateral < -0.45 else 'anterior'} ankle"


def _knee(spot: Spot) -> str:
    aspect = spot.aspect("upperleg01", "foot")
    return f"{spot.side} {({'anterior': 'kneecap', 'posterior': 'back of the knee'}).get(aspect, f'{aspect} knee')}"


def _foot(spot: Spot) -> str:
    heel, ball = spot.figure.joint[f"foot.{spot.letter}"][2] - 0.5, spot.figure.joint[f"toe3-1.{spot.letter}"][2]
    y, forward, lateral = spot.at[1], (spot.at[2] - heel) / (ball - heel), spot.normal[0] * spot.outward
    part = "heel" if forward < 0.3 else "arch" if forward < 0.72 else "forefoot"
    return _first(
        (spot.normal[1] < -0.55 and y < -7.85, f"{spot.side} sole, {part}"),
        (forward < 0.2 and y < -7.6, f"{spot.side} heel"),
        (y > MALLEOLI and forward < 0.62, _ankle(spot)),
        (abs(lateral) > 0.75, f"{spot.side} foot, {'outer' if lateral > 0 else 'inner'} edge"),
        (True, f"{spot.side} top of the foot"),
    )


def _toe(spot: Spot) -> str:
    return f"{spot.side} {TOES[int(spot.bone[3]) - 1]}, {'underside' if spot.normal[1] < -0.25 else 'top'}"


def _trunk(spot: Spot) -> str:
    x, y = abs(spot.at[0]), spot.at[1]
    return _first(
        (y > 5.3 and x > 0.45 and spot.normal[1] > 0.45, f"top of the {spot.side} shoulder"),
        (spot.normal[0] * spot.outward > 0.8 and y < 4.9, _flank(y, spot.side)),
        (spot.normal[2] >= 0, _front(x, y, spot.side)),
        (True, _back(x, y, spot.at[2], spot.side)),
    )


def _flank(y: float, side: str) -> str:
    return _first((y > COSTAL_ARCH, f"{side} side of the chest"), (y > 1.0, f"{side} flank"), (True, f"{side} hip"))


def _front(x: float, y: float, side: str) -> str:
    where = "middle of the" if x < 0.12 else side
    return _first(
        (y > COSTAL_ARCH and x < 0.18, "breastbone"),
        (y > COSTAL_ARCH, f"{side} chest" if x < 1.45 or y < 4.6 else f"{side} shoulder, front"),
        (y > NAVEL, f"{where} upper abdomen"),
        (y > PUBIC_BONE, f"{where} lower abdomen"),
        (x < 0.45, "pubic region"),
        (True, f"{side} groin"),
    )


def _back(x: float, y: float, z: float, side: str) -> str:
    return _first(
        (y > NECK and x < 0.45, "nape"),
        (y > SHOULDER_BLADE and x < 0.2, "spine, upper back"),
        (y > 1.55 and x < 0.2, "spine, lower back"),
        (0.8 < y <= 1.55 and x < 0.45, "sacrum"),
        (y > SHOULDER_BLADE and 0.55 < x < 1.55 and y < 5.2, f"{side} shoulder blade"),
        (y > SHOULDER_BLADE, f"{side} upper back" if x < 1.55 else f"{side} shoulder, back"),
        (y > 2.6, f"{side} middle back"),
        (y > 1.35, f"{side} lower back"),
        (y > GLUTEAL_FOLD or z < -0.2, f"{side} buttock"),
        (True, f"{side} groin"),
    )


# which bones lead to which rules; the rest is the trunk
PARTS: tuple[tuple[tuple[str, ...], Callable[[Spot], str]], ...] = (
    (("head", "jaw", "levator", "oculi", "orbicularis", "oris", "risorius", "temporalis", "special", "tongue", "eye"), _head),
    (("neck",), _neck),
    (("upperarm", "lowerarm"), _arm),
    (("wrist", "metacarpal"), _hand),
    (("finger",), _finger),
    (("upperleg",), _thigh),
    (("lowerleg",), _leg),
    (("foot",), _foot),
    (("toe",), _toe),
    (("",), _trunk),
)
