"""Words beside marks that don't collide, without Qt: boxes, what lies near a place, where a label finds room."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from math import hypot, inf
from typing import NamedTuple

LABEL_GAP = 9.0


class Box(NamedTuple):
    """A rectangle by its corner and size."""

    x: float
    y: float
    width: float
    height: float

    def holds(self, x: float, y: float) -> bool:
        """Whether a place lies in it."""
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height

    def meets(self, other: "Box") -> bool:
        """Whether two share some ground."""
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )

    def within(self, other: "Box") -> bool:
        """Whether all of it lies in another."""
        return (
            other.x <= self.x
            and other.y <= self.y
            and self.x + self.width <= other.x + other.width
            and self.y + self.height <= other.y + other.height
        )

    def grown(self, across: float, down: float) -> "Box":
        """The same, larger by so much on each side."""
        return Box(self.x - across, self.y - down, self.width + 2 * across, self.height + 2 * down)


def nearest(places: Iterable[tuple[float, float]], x: float, y: float, within: float) -> int | None:
    """The index of the place nearest to (x, y), if one is no farther than `within`."""
    found, best = None, within
    for index, (px, py) in enumerate(places):
        distance = hypot(px - x, py - y)
        if distance <= best:
            found, best = index, distance
    return found


class Label(NamedTuple):
    """A label's box and the marker that it belongs to; `leader` when the two stand apart enough for a line."""

    box: Box
    anchor: tuple[float, float]
    leader: bool


class Ground:
    """Boxes that are taken, by the squares that they touch, so that only neighbours are compared."""

    SQUARE = 48.0

    def __init__(self, boxes: Iterable[Box] = ()) -> None:
        self._squares: dict[tuple[int, int], list[Box]] = {}
        for box in boxes:
            self.take(box)

    def take(self, box: Box) -> None:
        """Keep this clear from now on."""
        for square in self._touched(box):
            self._squares.setdefault(square, []).append(box)

    def is_free(self, box: Box) -> bool:
        """Whether nothing that is taken lies there."""
        return not any(box.meets(other) for square in self._touched(box) for other in self._squares.get(square, ()))

    def _touched(self, box: Box) -> Iterator[tuple[int, int]]:
        for column in range(int(box.x // self.SQUARE), int((box.x + box.width) // self.SQUARE) + 1):
            for row in range(int(box.y // self.SQUARE), int((box.y + box.height) // self.SQUARE) + 1):
                yield column, row


def place_labels(
    wanted: Sequence[tuple[Sequence[tuple[float, float]], tuple[float, float]]],
    taken: Iterable[Box],
    bounds: Box,
    avoid: Callable[[Box], bool],
) -> list[Label | None]:
    """A box for each label: beside one of its markers, or a little above or below with a leader; None where there is no room.

    `wanted` holds for each label its markers and its (width, height); `taken` is ground to keep clear; `avoid` says of a box that
    another would be better (it lies over the body).
    """
    used = Ground(taken)
    placed: list[Label | None] = []
    for anchors, size in wanted:
        best: Label | None = None
        cost = inf
        for price, label in _candidates(anchors, *size):
            if price >= cost:
                break
            if label.box.within(bounds) and used.is_free(label.box):
                here = price + 25 * avoid(label.box)
                if here < cost:
                    best, cost = label, here
        placed.append(best)
        if best is not None:
            used.take(best.box)
    return placed


def place_close(
    anchor: tuple[float, float], size: tuple[float, float], ground: Ground, avoid: Callable[[Box], bool], gap: float = 6.0
) -> Box | None:
    """A free box close by a mark, so that no line is needed: right of it, left, above or below; None where there is no room."""
    (x, y), (width, height) = anchor, size
    middle, right, left = y - height / 2, x + gap, x - gap - width
    for box in (
        Box(right, middle, width, height),
        Box(left, middle, width, height),
        Box(x - width / 2, y - gap + 1 - height, width, height),
        Box(x - width / 2, y + gap - 1, width, height),
        Box(right - 2, y - height, width, height),
        Box(right - 2, y, width, height),
        Box(left + 2, y - height, width, height),
        Box(left + 2, y, width, height),
    ):
        if ground.is_free(box) and not avoid(box):
            return box
    return None


def spread(places: Sequence[tuple[float, float]]) -> list[float]:
    """For each place how far it is from those that come before it when the loneliest is always taken next.

    So whoever shows the places with at least some distance shows them evenly spread, and more of them the closer one looks.
    """
    away = [inf] * len(places)
    left = set(range(len(places)))
    found = [0.0] * len(places)
    at = 0
    while left:
        found[at] = away[at]
        left.discard(at)
        x, y = places[at]
        best = -1.0
        following = at
        for other in left:
            away[other] = min(away[other], hypot(places[other][0] - x, places[other][1] - y))
            if away[other] > best:
                best, following = away[other], other
        at = following
    return found


def _candidates(anchors: Sequence[tuple[float, float]], width: float, height: float) -> Iterator[tuple[float, Label]]:
    for shift in (0.0, -0.8, 0.8, -1.6, 1.6, -2.4, 2.4):
        for x, y in anchors:
            for left in (x + LABEL_GAP, x - LABEL_GAP - width):
                yield 12 * abs(shift), Label(Box(left, y - height / 2 + shift * height, width, height), (x, y), shift != 0)
