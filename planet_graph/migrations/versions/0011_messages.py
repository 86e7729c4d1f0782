"""messages in groups, whom they mention, and up to where people read them."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "messages",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("facets", sa.JSON(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("in_reply_to", sa.BigInteger(), nullable=True),
        sa.Column("edited_us", sa.BigInteger(), nullable=True),
        sa.Column("deleted_us", sa.BigInteger(), nullable=True),
        sa.Column("reaction_count", sa.BigInteger(), nullable=False),
        sa.Column("fact", sa.BigInteger(), nullable=False),
        sa.Column("origin", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("messages_by_author", "messages", ["author", "group_id", "created_us", "id"], unique=False)
    op.create_index("messages_by_group", "messages", ["group_id", "created_us", "id"], unique=False)
    op.create_table(
        "message_mentions",
        sa.Column("message", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("mentioned", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.PrimaryKeyConstraint("message", "mentioned"),
    )
    op.create_index("message_mentions_of", "message_mentions", ["mentioned", "message"], unique=False)
    op.create_table(
        "read_markers",
        sa.Column("account", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("group_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("message", sa.BigInteger(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", "group_id"),
    )


def downgrade() -> None:
    op.drop_table("read_markers")
    op.drop_index("message_mentions_of", "message_mentions")
    op.drop_table("message_mentions")
    op.drop_index("messages_by_group", "messages")
    op.drop_index("messages_by_author", "messages")
    op.drop_table("messages")
