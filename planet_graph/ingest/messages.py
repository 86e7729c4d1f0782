"""Messages: what the file says, compared with what this source set before, and the differences made.

Nothing outside numbers messages: one is known by its group, its author and its time, and of several at one time by
its place among them.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import JSON, ColumnElement, and_, bindparam, cast, func, literal, or_, select, type_coerce, update
from sqlmodel import col

from planet_graph.database import UnitOfWork
from planet_graph.ingest.numbers import Numbers
from planet_graph.ingest.staging import NAMES
from planet_graph.ingest.staging_groups import GROUP_NAMES
from planet_graph.ingest.staging_posts import (
    MESSAGE_CHANGES,
    MESSAGE_ENDS,
    MESSAGE_ROWS,
    STORED_MESSAGES,
    WANTED_MESSAGES,
)
from planet_graph.ingest.steps import Found, Import, chunk, gather, named, spans_of, staging, tell, upsert
from planet_graph.models.erasures import living
from planet_graph.models.messages import Message
from planet_graph.outbox.facts import Subjects

KEY = ("group_id", "author", "at_us", "place")


async def compare(run: Import) -> None:
    """Find which messages the file sets otherwise than they are, and which are not in it any more."""
    async with staging(run) as connection:
        await gather(connection, WANTED_MESSAGES, _wanted())
        await gather(connection, STORED_MESSAGES, _stored(run.source))
        changed = await gather(connection, MESSAGE_CHANGES, _changes())
        new = await connection.scalar(select(func.count()).where(MESSAGE_CHANGES.c.new)) or 0
        ended = await gather(connection, MESSAGE_ENDS, _ends())
    run.counts["messages.created"] = new
    run.counts["messages.changed"] = changed - new
    run.counts["messages.removed"] = ended


def _wanted() -> Found:
    rows = MESSAGE_ROWS.c
    key = (GROUP_NAMES.c.id, NAMES.c.id, rows.at_us)
    return (
        select(
            GROUP_NAMES.c.id.label("group_id"),
            NAMES.c.id.label("author"),
            rows.at_us,
            func.row_number().over(partition_by=key, order_by=rows.line).label("place"),
            rows.line,
        )
        .select_from(MESSAGE_ROWS)
        .join(GROUP_NAMES, GROUP_NAMES.c.group_key == rows.group_key)
        .join(NAMES, NAMES.c.external_id == rows.author)
    )


def _stored(source: str) -> Found:
    """What people changed or took back keeps its place, so that it is not said again."""
    key = (col(Message.group_id), col(Message.author), col(Message.created_us))
    own = col(Message.origin) == source
    changed = or_(col(Message.edited_us).is_not(None), col(Message.deleted_us).is_not(None))
    return select(
        named("group_id", key[0]),
        named("author", key[1]),
        named("at_us", key[2]),
        func.row_number().over(partition_by=key, order_by=col(Message.id)).label("place"),
        named("id", col(Message.id)),
        named("own", own),
    ).where(or_(own, and_(col(Message.origin) == "", changed)))


def _same() -> ColumnElement[bool]:
    return and_(*(WANTED_MESSAGES.c[name] == STORED_MESSAGES.c[name] for name in KEY))


def _changes() -> Found:
    wanted, stored, rows = WANTED_MESSAGES.c, STORED_MESSAGES.c, MESSAGE_ROWS.c
    new = stored.id.is_(None)
    differs = or_(col(Message.body) != rows.body, col(Message.deleted_us).is_not(None))
    return (
        select(
            func.row_number().over(order_by=(wanted.at_us, wanted.line)).label("n"),
            wanted.line,
            wanted.group_id,
            wanted.author,
            wanted.at_us,
            stored.id,
            new.label("new"),
        )
        .select_from(WANTED_MESSAGES)
        .join(MESSAGE_ROWS, rows.line == wanted.line)
        .outerjoin(STORED_MESSAGES, _same())
        .outerjoin(Message, col(Message.id) == stored.id)
        .where(or_(new, and_(stored.own, differs)))
    )


def _ends() -> Found:
    stored = STORED_MESSAGES.c
    return (
        select(func.row_number().over(order_by=stored.id).label("n"), stored.id, stored.group_id)
        .select_from(STORED_MESSAGES)
        .join(Message, and_(col(Message.id) == stored.id, col(Message.deleted_us).is_(None)))
        .outerjoin(WANTED_MESSAGES, _same())
        .where(stored.own, WANTED_MESSAGES.c.line.is_(None))
    )


async def create_and_change(run: Import) -> None:
    """Set what is new in the file or otherwise than it says."""
    # From the end of the key; a maximum of no rows is None.
    block = Numbers(run, select(func.max(col(Message.id))))
    async for first, last in spans_of(run, MESSAGE_CHANGES, "messages"):

        async def work(unit: UnitOfWork, first: int = first, last: int = last) -> None:
            here = MESSAGE_CHANGES.c.n.between(first, last)
            new = select(MESSAGE_CHANGES.c.n).where(here, MESSAGE_CHANGES.c.new).order_by(MESSAGE_CHANGES.c.n)
            places = list(await unit.session.scalars(new))
            await _number(unit, places, await block.draw(unit.session, len(places)))
            await _set(run, unit, here)

        await chunk(run, work)


async def _number(unit: UnitOfWork, places: Sequence[int], numbers: Sequence[int]) -> None:
    given = update(MESSAGE_CHANGES).where(MESSAGE_CHANGES.c.n == bindparam("of")).values(id=bindparam("number"))
    if places:
        values = [{"of": n, "number": number} for n, number in zip(places, numbers, strict=True)]
        await (await unit.session.connection()).execute(given, values)


async def _set(run: Import, unit: UnitOfWork, here: ColumnElement[bool]) -> None:
    changes, rows = MESSAGE_CHANGES.c, MESSAGE_ROWS.c
    facets = type_coerce(rows.facets, JSON) if run.connection.dialect.name == "sqlite" else cast(rows.facets, JSON)
    columns: dict[str, Any] = {
        "id": changes.id,
        "group_id": changes.group_id,
        "author": changes.author,
        "created_us": changes.at_us,
        "body": rows.body,
        "facets": facets,
        "deleted_us": literal(None),
        "reaction_count": literal(0),
        "fact": literal(0),
        "origin": literal(run.source),
    }
    found = (
        select(*columns.values())
        .select_from(MESSAGE_CHANGES)
        .join(MESSAGE_ROWS, rows.line == changes.line)
        .where(here, living(changes.author))
    )
    changed = ["body", "facets", "deleted_us"]
    statement = upsert(
        run, Message, list(columns), found, key=["id"], changed=changed, where=col(Message.origin) == run.source
    ).returning(col(Message.group_id), col(Message.id))
    touched = tuple((group, message) for group, message in await unit.session.execute(statement))
    told = await tell(run, unit, Subjects(messages=touched))
    mine = (col(Message.id) == changes.id, here, col(Message.origin) == run.source)
    await unit.session.execute(
        update(Message).where(*mine).values(fact=told).execution_options(synchronize_session=False)
    )


async def remove(run: Import) -> None:
    """Leave tombstones of the messages that the file does not have any more."""
    async for first, last in spans_of(run, MESSAGE_ENDS, "messages that ended"):

        async def work(unit: UnitOfWork, first: int = first, last: int = last) -> None:
            some = select(MESSAGE_ENDS.c.id).where(MESSAGE_ENDS.c.n.between(first, last))
            still = (col(Message.id).in_(some), col(Message.origin) == run.source, col(Message.deleted_us).is_(None))
            locked = select(col(Message.group_id), col(Message.id)).where(*still).order_by(col(Message.id))
            rows = await unit.session.execute(locked.with_for_update())
            told = await tell(run, unit, Subjects(messages=tuple((group, message) for group, message in rows)))
            nothing: dict[str, Any] = {"body": "", "facets": [], "deleted_us": run.at_us, "fact": told}
            gone = update(Message).where(*still).values(nothing)
            await unit.session.execute(gone.execution_options(synchronize_session=False))

        await chunk(run, work)
