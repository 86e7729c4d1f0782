"""Threads."""

import strawberry

from resolvers import threads
from resolvers.threads import MAX_ANCESTORS
from schema.posts import Post, post_of


@strawberry.type(description="A post with what stands above it; what stands below it are its `replies`.")
class Thread:
    """A thread, seen from one of its posts."""

    row: strawberry.Private[threads.Thread]

    @strawberry.field(description="The post.")
    def post(self) -> Post:
        """Return the post."""
        return post_of(self.row.post)

    @strawberry.field(
        description=f"What it answers, what that answers and so on, from the top; the nearest {MAX_ANCESTORS}. What "
        "the viewer may not see is left out."
    )
    def ancestors(self) -> list[Post]:
        """Return what stands above."""
        return [post_of(row) for row in self.row.ancestors]

    @strawberry.field(description="Whether more stands above `ancestors`: ask for the thread of the first of them.")
    def has_more_ancestors(self) -> bool:
        """Say whether the top is further up."""
        return self.row.more
