"""The rule by which backups are kept: the last of each of 7 days, 4 weeks and 12 months.

Days, weeks and months without a backup don't count, so that neither a long holiday nor a clock that was set wrong thins out what is there.
"""

from collections.abc import Callable, Hashable, Iterable
from datetime import datetime

DAYS, WEEKS, MONTHS = 7, 4, 12
_SPANS: tuple[tuple[str, int, Callable[[datetime], Hashable]], ...] = (
    ("The last of its day", DAYS, lambda moment: moment.date()),
    ("The last of its week", WEEKS, lambda moment: tuple(moment.isocalendar())[:2]),
    ("The last of its month", MONTHS, lambda moment: (moment.year, moment.month)),
)


def kept_for(moments: Iterable[datetime], now: datetime) -> dict[datetime, str]:
    """Why the backup of each moment stays, in words for the screen; "" where it doesn't, and makes room at the next.

    One from after `now`, which a clock that was put back has made, is never given up.
    """
    reasons = {moment: "" if moment <= now else "Later than the clock" for moment in sorted(set(moments), reverse=True)}
    past = [moment for moment, reason in reasons.items() if not reason]
    for reason, count, span in _SPANS:
        last_of_each: dict[Hashable, datetime] = {}
        for moment in past:
            last_of_each.setdefault(span(moment), moment)
        for moment in list(last_of_each.values())[:count]:
            reasons[moment] = reasons[moment] or reason
    return reasons


def kept(moments: Iterable[datetime], now: datetime) -> set[datetime]:
    """The moments whose backups stay."""
    return {moment for moment, reason in kept_for(moments, now).items() if reason}
