"""The tables in which an import gathers what its files say of posts and messages."""

from sqlalchemy import BigInteger, Boolean, Column, Integer, Text

from planet_graph.ingest.staging import key, table

POST_ROWS = table(
    "import_post_rows",
    key("line", Integer),
    Column("post_key", Text, nullable=False, index=True),
    Column("author", Text, nullable=False),
    Column("created_us", BigInteger),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("facets", Text, nullable=False),
    Column("in_reply_to", Text),
    Column("symbols", Text, nullable=False),
)
"""`posts`, each row that can be taken. `symbols`: all cashtags, with texts.BETWEEN between."""

ANSWERS = table(
    "import_answers",
    key("line", Integer),
    Column("post_key", Text, nullable=False),
    Column("in_reply_to", Text, nullable=False, index=True),
)
"""The rows that answer something. An index over all rows would be of no use where most answer nothing."""

THREADS = table("import_threads", key("line", Integer), Column("root_line", Integer, nullable=False))
"""The row with which each row's thread begins; a row that leads back to itself has none."""

POST_IDS = table(
    "import_post_ids",
    key("line", Integer),
    Column("id", BigInteger, nullable=False, unique=True),
    Column("author", BigInteger, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("answers", BigInteger),
)
"""The rows by our ids. `answers`: the id of what the row says it answers, whether it is a post or only named."""

WANTED_POSTS = table(
    "import_wanted_posts",
    key("id"),
    Column("line", Integer, nullable=False),
    Column("author", BigInteger, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("in_reply_to", BigInteger),
    Column("root", BigInteger, nullable=False),
)

WANTED_SYMBOLS = table(
    "import_wanted_symbols", key("post"), key("symbol", Text), Column("slug", Text, nullable=False, index=True)
)
"""`slug`: how a group with this cashtag is called."""

WANTED_POST_GROUPS = table("import_wanted_post_groups", key("post"), key("group_id"))
"""Which groups a post is about by a cashtag."""

POST_CHANGES = table(
    "import_post_changes",
    key("n", Integer),
    Column("id", BigInteger, nullable=False, unique=True),
    Column("line", Integer, nullable=False),
    Column("new", Boolean, nullable=False),
)

POST_ENDS = table("import_post_ends", key("n", Integer), Column("id", BigInteger, nullable=False, unique=True))

REPLY_COUNTS = table("import_reply_counts", key("n", Integer), Column("id", BigInteger, nullable=False, unique=True))
"""Posts whose count of replies is not that of their replies."""

MESSAGE_ROWS = table(
    "import_message_rows",
    key("line", Integer),
    Column("group_key", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Column("facets", Text, nullable=False),
)
"""`messages`, each row that can be taken."""

WANTED_MESSAGES = table(
    "import_wanted_messages",
    key("group_id"),
    key("author"),
    key("at_us"),
    key("place", Integer),
    Column("line", Integer, nullable=False),
)
"""`place`: among those that one account said in a group at one time, in the order of the lines."""

STORED_MESSAGES = table(
    "import_stored_messages",
    key("group_id"),
    key("author"),
    key("at_us"),
    key("place", Integer),
    Column("id", BigInteger, nullable=False),
    Column("own", Boolean, nullable=False),
)
"""What this source's messages are, `own`, or what people made of them. `place`: as wanted, in the order of the ids."""

MESSAGE_CHANGES = table(
    "import_message_changes",
    key("n", Integer),
    Column("line", Integer, nullable=False),
    Column("group_id", BigInteger, nullable=False),
    Column("author", BigInteger, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("id", BigInteger),
    Column("new", Boolean, nullable=False),
)
"""`id`: None until a new message has got one."""

MESSAGE_ENDS = table(
    "import_message_ends",
    key("n", Integer),
    Column("id", BigInteger, nullable=False, unique=True),
    Column("group_id", BigInteger, nullable=False),
)

ALREADY_DERIVED = table(
    "import_already_derived",
    key("fan"),
    key("target"),
    key("day", Integer),
    key("kind", Text),
    key("subject"),
    Column("quantity", BigInteger, nullable=False),
)
"""The activity that this source's posts and messages made before the import changed them."""

REPLIES_TOLD = table("import_replies_told", key("fan", Text), key("target", Text), key("at_us"))
"""Which replies are posts, by what the outside calls the two."""
