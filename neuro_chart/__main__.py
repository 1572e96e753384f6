"""The command line: the commands, and what each of them needs to begin."""

import argparse
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

from neuro_chart import __version__
from neuro_chart.given import CommandError, chart_path, home, opened, passphrase, unlocked
from neuro_chart.store.errors import VaultError

if TYPE_CHECKING:
    from neuro_chart.clinic.library import Library
    from neuro_chart.store.vault import Vault

FAILED, INTERRUPTED, UNREAD = 1, 130, 141


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
    locked = commands.add_parser("locked")  # without a help it isn't listed: what a program that locks starts in its own place
    locked.add_argument("--from", type=int, default=0, dest="pipe", help="the pipe that tells what is left of it; 0 is standard input")
    locked.set_defaults(run=_locked, takes=set())
    rehearse = commands.add_parser("rehearse")  # without a help of its own it isn't listed: for the tests that kill the program
    rehearse.add_argument("path", type=Path, metavar="VAULT", help="a vault that is opened by the demo's passphrase")
    rehearse.set_defaults(run=_rehearse, takes=set())
    _add_upkeep(commands, common)
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


def _add_upkeep(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser) -> None:
    keys = argparse.ArgumentParser(add_help=False, parents=[common])
    keys.add_argument(
        "--recovery-file", metavar="FILE", help="read the recovery key from the first line of FILE instead (- is standard input)"
    )
    backup = commands.add_parser("backup", parents=[keys], help="make a backup of the chart, checked whole, and print where it is")
    backup.add_argument("folder", type=Path, metavar="FOLDER", nargs="?", help="where to; the usual folder unless it is named")
    backup.set_defaults(run=_backup, takes={"vault", "passphrase_file"})
    restore = commands.add_parser("restore", parents=[keys], help="say what a backup holds, and put it in the place of the chart")
    restore.add_argument("file", type=Path, metavar="FILE", help="the backup; its keys lie beside it")
    restore.add_argument("--yes", action="store_true", help="don't ask first")
    restore.set_defaults(run=_restore, takes={"vault", "passphrase_file"})
    verify = commands.add_parser(
        "verify", parents=[keys], help="check every page, signature and entry of the trail; exit status 1 if one doesn't hold"
    )
    verify.add_argument(
        "file", type=Path, metavar="FILE", nargs="?", help="a backup or another vault, which is only read; the chart unless it is named"
    )
    verify.set_defaults(run=_verify, takes={"vault", "passphrase_file"})


def _show(path: Path, settings: Path, vault: "Vault | None" = None, locked: str = "") -> int:
    from neuro_chart.ui.display import display_problem  # noqa: PLC0415  # only a window needs a display

    if problem := display_problem():
        raise CommandError(problem)
    from neuro_chart.ui.app import run  # noqa: PLC0415  # after the display has been looked at: Qt aborts without one

    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Qt's loop keeps Python from hearing it; all but the last half second is stored
    return run(path, settings, vault, locked)


def _locked(options: argparse.Namespace) -> int:
    with os.fdopen(options.pipe, encoding="utf-8", closefd=options.pipe > 0) as pipe:
        handed = pipe.read()
    try:
        told = json.loads(handed)
        vault, settings, locked = Path(told["vault"]), Path(told["settings"]), str(told["locked"])
    except (ValueError, TypeError, KeyError) as error:
        raise CommandError("This command is for the program alone: it goes on with it when it locks.") from error
    return _show(vault, settings, locked=locked)


def _open(options: argparse.Namespace) -> int:
    path = chart_path(options)
    vault = None
    if (words := passphrase(options)) is not None:
        from neuro_chart.store.vault import Vault  # noqa: PLC0415  # the unlock window opens it otherwise

        vault = Vault.open(path, words)
    return _show(path, home("config") / "settings.ini", vault)


def _backup(options: argparse.Namespace) -> int:
    from PySide6.QtCore import QSettings  # noqa: PLC0415  # --help needs none of these

    from neuro_chart.ui.backing import backup_folder  # noqa: PLC0415
    from neuro_chart.upkeep import back_up  # noqa: PLC0415

    settings = QSettings(str(home("config") / "settings.ini"), QSettings.Format.IniFormat)
    with opened(options) as vault:
        folder = options.folder.absolute() if options.folder else backup_folder(settings, vault.path)
        return back_up(vault, folder)


def _restore(options: argparse.Namespace) -> int:
    from neuro_chart.upkeep import put_back  # noqa: PLC0415  # as above

    return put_back(options.file, chart_path(options), unlocked(options, options.file), is_sure=options.yes)


def _verify(options: argparse.Namespace) -> int:
    from neuro_chart.store.keys import KeyRing, keys_path  # noqa: PLC0415  # as above
    from neuro_chart.store.vault import Vault  # noqa: PLC0415
    from neuro_chart.store.witness import Witness  # noqa: PLC0415
    from neuro_chart.upkeep import check  # noqa: PLC0415

    if options.file is not None:
        with Vault.open_with_key(options.file, unlocked(options, options.file), read_only=True) as vault:
            return check(vault)
    with opened(options) as vault:
        return check(vault, Witness(home("config") / "seen").seen(KeyRing.load(keys_path(vault.path)).vault_id))


def _demo(options: argparse.Namespace) -> int:
    from neuro_chart.clinic.library import Library  # noqa: PLC0415  # --help needs none of these
    from neuro_chart.demo import PASSPHRASE, made_today, make_demo, unmake  # noqa: PLC0415
    from neuro_chart.resources import ROOT  # noqa: PLC0415
    from neuro_chart.store.vault import Vault  # noqa: PLC0415

    named = getattr(options, "vault", None)
    path = named or home("data") / "demo.vault"
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
    from PySide6.QtCore import QSettings  # noqa: PLC0415  # without a window it needs no Qt

    from neuro_chart.ui import backing  # noqa: PLC0415  # as above

    settings = home("config") / "demo.ini"
    backing.spare(QSettings(str(settings), QSettings.Format.IniFormat))  # it is made anew each day
    return _show(path, settings, Vault.open(path, PASSPHRASE))


def _points(options: argparse.Namespace) -> int:
    from neuro_chart.lookup import print_points  # noqa: PLC0415  # --help needs no library

    return _looked_up(
        lambda library: print_points(library, channel=options.channel, words=options.find, figure=options.figure, as_json=options.json)
    )


def _read(options: argparse.Namespace) -> int:
    from neuro_chart.lookup import print_reading  # noqa: PLC0415  # as above

    return _looked_up(lambda library: print_reading(library, options.text, options.side, as_json=options.json))


def _looked_up(tell: "Callable[[Library], int]") -> int:
    """Has the library tell what it knows."""
    from neuro_chart.clinic.library import Library  # noqa: PLC0415  # as above
    from neuro_chart.resources import ROOT  # noqa: PLC0415

    try:
        return tell(Library(ROOT))
    except ValueError as error:  # a damaged file, by its name
        raise CommandError(str(error)) from error


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


def _rehearse(options: argparse.Namespace) -> int:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from neuro_chart.hand import TourError  # noqa: PLC0415  # after the platform is chosen
    from neuro_chart.rehearsal import rehearse  # noqa: PLC0415

    try:
        rehearse(options.path)
    except TourError as error:
        raise CommandError(str(error)) from error
    return 0


if __name__ == "__main__":
    sys.exit(main())
