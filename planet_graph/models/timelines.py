"""The timeline of an account: the newest posts of those it follows, and its own."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlmodel import col

from planet_graph.models import mutes
from planet_graph.models.accounts import Account
from planet_graph.models.follows import Follow
from planet_graph.models.post_pages import Key
from planet_graph.models.posts import Post, shown, there

WALKED = 20
"""For each post of a page so many of the newest posts of everybody are looked at, before each author is asked."""


@dataclass(frozen=True, slots=True)
class Reached:
    """Whom posts reach. Shapes: `on` (viewer, post), `following` (viewer, author).

    `passed_on`: posts that are gone and were passed on by others, on whose followers' timelines they were.
    """

    on: frozenset[tuple[int, int]]
    following: frozenset[tuple[int, int]]
    passed_on: frozenset[int]


async def following(session: AsyncSession, viewer: int, before: Key | None, first: int) -> list[Key]:
    """Return the newest posts and reposts, no replies, of an account and whom it follows, older than a key.

    One statement of two plans. Who follows many finds a page among the newest posts of everybody, so these are walked
    first, a bounded number; where they do not fill it, each followed author's newest are sought instead.
    Order: newest first.
    """
    walk = _walk(viewer, before, first).cte("walk")
    walked = select(func.count()).select_from(walk).scalar_subquery()
    sought = _sought(viewer, before, first, walked, postgres=session.get_bind().dialect.name == "postgresql")
    both = union_all(select(walk.c.created_us, walk.c.id).where(walked >= first), select(sought.subquery())).subquery()
    newest = select(both.c.created_us, both.c.id).order_by(both.c.created_us.desc(), both.c.id.desc()).limit(first)
    return [(created_us, number) for created_us, number in await session.execute(newest)]


async def reached(
    session: AsyncSession, viewers: Collection[int], posts: Collection[int], authors: Collection[int]
) -> Reached:
    """Say, by one statement, whose timelines posts are on, and who may have had those that are gone."""
    viewer = aliased(Account, name="viewer")
    # By its name: a column would be looked for in a FROM of its own, two queries deep, and mean any viewer there.
    own: ColumnElement[int] = literal_column("viewer.id", BigInteger)
    followed = exists().where(
        col(Follow.follower) == col(viewer.id), col(Follow.followee) == col(Post.author), col(Follow.open)
    )
    on = select(literal("on"), col(viewer.id), col(Post.id)).where(
        col(viewer.id).in_(viewers),
        col(Post.id).in_(posts),
        or_(col(Post.author) == col(viewer.id), followed),
        *_heard(own, None),
    )
    following = select(literal("following"), col(Follow.follower), col(Follow.followee)).where(
        col(Follow.follower).in_(viewers), col(Follow.followee).in_(authors), col(Follow.open)
    )
    passed_on = select(literal("passed on"), literal(0), col(Post.id)).where(
        col(Post.id).in_(posts), ~there(), col(Post.repost_count) > 0
    )
    found: dict[str, set[tuple[int, int]]] = {"on": set(), "following": set(), "passed on": set()}
    for kind, one, other in await session.execute(union_all(on, following, passed_on)):
        found[kind].add((one, other))
    gone = frozenset(post for _, post in found["passed on"])
    return Reached(frozenset(found["on"]), frozenset(found["following"]), gone)


def _walk(viewer: int, before: Key | None, first: int) -> Select[int, int]:
    """Choose among the newest posts of everybody."""
    everybody = aliased(Post)
    floor = select(col(everybody.created_us)).where(*_older(everybody, before))
    floor = floor.order_by(col(everybody.created_us).desc(), col(everybody.id).desc()).offset(WALKED * first).limit(1)
    followed = exists().where(
        col(Follow.follower) == viewer, col(Follow.followee) == col(Post.author), col(Follow.open)
    )
    return (
        select(col(Post.created_us), col(Post.id))
        .where(
            col(Post.created_us) >= func.coalesce(floor.scalar_subquery(), 0),
            or_(col(Post.author) == viewer, followed),
            *_heard(viewer, before),
        )
        .order_by(col(Post.created_us).desc(), col(Post.id).desc())
        .limit(first)
    )


def _sought(
    viewer: int, before: Key | None, first: int, walked: ColumnElement[int], *, postgres: bool
) -> Select[int, int]:
    """Choose among each author's newest posts, along the index of authors; nothing where the walk was enough."""
    of_others = select(col(Follow.followee)).where(col(Follow.follower) == viewer, col(Follow.open))
    authors = union_all(select(literal(viewer).label("author")), of_others).cte("authors")
    newest = (
        select(col(Post.created_us), col(Post.id))
        .where(col(Post.author) == authors.c.author, *_heard(viewer, before))
        .order_by(col(Post.created_us).desc(), col(Post.id).desc())
        .limit(first)
        .correlate(authors)
    )
    if postgres:
        found = newest.lateral()
        chosen = select(found.c.created_us, found.c.id).select_from(authors.join(found, true()))
    else:
        # SQLite has no LATERAL: a list of ids for each author, looked up by the primary key.
        post = aliased(Post)
        ids = select(newest.with_only_columns(col(Post.id)).subquery().c.id).correlate(authors)
        chosen = select(col(post.created_us), col(post.id)).select_from(authors.join(post, col(post.id).in_(ids)))
    created_us, number = chosen.selected_columns
    return chosen.where(walked < first).order_by(created_us.desc(), number.desc()).limit(first)


def _older(post: type[Post], before: Key | None) -> list[ColumnElement[bool]]:
    return [] if before is None else [tuple_(col(post.created_us), col(post.id)) < tuple_(*before)]


def _heard(viewer: int | SQLCoreOperations[int], before: Key | None) -> list[ColumnElement[bool]]:
    """Say in a statement that a post is one for the viewer's timeline, whoever wrote it."""
    original = aliased(Post)
    of_muted = exists().where(
        col(original.id) == col(Post.repost_of), mutes.standing_between(viewer, col(original.author))
    )
    return [
        col(Post.in_reply_to).is_(None),
        there(),
        shown(viewer),
        ~mutes.standing_between(viewer, col(Post.author)),
        ~of_muted,
        *_older(Post, before),
    ]
