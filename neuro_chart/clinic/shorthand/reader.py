"""Goes once over a line of shorthand, word by word."""

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from neuro_chart.clinic.adjuncts import ELECTRO, Adjunct
from neuro_chart.clinic.needles import LONGEST, RETENTION_PRESETS, SHORTEST
from neuro_chart.clinic.points import Catalogue
from neuro_chart.clinic.shorthand import vocabulary as says
from neuro_chart.clinic.shorthand.groups import OTHER, Aside
from neuro_chart.clinic.shorthand.naming import Naming
from neuro_chart.clinic.shorthand.prescription import Beside, Draft, Mention, Reading, Said
from neuro_chart.clinic.shorthand.scan import Scan
from neuro_chart.clinic.shorthand.vocabulary import Piece

_ENDS, _PARTS, _BETWEEN = frozenset("\n;"), frozenset(",·&|"), frozenset(".()[]{}/:'\"“”„«»<>")


def read(text: str, catalogue: Catalogue, names: Mapping[str, Sequence[str]] | None = None, side: str = "") -> Reading:
    """What a line of shorthand says; nothing is guessed, and what is not understood takes nothing with it.

    `names` are the lines that an @name stands for; `side` is where a point goes whose side is not said: both, left, right, or empty to ask.
    """
    return _Reader(Scan(text, catalogue, names or {})).read().reading(text, side)


class _Reader:
    def __init__(self, scan: Scan) -> None:
        self._scan = scan
        self._points = Naming(scan)
        self._after_side = -1
        self._named_side = ""  # the last left or right

    def read(self) -> Draft:
        """The whole text."""
        kinds = {"mark": self._mark, "name": self._name, "number": self._number}
        while piece := self._scan.ahead():
            kinds.get(piece.kind, self._word)(piece)
        self._scan.groups.close(last=True)
        self._points.finish()
        return self._scan.draft

    def _word(self, piece: Piece) -> None:
        scan = self._scan
        if self._points.level(piece) or (piece.key == "x" and self._points.times(piece)):
            return
        if piece.key in says.RANGE and self._points.range(scan.at + 1):
            return
        meaning = scan.line.meaning(scan.at)
        if self._is_side_and_number(piece):
            meaning = (scan.at + 1, "side", says.SIDES[piece.key])
        if meaning is None or self._is_only_a_letter(piece, meaning[0]) or self._is_of_a_thing(*meaning):
            scan.lost(piece)
            return
        behind, kind, value = meaning
        start, end = piece.start, scan.line.pieces[behind - 1].end
        match kind, value:
            case "point", tuple():
                self._points.named(behind, value)
            case "side", str():
                self._side(start, end, behind, value)
            case "said", Said():
                scan.say(start, end, "technique" if value.minutes is None else "minutes", value)
            case "beside", (str(name), str(method)):
                self._lead(behind)
                self._beside(start, end, name, method)
            case _:
                if kind == "all":
                    scan.groups.say(Aside())
                scan.go_to(end)

    def _is_side_and_number(self, piece: Piece) -> bool:
        """`b 30` after a point is a side and a number without its m; only before any point is `b 30` a point of the bladder."""
        after = self._scan.ahead(1)
        parted = after is not None and after.kind == "number" and piece.end < after.start
        return parted and piece.key in says.SIDES and bool(self._scan.groups.now.mentions)

    def _is_of_a_thing(self, behind: int, kind: str, value: object) -> bool:
        """Whether a word for technique or angle belongs to something else: `transverse crease`, `even though`."""
        after, of_needle = self._scan.line.piece(behind), isinstance(value, Said) and (value.technique or value.angle)
        return bool(kind == "said" and of_needle and after and after.kind == "word" and self._scan.line.meaning(behind) is None)

    def _is_only_a_letter(self, piece: Piece, behind: int) -> bool:
        """Whether a letter counts, `b) BL25`, or begins a code that is not known, `R 22`, and so is neither a side nor a filler."""
        before, after = self._scan.ahead(-1), self._scan.ahead(1)
        if after is None or piece.kind != "word" or len(piece.key) > 1 or behind > self._scan.at + 1:
            return False
        counts = after.key == ")" and not (before and before.key == "(")
        number = after.kind == "number" and not self._scan.line.is_measure(after)
        return counts or (number and (piece.key in says.FILLERS or not self._scan.groups.now.mentions))

    def _side(self, start: int, end: int, behind: int, side: str) -> None:
        scan, group = self._scan, self._scan.groups.now
        if group.star:
            scan.misread(start, end, "The side of all needles at once is not changed by a word.")
            return
        self._lead(behind, leading=group.has_side_before)
        if side in OTHER:
            self._named_side = side
        elif side != "both" and self._named_side:
            side = self._named_side if side == "ipsi" else OTHER[self._named_side]
        if scan.fresh and scan.fresh.off:
            scan.fresh.side = side
        else:
            scan.groups.say(Aside(side=side))
        scan.understood(start, end, "side")
        self._after_side = scan.at

    def _lead(self, behind: int, *, leading: bool = False) -> None:
        """Words that a comma parts from what is before them, and nothing from the point behind them, are of what follows."""
        before, groups = self._scan.ahead(-1), self._scan.groups
        parted = before is not None and before.key in {",", "and", "("}
        if groups.now.mentions and (parted or leading) and self._scan.line.is_point(behind):
            groups.close(wide=False)

    def _beside(self, start: int, end: int, kind: str, method: str) -> None:
        """Something beside the needles, with its frequency and its minutes."""
        line, frequency, minutes = self._scan.line, "", None
        if kind == ELECTRO and (hertz := line.match(says.FREQUENCY, end)):
            frequency, end = _frequency(hertz), hertz.end()
        wrong: dict[str, str] = {}
        if (time := line.match(says.ADJUNCT_MINUTES, end)) and not time[2] and "." not in time[1]:
            wrong = Adjunct("", kind, minutes=int(time[1])).errors()
            minutes, end = (None, end) if wrong else (int(time[1]), time.end())
        beside = Beside(kind, method, frequency, minutes, start, end)
        self._scan.draft.besides.append(beside)
        self._scan.groups.say(Aside(beside=beside))
        self._scan.understood(start, end, "adjunct")
        if time and wrong:
            self._scan.misread(line.pieces[self._scan.at].start, time.end(), wrong["minutes"])

    def _name(self, piece: Piece) -> None:
        """`@dpn`: the points of its lines; what is wrong in them is said here."""
        scan, key = self._scan, self._scan.text[piece.start + 1 : piece.end]
        lines = scan.names.get(key) or scan.names.get(key.casefold())
        if not lines:
            near = [f"@{name}" for name in get_close_matches(key, scan.names, 4, 0.5)]
            scan.misread(piece.start, piece.end, f"No prescription is called @{key}.", near)
            return
        draft = _Reader(Scan("\n".join(lines), scan.catalogue, {})).read()
        for mention in draft.mentions:
            mention.start, mention.end = piece.start, piece.end
        for beside in draft.besides:
            beside.start, beside.end = piece.start, piece.end
            scan.groups.join(beside, beside.at)
        for error in draft.errors:
            scan.doubt(piece.start, piece.end, f"In @{key}, “{error.text}”: {error.sentence}")
        scan.draft.mentions += draft.mentions
        scan.draft.besides += draft.besides
        scan.groups.begin([mention for mention in draft.mentions if not mention.off])
        scan.fresh = scan.dash = None
        scan.understood(piece.start, piece.end, "name")

    def _number(self, piece: Piece) -> None:
        if self._measure(piece) or self._points.times(piece):
            return
        scan, number, before = self._scan, piece.key, self._scan.ahead(-1)
        if (scan.is_lost and before and before.kind != "mark") or self._counts_a_word(before):
            scan.lost(piece)
            return
        point = self._points.next_of_channel(number)
        after_side = self._after_side == scan.at
        stands_close = before is not None and before.kind != "mark" and not (before.key in says.FILLERS and before.kind == "word")
        behind_name = stands_close and before is not None and before.kind != "number"
        like_minutes = stands_close and self._is_last(scan.ahead(1)) and number in {str(preset) for preset in RETENTION_PRESETS}
        if point and not (after_side or behind_name or like_minutes or (before and before.key == "(")):
            scan.add((point,), piece.start, piece.end)
            return
        offers = [f"{number}m"] if number.isdigit() and len(number) < 4 and SHORTEST <= int(number) <= LONGEST else []
        if after_side and before and (called := scan.catalogue.called(before.key + number)):
            offers.append(called[0].code)
        elif point:
            offers.append(point.code)
        question = f": is it {' or '.join(offers)}?" if offers else "."
        scan.misread(piece.start, piece.end, f"“{number}” stands alone{question}", offers)

    def _measure(self, piece: Piece) -> bool:
        """A gauge, a depth, minutes, or the frequency of the electro-stimulation before it."""
        scan, line, start = self._scan, self._scan.line, piece.start
        if found := line.match(says.GAUGE, start):
            gauge, length = sorted(float(each) for each in found.groups() if each)
            scan.say(start, found.end(), "gauge", Said(gauge=gauge, length=length))
        elif found := line.match(says.DEPTH, start):
            unit, times = says.DEPTH_UNITS[found[3]]
            low, high = float(found[1]) * times, float(found[2]) * times if found[2] else None
            scan.say(start, found.end(), "depth", Said(depth=low, depth_to=high, depth_unit=unit))
        elif found := line.match(says.MINUTES, start):
            if found[1].isdigit() and not found[2]:
                scan.say(start, found.end(), "minutes", Said(minutes=int(found[1])))
            else:
                offers = [f"{float(each):.0f}m" for each in found.groups() if each]
                scan.misread(start, found.end(), "How many minutes? Write one whole number.", offers)
        elif found := line.match(says.HERTZ, start):
            current = next((each for each in reversed(scan.draft.besides) if each.kind == ELECTRO and not each.frequency), None)
            if current:
                current.frequency = _frequency(found)
                scan.understood(start, found.end(), "adjunct")
            else:
                offer = f"ea {scan.text[start : found.end()]}"
                scan.misread(start, found.end(), "A frequency is one of electro-stimulation: write ea before it.", (offer,))
        return bool(found)

    def _counts_a_word(self, before: Piece | None) -> bool:
        """Whether a number belongs to a word that means nothing here, `12 sessions`, or to a list of sources, `[12]`."""
        after = self._scan.ahead(1)
        if before and before.key == "[":
            return True
        if after is None or after.kind in {"number", "name"}:
            return False
        if after.kind == "mark":
            seconds = after.key == "'" and after.start == self._scan.line.pieces[self._scan.at].end
            return seconds or after.key not in _ENDS | _PARTS | _BETWEEN | {*"-–~+=*×"}
        return after.key != "x" and self._scan.line.meaning(self._scan.at + 1) is None

    def _is_last(self, after: Piece | None) -> bool:
        return after is None or after.key in _ENDS or after.key == "."

    def _mark(self, piece: Piece) -> None:
        scan, key, after = self._scan, piece.key, self._scan.ahead(1)
        if key in says.MARKED:
            self._sign(piece)
            return
        if key in "×*" and self._points.times(piece):
            return
        if key == "*":
            self._star(piece)
            return
        if key in "–~" and self._points.range(scan.at + 1):
            return
        if key in "–~":
            scan.dash = piece
        elif key in _ENDS or (key == "." and (after is None or after.start > piece.end)):
            scan.groups.close()
            scan.fresh = None
        elif key in _PARTS:
            scan.fresh = None
        elif key not in _BETWEEN:
            scan.lost(piece)
            return
        scan.at += 1

    def _sign(self, piece: Piece) -> None:
        """A plus, a hyphen or an equals sign: a technique behind a point, or what parts two points, or what takes one off."""
        scan, before, after, group = self._scan, self._scan.ahead(-1), self._scan.ahead(1), self._scan.groups.now
        left = before is not None and before.end == piece.start and before.key not in _ENDS | _PARTS | {"("}
        right = after is not None and after.start == piece.end
        point, hyphen = scan.line.is_point(scan.at + 1), piece.key == "-"
        to_number = hyphen and after is not None and after.kind == "number" and not scan.line.is_measure(after)
        if hyphen and right and not left and (taken := scan.line.points(scan.at + 1)):
            mention = Mention(taken[1], piece.start, scan.line.pieces[taken[0] - 1].end, off=True)
            scan.draft.mentions.append(mention)
            scan.fresh, scan.dash = mention, None
            scan.understood(mention.start, mention.end, "off")
        elif hyphen and self._points.range(scan.at + 1):
            pass
        elif point and hyphen and group.unit and not left and not right:
            sentence = "Does “-” drain the point before it, or only part the two? To drain, write it close behind the point."
            scan.misread(piece.start, piece.end, sentence, ("-,", ","))
        elif (
            to_number
            or not (group.unit or group.star)
            or (point and right and piece.key != "=")
            or (point and not left and piece.key == "+")
        ):
            scan.fresh, scan.dash = (scan.fresh, piece) if hyphen else (None, None)
            scan.at += 1
        else:
            scan.say(piece.start, piece.end, "technique", Said(technique=says.MARKED[piece.key]))

    def _star(self, piece: Piece) -> None:
        """`*` and what changes at all needles that are there."""
        scan = self._scan
        if scan.line.is_point(scan.at + 1):
            sentence = "“*” stands for all needles that are there; behind it stands what changes, as in * 25m."
            scan.misread(piece.start, piece.end, sentence)
            return
        scan.groups.close()
        scan.fresh = None
        scan.groups.now.star = (piece.start, piece.end)
        scan.understood(piece.start, piece.end, "every")


def _frequency(found: re.Match[str]) -> str:
    """Hz, or two that take turns, as `2/100`."""
    return "/".join(f"{float(each):g}" for each in found.groups() if each)
