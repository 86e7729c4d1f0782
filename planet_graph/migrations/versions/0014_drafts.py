"""what people have not published yet."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "drafts",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("cover_url", sa.String(500), nullable=False),
        sa.Column("in_reply_to", sa.BigInteger(), nullable=True),
        sa.Column("repost_of", sa.BigInteger(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("saved_us", sa.BigInteger(), nullable=False),
        sa.Column("publish_us", sa.BigInteger(), nullable=True),
        sa.Column("failure_code", sa.String(40), nullable=False),
        sa.Column("failure", sa.String(500), nullable=False),
        sa.Column("ended_us", sa.BigInteger(), nullable=True),
        sa.Column("post", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("drafts_by_time", "drafts", ["account", "saved_us", "id"], unique=False)
    scheduled = sa.text("publish_us IS NOT NULL")
    op.create_index(
        "drafts_scheduled",
        "drafts",
        ["publish_us", "id"],
        unique=False,
        postgresql_where=scheduled,
        sqlite_where=scheduled,
    )


def downgrade() -> None:
    op.drop_table("drafts")
