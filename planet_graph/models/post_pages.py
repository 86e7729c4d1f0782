"""Pages of posts: ids and times along an index, of one list or of many at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, ColumnElement, Select, func, label, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from planet_graph.models.accounts import Account
from planet_graph.models.facets import PostCashtag
from planet_graph.models.groups import Group
from planet_graph.models.posts import Post, shown, there

Key = tuple[int, int]
"""When a post was published, in microseconds since 1970, and its id."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which posts a list holds; None: no matter. `replies`: only replies, or none."""

    author: int | None = None
    kind: str | None = None
    cashtag: str | None = None
    replies: bool | None = None


async def newest(
    session: AsyncSession, wanted: Wanted, before: Key | None, first: int, viewer: int | None
) -> list[Key]:
    """Return the newest posts of a list, older than a key. Order: newest first."""
    if wanted.cashtag is None:
        created, number = col(Post.created_us), col(Post.id)
        statement = select(created, number)
    else:
        created, number = col(PostCashtag.created_us), col(PostCashtag.post)
        statement = select(created, number).join(Post, col(Post.id) == number)
        statement = statement.where(col(PostCashtag.symbol) == wanted.cashtag)
    statement = statement.where(*_conditions(wanted), there(), shown(viewer))
    if before is not None:
        statement = statement.where(tuple_(created, number) < tuple_(*before))
    rows = await session.execute(statement.order_by(created.desc(), number.desc()).limit(first))
    return [(created_us, post) for created_us, post in rows]


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.author is not None:
        conditions.append(col(Post.author) == wanted.author)
    if wanted.kind is not None:
        conditions.append(col(Post.kind) == wanted.kind)
    if wanted.replies is not None:
        answers = col(Post.in_reply_to).is_not(None)
        conditions.append(answers if wanted.replies else ~answers)
    return conditions


async def newest_of(
    session: AsyncSession, authors: Sequence[int], before: Key | None, first: int, viewer: int | None
) -> list[list[Key]]:
    """Return each author's newest posts, older than a key; one statement.

    Order: as the authors; newest first.
    """
    of = aliased(Account)
    chosen = select(col(Post.created_us), col(Post.id)).where(col(Post.author) == col(of.id), there(), shown(viewer))
    if before is not None:
        chosen = chosen.where(tuple_(col(Post.created_us), col(Post.id)) < tuple_(*before))
    chosen = chosen.order_by(col(Post.created_us).desc(), col(Post.id).desc()).limit(first).correlate(of)
    return await _each(session, of, authors, chosen, newest_first=True)


async def newest_about(
    session: AsyncSession, groups: Sequence[int], before: Key | None, first: int, viewer: int | None
) -> list[list[Key]]:
    """Return the newest posts that carry each group's cashtag, older than a key; one statement.

    Order: as the groups; newest first.
    """
    of = aliased(Group)
    key = col(PostCashtag.created_us), col(PostCashtag.post)
    chosen = select(key[0], label("id", key[1])).join(Post, col(Post.id) == key[1])
    chosen = chosen.where(col(PostCashtag.symbol) == func.upper(col(of.slug)), there(), shown(viewer))
    if before is not None:
        chosen = chosen.where(tuple_(*key) < tuple_(*before))
    chosen = chosen.order_by(key[0].desc(), key[1].desc()).limit(first).correlate(of)
    return await _each(session, of, groups, chosen, newest_first=True)


async def replies_to(
    session: AsyncSession, posts: Sequence[int], after: Key | None, first: int, viewer: int | None
) -> list[list[Key]]:
    """Return each post's oldest replies, newer than a key, tombstones that have replies among them; one statement.

    Order: as the posts; oldest first.
    """
    of = aliased(Post)
    chosen = select(col(Post.created_us), col(Post.id)).where(col(Post.in_reply_to) == col(of.id), shown(viewer))
    if after is not None:
        chosen = chosen.where(tuple_(col(Post.created_us), col(Post.id)) > tuple_(*after))
    chosen = chosen.order_by(col(Post.created_us), col(Post.id)).limit(first).correlate(of)
    return await _each(session, of, posts, chosen, newest_first=False)


async def _each(
    session: AsyncSession, of: Any, owners: Sequence[int], chosen: Select[int, int], *, newest_first: bool
) -> list[list[Key]]:
    """Choose for each row of `of`, to which `chosen` is correlated: a seek of the index each, nothing sorted whole."""
    postgres = session.get_bind().dialect.name == "postgresql"
    gather, pair = (func.json_agg, func.json_build_array) if postgres else (func.json_group_array, func.json_array)
    page = chosen.subquery()
    pages = select(gather(pair(page.c.created_us, page.c.id), type_=JSON)).correlate(of).scalar_subquery()
    rows: Sequence[Any] = (await session.execute(select(of.id, pages).where(of.id.in_(owners)))).all()
    found: dict[int, list[Key]] = {
        owner: sorted(((at_us, number) for at_us, number in keys or ()), reverse=newest_first) for owner, keys in rows
    }
    return [found.get(owner, []) for owner in owners]
