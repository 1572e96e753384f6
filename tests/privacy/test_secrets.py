"""What is charted stays in the vault: not a word of it in another file, on the terminal, in a title, or in memory once it is locked."""

import base64
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import zlib
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from neuro_chart.demo import PASSPHRASE

VAULTS = Path(__file__).parents[1] / "store" / "vaults"
FIXTURE_WORDS = ("Haddad", "Moreau", "Anna Weber", "Lindenhof", "calm jade river at dawn")


def written(words, key):
    """Every way in which a word may stand in a file."""
    ways = [word.encode(way) for word in words for way in ("utf-8", "utf-16-le", "utf-16-be")]
    parts = [word.encode()[shift:] for word in words for shift in range(3)]
    ways += [base64.b64encode(part[: len(part) // 3 * 3]) for part in parts if len(part) > 5]
    return [*ways, key, key.hex().encode(), key.hex().upper().encode(), base64.b64encode(key).rstrip(b"=")]


def contents(file):
    """What a file holds, as it lies there and as it unpacks."""
    raw = file.read_bytes()
    yield raw
    for found in re.finditer(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08", raw):
        with suppress(zlib.error):
            yield zlib.decompressobj(47).decompress(raw[found.start() :], 1 << 20)


def check_nothing_readable(home, words, key):
    files = [file for file in home.rglob("*") if file.is_file()]
    for file in files:
        for content in contents(file):
            for way in written(words, key):
                assert way not in content, (file, way)
        for word in words:
            assert word not in str(file.relative_to(home))
    return {file.name for file in files}


def test_the_search_finds_what_it_looks_for(day, words, tmp_path):
    """It finds the words in the memory of the open chart, in the paper that was saved, and packed in a file."""
    assert "QxMarker" in "".join(page.extract_text() for page in PdfReader(BytesIO(day.exported.read_bytes())).pages)
    if day.charted:
        assert [name for name, found in day.charted.items() if not found and "utf-8" in name and PASSPHRASE not in name] == []
    for content in (
        zlib.compress(b"so Halloran said"),
        "Halloran".encode("utf-16-le"),
        day.key.hex().encode(),
        base64.b64encode(b"Halloran"),
    ):
        (tmp_path / "leak").write_bytes(b"some head " + content)
        with pytest.raises(AssertionError):
            check_nothing_readable(tmp_path, words, day.key)


def test_no_word_of_the_chart_lies_outside_the_vault_or_readable_in_it(day, words):
    names = check_nothing_readable(day.home, words, day.key)
    assert {"practice.vault", "practice.vault.keys", "practice.ini"} <= names
    assert [name for name in names if name.endswith(".vault")] != ["practice.vault"], "and there is a backup"


def test_not_even_a_paper_is_left_in_the_folder_for_temporary_files(day):
    assert not [file for file in (day.home / "temp").rglob("*") if file.is_file()]


def test_nothing_of_the_chart_is_printed_or_in_a_title(day, words):
    assert "title Neuro Chart" in day.said
    assert "KeyError" in day.said, "what broke is told by its kind and place"
    for word in (*words, day.key.hex()):
        assert word not in day.said


def test_a_locked_chart_has_nothing_of_it_in_memory(day):
    if not day.locked:
        pytest.skip("the memory of another process can't be read here (ptrace_scope)")
    assert [name for name, found in day.locked.items() if found] == []


PRACTICE = "Riverside Acupuncture QxMarkerPracticename"
ABORTED = """if True:
    import os, sys
    from pathlib import Path
    from neuro_chart.hand import Hand
    from neuro_chart.ui.visit import VisitPage
    hand = Hand(Path(sys.argv[1]))
    hand.unlock()
    visit, patient = hand.window.chart.records.open_visits()[0]
    hand.window.open_visit(patient.id, visit.id)
    hand.tab("visit", VisitPage).note.prose["plan"].setPlainText("QxMarker aborted")
    os.abort()
"""


def test_a_crash_an_upgrade_and_a_restore_leave_nothing_either(day, words, environment, tmp_path):
    """In the same home, once the locked process is done with: SIGABRT with core files allowed, the command line, an old vault."""
    (tmp_path / "passphrase").write_text(PASSPHRASE)
    (tmp_path / "old").write_text(FIXTURE_WORDS[-1])
    elsewhere = day.home / "elsewhere"
    elsewhere.mkdir()
    for file in (day.vault, Path(f"{day.vault}.keys")):
        shutil.copy(file, elsewhere)
    for file in VAULTS.glob("0003.vault*"):
        shutil.copy(file, elsewhere)

    def run(*command, allow_core=False):
        limit = (lambda: resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY,) * 2)) if allow_core else None
        with suppress(ValueError):
            return subprocess.run(  # noqa: S603
                [sys.executable, *map(str, command)],
                env=environment,
                cwd=day.home,
                capture_output=True,
                text=True,
                check=False,
                preexec_fn=limit,
            )
        pytest.skip("core files are forbidden here")

    chart = ("-m", "neuro_chart", "--vault", elsewhere / "practice.vault")
    made = next(iter(Path(day.vault).parent.glob("backups/*.vault")))
    known = ("--passphrase-file", tmp_path / "passphrase")
    told = [
        run("-c", ABORTED, elsewhere / "practice.vault", allow_core=resource.getrlimit(resource.RLIMIT_CORE)[1] == resource.RLIM_INFINITY),
        run(*chart, "backup", *known),
        run(*chart, "restore", made, "--yes", *known),
        run(*chart, "verify", *known),
        run("-m", "neuro_chart", "--vault", elsewhere / "0003.vault", "verify", "--passphrase-file", tmp_path / "old"),
    ]
    assert told[0].returncode == -signal.SIGABRT
    assert [(each.returncode, each.stderr) for each in told[2:4] if each.returncode] == []
    names = check_nothing_readable(day.home, (*words, *FIXTURE_WORDS), day.key)
    assert not [name for name in names if name.startswith("core") or name.endswith(".core")]
    assert any(name.startswith("0003.vault.before-0003") for name in names), "the old vault was brought up to date"
    for each in told:
        for word in (*words, *FIXTURE_WORDS):
            assert word not in (each.stdout + each.stderr).replace(PRACTICE, ""), each.args  # a restore says whose backup it is
    assert os.environ.get("HOME") != str(day.home)
