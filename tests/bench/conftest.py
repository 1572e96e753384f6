"""What the figures are measured with: whole programs in processes of their own, and a practice of many patients."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from neuro_chart.clinic.people import Patient, Practice, Practitioner
from neuro_chart.store.keys import Kdf
from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

FAMILIES = ("Ng", "Søe", "Okoye", "Ortiz", "Đặng", "Müller", "O'Brien", "Lindqvist", "李", "Haddad")
PASSPHRASE = "bench"


@pytest.fixture(scope="session")
def program():
    """Runs a Python program from start to end."""

    def run(text: str, *arguments: object) -> None:
        subprocess.run([sys.executable, "-c", text, *map(str, arguments)], check=True, stderr=subprocess.DEVNULL)

    return run


@pytest.fixture(scope="session")
def practice_of(tmp_path_factory):
    """Makes a vault with so many patients, and gives its path."""

    def make(number: int) -> Path:
        path = tmp_path_factory.mktemp("bench") / "practice.vault"
        chance = random.Random(number)
        kdf = Kdf(memory=1024, iterations=1, lanes=1)
        vault = Vault.create(path, PASSPHRASE, Practice("Bench"), Practitioner("B"), kdf=kdf)
        with vault:
            records = Records(vault)
            for one in range(number):
                family = f"{chance.choice(FAMILIES)}{one % 97}"
                records.save_patient(Patient(given=f"Given{one}", family=family, phone=f"555-{one:05}"))
        return path

    return make
