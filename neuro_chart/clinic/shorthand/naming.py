"""The points of a line: by their names, by a number alone, in ranges, by the levels of the spine, and how many they are."""

import re
from collections.abc import Sequence

from neuro_chart.clinic.points import Point
from neuro_chart.clinic.shorthand import vocabulary as says
from neuro_chart.clinic.shorthand.groups import Aside
from neuro_chart.clinic.shorthand.nearest import nearest
from neuro_chart.clinic.shorthand.prescription import Mention
from neuro_chart.clinic.shorthand.scan import Scan
from neuro_chart.clinic.shorthand.vocabulary import Piece

_LEVELS = {"c", "t", "l", "s"}  # of the spine


class Naming:
    """Reads points at the place where the scan stands. A method returns whether there was such a thing."""

    def __init__(self, scan: Scan) -> None:
        self._scan = scan
        self._untold: list[Mention] = []  # Jiaji points without their levels

    def named(self, behind: int, points: tuple[Point, ...]) -> None:
        """A whole name up to the piece `behind`. A name beside its own code is one point, and the code tells which of two it is."""
        scan, fresh = self._scan, self._scan.fresh
        start, end = scan.line.pieces[scan.at].start, scan.line.pieces[behind - 1].end
        shared = len({point.group or point.code for point in points}) > 1
        if fresh and not scan.groups.now.after and set(points) & set(fresh.points):
            if not shared:
                fresh.points = tuple(point for point in fresh.points if point in points)
            fresh.end, scan.dash = end, None
            scan.understood(start, end, "point")
            return
        if shared:
            own = self._code_beside(behind, points)
            if own is None:
                codes = [point.code for point in points]
                scan.misread(start, end, f"“{scan.text[start:end]}” may be {' or '.join(codes)}.", codes[:4])
                return
            behind, points = own
            end = scan.line.pieces[behind - 1].end
        if fresh and self._contradicts(behind, fresh):
            self._contradiction(fresh, points, scan.line.pieces[behind].end)
            return
        if fresh and scan.dash:
            self._doubt_range(scan.dash, fresh, points[0])
        mention = scan.add(points, start, end)
        if len(points) > 1 and _level_of(points[0]):
            self._untold.append(mention)

    def _code_beside(self, behind: int, points: tuple[Point, ...]) -> tuple[int, tuple[Point, ...]] | None:
        """The code that stands beside a name of two points: `Heliao (LI 19)`."""
        piece = self._scan.line.piece(behind)
        beside = self._scan.line.points(behind + 1 if piece and piece.key in {"(", ":", "-", "–", "/"} else behind)
        return beside if beside and set(beside[1]) <= set(points) else None

    def _contradicts(self, behind: int, fresh: Mention) -> bool:
        """Whether a name is followed by the code of another point in brackets: `Zusanli (ST26)`."""
        before, after = self._scan.ahead(-1), self._scan.line.piece(behind)
        in_brackets = before is not None and before.key == "(" and before.start >= fresh.end and after is not None and after.key == ")"
        return in_brackets and not re.search(r"\d", self._scan.text[fresh.start : fresh.end])

    def _contradiction(self, fresh: Mention, points: tuple[Point, ...], end: int) -> None:
        scan = self._scan
        scan.groups.withdraw(fresh)
        scan.draft.words = [word for word in scan.draft.words if word.start < fresh.start]
        codes = [each.group or each.code for each in (fresh.points[0], points[0])]
        sentence = f"{scan.text[fresh.start : fresh.end]} is {codes[0]}, not {codes[1]}. Which is meant?"
        scan.misread(fresh.start, end, sentence, codes)

    def _doubt_range(self, dash: Piece, fresh: Mention, point: Point) -> None:
        """A dash between two codes parts them; where it may as well reach from one to the other, that is said."""
        (stem, first), (other, last) = _stem(fresh.points[-1].code), _stem(point.code)
        if stem == other and last - first > 1:
            sentence = f"Only the two, or all from {stem}{first} to {stem}{last}? For all write {stem}{first}-{last}."
            self._scan.doubt(dash.start, dash.end, sentence, (", ", " to "))

    def next_of_channel(self, number: str) -> Point | None:
        """The point of the channel that was named last, by its number alone."""
        told = self._scan.groups.now.mentions[-1:]
        if not told or not told[0].points:
            return None
        stem, _ = _stem(told[0].points[-1].code)
        code = stem + number
        return self._scan.catalogue[code] if code in self._scan.catalogue and not stem.endswith(".") else None

    def range(self, at: int) -> bool:
        """`BL31-34` or `BL31 to BL34`, from the piece behind the dash on."""
        scan, fresh = self._scan, self._scan.fresh
        if fresh is None or len(fresh.points) != 1:
            return False
        stem, first = _stem(fresh.points[0].code)
        number, end = self._reach(at, stem)
        last = int(number) if number else 0
        if last <= first:
            return False
        scan.at = at
        start = scan.line.pieces[at].start
        if f"{stem}{last}" in scan.catalogue:
            fresh.points += tuple(scan.catalogue[f"{stem}{number}"] for number in range(first + 1, last + 1))
            fresh.end, scan.dash = end, None
            scan.understood(start, end, "point")
        else:
            scan.misread(start, end, f"There is no {stem}{last}.", nearest(f"{stem}{last}", scan.catalogue))
        return True

    def _reach(self, at: int, stem: str) -> tuple[str, int]:
        """The number that a range goes to, and where it ends: a number alone, or behind a word (but no dash) a code of the channel."""
        piece, to = self._scan.line.piece(at), self._scan.line.points(at)
        by_word = self._scan.line.pieces[self._scan.at].kind != "mark"
        if to and by_word and len(to[1]) == 1 and to[1][0].code.startswith(stem):
            return to[1][0].code.removeprefix(stem), self._scan.line.pieces[to[0] - 1].end
        if piece and piece.kind == "number" and piece.key.isdigit() and len(piece.key) < 4 and not self._scan.line.is_measure(piece):
            return piece.key, piece.end
        return "", 0

    def level(self, piece: Piece) -> bool:
        """`L3` after Jiaji, and `-S1` after that: all levels from the one to the other, as far as they are known."""
        scan, number, told = self._scan, self._scan.ahead(1), self._scan.groups.now.mentions[-1:]
        if piece.key not in _LEVELS or number is None or number.kind != "number" or number.start != piece.end:
            return False
        if not (told and told[0].points and _level_of(told[0].points[-1])):
            return False
        jiaji, level = told[0], f"{piece.key.upper()}{number.key}"
        row = scan.catalogue.group(jiaji.points[-1])
        levels = [_level_of(point) for point in row]
        reaches = scan.dash is not None and scan.fresh is jiaji and jiaji not in self._untold
        first = levels.index(_level_of(jiaji.points[-1])) + 1 if reaches else 0
        if level in levels:
            place = levels.index(level)
            found = row[first : place + 1] if reaches else row[place : place + 1]
            scan.understood(piece.start, number.end, "point")
        else:
            found = row[first:] if reaches and piece.key == "s" else ()
            scan.misread(piece.start, number.end, f"No Jiaji point is known at {level}; they go from {levels[0]} to {levels[-1]}.")
        if jiaji in self._untold:
            self._untold.remove(jiaji)
            jiaji.points, jiaji.end, scan.fresh = found, number.end, jiaji
        elif reaches:
            jiaji.points += found
            jiaji.end, scan.dash = number.end, None
        elif found:
            scan.draft.words.pop()
            scan.add(found, piece.start, number.end)
        return True

    def times(self, piece: Piece) -> bool:
        """`×4` after points, or `(4)` after points of one name: how many they are on a side, or on both."""
        scan, fresh, before, after = self._scan, self._scan.fresh, self._scan.ahead(-1), self._scan.ahead(1)
        if fresh is None or not fresh.points:
            return False
        if found := scan.line.match(says.TIMES, piece.start):
            number, end = int(found[1]), found.end()
        elif len(fresh.points) > 1 and piece.key.isdigit() and before and before.key == "(" and after and after.key == ")":
            number, end = int(piece.key[:4]), piece.end
        else:
            return False
        one, two = len(fresh.points), sum(len(fresh.sides(point, "both")) for point in fresh.points)
        if fresh.side in {"left", "right"}:
            two = one
        if number == two != one:
            scan.groups.say(Aside(side="both"))
        if number in {one, two}:
            scan.understood(piece.start, end, "point")
        else:
            words = scan.text[fresh.start : fresh.end]
            scan.misread(piece.start, end, f"{words} is {one} on a side and {two} in all, not {number}.", _counts(one, two))
        return True

    def finish(self) -> None:
        """Jiaji points without their levels are none."""
        for mention in self._untold:
            words, stem = self._scan.text[mention.start : mention.end], mention.points[0].group
            mention.points = ()
            self._scan.doubt(mention.start, mention.end, f"Which levels? Write {words} L3-L5.", (f"{stem} L3-L5", f"{stem} T10-L2"))


def _counts(one: int, two: int) -> Sequence[str]:
    return (f"×{one}",) if one == two else (f"×{one}", f"×{two}")


def _stem(code: str) -> tuple[str, int]:
    """A code without its number, and the number."""
    found = re.fullmatch(r"(.*?)(\d+)", code)
    return (found[1], int(found[2])) if found else (code, 0)


def _level_of(point: Point) -> str:
    """The level of the spine in a code: L3 of EX-B2.L3."""
    found = re.search(r"\.([A-Z]\d+)$", point.code)
    return found[1] if found else ""
