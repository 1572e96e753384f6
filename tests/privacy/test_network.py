"""No network: the tests can't use it, and the program never does."""

import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import neuro_chart
from neuro_chart.__main__ import _parser
from neuro_chart.demo import PASSPHRASE

STRACE = shutil.which("strace")


@pytest.mark.parametrize(("family", "here"), [(socket.AF_INET, ("127.0.0.1", 9)), (socket.AF_INET6, ("::1", 9))])
def test_a_test_that_would_use_the_network_fails(family, here):
    for reach in ("connect", "connect_ex", "bind"):
        with socket.socket(family) as made, pytest.raises(RuntimeError, match="network"):
            getattr(made, reach)(here)
    with socket.socket(family, socket.SOCK_DGRAM) as made, pytest.raises(RuntimeError, match="network"):
        made.sendto(b"a word", here)
    for ask in (lambda: socket.getaddrinfo("example.org", 80), lambda: socket.create_connection(here)):
        with pytest.raises(RuntimeError, match="network"):
            ask()


def asked(trace):
    """What a traced program asked of the network, but for sockets between processes of this machine."""
    lines = [line for line in trace.read_text().splitlines() if "execve(" not in line and not re.search(r"\+\+\+|---|resumed>", line)]
    return [line for line in lines if not re.search(r"AF_UNIX|AF_LOCAL", line) and re.search(r"socket\(|AF_|sin_addr", line)]


def test_a_day_at_the_chart_opens_no_socket(day):
    if day.trace is None:
        pytest.skip("there is no strace here")
    assert "execve(" in day.trace.read_text(), "it was traced, on into the process that stands in its place once it is locked"
    assert "locked" in day.trace.read_text()
    assert asked(day.trace) == []


NETWORKING = (
    "urllib.request",
    "http.client",
    "http.server",
    "ftplib",
    "smtplib",
    "xmlrpc.client",
    "PySide6.QtNetwork",
    "PySide6.QtWebSockets",
)

COMMANDS = {
    "": ("--version",),
    "demo": ("--vault", "{home}/demo.vault", "demo", "--no-window"),
    "points": ("points", "--find", "ST36"),
    "read": ("read", "ST36 SP6 b 30m", "--json"),
    "backup": ("--vault", "{home}/demo.vault", "backup", "--passphrase-file", "{home}/words"),
    "verify": ("--vault", "{home}/demo.vault", "verify", "--passphrase-file", "{home}/words"),
    "restore": ("--vault", "{home}/restored.vault", "restore", "{home}/demo.vault", "--yes", "--passphrase-file", "{home}/words"),
    "locked": ("locked",),
}
ELSEWHERE = {
    "tour": "minutes long, and its windows are those of the day above",
    "rehearse": "the same windows, for the tests that kill it",
}


def test_every_command_is_traced():
    commands = next(action for action in _parser()._actions if isinstance(action.choices, dict)).choices
    assert {*COMMANDS, *ELSEWHERE} == {"", *commands}


@pytest.mark.skipif(STRACE is None, reason="there is no strace here")
@pytest.mark.skipif(sys.platform != "linux", reason="strace is of Linux")
def test_no_command_opens_a_socket(tmp_path):
    (tmp_path / "words").write_text(PASSPHRASE)
    for name, words in COMMANDS.items():
        trace = tmp_path / f"trace-{name}"
        program = [sys.executable, "-m", "neuro_chart", *(word.format(home=tmp_path) for word in words)]
        told = subprocess.run(  # noqa: S603
            [STRACE, "-f", "--seccomp-bpf", "-qq", "-e", "trace=%network,execve", "-e", "signal=none", "-o", str(trace), *program],
            env=os.environ | {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config")},
            capture_output=True, text=True, check=False, input="",
        )  # fmt: skip
        assert told.returncode == (1 if name == "locked" else 0), (name, told.stderr)
        assert asked(trace) == [], name


def test_no_module_that_reaches_out_is_loaded_by_the_running_program(vault_path):
    """Python's `ssl` is loaded by asyncio, which SQLAlchemy loads for its own; the strace above shows that neither opens anything."""
    code = """if True:
        import sys
        from pathlib import Path
        from neuro_chart import hand
        from neuro_chart.ui.papers import PapersPage
        hand.PASSPHRASE = sys.argv[2]
        one = hand.Hand(Path(sys.argv[1]))
        one.unlock()
        one.add_patient()
        one.window.patient.start_visit()
        papers = one.tab("papers", PapersPage)
        one.wait(lambda: papers.is_drawn, "the sheet")
        for page in ("today", "rooms", "find", "library", "settings"):
            one.window.show_page(page)
        one.lock()
        print(*sorted(sys.modules))
    """
    told = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code, str(vault_path), "calm jade river at dawn"], capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stderr
    assert not {*NETWORKING} & set(told.stdout.split())


def test_no_module_of_ours_names_one_that_reaches_out():
    names = re.compile(
        rf"^\s*(?:import|from)\s+({'|'.join(map(re.escape, (*NETWORKING, 'socket', 'ssl', 'asyncio', 'requests')))})\b", re.MULTILINE
    )
    package = Path(neuro_chart.__file__).parent
    found = [file.name for file in package.rglob("*.py") if names.search(file.read_text(encoding="utf-8"))]
    assert found == ["display.py"], "which asks over a local socket whether there is a display"
    assert "AF_INET" not in (package / "ui" / "display.py").read_text(encoding="utf-8")
    qt = re.compile(r"QtNetwork|QtWebEngine|QtWebSockets|QDesktopServices|QTcpSocket|QNetwork")
    assert [file.name for file in package.rglob("*.py") if qt.search(file.read_text(encoding="utf-8"))] == []
