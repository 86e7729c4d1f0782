"""indexes for the follows of any instant."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("follows_in", "follows", ["followee", "since_us", "follower"], unique=False)
    op.create_index("follows_out", "follows", ["follower", "since_us", "followee"], unique=False)
    op.create_index("follow_history_in", "follow_history", ["followee", "since_us", "follower"], unique=False)
    op.create_index("follow_history_out", "follow_history", ["follower", "since_us", "followee"], unique=False)


def downgrade() -> None:
    op.drop_index("follow_history_out", "follow_history")
    op.drop_index("follow_history_in", "follow_history")
    op.drop_index("follows_out", "follows")
    op.drop_index("follows_in", "follows")
