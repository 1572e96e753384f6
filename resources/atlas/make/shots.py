"""The cameras: every view of the atlas, and what part of the body it draws."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from figure import ANATOMICAL, Array, Figure, Pose, both, combine, unit
from render import look

# arms lifted, legs apart: what hanging arms and closed legs hide
OPEN = combine(
    ANATOMICAL,
    both(
        clavicle=[((0.0, 0.0, 1.0), 22)],
        upperarm01=[("aim", (0.55, 0.83, 0.0))],
        lowerarm01=[("aim", (0.35, 0.93, 0.0))],
        upperleg01=[("aim", (0.78, -0.62, 0.1))],
        lowerleg01=[("aim", (0.78, -0.62, 0.1))],
    ),
)
POSES: Mapping[str, Pose] = {"standing": ANATOMICAL, "open": OPEN}
# arms straight out to the side: a limb that is drawn alone lies in no other's shadow
ASIDE = [("aim", (1.0, 0.0, 0.0))]
APART = combine(OPEN, both(clavicle=[], upperarm01=ASIDE, lowerarm01=ASIDE, wrist=ASIDE))
HEAD = ("head", "jaw", "levator", "oculi", "orbicularis", "oris", "risorius", "temporalis", "special", "tongue", "eye", "neck03")
ARM = ("upperarm", "lowerarm", "wrist", "metacarpal", "finger")
HAND = ("lowerarm", "wrist", "metacarpal", "finger")
LEG = ("upperleg", "lowerleg", "foot", "toe")
FOOT = ("lowerleg", "foot", "toe")


@dataclass(frozen=True)
class Fade:
    """Where a picture ends softly: along a direction of the camera's plane, gone up to one place (dm), whole from another."""

    x: float
    y: float
    gone: float
    whole: float

    def at(self, x: Array, y: Array) -> Array:
        """Opacity, 0 to 1, at camera coordinates."""
        t = np.clip((self.x * x + self.y * y - self.gone) / (self.whole - self.gone), 0, 1)
        smooth: Array = t * t * (3 - 2 * t)
        return smooth


@dataclass(frozen=True)
class Shot:
    """One view to take: camera (3, 3), px per dm, how much of each vertex to draw (n,) (None: all), its soft ends, and the step in
    depth that gets a line.

    mirrors names the view that shows the other side and needs no picture of its own.
    """

    name: str
    title: str
    group: str
    camera: Array
    scale: float
    part: Array | None = None
    fades: tuple[Fade, ...] = ()
    jump: float = 0.12
    pose: str = "standing"
    mirrors: str = ""
    other_title: str = ""


def shots(figures: Mapping[str, Figure]) -> list[Shot]:
    """All views of one figure, given in every pose, in the order in which they are offered; a right one comes with its left one."""
    figure = figures["standing"]
    neck, shoulder, hip = (figure.joint[bone] for bone in ("neck01", "upperarm01.L", "upperleg01.L"))
    bust = (
        Fade(0, 1, neck[1] - 0.72, neck[1] - 0.06),
        *(Fade(way, 0, -shoulder[0] - 0.05, -shoulder[0] + 0.7) for way in (1, -1)),
    )
    return [
        Shot("front", "Front", "Body", look(0), 150),
        Shot("back", "Back", "Body", look(180), 150),
        Shot("left", "Left side", "Body", look(-90), 150, mirrors="right", other_title="Right side"),
        Shot("head-front", "Face", "Head", look(0), 330, None, bust, 0.06),
        Shot("head-back", "Back of the head", "Head", look(180), 330, None, bust, 0.06),
        Shot("head-left", "Head, left", "Head", look(-90), 330, None, bust[:1], 0.06, mirrors="head-right", other_title="Head, right"),
        _crown(figure),
        _ear(figure),
        _shoulders(figure),
        *_trunk(figures["open"]),
        *(_arm(figure, face) for face in ("inner", "outer")),
        *(_hand(figure, face) for face in ("palm", "back", "thumb", "little")),
        *(_leg(figure, face, float(hip[1])) for face in ("inner", "outer")),
        *(_foot(figure, face) for face in ("top", "sole", "inner", "outer")),
    ]


def _crown(figure: Figure) -> Shot:
    """The head from above."""
    return Shot("head-top", "Top of the head", "Head", look(0, 90), 330, _of(figure, *HEAD), (), 0.06)


def _ear(figure: Figure) -> Shot:
    """The left ear and what lies around it."""
    top = np.flatnonzero((figure.vertices[:, 1] > figure.joint["head"][1] - 0.4) & (figure.vertices[:, 0] > 0))
    middle = figure.vertices[top[figure.vertices[top, 0].argmax()]]
    u, v = -float(middle[2]), float(middle[1])
    fades = tuple(Fade(x, y, x * u + y * v - 0.75, x * u + y * v - 0.5) for x, y in ((1, 0), (-1, 0), (0, 1), (0, -1)))
    return Shot("ear-left", "Left ear", "Head", look(-90), 700, None, fades, 0.03, mirrors="ear-right", other_title="Right ear")


def _shoulders(figure: Figure) -> Shot:
    """The shoulders from behind and above, the head left out."""
    camera = look(180, 58)
    neck, end = float(camera[1] @ figure.joint["neck02"]) - 0.2, float(camera[1] @ (figure.joint["spine01"] + [0.0, 0.3, -1.0]))
    arms = float(figure.joint["upperarm01.L"][0])
    fades = (Fade(0, 1, end - 0.5, end), Fade(0, -1, -neck - 0.55, -neck - 0.1), *(Fade(x, 0, -arms - 0.6, -arms - 0.2) for x in (1, -1)))
    return Shot("shoulders", "Shoulders from above", "Trunk", camera, 200, 1 - _of(figure, *HEAD), fades, 0.08)


def _trunk(figure: Figure) -> list[Shot]:
    """The flank under the lifted arm, and the floor of the pelvis."""
    neck, hip = figure.joint["neck01"], figure.joint["upperleg01.L"]
    flank = (Fade(0, 1, hip[1] - 1.2, hip[1] - 0.5), Fade(0, -1, -neck[1] - 0.1, -neck[1] + 0.5))
    floor = (Fade(1, 0, -2.4, -1.6), Fade(-1, 0, -2.4, -1.6))
    below = _of(figure, "pelvis", "root", "spine05", "spine04", "upperleg")
    return [
        Shot("trunk-left", "Left flank", "Trunk", look(-90), 200, None, flank, 0.08, "open", "trunk-right", "Right flank"),
        Shot("pelvis", "Floor of the pelvis", "Trunk", look(0, -90), 260, below, floor, 0.06, "open"),
    ]


def _arm(figure: Figure, face: str) -> Shot:
    shoulder, wrist = figure.joint["upperarm01.L"], figure.joint["wrist.L"]
    along = unit(shoulder - wrist)
    outward = unit(np.array([1.0, 0.0, 0.0]) - along * along[0])
    end = float(along @ shoulder) - (0.9 if face == "inner" else 0.0)  # the armpit's edge is seen with the arm lifted
    camera = _camera(outward if face == "outer" else -outward, along)
    title = f"arm, {face} side"
    return Shot(
        f"arm-{face}-left", f"Left {title}", "Arms", camera, 200, _left(figure, ARM), (Fade(0, -1, -end - 0.5, -end),), 0.06,
        mirrors=f"arm-{face}-right", other_title=f"Right {title}",
    )  # fmt: skip


def _hand(figure: Figure, face: str) -> Shot:
    along, thumb, out = figure.rig.hand("L") @ figure.turned["wrist.L"].T
    camera = _camera({"palm": out, "back": -out, "thumb": thumb, "little": -thumb}[face], along)
    wrist = float(camera[1] @ figure.joint["wrist.L"])
    title = {"palm": "palm", "back": "hand, back", "thumb": "hand, thumb side", "little": "hand, little finger side"}[face]
    return Shot(
        f"hand-{face}-left", f"Left {title}", "Hands", camera, 440, _left(figure, HAND), (Fade(0, 1, wrist - 1.0, wrist - 0.4),), 0.03,
        mirrors=f"hand-{face}-right", other_title=f"Right {title}",
    )  # fmt: skip


def _leg(figure: Figure, face: str, hip: float) -> Shot:
    camera = look(-90 if face == "outer" else 90)
    end = hip - 0.7 if face == "inner" else hip + 0.4  # the groin is seen from the front
    title = f"leg, {face} side"
    return Shot(
        f"leg-{face}-left", f"Left {title}", "Legs", camera, 200, _left(figure, LEG), (Fade(0, -1, -end, -end + 0.6),), 0.06,
        mirrors=f"leg-{face}-right", other_title=f"Right {title}",
    )  # fmt: skip


def _foot(figure: Figure, face: str) -> Shot:
    part = _left(figure, FOOT)
    ankle, toe = figure.joint["foot.L"], figure.joint["toe2-1.L"]
    forward = unit((toe - ankle) * [1, 0, 1])
    outward, up = np.array([forward[2], 0.0, -forward[0]]), np.array([0.0, 1.0, 0.0])
    towards, top = {
        "top": (1.1 * up + forward, -forward),
        "sole": (-up, forward),
        "inner": (-outward, up),
        "outer": (outward, up),
    }[face]
    camera = _camera(towards, top)
    shin = float(camera[1] @ ankle)
    fades = () if face == "sole" else (Fade(0, -1, -shin - 1.0, -shin - 0.35),)
    if face in ("inner", "outer"):
        fades = (Fade(0, -1, -shin - 1.3, -shin - 0.7),)
    if face == "sole":
        part = part * (figure.vertices[:, 1] < ankle[1] - 0.1)
    title = f"foot, {face}" + (" side" if face in ("inner", "outer") else "")
    return Shot(
        f"foot-{face}-left", f"Left {title}", "Feet", camera, 440, part, fades, 0.04,
        mirrors=f"foot-{face}-right", other_title=f"Right {title}",
    )  # fmt: skip


def _camera(towards: Array, up: Array) -> Array:
    """A camera that looks against `towards`, with `up` upwards."""
    z = unit(towards)
    y = unit(up - z * np.dot(up, z))
    return np.stack([np.cross(y, z), y, z])


def _left(figure: Figure, kinds: tuple[str, ...]) -> Array:
    """How much of each vertex belongs to a left limb."""
    return _of(figure, *kinds, side=".L")


def _of(figure: Figure, *kinds: str, side: str = "") -> Array:
    """How much of each vertex (n,) bones of these kinds carry, made steeper: where they carry less than a third it is left out."""
    columns = [k for k, bone in enumerate(figure.bones) if bone.startswith(kinds) and bone.endswith(side)]
    carried = figure.rig.smooth @ figure.rig.weights[:, columns].sum(1)
    steep: Array = np.clip((carried - 0.35) / 0.4, 0, 1)
    return steep
