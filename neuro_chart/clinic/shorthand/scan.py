"""A line while it is read: how far, and what was understood so far."""

from collections.abc import Mapping, Sequence

from neuro_chart.clinic.needles import LONGEST, SHORTEST, Needle, Side, Site
from neuro_chart.clinic.points import Catalogue, Point
from neuro_chart.clinic.shorthand.groups import Aside, Groups
from neuro_chart.clinic.shorthand.lexicon import Lexicon
from neuro_chart.clinic.shorthand.nearest import nearest
from neuro_chart.clinic.shorthand.prescription import Draft, Mention, Misread, Said, Word
from neuro_chart.clinic.shorthand.vocabulary import Piece

MOST_HELPED = 40  # a pasted page has hundreds of words that are no points; the first few get suggestions
_NOWHERE = Site(0, 0, 0, Side.MIDLINE, "")


class Scan:
    """Stands before the piece number `at` of a line.

    `fresh` is the point that nothing but its own words has followed, `dash` the dash between it and what comes next.
    """

    def __init__(self, text: str, catalogue: Catalogue, names: Mapping[str, Sequence[str]]) -> None:
        self.text, self.catalogue, self.names = text, catalogue, names
        self.line = Lexicon(text, catalogue)
        self.draft = Draft()
        self.groups = Groups(self.draft)
        self.at = 0
        self.fresh: Mention | None = None
        self.dash: Piece | None = None
        self._lost_at = -1
        self._helped = 0

    def ahead(self, steps: int = 0) -> Piece | None:
        """The piece so many steps ahead, or behind; None beyond the ends."""
        return self.line.piece(self.at + steps)

    def go_to(self, end: int) -> None:
        """Go on behind a column."""
        while (piece := self.ahead()) and piece.start < end:
            self.at += 1

    def understood(self, start: int, end: int, kind: str) -> None:
        """Colour the columns and go on behind them."""
        self.draft.words.append(Word(start, end, kind))
        self.go_to(end)

    def doubt(self, start: int, end: int, sentence: str, suggestions: Sequence[str] = ()) -> None:
        """Say what is in doubt, of words that were read."""
        self.draft.errors.append(Misread(start, end, self.text[start:end], sentence, tuple(suggestions)))

    def misread(self, start: int, end: int, sentence: str, suggestions: Sequence[str] = ()) -> None:
        """Say why columns are not understood, and go on behind them."""
        self.doubt(start, end, sentence, suggestions)
        self.understood(start, end, "unknown")
        self.fresh = self.dash = None

    @property
    def is_lost(self) -> bool:
        """Whether the word just before means nothing."""
        return self._lost_at == self.at

    def lost(self, piece: Piece) -> None:
        """A piece that means nothing. With its number, or beside others that come near to nothing, it is one."""
        errors, start, before = self.draft.errors, piece.start, self.ahead(-1)
        offers = self._near(start, piece.end)
        of_it = piece.kind == "number" or (before is not None and before.kind == piece.kind == "han")
        if self.is_lost and (of_it or not (offers or errors[-1].suggestions)):
            start = errors.pop().start
            self.draft.words.pop()
            offers = self._near(start, piece.end)
        words = f"“{self.text[start : piece.end]}” is" if piece.end - start < 40 else "These words are"
        self.misread(start, piece.end, f"{words} not understood.", offers)
        self._lost_at = self.at

    def _near(self, start: int, end: int) -> tuple[str, ...]:
        if self._helped >= MOST_HELPED or end - start > 40:
            return ()
        self._helped += 1
        return nearest(self.text[start:end], self.catalogue)

    def say(self, start: int, end: int, kind: str, said: Said) -> None:
        """What is said of needles, if a needle can be so."""
        charted = {"retention" if name == "minutes" else name: value for name, value in vars(said).items() if value is not None}
        if wrong := Needle("", _NOWHERE, **charted).errors():
            offers = () if said.minutes is None else (f"{min(max(said.minutes, SHORTEST), LONGEST)}m",)
            self.misread(start, end, next(iter(wrong.values())), offers)
        else:
            self.groups.say(Aside(said=said))
            self.understood(start, end, kind)

    def add(self, points: tuple[Point, ...], start: int, end: int) -> Mention:
        """Points that stand in these columns."""
        mention = Mention(points, start, end)
        self.draft.mentions.append(mention)
        self.groups.begin([mention])
        self.fresh, self.dash = mention, None
        self.understood(start, end, "point")
        return mention
