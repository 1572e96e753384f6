"""Alembic's entry: the vault hands over its own open connection, and its own transaction around all steps."""  # noqa: INP001 - Alembic loads this by its path

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
