"""Alembic's environment: it migrates the connection that it is handed."""

from alembic import context

from planet_graph.models.metadata import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
