"""What the viewer was told: choose groups, load who did it, rule, hand over."""

from collections.abc import Sequence
from dataclasses import dataclass

from planet_graph import paging
from planet_graph.models import groups as rooms
from planet_graph.models import notification_pages, notifications
from planet_graph.models.accounts import Account
from planet_graph.models.messages import Message
from planet_graph.models.notification_pages import Group
from planet_graph.models.notifications import Kind
from planet_graph.models.posts import Post
from planet_graph.paging import Cursor, Page
from resolvers import messages, posts
from resolvers.context import Context
from resolvers.follows import accounts_of

SHOWN = 3
"""How many of those who did it are named; the others are counted."""


@dataclass(frozen=True, slots=True)
class NotificationRow:
    """A group as a list shows it. `actors`: the latest ones."""

    group: Group
    actors: Sequence[Account]
    cursor: str


async def page(context: Context, first: int, after: str | None) -> Page[NotificationRow]:
    """Read a page of what the viewer was told, newest first. Raises: InvalidArgument."""
    viewer = await context.viewer_number()
    name = f"notifications:{viewer}"
    asked = paging.page_size(first) + 1
    cursor = None if after is None else paging.decode(name, after)
    before = None if cursor is None else (cursor.value, cursor.id)
    if viewer is None:
        return Page([], has_next=False)
    async with context.reads.database.read() as session:
        chosen = paging.page_of(await notification_pages.page(session, viewer, before, asked), first)
        acting = await notification_pages.actors(session, viewer, [group.id for group in chosen.rows], SHOWN)
    found = await accounts_of(context, sorted({actor for actors in acting for actor in actors}))
    cursors = [paging.encode(name, Cursor(group.latest_us, group.id)) for group in chosen.rows]
    rows = [
        NotificationRow(group, [found[actor] for actor in actors if actor in found], cursor)
        for group, actors, cursor in zip(chosen.rows, acting, cursors, strict=True)
    ]
    return Page(rows, chosen.has_next, cursors[-1] if cursors else None)


async def post(context: Context, told: Group) -> Post | None:
    """Load the post that a notification is about; None for what the viewer may not see."""
    return await posts.post_of(context, told.subject if told.noun == "post" else None)


async def message(context: Context, told: Group) -> Message | None:
    """Load the message that a notification is about; None for what the viewer may not see."""
    return await messages.by_number(context, told.subject if told.noun == "message" else None)


async def group(context: Context, told: Group) -> rooms.Group | None:
    """Load the group that a notification is about."""
    return await context.loaders.groups.load(told.subject) if told.noun == "group" else None


async def unread(context: Context) -> int:
    """Count what the viewer has not read."""
    viewer = await context.viewer_number()
    if viewer is None:
        return 0
    async with context.reads.database.read() as session:
        return await notification_pages.unread(session, viewer)


async def preferences(context: Context) -> dict[Kind, bool]:
    """Say of each kind whether the viewer wants to be told of it; nothing without an account."""
    viewer = await context.viewer_number()
    if viewer is None:
        return {}
    async with context.reads.database.read() as session:
        return await notifications.preferences(session, viewer)
