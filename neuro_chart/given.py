"""What the command line is given: where the chart lies, and the passphrase or the recovery key that opens it."""

import argparse
import os
import sys
from getpass import GetPassWarning, getpass
from pathlib import Path
from typing import TYPE_CHECKING
from warnings import catch_warnings, simplefilter

from neuro_chart.no_core import no_core_dumps

if TYPE_CHECKING:
    from neuro_chart.store.keys import Unlocked
    from neuro_chart.store.vault import Vault


class CommandError(Exception):
    """Ends the program with a sentence on standard error and exit status 1."""


def home(kind: str) -> Path:
    """The folder of the user's own "data" or "config" of this program, made if need be."""
    from PySide6.QtCore import QStandardPaths  # noqa: PLC0415  # --help and --version need no Qt

    place = QStandardPaths.StandardLocation
    location = {"data": place.GenericDataLocation, "config": place.GenericConfigLocation}[kind]
    folder = Path(QStandardPaths.writableLocation(location)) / "neuro-chart"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def chart_path(options: argparse.Namespace) -> Path:
    """Where the chart lies: the usual place unless another is named."""
    named: Path | None = getattr(options, "vault", None)
    return Path(os.path.realpath(named or home("data") / "practice.vault"))  # its keys and backups lie beside it, not beside a link to it


def opened(options: argparse.Namespace) -> "Vault":
    """The chart, by the passphrase or the recovery key; what doesn't fit is counted, as at the window."""
    from neuro_chart.store.access import open_by_sheet  # noqa: PLC0415  # --help needs none of these
    from neuro_chart.store.vault import Vault, refuse_missing  # noqa: PLC0415

    path = chart_path(options)
    if (sheet := _sheet(options)) is not None:
        return open_by_sheet(path, sheet)
    refuse_missing(path)
    return Vault.open(path, passphrase(options) or _typed("passphrase"))


def unlocked(options: argparse.Namespace, path: Path) -> "Unlocked":
    """The key of a backup, which lies in many places: there is nothing to count there."""
    from neuro_chart.store.keys import KeyRing, keys_path  # noqa: PLC0415  # as above
    from neuro_chart.store.vault import Vault, refuse_missing  # noqa: PLC0415

    refuse_missing(path)
    if (sheet := _sheet(options)) is not None:
        return KeyRing.load(keys_path(path)).unwrap_recovery(sheet)
    return Vault.unwrap_key(path, passphrase(options) or _typed("passphrase"))


def passphrase(options: argparse.Namespace) -> str | None:
    """The passphrase that a file or standard input holds, where one is named."""
    source = getattr(options, "passphrase_file", None)
    return None if source is None else _first_line(source, "passphrase")


def _sheet(options: argparse.Namespace) -> str | None:
    """The recovery key as the sheet has it, where one is given."""
    from neuro_chart.clinic.recovery import MisreadError, read, write  # noqa: PLC0415  # only who lost the passphrase needs it

    if options.recovery_file is None:
        return None
    try:
        return write(read(_first_line(options.recovery_file, "recovery key")))
    except MisreadError as error:
        raise CommandError(str(error)) from error


def _first_line(source: str, kind: str) -> str:
    """A passphrase or recovery key from a file, or from standard input for "-"."""
    no_core_dumps()
    if source == "-" and sys.stdin.isatty():
        return _typed(kind)
    content = sys.stdin.buffer.readline() if source == "-" else Path(source).read_bytes()
    name = "Standard input" if source == "-" else source
    try:
        words = content.partition(b"\n")[0].decode("utf-8-sig").rstrip("\r")
    except UnicodeDecodeError as error:
        raise CommandError(f"{name} holds no text in UTF-8.") from error
    if not words:
        raise CommandError(f"{name} holds no {kind}: its first line is empty.")
    return words


def _typed(kind: str) -> str:
    """What is typed at a terminal, which never shows it; CommandError where there is none, as in a scheduled job."""
    no_core_dumps()
    try:
        with catch_warnings():
            simplefilter("error", GetPassWarning)
            return getpass(f"{kind.capitalize()}: ")
    except (EOFError, GetPassWarning) as error:
        raise CommandError(f"No {kind} was typed. Where nobody can type one, name a file that holds it; --help tells how.") from error
