"""Run the migrations on the connection that `core.migrating` hands over; nobody else starts them."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
