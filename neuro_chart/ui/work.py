"""Slow work beside the window."""

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from PySide6.QtCore import QObject, QThreadPool, Signal

T = TypeVar("T")


class Work(QObject):
    """One piece of slow work on a thread of its own; `done(result)` or `failed(exception)` arrive on the window's thread."""

    done = Signal(object)
    failed = Signal(object)

    def start(self, work: Callable[[], T]) -> None:
        """Begin; plain values go in and come out, never widgets."""
        QThreadPool.globalInstance().start(lambda: self._run(work))

    def _run(self, work: Callable[[], object]) -> None:
        failure: Exception | None = None
        try:
            result = work()
        except Exception as error:  # noqa: BLE001  # handed on whole to whoever waits
            failure = error
        with suppress(RuntimeError):  # the program has ended meanwhile, and nobody waits any more
            if failure is None:
                self.done.emit(result)
            else:
                self.failed.emit(failure)
