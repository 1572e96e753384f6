"""What the words of a line mean, point or not."""

import re

from neuro_chart.clinic.points import CHANNELS, Catalogue, Point
from neuro_chart.clinic.shorthand import vocabulary as says
from neuro_chart.clinic.shorthand.vocabulary import Piece

_CHANNEL_WORDS = frozenset(word for words in CHANNELS.values() for word in words)
_UNITS = (says.GAUGE, says.DEPTH, says.MINUTES, says.HERTZ)


class Lexicon:
    """The longest words with a meaning from any piece of a line on."""

    def __init__(self, text: str, catalogue: Catalogue) -> None:
        self.text, self.plain = text, says.plain(text)
        self.pieces = says.cut(self.plain)
        self._ends = {piece.end for piece in self.pieces}
        self.catalogue = catalogue
        self._known: dict[int, tuple[int, str, object] | None] = {}

    def piece(self, at: int) -> Piece | None:
        """The piece at a place, if there is one."""
        return self.pieces[at] if 0 <= at < len(self.pieces) else None

    def meaning(self, at: int) -> tuple[int, str, object] | None:
        """The piece behind the longest words with a meaning, its kind (side, said, beside, all, filler or point), and what is meant."""
        if at not in self._known:
            self._known[at] = self._longest(at)
        return self._known[at]

    def points(self, at: int) -> tuple[int, tuple[Point, ...]] | None:
        """The piece behind the name of a point, and whose name it is."""
        meaning = self.meaning(at) if self.piece(at) else None
        return (meaning[0], meaning[2]) if meaning and isinstance(meaning[2], tuple) and meaning[1] == "point" else None

    def is_point(self, at: int) -> bool:
        """Whether a point stands here, or a name for several."""
        piece = self.piece(at)
        return piece is not None and (piece.kind == "name" or self.points(at) is not None)

    def is_measure(self, piece: Piece) -> bool:
        """Whether a number has a unit of its own."""
        return any(self.match(measure, piece.start) for measure in _UNITS)

    def match(self, pattern: re.Pattern[str], start: int) -> re.Match[str] | None:
        """What a pattern finds from a column on, if it ends where a piece ends."""
        found = pattern.match(self.plain, start)
        return found if found and found.end() in self._ends else None

    def _has_unit(self, piece: Piece) -> bool:
        """Whether a number can't be a point's for its unit. Close behind letters that is a unit in letters, close behind the number."""
        found = next((found for measure in _UNITS if (found := self.match(measure, piece.start))), None)
        if not found or (found.re is not says.GAUGE and found[2]):
            return False
        close = self.plain[piece.start - 1 : piece.start].isalpha()
        return not close or (found[0][-1] != "'" and " " not in found[0])

    def _longest(self, at: int) -> tuple[int, str, object] | None:
        first, key, number, found = self.pieces[at], "", False, None
        if first.kind not in {"word", "han"}:
            return None
        for place in range(at, min(at + says.LONGEST, len(self.pieces))):
            piece = self.pieces[place]
            if piece.kind == "mark":
                if piece.key not in ".-–'":
                    break
                continue
            if piece.kind == "name" or (piece.kind == "number" and (number or self._has_unit(piece))):
                break
            number = piece.kind == "number"
            key += piece.key
            if not (number or key in says.BEGINNINGS or self.catalogue.begins(key)):
                break
            meaning = self._mean(key, self.text[first.start : piece.end])
            if meaning and (meaning[0] != "filler" or place == at or first.kind == "han"):
                found = (place + 1, *meaning)
        return found

    def _mean(self, key: str, words: str) -> tuple[str, object] | None:
        for kind, table in (("side", says.SIDES), ("said", says.SAID), ("beside", says.ADJUNCTS)):
            if key in table:
                return kind, table[key]
        if key in says.ALL or key in says.FILLERS:
            return "all" if key in says.ALL else "filler", None
        if key in _CHANNEL_WORDS:  # not the point that is called Gallbladder
            return None
        points = self.catalogue.called(words)
        return ("point", points) if points else None
