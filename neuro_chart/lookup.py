"""What the library knows, told at the command line: the points, and what a prescription says."""

import json
import sys
from collections.abc import Iterable
from io import TextIOWrapper

from neuro_chart.clinic.library import Library
from neuro_chart.clinic.listing import listed, prescribed, prescribed_in_lines
from neuro_chart.clinic.notation import read
from neuro_chart.given import CommandError


def print_points(library: Library, *, channel: str | None, words: str | None, figure: str, as_json: bool) -> int:
    """Prints the points of a channel, or those that some words may mean, the best first; with places on a figure if `as_json`."""
    catalogue = library.catalogue
    if channel is not None and channel not in catalogue.channels:
        raise CommandError(f"There is no channel {channel}; the channels are {', '.join(catalogue.channels)}.")
    found = catalogue.find(words) if words is not None else list(catalogue)
    found = [point for point in found if channel in (None, point.channel)]
    if as_json:
        atlas = library.figure(figure)
        _write_json([listed(point, atlas) for point in found])
    elif not found:
        raise CommandError("No point answers to that.")
    else:
        _write_lines(f"{point.code:10}{point.pinyin:18}{point.hanzi}\t{point.location}" for point in found)
    return 0


def print_reading(library: Library, text: str, side: str, *, as_json: bool) -> int:
    """Reads a prescription as the line under the body does, and prints what it says; "-" is standard input."""
    try:
        line = sys.stdin.buffer.read().decode("utf-8-sig") if text == "-" else text
    except UnicodeDecodeError as error:
        raise CommandError("Standard input holds no text in UTF-8.") from error
    names = {protocol.key: protocol.sessions[:1] for protocol in library.protocols}
    reading = read(line, library.catalogue, names, "" if side == "ask" else side)
    if as_json:
        _write_json(prescribed(reading))
    else:
        _write_lines(prescribed_in_lines(reading))
    return 0


def _write_json(told: object) -> None:
    any_text = sys.stdout.encoding.lower().replace("-", "").startswith("utf")
    json.dump(told, sys.stdout, ensure_ascii=not any_text, indent=1)
    sys.stdout.write("\n")


def _write_lines(lines: Iterable[str]) -> None:
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that can't write hanzi shows marks for them
    sys.stdout.writelines(f"{line}\n" for line in lines)
