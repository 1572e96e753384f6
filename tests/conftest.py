"""What all tests stand on: no window on a screen, nothing of the user's own folders, no network, and vaults that open fast."""

import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from functools import partialmethod
from pathlib import Path
from typing import TYPE_CHECKING

# Before anything of Qt is imported, and before a test module makes settings of its own.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
_HOME = tempfile.TemporaryDirectory(prefix="neuro-chart-tests-")
for _name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"):
    os.environ[_name] = _HOME.name
for _name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
    os.environ[_name] = str(Path(_HOME.name, _name.lower()))

REACHING = {"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"}
ASKING = {"socket.getaddrinfo", "socket.getnameinfo", "socket.gethostbyname", "socket.gethostbyaddr"}


def _forbid_network(event: str, arguments: tuple[object, ...]) -> None:
    local = {getattr(socket, "AF_UNIX", None)}  # by which processes of one machine and the window system talk
    if event in ASKING or (event in REACHING and isinstance(made := arguments[0], socket.SocketType) and made.family not in local):
        raise RuntimeError(f"{event}: neither the program nor a test of it may use the network")


sys.addaudithook(_forbid_network)

import pytest  # noqa: E402
from pytestqt.qtbot import QtBot  # noqa: E402

from neuro_chart.clinic.people import Practice, Practitioner  # noqa: E402
from neuro_chart.store import keys  # noqa: E402
from neuro_chart.store.keys import Kdf  # noqa: E402
from neuro_chart.store.records import Records  # noqa: E402
from neuro_chart.store.vault import Vault  # noqa: E402

if TYPE_CHECKING:
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication

    from neuro_chart.clinic.library import Library
    from neuro_chart.ui.window import Window

PASSPHRASE = "calm jade river at dawn"  # noqa: S105
PATIENCE = 30_000  # ms
CHEAP_KDF = Kdf(memory=64, iterations=1, lanes=1)
keys.KDFS = (CHEAP_KDF,)  # else the first opening of each copy would raise its cost


class PatientBot(QtBot):
    """Waits longer for what is to come: a slow machine, or one that has much to do, is no fault."""

    waitUntil = partialmethod(QtBot.waitUntil, timeout=PATIENCE)  # noqa: N815  # Qt's name
    waitSignal = partialmethod(QtBot.waitSignal, timeout=PATIENCE)  # noqa: N815  # as above


@pytest.fixture
def qtbot(qapp: "QApplication", request: pytest.FixtureRequest) -> QtBot:
    return PatientBot(request)


@pytest.fixture(scope="session")
def passphrase() -> str:
    return PASSPHRASE


@pytest.fixture
def cheap_kdf() -> Kdf:
    return CHEAP_KDF


@pytest.fixture(scope="session")
def made_vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh vault, made once; tests work on copies."""
    path = tmp_path_factory.mktemp("made") / "clinic.vault"
    Vault.create(path, PASSPHRASE, Practice("Riverside Acupuncture"), Practitioner("Dr Mei Lindqvist"), kdf=CHEAP_KDF).close()
    return path


@pytest.fixture
def vault_path(made_vault: Path, tmp_path: Path) -> Path:
    """A fresh vault that is closed."""
    shutil.copytree(made_vault.parent, tmp_path, dirs_exist_ok=True)
    return tmp_path / made_vault.name


@pytest.fixture
def vault(vault_path: Path) -> Iterator[Vault]:
    """A fresh vault of "Riverside Acupuncture", opened by Dr Mei Lindqvist."""
    with Vault.open(vault_path, PASSPHRASE) as opened:
        yield opened


@pytest.fixture
def records(vault: Vault) -> Records:
    return Records(vault)


@pytest.fixture(scope="session")
def library() -> "Library":
    from neuro_chart.clinic.library import Library  # noqa: PLC0415  # most tests need no body
    from neuro_chart.resources import ROOT  # noqa: PLC0415

    return Library(ROOT)


@pytest.fixture
def settings(tmp_path: Path) -> "QSettings":
    """This machine's settings: nothing is heard, and no window waits for a backup when its test is over."""
    from PySide6.QtCore import QSettings  # noqa: PLC0415  # most tests need no window

    from neuro_chart.ui import backing, sound, voice  # noqa: PLC0415

    kept = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    for module in (sound, voice, backing):
        module.turn(kept, on=False)
    return kept


@pytest.fixture
def window(qtbot: QtBot, vault: Vault, library: "Library", settings: "QSettings") -> "Window":
    """The program's window on a fresh vault, shown and in front."""
    from neuro_chart.ui import backing  # noqa: PLC0415  # most tests need no window
    from neuro_chart.ui.window import Window  # noqa: PLC0415

    made = Window(vault, library, settings)
    qtbot.addWidget(made, before_close_func=lambda _: backing.turn(settings, on=False))  # a test that is over waits for no backup
    made.resize(1366, 768)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made
