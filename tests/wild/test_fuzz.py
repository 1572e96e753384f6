"""Files gone wrong in every way, beside the record and in its place: told in a sentence or of no harm, in bounded time and memory.

Some of each kind in the usual run; `NEURO_CHART_FUZZ=10000 pytest tests/wild/test_fuzz.py` asks so often (a minute or two).
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

COUNT = int(os.environ.get("NEURO_CHART_FUZZ", "130"))
SEED = int(os.environ.get("NEURO_CHART_SEED", "1"))
HERE = Path(__file__).parent


@pytest.mark.skipif(sys.platform == "win32", reason="a process is bounded by POSIX")
def test_no_reader_crashes_gives_half_or_takes_without_end(tmp_path):
    asked = subprocess.run(  # noqa: S603
        [sys.executable, HERE / "readers.py", str(COUNT), str(SEED), tmp_path],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(HERE.parents[1])},
        check=False,
    )
    assert asked.returncode == 0, asked.stderr
    assert json.loads(asked.stdout)["wrongs"] == []
