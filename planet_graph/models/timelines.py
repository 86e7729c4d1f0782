"""The timeline of an account: the newest posts of those it follows, and its own."""

from sqlalchemy import ColumnElement, Select, exists, func, literal, or_, select, true, tuple_, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from planet_graph.models import mutes
from planet_graph.models.follows import Follow
from planet_graph.models.post_pages import Key
from planet_graph.models.posts import Post, shown, there

WALKED = 20
"""For each post of a page so many of the newest posts of everybody are looked at, before each author is asked."""


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


def _heard(viewer: int, before: Key | None) -> list[ColumnElement[bool]]:
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
