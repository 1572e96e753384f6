"""The failed attempts to open a vault: they slow the next one down, and are told to the trail by whoever opens it.

They lie in a file beside the vault, one moment a line and nothing else. It can be deleted by whoever can write there:
it slows down a hand at the keyboard, and Argon2id whoever has the files.
"""

import os
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from neuro_chart.store.errors import TooSoonError

FREE = 3  # failures that cost no wait; the next ones cost 1, 2, 4 … seconds
LONGEST = 60
_KEPT, _LARGEST = 1000, 1 << 16


class Attempts:
    """The failed attempts at the vault of a path."""

    def __init__(self, vault: Path) -> None:
        self.path = vault.with_name(f"{vault.name}.attempts")

    def failed(self) -> None:
        """Notes a failure, now."""
        self._write([*self.moments(), datetime.now(UTC)][-_KEPT:])

    def wait(self) -> float:
        """Seconds until the next attempt; at most LONGEST, also where the clock was put back since."""
        moments, now = self.moments(), datetime.now(UTC)
        if len(moments) <= FREE:
            return 0.0
        if moments[-1] > now:
            # By a clock put back, the wait would last for as long as it went back: it begins anew instead.
            moments[-1] = now
            self._write(moments)
        asked = min(LONGEST, 2.0 ** min(len(moments) - FREE - 1, 10))
        return max(0.0, asked - (now - moments[-1]).total_seconds())

    def refuse_too_soon(self) -> None:
        """Raises TooSoonError as long as the wait lasts."""
        if seconds := self.wait():
            raise TooSoonError(seconds)

    def forget(self) -> None:
        """Begins anew: what failed is told, or somebody came in."""
        with suppress(OSError):
            self.path.unlink()

    def moments(self) -> list[datetime]:
        """When they failed (UTC)."""
        moments = []
        with suppress(OSError), self.path.open("rb") as file:
            for line in file.read(_LARGEST).decode("ascii", "replace").splitlines():
                with suppress(ValueError, OverflowError):
                    moments.append(datetime.fromisoformat(line).astimezone(UTC))
        return moments

    def _write(self, moments: Sequence[datetime]) -> None:
        # On a medium that takes no writing there is nothing to be slowed down by.
        with suppress(OSError):
            fresh = self.path.with_name(f".{self.path.name}.new")
            with os.fdopen(os.open(fresh, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w", encoding="ascii") as file:
                file.writelines(f"{moment.isoformat()}\n" for moment in moments)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self.path)
