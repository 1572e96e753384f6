"""Patches of skin: a label for each vertex, alike on both sides and smooth at the borders."""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from figure import Array, Figure
from numpy.typing import NDArray
from scipy import sparse
from scipy.spatial import cKDTree

Labels = NDArray[np.int64]
MIDLINE = 1e-4  # dm: nearer to it a vertex is its own mirror


@dataclass(frozen=True)
class Net:
    """The skin as a net: each vertex, and the edges along which one can go from it."""

    vertices: Array  # (n, 3)
    triangles: NDArray[np.int64]  # (t, 3) into them

    @classmethod
    def of(cls, figure: Figure) -> Self:
        """The net of a figure."""
        return cls(figure.vertices, figure.triangles)

    @cached_property
    def edges(self) -> NDArray[np.int64]:
        """Pairs of vertices (e, 2): the sides of the triangles, and across each side the two corners that face each other."""
        t = self.triangles
        sides = np.sort(np.concatenate([t[:, [0, 1]], t[:, [1, 2]], t[:, [2, 0]]]), axis=1)
        facing = np.concatenate([t[:, 2], t[:, 0], t[:, 1]])
        order = np.lexsort((sides[:, 1], sides[:, 0]))
        sides, facing = sides[order], facing[order]
        twins = np.flatnonzero((sides[1:] == sides[:-1]).all(1))
        across = np.sort(np.stack([facing[twins], facing[twins + 1]], 1), axis=1)
        pairs: NDArray[np.int64] = np.unique(np.concatenate([sides, across]), axis=0)
        return pairs[pairs[:, 0] != pairs[:, 1]]

    @cached_property
    def ways(self) -> sparse.csr_matrix:
        """The length (n, n) of each edge, so that the shortest way over the skin can be found."""
        a, b = self.edges.T
        length = np.linalg.norm(self.vertices[a] - self.vertices[b], axis=1) + 1e-9
        n = len(self.vertices)
        return sparse.csr_matrix((np.tile(length, 2), (np.concatenate([a, b]), np.concatenate([b, a]))), shape=(n, n))

    @cached_property
    def mirror(self) -> Labels:
        """For each vertex the one on the other side."""
        found: Labels = self.tree.query(self.vertices * [-1, 1, 1])[1]
        return np.where(np.abs(self.vertices[:, 0]) < MIDLINE, np.arange(len(found)), found)

    @cached_property
    def tree(self) -> cKDTree:
        """Finds the vertices near a place."""
        return cKDTree(self.vertices)

    def patches(self, labels: Labels, other: Labels, rounds: int) -> Labels:
        """Labels (n,) from rough ones: the left is kept and mirrored, borders are smoothed, an odd vertex is named as its neighbours.

        other: for each label the one that it is on the other side; rounds: how often a vertex listens to its neighbours.
        """
        right = self.vertices[:, 0] < -MIDLINE
        labels = np.where(right, other[labels[self.mirror]], labels)
        n = len(labels)
        pairs = np.concatenate([self.edges, self.edges[:, ::-1], np.repeat(np.arange(n), 4)[:, None] * [1, 1]])
        mean = sparse.csr_matrix((np.ones(len(pairs), np.float32), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
        mean = (sparse.diags(1 / np.asarray(mean.sum(1)).ravel().astype(np.float32)) @ mean).tocsr()
        share = np.zeros((n, len(other)), np.float32)
        share[np.arange(n), labels] = 1
        for _ in range(rounds):
            share = mean @ share
        smooth: Labels = share.argmax(1)
        return np.where(right, other[smooth[self.mirror]], smooth)
