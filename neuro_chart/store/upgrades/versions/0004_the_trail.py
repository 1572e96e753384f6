"""The trail: people with roles, seals over what is signed, who did what, archive, merge and erasure.

What was signed before is sealed here, in the order in which it was signed: from now on a change shows. A signed visit opens for one
thing only, the erasure of its patient, which the table of erasures takes no sooner than the practice's retention allows.
"""  # noqa: INP001 - Alembic loads this by its path

from datetime import datetime

from alembic import op

from neuro_chart.store.seals import put_seal

revision = "0004"
down_revision = "0003"

ADDED = """
ALTER TABLE practice ADD COLUMN retention TEXT;
ALTER TABLE practice ADD COLUMN sign_within INTEGER NOT NULL DEFAULT 15;
ALTER TABLE practitioner ADD COLUMN role TEXT NOT NULL DEFAULT 'owner'
    CONSTRAINT ck_practitioner_role CHECK (role IN ('owner', 'practitioner', 'reader'));
ALTER TABLE practitioner ADD COLUMN disabled TEXT;
ALTER TABLE patient ADD COLUMN archived TEXT;
ALTER TABLE patient ADD COLUMN merged_into TEXT REFERENCES patient (id);
CREATE INDEX ix_patient_merged ON patient (merged_into) WHERE merged_into IS NOT NULL;
ALTER TABLE amendment ADD COLUMN reason TEXT NOT NULL DEFAULT '';
CREATE TABLE seal (
    seq INTEGER NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    row_id TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    practitioner_id TEXT NOT NULL,
    name TEXT NOT NULL,
    at TEXT NOT NULL,
    zone TEXT NOT NULL,
    form INTEGER NOT NULL,
    digest TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX ix_seal_row ON seal (kind, row_id);
CREATE TABLE trail (
    seq INTEGER NOT NULL PRIMARY KEY,
    at TEXT NOT NULL,
    practitioner_id TEXT NOT NULL,
    deed TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    visit_id TEXT NOT NULL,
    detail BLOB,
    detail_digest TEXT NOT NULL,
    digest TEXT NOT NULL
) STRICT;
CREATE INDEX ix_trail_patient ON trail (patient_id, seq);
CREATE TABLE head (
    name TEXT NOT NULL PRIMARY KEY,
    seq INTEGER NOT NULL,
    digest TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT;
INSERT INTO head VALUES ('seal', 0, '', '1970-01-01T00:00:00.000000Z'), ('trail', 0, '', '1970-01-01T00:00:00.000000Z');
CREATE TABLE typing (
    row_id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    practitioner_id TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    visit_id TEXT NOT NULL,
    since TEXT NOT NULL,
    before TEXT NOT NULL
) STRICT;
CREATE TABLE place (
    practitioner_id TEXT NOT NULL PRIMARY KEY REFERENCES practitioner (id),
    page TEXT NOT NULL
) STRICT;
CREATE TABLE erasure (
    patient_id TEXT NOT NULL PRIMARY KEY,
    practitioner_id TEXT NOT NULL,
    at TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT
"""

SIGNED_BEFORE = """
SELECT 'visit', visit.id, patient_id, signed_by, signed AS at FROM visit WHERE signed IS NOT NULL
UNION ALL SELECT 'amendment', amendment.id, patient_id, author_id, written FROM amendment JOIN visit ON visit.id = visit_id
UNION ALL SELECT 'intake', id, patient_id, (SELECT id FROM practitioner LIMIT 1), completed FROM intake WHERE completed IS NOT NULL
ORDER BY at, 1, 2
"""

ERASED = "IN (SELECT patient_id FROM erasure)"
OF_AMENDED = "(SELECT patient_id FROM visit WHERE id = OLD.visit_id)"
SIGNED = f"(SELECT max(signed) FROM visit WHERE id = OLD.visit_id AND patient_id NOT {ERASED}) IS NOT NULL"  # noqa: S608
YEARS, AGE = (f"json_extract((SELECT retention FROM practice), '$.{part}')" for part in ("years", "until_age"))  # noqa: S608
# Who gave no date of birth may have been as young as can be at the last visit.
YOUNGEST = "coalesce(birth, (SELECT max(started) FROM visit WHERE patient_id = NEW.patient_id), created)"

# Where recursive_triggers is off, REPLACE takes away whatever is in its way without asking the rules of deletion.
IN_THE_WAY = "EXISTS (SELECT 1 FROM {} WHERE id = NEW.id OR rowid = NEW.rowid)"
ALONE = (("alone", "INSERT", IN_THE_WAY), ("in_place", "UPDATE", "NEW.id <> OLD.id OR NEW.rowid <> OLD.rowid"))

# What could not be taken away before, and now can where the patient is erased.
ANEW = (
    ("visit_stays", "DELETE ON visit", f"OLD.signed IS NOT NULL AND OLD.patient_id NOT {ERASED}", "signed visit"),
    ("amendment_stays", "DELETE ON amendment", f"coalesce({OF_AMENDED} NOT {ERASED}, 1)", "signed visit"),
    ("intake_stays", "DELETE ON intake", f"OLD.completed IS NOT NULL AND OLD.patient_id NOT {ERASED}", "completed intake"),
    *((f"{table}_stays", f"DELETE ON {table}", SIGNED, "signed visit") for table in ("needle", "adjunct", "event")),
)
REFUSALS = (
    *(
        (f"{table}_{name}", f"{event} ON {table}", when.format(table), "stands in its place")
        for table in ("patient", "intake", "visit", "needle", "adjunct", "event", "amendment")
        for name, event, when in ALONE
    ),
    ("patient_stays", "DELETE ON patient", f"OLD.id NOT {ERASED}", "patient stays"),
    (
        "seal_grows",
        "INSERT ON seal",
        (
            "NEW.seq <> (SELECT seq FROM head WHERE name = 'seal') + 1"
            " OR EXISTS (SELECT 1 FROM seal WHERE kind = NEW.kind AND row_id = NEW.row_id)"
        ),
        "grows only",
    ),
    ("seal_kept", "UPDATE ON seal", "1", "grows only"),
    ("seal_stays", "DELETE ON seal", "1", "grows only"),
    ("trail_grows", "INSERT ON trail", "NEW.seq <> (SELECT seq FROM head WHERE name = 'trail') + 1", "grows only"),
    (
        "trail_kept",
        "UPDATE ON trail",
        (
            f"NEW.detail IS NOT NULL OR OLD.patient_id NOT {ERASED} OR NEW.seq <> OLD.seq OR NEW.at <> OLD.at OR NEW.deed <> OLD.deed"
            " OR NEW.practitioner_id <> OLD.practitioner_id OR NEW.patient_id <> OLD.patient_id OR NEW.visit_id <> OLD.visit_id"
            " OR NEW.detail_digest <> OLD.detail_digest OR NEW.digest <> OLD.digest OR OLD.deed = 'erased'"
        ),
        "grows only",
    ),
    ("trail_stays", "DELETE ON trail", "1", "grows only"),
    ("head_whole", "INSERT ON head", "1", "grows only"),
    ("head_kept", "UPDATE ON head", "NEW.name <> OLD.name OR NEW.seq <> OLD.seq + 1 OR NEW.rowid <> OLD.rowid", "grows only"),
    ("head_stays", "DELETE ON head", "1", "grows only"),
    (
        "erasure_allowed",
        "INSERT ON erasure",
        (
            "EXISTS (SELECT 1 FROM erasure WHERE patient_id = NEW.patient_id OR rowid = NEW.rowid)"  # noqa: S608
            f" OR {YEARS} IS NULL OR EXISTS (SELECT 1 FROM visit WHERE patient_id = NEW.patient_id"
            f" AND (signed IS NULL OR date(started, '+' || {YEARS} || ' years') > date(NEW.at)))"
            f" OR EXISTS (SELECT 1 FROM patient WHERE id = NEW.patient_id AND date({YOUNGEST}, '+' || {AGE} || ' years') > date(NEW.at))"
        ),
        "retention",
    ),
    ("erasure_kept", "UPDATE ON erasure", "1", "grows only"),
    ("erasure_stays", "DELETE ON erasure", "1", "grows only"),
)


def upgrade() -> None:
    """Adds it, seals what is signed, and only then closes it."""
    for statement in ADDED.split(";"):
        op.execute(statement)
    connection = op.get_bind()
    for kind, row_id, patient_id, who, at in connection.exec_driver_sql(SIGNED_BEFORE).all():
        put_seal(connection, kind, row_id, patient_id, by=who, at=datetime.fromisoformat(at), zone="+00:00")
    for name, event, when, said in (*ANEW, *REFUSALS):
        op.execute(f"DROP TRIGGER IF EXISTS {name}")
        op.execute(f"CREATE TRIGGER {name} BEFORE {event} WHEN {when} BEGIN SELECT RAISE(ABORT, '{said}'); END")
