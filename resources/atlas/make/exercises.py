"""Draw the exercises of resources/exercises: the figure of the atlas in other poses, lightly clothed, with a few props and arrows.

    python exercises.py DATA [ID ...]        # DATA: the folder mpfb2; without ids all are drawn, a few seconds each

A pose is told by where the hands and feet are; the elbows and knees follow. Props are boxes in the figure's own space and take
part in the depth, so that a hand lies on a chair and a leg hides it. Each picture is a PNG with transparency.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from figure import RELAXED, Array, Figure, Pose, Step, Vector, X, combine, rotation, unit
from PIL import Image, ImageDraw, ImageFont
from render import Frame, look, occlusion, render, zbuffer
from scipy import ndimage

RESOURCES = Path(__file__).parents[2]
WIDTH, HEIGHT = 700, 520  # px; a picture fits in this box
LABEL = 36  # px above a numbered panel
FINE = 2  # drawn this many times larger, then reduced
SKIN, SHIRT, SHORTS, SHADOW = (238, 213, 194), (214, 227, 221), (104, 132, 125), (92, 66, 58)
WALL, TOWEL = (236, 233, 226), (196, 214, 222)
WOOD, WOOD_DARK, LINE, JADE = (226, 220, 208), (150, 140, 124), (112, 88, 76), (47, 125, 109)
SOLE = 0.68  # dm from the ankle joint down to the sole
FORWARD: Vector = (0.0, 0.0, 1.0)
UP: Vector = (0.0, 1.0, 0.0)
FLAT: Vector = (0.13, -0.46, 0.94)  # where the left foot's bone looks when the sole is on the floor


@dataclass(frozen=True)
class Prop:
    """A solid thing: its triangles (n, 3, 3) in dm, counter-clockwise seen from outside. A smooth one has lines at its border only."""

    triangles: Array
    colour: tuple[int, int, int]
    smooth: bool = False


def box(low: Vector, high: Vector, colour: tuple[int, int, int] = WOOD) -> Prop:
    """An upright box from one corner to the other."""
    ends = np.array([low, high])
    out = []
    for axis in range(3):
        a, b = (axis + 1) % 3, (axis + 2) % 3
        for end in (1, 0):
            square = np.empty((4, 3))
            square[:, axis] = ends[end, axis]
            for k, (u, v) in enumerate(((0, 0), (1, 0), (1, 1), (0, 1))):
                square[k, a], square[k, b] = ends[u, a], ends[v, b]
            square = square if end else square[::-1]
            out += [square[[0, 1, 2]], square[[0, 2, 3]]]
    return Prop(np.array(out), colour)


def cloth(x: tuple[float, float], z: Array, y: Array, colour: tuple[int, int, int]) -> Prop:
    """A towel on the floor: as wide as `x`, with the profile y over z."""
    left, right = (np.stack([np.full(len(z), edge), y, z], 1) for edge in x)
    quads = [(left[k], right[k], right[k + 1], left[k + 1]) for k in range(len(z) - 1)]
    return Prop(np.array([t for a, b, c, d in quads for t in ((d, c, b), (d, b, a), (b, c, d), (a, b, d))]), colour, smooth=True)


@dataclass(frozen=True)
class Arrow:
    """A curve through points in the figure's space, with a head at its end."""

    points: Sequence[Sequence[float]]


@dataclass(frozen=True)
class Panel:
    """One phase of an exercise: a figure, what stands about, and how it moves. `only` keeps part of the body (vertices, bool)."""

    figure: Figure
    props: Sequence[Prop] = ()
    arrows: Sequence[Arrow] = ()
    floor: float | None = None
    opacity: Array | None = None


@dataclass(frozen=True)
class Scene:
    """A picture: its panels in rows of `columns`, `gap` dm apart, and the camera they share."""

    panels: Sequence[Panel]
    yaw: float
    pitch: float = 8
    gap: float = 0.6
    columns: int = 6
    numbered: bool = False


# --- poses -------------------------------------------------------------------------------------------------------------------------


def limb(start: Array, lengths: tuple[float, float], target: Sequence[float], pole: Sequence[float]) -> tuple[Vector, Vector]:
    """Directions of the two halves of a limb that reaches a target and bends towards the pole; a target too far is reached for."""
    way = np.array(target, float) - start
    distance = min(float(np.linalg.norm(way)), sum(lengths) - 1e-3)
    along = unit(way)
    first, second = lengths
    cosine = (first**2 + distance**2 - second**2) / (2 * first * distance)
    aside = np.array(pole, float) - along * np.dot(pole, along)
    upper = cosine * along + np.sqrt(max(0.0, 1 - cosine**2)) * unit(aside)
    lower = unit(along * distance - first * upper)
    return (float(upper[0]), float(upper[1]), float(upper[2])), (float(lower[0]), float(lower[1]), float(lower[2]))


def length(figure: Figure, *joints: str) -> float:
    """Distance between two joints."""
    return float(np.linalg.norm(figure.joint[joints[0]] - figure.joint[joints[1]]))


def mirrored(v: Sequence[float], side: str) -> Vector:
    """A direction given for the left side, for that side."""
    return (v[0] if side == "L" else -v[0], v[1], v[2])


@dataclass(frozen=True)
class Foot:
    """Where the ankle is and where the foot and the toes look; given for the left, mirrored for the right."""

    ankle: Vector
    look: Vector = FLAT
    toes: Vector | None = None
    knee: Vector = (0.1, 0.0, 1.0)


@dataclass(frozen=True)
class Hand:
    """Where the wrist is, where the palm faces, where the fingers point, how far each joint is bent (degrees); for the left.

    `thumb` gives its three bones as shares along the fingers, to the thumb's side and to the palm.
    """

    wrist: Vector
    palm: Vector
    fingers: Vector
    bends: tuple[float, float, float] = (8, 10, 8)
    thumb: tuple[Vector, Vector, Vector] = ((0.75, 0.55, 0.40), (0.85, 0.40, 0.45), (0.90, 0.30, 0.45))
    elbow: Vector = (0.5, -1.0, -0.3)
    spread: float = 1.0
    reach: bool = True  # False: only shapes the hand; the arm stays where the pose has it


def stand(figure: Figure, trunk: Pose, feet: Mapping[str, Foot], hands: Mapping[str, Hand]) -> Figure:
    """The figure with that trunk whose feet and hands are where they are told to be."""
    pose = combine(RELAXED, trunk)
    base = figure.posed(pose)
    for side, foot in feet.items():
        hip, knee, ankle = (f"{b}.{side}" for b in ("upperleg01", "lowerleg01", "foot"))
        halves = length(figure, hip, knee), length(figure, knee, ankle)
        upper, lower = limb(base.joint[hip], halves, mirrored(foot.ankle, side), mirrored(foot.knee, side))
        pose |= {hip: [("aim", upper)], knee: [("aim", lower)], ankle: [("aim", mirrored(foot.look, side))]}
        if foot.toes is not None:
            pose |= {f"toe{n}-1.{side}": [("aim", mirrored(foot.toes, side))] for n in range(1, 6)}
    for side, hand in hands.items():
        shoulder, elbow, wrist = (f"{b}.{side}" for b in ("upperarm01", "lowerarm01", "wrist"))
        if hand.reach:
            upper, lower = limb(
                base.joint[shoulder],
                (length(figure, shoulder, elbow), length(figure, elbow, wrist)),
                mirrored(hand.wrist, side),
                mirrored(hand.elbow, side),
            )
            pose |= {shoulder: [("aim", upper)], elbow: [("aim", lower)]}
        pose |= fingers(hand, side)
    return figure.posed(pose)


def fingers(hand: Hand, side: str) -> dict[str, list[Step]]:
    """The wrist, the palm and every finger joint of a hand."""
    along, palm = unit(mirrored(hand.fingers, side)), np.array(mirrored(hand.palm, side))
    palm = unit(palm - along * np.dot(palm, along))
    radial = np.cross(palm, along) * (1 if side == "L" else -1)
    pose: dict[str, list[Step]] = {f"palm.{side}": [("face", tuple(palm))], f"wrist.{side}": [("aim", tuple(along))]}
    for finger, fan in ((2, 5.0), (3, 0.5), (4, -4.0), (5, -9.0)):
        total = 0.0
        straight = unit(along + np.tan(np.radians(fan * hand.spread)) * radial)
        for joint, bend in enumerate(hand.bends, 1):
            total += np.radians(bend)
            pose[f"finger{finger}-{joint}.{side}"] = [("aim", tuple(np.cos(total) * straight + np.sin(total) * palm))]
    for joint, (a, r, p) in enumerate(hand.thumb, 1):
        pose[f"finger1-{joint}.{side}"] = [("aim", tuple(unit(a * along + r * radial + p * palm)))]
    return pose


def lean(degrees: float, back: float = 0.0) -> Pose:
    """The trunk tipped forward at the hips, and bent by `back` degrees along the spine."""
    spine: dict[str, list[Step]] = {f"spine0{n}": [(X, back / 5)] for n in range(1, 6)}
    return {"root": [(X, degrees)], **spine, "neck01": [(X, -(degrees + back) * 0.35)], "head": [(X, -(degrees + back) * 0.35)]}


# --- drawing -----------------------------------------------------------------------------------------------------------------------


def clothes(figure: Figure) -> tuple[Array, Array]:
    """How much shirt and how much shorts lie on each vertex (n,), 0 to 1, one half at the hem."""
    v = figure.rig.smooth @ figure.rig.rest
    mirror = v * np.sign(v[:, :1]) * (1, 0, 0) + v * (0, 1, 1)
    shoulder = figure.rig.head["upperarm01.L"]
    along = (mirror - shoulder) @ unit(figure.rig.head["lowerarm01.L"] - shoulder)
    arms = [k for k, bone in enumerate(figure.bones) if bone.startswith(("upperarm", "lowerarm", "wrist", "metacarpal", "finger"))]
    arm = figure.rig.smooth @ figure.rig.weights[:, arms].sum(1)
    sleeve = np.maximum(1.25 - along, 2 * (0.5 - arm))
    neck = np.linalg.norm((v - (0, 6.05, 0.28)) * (1, 1, 0.8), axis=1) - 0.92
    hip = np.where(arm < 0.5, 1.0, -1.0)
    shirt = np.minimum.reduce([v[:, 1] - 0.95, sleeve, neck, 6.2 - v[:, 1]])
    shorts = np.minimum.reduce([0.97 - v[:, 1], v[:, 1] + 2.0, hip])
    return np.clip(0.5 + shirt / 0.5, 0, 1), np.clip(0.5 + shorts / 0.5, 0, 1)


def share(figure: Figure, frame: Frame, values: Array) -> Array:
    """A value of the vertices seen at every pixel, 0 to 1."""
    seen = render(figure, frame, opacity=0.02 + 0.98 * values)
    whole = render(figure, frame)
    return np.clip((seen.alpha / np.maximum(whole.alpha, 1) - 0.02) / 0.98, 0, 1)


def draw_panel(panel: Panel, camera: Array, scale: float) -> tuple[Image.Image, Frame]:
    """A panel at `scale` px per dm, with the frame it was taken in."""
    figure = panel.figure
    corners = [prop.triangles for prop in panel.props]
    points = [np.array(arrow.points, float) for arrow in panel.arrows]
    shown = figure.vertices if panel.opacity is None else figure.vertices[panel.opacity > 0]
    frame = around(np.concatenate([shown, *(c.reshape(-1, 3) for c in corners), *points]), camera, scale, int(0.35 * scale))
    sky = occlusion(figure, 64)
    picture = render(figure, frame, sky, panel.opacity)
    colour = np.array(SKIN, float) * np.ones((*picture.shade.shape, 1))
    for cloth, tint in zip(clothes(figure), (SHIRT, SHORTS), strict=True):
        over = np.clip((share(figure, frame, cloth) - 0.5) * 14 + 0.5, 0, 1)[..., None]
        colour = colour * (1 - over) + np.array(tint) * over
    light = (picture.shade / 255.0)[..., None]
    light = np.clip(light * 1.08, 0, 1)
    colour = np.array(SHADOW) * (1 - light) + colour * light
    alpha, depth = picture.alpha / 255.0, picture.depth
    colour, alpha = outlined(colour, alpha, depth, scale)
    for prop in panel.props:
        colour, alpha, depth = with_prop(colour, alpha, depth, prop, frame)
    if panel.floor is not None:
        colour, alpha = grounded(colour, alpha, panel, frame)
    pixels = np.dstack([np.clip(colour, 0, 255), np.clip(alpha, 0, 1) * 255]).round().astype(np.uint8)
    image = Image.fromarray(pixels)
    for arrow in panel.arrows:
        draw_arrow(image, frame.project(np.array(arrow.points, float))[:, :2], scale)
    return image, frame


def around(points: Array, camera: Array, scale: float, margin: int) -> Frame:
    """The frame that holds all points."""
    p = points @ camera.T
    lo, hi = p.min(0), p.max(0)
    width, height = (int(np.ceil((hi[k] - lo[k]) * scale)) + 2 * margin for k in (0, 1))
    return Frame(camera, scale, (float(lo[0] - margin / scale), float(hi[1] + margin / scale)), width, height)


def outlined(colour: Array, alpha: Array, depth: Array, scale: float) -> tuple[Array, Array]:
    """A fine dark line round the figure and where one part stands before another."""
    flat = np.where(np.isnan(depth), -30.0, depth)
    near = ndimage.grey_dilation(flat, (3, 3))
    edge = (near - flat > max(0.12, 7 / scale)) & (flat > -29) | (near > -29) & (flat <= -29) & (alpha < 0.5)
    line = ndimage.gaussian_filter(ndimage.binary_dilation(edge, iterations=max(1, round(scale / 90))).astype(float), 0.7)[..., None]
    whole = ndimage.grey_dilation(alpha, (5, 5))[..., None]
    strength = np.clip(line * 1.2, 0, 0.85) * np.clip((whole - 0.35) / 0.6, 0, 1)  # no line where the figure fades away
    return colour * (1 - strength) + np.array(LINE) * strength, np.maximum(alpha, strength[..., 0])


def with_prop(colour: Array, alpha: Array, depth: Array, prop: Prop, frame: Frame) -> tuple[Array, Array, Array]:
    """The picture with a prop in it, before or behind what is there."""
    triangles = prop.triangles
    p = frame.project(triangles.reshape(-1, 3)).reshape(-1, 3, 3)
    face, _, seen = zbuffer(p, frame.width, frame.height)
    there = face >= 0
    normal = unit(np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]))
    tone = 0.88 + 0.12 * np.clip(normal @ (0.15, 0.95, 0.3), -1, 1)
    shade = np.array(prop.colour) * tone[np.where(there, face, 0)][..., None]
    plane = np.where(there, 0 if prop.smooth else face // 2, -1)
    edge = (ndimage.maximum_filter(plane, 3) != ndimage.minimum_filter(plane, 3)) & ndimage.binary_dilation(there)
    shade[edge] = WOOD_DARK
    there |= edge
    seen = np.where(np.isnan(seen), ndimage.maximum_filter(np.nan_to_num(seen, nan=-99.0), 3), seen)
    before = there & ~((~np.isnan(depth)) & (depth > seen))
    behind = there & ~before & (alpha < 1)
    mix = np.where(before, 1.0, 0.0)[..., None]
    out = colour * (1 - mix) + shade * mix
    blend = alpha[..., None]
    out = np.where(behind[..., None], colour * blend + shade * (1 - blend), out)
    return out, np.where(there, 1.0, alpha), np.where(before, seen, depth)


def grounded(colour: Array, alpha: Array, panel: Panel, frame: Frame) -> tuple[Array, Array]:
    """A soft shadow on the floor under all that stands on it."""
    floor = panel.floor or 0.0
    v = panel.figure.vertices if panel.opacity is None else panel.figure.vertices[panel.opacity > 0.9]
    weight = np.clip(1 - (v[:, 1] - floor) / 1.6, 0, 1) ** 2
    points = [np.c_[v[:, 0], np.full(len(v), floor), v[:, 2]]]
    weights = [weight]
    for prop in panel.props:
        low, high = prop.triangles.min((0, 1)), prop.triangles.max((0, 1))
        if low[1] <= floor + 0.05 and high[1] > floor + 0.3:
            x, z = np.meshgrid(np.linspace(low[0], high[0], 12), np.linspace(low[2], high[2], 12))
            points.append(np.c_[x.ravel(), np.full(x.size, floor), z.ravel()])
            weights.append(np.full(x.size, 1.5))
    p = frame.project(np.concatenate(points))
    dark = np.zeros(alpha.shape)
    column, row = (np.clip(p[:, k].astype(int), 0, alpha.shape[1 - k] - 1) for k in (0, 1))
    np.add.at(dark, (row, column), np.concatenate(weights))
    soft = ndimage.gaussian_filter(dark, 0.16 * frame.scale)
    soft = 0.42 * np.clip(soft / max(np.percentile(soft[soft > soft.max() * 0.05], 85), 1e-9), 0, 1)
    total = alpha + soft * (1 - alpha)
    mix = (alpha / np.maximum(total, 1e-9))[..., None]
    return colour * mix + np.array((120, 112, 100)) * (1 - mix), total


def curve(points: Array) -> Array:
    """A smooth line (n, 2) through two, three or more points (Catmull-Rom)."""
    if len(points) == 2:
        return np.linspace(points[0], points[1], 24)
    padded = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    out = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        t = np.linspace(0, 1, 16, endpoint=False)[:, None]
        out.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    return np.concatenate([*out, points[-1:]])


def draw_arrow(image: Image.Image, points: Array, scale: float) -> None:
    """An arrow in jade with a light rim, onto the image."""
    line = curve(points)
    size = min(0.50 * scale, 20 * FINE)
    bare = line[np.linalg.norm(line - line[-1], axis=1) > size * 0.7]
    shaft, tip = [tuple(p) for p in bare], line[-1]
    ahead = unit(tip - bare[-1])
    aside = np.array([-ahead[1], ahead[0]])
    draw = ImageDraw.Draw(image)
    for tint, extra in (((255, 255, 255, 255), size * 0.16), ((*JADE, 255), 0)):
        width = size * 0.30 + extra * 1.5
        draw.line(shaft, fill=tint, width=max(1, round(width)), joint="curve")
        for end in (shaft[0], shaft[-1]):
            draw.ellipse([end[0] - width / 2, end[1] - width / 2, end[0] + width / 2, end[1] + width / 2], fill=tint)
        point, base = tip + ahead * (extra * 1.6), tip - ahead * (size * 0.85 + extra)
        draw.polygon([tuple(point), tuple(base + aside * (size * 0.5 + extra)), tuple(base - aside * (size * 0.5 + extra))], fill=tint)


def draw(scene: Scene) -> Image.Image:
    """The whole picture, in a box of WIDTH x HEIGHT."""
    camera = look(scene.yaw, scene.pitch)
    rows = [scene.panels[k : k + scene.columns] for k in range(0, len(scene.panels), scene.columns)]
    spans = [[extent(panel, camera) for panel in row] for row in rows]
    wide = max(sum(s[0] for s in row) + scene.gap * (len(row) - 1) for row in spans)
    high = sum(max(s[2] for s in row) - min(s[1] for s in row) for row in spans)
    label = LABEL if scene.numbered else 0
    scale = FINE * min((WIDTH - 8) / wide, (HEIGHT - 8 - label * len(rows)) / high)
    drawn, number = [], 0
    for row in rows:
        drawn.append(draw_row(row, camera, scale, round(scene.gap * scale), number + 1 if label else 0))
        number += len(row)
    sheet, top = Image.new("RGBA", (max(r.width for r in drawn), sum(r.height for r in drawn))), 0
    for row_image in drawn:
        sheet.alpha_composite(row_image, ((sheet.width - row_image.width) // 2, top))
        top += row_image.height
    return reduced(sheet)


def draw_row(panels: Sequence[Panel], camera: Array, scale: float, space: int, first: int) -> Image.Image:
    """Panels side by side, `space` px apart and with their floors at one height, numbered from `first` if that is not 0."""
    label = LABEL * FINE if first else 0
    drawn = [draw_panel(panel, camera, scale) for panel in panels]
    tops = [frame.origin[1] - ground(p, camera) for p, (_, frame) in zip(panels, drawn, strict=True)]
    offsets = [label + round((max(tops) - top) * scale) for top in tops]
    wide = sum(image.width for image, _ in drawn) + space * (len(drawn) - 1)
    row, left = Image.new("RGBA", (wide, max(i.height + o for (i, _), o in zip(drawn, offsets, strict=True)))), 0
    for number, ((image, _), offset) in enumerate(zip(drawn, offsets, strict=True), first):
        row.alpha_composite(image, (left, offset))
        if first:
            font = ImageFont.truetype(str(RESOURCES / "fonts" / "NeuroChartSans-SemiBold.ttf"), 26 * FINE)
            ImageDraw.Draw(row).text((left + image.width / 2, label / 2), str(number), fill=(*JADE, 255), font=font, anchor="mm")
        left += image.width + space
    return row


def reduced(sheet: Image.Image) -> Image.Image:
    """The picture at its final size, without dark fringes, in tones coarse enough for a small file."""
    fitted = min(WIDTH / sheet.width, HEIGHT / sheet.height)
    size = (round(sheet.width * fitted), round(sheet.height * fitted))
    solid = np.array(sheet, float)
    solid[..., :3] *= solid[..., 3:] / 255
    small = np.array(Image.fromarray(solid.round().astype(np.uint8)).resize(size, Image.Resampling.LANCZOS), float)
    small[..., :3] = np.clip(small[..., :3] * 255 / np.maximum(small[..., 3:], 1), 0, 255)
    return Image.fromarray(np.clip((small / 3).round() * 3, 0, 255).astype(np.uint8))


def extent(panel: Panel, camera: Array) -> tuple[float, float, float]:
    """Width, and lowest and highest edge, of a panel in dm on the camera's plane, margins included."""
    shown = panel.figure.vertices if panel.opacity is None else panel.figure.vertices[panel.opacity > 0]
    parts = [shown, *(prop.triangles.reshape(-1, 3) for prop in panel.props), *(np.array(a.points, float) for a in panel.arrows)]
    p = np.concatenate(parts) @ camera.T
    lo, hi = p.min(0), p.max(0)
    base = ground(panel, camera)
    return float(hi[0] - lo[0]) + 0.7, float(lo[1]) - 0.35 - base, float(hi[1]) + 0.35 - base


def ground(panel: Panel, camera: Array) -> float:
    """How high the floor's middle lies on the camera's plane, so that the floors of all panels are one."""
    return 0.0 if panel.floor is None else float(camera[1, 1]) * panel.floor


# --- props -------------------------------------------------------------------------------------------------------------------------


def chair(z: float, floor: float, x: float = 0.0) -> list[Prop]:
    """A plain chair for someone who looks to +z; its seat's middle is over (x, z)."""
    half, deep, top, leg = 2.1, 2.1, floor + 4.5, 0.34
    back, front = z - deep, z + deep
    props = [box((x - half, top - 0.35, back), (x + half, top, front))]
    for left in (x - half, x + half - leg):
        props.append(box((left, floor, front - leg), (left + leg, top - 0.35, front)))
        props.append(box((left, floor, back), (left + leg, floor + 9.0, back + leg)))
    rails = ((7.9, 9.0), (6.2, 6.8))
    return props + [box((x - half, floor + low, back), (x + half, floor + high, back + leg)) for low, high in rails]


def held(rail: float, floor: float, x: float = 1.3) -> Hand:
    """A hand on the back of a chair whose rail is at z = rail: the palm on top, the fingers over the far side."""
    return Hand(
        (x, floor + 9.45, rail - 0.72),
        palm=(0, -0.95, -0.3),
        fingers=(-0.05, -0.22, 1),
        bends=(12, 52, 34),
        elbow=(0.6, -0.5, -0.9),
    )


def flat(x: float, z: float, floor: float, out: float = 0.10) -> Foot:
    """A foot with its sole on the floor, the toes turned out a little."""
    return Foot((x, floor + SOLE, z), look=(out, -0.46, 0.94))


def arc(centre: Sequence[float], start: Sequence[float], axis: Sequence[float], degrees: float, steps: int = 9) -> Array:
    """Points (steps, 3) on an arc about an axis through a centre."""
    middle, spoke = np.array(centre, float), np.array(start, float) - np.array(centre, float)
    return np.array([middle + rotation(axis, degrees * k / (steps - 1)) @ spoke for k in range(steps)])


def part(figure: Figure, start: Sequence[float], along: Sequence[float], fade: float, bones: tuple[str, ...]) -> Array:
    """Opacity (n,) of a part of the body: what those bones carry, beyond `start` in the rest pose, fading in over `fade` dm."""
    chosen = [k for k, bone in enumerate(figure.bones) if bone.startswith(bones) and bone.endswith(".L")]
    carried = figure.rig.smooth @ figure.rig.weights[:, chosen].sum(1)
    v = figure.rig.smooth @ figure.rig.rest
    beyond = (v - np.array(start)) @ unit(along)
    return np.where(carried > 0.5, np.clip(beyond / fade, 0, 1), 0.0)


# --- the exercises -----------------------------------------------------------------------------------------------------------------


def calf_stretch(f: Figure) -> Scene:
    """Both hands on the wall, the near leg straight behind."""
    floor, wall = -7.46, 5.5
    hand = Hand((1.25, 4.35, wall - 0.42), palm=(0, -0.05, 1), fingers=(-0.05, 1, 0.12), bends=(2, 3, 3), elbow=(0.7, -1, 0))
    figure = stand(
        f,
        lean(13),
        {
            "L": flat(0.95, -3.45, floor, 0.02),
            "R": flat(0.95, 1.35, floor, 0.05),
        },
        {"L": hand, "R": hand},
    )
    side = box((-2.6, floor, wall), (2.6, floor + 16, wall + 0.4), WALL)
    return Scene(
        [
            Panel(
                figure,
                [side],
                [
                    Arrow([(1.6, -0.2, 1.7), (1.6, -0.1, 3.5)]),
                    Arrow([(1.6, floor + 2.6, -4.5), (1.6, floor + 0.7, -4.5)]),
                ],
                floor,
            )
        ],
        yaw=-72,
    )


def hamstring_stretch(f: Figure) -> Scene:
    """On the edge of a chair, one heel far in front, the trunk tipped forward."""
    floor = -4.95
    hand = Hand((1.35, 1.15, 2.55), palm=(0, -1, 0), fingers=(-0.1, -0.28, 1), bends=(8, 16, 12), elbow=(1, -0.2, -0.6))
    figure = stand(
        f,
        lean(32, 6),
        {
            "L": Foot((1.05, floor + 0.42, 6.1), look=(0.1, 0.72, 0.66), knee=(0.1, 1, 0.3)),
            "R": flat(1.15, 3.4, floor),
        },
        {"L": replace(hand, wrist=(-0.55, 1.05, 2.4), fingers=(-0.35, -0.28, 1)), "R": hand},
    )
    turn = arc((1.0, 0.5, 0), (1.0, 7.6, -2.2), X, 27)
    return Scene([Panel(figure, chair(-0.75, floor), [Arrow(turn)], floor)], yaw=-68)


def shin(f: Figure) -> Array:
    """The near lower leg from the calf down."""
    return part(f, f.rig.head["lowerleg01.L"] - np.array((0, 1.1, 0)), (0, -1, 0), 1.0, ("lowerleg", "foot", "toe"))


def ankle_pumps(f: Figure) -> Scene:
    """The lower leg stretched out: toes up, toes away."""

    def leg(look: Vector) -> Figure:
        return stand(f, {}, {"L": Foot((1.0, 0.6, 7.9), look=look, knee=(0, 1, 0))}, {})

    def sweep(start: float, degrees: float) -> Arrow:
        a = np.radians(start)
        return Arrow(arc((1.2, 0.6, 7.9), (1.2, 0.6 + 2.75 * np.sin(a), 7.9 + 2.75 * np.cos(a)), X, -degrees))

    up, away = (0.06, 0.99, -0.08), (0.06, 0.30, 0.95)
    return Scene(
        [
            Panel(leg(up), (), [sweep(18, 48)], opacity=shin(f)),
            Panel(leg(away), (), [sweep(76, -46)], opacity=shin(f)),
        ],
        yaw=-80,
        pitch=6,
        gap=0.0,
    )


def ankle_circles(f: Figure) -> Scene:
    """The foot held clear, the big toe drawing a circle."""

    def leg(look: Vector) -> Figure:
        return stand(f, {}, {"L": Foot((1.0, 0.0, 7.4), look=look, knee=(0, 1, 0))}, {})

    foot = leg((0.08, 0.62, 0.76))
    toe, axis = foot.tail["toe1-2.L"], (0.0, 0.35, 0.94)
    rim = toe + np.array((1.2, 0, 0))
    ways = [Arrow(arc(toe, rim, axis, degrees, 25)) for degrees in (290, -290)]
    return Scene([Panel(foot, (), [way], opacity=shin(f)) for way in ways], yaw=-38, pitch=14, gap=0.2)


def towel_curls(f: Figure) -> Scene:
    """The sole on a towel: toes flat, then curled with the towel gathered under them."""
    floor = -4.95

    def leg(curl: float) -> Figure:
        pose = combine(RELAXED)
        halves = length(f, "upperleg01.L", "lowerleg01.L"), length(f, "lowerleg01.L", "foot.L")
        upper, lower = limb(f.posed(pose).joint["upperleg01.L"], halves, (1.0, floor + SOLE, 3.7), FORWARD)
        pose |= {"upperleg01.L": [("aim", upper)], "lowerleg01.L": [("aim", lower)], "foot.L": [("aim", (0.04, -0.46, 0.94))]}
        for toe in range(1, 6):
            for joint, bend in enumerate((-6, 42, 74), 1):
                if f"toe{toe}-{joint}.L" in f.bones:
                    a = np.radians(bend * curl + 6)
                    pose[f"toe{toe}-{joint}.L"] = [("aim", (0.10 - 0.05 * toe, -np.sin(a), np.cos(a)))]
        return f.posed(pose)

    z = np.linspace(2.9, 8.3, 80)
    smooth = cloth((-0.2, 2.3), z, np.full(80, floor + 0.04), TOWEL)
    bunch = np.linspace(2.9, 7.3, 120)
    rise = np.clip((bunch - 4.9) / 0.5, 0, 1) * np.clip((7.3 - bunch) / 1.2, 0.25, 1)
    waves = floor + 0.05 + 0.26 * rise * (1 + np.sin((bunch - 4.9) * 7.5))
    pull = Arrow([(2.9, floor + 0.3, 8.3), (2.9, floor + 0.3, 6.3)])
    return Scene(
        [
            Panel(leg(0), [smooth], (), floor, shin(f)),
            Panel(leg(1), [cloth((-0.2, 2.3), bunch, waves, TOWEL)], [pull], floor, shin(f)),
        ],
        yaw=-52,
        pitch=20,
        gap=0.2,
    )


def heel_raises(f: Figure) -> Scene:
    """Behind a chair: flat, then on the balls of the feet."""
    floor, rail, lift = -8.2, 2.9, 0.68
    down = floor - lift
    low = stand(f, {}, {s: flat(0.95, -0.1, floor) for s in "LR"}, {s: held(rail, floor) for s in "LR"})
    tip = Foot((0.95, down + SOLE + lift, 0.35), look=(0.10, -1.1, 0.55), toes=(0.08, -0.10, 0.99))
    high = stand(f, {}, {"L": tip, "R": tip}, {s: held(rail, down) for s in "LR"})
    return Scene(
        [
            Panel(low, chair(rail + 1.93, floor), (), floor),
            Panel(high, chair(rail + 1.93, down), [Arrow([(0.9, down + 0.5, -1.7), (0.9, down + 2.3, -1.7)])], down),
        ],
        yaw=-66,
    )


def weight_shifts(f: Figure) -> Scene:
    """Seen from behind, holding a chair: the weight in the middle, then over one foot."""
    floor, rail, shift = -8.13, 2.8, 1.05

    def over(x: float) -> Figure:
        feet = {"L": flat(1.35 - x, -0.05, floor, 0.12), "R": flat(1.35 + x, -0.05, floor, 0.12)}
        if x:
            feet["R"] = replace(feet["R"], ankle=(1.35 + x, floor + SOLE + 0.23, -0.05), look=(0.12, -0.60, 0.79), toes=(0.1, -0.15, 0.98))
        hands = {"L": held(rail, floor, 1.35 - x), "R": held(rail, floor, 1.35 + x)}
        return stand(f, lean(2), feet, hands)

    def place(x: float) -> list[Prop]:
        return chair(rail + 1.93, floor, x=-x)

    return Scene(
        [
            Panel(over(0), place(0), (), floor),
            Panel(over(shift), place(shift), [Arrow([(2.1, 0.4, -1.2), (3.6, 0.4, -1.2)])], floor),
        ],
        yaw=176,
        pitch=10,
    )


def heel_to_toe_walk(f: Figure) -> Scene:
    """One foot before the other on a line, a hand on the wall."""
    floor, wall = -8.05, -3.3
    figure = stand(
        f,
        {},
        {
            "L": Foot((0.06, floor + SOLE, 1.35), look=(0.0, -0.46, 0.94)),
            "R": Foot((0.06, floor + SOLE, -1.12), look=(0.0, -0.46, 0.94)),
        },
        {
            "R": Hand((2.95, 3.6, 1.6), palm=(1, 0, 0.05), fingers=(0.1, 0.75, 0.66), bends=(2, 4, 4), elbow=(0.4, -1, -0.4)),
            "L": Hand((4.2, 1.6, 0.9), palm=(-0.2, -1, 0), fingers=(0.85, -0.3, 0.45), elbow=(0.2, -0.8, -0.8)),
        },
    )
    props = [box((wall - 0.35, floor, -3.4), (wall, floor + 15.5, 5.6), WALL), box((-0.07, floor, -3.2), (0.07, floor + 0.02, 6.2), JADE)]
    return Scene([Panel(figure, props, [Arrow([(1.1, floor + 0.05, 3.9), (1.1, floor + 0.05, 6.4)])], floor)], yaw=-52, pitch=14)


def one_leg_stand(f: Figure) -> Scene:
    """Behind a chair with both hands on it, one foot off the floor."""
    floor, rail = -8.18, 2.9
    figure = stand(
        f,
        {},
        {
            "R": flat(0.55, -0.05, floor),
            "L": Foot((0.95, floor + SOLE + 1.9, -1.25), look=(0.06, -0.75, 0.66)),
        },
        {s: held(rail, floor) for s in "LR"},
    )
    return Scene([Panel(figure, chair(rail + 1.93, floor), [Arrow([(1.2, floor + 0.3, -2.6), (1.2, floor + 2.6, -2.6)])], floor)], yaw=-60)


def mini_squats(f: Figure) -> Scene:
    """Behind a chair: tall, then with hips and knees a little bent."""
    floor, rail = -8.2, 2.9
    drop, behind = 1.15, 1.0
    low = floor + drop
    tall = stand(f, {}, {s: flat(1.1, -0.1, floor, 0.18) for s in "LR"}, {s: held(rail, floor) for s in "LR"})
    bent = stand(
        f,
        lean(24),
        {s: Foot((1.1, low + SOLE, behind), look=(0.18, -0.46, 0.94), knee=(0.2, 0, 1)) for s in "LR"},
        {s: held(rail + behind, low) for s in "LR"},
    )
    return Scene(
        [
            Panel(tall, chair(rail + 1.93, floor), (), floor),
            Panel(bent, chair(rail + behind + 1.93, low), [Arrow([(1.2, 1.7, -2.5), (1.2, -0.6, -2.9)])], low),
        ],
        yaw=-66,
    )


def raised_hand(f: Figure, hand: Hand) -> Figure:
    """The left forearm upright beside the shoulder, with that hand."""
    arm = {"upperarm01.L": [("aim", (0.25, -0.9, 0.35))], "lowerarm01.L": [("aim", UP)]}
    return stand(f, arm, {}, {"L": replace(hand, reach=False)})


def forearm(f: Figure) -> Array:
    """The left hand with half of the forearm."""
    elbow, wrist = f.rig.head["lowerarm01.L"], f.rig.head["wrist.L"]
    return part(f, elbow + 0.5 * (wrist - elbow), wrist - elbow, 0.5, ("lowerarm", "wrist", "metacarpal", "finger"))


BESIDE = ((0.80, 0.50, 0.25), (0.95, 0.20, 0.15), (1.0, 0.05, 0.10))
WIDE = ((0.50, 0.85, 0.10), (0.45, 0.90, 0.05), (0.50, 0.88, 0.0))
ACROSS = ((0.70, 0.35, 0.62), (0.52, -0.45, 0.60), (0.10, -0.95, 0.12))
STRAIGHT = Hand((0, 0, 0), palm=FORWARD, fingers=UP, bends=(2, 3, 3), thumb=BESIDE)
FIST = replace(STRAIGHT, bends=(80, 98, 62), thumb=ACROSS)


def tendon_glides(f: Figure) -> Scene:
    """Straight, hook, fist."""
    hook = replace(STRAIGHT, bends=(2, 92, 58))
    return Scene([Panel(raised_hand(f, hand), opacity=forearm(f)) for hand in (STRAIGHT, hook, FIST)], yaw=62, pitch=4, numbered=True)


def wrist_stretch(f: Figure) -> Scene:
    """One arm out, fingers up and palm away; the other hand draws the fingers back."""
    figure = stand(
        f,
        {},
        {},
        {
            "L": Hand((0.55, 4.75, 4.75), palm=FORWARD, fingers=(0.0, 1.0, -0.18), bends=(1, 2, 2), elbow=(0.6, -1, 0)),
            "R": Hand((0.55, 5.85, 4.35), palm=(0.15, 0.05, -1), fingers=(-0.9, 0.15, 0.42), bends=(30, 50, 40), elbow=(0.6, -1, 0)),
        },
    )
    body = f.rig.smooth @ f.rig.rest
    above = np.where(np.abs(body[:, 0]) > 2.2, 1.0, np.clip((body[:, 1] - 0.4) / 0.9, 0, 1))
    above[(body[:, 1] < 0.4) & (np.abs(body[:, 0]) < 3)] = 0
    return Scene([Panel(figure, (), [Arrow([(0.6, 7.2, 5.4), (0.6, 7.3, 3.9)])], opacity=above)], yaw=-48, pitch=8)


def median_nerve_glide(f: Figure) -> Scene:
    """Six positions of the hand, each adding to the one before."""
    inward: Vector = (-1.0, 0.0, 0.0)
    fist, open_hand = replace(FIST, palm=inward), replace(STRAIGHT, palm=inward)
    bent = replace(open_hand, palm=(-0.62, 0.78, 0.0), fingers=(0.78, 0.62, 0.0))
    wide = replace(bent, thumb=WIDE)
    turned = replace(wide, palm=(0.0, 0.78, -0.62), fingers=(0.0, 0.62, 0.78))
    drawn = replace(turned, thumb=((0.3, 0.95, -0.1), (0.2, 0.97, -0.25), (0.15, 0.97, -0.35)))
    panels = [Panel(raised_hand(f, hand), opacity=forearm(f)) for hand in (fist, open_hand, bent, wide, turned, drawn)]
    tip = panels[-1].figure.tail["finger1-3.L"]
    pull = Arrow(tip + np.array([(0.25, 0.05, -0.1), (1.35, 0.1, -0.4)]))
    return Scene([*panels[:-1], replace(panels[-1], arrows=[pull])], yaw=215, pitch=4, gap=0.5, columns=3, numbered=True)


SCENES: dict[str, Callable[[Figure], Scene]] = {
    "calf-stretch": calf_stretch,
    "hamstring-stretch": hamstring_stretch,
    "ankle-pumps": ankle_pumps,
    "ankle-circles": ankle_circles,
    "towel-curls": towel_curls,
    "heel-raises": heel_raises,
    "weight-shifts": weight_shifts,
    "heel-to-toe-walk": heel_to_toe_walk,
    "one-leg-stand": one_leg_stand,
    "mini-squats": mini_squats,
    "tendon-glides": tendon_glides,
    "wrist-stretch": wrist_stretch,
    "median-nerve-glide": median_nerve_glide,
}


def main() -> None:
    """Draw what the command line names, or all."""
    figure = Figure.load(Path(sys.argv[1]))
    for name in sys.argv[2:] or SCENES:
        image = draw(SCENES[name](figure))
        path = RESOURCES / "exercises" / f"{name}.png"
        image.save(path, optimize=True)
        print(name, image.size, path.stat().st_size)


if __name__ == "__main__":
    main()
