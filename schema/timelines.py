"""Timelines and topics: posts, newest first, by who wrote them and by what they are about."""

import enum
from typing import Annotated

import strawberry

from planet_graph.models.topics import MAX_COUNT
from resolvers import timelines, topics
from schema.groups import Group
from schema.info import Info, at
from schema.pages import After, First
from schema.posts import PostConnection


@strawberry.enum(description="What a timeline holds.")
class TimelineKind(enum.Enum):
    """The kinds."""

    FOLLOWING = strawberry.enum_value(
        "following", description="Posts and reposts, no replies, of whom the viewer follows and the viewer's own."
    )


@strawberry.type(description="What posts with a cashtag are about.")
class Topic:
    """A topic."""

    row: strawberry.Private[topics.Topic]

    cashtag: str = strawberry.field(description="The symbol, in capitals.")

    @strawberry.field(description="The group whose cashtag it is, if there is one.")
    async def group(self, info: Info) -> Group | None:
        """Find the group."""
        return Group.of_maybe(await topics.group(at(info), self.row))

    @strawberry.field(description=f"How many posts carry it, a public fact; {MAX_COUNT:,} where there are more.")
    async def post_count(self, info: Info) -> int | None:
        """Count the posts."""
        return await topics.count(at(info), self.row)

    @strawberry.field(description="The posts that carry it, newest first.")
    async def posts(self, info: Info, first: First = 20, after: After = None) -> PostConnection | None:
        """Read a page of posts."""
        return PostConnection.of(await topics.posts(at(info), self.row, first, after), after)


@strawberry.type
class TimelineQueries:
    """The timelines among the reads."""

    @strawberry.field(
        description="The viewer's posts to read, newest first; empty without a viewer. What blocks and mutes keep away "
        "is not in it, also where somebody passes it on."
    )
    async def timeline(
        self,
        info: Info,
        kind: Annotated[TimelineKind, strawberry.argument(description="What it holds.")] = TimelineKind.FOLLOWING,
        first: First = 20,
        after: After = None,
    ) -> PostConnection | None:
        """Read a page of the timeline."""
        readers = {TimelineKind.FOLLOWING: timelines.following}
        return PostConnection.of(await readers[kind](at(info), first, after), after)

    @strawberry.field(
        description="A topic by its cashtag; there is one for every symbol, also where nobody wrote of it."
    )
    def topic(
        self,
        cashtag: Annotated[str, strawberry.argument(description="The symbol, such as TSLA, with its $ or without.")],
    ) -> Topic | None:
        """Read the symbol."""
        found = topics.topic(cashtag)
        return Topic(row=found, cashtag=found.symbol)
