"""Vector lines: the silhouette of what is drawn, the inner edges where one part of the body passes before another, areas of skin."""

import numpy as np
from figure import Array, Figure
from numpy.typing import NDArray
from render import Frame, Picture, spread
from scipy import ndimage

Line = list[list[float]]
SHORTEST = 28.0  # px across; a smaller inner line is noise


def silhouette(picture: Picture) -> list[Line]:
    """The closed lines round what is drawn, in px; holes have lines of their own."""
    return [_written(line) for line in _silhouette(picture)]


def outline(figure: Figure, picture: Picture, part: Array | None, jump: float) -> list[Line]:
    """Polylines in px, the silhouette first; none where the picture fades away.

    part: how much of each vertex is drawn (None: all); jump: the step in depth, in dm, from which an inner edge is drawn.
    """
    solid = np.where(np.isfinite(picture.depth), picture.alpha / np.maximum(picture.cover, 1), 0.0)
    solid = ndimage.maximum_filter(solid, 5)
    found = []
    for line in _silhouette(picture):
        found += _kept(line, _at(solid, line) > 0.55, 30.0)
    drawn = None if part is None else part > 0
    for line in edges(figure, picture.frame, drawn):
        found += [smoothed(run) for run in _kept(line[:, :2], _passes(picture.depth, line, jump) & (_at(solid, line) > 0.55), SHORTEST)]
    return [_written(line) for line in found]


def areas(label: NDArray[np.int64], soft: float) -> dict[int, list[Line]]:
    """Closed lines round each label of an image (-1: none), in px; outwards they end with the figure.

    soft: px over which a border forgets the mesh's steps; where three labels meet, each pixel still has one.
    """
    known = label >= 0
    label = np.where(known, _softened(spread(label + 1, known, 4 * soft) - 1, soft), -1)
    found = {}
    for kind, box in enumerate(ndimage.find_objects(label + 1)):
        if box is None:
            continue
        inside = np.pad((label[box] == kind).astype(float), 4)
        corner = np.array([box[1].start - 4, box[0].start - 4])
        lines = level_set(ndimage.gaussian_filter(inside, 1.4), 0.5)
        large = [line + corner for line in lines if np.linalg.norm(np.ptp(line, axis=0)) >= 9]
        if large:
            found[kind] = [_written(smoothed(line), 0.4) for line in large]
    return found


def _softened(label: NDArray[np.int64], soft: float) -> NDArray[np.int64]:
    """The labels with smooth borders: each pixel takes the label that has most of its surroundings."""
    most, chosen = np.zeros(label.shape, np.float32), np.full(label.shape, -1)
    margin = int(3 * soft) + 1
    for kind, box in enumerate(ndimage.find_objects(label + 1)):
        if box is not None:
            part = tuple(slice(max(side.start - margin, 0), side.stop + margin) for side in box)
            share = ndimage.gaussian_filter((label[part] == kind).astype(np.float32), soft, truncate=3.0)
            more = share > most[part]
            most[part][more], chosen[part][more] = share[more], kind
    return np.where(label < 0, -1, chosen)


def _silhouette(picture: Picture) -> list[Array]:
    lines = level_set(ndimage.gaussian_filter(picture.cover / 255.0, 0.7), 0.5)
    return [smoothed(line) for line in lines if np.linalg.norm(np.ptp(line, axis=0)) >= SHORTEST]


def _written(line: Array, within: float = 0.15) -> Line:
    out: Line = np.round(simplified(line, within), 1).tolist()
    return out


def level_set(field: Array, level: float) -> list[Array]:
    """Marching squares: the lines (n, 2) where a field of pixels crosses a level, in px (the middle of the first pixel is 0.5, 0.5)."""
    f = np.pad(field, 1) - level
    inside = f > 0
    height, width = f.shape
    node = np.arange(height * width).reshape(height, width)
    # one point on each grid edge that is crossed: edges along x are numbered by their left end, those along y follow
    corner = [np.s_[:-1, :-1], np.s_[:-1, 1:], np.s_[1:, 1:], np.s_[1:, :-1]]
    side = [node[corner[0]], node[corner[1]] + height * width, node[corner[3]], node[corner[0]] + height * width]
    case = sum(inside[c].astype(int) << k for k, c in enumerate(corner))
    # which corners are inside -> which sides the line joins; the two saddles have two lines
    joins = [(1, 3, 0), (2, 0, 1), (3, 3, 1), (4, 1, 2), (6, 0, 2), (7, 3, 2), (8, 2, 3), (9, 2, 0), (11, 2, 1), (12, 1, 3)]
    joins += [(13, 1, 0), (14, 0, 3), (5, 3, 0), (5, 1, 2), (10, 0, 1), (10, 2, 3)]
    segments = [np.stack([side[a][case == k], side[b][case == k]], 1) for k, a, b in joins]

    def place(keys: NDArray[np.int64]) -> Array:
        upright, at = np.divmod(keys, height * width)
        y, x = np.divmod(at, width)
        here, there = f[y, x], f[y + upright, x + 1 - upright]
        t = here / (here - there)
        return np.stack([x + t * (1 - upright) - 0.5, y + t * upright - 0.5], 1)

    return [place(np.array(chain)) for chain in _chains(np.concatenate(segments))]


def edges(figure: Figure, frame: Frame, part: NDArray[np.bool_] | None) -> list[Array]:
    """Where the skin turns away from the viewer: lines (n, 3) in px, px, and dm of depth; hidden ones too."""
    facing = figure.normals @ frame.rotation[2]
    triangles = figure.triangles if part is None else figure.triangles[part[figure.triangles].all(1)]
    away = facing[triangles] < 0
    turning = triangles[away.any(1) & ~away.all(1)]
    away = facing[turning] < 0
    ends, keys = [], []
    n = len(figure.vertices)
    for a, b in ((0, 1), (1, 2), (2, 0)):
        pair = np.sort(turning[:, [a, b]], axis=1)
        ends.append(np.where(away[:, a] != away[:, b], pair[:, 0] * n + pair[:, 1], -1))
    keys = np.sort(np.stack(ends, 1), axis=1)[:, 1:]

    def place(key: NDArray[np.int64]) -> Array:
        low, high = np.divmod(key, n)
        t = (facing[low] / (facing[low] - facing[high]))[:, None]
        return frame.project(figure.vertices[low] * (1 - t) + figure.vertices[high] * t)

    return [place(np.array(chain)) for chain in _chains(keys)]


def _chains(segments: NDArray[np.int64]) -> list[list[int]]:
    """Link segments (n, 2) that share an end; a closed line repeats its first point."""
    links: dict[int, list[int]] = {}
    for a, b in segments.tolist():
        links.setdefault(a, []).append(b)
        links.setdefault(b, []).append(a)
    chains = []
    starts = [k for k, v in links.items() if len(v) == 1] + list(links)
    for start in starts:
        while links[start]:
            chain = [start]
            while links[chain[-1]]:
                here = chain[-1]
                there = links[here].pop()
                links[there].remove(here)
                chain.append(there)
            chains.append(chain)
    return chains


def _at(field: Array, line: Array) -> Array:
    x, y = np.clip(line[:, 0].astype(int), 0, field.shape[1] - 1), np.clip(line[:, 1].astype(int), 0, field.shape[0] - 1)
    values: Array = field[y, x]
    return values


def _passes(depth: Array, line: Array, jump: float) -> NDArray[np.bool_]:
    """Is the edge in sight, with skin of the figure and not the background a step behind it?"""
    solid = np.where(np.isfinite(depth), depth, -np.inf)
    nearest_gap = _at(ndimage.minimum_filter(solid, 3), line)
    behind = _at(ndimage.minimum_filter(solid, 5), line)
    shown: NDArray[np.bool_] = (nearest_gap <= line[:, 2] + 0.02) & np.isfinite(behind) & (line[:, 2] - behind > jump)
    return shown


def _kept(line: Array, keep: NDArray[np.bool_], shortest: float) -> list[Array]:
    """The runs of a line that are kept, small gaps closed, those of little extent dropped."""
    if keep.all():
        runs = [line]
    else:
        closed = np.array_equal(line[0], line[-1])
        if closed:  # begin in a gap, so that no run is cut at the seam
            first = int(np.argmin(keep))
            line, keep = np.roll(line[:-1], -first, axis=0), np.roll(keep[:-1], -first)
        keep = ndimage.binary_closing(np.pad(keep, 4), np.ones(7))[4:-4]
        bounds = np.flatnonzero(np.diff(np.concatenate([[0], keep.astype(int), [0]])))
        runs = [line[a:b] for a, b in zip(bounds[::2], bounds[1::2], strict=True)]
    return [run for run in runs if len(run) > 2 and np.linalg.norm(np.ptp(run, axis=0)) >= shortest]


def smoothed(line: Array, sigma: float = 1.5) -> Array:
    """Evenly spaced points a pixel apart, freed of the grid's stairs; the ends stay where they are."""
    steps = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    wanted = np.linspace(0, steps[-1], max(int(steps[-1]), 3))
    even = np.stack([np.interp(wanted, steps, line[:, k]) for k in (0, 1)], 1)
    if np.allclose(line[0], line[-1]):
        out = ndimage.gaussian_filter1d(even[:-1], sigma, axis=0, mode="wrap")
        return np.concatenate([out, out[:1]])
    out = ndimage.gaussian_filter1d(even, sigma, axis=0, mode="nearest")
    out[[0, -1]] = even[[0, -1]]
    return out


def simplified(line: Array, within: float) -> Array:
    """Douglas-Peucker: as few points as stay within that many px of the line."""
    keep = np.zeros(len(line), bool)
    keep[[0, -1]] = True
    stack = [(0, len(line) - 1)]
    while stack:
        a, b = stack.pop()
        if b - a < 2:
            continue
        along = line[b] - line[a]
        length = np.hypot(*along)
        offset = line[a + 1 : b] - line[a]
        far = np.abs(along[0] * offset[:, 1] - along[1] * offset[:, 0]) / length if length > 1e-6 else np.hypot(offset[:, 0], offset[:, 1])
        worst = int(far.argmax())
        if far[worst] > within:
            middle = a + 1 + worst
            keep[middle] = True
            stack += [(a, middle), (middle, b)]
    return line[keep]
