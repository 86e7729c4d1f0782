"""How the posts of a file hang together: which row each thread begins with, and how many replies each post has."""

from sqlalchemy import and_, delete, exists, func, literal, or_, select, union, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from planet_graph.database import UnitOfWork
from planet_graph.ingest.folder import POSTS
from planet_graph.ingest.rejects import Rejects
from planet_graph.ingest.staging_posts import ANSWERS, POST_ROWS, REPLY_COUNTS, THREADS
from planet_graph.ingest.steps import Found, Import, chunk, gather, named, spans_of, staging, tell
from planet_graph.models.posts import UNCOUNTED_LEVELS, Post
from planet_graph.outbox.facts import Subjects


async def reject_circles(run: Import, rejects: Rejects, file: str) -> None:
    """Find the row with which each thread begins, and reject the rows of a thread that begins nowhere."""
    rows = POST_ROWS.c
    async with staging(run) as connection:
        replies = select(rows.line, rows.post_key, rows.in_reply_to).where(rows.in_reply_to.is_not(None))
        await gather(connection, ANSWERS, replies)
        await gather(connection, THREADS, _threads())
        lost = select(rows.line).where(rows.line.not_in(select(THREADS.c.line)))
        found = list(await connection.scalars(lost.order_by(rows.line)))
        for line in found:
            rejects.add(file, line, "what it answers leads back to itself")
        if found:
            await connection.execute(delete(POST_ROWS).where(rows.line.in_(lost.subquery().select())))
    run.counts[f"{POSTS.name}.taken"] -= len(found)
    run.counts[f"{POSTS.name}.rejected"] += len(found)


def _threads() -> Found:
    rows, parent, child = POST_ROWS, POST_ROWS.alias("parent"), ANSWERS
    answered = exists().where(parent.c.post_key == rows.c.in_reply_to)
    first = select(rows.c.line, rows.c.line.label("root_line"), rows.c.post_key).where(~answered)
    thread = first.cte("thread", recursive=True)
    further = select(child.c.line, thread.c.root_line, child.c.post_key).join(
        thread, child.c.in_reply_to == thread.c.post_key
    )
    whole = thread.union_all(further)
    return select(whole.c.line, whole.c.root_line)


async def count_replies(run: Import) -> None:
    """Let the posts that this source's posts answer count their replies, once all are there.

    A tombstone counts as long as something answers it, so each round may change what the next one finds.
    """
    for _ in range(UNCOUNTED_LEVELS):
        async with staging(run) as connection:
            await connection.execute(delete(REPLY_COUNTS))
            if not await gather(connection, REPLY_COUNTS, _differing(run.source)):
                return
        async for first, last in spans_of(run, REPLY_COUNTS, "replies"):

            async def work(unit: UnitOfWork, first: int = first, last: int = last) -> None:
                some = select(REPLY_COUNTS.c.id).where(REPLY_COUNTS.c.n.between(first, last))
                locked = select(col(Post.id)).where(col(Post.id).in_(some)).order_by(col(Post.id)).with_for_update()
                touched = tuple(await unit.session.scalars(locked))
                counted = update(Post).where(col(Post.id).in_(some)).values(reply_count=_replies(Post))
                await unit.session.execute(counted.execution_options(synchronize_session=False))
                await tell(run, unit, Subjects(posts=touched))

            await chunk(run, work)


def _replies(post: type[Post]) -> Found:
    reply = aliased(Post)
    shown = or_(col(reply.deleted_us).is_(None), col(reply.reply_count) > 0)
    return select(func.count()).where(and_(col(reply.in_reply_to) == col(post.id), shown)).scalar_subquery()  # pyright: ignore[reportReturnType]  # a scalar serves as a value


def _differing(source: str) -> Found:
    own = aliased(Post)
    near = union(
        select(named("id", col(own.in_reply_to))).where(col(own.origin) == source, col(own.in_reply_to).is_not(None)),
        select(col(own.id)).where(col(own.origin) == source, col(own.reply_count) > literal(0)),
    ).subquery()
    return (
        select(func.row_number().over(order_by=col(Post.id)).label("n"), named("id", col(Post.id)))
        .join(near, near.c.id == col(Post.id))
        .where(col(Post.reply_count) != _replies(Post))
    )
