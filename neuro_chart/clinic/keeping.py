"""The rule by which backups are kept: the last of each of 7 days, 4 weeks and 12 months.

Days, weeks and months without a backup don't count, so that neither a long holiday nor a clock that was set wrong thins out what is there.
"""

from collections.abc import Callable, Hashable, Iterable
from datetime import datetime

_SPANS: tuple[tuple[str, int, Callable[[datetime], Hashable]], ...] = (
    ("month", 12, lambda moment: (moment.year, moment.month)),
    ("week", 4, lambda moment: tuple(moment.isocalendar())[:2]),
    ("day", 7, lambda moment: moment.date()),
)


def reasons(moments: Iterable[datetime], now: datetime) -> dict[datetime, str]:
    """Why each backup stays that does: the longest span that it is the last of, as "month".

    It is empty for those after `now`, which a clock that was put back has made; they are never given up.
    """
    newest_first = sorted(set(moments), reverse=True)
    past = [moment for moment in newest_first if moment <= now]
    found = {moment: "" for moment in newest_first if moment > now}
    for name, count, span in _SPANS:
        last_of_each: dict[Hashable, datetime] = {}
        for moment in past:
            last_of_each.setdefault(span(moment), moment)
        for moment in list(last_of_each.values())[:count]:
            found.setdefault(moment, name)
    return found


def kept(moments: Iterable[datetime], now: datetime) -> set[datetime]:
    """The moments whose backups stay."""
    return set(reasons(moments, now))
