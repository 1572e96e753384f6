"""Search as you type over 10,000 patients."""

from itertools import cycle

import pytest

from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault


@pytest.fixture(scope="module")
def records_of_10000(practice_of):
    with Vault.open(practice_of(10_000), "bench") as vault:
        yield Records(vault)


@pytest.mark.benchmark(group="search 10,000 patients (goal: median under 10 ms)")
def test_search_as_you_type(benchmark, records_of_10000):
    words = cycle(["o", "or", "ort", "ortiz", "ortiz given12", "muller", "55501234", "dang 9", "zzz"])
    benchmark(lambda: records_of_10000.patients(next(words), 200))
