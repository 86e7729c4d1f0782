"""Blocks: what the file says, compared with what this source set before, and the differences made."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, delete, func, literal, null, or_, select, tuple_, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from planet_graph.database import UnitOfWork
from planet_graph.ingest import ended_follows
from planet_graph.ingest.ended_follows import both_ways
from planet_graph.ingest.folder import BLOCKS
from planet_graph.ingest.rejects import Rejects
from planet_graph.ingest.staging import BLOCK_CHANGES, BLOCK_LIFTS, BLOCK_ROWS, NAMES, WANTED_BLOCKS
from planet_graph.ingest.steps import Found, Import, chunk, gather, spans_of, staging, tell, upsert
from planet_graph.models import accounts
from planet_graph.models.blocks import Block, standing
from planet_graph.models.erasures import living
from planet_graph.models.mutes import Mute
from planet_graph.outbox.facts import Pair, Subjects

TOUCHED = 4
"""A block touches both follows and both bonds of its pair."""

ONE, OTHER = NAMES.alias("one"), NAMES.alias("other")


def _is_pair(blocker: ColumnElement[int], blocked: ColumnElement[int]) -> ColumnElement[bool]:
    return and_(col(Block.blocker) == blocker, col(Block.blocked) == blocked)


async def want(run: Import) -> None:
    """Gather the pairs of the file with their times.

    Of a block that stands in several rows the earliest time counts. One without a time has the stored time that a row
    without one got before, else the import's.
    """
    rows = BLOCK_ROWS.c
    stated = func.min(rows.since_us)
    undated = and_(_is_pair(ONE.c.id, OTHER.c.id), col(Block.origin) == run.source, col(Block.dated).is_(False))
    found = (
        select(
            ONE.c.n.label("blocker"),
            OTHER.c.n.label("blocked"),
            func.coalesce(stated, func.min(col(Block.since_us)), run.at_us).label("since_us"),
            stated.is_not(None).label("dated"),
        )
        .select_from(BLOCK_ROWS)
        .join(ONE, ONE.c.external_id == rows.blocker)
        .join(OTHER, OTHER.c.external_id == rows.blocked)
        .outerjoin(Block, undated)
        .group_by(ONE.c.n, OTHER.c.n)
    )
    async with staging(run) as connection:
        await gather(connection, WANTED_BLOCKS, found)


async def reject_past_limit(run: Import, rejects: Rejects, file: str) -> None:
    """Reject the latest of the blocks that are more than one account may have, beside what it hides by itself."""
    wanted, rows = WANTED_BLOCKS.c, BLOCK_ROWS.c
    own_blocks = select(func.count()).where(col(Block.blocker) == ONE.c.id, col(Block.origin) != run.source, standing())
    own_mutes = select(func.count()).where(col(Mute.muter) == ONE.c.id)
    place = func.row_number().over(partition_by=wanted.blocker, order_by=(wanted.since_us, wanted.blocked))
    stored = aliased(Block)  # the other one is counted
    pair = and_(col(stored.blocker) == ONE.c.id, col(stored.blocked) == OTHER.c.id)
    ranked = (
        select(
            wanted.blocker,
            wanted.blocked,
            (place + own_blocks.scalar_subquery() + own_mutes.scalar_subquery()).label("place"),
        )
        .join(ONE, ONE.c.n == wanted.blocker)
        .join(OTHER, OTHER.c.n == wanted.blocked)
        .outerjoin(stored, pair)
        .where(or_(col(stored.blocker).is_(None), col(stored.origin) == run.source))
        .subquery()
    )
    beyond = (
        select(rows.line, ranked.c.blocker, ranked.c.blocked)
        .join(ONE, ONE.c.external_id == rows.blocker)
        .join(OTHER, OTHER.c.external_id == rows.blocked)
        .join(ranked, and_(ranked.c.blocker == ONE.c.n, ranked.c.blocked == OTHER.c.n))
        .where(ranked.c.place > run.max_hidden)
        .order_by(rows.line)
    )
    async with staging(run) as connection:
        found = (await connection.execute(beyond)).all()
        for line, _, _ in found:
            rejects.add(file, line, f"one account blocks and mutes at most {run.max_hidden} others")
        pairs = [{"one": blocker, "other": blocked} for _, blocker, blocked in found]
        if pairs:
            gone = delete(WANTED_BLOCKS).where(wanted.blocker == bindparam("one"), wanted.blocked == bindparam("other"))
            await connection.execute(gone, pairs)
    run.counts[f"{BLOCKS.name}.taken"] -= len(found)
    run.counts[f"{BLOCKS.name}.rejected"] += len(found)


async def compare(run: Import) -> None:
    """Find which blocks the file sets or changes, and which are not in it any more."""
    async with staging(run) as connection:
        changed = await gather(connection, BLOCK_CHANGES, _changes(run.source))
        new = await connection.scalar(select(func.count()).where(BLOCK_CHANGES.c.new))
        lifted = await gather(connection, BLOCK_LIFTS, _lifts(run.source))
    run.counts["blocks.set"] = new or 0
    run.counts["blocks.changed"] = changed - (new or 0)
    run.counts["blocks.lifted"] = lifted


def _changes(source: str) -> Found:
    """What a person set or lifted stays, so only rows that are absent or of this source."""
    wanted = WANTED_BLOCKS.c
    absent = col(Block.blocker).is_(None)
    differs = or_(col(Block.since_us) != wanted.since_us, col(Block.dated) != wanted.dated)
    return (
        select(
            func.row_number().over(order_by=(wanted.blocker, wanted.blocked)).label("n"),
            wanted.blocker.label("one"),
            wanted.blocked.label("other"),
            ONE.c.id.label("blocker"),
            OTHER.c.id.label("blocked"),
            wanted.since_us,
            wanted.dated,
            absent.label("new"),
        )
        .select_from(WANTED_BLOCKS)
        .join(ONE, ONE.c.n == wanted.blocker)
        .join(OTHER, OTHER.c.n == wanted.blocked)
        .outerjoin(Block, _is_pair(ONE.c.id, OTHER.c.id))
        .where(or_(absent, and_(col(Block.origin) == source, differs)))
    )


def _lifts(source: str) -> Found:
    pair = (col(Block.blocker), col(Block.blocked))
    there = (
        select(WANTED_BLOCKS.c.blocker)
        .join(ONE, ONE.c.n == WANTED_BLOCKS.c.blocker)
        .join(OTHER, OTHER.c.n == WANTED_BLOCKS.c.blocked)
        .where(_is_pair(ONE.c.id, OTHER.c.id))
    )
    return select(func.row_number().over(order_by=pair).label("n"), *pair).where(
        col(Block.origin) == source, ~there.exists()
    )


async def set_standing(run: Import) -> None:
    """Set the blocks that are new in the file or of another time, and end the follows of their pairs."""
    async for first, last in spans_of(run, BLOCK_CHANGES, "blocks", max(1, run.size // TOUCHED)):

        async def work(unit: UnitOfWork, first: int = first, last: int = last) -> int:
            return await _set(run, unit, BLOCK_CHANGES.c.n.between(first, last))

        run.counts["blocks.follows_closed"] += await chunk(run, work)


async def _set(run: Import, unit: UnitOfWork, here: ColumnElement[bool]) -> int:
    """Set a chunk's blocks; return how many follows they ended."""
    changes = BLOCK_CHANGES.c
    await _lock(unit, [tuple(pair) for pair in await unit.session.execute(_pairs(BLOCK_CHANGES, here))])
    rows = select(
        changes.blocker,
        changes.blocked,
        changes.since_us,
        null(),
        changes.dated,
        literal(0),
        literal(run.source),
    ).where(here, living(changes.blocker, changes.blocked))
    names = ["blocker", "blocked", "since_us", "until_us", "dated", "fact", "origin"]
    statement = upsert(
        run,
        Block,
        names,
        rows,
        key=names[:2],
        changed=["since_us", "dated"],
        where=col(Block.origin) == run.source,
    ).returning(col(Block.blocker), col(Block.blocked))
    pairs: list[Pair] = [(one, other) for one, other in await unit.session.execute(statement)]
    await ended_follows.cut(run, unit, here)
    ended = await ended_follows.find(run, unit, pairs, here)
    told = await tell(run, unit, _touched(pairs), "block")
    await unit.session.execute(
        update(Block)
        .where(_is_pair(changes.blocker, changes.blocked), here, col(Block.origin) == run.source)
        .values(fact=told)
        .execution_options(synchronize_session=False)
    )
    await ended_follows.end(unit, ended, told)
    return len(ended)


async def _lock(unit: UnitOfWork, pairs: Sequence[Pair]) -> None:
    """Keep everybody from following or blocking between these pairs meanwhile, as a block by its owner does."""
    await accounts.locked(unit.session, sorted({account for pair in pairs for account in pair}), change=True)


def _pairs(table: Any, here: ColumnElement[bool]) -> Found:
    return select(table.c.blocker, table.c.blocked).where(here)


def _touched(pairs: Sequence[Pair]) -> Subjects:
    return Subjects(follows=both_ways(pairs), bonds=both_ways(pairs))


async def lift(run: Import) -> None:
    """Lift the blocks that the file does not have any more; the follows that they ended are the follows' affair."""
    async for first, last in spans_of(run, BLOCK_LIFTS, "blocks that ended", max(1, run.size // TOUCHED)):

        async def work(unit: UnitOfWork, first: int = first, last: int = last) -> None:
            here = _pairs(BLOCK_LIFTS, BLOCK_LIFTS.c.n.between(first, last))
            await _lock(unit, [tuple(pair) for pair in await unit.session.execute(here)])
            pair = (col(Block.blocker), col(Block.blocked))
            gone = delete(Block).where(col(Block.origin) == run.source, tuple_(*pair).in_(here)).returning(*pair)
            lifted = await unit.session.execute(gone.execution_options(synchronize_session=False))
            await tell(run, unit, _touched([(one, other) for one, other in lifted]), "unblock")

        await chunk(run, work)
