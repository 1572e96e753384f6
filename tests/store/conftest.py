"""Programs that are killed in the midst of what they do with files."""

import os
import signal
import sys
from collections.abc import Callable

import pytest

FILES = frozenset({"open", "os.rename", "os.link", "os.remove", "os.chmod", "os.mkdir", "os.listdir", "os.scandir", "sqlite3.connect"})


@pytest.fixture
def killed_at() -> Callable[[int, Callable[[], object]], bool]:
    """Does something in a process of its own, which is killed as it is about to do its n-th thing with a file; whether that came about."""
    if not hasattr(os, "fork"):
        pytest.skip("POSIX only")

    def killed_at(moment: int, work: Callable[[], object]) -> bool:
        child = os.fork()
        if child == 0:
            left = moment

            def count(event: str, _details: object) -> None:
                nonlocal left
                if event in FILES:
                    left -= 1
                    if left < 0:
                        os.kill(os.getpid(), signal.SIGKILL)

            sys.addaudithook(count)
            try:
                work()
                os._exit(0)
            finally:
                os._exit(1)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert code in {0, -signal.SIGKILL}
        return code != 0

    return killed_at
