"""How long a record is kept, and the periods that are known, each with its source."""

import tomllib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

LONGEST = 100  # years, and years of age


@dataclass(frozen=True)
class Retention:
    """Whole years after the last entry, and for those who were young the age until which it is kept; `source` says who asks for it."""

    years: int
    until_age: int = 0
    source: str = ""

    def __post_init__(self) -> None:
        if not (1 <= self.years <= LONGEST and 0 <= self.until_age <= LONGEST):
            raise ValueError(f"Records are kept 1 to {LONGEST} years, and until an age of no more than {LONGEST}.")

    def ends(self, birth: date | None, last: date) -> date:
        """The day from which the record need not be kept any more; who gave no date of birth may have been as young as can be."""
        return max(_years_later(last, self.years), _years_later(birth or last, self.until_age))

    @property
    def words(self) -> str:
        """Such as "8 years after the last entry, and until the age of 25"."""
        years = "1 year" if self.years == 1 else f"{self.years} years"
        return f"{years} after the last entry" + (f", and until the age of {self.until_age}" if self.until_age else "")


class Sure(StrEnum):
    """How a known period was learnt; what each means stands in resources/retention."""

    RULE = "rule"
    TOLD = "told"
    CUSTOM = "custom"
    UNCHECKED = "unchecked"


@dataclass(frozen=True)
class Period:
    """A retention period that is known: where and for whom it holds, and where that was read. `year` 0: the page bears none."""

    place: str
    who: str
    years: int
    source: str
    url: str
    sure: Sure
    until_age: int = 0
    year: int = 0
    note: str = ""

    @property
    def retention(self) -> Retention:
        """What a practice keeps that chooses it."""
        return Retention(self.years, self.until_age, f"{self.place}: {self.source}")


def load(folder: Path) -> tuple[Period, ...]:
    """The periods of `periods.toml` in the file's order; ValueError for one that says nothing of its source or how sure it is."""
    try:
        with (folder / "periods.toml").open("rb") as file:
            found = tuple(Period(**entry | {"sure": Sure(entry["sure"])}) for entry in tomllib.load(file)["period"])
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError("periods.toml holds no retention periods") from error
    if missing := [period.place for period in found if not (period.source and period.url.startswith("https://"))]:
        raise ValueError(f"{missing[0]}: a period needs its source and where it was read")
    return found


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, month=3, day=1)
