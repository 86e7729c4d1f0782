"""tombstones of erased accounts, and hashes of their names."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erased_accounts",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("erased_us", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("fact", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id"),
    )
    op.create_index(
        "erased_accounts_under_way",
        "erased_accounts",
        ["account_id"],
        unique=False,
        postgresql_where=sa.text("NOT done"),
        sqlite_where=sa.text("NOT done"),
    )
    op.create_table(
        "erased_names",
        sa.Column("origin", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("origin", "digest"),
    )
    op.create_index("mutes_by_muted", "mutes", ["muted", "muter"], unique=False)


def downgrade() -> None:
    op.drop_index("mutes_by_muted", "mutes")
    op.drop_table("erased_names")
    op.drop_index("erased_accounts_under_way", "erased_accounts")
    op.drop_table("erased_accounts")
