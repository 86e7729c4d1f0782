"""profiles, blocks and mutes."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("bio", sa.String(length=500), nullable=False, server_default=""))
    op.add_column("accounts", sa.Column("avatar_url", sa.String(length=500), nullable=False, server_default=""))
    op.add_column("accounts", sa.Column("links", sa.JSON(), nullable=False, server_default="[]"))
    op.create_table(
        "blocks",
        sa.Column("blocker", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("blocked", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("since_us", sa.BigInteger(), nullable=False),
        sa.Column("dated", sa.Boolean(), nullable=False),
        sa.Column("fact", sa.BigInteger(), nullable=False),
        sa.Column("origin", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("blocker", "blocked"),
    )
    op.create_index("blocks_by_blocked", "blocks", ["blocked", "blocker"], unique=False)
    op.create_index("blocks_by_origin", "blocks", ["origin"], unique=False)

    op.create_table(
        "mutes",
        sa.Column("muter", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("muted", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("since_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("muter", "muted"),
    )


def downgrade() -> None:
    op.drop_table("mutes")
    op.drop_index("blocks_by_origin", "blocks")
    op.drop_index("blocks_by_blocked", "blocks")

    op.drop_table("blocks")
    op.drop_column("accounts", "links")
    op.drop_column("accounts", "avatar_url")
    op.drop_column("accounts", "bio")
