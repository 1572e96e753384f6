"""A fresh process in this one's place, so that nothing of what this one held in its memory is left."""

import errno
import os
import subprocess
import sys
from pathlib import Path

LOCKED, FROM = "locked", "--from"  # the hidden command that the fresh process begins with, and the pipe that it reads


def start_afresh(handed: str) -> None:
    """Replace this process by one that is handed some text, through a pipe; OSError when that fails, and this one goes on.

    It returns on Windows alone, where the fresh process runs beside this one until it ends.
    """
    command = [*_program(), LOCKED]
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    if sys.platform == "win32":
        fresh = subprocess.Popen(command, stdin=subprocess.PIPE, env=_environment())  # noqa: S603  # this program; nobody waits for it
        with fresh.stdin:
            fresh.stdin.write(handed.encode())
        return
    reading, writing = os.pipe()
    try:
        try:
            os.set_blocking(writing, False)
            content = handed.encode()
            if os.write(writing, content) < len(content):
                raise OSError(errno.E2BIG, os.strerror(errno.E2BIG))
        finally:
            os.close(writing)
        _keep_only(reading)
        os.execve(command[0], [*command, FROM, str(reading)], _environment())  # noqa: S606  # this program
    finally:
        os.close(reading)


def _keep_only(pipe: int) -> None:
    """Let no file, socket or device go along but the terminal's three and the pipe."""
    for opened in Path("/dev/fd").iterdir():
        try:
            if (number := int(opened.name)) > 2:
                os.set_inheritable(number, number == pipe)
        except OSError:  # the one by which the folder was read
            continue


def _program() -> list[str]:
    """What this program was started by, with the interpreter's own options."""
    if getattr(sys, "frozen", False):
        return [sys.executable]
    options = subprocess._args_from_interpreter_flags()  # type: ignore[attr-defined]  # noqa: SLF001  # as multiprocessing starts its own
    safe = [] if "-m" in sys.orig_argv else ["-P"]  # a script does not look for modules in the folder where it was started
    return [sys.executable, *options, *safe, "-m", "neuro_chart"]


def _environment() -> dict[str, str]:
    """This process's, without what a bundle's starter left in it."""
    kept = dict(os.environ)
    if getattr(sys, "frozen", False):
        kept["PYINSTALLER_RESET_ENVIRONMENT"] = "1"
        before = kept.pop("LD_LIBRARY_PATH_ORIG", None)
        if sys.platform == "linux":
            kept.pop("LD_LIBRARY_PATH", None)
            kept |= {"LD_LIBRARY_PATH": before} if before is not None else {}
    return kept
