"""The treatment: clocks that stand, needles that are pulled and counted, adjuncts with place and clock, adverse events, rooms, protocols.

SQLite changes no CHECK in place: needle and adjunct are made anew and their rows moved over, with the triggers that close them. A signed
visit closes its events as it does its needles, and one with a needle that is in, dropped or uncounted is signed with a reason only.
"""  # noqa: INP001 - Alembic loads this by its path

from alembic import op

revision = "0003"
down_revision = "0002"

ANEW = {
    "needle": (
        """
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
            depth_to REAL,
            depth_unit TEXT NOT NULL,
            gauge REAL,
            length REAL,
            angle TEXT NOT NULL,
            technique TEXT NOT NULL,
            de_qi INTEGER,
            retention INTEGER NOT NULL,
            inserted TEXT,
            removed TEXT,
            paused TEXT,
            held INTEGER NOT NULL,
            mishap TEXT NOT NULL,
            counted INTEGER NOT NULL,
            copied INTEGER NOT NULL,
            CONSTRAINT ck_needle_side CHECK (side IN ('left', 'right', 'midline')),
            CONSTRAINT ck_needle_depth_unit CHECK (depth_unit IN ('cun', 'mm')),
            CONSTRAINT ck_needle_depth_to CHECK (depth_to IS NULL OR coalesce(depth_to > depth, 0)),
            CONSTRAINT ck_needle_de_qi CHECK (de_qi IN (0, 1)),
            CONSTRAINT ck_needle_retention CHECK (retention = 0 OR retention BETWEEN 10 AND 60),
            CONSTRAINT ck_needle_removed CHECK (removed IS NULL OR coalesce(removed >= inserted, mishap = 'dropped')),
            CONSTRAINT ck_needle_counted CHECK (counted = 1 OR (counted = 0 AND removed IS NOT NULL)),
            CONSTRAINT ck_needle_copied CHECK (copied IN (0, 1))
        ) STRICT
        """,
        (
            "id, visit_id, position, x, y, z, side, region, point, depth, depth_unit, gauge, length, angle, technique, de_qi, retention, "
            "inserted, removed"
        ),
        {"held": "0", "mishap": "''", "counted": "1", "copied": "0"},
        "CREATE INDEX ix_needle_visit ON needle (visit_id, position)",
    ),
    "adjunct": (
        """
        CREATE TABLE adjunct (
            id TEXT NOT NULL PRIMARY KEY,
            visit_id TEXT NOT NULL REFERENCES visit (id),
            position INTEGER NOT NULL,
            kind TEXT NOT NULL,
            setting TEXT NOT NULL,
            method TEXT NOT NULL,
            waveform TEXT NOT NULL,
            frequency TEXT NOT NULL,
            intensity TEXT NOT NULL,
            size TEXT NOT NULL,
            minutes INTEGER,
            amount INTEGER,
            pairs TEXT NOT NULL,
            spots TEXT NOT NULL,
            strokes TEXT NOT NULL,
            started TEXT,
            ended TEXT,
            paused TEXT,
            held INTEGER NOT NULL,
            until TEXT,
            consent INTEGER NOT NULL,
            copied INTEGER NOT NULL,
            CONSTRAINT ck_adjunct_minutes CHECK (minutes > 0),
            CONSTRAINT ck_adjunct_amount CHECK (amount > 0),
            CONSTRAINT ck_adjunct_ended CHECK (ended IS NULL OR coalesce(ended >= started, 0)),
            CONSTRAINT ck_adjunct_consent CHECK (consent IN (0, 1)),
            CONSTRAINT ck_adjunct_copied CHECK (copied IN (0, 1))
        ) STRICT
        """,
        "id, visit_id, kind, setting, minutes",
        {
            **dict.fromkeys(("method", "waveform", "frequency", "intensity", "size"), "''"),
            **dict.fromkeys(("pairs", "spots", "strokes"), "'[]'"),
            **dict.fromkeys(("position", "held", "consent", "copied"), "0"),
        },
        "CREATE INDEX ix_adjunct_visit ON adjunct (visit_id, position)",
    ),
}

ADDED = """
CREATE TABLE event (
    id TEXT NOT NULL PRIMARY KEY,
    visit_id TEXT NOT NULL REFERENCES visit (id),
    kind TEXT NOT NULL,
    at TEXT NOT NULL,
    needle_id TEXT NOT NULL,
    words TEXT NOT NULL,
    done TEXT NOT NULL,
    outcome TEXT NOT NULL
) STRICT;
CREATE INDEX ix_event_visit ON event (visit_id, at);
CREATE TABLE protocol (
    id TEXT NOT NULL PRIMARY KEY,
    "key" TEXT NOT NULL,
    name TEXT NOT NULL,
    sessions TEXT NOT NULL,
    "group" TEXT NOT NULL,
    retention INTEGER,
    dose TEXT NOT NULL,
    evidence TEXT NOT NULL,
    strength TEXT NOT NULL,
    source TEXT NOT NULL,
    based_on TEXT NOT NULL,
    CONSTRAINT ck_protocol_retention CHECK (retention = 0 OR retention BETWEEN 10 AND 60)
) STRICT;
CREATE UNIQUE INDEX ix_protocol_key ON protocol ("key");
CREATE TABLE phrase (
    id TEXT NOT NULL PRIMARY KEY,
    "key" TEXT NOT NULL,
    text TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX ix_phrase_key ON phrase ("key");
ALTER TABLE practice ADD COLUMN rooms TEXT NOT NULL DEFAULT '["Room 1", "Room 2", "Room 3", "Room 4"]';
ALTER TABLE visit ADD COLUMN room TEXT NOT NULL DEFAULT '';
ALTER TABLE visit ADD COLUMN tongue TEXT NOT NULL DEFAULT '{}';
ALTER TABLE visit ADD COLUMN pulse TEXT NOT NULL DEFAULT '{}';
ALTER TABLE visit ADD COLUMN copied TEXT NOT NULL DEFAULT '{}';
ALTER TABLE visit ADD COLUMN protocol TEXT NOT NULL DEFAULT '';
ALTER TABLE visit ADD COLUMN session INTEGER NOT NULL DEFAULT 0;
DROP TRIGGER visit_counted
"""

COUNTED = """
CREATE TRIGGER visit_counted BEFORE UPDATE OF signed ON visit
WHEN NEW.signed IS NOT NULL AND trim(NEW.needles_left_reason) = '' AND EXISTS (
    SELECT 1 FROM needle WHERE visit_id = NEW.id
    AND (removed IS NULL AND (inserted IS NOT NULL OR mishap = 'dropped') OR counted = 0)
)
BEGIN SELECT RAISE(ABORT, 'needle in'); END
"""

CLOSED = (
    ("added", "INSERT", "NEW.visit_id"),
    ("kept", "UPDATE", "OLD.visit_id, NEW.visit_id"),
    ("stays", "DELETE", "OLD.visit_id"),
)


def upgrade() -> None:
    """Makes needle and adjunct anew with their rows in them, and adds the rest."""
    for statement in ADDED.split(";"):
        op.execute(statement)
    for table, (made, kept, filled, index) in ANEW.items():
        op.execute(f"ALTER TABLE {table} RENAME TO old_{table}")  # its triggers go with it
        op.execute(f"DROP INDEX ix_{table}_visit")
        op.execute(made)
        columns, values = ", ".join([kept, *filled]), ", ".join([kept, *filled.values()])
        op.execute(f"INSERT INTO {table} ({columns}) SELECT {values} FROM old_{table}")  # noqa: S608
        for name, _, _ in CLOSED:
            op.execute(f"DROP TRIGGER {table}_{name}")
        op.execute(f"DROP TABLE old_{table}")
        op.execute(index)
    op.execute(COUNTED)
    for table in (*ANEW, "event"):
        for name, event, rows in CLOSED:
            closed = f"(SELECT max(signed) FROM visit WHERE id IN ({rows})) IS NOT NULL"  # noqa: S608
            op.execute(
                f"CREATE TRIGGER {table}_{name} BEFORE {event} ON {table} WHEN {closed} BEGIN SELECT RAISE(ABORT, 'signed visit'); END"
            )
