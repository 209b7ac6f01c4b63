"""Alembic's environment: the caller lends the connection, so that a migration is one transaction of ours."""

from alembic import context

from hub.core.store import tables  # noqa: F401 -- fills the metadata
from hub.core.store.record_tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
