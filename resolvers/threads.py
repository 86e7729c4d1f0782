"""A post with what stands above it and below it."""

from collections.abc import Sequence
from dataclasses import dataclass

from planet_graph import ids
from planet_graph.models import posts as rows
from planet_graph.models.posts import Post
from resolvers.context import Context

MAX_ANCESTORS = 50


@dataclass(frozen=True, slots=True)
class Thread:
    """A post and what it answers, the first post of these on top. `more`: whether more stands above them."""

    post: Post
    ancestors: Sequence[Post]
    more: bool


async def thread(context: Context, post: str) -> Thread | None:
    """Find a post and the nearest that stand above it; what the viewer may not see is left out. Raises: InvalidId."""
    _, number = ids.from_global(post, ["Post"])
    async with context.reads.database.read() as session:
        above = await rows.ancestors(session, number, MAX_ANCESTORS + 1)
    found = await context.loaders.posts.load_many([*reversed(above[:MAX_ANCESTORS]), number])
    row = found[-1]
    if row is None:
        return None
    return Thread(row, [one for one in found[:-1] if one is not None], len(above) > MAX_ANCESTORS)
