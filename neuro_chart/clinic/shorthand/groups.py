"""Which words of a prescription belong to which of its points."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from neuro_chart.clinic.adjuncts import ELECTRO
from neuro_chart.clinic.shorthand.prescription import Beside, Draft, Mention, Misread, Said

OTHER = {"left": "right", "right": "left"}
RELATIVE = {"contra", "ipsi"}  # while no side is known to be the affected one


@dataclass
class Aside:
    """Words about points: a side, what is said of needles, what is done beside them; with none of these, that what follows is of all."""

    side: str = ""
    said: Said | None = None
    beside: Beside | None = None

    @property
    def is_of_all(self) -> bool:
        """Behind the last point a side and minutes are of all points, and so is what follows them."""
        return self.beside is None and (self.said is None or self.said.minutes is not None)

    def has(self, mention: Mention) -> bool:
        """Whether a point has such words of its own."""
        return bool(mention.side) if self.side else self.said is not None and mention.said.over(self.said) == mention.said

    def tell(self, mention: Mention) -> None:
        """These words, whatever was said before."""
        if self.side and mention.side in RELATIVE and self.side in OTHER:
            mention.side = self.side if mention.side == "ipsi" else OTHER[self.side]
        elif self.side:
            mention.side = self.side
        if self.said:
            mention.said = self.said.over(mention.said)

    def fill(self, mention: Mention) -> None:
        """These words where none such were said before."""
        mention.side = mention.side or self.side
        if self.said:
            mention.said = mention.said.over(self.said)


@dataclass
class Group:
    """Points up to a semicolon or a new line. `before` was said before the first, `after` since the last, which is `unit`."""

    mentions: list[Mention] = field(default_factory=list)
    unit: list[Mention] = field(default_factory=list)
    before: list[Aside] = field(default_factory=list)
    after: list[Aside] = field(default_factory=list)
    star: tuple[int, int] | None = None  # the columns of a star: not of points of the line, but of all that are there

    @property
    def has_side_before(self) -> bool:
        """Whether it begins with a side, as in `left LR4, LU5`."""
        return any(aside.side for aside in self.before)


class Groups:
    """The groups of a line as it is read."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._all = [Group()]
        self._joined: set[Mention] = set()  # by leads

    @property
    def now(self) -> Group:
        """The group that is read."""
        return self._all[-1]

    def begin(self, unit: list[Mention]) -> None:
        """The next point, or the points of a name. What stood before the first point of a group is of all its points."""
        if self.now.star:
            self.close()
        group = self.now
        if group.mentions:
            self._narrow(group)
        else:
            group.before, group.after = group.before + group.after, []
        for aside in group.before:
            if aside.beside:
                aside.beside.at, aside.beside.in_turn = group.mentions, True  # and those that follow
                self.join(aside.beside, unit)
            self._lead(aside, unit)
        group.mentions += unit
        group.unit = unit

    def _lead(self, aside: Aside, unit: list[Mention]) -> None:
        """Words before points; at those that they tell to be cupped or the like no needle is placed."""
        relative = any(mention.side in RELATIVE for mention in unit)
        for mention in unit:
            mention.needled = mention.needled and (aside.beside is None or aside.beside.kind == ELECTRO)
            if aside.side and mention.side in RELATIVE:
                aside.tell(mention)
            elif not (aside.side and relative):
                aside.fill(mention)

    def say(self, aside: Aside) -> None:
        """Words about points. The minutes of points that are not needled are those of what is done there."""
        group = self.now
        instead = [each.beside for each in group.before if each.beside and group.mentions and not group.mentions[-1].needled]
        if instead and aside.said and aside.said.minutes:
            instead[-1].minutes = aside.said.minutes
        else:
            group.after.append(aside)

    def withdraw(self, mention: Mention) -> None:
        """Forget a point that was read and proved to be in doubt."""
        self._draft.mentions.remove(mention)
        if mention in self.now.mentions:
            self.now.mentions.remove(mention)
            self.now.unit = self.now.mentions[-1:]

    def close(self, *, wide: bool = True, last: bool = False) -> None:
        """The end of a group; a `wide` one tells all its points what was said at its end, and the last all groups that are silent."""
        group = self.now
        if group.star:
            self._every(group, group.star)
        elif not group.mentions:
            self._alone(group)
        elif wide:
            self._wide(group, last=last)
        else:
            self._narrow(group)
        before = [] if self._draft.mentions else group.before + group.after
        self._all.append(Group(before=[aside for aside in before if not aside.beside]))

    def _narrow(self, group: Group) -> None:
        for aside in group.after:
            self._tell_unit(aside, group)
        group.after = []

    def _tell_unit(self, aside: Aside, group: Group) -> None:
        relative = aside.side and any(mention.side in RELATIVE for mention in group.unit)
        for mention in group.unit:
            if not relative or mention.side in RELATIVE:  # the others of a named prescription keep theirs
                aside.tell(mention)
        if aside.beside:
            single = len(group.unit) == 1 and len(group.unit[0].points) == 1
            joins = aside.beside.kind == ELECTRO and single
            aside.beside.at = group.mentions[-2:] if joins else group.unit
            aside.beside.last_two = joins
            self.join(aside.beside, aside.beside.at)

    def _wide(self, group: Group, *, last: bool) -> None:
        reach: list[Group] = []
        for aside in group.after:
            if aside.is_of_all:
                reach = self._reach(aside, group, last=last)
            if aside.beside and reach:
                mentions = [mention for each in reach for mention in each.mentions]
                self._at_all(aside.beside, mentions)
                continue
            self._tell_unit(aside, group)
            for each in reach:
                self._fill(aside, each.mentions)

    def _reach(self, aside: Aside, group: Group, *, last: bool) -> list[Group]:
        """The groups that words at the end of one are of: it, and behind the last one those before it as long as they are silent."""
        reach = [group]
        for earlier in reversed(self._all[:-1] if last and not any(each.beside for each in group.before) else []):
            if any(aside.has(mention) for mention in earlier.mentions):
                break
            reach.insert(0, earlier)
        return reach

    def _fill(self, aside: Aside, mentions: Iterable[Mention]) -> None:
        for mention in mentions:
            aside.fill(mention)

    def _at_all(self, beside: Beside, mentions: Iterable[Mention]) -> None:
        """At all these points; a lead joins those that none has joined."""
        joined = self._joined if beside.kind == ELECTRO else ()
        beside.at = [mention for mention in mentions if mention.needled and not mention.off and mention not in joined]
        self.join(beside, beside.at)

    def join(self, beside: Beside, mentions: Iterable[Mention]) -> None:
        """Remember what leads have joined."""
        if beside.kind == ELECTRO:
            self._joined.update(mentions)

    def _alone(self, group: Group) -> None:
        """Words without points: of all before them that are silent, or else of those that follow."""
        for aside in group.after:
            if aside.beside:
                self._at_all(aside.beside, self._draft.mentions)
            self._fill(aside, (mention for mention in self._draft.mentions if not mention.off))

    def _every(self, group: Group, star: tuple[int, int]) -> None:
        for aside in group.after:
            if aside.said:
                self._draft.every = aside.said.over(self._draft.every or Said())
        if not group.after:
            sentence = "“*” stands for all needles that are there: say behind it what changes, as in * 25m."
            self._draft.errors.append(Misread(*star, "*", sentence, ("* 25m",)))
