"""Days and times as the screen shows them: in local time, in the order that the locale writes them."""

from datetime import date, datetime

from PySide6.QtCore import QLocale

from neuro_chart.clinic import dates


def day_first() -> bool:
    """Whether the locale writes the day before the month."""
    form = QLocale().dateFormat(QLocale.FormatType.ShortFormat)
    return form.find("d") < form.find("M")


def long_day(day: date) -> str:
    """ "14 March 1958", or "March 14, 1958"."""
    return dates.written(day, day_first=day_first())


def short_day(day: date) -> str:
    """ "14 Mar 1958", or "Mar 14, 1958"."""
    return dates.brief(day, day_first=day_first())


def local_day(moment: datetime) -> date:
    """The day of an aware time, where this machine is."""
    return moment.astimezone().date()


def local_time(moment: datetime) -> str:
    """ "14:05", or "2:05 PM" where the locale counts to twelve."""
    return _clock_time(moment.astimezone())


def zoned_time(there: datetime) -> str:
    """ "14 March 1958, 14:05 (UTC+01:00)": a time as the clock showed it in its own zone."""
    ahead = there.isoformat()[-6:]
    return f"{long_day(there.date())}, {_clock_time(there)} (UTC{ahead})"


def _clock_time(here: datetime) -> str:
    if "ap" in QLocale().timeFormat(QLocale.FormatType.ShortFormat).lower():
        return f"{here.hour % 12 or 12}:{here:%M} {'AM' if here.hour < 12 else 'PM'}"
    return f"{here:%H:%M}"


def today() -> date:
    """The day it is, where this machine is."""
    return datetime.now().astimezone().date()


def when(moment: datetime) -> str:
    """ "14 March 1958, 14:05": an aware time, where this machine is."""
    return f"{long_day(local_day(moment))}, {local_time(moment)}"


def time_ago(moment: datetime) -> str:
    """ "3 hours ago"; from a day on as `dates.ago` says it."""
    minutes = int((datetime.now().astimezone() - moment).total_seconds() // 60)
    if minutes >= 24 * 60:
        return dates.ago(local_day(moment), today())
    for unit, length in (("hour", 60), ("minute", 1)):
        if passed := max(minutes, 0) // length:
            return f"{passed} {unit}{'s' * (passed > 1)} ago"
    return "just now"
