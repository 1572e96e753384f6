"""A sitting at the chart: it begins with who signed in and ends with why, and this machine remembers where the trail stood."""

from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings

from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.trail import Deed
from neuro_chart.store.errors import VaultError, WriteFailedError
from neuro_chart.ui.chart import OpenChart
from neuro_chart.ui.days import local_day, local_time, long_day, when
from neuro_chart.ui.place import Place

if TYPE_CHECKING:
    from neuro_chart.store.records import Records
    from neuro_chart.store.vault import Vault

OLDER = (
    "This vault is not the one that this machine saw last, on {when}: something that was charted by then is missing. "
    "A backup that was restored explains it; if nobody restored one, find out who put an older file in its place."
)  # fmt: skip

OTHER_KEYS = (
    "The keys beside this chart are not those that were recorded last: an older keys file was put back, "
    "or a change of passphrase was cut off. A passphrase that was given up may open the chart again. "
    "An owner should set every passphrase anew in Settings, People, and make a new recovery sheet."
)
SLOW = timedelta(minutes=5)  # what Kerberos (RFC 4120) lets the clocks of two machines differ by, which a chart may travel between
CLOCK = (
    "This machine's clock reads {now}, but the chart was last used on {then}. One of the two is wrong. "
    "Check the date and time before you chart or sign."
)  # fmt: skip


def begin(chart: OpenChart, vault: "Vault", settings: QSettings) -> str:
    """Write who signed in into the trail, with the attempts that failed before; what is to be said first of all, or nothing."""
    from neuro_chart.store.keys import KeyRing, keys_path  # noqa: PLC0415  # keeps the database out of the program's start
    from neuro_chart.store.told_keys import are_others  # noqa: PLC0415  # as above
    from neuro_chart.store.witness import Witness  # noqa: PLC0415  # as above

    seen = Witness(_folder(settings)).outrun(vault, KeyRing.load(keys_path(vault.path)).vault_id)
    older = "" if seen is None else OLDER.format(when=f"{long_day(local_day(seen.at))}, {local_time(seen.at)}")
    keys = OTHER_KEYS if are_others(vault) else ""
    clock = _clock(chart.records)
    chart.act(chart.records.signed_in)
    remember(chart.records, vault, settings)
    return " ".join(filter(None, (older, keys, clock)))


def _clock(records: "Records") -> str:
    """What is to be said where this machine's clock is behind the trail's end; all times are in UTC, whatever the zone and the season."""
    moment, last = now(), records.trail_head().at
    return CLOCK.format(now=when(moment), then=when(last)) if moment < last - SLOW else ""


def end(chart: OpenChart, deed: Deed, place: Place | None = None) -> bool:
    """Store what waits, what was typed since, where somebody was and why the chart closes; False if the disk doesn't take it."""
    if not chart.write_waiting():
        return False
    try:
        chart.records.settle()
        if place is not None:
            chart.records.keep_place(place)
        chart.records.log(deed)
    except WriteFailedError:
        return False
    except VaultError:  # such as a damaged one, which waiting does not mend
        pass
    return True


def remember(records: "Records", vault: "Vault", settings: QSettings) -> None:
    """Keep where the trail ends now; a disk that does not take it costs a warning at most."""
    from neuro_chart.store.keys import KeyRing, keys_path  # noqa: PLC0415  # keeps the database out of the program's start
    from neuro_chart.store.witness import Witness  # noqa: PLC0415  # as above

    with suppress(OSError, VaultError):
        Witness(_folder(settings)).keep(KeyRing.load(keys_path(vault.path)).vault_id, records.trail_head())


def _folder(settings: QSettings) -> Path:
    return Path(settings.fileName()).parent / "seen"
