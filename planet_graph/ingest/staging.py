"""The tables in which an import gathers what its files say; they live and end with its one connection."""

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, Table, Text
from sqlalchemy.ext.asyncio import AsyncConnection

METADATA = MetaData()


def table(name: str, *columns: Column[Any] | Index) -> Table:
    """Declare a table that every connection of an import makes."""
    return Table(name, METADATA, *columns, prefixes=["TEMPORARY"])


def key(name: str, kind: type[Any] = BigInteger) -> Column[Any]:
    """Declare a column of a table's key."""
    return Column(name, kind, primary_key=True, autoincrement=False)


ACCOUNT_ROWS = table(
    "import_account_rows",
    key("line", Integer),
    Column("external_id", Text, nullable=False, index=True),
    Column("handle", Text),
    Column("display_name", Text),
    Column("name_key", Text),
    Column("created_us", BigInteger),
    Column("kyc", Text),
    Column("creator", Integer, nullable=False),
)
"""`accounts`, each row that can be taken."""

FOLLOW_ROWS = table(
    "import_follow_rows",
    key("line", Integer),
    Column("follower", Text, nullable=False),
    Column("followee", Text, nullable=False),
    Column("since_us", BigInteger),
)
"""`follows`, each row that can be taken."""

BLOCK_ROWS = table(
    "import_block_rows",
    key("line", Integer),
    Column("blocker", Text, nullable=False),
    Column("blocked", Text, nullable=False),
    Column("since_us", BigInteger),
)
"""`blocks`, each row that can be taken."""

ACTIVITY_ROWS = table(
    "import_activity_rows",
    key("line", Integer),
    Column("fan", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("day", Integer),
    Column("at_us", BigInteger),
    Column("post", Text),
    Column("quantity", BigInteger, nullable=False),
)
"""`activity`, each row that can be taken; without a time, no day."""

NAMES = table(
    "import_names",
    key("external_id", Text),
    Column("n", Integer, nullable=False, unique=True),
    Column("first_us", BigInteger),
    Column("as_creator", Integer, nullable=False),
    Column("id", BigInteger),
    Column("wanted", Text, index=True),
    Column("given", Integer),
    Column("place", Integer),
)
"""Everybody whom a file names. `n`: by code points of the id. `first_us`: the earliest row of follows, blocks and
activity that names it. `wanted`: the handle a new account would like; `given`: whether a file says so; `place`: its
place among those who want the same."""

UNKNOWN_NAMES = table(
    "import_unknown_names",
    key("n", Integer),
    Column("name", Text, nullable=False),
    Column("erased", Integer, nullable=False),
)
"""Everybody whom a file names and nobody knows, looked for only where this source named somebody who was erased."""

NEW_POSTS = table(
    "import_new_posts",
    key("n", Integer),
    Column("external_id", Text, nullable=False),
)
"""Posts that are not reserved yet. `n`: by code points of the id."""

ACCOUNT_CHANGES = table(
    "import_account_changes",
    key("n", Integer),
    Column("id", BigInteger, nullable=False),
    Column("display_name", Text, nullable=False),
    Column("name_key", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("kyc", Text, nullable=False),
)

CREATOR_CHANGES = table(
    "import_creator_changes",
    key("n", Integer),
    Column("id", BigInteger, nullable=False),
    Column("activated_us", BigInteger, nullable=False),
)

CREATOR_ENDS = table(
    "import_creator_ends",
    key("n", Integer),
    Column("id", BigInteger, nullable=False),
)

WANTED_BLOCKS = table(
    "import_wanted_blocks",
    key("blocker", Integer),
    key("blocked", Integer),
    Column("since_us", BigInteger, nullable=False),
    Column("dated", Boolean, nullable=False),
)
"""The pairs by the numbers of their names."""

BARRIERS = table(
    "import_barriers",
    Column("follower", Integer, nullable=False),
    Column("followee", Integer, nullable=False),
    Column("since_us", BigInteger, nullable=False),
    Column("until_us", BigInteger),
    Index("import_barriers_by_pair", "follower", "followee"),
)
"""From when until when (None: for good) a block keeps a pair from following, in both directions, by the numbers of
their names."""

BLOCK_CHANGES = table(
    "import_block_changes",
    key("n", Integer),
    Column("one", Integer, nullable=False),
    Column("other", Integer, nullable=False),
    Column("blocker", BigInteger, nullable=False),
    Column("blocked", BigInteger, nullable=False),
    Column("since_us", BigInteger, nullable=False),
    Column("dated", Boolean, nullable=False),
    Column("new", Boolean, nullable=False),
)
"""`one` and `other`: the numbers of their names."""

BLOCK_LIFTS = table(
    "import_block_lifts",
    key("n", Integer),
    Column("blocker", BigInteger, nullable=False),
    Column("blocked", BigInteger, nullable=False),
)

WANTED_FOLLOWS = table(
    "import_wanted_follows",
    key("follower"),
    key("followee"),
    Column("since_us", BigInteger, nullable=False),
    Column("dated", Boolean, nullable=False),
    Column("until_us", BigInteger),
)
"""`until_us`: when a block ended it; None: it is open."""

FOLLOW_CHANGES = table(
    "import_follow_changes",
    key("n", Integer),
    Column("follower", BigInteger, nullable=False),
    Column("followee", BigInteger, nullable=False),
    Column("since_us", BigInteger, nullable=False),
    Column("dated", Boolean, nullable=False),
    Column("until_us", BigInteger),
    Column("was", Integer, nullable=False),
)
"""`was`: 0 absent, 1 closed, 2 open."""

FOLLOW_CLOSINGS = table(
    "import_follow_closings",
    key("n", Integer),
    Column("follower", BigInteger, nullable=False),
    Column("followee", BigInteger, nullable=False),
)

ACTIVITY_SUMS = table(
    "import_activity_sums",
    Column("fan", BigInteger, nullable=False),
    Column("target", BigInteger, nullable=False),
    Column("day", Integer),
    Column("kind", Text, nullable=False),
    Column("subject", BigInteger, nullable=False),
    Column("quantity", BigInteger, nullable=False),
    Column("last_at_us", BigInteger),
)
"""The rows added up by day; those without a time apart."""

WANTED_ACTIVITY = table(
    "import_wanted_activity",
    key("fan"),
    key("target"),
    key("day", Integer),
    key("kind", Text),
    key("subject"),
    Column("quantity", BigInteger, nullable=False),
    Column("last_at_us", BigInteger, nullable=False),
    Column("dated", Boolean, nullable=False),
)

ACTIVITY_CHANGES = table(
    "import_activity_changes",
    key("n", Integer),
    Column("fan", BigInteger, nullable=False),
    Column("target", BigInteger, nullable=False),
    Column("day", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", BigInteger, nullable=False),
    Column("quantity", BigInteger, nullable=False),
    Column("last_at_us", BigInteger, nullable=False),
    Column("dated", Boolean, nullable=False),
)

ACTIVITY_REMOVALS = table(
    "import_activity_removals",
    key("n", Integer),
    Column("fan", BigInteger, nullable=False),
    Column("target", BigInteger, nullable=False),
    Column("day", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", BigInteger, nullable=False),
)


async def create(connection: AsyncConnection) -> None:
    """Create the tables of a connection."""
    await connection.run_sync(METADATA.create_all, checkfirst=False)
