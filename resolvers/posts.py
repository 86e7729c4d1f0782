"""Posts: choose ids, load, rule, hand over."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from planet_graph import ids, paging
from planet_graph.errors import InvalidArgument
from planet_graph.facets import Facet
from planet_graph.models import bookmarks, post_pages
from planet_graph.models.accounts import Account
from planet_graph.models.facets import Mentioned
from planet_graph.models.groups import Group
from planet_graph.models.post_pages import Key, Wanted
from planet_graph.models.posts import NOBODY, Post
from planet_graph.models.revisions import PostRevision
from planet_graph.paging import Cursor, Page
from resolvers.context import Context
from resolvers.groups import inside

MAX_SYMBOL = 12
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Listed:
    """A post's place in a list. Units: `at_us` microseconds since 1970, when it came into the list."""

    post: Post
    at_us: int
    cursor: str


@dataclass(frozen=True, slots=True)
class ListedRevision:
    """What a post said before, at its place in the list."""

    revision: PostRevision
    cursor: str


async def author(context: Context, row: Post) -> Account | None:
    """Load who wrote a post; None for a tombstone, which names nobody."""
    if row.deleted_us is not None or row.author == NOBODY:
        return None
    return await context.loaders.accounts.load(row.author)


async def mentioned(context: Context, post: int, facet: Facet) -> Mentioned | None:
    """Load whom a facet means."""
    if facet.kind != "mention":
        return None
    meant = {found.name: found for found in await context.loaders.mentions.load(post)}
    return meant.get(facet.value)


async def post_of(context: Context, number: int | None) -> Post | None:
    """Load another post that one names."""
    return None if number is None else await context.loaders.posts.load(number)


def wanted(author: str | None, kind: str | None, cashtag: str | None, replies: bool | None) -> Wanted:
    """Read which posts are wanted. Raises: InvalidId, InvalidArgument."""
    number = None if author is None else ids.from_global(author, ["Account"])[1]
    symbol = None if cashtag is None else cashtag.removeprefix("$").upper()
    if symbol is not None and not 1 <= len(symbol) <= MAX_SYMBOL:
        raise InvalidArgument(f"`cashtag` is a symbol of 1 to {MAX_SYMBOL} characters, such as TSLA.")
    return Wanted(number, kind, symbol, replies)


async def posts(context: Context, asked: Wanted, first: int, after: str | None) -> Page[Listed]:
    """Read a page of posts, newest first. Raises: InvalidArgument."""
    name = f"posts:{asked.author}:{asked.kind}:{asked.cashtag}:{asked.replies}"
    before, size = key_of(name, after), paging.page_size(first) + 1
    viewer = await context.viewer_number()
    async with context.reads.database.read() as session:
        keys = await post_pages.newest(session, asked, before, size, viewer)
    return await shown(context, name, keys, first)


async def of_author(context: Context, account: int, first: int, after: str | None) -> Page[Listed]:
    """Read a page of what an account published, newest first. Raises: InvalidArgument."""
    name = f"postsOf:{account}"
    before, size = key_of(name, after), paging.page_size(first) + 1
    return await shown(context, name, await context.loaders.author_posts(before, size).load(account), first)


async def about_group(context: Context, row: Group, first: int, after: str | None) -> Page[Listed] | None:
    """Read a page of the posts that carry a group's cashtag, newest first; None for strangers of one by approval.

    Raises: InvalidArgument.
    """
    name = f"postsAbout:{row.id}"
    before, size = key_of(name, after), paging.page_size(first) + 1
    if not await inside(context, row):
        return None
    return await shown(context, name, await context.loaders.group_posts(before, size).load(row.id), first)


async def replies(context: Context, post: int, first: int, after: str | None) -> Page[Listed]:
    """Read a page of what answers a post, oldest first. Raises: InvalidArgument."""
    name = f"replies:{post}"
    before, size = key_of(name, after), paging.page_size(first) + 1
    return await shown(context, name, await context.loaders.replies(before, size).load(post), first)


async def kept(context: Context, first: int, after: str | None) -> Page[Listed]:
    """Read a page of the viewer's bookmarks, newest first. Raises: InvalidArgument."""
    viewer = await context.viewer_number()
    name = f"bookmarks:{viewer}"
    before, size = key_of(name, after), paging.page_size(first) + 1
    if viewer is None:
        return Page([], has_next=False)
    async with context.reads.database.read() as session:
        rows = await bookmarks.page(session, viewer, before, size)
    return await shown(context, name, [(row.at_us, row.post) for row in rows], first)


async def earlier(context: Context, post: int, first: int, after: str | None) -> Page[ListedRevision]:
    """Read a page of what a post said before, newest first. Raises: InvalidArgument."""
    name = f"revisions:{post}"
    before, size = key_of(name, after), paging.page_size(first) + 1
    found = await context.loaders.revisions(None if before is None else before[0], size).load(post)
    chosen = paging.page_of(found, first)
    rows = [ListedRevision(row, paging.encode(name, Cursor(row.revision, post))) for row in chosen.rows]
    return Page(rows, chosen.has_next, rows[-1].cursor if rows else None)


def key_of(listing: str, after: str | None) -> Key | None:
    """Read a list's cursor as a key. Raises: InvalidArgument."""
    if after is None:
        return None
    cursor = paging.decode(listing, after)
    return cursor.value, cursor.id


async def shown(context: Context, name: str, keys: Sequence[Key], first: int) -> Page[Listed]:
    """Load posts, of which there may be one more than asked, and rule out what is not to be seen."""
    chosen = paging.page_of(keys, first)
    found = await context.loaders.posts.load_many([number for _, number in chosen.rows])
    cursors = [paging.encode(name, Cursor(at_us, number)) for at_us, number in chosen.rows]
    rows = [
        Listed(post, at_us, cursor)
        for post, (at_us, _), cursor in zip(found, chosen.rows, cursors, strict=True)
        if post is not None
    ]
    return Page(rows, chosen.has_next, cursors[-1] if cursors else None)
