"""Files gone wrong in every way: torn, repeated, turned over, and whole JSON that says what nobody expects. Each by a seeded chance."""

import json
import random
import re
from collections.abc import Iterator
from copy import deepcopy
from hashlib import sha256
from typing import Any

Chance = random.Random
DEEP = 100_000
WORDS = ("", "x", "\0", "\ud800", "\u202e", "é" * 300, "9" * 5000, "../../x", "/etc/passwd", "CON", "NaN", "2026-02-30", "0x10", "-0")
NUMBERS = (0, -1, 1, 2**31, 2**63, 10**30, -(10**30), 0.5, 1e308, float("nan"), float("inf"), -float("inf"))
WRONG: tuple[Any, ...] = (None, True, False, [], {}, [[]], {"a": {"b": []}}, [None], *WORDS, *NUMBERS)


def torn(whole: bytes, chance: Chance) -> bytes:
    """Bytes as a disk or a hand spoils them, once to three times over."""
    for _ in range(chance.randint(1, 3)):
        whole = chance.choice(_TEARS)(whole, chance)
    return whole


def rewritten(told: Any, chance: Chance, seal: str = "") -> bytes:
    """JSON with something else in one to three of its places; `seal` names the checksum of the rest, which is made anew."""
    told = json.loads(json.dumps(told))
    for _ in range(chance.randint(1, 3)):
        places = list(_places(told))
        if not places:
            break
        _spoil(*chance.choice(places), chance)
    if seal and isinstance(told, dict) and chance.random() < 0.95:
        told.pop(seal, None)
        told[seal] = sha256(json.dumps(told, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    text = json.dumps(told, indent=chance.choice((None, 1)))
    if chance.random() < 0.05 and text.startswith("{"):  # a key twice
        text = f'{{"{chance.choice([*told, "x"])}": 1, {text[1:]}'
    return text.encode()


def _places(told: Any) -> Iterator[tuple[Any, Any]]:
    keys = list(told) if isinstance(told, dict) else range(len(told)) if isinstance(told, list) else ()
    for key in keys:
        yield told, key
        yield from _places(told[key])


def _spoil(into: Any, key: Any, chance: Chance) -> None:
    way = chance.random()
    if way < 0.15:
        del into[key]
    elif way < 0.25 and isinstance(into, list):
        into.extend([into[key]] * chance.choice((1, 40)))
    elif way < 0.35 and isinstance(into, dict):
        into[str(chance.choice(WORDS))] = into[key]
    elif way < 0.5 and isinstance(into[key], int):
        into[key] = chance.choice((into[key] * 2, into[key] * 1000, -into[key], str(into[key]), float(into[key])))
    else:
        into[key] = deepcopy(chance.choice(WRONG))


def _flipped(whole: bytes, chance: Chance) -> bytes:
    made = bytearray(whole)
    for _ in range(chance.choice((1, 1, 4, 64)) if made else 0):
        made[chance.randrange(len(made))] ^= chance.choice((0xFF, 1 << chance.randrange(8)))
    return bytes(made)


def _stretch(whole: bytes, chance: Chance) -> tuple[int, int]:
    start = chance.randrange(len(whole) + 1)
    return start, chance.randint(start, min(len(whole), start + chance.choice((1, 16, 4096, len(whole) + 1))))


def _cut(whole: bytes, chance: Chance) -> bytes:
    return whole[: chance.randrange(len(whole) + 1)]


def _left_out(whole: bytes, chance: Chance) -> bytes:
    start, end = _stretch(whole, chance)
    return whole[:start] + whole[end:]


def _repeated(whole: bytes, chance: Chance) -> bytes:
    start, end = _stretch(whole, chance)
    times = min(chance.choice((2, 3, 1000)), 1 + (1 << 20) // max(1, end - start))
    return whole[:start] + whole[start:end] * times + whole[end:]


def _overwritten(whole: bytes, chance: Chance) -> bytes:
    start, end = _stretch(whole, chance)
    return whole[:start] + chance.choice((bytes(end - start), b"\xff" * (end - start), chance.randbytes(end - start))) + whole[end:]


def _moved(whole: bytes, chance: Chance) -> bytes:
    start, end = _stretch(whole, chance)
    rest = whole[:start] + whole[end:]
    at = chance.randrange(len(rest) + 1)
    return rest[:at] + whole[start:end] + rest[at:]


def _huge_number(whole: bytes, chance: Chance) -> bytes:
    found = list(re.finditer(rb"\d+", whole[: 1 << 16]))
    if not found:
        return whole
    number = chance.choice(found)
    made = chance.choice((b"9" * 400, b"9" * 5000, b"1e999", b"NaN", b"-Infinity", b"-1", b"0"))
    return whole[: number.start()] + made + whole[number.end() :]


def _deep(whole: bytes, chance: Chance) -> bytes:
    start, end = _stretch(whole, chance)
    made = chance.choice((b"[" * DEEP, b'{"a":' * DEEP, b"[" * DEEP + b"]" * DEEP, b"{" * DEEP))
    return chance.choice((made, whole[:start] + made + whole[end:]))


def _inserted(whole: bytes, chance: Chance) -> bytes:
    at = chance.choice((0, len(whole), chance.randrange(len(whole) + 1)))
    made = chance.choice(
        (b"\xef\xbb\xbf", b"\xff\xfe", b"\0", b"\r", b"\n", b"\xed\xa0\x80", b'"', b"\\ud800", b"\x1b[2J", chance.randbytes(9))
    )
    return whole[:at] + made + whole[at:]


def _other_kind(whole: bytes, chance: Chance) -> bytes:
    kinds = (b"", b"null", b"0", b"[]", b"{}", b'"x"', b"SQLite format 3\0" + bytes(9000), b"PK\3\4" + whole, bytes(len(whole)))
    return chance.choice((*kinds, whole.decode("latin-1").encode("utf-16"), chance.randbytes(len(whole))))


_TEARS = (_flipped, _flipped, _cut, _left_out, _repeated, _overwritten, _moved, _huge_number, _deep, _inserted, _other_kind)
