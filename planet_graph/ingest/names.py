"""Who is named: every id of an account in any file, and which of them are known."""

from typing import Any

from sqlalchemy import Column, String, collate, delete, func, insert, literal, null, select, union_all, update
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col

from planet_graph.ingest.folder import Form
from planet_graph.ingest.rejects import Rejects
from planet_graph.ingest.staging import ACCOUNT_ROWS, ACTIVITY_ROWS, BLOCK_ROWS, FOLLOW_ROWS, NAMES
from planet_graph.ingest.staging_groups import MEMBERSHIP_ROWS
from planet_graph.ingest.staging_posts import MESSAGE_ROWS, POST_ROWS
from planet_graph.ingest.steps import Found, Import, learn, staging
from planet_graph.models.accounts import ExternalId


def by_code_points(run: Import, column: Column[str] | ColumnElement[str]) -> ColumnElement[str]:
    """Order text by code points, whatever the database's own order is."""
    return collate(column, "C" if run.connection.dialect.name == "postgresql" else "BINARY")


async def reject_repeated(run: Import, rejects: Rejects, form: Form, file: str, key: Column[str]) -> None:
    """Keep the first of the rows that describe one thing. `key`: the column of what the outside calls it."""
    rows = key.table.c
    first = (
        select(key.label("key"), func.min(rows.line).label("line")).group_by(key).having(func.count() > 1).subquery()
    )
    repeated = (
        select(rows.line, first.c.line.label("kept"))
        .join(first, (first.c.key == key) & (first.c.line < rows.line))
        .order_by(rows.line)
    )
    async with staging(run) as connection:
        found = (await connection.execute(repeated)).all()
        for line, kept in found:
            rejects.add(file, line, f"the id stands in line {kept} already")
        await connection.execute(
            delete(key.table).where(rows.line.in_(select(repeated.order_by(None).subquery().c.line)))
        )
    run.counts[f"{form.name}.taken"] -= len(found)
    run.counts[f"{form.name}.rejected"] += len(found)


async def name_all(run: Import) -> None:
    """List everybody who is named, in the order of the ids, and find those that this source named before."""
    accounts, follows, blocks, acts = ACCOUNT_ROWS.c, FOLLOW_ROWS.c, BLOCK_ROWS.c, ACTIVITY_ROWS.c
    members, posts, messages = MEMBERSHIP_ROWS.c, POST_ROWS.c, MESSAGE_ROWS.c

    def named(who: Column[str], at_us: ColumnElement[Any], as_creator: int) -> Found:
        return select(who.label("external_id"), at_us.label("at_us"), literal(as_creator).label("as_creator"))

    everybody = union_all(
        named(accounts.external_id, null(), 0),
        named(follows.follower, follows.since_us, 0),
        named(follows.followee, follows.since_us, 0),
        named(blocks.blocker, blocks.since_us, 0),
        named(blocks.blocked, blocks.since_us, 0),
        named(acts.fan, acts.at_us, 0),
        named(acts.target, acts.at_us, 1),
        named(members.account, members.since_us, 0),
        named(posts.author, posts.created_us, 1),
        named(messages.author, messages.at_us, 0),
    ).subquery()
    found = everybody.c
    once = select(
        found.external_id,
        func.row_number().over(order_by=by_code_points(run, found.external_id)),
        func.min(found.at_us),
        func.max(found.as_creator),
    ).group_by(found.external_id)
    known = (
        update(NAMES)
        .where(
            col(ExternalId.origin) == run.source,
            col(ExternalId.noun) == literal("Account", String),
            col(ExternalId.external_id) == NAMES.c.external_id,
        )
        .values(id=col(ExternalId.id))
    )
    async with staging(run) as connection:
        await connection.execute(insert(NAMES).from_select(["external_id", "n", "first_us", "as_creator"], once))
        await learn(connection, NAMES)
        await connection.execute(known)
