"""Upgrades: the migrations make what the tables say; an older vault is brought up to date whole, or left as it was."""

import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from neuro_chart.clinic.people import Patient, Practice, Practitioner
from neuro_chart.store import tables
from neuro_chart.store import vault as vaults
from neuro_chart.store.errors import NewerVaultError
from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault


def test_the_migrations_make_the_tables(vault):
    with vault.reader.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []
    declared = sa.create_engine("sqlite://")
    tables.metadata.create_all(declared)
    made = sa.inspect(vault.reader)
    for table in tables.metadata.tables:
        told, kept = sa.inspect(declared).get_check_constraints(table), made.get_check_constraints(table)
        assert {(check["name"], check["sqltext"]) for check in told} == {(check["name"], check["sqltext"]) for check in kept}
        columns = [{(c["name"], c["nullable"], str(c["type"])) for c in each.get_columns(table)} for each in (sa.inspect(declared), made)]
        assert columns[0] == columns[1]
    declared.dispose()


def test_the_revision_is_the_head_of_the_migrations():
    assert ScriptDirectory(str(vaults.UPGRADES)).get_heads() == [tables.REVISION]


STEP = '''"""A later step."""
from alembic import op
revision, down_revision = "0004", "0003"
def upgrade():
    op.execute("ALTER TABLE patient ADD COLUMN pronouns TEXT NOT NULL DEFAULT ''")
    op.execute("CREATE TABLE later (id TEXT)")
    {last}
'''


@pytest.fixture
def later(tmp_path_factory, monkeypatch):
    """Makes this program a later one, with a step more."""

    def become(last: str = "pass") -> None:
        folder = Path(tmp_path_factory.mktemp("up%grades")) / "steps"
        shutil.copytree(vaults.UPGRADES, folder, ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "versions" / "0004_later.py").write_text(STEP.format(last=last))
        monkeypatch.setattr(vaults, "UPGRADES", folder)
        monkeypatch.setattr(tables, "REVISION", "0004")

    return become


def test_an_older_vault_is_brought_up_to_date_and_a_copy_is_kept(vault_path, passphrase, later, monkeypatch):
    with Vault.open(vault_path, passphrase) as vault:
        Records(vault).save_patient(Patient("Zoë"))
    with monkeypatch.context():
        later()
        with Vault.open(vault_path, passphrase) as vault, vault.reader.connect() as connection:
            assert connection.exec_driver_sql("SELECT given, pronouns FROM patient").one() == ("Zoë", "")
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        Vault.open(vault_path, passphrase).close()
        (copy,) = (file for file in vault_path.parent.glob("*.before-0003-*") if not file.name.endswith(".keys"))
    monkeypatch.undo()
    with Vault.open(copy, passphrase) as vault:
        assert [line.given for line in Records(vault).patients()] == ["Zoë"]
    assert copy.read_bytes()[:16] != b"SQLite format 3\0"
    assert copy.stat().st_mode == vault_path.stat().st_mode
    with pytest.raises(NewerVaultError):
        Vault.open(vault_path, passphrase)


def test_the_first_vault_ever_made_is_brought_up_to_date(tmp_path, passphrase, cheap_kdf, monkeypatch):
    path = tmp_path / "first.vault"
    with monkeypatch.context() as first:
        folder = tmp_path / "steps"
        shutil.copytree(vaults.UPGRADES, folder, ignore=shutil.ignore_patterns("__pycache__", "0002*", "0003*"))
        first.setattr(vaults, "UPGRADES", folder)
        first.setattr(tables, "REVISION", "0001")
        Vault.create(path, passphrase, Practice("Lindenhof"), Practitioner("Anna Weber"), kdf=cheap_kdf).close()
    with Vault.open(path, passphrase) as vault:
        records = Records(vault)
        records.save_patient(Patient("Zoë", sex="Female", figure="neutral"))
        (line,) = records.patients()
        assert records.patient(line.id).shown_as == "neutral"
        with vault.reader.connect() as connection:
            assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == tables.REVISION


def test_a_step_that_fails_leaves_the_vault_as_it_was(vault_path, passphrase, later, monkeypatch):
    with Vault.open(vault_path, passphrase) as vault:
        Records(vault).save_patient(Patient("Zoë"))
    later('raise RuntimeError("half way")')
    with pytest.raises(RuntimeError, match="half way"):
        Vault.open(vault_path, passphrase)
    monkeypatch.undo()
    with Vault.open(vault_path, passphrase) as vault:
        assert [line.given for line in Records(vault).patients()] == ["Zoë"]
        assert "later" not in sa.inspect(vault.reader).get_table_names()
    later()
    Vault.open(vault_path, passphrase).close()


def test_a_step_that_orphans_a_row_is_undone(vault_path, passphrase, later, monkeypatch):
    later("op.execute(\"INSERT INTO event VALUES ('x', 'nowhere', 'burn', '', '', '', '', '')\")")
    with pytest.raises(Exception, match="brought up to date"):
        Vault.open(vault_path, passphrase)
    monkeypatch.undo()
    Vault.open(vault_path, passphrase).close()
