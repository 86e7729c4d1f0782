"""posts, what they are about, and reactions."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

PLAIN = "kind = 'repost' AND body = '' AND deleted_us IS NULL"


def upgrade() -> None:
    op.create_table(
        "posts",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("author", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("cover_url", sa.String(length=500), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("facets", sa.JSON(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("in_reply_to", sa.BigInteger(), nullable=True),
        sa.Column("root", sa.BigInteger(), nullable=False),
        sa.Column("repost_of", sa.BigInteger(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("edited_us", sa.BigInteger(), nullable=True),
        sa.Column("deleted_us", sa.BigInteger(), nullable=True),
        sa.Column("reaction_count", sa.BigInteger(), nullable=False),
        sa.Column("reply_count", sa.BigInteger(), nullable=False),
        sa.Column("repost_count", sa.BigInteger(), nullable=False),
        sa.Column("fact", sa.BigInteger(), nullable=False),
        sa.Column("origin", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("posts_by_author", "posts", ["author", "created_us", "id"], unique=False)
    op.create_index("posts_by_parent", "posts", ["in_reply_to", "created_us", "id"], unique=False)
    op.create_index("posts_by_root", "posts", ["root", "created_us", "id"], unique=False)
    op.create_index("posts_by_time", "posts", ["created_us", "id"], unique=False)
    op.create_index(
        "posts_plain_reposts",
        "posts",
        ["author", "repost_of"],
        unique=True,
        postgresql_where=sa.text(PLAIN),
        sqlite_where=sa.text(PLAIN),
    )
    op.create_table(
        "post_cashtags",
        sa.Column("symbol", sa.String(length=12), nullable=False),
        sa.Column("post", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("symbol", "post"),
    )
    op.create_index("post_cashtags_by_time", "post_cashtags", ["symbol", "created_us", "post"], unique=False)
    op.create_index("post_cashtags_of", "post_cashtags", ["post"], unique=False)
    op.create_table(
        "post_mentions",
        sa.Column("post", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("noun", sa.String(length=10), nullable=False),
        sa.Column("mentioned", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("post", "noun", "mentioned"),
    )
    op.create_index("post_mentions_of", "post_mentions", ["noun", "mentioned", "post"], unique=False)
    op.create_table(
        "reactions",
        sa.Column("noun", sa.String(length=10), nullable=False),
        sa.Column("subject", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("fact", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("noun", "subject", "account"),
    )
    op.create_index("reactions_by_account", "reactions", ["account", "noun", "subject"], unique=False)


def downgrade() -> None:
    op.drop_index("reactions_by_account", "reactions")
    op.drop_table("reactions")
    op.drop_index("post_mentions_of", "post_mentions")
    op.drop_table("post_mentions")
    op.drop_index("post_cashtags_of", "post_cashtags")
    op.drop_index("post_cashtags_by_time", "post_cashtags")
    op.drop_table("post_cashtags")
    for index in ("posts_plain_reposts", "posts_by_time", "posts_by_root", "posts_by_parent", "posts_by_author"):
        op.drop_index(index, "posts")
    op.drop_table("posts")
