"""What is charted stays in the vault: not a word of it in another file or on the terminal, and no connection to anywhere."""

import os
import subprocess
import sys

import pytest

from neuro_chart.clinic.people import Practice, Practitioner
from neuro_chart.demo import PASSPHRASE
from neuro_chart.store.keys import Kdf
from neuro_chart.store.vault import Vault

CHARTED = ("Teodor", "Halloran", "960777", "Burning soles", "Twice a week", "Metformin", "Sleep through", "ST36", PASSPHRASE)

# The first visit of a new patient up to its sheet, by keys and clicks on the real windows, then locked. It prints whom Python called.
DAY = """if True:
    import socket, sys
    from pathlib import Path

    def hear(event, arguments):
        if event in {"socket.connect", "socket.bind"} and arguments[0].family != getattr(socket, "AF_UNIX", None):
            print(event, arguments[1])
        elif event == "socket.getaddrinfo":
            print(event, arguments[0])

    sys.addaudithook(hear)
    from neuro_chart.hand import Hand
    from neuro_chart.ui.papers import PapersPage

    hand = Hand(Path(sys.argv[1]))
    hand.unlock()
    hand.add_patient()
    hand.take_history()
    hand.treat()
    hand.window.notes.line.setText("burning soles")
    hand.window.show_page("find")
    hand.window.open_visit(*next((v.patient_id, v.id) for v, _ in hand.window.chart.records.open_visits()))
    papers = hand.tab("papers", PapersPage)
    hand.wait(lambda: papers.is_drawn, "the sheet to be drawn")
    hand.window.lock()
    hand.wait(lambda: hand.app.window is None, "the chart to be put away")
    # a socket of Qt's own would not be heard above
    mine = {link.readlink().name for link in Path("/proc/self/fd").glob("*") if link.is_symlink() and link.exists()}
    for kind in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path("/proc/net", kind).read_text().splitlines()[1:] if Path("/proc/net", kind).exists() else ():
            if f"socket:[{line.split()[9]}]" in mine:
                print(kind, line)
"""


@pytest.fixture(scope="module")
def day(tmp_path_factory):
    """The folders after a day at the chart, and what the program said."""
    home = tmp_path_factory.mktemp("day")
    for name in ("vault", "temp", "home"):
        (home / name).mkdir()
    path = home / "vault" / "practice.vault"
    Vault.create(
        path, PASSPHRASE, Practice("Riverside Acupuncture"), Practitioner("Dr Mei Lindqvist"), kdf=Kdf(memory=64, iterations=1, lanes=1)
    ).close()
    places = {name: str(home / "temp") for name in ("TMPDIR", "TEMP", "TMP")}
    places |= {name: str(home / "home") for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA")}
    places |= {f"XDG_{name}_HOME": str(home / "home" / name.lower()) for name in ("CONFIG", "DATA", "CACHE", "STATE")}
    told = subprocess.run([sys.executable, "-c", DAY, str(path)], env=os.environ | places, capture_output=True, text=True, check=False)  # noqa: S603
    assert told.returncode == 0, told.stderr
    return home, told


def test_no_word_of_the_chart_lies_outside_the_vault_or_readable_in_it(day):
    home, _ = day
    files = [file for file in home.rglob("*") if file.is_file()]
    assert {"practice.vault", "practice.vault.keys", "practice.ini"} <= {file.name for file in files}
    for file in files:
        content = file.read_bytes()
        for word in CHARTED:
            for writing in (word.encode(), word.encode("utf-16-le"), word.encode("utf-16-be")):
                assert writing not in content, (file, word)


def test_not_even_a_paper_is_left_in_the_folder_for_temporary_files(day):
    home, _ = day
    assert not [file for file in (home / "temp").rglob("*") if file.is_file()]


def test_nothing_of_the_chart_is_printed(day):
    _, told = day
    for word in CHARTED:
        assert word not in told.stderr


def test_no_connection_is_opened(day):
    _, told = day
    assert told.stdout == ""
