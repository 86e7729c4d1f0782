"""The tables in which an import gathers what its files say of groups and their members."""

from sqlalchemy import BigInteger, Boolean, Column, Integer, Text

from planet_graph.ingest.staging import key, table

GROUP_ROWS = table(
    "import_group_rows",
    key("line", Integer),
    Column("group_key", Text, nullable=False, index=True),
    Column("name", Text),
    Column("name_key", Text),
    Column("created_us", BigInteger),
)
"""`groups`, each row that can be taken."""

MEMBERSHIP_ROWS = table(
    "import_membership_rows",
    key("line", Integer),
    Column("account", Text, nullable=False),
    Column("group_key", Text, nullable=False),
    Column("since_us", BigInteger),
    Column("rank", Integer, nullable=False),
)
"""`memberships`, each row that can be taken. `rank`: the role's place in ROLES."""

GROUP_NAMES = table(
    "import_group_names",
    key("group_key", Text),
    Column("n", Integer, nullable=False, unique=True),
    Column("first_us", BigInteger),
    Column("id", BigInteger),
    Column("wanted", Text, index=True),
    Column("place", Integer),
)
"""Every group that a file names. `n`: by code points of the id. `first_us`: the earliest row that names it beside its
own. `wanted`: the slug a new group would like; `place`: its place among those who want the same."""

GROUP_CHANGES = table(
    "import_group_changes",
    key("n", Integer),
    Column("id", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False),
)

WANTED_MEMBERSHIPS = table(
    "import_wanted_memberships",
    key("account"),
    key("group_id"),
    Column("n", Integer, nullable=False),
    Column("since_us", BigInteger, nullable=False),
    Column("dated", Boolean, nullable=False),
    Column("rank", Integer, nullable=False),
)
"""`n`: the number of the account's name."""

MEMBERSHIP_CHANGES = table(
    "import_membership_changes",
    key("n", Integer),
    Column("account", BigInteger, nullable=False),
    Column("group_id", BigInteger, nullable=False),
    Column("since_us", BigInteger, nullable=False),
    Column("dated", Boolean, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("was", Integer, nullable=False),
)
"""`was`: 0 absent, 1 closed, 2 open. Order: a group's owner behind all others."""

MEMBERSHIP_CLOSINGS = table(
    "import_membership_closings",
    key("n", Integer),
    Column("account", BigInteger, nullable=False),
    Column("group_id", BigInteger, nullable=False),
)
