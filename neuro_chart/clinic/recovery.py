"""The recovery key as it is printed and typed: 160 bits in eight groups, each with a check character of its own.

The alphabet is Crockford's base 32 (https://www.crockford.com/base32.html): no I, L, O or U. A group is four characters and a check,
which together are a polynomial over GF(32); its value at a primitive element is the group's own number. So a wrong character, two
characters that changed places and two groups that changed places are each told at their group.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import reduce
from secrets import token_bytes

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUPS, LETTERS = 8, 5
_BYTES = 20
_MODULUS = 0b100101  # x⁵ + x² + 1, of which x is a primitive element
_TAKEN_FOR = str.maketrans("OIL", "011")
_BETWEEN = re.compile(r"[\s‐-―−_.,:|/-]+")


class MisreadError(ValueError):
    """The key isn't as it was printed; `groups` are the numbers of the groups to look at, and the text says so in a sentence."""

    def __init__(self, groups: Sequence[int], sentence: str) -> None:
        super().__init__(sentence)
        self.groups = tuple(groups)


def fresh() -> str:
    """A new key, from the system's randomness."""
    return write(token_bytes(_BYTES))


def write(bits: bytes) -> str:
    """160 bits as eight groups with dashes between them."""
    if len(bits) != _BYTES:
        raise ValueError(f"A recovery key has {_BYTES} bytes.")
    number, data = int.from_bytes(bits), LETTERS - 1
    values = [number >> 5 * place & 31 for place in reversed(range(GROUPS * data))]
    groups = (values[at : at + data] for at in range(0, len(values), data))
    return "-".join("".join(ALPHABET[value] for value in (*group, _value([*group, 0]) ^ at)) for at, group in enumerate(groups, 1))


def read(text: str) -> bytes:
    """The bits of a key that somebody typed, in any case and with any dashes; MisreadError names the groups that are wrong."""
    groups = _groups(text)
    places = [place(group) for group in groups]
    wrong = [at for at, found in enumerate(places, 1) if found != at]
    if not groups:
        raise MisreadError(range(1, GROUPS + 1), f"Type the {GROUPS} groups of the key as they stand on the recovery sheet.")
    if len(groups) < GROUPS:
        missing = [at for at in range(1, GROUPS + 1) if at not in places]
        raise MisreadError(missing, f"The key has {GROUPS} groups: {_named(missing)} missing or misread.")
    if len(groups) > GROUPS:
        raise MisreadError(wrong, f"The key has only {GROUPS} groups: something is too many, at group {wrong[0]} or before it.")
    if wrong:
        raise misread(wrong)
    values = (ALPHABET.index(letter) for group in groups for letter in group[:-1])
    return reduce(lambda bits, value: bits << 5 | value, values, 0).to_bytes(_BYTES)


def misread(groups: Sequence[int]) -> MisreadError:
    """That these groups aren't as they were printed."""
    return MisreadError(groups, f"{_named(groups).capitalize()} misread. Compare with the sheet, character by character.")


def letters(text: str) -> str:
    """What was typed in the key's own letters: capitals, without dashes and spaces, 0 for O and 1 for I and L."""
    return _BETWEEN.sub("", _plain(text))


def place(group: str) -> int:
    """The number of the group that these letters are, from 1; 0 where they are none, as something in them is wrong."""
    if len(group) != LETTERS or not set(group) <= set(ALPHABET):
        return 0
    number = _value([ALPHABET.index(letter) for letter in group])
    return number if number <= GROUPS else 0


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).upper().translate(_TAKEN_FOR)


def _groups(text: str) -> list[str]:
    """As the dashes or spaces part them, if they part eight; by fives where they are odd or missing."""
    whole, parts = letters(text), [part for part in _BETWEEN.split(_plain(text)) if part]
    if len(parts) == GROUPS and len(whole) != GROUPS * LETTERS:
        return parts
    return [whole[at : at + LETTERS] for at in range(0, len(whole), LETTERS)]


def _value(values: Sequence[int]) -> int:
    """The value of a polynomial over GF(32) at the primitive element, the highest power first."""
    return reduce(lambda total, value: (total << 1 ^ (_MODULUS if total & 16 else 0)) ^ value, values)


def _named(groups: Sequence[int]) -> str:
    *first, last = map(str, groups)
    return f"groups {', '.join(first)} and {last} are" if first else f"group {last} is"
