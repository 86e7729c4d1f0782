"""The messages of `timelineUpdates`."""

from typing import Annotated

import strawberry

from planet_graph import ids
from planet_graph.paging import Page
from resolvers import stream_messages as messages
from resolvers.posts import Listed
from resolvers.timeline_updates import NEWEST, TimelineNow
from schema.live import Gap, Heartbeat, LiveMessage, plain
from schema.posts import Post, post_of, post_of_maybe


@strawberry.type(
    description=f"The newest {NEWEST} posts of the timeline. Sent first, after a gap, once for an import, and when the "
    "viewer follows, blocks or mutes, or no longer does, so that older posts come or go: forget all you have."
)
class TimelineSnapshot(LiveMessage):
    """The present of the timeline."""

    posts: list[Post] = strawberry.field(description="The posts, newest first.")
    complete: bool = strawberry.field(
        description="Whether these are all. If not, what follows keeps you at all that is as new as the last of these."
    )


@strawberry.type(description="A post that came into the timeline, changed there, or went.")
class TimelineChange(LiveMessage):
    """A post that came, changed or went."""

    post_id: strawberry.ID = strawberry.field(description="The post's id.")
    post: Post | None = strawberry.field(
        description="The post; null when it is not in the timeline any more, nor what only passes it on."
    )


TimelineMessage = Annotated[
    TimelineSnapshot | TimelineChange | Gap | Heartbeat,
    strawberry.union("TimelineMessage", description="A message of `timelineUpdates`."),
]


def timeline_message(
    viewer: int, found: messages.Message[Page[Listed], TimelineNow]
) -> TimelineSnapshot | TimelineChange | Gap | Heartbeat:
    """Present a message of a viewer's `timelineUpdates`."""
    match found:
        case messages.Snapshot(cursor=cursor, value=page):
            shown = [post_of(row.post) for row in page.rows]
            return TimelineSnapshot(cursor=cursor, posts=shown, complete=not page.has_next)
        case messages.Changed(cursor=cursor, value=change):
            return TimelineChange(
                cursor=cursor,
                post_id=strawberry.ID(ids.to_global("Post", change.number)),
                post=post_of_maybe(change.shown(viewer)),
            )
        case other:
            return plain(other)
