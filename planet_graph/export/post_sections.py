"""What a person's own export holds of posts."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col

from planet_graph.export.own_fields import ID, ORIGIN, Field, Section
from planet_graph.models import personal
from planet_graph.models.messages import Message
from planet_graph.models.metadata import METADATA
from planet_graph.models.personal import OWNED
from planet_graph.models.posts import Post

POST = Field("post", "post", "post", f"The post: an id {ID}.")
POSTS = (
    Field("id", "id", "post", f"The post's id, {ID}."),
    Field("kind", "kind", "plain", "short, article or repost."),
    Field("title", "title", "plain", "An article's title."),
    Field("body", "body", "plain", "The text; of an article Markdown, of a repost its comment."),
    Field("coverUrl", "cover_url", "plain", "The address of an article's picture; empty: none."),
    Field("createdAt", "created_us", "moment", "When it was published."),
    Field("inReplyTo", "in_reply_to", "post", "What it answers; null: nothing."),
    Field("repostOf", "repost_of", "post", "What it passes on; null: nothing."),
    Field("revision", "revision", "plain", "Which version of its texts this is."),
    Field("editedAt", "edited_us", "moment", "When its texts last changed; null: never."),
    Field("deletedAt", "deleted_us", "moment", "When you deleted it; null: it is there."),
    ORIGIN,
)
REVISIONS = (
    POST,
    Field("revision", "revision", "plain", "Which version of its texts it was."),
    Field("title", "title", "plain", "An article's title."),
    Field("body", "body", "plain", "The text."),
    Field("coverUrl", "cover_url", "plain", "The address of an article's picture; empty: none."),
    Field("at", "at_us", "moment", "When it was written."),
)
BOOKMARKS = (POST, Field("at", "at_us", "moment", "When."))
CASHTAGS = (POST, Field("symbol", "symbol", "plain", "A symbol that it names."))
MENTIONS = (
    POST,
    Field("name", "name", "plain", "What it calls you."),
    Field("at", "at_us", "moment", "Since when."),
    Field("open", "open", "plain", "Whether it still does; else an edit removed it."),
)
REACTIONS = (
    Field("to", "noun", "plain", "What you reacted to: a post or a message."),
    Field("post", "subject", "post", f"Its id {ID}."),
    Field("at", "at_us", "moment", "When."),
)


def _owned(name: str, means: str, table: str, fields: Sequence[Field], order: Sequence[str]) -> Section:
    found = METADATA.tables[table]

    def mine(account: int) -> Sequence[ColumnElement[bool]]:
        column = found.c[OWNED[table]]
        own = select(col(Post.id)).where(col(Post.author) == account)
        return (column.in_(own) if column.name == "post" else column == account,)

    return Section(name, means, found, fields, mine, order)


MESSAGE = Field("message", "message", "message", f"The message: an id {ID}.")
MESSAGES = (
    Field("id", "id", "message", f"The message's id, {ID}."),
    Field("group", "group_id", "group", f"Where you said it: an id {ID}."),
    Field("body", "body", "plain", "The text; empty where you deleted it."),
    Field("createdAt", "created_us", "moment", "When you said it."),
    Field("inReplyTo", "in_reply_to", "message", "What it answers; null: nothing."),
    Field("editedAt", "edited_us", "moment", "When its text last changed; null: never."),
    Field("deletedAt", "deleted_us", "moment", "When it was deleted; null: it is there."),
    ORIGIN,
)


def _message_mentions() -> Section:
    found = METADATA.tables["message_mentions"]

    def mine(account: int) -> Sequence[ColumnElement[bool]]:
        same = col(Message.id) == found.c.message
        writing = select(col(Message.id)).where(same, personal.unblocked(account, col(Message.author)))
        return found.c.mentioned == account, writing.exists()

    named = (MESSAGE, Field("name", "name", "plain", "What it calls you."))
    return Section("messageMentions", "Messages that mention you.", found, named, mine, ("message",))


def _mentions() -> Section:
    found = METADATA.tables["post_mentions"]

    def mine(account: int) -> Sequence[ColumnElement[bool]]:
        same = col(Post.id) == found.c.post
        writing = select(col(Post.id)).where(same, personal.unblocked(account, col(Post.author)))
        return found.c.noun == "account", found.c.mentioned == account, writing.exists()

    return Section("mentions", "Posts that mention you.", found, MENTIONS, mine, ("post",))


SECTIONS: Sequence[Section] = (
    _owned("posts", "What you published, and what is left of what you deleted.", "posts", POSTS, ("id",)),
    _owned("postRevisions", "What your posts said before.", "post_revisions", REVISIONS, ("post", "revision")),
    _owned("cashtags", "The symbols in your posts.", "post_cashtags", CASHTAGS, ("post", "symbol")),
    _mentions(),
    _owned("bookmarks", "The posts that you keep. Nobody else sees it.", "bookmarks", BOOKMARKS, ("post",)),
    _owned("messages", "What you said in groups.", "messages", MESSAGES, ("id",)),
    _message_mentions(),
    _owned("reactions", "What you reacted to.", "reactions", REACTIONS, ("noun", "subject")),
)
