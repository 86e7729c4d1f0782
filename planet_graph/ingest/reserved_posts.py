"""Posts that a file names: each string of the outside reserves an id, in the order of the strings."""

from collections.abc import Sequence

from sqlalchemy import String, func, insert, literal, select, union
from sqlmodel import col

from planet_graph.database import UnitOfWork
from planet_graph.ingest.names import by_code_points
from planet_graph.ingest.numbers import Numbers
from planet_graph.ingest.staging import ACTIVITY_ROWS, NEW_POSTS
from planet_graph.ingest.staging_posts import POST_ROWS
from planet_graph.ingest.steps import Import, chunk, gather, spans, staging
from planet_graph.models.accounts import ExternalId

POST = "Post"


async def reserve(run: Import) -> None:
    """Reserve the ids that are missing."""
    acts, rows = ACTIVITY_ROWS.c, POST_ROWS.c
    found = union(
        select(acts.post.label("external_id")).where(acts.post.is_not(None)),
        select(rows.post_key),
        select(rows.in_reply_to).where(rows.in_reply_to.is_not(None)),
    ).subquery()
    known = (col(ExternalId.origin) == run.source) & (col(ExternalId.noun) == literal(POST, String))
    new = (
        select(
            func.row_number().over(order_by=by_code_points(run, found.c.external_id)).label("n"), found.c.external_id
        )
        .outerjoin(ExternalId, known & (col(ExternalId.external_id) == found.c.external_id))
        .where(col(ExternalId.id).is_(None))
    )
    async with staging(run) as connection:
        total = await gather(connection, NEW_POSTS, new)
    block = Numbers(
        run,
        # From the end of the index by id; a maximum of the posts would read all of them.
        select(col(ExternalId.id)).where(col(ExternalId.noun) == POST).order_by(col(ExternalId.id).desc()).limit(1),
    )
    for first, last in spans(total, run.size):
        wanted = select(NEW_POSTS.c.external_id).where(NEW_POSTS.c.n.between(first, last)).order_by(NEW_POSTS.c.n)
        async with staging(run) as connection:
            names = list(await connection.scalars(wanted))

        async def work(unit: UnitOfWork, names: Sequence[str] = names) -> None:
            numbers = await block.draw(unit.session, len(names))
            values = [
                {"origin": run.source, "noun": POST, "external_id": name, "id": number}
                for name, number in zip(names, numbers, strict=True)
            ]
            await unit.session.execute(insert(ExternalId), values)

        await chunk(run, work)
        run.counts["posts.reserved"] += len(names)
        run.progress("posts", last, total)
