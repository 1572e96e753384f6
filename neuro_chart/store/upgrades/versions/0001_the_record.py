"""The record: practice, practitioners, patients, health histories, visits with needles, adjuncts and amendments.

A signed visit and all that belongs to it are closed by triggers. REPLACE runs the DELETE triggers too, because each connection
of the vault sets recursive_triggers. The texts of RAISE are known to records.py by heart; a later revision keeps them.
"""  # noqa: INP001 - Alembic loads this by its path

from alembic import op

revision = "0001"
down_revision = None

TABLES = """
CREATE TABLE practice (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    letterhead TEXT NOT NULL,
    paper TEXT NOT NULL,
    CONSTRAINT ck_practice_paper CHECK (paper IN ('A4', 'Letter'))
) STRICT;
CREATE TABLE practitioner (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL
) STRICT;
CREATE TABLE patient (
    id TEXT NOT NULL PRIMARY KEY,
    given TEXT NOT NULL,
    family TEXT NOT NULL,
    preferred TEXT NOT NULL,
    birth TEXT,
    sex TEXT NOT NULL,
    gender TEXT NOT NULL,
    phone TEXT NOT NULL,
    email TEXT NOT NULL,
    address TEXT NOT NULL,
    emergency_contact TEXT NOT NULL,
    physician TEXT NOT NULL,
    notes TEXT NOT NULL,
    created TEXT NOT NULL,
    search TEXT NOT NULL
) STRICT;
CREATE TABLE intake (
    id TEXT NOT NULL PRIMARY KEY,
    patient_id TEXT NOT NULL REFERENCES patient (id),
    form TEXT NOT NULL,
    response TEXT NOT NULL,
    started TEXT NOT NULL,
    completed TEXT
) STRICT;
CREATE TABLE visit (
    id TEXT NOT NULL PRIMARY KEY,
    patient_id TEXT NOT NULL REFERENCES patient (id),
    practitioner_id TEXT NOT NULL REFERENCES practitioner (id),
    started TEXT NOT NULL,
    subjective TEXT NOT NULL,
    objective TEXT NOT NULL,
    assessment TEXT NOT NULL,
    plan TEXT NOT NULL,
    pain_before INTEGER,
    pain_after INTEGER,
    numbness_before INTEGER,
    numbness_after INTEGER,
    aftercare TEXT NOT NULL,
    signed TEXT,
    signed_by TEXT REFERENCES practitioner (id),
    needles_left_reason TEXT NOT NULL,
    search TEXT NOT NULL,
    CONSTRAINT ck_visit_pain_before CHECK (pain_before BETWEEN 0 AND 10),
    CONSTRAINT ck_visit_pain_after CHECK (pain_after BETWEEN 0 AND 10),
    CONSTRAINT ck_visit_numbness_before CHECK (numbness_before BETWEEN 0 AND 10),
    CONSTRAINT ck_visit_numbness_after CHECK (numbness_after BETWEEN 0 AND 10),
    CONSTRAINT ck_visit_signature CHECK ((signed IS NULL) = (signed_by IS NULL))
) STRICT;
CREATE TABLE needle (
    id TEXT NOT NULL PRIMARY KEY,
    visit_id TEXT NOT NULL REFERENCES visit (id),
    position INTEGER NOT NULL,
    x REAL NOT NULL,
    y REAL NOT NULL,
    z REAL NOT NULL,
    side TEXT NOT NULL,
    region TEXT NOT NULL,
    point TEXT NOT NULL,
    depth REAL,
    depth_unit TEXT NOT NULL,
    gauge REAL,
    length REAL,
    angle TEXT NOT NULL,
    technique TEXT NOT NULL,
    de_qi INTEGER,
    retention INTEGER NOT NULL,
    inserted TEXT,
    removed TEXT,
    CONSTRAINT ck_needle_side CHECK (side IN ('left', 'right', 'midline')),
    CONSTRAINT ck_needle_depth_unit CHECK (depth_unit IN ('cun', 'mm')),
    CONSTRAINT ck_needle_de_qi CHECK (de_qi IN (0, 1)),
    CONSTRAINT ck_needle_retention CHECK (retention BETWEEN 10 AND 60),
    CONSTRAINT ck_needle_removed CHECK (removed IS NULL OR coalesce(removed >= inserted, 0))
) STRICT;
CREATE TABLE adjunct (
    id TEXT NOT NULL PRIMARY KEY,
    visit_id TEXT NOT NULL REFERENCES visit (id),
    kind TEXT NOT NULL,
    setting TEXT NOT NULL,
    minutes INTEGER,
    CONSTRAINT ck_adjunct_minutes CHECK (minutes > 0)
) STRICT;
CREATE TABLE amendment (
    id TEXT NOT NULL PRIMARY KEY,
    visit_id TEXT NOT NULL REFERENCES visit (id),
    author_id TEXT NOT NULL REFERENCES practitioner (id),
    text TEXT NOT NULL,
    written TEXT NOT NULL,
    search TEXT NOT NULL
) STRICT;
CREATE INDEX ix_patient_search ON patient (search);
CREATE INDEX ix_intake_patient ON intake (patient_id, started);
CREATE INDEX ix_visit_patient ON visit (patient_id, started);
CREATE INDEX ix_visit_draft ON visit (started) WHERE signed IS NULL;
CREATE INDEX ix_needle_visit ON needle (visit_id, position);
CREATE INDEX ix_adjunct_visit ON adjunct (visit_id);
CREATE INDEX ix_amendment_visit ON amendment (visit_id)
"""

REFUSALS = (
    # name, event, when, what is said
    ("visit_born_draft", "INSERT ON visit", "NEW.signed IS NOT NULL", "signed visit"),
    ("visit_kept", "UPDATE ON visit", "OLD.signed IS NOT NULL", "signed visit"),
    ("visit_stays", "DELETE ON visit", "OLD.signed IS NOT NULL", "signed visit"),
    (
        "visit_counted",
        "UPDATE OF signed ON visit",
        (
            "NEW.signed IS NOT NULL AND trim(NEW.needles_left_reason) = '' AND EXISTS "
            "(SELECT 1 FROM needle WHERE visit_id = NEW.id AND inserted IS NOT NULL AND removed IS NULL)"
        ),
        "needle in",
    ),
    ("amendment_after_signing", "INSERT ON amendment", "(SELECT signed FROM visit WHERE id = NEW.visit_id) IS NULL", "draft visit"),
    ("amendment_kept", "UPDATE ON amendment", "1", "signed visit"),
    ("amendment_stays", "DELETE ON amendment", "1", "signed visit"),
    ("intake_kept", "UPDATE ON intake", "OLD.completed IS NOT NULL", "completed intake"),
    ("intake_stays", "DELETE ON intake", "OLD.completed IS NOT NULL", "completed intake"),
    *(
        (f"{table}_{name}", f"{event} ON {table}", f"(SELECT max(signed) FROM visit WHERE id IN ({rows})) IS NOT NULL", "signed visit")  # noqa: S608
        for table in ("needle", "adjunct")
        for name, event, rows in (
            ("added", "INSERT", "NEW.visit_id"),
            ("kept", "UPDATE", "OLD.visit_id, NEW.visit_id"),
            ("stays", "DELETE", "OLD.visit_id"),
        )
    ),
)


def upgrade() -> None:
    """Makes every table, index and trigger."""
    for statement in TABLES.split(";"):
        op.execute(statement)
    for name, event, when, said in REFUSALS:
        op.execute(f"CREATE TRIGGER {name} BEFORE {event} WHEN {when} BEGIN SELECT RAISE(ABORT, '{said}'); END")
