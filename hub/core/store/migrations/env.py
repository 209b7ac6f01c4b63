"""Alembic's environment: the caller lends the connection, so that a migration is one transaction of ours."""

from alembic import context

from hub.core.store.tables import whole_metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=whole_metadata(),
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
