"""Groups: every one that is named and not known is made, in the order of the outside's ids."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, and_, bindparam, func, insert, literal, null, or_, select, union_all, update
from sqlmodel import SQLModel, col

from planet_graph.database import UnitOfWork
from planet_graph.ingest.handles import LONGEST, Suffixes, among
from planet_graph.ingest.names import by_code_points
from planet_graph.ingest.numbers import Numbers
from planet_graph.ingest.staging_groups import GROUP_CHANGES, GROUP_NAMES, GROUP_ROWS, MEMBERSHIP_ROWS
from planet_graph.ingest.staging_posts import MESSAGE_ROWS
from planet_graph.ingest.steps import Found, Import, chunk, count, gather, learn, spans, spans_of, staging, tell
from planet_graph.models.accounts import ExternalId
from planet_graph.models.groups import Group
from planet_graph.outbox.facts import Subjects

GROUP = "Group"
SLUGS = SQLModel.metadata.tables["groups"].c.slug

_OTHER = re.compile(r"[^a-z0-9_-]")
_BEGINS_WELL = re.compile(r"[a-z0-9]")


@dataclass(frozen=True, slots=True)
class New:
    """One that is not there yet."""

    key: str
    wanted: str
    place: int
    first_us: int | None
    name: str | None
    created_us: int | None


def derived(key: str) -> str:
    """Make a slug of an id: lower case, every other character as `_`, `g_` before what begins otherwise.

    It may be shorter than those that people choose: a ticker has one letter or two, and the slug is the cashtag.
    """
    slug = _OTHER.sub("_", key.lower())
    if not _BEGINS_WELL.match(slug):
        slug = f"g_{slug}"
    return slug[:LONGEST]


async def name_all(run: Import) -> None:
    """List every group that is named, in the order of the ids, and find those that this source named before."""
    rows, members, messages = GROUP_ROWS.c, MEMBERSHIP_ROWS.c, MESSAGE_ROWS.c
    named = union_all(
        select(rows.group_key.label("group_key"), null().label("at_us")),
        select(members.group_key, members.since_us),
        select(messages.group_key, messages.at_us),
    ).subquery()
    once = select(
        named.c.group_key,
        func.row_number().over(order_by=by_code_points(run, named.c.group_key)),
        func.min(named.c.at_us),
    ).group_by(named.c.group_key)
    known = (
        update(GROUP_NAMES)
        .where(
            col(ExternalId.origin) == run.source,
            col(ExternalId.noun) == literal(GROUP, String),
            col(ExternalId.external_id) == GROUP_NAMES.c.group_key,
        )
        .values(id=col(ExternalId.id))
    )
    async with staging(run) as connection:
        await connection.execute(insert(GROUP_NAMES).from_select(["group_key", "n", "first_us"], once))
        await learn(connection, GROUP_NAMES)
        await connection.execute(known)
    await _want_slugs(run)


async def _want_slugs(run: Import) -> None:
    names = GROUP_NAMES.c
    async with staging(run) as connection:
        total = await count(connection, GROUP_NAMES)
    want = update(GROUP_NAMES).where(names.n == bindparam("of")).values(wanted=bindparam("slug"))
    for first, last in spans(total, run.size):
        new = select(names.n, names.group_key).where(names.n.between(first, last), names.id.is_(None))
        async with staging(run) as connection:
            values = [{"of": n, "slug": derived(key)} for n, key in await connection.execute(new)]
            if values:
                await connection.execute(want, values)
    place = func.row_number().over(partition_by=names.wanted, order_by=names.n)
    places = select(names.n, place.label("place")).where(names.id.is_(None)).subquery()
    async with staging(run) as connection:
        await connection.execute(update(GROUP_NAMES).where(names.n == places.c.n).values(place=places.c.place))
        await learn(connection, GROUP_NAMES)


async def create(run: Import) -> None:
    """Make the groups that are missing."""
    suffixes = Suffixes(SLUGS, GROUP_NAMES.c.wanted)
    block = Numbers(run, select(func.max(col(Group.id))))
    async with staging(run) as connection:
        total = await count(connection, GROUP_NAMES)
    for first, last in spans(total, run.size):
        new = await _new(run, first, last)
        if not new:
            continue

        async def work(unit: UnitOfWork, new: Sequence[New] = new) -> None:
            await _create(run, unit, new, await _slugs(unit, new, suffixes), await block.draw(unit.session, len(new)))

        await chunk(run, work)
        run.counts["groups.created"] += len(new)
        run.progress("groups", last, total)
    async with staging(run) as connection:
        await learn(connection, GROUP_NAMES)


async def _new(run: Import, first: int, last: int) -> list[New]:
    names, rows = GROUP_NAMES.c, GROUP_ROWS.c
    found = (
        select(names.group_key, names.wanted, names.place, names.first_us, rows.name, rows.created_us)
        .outerjoin(GROUP_ROWS, rows.group_key == names.group_key)
        .where(names.n.between(first, last), names.id.is_(None))
        .order_by(names.n)
    )
    async with staging(run) as connection:
        return [New(*values) for values in await connection.execute(found)]


async def _slugs(unit: UnitOfWork, new: Sequence[New], suffixes: Suffixes) -> list[str]:
    """Name new groups: who comes first gets what it wants where it is free, others a number behind it."""
    taken = await among(unit.session, suffixes.held, [one.wanted for one in new if one.place == 1])
    loses = [one.place > 1 or one.wanted in taken for one in new]
    others = iter(await suffixes.find(unit.session, [one.wanted for one, lost in zip(new, loses, strict=True) if lost]))
    return [next(others) if lost else one.wanted for one, lost in zip(new, loses, strict=True)]


async def _create(
    run: Import, unit: UnitOfWork, new: Sequence[New], slugs: Sequence[str], block: Sequence[int]
) -> None:
    made: list[dict[str, Any]] = []
    for one, slug, number in zip(new, slugs, block, strict=True):
        created_us = one.first_us if one.created_us is None else one.created_us
        made.append(
            {
                "id": number,
                "slug": slug,
                "name": one.name or slug,
                "created_us": run.at_us if created_us is None else created_us,
                "origin": run.source,
            }
        )
    known = [
        {"origin": run.source, "noun": GROUP, "external_id": one.key, "id": number}
        for one, number in zip(new, block, strict=True)
    ]
    await unit.session.execute(insert(Group), made)
    await unit.session.execute(insert(ExternalId), known)
    await unit.session.execute(
        update(GROUP_NAMES).where(GROUP_NAMES.c.group_key == bindparam("of")).values(id=bindparam("number")),
        [{"of": one.key, "number": number} for one, number in zip(new, block, strict=True)],
    )
    await tell(run, unit, Subjects(groups=tuple(block)))


async def correct(run: Import) -> None:
    """Set name and time of this source's groups to what their rows say.

    A name that a row leaves out is the slug; a time that it leaves out stays as stored.
    """
    async with staging(run) as connection:
        await gather(connection, GROUP_CHANGES, _changes(run.source))
    async for first, last in spans_of(run, GROUP_CHANGES, "groups"):

        async def work(unit: UnitOfWork, first: int = first, last: int = last) -> int:
            changes = GROUP_CHANGES.c
            here = and_(col(Group.id) == changes.id, changes.n.between(first, last), col(Group.origin) == run.source)
            statement = (
                update(Group)
                .where(here)
                .values(name=changes.name, name_key=changes.name_key, created_us=changes.created_us)
                .returning(col(Group.id))
                .execution_options(synchronize_session=False)
            )
            touched = tuple(await unit.session.scalars(statement))
            await tell(run, unit, Subjects(groups=touched))
            return len(touched)

        run.counts["groups.updated"] += await chunk(run, work)


def _changes(source: str) -> Found:
    rows, names = GROUP_ROWS.c, GROUP_NAMES.c
    name = func.coalesce(rows.name, col(Group.slug))
    name_key = func.coalesce(rows.name_key, col(Group.slug))
    created_us = func.coalesce(rows.created_us, col(Group.created_us))
    return (
        select(
            func.row_number().over(order_by=names.n).label("n"),
            col(Group.id),
            name.label("name"),
            name_key.label("name_key"),
            created_us.label("created_us"),
        )
        .select_from(GROUP_ROWS)
        .join(GROUP_NAMES, names.group_key == rows.group_key)
        .join(Group, and_(col(Group.id) == names.id, col(Group.origin) == source))
        .where(or_(col(Group.name) != name, col(Group.created_us) != created_us))
    )
