"""When blocks keep pairs from following, which rows of `follows` they refuse, and which follows they end."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger, and_, delete, func, literal, null, or_, select, union_all, update
from sqlmodel import col

from planet_graph.ingest.folder import BLOCKS, FOLLOWS
from planet_graph.ingest.rejects import Rejects
from planet_graph.ingest.staging import BARRIERS, FOLLOW_ROWS, NAMES, WANTED_BLOCKS, WANTED_FOLLOWS
from planet_graph.ingest.steps import Found, Import, gather, staging
from planet_graph.models.blocks import Block

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


async def raise_all(run: Import) -> None:
    """Find the barriers between those who are named.

    What a person set or lifted counts as the person left it, the rest as the file says it, or as it is stored where
    there is no file.
    """
    by_block = union_all(_stored(run), _of_file(run.source)).subquery().c
    both = union_all(
        select(by_block.one, by_block.other, by_block.since_us, by_block.until_us),
        select(by_block.other, by_block.one, by_block.since_us, by_block.until_us),
    ).subquery()
    found = select(*(column.label(name) for column, name in zip(both.c, BARRIERS.c.keys(), strict=True)))
    async with staging(run) as connection:
        await gather(connection, BARRIERS, found)


def _stored(run: Import) -> Found:
    one, other = NAMES.alias("one"), NAMES.alias("other")
    stored = (
        select(one.c.n.label("one"), other.c.n.label("other"), col(Block.since_us), col(Block.until_us))
        .join(one, one.c.id == col(Block.blocker))
        .join(other, other.c.id == col(Block.blocked))
    )
    return stored.where(col(Block.origin) != run.source) if BLOCKS.name in run.present else stored


def _of_file(source: str) -> Found:
    wanted, one, other = WANTED_BLOCKS.c, NAMES.alias("one"), NAMES.alias("other")
    return (
        select(one.c.n.label("one"), other.c.n.label("other"), wanted.since_us, null().cast(BigInteger))
        .join(one, one.c.n == wanted.blocker)
        .join(other, other.c.n == wanted.blocked)
        .outerjoin(Block, and_(col(Block.blocker) == one.c.id, col(Block.blocked) == other.c.id))
        .where(or_(col(Block.blocker).is_(None), col(Block.origin) == source))
    )


async def refuse(run: Import, rejects: Rejects, file: str) -> None:
    """Reject the rows of `follows` that state a time at which a block stood.

    A row without a time came before every block: no side lets anybody follow whom a block keeps away.
    """
    rows, one, other = FOLLOW_ROWS.c, NAMES.alias("one"), NAMES.alias("other")
    refused = (
        select(rows.line, func.min(BARRIERS.c.since_us))
        .join(one, one.c.external_id == rows.follower)
        .join(other, other.c.external_id == rows.followee)
        .join(BARRIERS, and_(BARRIERS.c.follower == one.c.n, BARRIERS.c.followee == other.c.n))
        .where(
            BARRIERS.c.since_us <= rows.since_us,
            or_(BARRIERS.c.until_us.is_(None), rows.since_us < BARRIERS.c.until_us),
        )
        .group_by(rows.line)
    )
    async with staging(run) as connection:
        found = (await connection.execute(refused.order_by(rows.line))).all()
        for line, since_us in found:
            since = (_EPOCH + timedelta(microseconds=since_us)).isoformat().replace("+00:00", "Z")
            rejects.add(file, line, f"a block keeps the two from following each other since {since}")
        await connection.execute(
            delete(FOLLOW_ROWS).where(rows.line.in_(select(refused.with_only_columns(rows.line).subquery().c.line)))
        )
    run.counts[f"{FOLLOWS.name}.taken"] -= len(found)
    run.counts[f"{FOLLOWS.name}.rejected"] += len(found)
    run.counts["blocks.follows_refused"] = len(found)


async def end_wanted(run: Import) -> None:
    """Let the wanted follows end with the first block that came after they began."""
    wanted, one, other = WANTED_FOLLOWS.c, NAMES.alias("one"), NAMES.alias("other")
    ends = (
        select(wanted.follower, wanted.followee, func.min(BARRIERS.c.since_us).label("until_us"))
        .select_from(BARRIERS)
        .join(one, one.c.n == BARRIERS.c.follower)
        .join(other, other.c.n == BARRIERS.c.followee)
        .join(WANTED_FOLLOWS, and_(wanted.follower == one.c.id, wanted.followee == other.c.id))
        .where(or_(BARRIERS.c.since_us > wanted.since_us, wanted.dated == literal(False)))
        .group_by(wanted.follower, wanted.followee)
        .subquery()
    )
    statement = (
        update(WANTED_FOLLOWS)
        .where(wanted.follower == ends.c.follower, wanted.followee == ends.c.followee)
        .values(until_us=ends.c.until_us)
    )
    async with staging(run) as connection:
        await connection.execute(statement)
