"""How long a record is kept."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Retention:
    """Whole years after the last entry, and for those who were young the age until which it is kept; `source` says who asks for it."""

    years: int
    until_age: int = 0
    source: str = ""

    def ends(self, birth: date | None, last: date) -> date:
        """The day from which the record need not be kept any more."""
        after = _years_later(last, self.years)
        return max(after, _years_later(birth, self.until_age)) if birth is not None else after


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, month=3, day=1)
