"""groups, who is in them, and who was."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "groups",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("slug", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("description", sa.String(length=500), nullable=False),
        sa.Column("announcement", sa.String(length=1000), nullable=False),
        sa.Column("by_approval", sa.Boolean(), nullable=False),
        sa.Column("slow_seconds", sa.Integer(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("closed_us", sa.BigInteger(), nullable=True),
        sa.Column("origin", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("slug"),
    )
    op.create_index("groups_by_time", "groups", ["created_us", "id"], unique=False)
    op.create_table(
        "memberships",
        sa.Column("account", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("group_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("since_us", sa.BigInteger(), nullable=False),
        sa.Column("dated", sa.Boolean(), nullable=False),
        sa.Column("fact", sa.BigInteger(), nullable=False),
        sa.Column("origin", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("account", "group_id"),
    )
    op.create_index("memberships_by_group", "memberships", ["group_id", "account"], unique=False)
    op.create_index("memberships_by_origin", "memberships", ["origin"], unique=False)
    op.create_index("memberships_by_role", "memberships", ["group_id", "role", "since_us", "account"], unique=False)
    op.create_table(
        "membership_history",
        sa.Column("account", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("group_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("until_us", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("since_us", sa.BigInteger(), nullable=False),
        sa.Column("dated", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("account", "group_id", "until_us"),
    )


def downgrade() -> None:
    op.drop_table("membership_history")
    op.drop_index("memberships_by_role", "memberships")
    op.drop_index("memberships_by_origin", "memberships")
    op.drop_index("memberships_by_group", "memberships")
    op.drop_table("memberships")
    op.drop_index("groups_by_time", "groups")
    op.drop_table("groups")
