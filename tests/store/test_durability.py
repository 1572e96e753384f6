"""What an act has stored stays stored: when the program is killed, when the disk is full, when it fails."""

import os
import random
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

import neuro_chart
from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.visits import Visit
from neuro_chart.store.errors import WriteFailedError
from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault

HERE = Path(neuro_chart.__file__).parents[1]

DAY = """if True:
    import sys
    from pathlib import Path
    from neuro_chart.clinic.clocks import now
    from neuro_chart.clinic.needles import Needle, Side, Site
    from neuro_chart.clinic.people import Patient
    from neuro_chart.clinic.visits import Visit
    from neuro_chart.store.records import Records
    from neuro_chart.store.vault import Vault
    vault = Vault.open(Path(sys.argv[1]), sys.argv[2])
    records = Records(vault)
    patient = Patient("Zoë")
    records.save_patient(patient)
    for number in range(1000):
        visit = Visit(patient.id, vault.practitioner_id)
        visit.needles = [Needle(visit.id, Site(0, 0, 0, Side.LEFT, ""), position=i) for i in range(3)]
        records.start_visit(visit)
        print("started", visit.id, flush=True)
        records.note(visit.id, subjective=f"note {number}")
        print("noted", visit.id, number, flush=True)
        records.treat(visit.id, [Needle(visit.id, Site(0, 0, 0, Side.LEFT, ""), inserted=now(), removed=now(), position=3)])
        print("put", visit.id, flush=True)
        records.sign(visit.id)
        print("signed", visit.id, flush=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
@pytest.mark.parametrize("seed", range(4))
def test_a_killed_program_has_lost_nothing_that_it_said_was_stored(vault_path, passphrase, seed):
    acts = 15 + random.Random(seed).randrange(20)  # noqa: S311
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", DAY, vault_path, passphrase], cwd=HERE, stdout=subprocess.PIPE, text=True
    ) as day:
        assert day.stdout is not None
        said = [day.stdout.readline().split() for _ in range(acts)]
        day.kill()
        said += [line.split() for line in day.stdout.read().splitlines()]
    with Vault.open(vault_path, passphrase) as vault:
        records = Records(vault)
        for act, visit_id, *number in said:
            visit = records.visit(visit_id)
            assert len(visit.needles) >= (4 if act == "put" else 3)
            if act == "noted":
                assert visit.subjective == f"note {number[0]}"
            if act == "signed":
                assert visit.signed is not None
        with closing(vault.engine.raw_connection()) as connection:
            assert connection.cursor().execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert len(said) >= acts


def test_a_full_disk_is_told_and_nothing_is_half_stored(vault, records):
    patient = Patient("Zoë")
    records.save_patient(patient)
    visit = Visit(patient.id, vault.practitioner_id, subjective="Short")
    records.start_visit(visit)

    def let_the_disk_hold(pages: int) -> None:
        with closing(vault.engine.raw_connection()) as connection:
            connection.cursor().execute(f"PRAGMA max_page_count={pages}").fetchall()

    let_the_disk_hold(1)  # SQLite takes the pages that there are for the limit
    for act in (
        lambda: records.note(visit.id, subjective="Long " * 50_000),
        lambda: records.save_patient(replace(patient, notes="Long " * 50_000)),
        lambda: records.start_visit(Visit(patient.id, vault.practitioner_id, plan="Long " * 50_000)),
    ):
        with pytest.raises(WriteFailedError, match="full"):
            act()
    assert records.visits(patient.id) == [visit]
    assert records.patient(patient.id) == patient
    let_the_disk_hold(2**30)
    records.note(visit.id, subjective="Long " * 50_000)
    assert len(records.visit(visit.id).subjective) == 250_000


@pytest.mark.skipif(os.name != "posix", reason="RLIMIT_FSIZE")
def test_a_disk_that_fails_to_write_is_told_and_taken_up_again(vault_path, passphrase):
    code = """if True:
        import resource, signal, sys
        from pathlib import Path
        from neuro_chart.clinic.people import Patient
        from neuro_chart.store.errors import WriteFailedError
        from neuro_chart.store.records import Records
        from neuro_chart.store.vault import Vault
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        path = Path(sys.argv[1])
        vault = Vault.open(path, sys.argv[2])
        records = Records(vault)
        stored, failed = 0, 0
        for round in range(6):
            resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + round * 3000, resource.RLIM_INFINITY))
            for number in range(30):
                try:
                    records.save_patient(Patient(f"{round}-{number}", notes="x" * 2500))
                    stored += 1
                except WriteFailedError:
                    failed += 1
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            records.save_patient(Patient(f"{round}-again"))
            stored += 1
            assert records.patient_count() == stored
        print(stored, failed, flush=True)
        import os
        os._exit(0)
    """
    result = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code, vault_path, passphrase], cwd=HERE, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    stored, failed = map(int, result.stdout.split())
    assert failed > 0
    with Vault.open(vault_path, passphrase) as vault:
        assert Records(vault).patient_count() == stored
