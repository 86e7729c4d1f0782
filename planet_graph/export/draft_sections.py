"""What a person's own export holds of drafts."""

from collections.abc import Sequence

from planet_graph.export.own_fields import ID, Field

DRAFTS: Sequence[Field] = (
    Field("id", "id", "draft", f"The draft's id, {ID}."),
    Field("kind", "kind", "plain", "short, article or repost."),
    Field("title", "title", "plain", "An article's title, so far."),
    Field("body", "body", "plain", "The text so far; of an article Markdown, of a repost its comment."),
    Field("coverUrl", "cover_url", "plain", "The address of an article's picture; empty: none."),
    Field("inReplyTo", "in_reply_to", "post", "What it is to answer; null: nothing."),
    Field("repostOf", "repost_of", "post", "What it is to pass on; null: nothing."),
    Field("revision", "revision", "plain", "Which version of its texts this is."),
    Field("createdAt", "created_us", "moment", "When you saved it first."),
    Field("savedAt", "saved_us", "moment", "When you saved it last."),
    Field("publishAt", "publish_us", "moment", "When it is to be published; null: when you say so."),
    Field("failureCode", "failure_code", "plain", "Why it was not published at its time, for programs; empty: it was."),
    Field("failure", "failure", "plain", "The same for people."),
    Field("endedAt", "ended_us", "moment", "When it was published or thrown away; null: it is there."),
    Field("post", "post", "post", "What it was published as; null: nothing."),
)
