"""The figure on which a patient's needles are shown, where it is not the one that the record's sex suggests."""  # noqa: INP001 - Alembic loads this by its path

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Takes a vault one revision further, inside the transaction of the whole upgrade."""
    op.execute(
        "ALTER TABLE patient ADD COLUMN figure TEXT NOT NULL DEFAULT '' "
        "CONSTRAINT ck_patient_figure CHECK (figure IN ('', 'neutral', 'female', 'male'))"
    )
