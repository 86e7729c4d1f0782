"""Subscriptions: the fields of the root that go on."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Annotated, TypeVar

import strawberry

from planet_graph.paging import MAX_PAGE
from resolvers import (
    account_changes,
    bond_changes,
    follow_events,
    group_events,
    live,
    notification_added,
    post_activity,
    timeline_updates,
)
from schema.account_changes import AccountMessage, account_message
from schema.bond_changes import BondMessage, bond_message
from schema.follow_events import FollowMessage, follow_message
from schema.group_events import GroupMessage, group_message
from schema.info import Info, at
from schema.notification_added import NotificationMessage, notification_message
from schema.post_activity import PostActivityMessage, post_activity_message
from schema.timeline_updates import TimelineMessage, timeline_message

Found = TypeVar("Found")
Shown = TypeVar("Shown")

Behind = Annotated[
    str | None,
    strawberry.argument(
        description="The `cursor` of the last message received: begin with what was missed since. Left out: begin "
        "with the present."
    ),
]


@strawberry.type(description="What can be watched. Every message has a cursor to go on from; see docs/live.md.")
class Subscription:
    """The streams."""

    @strawberry.subscription(
        description="A creator's bonds: first the strongest fans, then each bond that changes, in its present state."
    )
    async def bond_changes(
        self,
        info: Info,
        creator: Annotated[strawberry.ID, strawberry.argument(description="The id of the Creator.")],
        min_delta: Annotated[
            float,
            strawberry.argument(
                description="Leave out a bond whose strength differs by less, in points, from what this stream last "
                "sent of it."
            ),
        ] = 0,
        after: Behind = None,
    ) -> AsyncGenerator[BondMessage, None]:
        """Stream a creator's bonds."""
        context = at(info)
        feed = await bond_changes.feed_of(context, creator, min_delta)
        stream = await live.opened(context, feed, after)
        return _shown(stream, lambda found: bond_message(context, found))

    @strawberry.subscription(
        description="An account's followers: first how many there are, then each follow that begins or ends."
    )
    async def follow_events(
        self,
        info: Info,
        account: Annotated[strawberry.ID, strawberry.argument(description="The id of the Account.")],
        after: Behind = None,
    ) -> AsyncGenerator[FollowMessage, None]:
        """Stream an account's followers."""
        context = at(info)
        feed = await follow_events.feed_of(context, account)
        return _shown(await live.opened(context, feed, after), follow_message)

    @strawberry.subscription(description="Accounts: first as they are, then each one that changes.")
    async def account_changes(
        self,
        info: Info,
        accounts: Annotated[list[strawberry.ID], strawberry.argument(description=f"1 to {MAX_PAGE} ids of Accounts.")],
        after: Behind = None,
    ) -> AsyncGenerator[AccountMessage, None]:
        """Stream accounts."""
        return _shown(await live.opened(at(info), account_changes.feed_of(accounts), after), account_message)

    @strawberry.subscription(
        description="Posts: first as they are, then each one whose counts or texts change, or that is deleted."
    )
    async def post_activity(
        self,
        info: Info,
        posts: Annotated[list[strawberry.ID], strawberry.argument(description=f"1 to {MAX_PAGE} ids of Posts.")],
        after: Behind = None,
    ) -> AsyncGenerator[PostActivityMessage, None]:
        """Stream posts."""
        return _shown(await live.opened(at(info), post_activity.feed_of(posts), after), post_activity_message)

    @strawberry.subscription(
        description="The viewer's timeline of those followed: first its newest posts, then each post that comes into "
        "it, changes there or goes. Needs the token of an account."
    )
    async def timeline_updates(self, info: Info, after: Behind = None) -> AsyncGenerator[TimelineMessage, None]:
        """Stream the viewer's timeline."""
        context = at(info)
        feed = await timeline_updates.feed_of(context)
        stream = await live.opened(context, feed, after)
        return _shown(stream, lambda found: timeline_message(feed.viewer, found))

    @strawberry.subscription(
        description="The viewer's notifications: first how many are unread and the newest ones, then the same each "
        "time that one comes, changes, is taken back or is read."
    )
    async def notification_added(self, info: Info, after: Behind = None) -> AsyncGenerator[NotificationMessage, None]:
        """Stream the viewer's notifications."""
        context = at(info)
        feed = await notification_added.feed_of(context)
        return _shown(await live.opened(context, feed, after), notification_message)

    @strawberry.subscription(
        description="A group: first as it is, with what was said last, then each message that comes, changes or goes, "
        "and the group when it or who is in it changes. It ends for who may see it no more."
    )
    async def group_events(
        self,
        info: Info,
        group: Annotated[strawberry.ID, strawberry.argument(description="The id of the Group.")],
        after: Behind = None,
    ) -> AsyncGenerator[GroupMessage, None]:
        """Stream a group."""
        return _shown(await live.opened(at(info), group_events.feed_of(group), after), group_message)


async def _shown(stream: AsyncGenerator[Found], show: Callable[[Found], Shown]) -> AsyncGenerator[Shown, None]:
    async with aclosing(stream):
        async for found in stream:
            yield show(found)
