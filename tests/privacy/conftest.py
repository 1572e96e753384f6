"""A day at the chart in a process of its own, with folders of its own; it is traced where that can be done."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep

import pytest

from neuro_chart.demo import PASSPHRASE
from neuro_chart.store.vault import Vault

HERE = Path(__file__).parent
PATIENCE = 180  # seconds
STRACE = shutil.which("strace")


@dataclass
class Day:
    """The folders after a day, what the program said, what it asked of the network, and what its memory held before and after it locked."""

    home: Path
    vault: Path
    exported: Path
    key: bytes = b""
    said: str = ""
    trace: Path | None = None
    charted: dict[str, bool] = field(default_factory=dict)
    locked: dict[str, bool] = field(default_factory=dict)


@pytest.fixture(scope="session")
def places(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with nothing in it."""
    home = tmp_path_factory.mktemp("home")
    for name in ("temp", "vault", "xdg_config", "xdg_data", "xdg_cache", "xdg_state"):
        (home / name).mkdir()
    return home


@pytest.fixture(scope="session")
def environment(places: Path) -> dict[str, str]:
    """The environment of a program that keeps everything in that home."""
    told = os.environ | {name: str(places / "temp") for name in ("TMPDIR", "TEMP", "TMP")}
    told |= {name: str(places) for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA")}
    told |= {f"XDG_{name}_HOME": str(places / f"xdg_{name.lower()}") for name in ("CONFIG", "DATA", "CACHE", "STATE")}
    return told | {"PYTHONPATH": str(HERE.parents[1]), "PYTHONDONTWRITEBYTECODE": "1"}


@pytest.fixture(scope="session")
def words() -> tuple[str, ...]:
    """What nothing but the chart may hold."""
    return (
        "Halloran",
        "960777",
        "Burning soles",
        "Twice a week",
        "Metformin",
        "Sleep through",
        "Riverside Acu",
        "Lindqvist",
        "QxMarker",
        PASSPHRASE,
    )


def encoded(words: tuple[str, ...], key: bytes) -> dict[str, bytes]:
    """Every way in which a word or the key may be written."""
    ways = {f"{word} ({way})": word.encode(way) for word in words for way in ("utf-8", "utf-16-le", "utf-16-be")}
    return ways | {"the key": key, "the key in hex": key.hex().encode(), "the key in capitals": key.hex().upper().encode()}


@pytest.fixture(scope="session")
def day(tmp_path_factory: pytest.TempPathFactory, places: Path, environment: dict[str, str], words: tuple[str, ...]) -> Iterator[Day]:
    """The day, up to the process that waits in its place once it has locked; that one is ended afterwards."""
    if sys.platform != "linux":
        pytest.skip("the memory of a process and what it asks of the network are read as Linux tells them")
    made = Day(places, places / "vault" / "practice.vault", tmp_path_factory.mktemp("exported") / "sheet.pdf")
    aside = tmp_path_factory.mktemp("aside")
    command = [sys.executable, str(HERE / "day.py"), str(made.vault), str(made.exported)]
    if STRACE:
        made.trace = aside / "trace"
        command = [
            STRACE,
            "-f",
            "--seccomp-bpf",
            "-qq",
            "-e",
            "trace=%network,execve",
            "-e",
            "signal=none",
            "-o",
            str(made.trace),
            *command,
        ]
    with (aside / "said").open("wb") as said, subprocess.Popen(  # noqa: S603
        command, env=environment, cwd=places, stdin=subprocess.PIPE, stdout=said, stderr=said
    ) as process:  # fmt: skip
        try:
            wait(lambda: "\ncharted\n" in f"\n{(aside / 'said').read_text()}", process, aside / "said")
            made.key = Vault.unwrap_key(made.vault, PASSPHRASE).key
            wanted = encoded(words, made.key)
            pid = child_of(process.pid) if STRACE else process.pid
            made.charted = memory_holds(pid, wanted)
            assert process.stdin is not None
            process.stdin.write(b"\n")
            process.stdin.flush()
            wait(lambda: b"locked" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"), process, aside / "said")
            wait(lambda: "libQt6Widgets" in Path(f"/proc/{pid}/maps").read_text(), process, aside / "said")
            sleep(2)  # its window stands, or a little later: it is handed nothing more
            made.locked = memory_holds(pid, wanted)
            made.said = (aside / "said").read_text()
            yield made
        finally:
            with suppress(OSError):
                os.kill(child_of(process.pid) if STRACE else process.pid, 9)
            process.kill()


def wait(until, process, said) -> None:
    """Wait for the program, as long as it runs."""
    end = monotonic() + PATIENCE
    while not until():
        assert process.poll() is None, said.read_text()
        assert monotonic() < end, said.read_text()
        sleep(0.05)


def child_of(pid: int) -> int:
    """The process that strace began."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(children[0]) if children else 0


def memory_holds(pid: int, wanted: dict[str, bytes]) -> dict[str, bool]:
    """Which of the wanted bytes stand anywhere in the memory of a process."""
    found = dict.fromkeys(wanted, False)
    try:
        with Path(f"/proc/{pid}/mem").open("rb", 0) as memory:
            for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
                span = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)
                if span is None:
                    continue
                start, end = int(span[1], 16), int(span[2], 16)
                with suppress(OSError, OverflowError, ValueError):
                    memory.seek(start)
                    content = memory.read(end - start)
                    for name, each in wanted.items():
                        found[name] = found[name] or each in content
    except PermissionError:
        return {}
    return found
