"""notifications."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notifications",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("noun", sa.String(length=10), nullable=False),
        sa.Column("subject", sa.BigInteger(), nullable=False),
        sa.Column("latest_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account", "kind", "noun", "subject", name="notifications_groups"),
    )
    op.create_index("notifications_newest", "notifications", ["account", "latest_us", "id"], unique=False)
    op.create_table(
        "notification_actors",
        sa.Column("notification", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("actor", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account", sa.BigInteger(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("notification", "actor"),
    )
    op.create_index(
        "notification_actors_newest", "notification_actors", ["notification", "at_us", "actor"], unique=False
    )
    op.create_index("notification_actors_by_actor", "notification_actors", ["actor", "account"], unique=False)
    op.create_index("notification_actors_by_account", "notification_actors", ["account", "actor"], unique=False)
    op.create_table(
        "notification_readings",
        sa.Column("account", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("until_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account"),
    )
    op.create_table(
        "notification_preferences",
        sa.Column("account", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("account", "kind"),
    )


def downgrade() -> None:
    op.drop_table("notification_preferences")
    op.drop_table("notification_readings")
    op.drop_index("notification_actors_by_account", "notification_actors")
    op.drop_index("notification_actors_by_actor", "notification_actors")
    op.drop_index("notification_actors_newest", "notification_actors")
    op.drop_table("notification_actors")
    op.drop_index("notifications_newest", "notifications")
    op.drop_table("notifications")
