"""Run the migrations on the connection that `core.persistence.migrations` gives; nothing else does."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
