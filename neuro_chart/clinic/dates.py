"""Days as people write them and read them; the words are English, the order of day and month is the reader's."""

import re
from calendar import monthrange
from datetime import date

from neuro_chart.clinic.text import fold

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def read_date(text: str, *, day_first: bool = True) -> date | None:
    """The day that was written, or None for nothing.

    Understands ISO (1958-03-14), three numbers in the reader's order (14.3.1958, 3/14/1958) and a month by its English name; the
    year always has four digits, so that no century is guessed. `ValueError` with a sentence for whatever isn't one day for sure.
    """
    parts = [part for part in re.split(r"[\s.,/年月日\-]+", re.sub(r"(?<=\d)(st|nd|rd|th)\b|\bof\b", " ", fold(text))) if part]
    if not parts:
        return None
    year, month, day = _in_order(parts, day_first=day_first)
    if not 1 <= month <= 12:
        raise ValueError(f"A year has twelve months. {_wanted(day_first=day_first)}")
    if not year:
        raise ValueError("There is no year 0.")
    if day < 1 or day > (last := monthrange(year, month)[1]):
        raise ValueError("A month begins with day 1." if day < 1 else f"That month has only {last} days.")
    return date(year, month, day)


def written(day: date, *, day_first: bool = True) -> str:
    """A day in full: "14 March 1958", or "March 14, 1958"."""
    month = MONTHS[day.month - 1]
    return f"{day.day} {month} {day.year:04}" if day_first else f"{month} {day.day}, {day.year:04}"


def brief(day: date, *, day_first: bool = True) -> str:
    """A day in short: "14 Mar 1958", or "Mar 14, 1958"."""
    month = MONTHS[day.month - 1][:3]
    return f"{day.day} {month} {day.year:04}" if day_first else f"{month} {day.day}, {day.year:04}"


def ago(day: date, today: date) -> str:
    """How long ago a day is, or how far off, in the largest unit that says enough: "yesterday", "12 days ago", "in 3 weeks"."""
    days = (today - day).days
    near = {0: "today", 1: "yesterday", -1: "tomorrow"}
    if days in near:
        return near[days]
    length = abs(days)
    number, unit = (length, "day") if length < 21 else (length // 7, "week") if length < 70 else (_months(day, today), "month")
    if unit == "month" and number >= 24:
        number, unit = number // 12, "year"
    words = f"{number} {unit}{'' if number == 1 else 's'}"
    return f"{words} ago" if days > 0 else f"in {words}"


def age_words(birth: date, today: date) -> str:
    """An age: "68 years", and in months for the first two years."""
    months = _months(birth, today)
    number, unit = (months, "month") if months < 24 else (months // 12, "year")
    return f"{number} {unit}{'' if number == 1 else 's'}"


def _months(one: date, other: date) -> int:
    first, last = sorted((one, other))
    return (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)


def _in_order(parts: list[str], *, day_first: bool) -> tuple[int, int, int]:
    """Year, month and day of three written parts."""
    named = [month for part in parts if (month := _month_named(part))]
    digits = [part for part in parts if part.isdecimal() and len(part) in {1, 2, 4}]
    if len(parts) != 3 or len(named) + len(digits) != 3 or len(named) > 1:
        raise ValueError(_wanted(day_first=day_first))
    years = [part for part in digits if len(part) == 4]
    if not years:
        raise ValueError("Write the year with four digits.")
    if len(years) > 1 or parts[1] == years[0]:
        raise ValueError(_wanted(day_first=day_first))
    year = int(years[0])
    others = [int(part) for part in digits if len(part) != 4]
    if named:
        return year, named[0], others[0]
    if parts[0] == years[0] or not day_first:
        return year, others[0], others[1]
    return year, others[1], others[0]


def _month_named(part: str) -> int:
    """The month of a name or of its first three letters or more, or 0."""
    return next((number for number, name in enumerate(MONTHS, 1) if len(part) >= 3 and name.casefold().startswith(part)), 0)


def _wanted(*, day_first: bool) -> str:
    if day_first:
        return "Write day, month and year, such as 14.3.1958 or 14 March 1958."
    return "Write month, day and year, such as 3/14/1958 or March 14, 1958."
