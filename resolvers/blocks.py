"""Whom the viewer blocks and mutes, for the viewer alone."""

from dataclasses import dataclass

from planet_graph import paging
from planet_graph.models import accounts, blocks, mutes
from planet_graph.models.accounts import Account
from planet_graph.paging import Cursor, Page
from resolvers.context import Context


@dataclass(frozen=True, slots=True)
class HiddenRow:
    """An account in one of these lists."""

    account: Account
    since_us: int
    cursor: str


async def blocked(context: Context, first: int, after: str | None) -> Page[HiddenRow]:
    """Read a page of whom the viewer blocks, newest first. Raises: InvalidArgument."""
    viewer = await context.viewer_number()
    return await _page(context, "blocks", viewer, first, after)


async def muted(context: Context, first: int, after: str | None) -> Page[HiddenRow]:
    """Read a page of whom the viewer mutes, newest first. Raises: InvalidArgument."""
    viewer = await context.viewer_number()
    return await _page(context, "mutes", viewer, first, after)


async def _page(context: Context, listing: str, viewer: int | None, first: int, after: str | None) -> Page[HiddenRow]:
    name = f"{listing}:{viewer}"
    asked = paging.page_size(first) + 1
    cursor = None if after is None else paging.decode(name, after)
    before = None if cursor is None else (cursor.value, cursor.id)
    if viewer is None:
        return Page([], has_next=False)
    async with context.reads.database.read() as session:
        if listing == "blocks":
            found = [(row.blocked, row.since_us) for row in await blocks.page(session, viewer, before, asked)]
        else:
            found = [(row.muted, row.since_us) for row in await mutes.page(session, viewer, before, asked)]
        # The viewer's own lists show whom the viewer hid; a mute shows nobody who has blocked the viewer since.
        rows = await accounts.by_ids(
            session, [account for account, _ in found], None if listing == "blocks" else viewer
        )
    chosen = paging.page_of(list(zip(found, rows, strict=True)), first)
    cursors = [paging.encode(name, Cursor(since_us, number)) for (number, since_us), _ in chosen.rows]
    shown = [
        HiddenRow(account, since_us, cursor)
        for ((_, since_us), account), cursor in zip(chosen.rows, cursors, strict=True)
        if account is not None
    ]
    return Page(shown, chosen.has_next, cursors[-1] if cursors else None)
