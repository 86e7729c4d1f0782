"""The messages of `postActivity`."""

from typing import Annotated

import strawberry

from planet_graph import ids
from planet_graph.models import posts as rows
from resolvers import stream_messages as messages
from resolvers.post_activity import PostNow
from schema.live import Gap, Heartbeat, LiveMessage, plain
from schema.posts import Post, post_of_maybe


@strawberry.type(description="The posts. Sent first, after a gap, and once for an import.")
class PostActivitySnapshot(LiveMessage):
    """The present of the posts."""

    posts: list[Post | None] = strawberry.field(
        description="The posts in the order in which they were named; null for what is not there."
    )


@strawberry.type(description="The present of one post whose counts or texts changed, or that was deleted.")
class PostActivityChange(LiveMessage):
    """A post that changed."""

    post_id: strawberry.ID = strawberry.field(description="The post's id.")
    post: Post | None = strawberry.field(
        description="The post, a Tombstone when it was deleted and has replies; null when it is gone."
    )


PostActivityMessage = Annotated[
    PostActivitySnapshot | PostActivityChange | Gap | Heartbeat,
    strawberry.union("PostActivityMessage", description="A message of `postActivity`."),
]


def post_activity_message(
    found: messages.Message[list[rows.Post | None], PostNow],
) -> PostActivitySnapshot | PostActivityChange | Gap | Heartbeat:
    """Present a message of `postActivity`."""
    match found:
        case messages.Snapshot(cursor=cursor, value=posts):
            return PostActivitySnapshot(cursor=cursor, posts=[post_of_maybe(row) for row in posts])
        case messages.Changed(cursor=cursor, value=change):
            return PostActivityChange(
                cursor=cursor,
                post_id=strawberry.ID(ids.to_global("Post", change.number)),
                post=post_of_maybe(change.post),
            )
        case other:
            return plain(other)
