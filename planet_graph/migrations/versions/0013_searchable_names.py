"""names that are looked for without case, along indexes that serve their beginnings."""

import sqlalchemy as sa
from alembic import op

from planet_graph.models.names import by_code_point, searchable

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NAMED = (("accounts", "handle", "display_name"), ("groups", "slug", "name"))


def upgrade() -> None:
    for table, unique, name in NAMED:
        op.add_column(table, sa.Column("name_key", by_code_point(200), nullable=False, server_default=""))
        _fill(table, name)
        op.create_index(f"{table}_by_name", table, ["name_key", "id"], unique=False)
        _sort(table, unique, 'varchar(30) COLLATE "C"')


def downgrade() -> None:
    for table, unique, _ in NAMED:
        _sort(table, unique, 'varchar(30) COLLATE "default"')
        op.drop_index(f"{table}_by_name", table)
        op.drop_column(table, "name_key")


def _sort(table: str, column: str, form: str) -> None:
    """Let a text sort by code point, or by the database's language again; SQLite's does anyway."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            sa.DDL(
                "ALTER TABLE %(named)s ALTER COLUMN %(column)s TYPE %(form)s",
                {
                    "named": table,
                    "column": column,
                    "form": form,
                },
            )
        )


def _fill(table: str, name: str) -> None:
    rows = sa.table(table, sa.column("id"), sa.column(name), sa.column("name_key"))
    named = op.get_bind().execute(sa.select(rows.c.id, rows.c[name])).all()
    if named:
        step = rows.update().where(rows.c.id == sa.bindparam("of")).values(name_key=sa.bindparam("key"))
        op.get_bind().execute(step, [{"of": i, "key": searchable(text)} for i, text in named])
