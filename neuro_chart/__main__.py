"""The command line: `neuro-chart`, `neuro-chart demo`, `neuro-chart points`, `neuro-chart read TEXT`, `neuro-chart tour DIR`."""

import argparse
import json
import os
import signal
import sys
from collections.abc import Iterable
from getpass import getpass
from io import TextIOWrapper
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

from neuro_chart import __version__
from neuro_chart.store.errors import VaultError

if TYPE_CHECKING:
    from neuro_chart.clinic.library import Library
    from neuro_chart.store.vault import Vault

FAILED, INTERRUPTED, UNREAD = 1, 130, 141


class CommandError(Exception):
    """Ends the program with a sentence on standard error and exit status 1."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit status (0 done, 1 failed, 2 misused, 130 interrupted, 141 nobody reads the output)."""
    if getattr(sys, "frozen", False):
        from multiprocessing import freeze_support  # noqa: PLC0415  # a bundle is its own interpreter for the tour's processes

        freeze_support()
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):  # None where the caller closed it
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115  # stays open to the end
    try:
        try:
            return _run(arguments)
        finally:
            sys.stdout.flush()
    except (CommandError, VaultError) as error:
        return _fail(str(error))
    except BrokenPipeError:
        _drop_output()
        return UNREAD
    except OSError as error:
        _drop_output()
        return _fail(": ".join(str(part) for part in (error.filename, error.strerror or error) if part))
    except KeyboardInterrupt:
        return INTERRUPTED


def _run(arguments: list[str] | None) -> int:
    parser = _parser()
    options = parser.parse_args(arguments)
    for option in ("vault", "passphrase_file"):
        if option in options and option not in options.takes:
            parser.error(f"--{option.replace('_', '-')} means nothing to this command")
    try:
        return int(options.run(options))
    except ModuleNotFoundError:
        raise
    except ImportError as error:
        from neuro_chart.ui.display import PACKAGES  # noqa: PLC0415  # it needs no Qt

        packages = f" On Debian or Ubuntu: sudo apt install {PACKAGES}" if sys.platform.startswith("linux") else ""
        raise CommandError(f"Qt cannot be loaded: {error}.{packages}") from error


def _fail(sentence: str) -> int:
    sys.stderr.write(f"neuro-chart: {sentence}\n")
    return FAILED


def _drop_output() -> None:
    """Leave the interpreter nothing to complain about when it closes standard output."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


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
    parser.set_defaults(run=_open, takes={"vault", "passphrase_file"})
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    demo = commands.add_parser("demo", help="open a practice of made-up patients, in a vault of its own")
    demo.add_argument("--vault", type=Path, metavar="PATH", default=argparse.SUPPRESS, help="make the demo practice here")
    demo.add_argument("--no-window", action="store_true", help="only make the vault, and print its path and passphrase")
    demo.set_defaults(run=_demo, takes={"vault"})
    tour = commands.add_parser("tour", help="walk through every page with made-up patients and leave pictures and papers in DIR")
    tour.add_argument("folder", type=Path, metavar="DIR")
    tour.set_defaults(run=_tour, takes=set())
    points = commands.add_parser("points", help="print the acupuncture points, where they lie and what to mind")
    points.add_argument("--json", action="store_true", help="print everything that is known of them, as a list of objects")
    points.add_argument("--channel", metavar="CODE", type=str.upper, help="only those of one channel, such as LU; EX: the extra points")
    points.add_argument("--find", metavar="TEXT", help="only those that TEXT may mean, the best first: a code, pinyin, characters, English")
    points.add_argument("--figure", choices=("neutral", "female", "male"), default="neutral", help="the figure that the places are on")
    points.set_defaults(run=_points, takes=set())
    read = commands.add_parser("read", help="read a prescription as the line under the body does, and print what it says")
    read.add_argument("text", metavar="TEXT", help="as 'ST36 SP6 b 30m'; - is standard input, -- goes before a TEXT that begins with -")
    read.add_argument("--json", action="store_true", help="print needles, adjuncts and errors as an object")
    read.add_argument("--side", choices=("both", "left", "right", "ask"), default="both", help="where points go whose side is not said")
    read.set_defaults(run=_read, takes=set())
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
    if source == "-" and sys.stdin.isatty():
        return getpass("Passphrase: ")
    content = sys.stdin.buffer.readline() if source == "-" else Path(source).read_bytes()
    name = "Standard input" if source == "-" else source
    try:
        words = content.partition(b"\n")[0].decode("utf-8-sig").rstrip("\r")
    except UnicodeDecodeError as error:
        raise CommandError(f"{name} holds no text in UTF-8.") from error
    if not words:
        raise CommandError(f"{name} holds no passphrase: its first line is empty.")
    return words


def _show(path: Path, settings: Path, vault: "Vault | None" = None) -> int:
    from neuro_chart.ui.display import display_problem  # noqa: PLC0415  # only a window needs a display

    if problem := display_problem():
        raise CommandError(problem)
    from neuro_chart.ui.app import run  # noqa: PLC0415  # after the display has been looked at: Qt aborts without one

    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Qt's loop keeps Python from hearing it; all but the last half second is stored
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
    sys.stderr.write(f"Its passphrase, should you lock it: {PASSPHRASE}\n")
    return _show(path, _home("config") / "demo.ini", Vault.open(path, PASSPHRASE))


def _points(options: argparse.Namespace) -> int:
    from neuro_chart.clinic.library import Library  # noqa: PLC0415  # --help needs none of these
    from neuro_chart.clinic.points import CatalogueError  # noqa: PLC0415
    from neuro_chart.clinic.skin import AtlasError  # noqa: PLC0415
    from neuro_chart.resources import ROOT  # noqa: PLC0415

    try:
        return _print_points(options, Library(ROOT))
    except (AtlasError, CatalogueError) as error:
        raise CommandError(str(error)) from error


def _print_points(options: argparse.Namespace, library: "Library") -> int:
    from neuro_chart.clinic.listing import listed  # noqa: PLC0415  # as above

    catalogue = library.catalogue
    if options.channel is not None and options.channel not in catalogue.channels:
        raise CommandError(f"There is no channel {options.channel}; the channels are {', '.join(catalogue.channels)}.")
    found = catalogue.find(options.find) if options.find is not None else list(catalogue)
    found = [point for point in found if options.channel in (None, point.channel)]
    if options.json:
        atlas = library.figure(options.figure)
        _write_json([listed(point, atlas) for point in found])
    elif not found:
        raise CommandError("No point answers to that.")
    else:
        _write_lines(f"{point.code:10}{point.pinyin:18}{point.hanzi}\t{point.location}" for point in found)
    return 0


def _write_json(told: object) -> None:
    any_text = sys.stdout.encoding.lower().replace("-", "").startswith("utf")
    json.dump(told, sys.stdout, ensure_ascii=not any_text, indent=1)
    sys.stdout.write("\n")


def _write_lines(lines: Iterable[str]) -> None:
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that can't write hanzi shows marks for them
    sys.stdout.writelines(f"{line}\n" for line in lines)


def _read(options: argparse.Namespace) -> int:
    from neuro_chart.clinic.library import Library  # noqa: PLC0415  # --help needs none of these
    from neuro_chart.clinic.listing import prescribed, prescribed_in_lines  # noqa: PLC0415
    from neuro_chart.clinic.notation import read  # noqa: PLC0415
    from neuro_chart.resources import ROOT  # noqa: PLC0415

    try:
        text = sys.stdin.buffer.read().decode("utf-8-sig") if options.text == "-" else options.text
    except UnicodeDecodeError as error:
        raise CommandError("Standard input holds no text in UTF-8.") from error
    library = Library(ROOT)
    try:
        names = {protocol.key: protocol.sessions[:1] for protocol in library.protocols}
        reading = read(text, library.catalogue, names, "" if options.side == "ask" else options.side)
    except ValueError as error:  # a damaged file, by its name
        raise CommandError(str(error)) from error
    if options.json:
        _write_json(prescribed(reading))
    else:
        _write_lines(prescribed_in_lines(reading))
    return 0


def _tour(options: argparse.Namespace) -> int:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from neuro_chart.hand import TourError  # noqa: PLC0415  # after the platform is chosen
    from neuro_chart.tour import tour  # noqa: PLC0415

    options.folder.mkdir(parents=True, exist_ok=True)
    with TemporaryFile(dir=options.folder):  # a folder that takes no file is told now, not after a minute
        pass
    try:
        tour(options.folder)
    except TourError as error:
        raise CommandError(str(error)) from error
    return 0


if __name__ == "__main__":
    sys.exit(main())
