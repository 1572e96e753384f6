"""The names of places on the skin, by rule: which bone carries it, how far along, and on which side of the limb it lies.

Words are those of a chart: anterior, lateral and so on for the limbs in the anatomical position; everyday words elsewhere.
"""

import numpy as np
from figure import Array, Figure, unit
from numpy.typing import NDArray

FINGERS = ("thumb", "index finger", "middle finger", "ring finger", "little finger")
TOES = ("big toe", "second toe", "third toe", "fourth toe", "little toe")
HEAD_BONES = ("head", "jaw", "levator", "oculi", "orbicularis", "oris", "risorius", "temporalis", "special", "tongue", "eye")
# heights in dm on this figure
NECK, SHOULDER_BLADE, COSTAL_ARCH, NAVEL, PUBIC_BONE, GLUTEAL_FOLD = 5.8, 3.45, 3.3, 2.0, 0.75, -0.72


def regions(figure: Figure) -> tuple[list[str], NDArray[np.int64]]:
    """The names, sorted, after an empty one for "no skin", and for each vertex (n,) the index of its name."""
    names = [_name(figure, i) for i in range(len(figure.vertices))]
    listed = ["", *sorted(set(names))]
    index = {name: i for i, name in enumerate(listed)}
    return listed, np.array([index[name] for name in names])


def _name(figure: Figure, i: int) -> str:
    bone, _, side = figure.bones[figure.dominant[i]].partition(".")
    v, n = figure.vertices[i], figure.normals[i]
    side = side or ("L" if v[0] >= 0 else "R")
    which = "left" if side == "L" else "right"
    if bone.startswith(HEAD_BONES):
        return _head(v, which)
    if bone.startswith("neck") and v[1] > 5.85:
        return _neck(v, which)
    if bone.startswith(("upperarm", "lowerarm")):
        return _arm(figure, v, n, bone, side, which)
    if bone.startswith(("wrist", "metacarpal")):
        return _hand(figure, v, n, side, which)
    if bone.startswith("finger"):
        digit = FINGERS[int(bone[6]) - 1]
        face = "palm side" if n @ _palm(figure, side) > 0 else "back"
        return f"{which} {digit}, {face}"
    if bone.startswith("foot"):
        return _foot(figure, v, n, side, which)
    if bone.startswith("toe"):
        return f"{which} {TOES[int(bone[3]) - 1]}, {'underside' if n[1] < -0.25 else 'top'}"
    if bone.startswith("lowerleg") or (bone.startswith("upperleg") and v[1] < (_crease(v) if n[2] > 0 else GLUTEAL_FOLD)):
        return _leg(figure, v, bone, side, which)
    return _trunk(v, n, which)


def _crease(v: Array) -> float:
    """Height of the groin's crease, which rises from the pubic bone outwards."""
    return min(-0.55 + 0.85 * abs(v[0]), 0.45)


def _along(figure: Figure, v: Array, start: str, end: str, side: str) -> float:
    """The share of the way from one joint to the next, seen along the limb."""
    a, b = figure.joint[f"{start}.{side}"], figure.joint[f"{end}.{side}"]
    return float(np.dot(v - a, b - a) / np.dot(b - a, b - a))


def _aspect(figure: Figure, v: Array, start: str, end: str, side: str) -> str:
    """Anterior, posterior, medial or lateral, by the angle round the limb's axis."""
    a, b = figure.joint[f"{start}.{side}"], figure.joint[f"{end}.{side}"]
    axis = unit(b - a)
    out = v - a - axis * np.dot(v - a, axis)
    ahead = unit(np.array([0.0, 0, 1]) - axis * axis[2])
    aside = np.cross(ahead, axis) * (-1 if side == "L" else 1)
    aside = aside if aside[0] * (1 if side == "L" else -1) > 0 else -aside
    forward, lateral = float(out @ ahead), float(out @ aside)
    if abs(forward) > abs(lateral):
        return "anterior" if forward > 0 else "posterior"
    return "lateral" if lateral > 0 else "medial"


def _palm(figure: Figure, side: str) -> Array:
    """Out of the palm, in this pose."""
    out: Array = figure.turned[f"wrist.{side}"] @ figure.rig.hand(side)[2]
    return out


def _head(v: Array, which: str) -> str:
    x, y, z = abs(v[0]), v[1], v[2]
    if x > 0.66 and 6.86 < y < 7.46 and 0.2 < z < 0.62:
        return f"{which} ear"
    if z < 0.62:
        return _skull(x, y, z, which)
    if y > 7.5:
        return f"{which} temple" if x > 0.55 and y < 7.85 else "forehead" if y < 7.9 else "top of the head"
    if y > 7.15 and 0.14 < x < 0.52:
        return f"{which} eye"
    if x < 0.2 and y > 6.88:
        return "nose"
    if x < 0.3 and 6.58 < y <= 6.88:
        return "mouth"
    if x < 0.3 and y <= 6.58:
        return "chin"
    if x > 0.52 and y > 7.15:
        return f"{which} temple"
    return f"{which} cheek" if y > 6.72 else f"{which} jaw"


def _skull(x: float, y: float, z: float, which: str) -> str:
    if y < 6.6:
        return "nape" if z < 0.15 and x < 0.3 else f"{which} side of the neck" if z < 0.5 else f"{which} jaw"
    if y > 8.1:
        return "top of the head"
    if z < 0.05 and x < 0.55:
        return "back of the head"
    return f"{which} side of the head" if y > 6.86 else f"{which} jaw" if z > 0.4 else f"{which} side of the neck"


def _neck(v: Array, which: str) -> str:
    if v[2] > 0.5 and abs(v[0]) < 0.35:
        return "throat"
    return "nape" if v[2] < 0.12 and abs(v[0]) < 0.4 else f"{which} side of the neck"


def _arm(figure: Figure, v: Array, n: Array, bone: str, side: str, which: str) -> str:
    upper = _along(figure, v, "upperarm01", "lowerarm01", side)
    lower = _along(figure, v, "lowerarm01", "wrist", side)
    if bone.startswith("upperarm") and upper < 0.22:
        return f"{which} shoulder, {'front' if v[2] > figure.joint[f'upperarm01.{side}'][2] else 'back'}"
    if upper > 0.9 and lower < 0.09:
        aspect = _aspect(figure, v, "upperarm01", "lowerarm01", side)
        return f"{which} {'elbow crease' if aspect == 'anterior' else f'{aspect} elbow' if aspect != 'posterior' else 'point of the elbow'}"
    if lower > 0.92:
        return f"{which} wrist, {'palm side' if n @ _palm(figure, side) > 0 else 'back'}"
    if bone.startswith("upperarm"):
        return f"{which} {_aspect(figure, v, 'upperarm01', 'lowerarm01', side)} upper arm"
    return f"{which} {_aspect(figure, v, 'lowerarm01', 'wrist', side)} forearm"


def _hand(figure: Figure, v: Array, n: Array, side: str, which: str) -> str:
    face = n @ _palm(figure, side) > 0
    if _along(figure, v, "wrist", "finger3-1", side) < 0.1:
        return f"{which} wrist, {'palm side' if face else 'back'}"
    return f"{which} {'palm' if face else 'back of the hand'}"


def _leg(figure: Figure, v: Array, bone: str, side: str, which: str) -> str:
    thigh = _along(figure, v, "upperleg01", "lowerleg01", side)
    shin = _along(figure, v, "lowerleg01", "foot", side)
    if thigh > 0.9 and shin < 0.08:
        aspect = _aspect(figure, v, "upperleg01", "foot", side)
        return f"{which} {'back of the knee' if aspect == 'posterior' else f'{aspect} knee' if aspect != 'anterior' else 'kneecap'}"
    if shin > 0.93:
        aspect = _aspect(figure, v, "lowerleg01", "foot", side)
        return f"{which} {'Achilles tendon' if aspect == 'posterior' else f'{aspect} ankle'}"
    if bone.startswith("upperleg"):
        return f"{which} {_aspect(figure, v, 'upperleg01', 'lowerleg01', side)} thigh"
    return f"{which} {_aspect(figure, v, 'lowerleg01', 'foot', side)} lower leg"


def _foot(figure: Figure, v: Array, n: Array, side: str, which: str) -> str:
    heel, ball = figure.joint[f"foot.{side}"][2] - 0.5, figure.joint[f"toe3-1.{side}"][2]
    forward = (v[2] - heel) / (ball - heel)
    if n[1] < -0.55 and v[1] < -7.85:
        return f"{which} sole, {'heel' if forward < 0.3 else 'arch' if forward < 0.72 else 'forefoot'}"
    if forward < 0.2:
        return f"{which} heel" if v[1] < -7.6 else f"{which} Achilles tendon"
    lateral = n[0] * (1 if side == "L" else -1)
    if v[1] > -7.62 and forward < 0.62:
        return f"{which} {'lateral' if lateral > 0.45 else 'medial' if lateral < -0.45 else 'anterior'} ankle"
    if abs(lateral) > 0.75:
        return f"{which} foot, {'outer' if lateral > 0 else 'inner'} edge"
    return f"{which} top of the foot"


def _trunk(v: Array, n: Array, which: str) -> str:
    x, y, z = abs(v[0]), v[1], v[2]
    outward = n[0] * (1 if which == "left" else -1)
    if y > 5.3 and x > 0.45 and n[1] > 0.45:
        return f"top of the {which} shoulder"
    if outward > 0.8 and y < 4.9:
        return f"{which} side of the chest" if y > COSTAL_ARCH else f"{which} flank" if y > 1.0 else f"{which} hip"
    if n[2] >= 0:
        return _front(x, y, which)
    return _back(x, y, z, which)


def _front(x: float, y: float, which: str) -> str:
    if y > COSTAL_ARCH:
        return "breastbone" if x < 0.18 else f"{which} chest" if x < 1.45 or y < 4.6 else f"{which} shoulder, front"
    middle = "middle of the " if x < 0.12 else f"{which} "
    if y > NAVEL:
        return f"{middle}upper abdomen"
    if y > PUBIC_BONE:
        return f"{middle}lower abdomen"
    return "pubic region" if x < 0.45 else f"{which} groin"


def _back(x: float, y: float, z: float, which: str) -> str:
    if y > NECK and x < 0.45:
        return "nape"
    if x < 0.2 and y > 0.9:
        return "spine, upper back" if y > SHOULDER_BLADE else "spine, lower back" if y > 1.35 else "sacrum"
    if y > SHOULDER_BLADE:
        return f"{which} shoulder blade" if 0.55 < x < 1.55 and y < 5.2 else f"{which} upper back" if x < 1.55 else f"{which} shoulder, back"
    if y > 2.6:
        return f"{which} middle back"
    if y > 1.35:
        return f"{which} lower back"
    if y > 0.9 and x < 0.45:
        return "sacrum"
    return f"{which} buttock" if y > GLUTEAL_FOLD or z < -0.2 else f"{which} groin"
