"""requests to join groups, bans from them and invites to them."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "join_requests",
        sa.Column("account", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("group_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("asked_us", sa.BigInteger(), nullable=False),
        sa.Column("decision", sa.String(length=8), nullable=False),
        sa.Column("decided_us", sa.BigInteger(), nullable=True),
        sa.Column("fact", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", "group_id"),
    )
    op.create_index(
        "join_requests_waiting",
        "join_requests",
        ["group_id", "asked_us", "account"],
        unique=False,
        postgresql_where=sa.text("decision = ''"),
        sqlite_where=sa.text("decision = ''"),
    )
    op.create_table(
        "bans",
        sa.Column("account", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("group_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at_us", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("by", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("until_us", sa.BigInteger(), nullable=True),
        sa.Column("lifted_us", sa.BigInteger(), nullable=True),
        sa.Column("fact", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", "group_id", "at_us"),
    )
    op.create_index("bans_by_author", "bans", ["by", "group_id"], unique=False)
    op.create_index("bans_of_group", "bans", ["group_id", "at_us", "account"], unique=False)
    op.create_table(
        "invites",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.BigInteger(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("expires_us", sa.BigInteger(), nullable=True),
        sa.Column("uses_left", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_index("invites_by_author", "invites", ["by", "group_id"], unique=False)


def downgrade() -> None:
    op.drop_index("invites_by_author", "invites")
    op.drop_table("invites")
    op.drop_index("bans_of_group", "bans")
    op.drop_index("bans_by_author", "bans")
    op.drop_table("bans")
    op.drop_index("join_requests_waiting", "join_requests")
    op.drop_table("join_requests")
