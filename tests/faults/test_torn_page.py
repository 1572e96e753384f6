"""The power goes while the journal is taken into the vault's file: a page is torn there, and whole in the journal."""

import shutil
from contextlib import closing

from neuro_chart.clinic.people import Patient
from neuro_chart.store.door import connect
from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault

PAGE = 4096


def test_a_page_that_is_torn_is_taken_from_the_journal(vault_path, passphrase, tmp_path):
    with Vault.open(vault_path, passphrase) as vault:
        Records(vault).save_patient(Patient("Zoë"))
    key = Vault.unwrap_key(vault_path, passphrase).key
    left = tmp_path / "left"
    left.mkdir()
    with closing(connect(vault_path, key)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA wal_autocheckpoint=0")
        connection.execute("UPDATE patient SET notes = 'Burning soles' ")
        before = vault_path.read_bytes()
        shutil.copy(vault_path.with_name(f"{vault_path.name}-wal"), left)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    after = vault_path.read_bytes()
    torn = bytearray(before)
    changed = [at for at in range(0, len(before), PAGE) if before[at : at + PAGE] != after[at : at + PAGE]]
    for at in changed:
        torn[at : at + PAGE // 2] = after[at : at + PAGE // 2]
    assert changed
    (left / vault_path.name).write_bytes(torn)
    shutil.copy(vault_path.with_name(f"{vault_path.name}.keys"), left)
    with Vault.open(left / vault_path.name, passphrase) as vault:
        (line,) = Records(vault).patients()
        assert Records(vault).patient(line.id).notes == "Burning soles"
