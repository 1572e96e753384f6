"""The command line: `neuro-chart`, `neuro-chart demo`, `neuro-chart tour DIR`."""

import argparse
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from neuro_chart import __version__
from neuro_chart.store.errors import VaultError

if TYPE_CHECKING:
    from neuro_chart.store.vault import Vault

FAILED = 1


class CommandError(Exception):
    """Ends the program with a sentence on standard error and exit status 1."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit status (0 done, 1 failed, 2 misused, 130 interrupted)."""
    if getattr(sys, "frozen", False):
        from multiprocessing import freeze_support  # noqa: PLC0415  # a bundle is its own interpreter for the tour's processes

        freeze_support()
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        return int(options.run(options))
    except (CommandError, VaultError) as error:
        sys.stderr.write(f"neuro-chart: {error}\n")
        return FAILED
    except OSError as error:
        sys.stderr.write(f"neuro-chart: {error.strerror or error}: {error.filename or ''}\n")
        return FAILED
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--vault", type=Path, metavar="PATH", default=argparse.SUPPRESS, help="the vault to open, instead of the usual one")
    common.add_argument(
        "--passphrase-file",
        metavar="FILE",
        default=argparse.SUPPRESS,
        help="read the passphrase from the first line of FILE (- is standard input)",
    )
    parser = argparse.ArgumentParser(
        prog="neuro-chart", parents=[common], description="An offline, encrypted chart for acupuncturists who treat neuropathy.",
        epilog="Without a command, opens the chart in a window. Exit status: 0 done, 1 failed, 2 misused.",
    )  # fmt: skip
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    parser.set_defaults(run=_open)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    demo = commands.add_parser("demo", help="open a practice of made-up patients, in a vault of its own")
    demo.add_argument("--vault", type=Path, metavar="PATH", default=argparse.SUPPRESS, help="make the demo practice here")
    demo.add_argument("--no-window", action="store_true", help="only make the vault, and print its path and passphrase")
    demo.set_defaults(run=_demo)
    tour = commands.add_parser("tour", help="walk through every page with made-up patients and leave pictures and papers in DIR")
    tour.add_argument("folder", type=Path, metavar="DIR")
    tour.set_defaults(run=_tour)
    return parser


def _home(kind: str) -> Path:
    from PySide6.QtCore import QStandardPaths  # noqa: PLC0415  # --help and --version need no Qt

    place = QStandardPaths.StandardLocation
    location = {"data": place.GenericDataLocation, "config": place.GenericConfigLocation}[kind]
    folder = Path(QStandardPaths.writableLocation(location)) / "neuro-chart"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _passphrase(options: argparse.Namespace) -> str | None:
    source = getattr(options, "passphrase_file", None)
    if source is None:
        return None
    text = sys.stdin.readline() if source == "-" else Path(source).read_text(encoding="utf-8").partition("\n")[0]
    return text.rstrip("\r\n")


def _show(path: Path, settings: Path, vault: "Vault | None" = None) -> int:
    try:
        from neuro_chart.ui.display import display_problem  # noqa: PLC0415  # only a window needs a display

        if problem := display_problem():
            raise CommandError(problem)
        from neuro_chart.ui.app import run  # noqa: PLC0415  # after the display has been looked at: Qt aborts without one
    except ImportError as error:
        raise CommandError(f"Qt cannot be loaded: {error}. The README names the system packages that a window needs.") from error
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return run(path, settings, vault)


def _open(options: argparse.Namespace) -> int:
    path = getattr(options, "vault", None) or _home("data") / "practice.vault"
    vault = None
    passphrase = _passphrase(options)
    if passphrase is not None:
        from neuro_chart.store.vault import Vault  # noqa: PLC0415  # the unlock window opens it otherwise

        vault = Vault.open(path, passphrase)
    return _show(path, _home("config") / "settings.ini", vault)


def _demo(options: argparse.Namespace) -> int:
    from neuro_chart.clinic.library import Library  # noqa: PLC0415  # --help needs none of these
    from neuro_chart.demo import PASSPHRASE, made_today, make_demo, unmake  # noqa: PLC0415
    from neuro_chart.resources import ROOT  # noqa: PLC0415
    from neuro_chart.store.vault import Vault  # noqa: PLC0415

    named = getattr(options, "vault", None)
    path = named or _home("data") / "demo.vault"
    if named is None and not made_today(path):
        unmake(path)
    if not path.exists():
        sys.stderr.write("Making a practice of made-up patients …\n")
        make_demo(path, Library(ROOT))
    elif options.no_window:
        raise CommandError(f"{path} is there already; name another place with --vault.")
    if options.no_window:
        sys.stdout.write(f"{path}\n{PASSPHRASE}\n")
        return 0
    return _show(path, _home("config") / "demo.ini", Vault.open(path, PASSPHRASE))


def _tour(options: argparse.Namespace) -> int:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from neuro_chart.tour import TourError, tour  # noqa: PLC0415  # after the platform is chosen

    options.folder.mkdir(parents=True, exist_ok=True)
    try:
        tour(options.folder)
    except TourError as error:
        raise CommandError(str(error)) from error
    return 0


if __name__ == "__main__":
    sys.exit(main())
