"""The skin that all figures share, as the program reads it: faces, what each is called, and where they lie in every shape."""

import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from figure import Figure
from numpy.typing import NDArray

STEP = 0.0005  # dm: how finely a vertex's place is kept


def write_skin(path: Path, shapes: Mapping[str, Figure], labels: Mapping[str, NDArray[np.int64]]) -> dict[str, Any]:
    """Write the mesh and tell what is in it.

    shapes: once subdivided figures by name; labels: kind -> label of each vertex of the same figure subdivided twice. Parts, one after
    the other, little-endian, deflated: the faces' vertices (uint16, four each), each kind's label of each face (uint8), and for each
    shape the x, the y and the z of its vertices in steps (int16).
    """
    figure = next(iter(shapes.values()))
    half = len(figure.triangles) // 2
    faces = np.column_stack([figure.triangles[:half], figure.triangles[half:, 2]])
    vertices = len(figure.vertices)
    if max(vertices, len(faces)) >= 2**16:
        raise ValueError(f"{vertices} vertices and {len(faces)} faces are too many for two bytes")
    parts = [faces.astype("<u2").tobytes()]
    # the second subdivision puts a vertex into the middle of each face, after those of the corners and edges
    parts += [label[-len(faces) :].astype(np.uint8).tobytes() for label in labels.values()]
    for shape in shapes.values():
        steps = np.round(shape.vertices / STEP)
        if np.abs(steps).max() >= 2**15:
            raise ValueError("the figure is too large for two bytes")
        parts.append(steps.T.astype("<i2").tobytes())
    path.write_bytes(zlib.compress(b"".join(parts), 9))
    return {"vertices": vertices, "faces": len(faces), "step": STEP, "labels": list(labels), "shapes": list(shapes)}
