"""blocks that a person lifted."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("blocks", sa.Column("until_us", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.execute("DELETE FROM blocks WHERE until_us IS NOT NULL")
    op.drop_column("blocks", "until_us")
