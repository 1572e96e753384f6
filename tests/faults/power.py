"""What a cut of the power may leave of a folder: read from the log that disk.so wrote, and made anew at any moment of it.

What was synced is there. Of what was written since, a disk may have kept all, nothing, the first part, any part, or a write torn between
its sectors; of what was created, renamed and unlinked since the folder was synced, any first part.
"""

import random
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

HEAD = struct.Struct("<c7xQqII")
SECTOR = 512
FATES = ("kept", "dropped", "first part", "any part", "torn")


class Done(NamedTuple):
    """One thing that was done: its kind (disk.c names them), the file, where, and what."""

    kind: str
    node: int
    at: int
    one: bytes
    other: bytes


def read(log: Path) -> list[Done]:
    """All that was done, in its order."""
    raw, at, found = log.read_bytes(), 0, []
    while at < len(raw):
        kind, node, offset, length, more = HEAD.unpack_from(raw, at)
        at += HEAD.size
        found.append(Done(kind.decode(), node, offset, raw[at : at + length], raw[at + length : at + length + more]))
        at += length + more
    return found


@dataclass
class File:
    """What is durable of a file, and what was done to it since."""

    content: bytearray
    since: list[Done] = field(default_factory=list)

    def after(self, fate: str, chance: random.Random) -> bytes:
        """What is left of it."""
        content, first = bytearray(self.content), chance.randint(0, len(self.since))
        for number, done in enumerate(self.since):
            sectors = range(0, max(len(done.one), 1), SECTOR)
            kept: Sequence[int] = {
                "kept": sectors,
                "dropped": (),
                "first part": sectors if number < first else (),
                "any part": sectors if chance.random() < 0.5 else (),
                "torn": [sector for sector in sectors if chance.random() < 0.5],
            }[fate]
            _apply(content, done, kept)
        return bytes(content)

    def sync(self) -> None:
        for done in self.since:
            _apply(self.content, done, range(0, max(len(done.one), 1), SECTOR))
        self.since = []


def _apply(content: bytearray, done: Done, sectors: Sequence[int]) -> None:
    if done.kind == "t":
        if sectors:
            content.extend(bytes(max(0, done.at - len(content))))
            del content[done.at :]
        return
    for sector in sectors:
        part = done.one[sector : sector + SECTOR]
        start = done.at + sector
        content.extend(bytes(max(0, start + len(part) - len(content))))
        content[start : start + len(part)] = part


class Disk:
    """A folder as it lies on the disk, while what was done to it is done once more."""

    def __init__(self, folder: Path, before: Path) -> None:
        """`before` is a copy of the folder, made when the log began; its files bear the folder's names and node numbers beside (nodes)."""
        self.folder = folder
        self.files: dict[int, File] = {}
        self.names: dict[str, int] = {}
        self._since: list[Done] = []
        for line in (before / "nodes").read_text().splitlines():
            node, _, name = line.partition(" ")
            self.files[int(node)] = File(bytearray((before / name).read_bytes()))
            self.names[str(folder / name)] = int(node)

    def do(self, done: Done) -> None:
        """Take the next thing that was done."""
        if done.kind == "c":
            self.files[done.node] = File(bytearray())
        if done.kind in "crlu":
            self._since.append(done)
        elif done.kind in "wt":
            self.files.setdefault(done.node, File(bytearray())).since.append(done)
        elif done.kind == "s" and done.one:
            where = Path(done.one.decode())
            mine = [each for each in self._since if where in {Path(told.decode()).parent for told in (each.one, each.other) if told}]
            for each in mine:
                _rename(self.names, each)
                self._since.remove(each)
        elif done.kind == "s" and done.node in self.files:
            self.files[done.node].sync()

    def cut(self, into: Path, chance: random.Random) -> str:
        """Leave in a folder what the power's going now may leave; what became of what was not synced."""
        fate = chance.choice(FATES)
        names = dict(self.names)
        for each in self._since[: {"kept": len(self._since), "dropped": 0}.get(fate, chance.randint(0, len(self._since)))]:
            _rename(names, each)
        for name, node in names.items():
            path = into / Path(name).relative_to(self.folder)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(self.files[node].after(fate, chance))
        return fate


def _rename(names: dict[str, int], done: Done) -> None:
    one, other = done.one.decode(), done.other.decode()
    if done.kind == "c":
        names[one] = done.node
    elif done.kind == "u":
        names.pop(one, None)
    elif one in names:
        names[other] = names[one]
        if done.kind == "r":
            del names[one]


def remember(folder: Path, into: Path) -> None:
    """Keep a copy of a folder, with the number that each file has on the disk, before a log begins."""
    into.mkdir()
    nodes = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name = path.relative_to(folder)
            (into / name).parent.mkdir(parents=True, exist_ok=True)
            (into / name).write_bytes(path.read_bytes())
            nodes.append(f"{path.stat().st_ino} {name}")
    (into / "nodes").write_text("\n".join(nodes))


def cuts(log: Sequence[Done], disk: Disk, number: int, seed: int = 0) -> Iterator[tuple[list[bytes], int, random.Random]]:
    """So many moments of a log, in their order: what had been said until then, the moment, and chance for what is left."""
    chance = random.Random(seed)  # noqa: S311
    moments = sorted(chance.choices(range(len(log) + 1), k=number))
    said, at = [], 0
    for moment in moments:
        for done in log[at:moment]:
            disk.do(done)
            if done.kind == "S":
                said.append(done.one)
        at = moment
        yield said, moment, random.Random(f"{seed} {moment} {chance.random()}")  # noqa: S311
