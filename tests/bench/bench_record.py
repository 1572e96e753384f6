"""What keeping the record costs: an act with its entry in the trail, the check of a whole chart, a passphrase."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from neuro_chart.clinic.needles import Needle, Side, Site
from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.visits import Visit
from neuro_chart.store.keys import Kdf
from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault
from neuro_chart.store.verify import verify

VISITS = 300
WHEN = datetime(2026, 1, 5, 9, tzinfo=UTC)
SITE = Site(0.7, 3.2, 0.4, Side.LEFT, "left lower leg")


def charted(records, patient, moment):
    visit = Visit(patient.id, records.practitioner().id, moment, subjective="Burning soles at night. " * 8, plan="Again on Friday")
    visit.needles = [Needle(visit.id, SITE, "ST36", inserted=moment, removed=moment, position=at) for at in range(12)]
    records.start_visit(visit)
    return visit


@pytest.fixture(scope="module")
def vault(practice_of):
    """A practice of 1,000 patients and 300 signed visits."""
    with Vault.open(practice_of(1000), "bench") as opened:
        records = Records(opened)
        patient = Patient("A", "B")
        records.save_patient(patient)
        for day in range(VISITS):
            records.sign(charted(records, patient, WHEN + timedelta(days=day)).id)
        yield opened


@pytest.fixture(scope="module")
def draft(vault):
    records = Records(vault)
    return records, charted(records, records.patient(records.patients("A B")[0].id), WHEN)


@pytest.mark.benchmark(group="one needle changed, with its entry in the trail, durable (goal: under 4 times the bare write)")
def test_an_act(benchmark, draft):
    records, visit = draft
    number = count()
    benchmark(lambda: records.treat(visit.id, [replace(visit.needles[0], held=next(number))]))


@pytest.mark.benchmark(group="one needle changed, with its entry in the trail, durable (goal: under 4 times the bare write)")
def test_the_bare_write(benchmark, vault, draft):
    _, visit = draft
    number = count(10_000)

    def write():
        with vault.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE needle SET held = ? WHERE id = ?", (next(number), visit.needles[0].id))

    benchmark(write)


@pytest.mark.benchmark(group="half a second of typing stored, and gathered for the trail")
def test_typing(benchmark, draft):
    records, visit = draft
    number = count()
    benchmark(lambda: records.note(visit.id, subjective="x" * (next(number) % 800)))


@pytest.mark.benchmark(group="the whole chart checked: 1,000 patients, 300 signed visits (goal: under 1 s)")
def test_check(benchmark, vault):
    assert benchmark(lambda: verify(vault)).holds


@pytest.mark.benchmark(group="the whole chart checked: 1,000 patients, 300 signed visits (goal: under 1 s)")
def test_the_pages_alone(benchmark, vault):
    def pages():
        with closing(vault.engine.raw_connection()) as connection:
            cursor = connection.cursor()
            cursor.execute("PRAGMA cipher_integrity_check").fetchall()
            cursor.execute("PRAGMA integrity_check").fetchall()

    benchmark(pages)


@pytest.mark.benchmark(group="a passphrase tried (Argon2id, 256 MiB; goal: under 1 s)")
def test_passphrase(benchmark):
    benchmark.pedantic(lambda: Kdf().derive("calm jade river at dawn", b"0" * 16), rounds=5)
