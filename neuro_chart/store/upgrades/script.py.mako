"""${message}."""

from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Takes a vault one revision further, inside the transaction of the whole upgrade."""
    ${upgrades if upgrades else "op.execute()"}
