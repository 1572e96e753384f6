"""A program under a disk that remembers what is done to it, and fails when it is told to (disk.c)."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import neuro_chart

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))  # for acts and power, which are programs as well


@pytest.fixture(scope="session")
def disk(tmp_path_factory):
    """The library that is put before the C library."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if not sys.platform.startswith("linux"):
        pytest.skip("disk.c knows Linux only")
    if compiler is None:
        pytest.skip("no C compiler (cc) to make disk.c with")
    made = tmp_path_factory.mktemp("disk") / "disk.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", made, HERE / "disk.c", "-ldl", "-lpthread"], check=True)  # noqa: S603
    return made


@pytest.fixture
def under(disk):
    """What the environment says so that a program runs on that disk: its folder, and the log of what is done to it."""

    def environment(folder, log):
        source = str(Path(neuro_chart.__file__).parents[1])
        return os.environ | {"PYTHONPATH": source, "LD_PRELOAD": str(disk), "DISK_FOLDER": str(folder.resolve()), "DISK_LOG": str(log)}

    return environment
