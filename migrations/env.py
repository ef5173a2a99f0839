"""Run the migrations on the connection that `core/persistence/migrations.py` gives; nothing else starts them."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
