"""People who were erased: an import leaves out every row that names one, and does not say whom."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Column, String, Table, and_, delete, func, literal, or_, select, union, update
from sqlmodel import col

from planet_graph.database import UnitOfWork
from planet_graph.ingest.folder import CannotImport, File
from planet_graph.ingest.reading import NOUNS
from planet_graph.ingest.staging import ACCOUNT_ROWS, ACTIVITY_ROWS, BLOCK_ROWS, FOLLOW_ROWS, UNKNOWN_NAMES
from planet_graph.ingest.staging_groups import GROUP_ROWS, MEMBERSHIP_ROWS
from planet_graph.ingest.staging_posts import MESSAGE_ROWS, POST_ROWS
from planet_graph.ingest.steps import Found, Import, gather, spans, staging
from planet_graph.models import erasures
from planet_graph.models.accounts import ExternalId
from planet_graph.outbox.facts import MAX_SUBJECTS

PEOPLE: Mapping[Table, Sequence[Column[str]]] = {
    ACCOUNT_ROWS: (ACCOUNT_ROWS.c.external_id,),
    FOLLOW_ROWS: (FOLLOW_ROWS.c.follower, FOLLOW_ROWS.c.followee),
    BLOCK_ROWS: (BLOCK_ROWS.c.blocker, BLOCK_ROWS.c.blocked),
    ACTIVITY_ROWS: (ACTIVITY_ROWS.c.fan, ACTIVITY_ROWS.c.target),
    GROUP_ROWS: (),
    MEMBERSHIP_ROWS: (MEMBERSHIP_ROWS.c.account,),
    POST_ROWS: (POST_ROWS.c.author,),
    MESSAGE_ROWS: (MESSAGE_ROWS.c.author,),
}
"""The columns of each file's rows that name people."""

KNOWN = "erased names"
"""What is counted of the names of erased people that this source knew when rows were left out."""


async def leave_out(run: Import, files: Sequence[File]) -> None:
    """Forget the rows that name somebody who was erased, and count them. Raises: CannotImport without the key."""
    if not await _find(run):
        return
    for file in files:
        table = NOUNS[file.form.name].table
        if not PEOPLE[table]:
            continue
        erased = select(UNKNOWN_NAMES.c.name).where(UNKNOWN_NAMES.c.erased == 1)
        async with staging(run) as connection:
            gone = await connection.execute(delete(table).where(or_(*(who.in_(erased) for who in PEOPLE[table]))))
        run.counts[f"{file.form.name}.taken"] -= gone.rowcount
        run.counts[f"{file.form.name}.erased"] += gone.rowcount


async def check_nobody(run: Import, unit: UnitOfWork) -> None:
    """Make sure that nobody was erased since rows were left out: who was is not known, and would be made anew.

    Raises: CannotImport.
    """
    if len(await erasures.names_of(await unit.session.connection(), run.source)) != run.counts[KNOWN]:
        raise CannotImport("Somebody was erased while this import ran. It stopped in the middle: import again.")


async def _find(run: Import) -> bool:
    """Mark the names of the files that are those of erased people; say whether there are any."""
    async with staging(run) as connection:
        known = dict(await erasures.names_of(connection, run.source))
    run.counts[KNOWN] = len(known)
    if not known:
        return False
    key = run.name_key()
    if set(known.values()) != {key.id}:
        raise CannotImport(
            "The home lacks the key by which erased people are known (keys/erased_names.hex): put it back, or they "
            "would return."
        )
    async with staging(run) as connection:
        total = await gather(connection, UNKNOWN_NAMES, _unknown(run))
    found = False
    names = UNKNOWN_NAMES.c
    for first, last in spans(total, MAX_SUBJECTS):
        async with staging(run) as connection:
            some = await connection.execute(select(names.n, names.name).where(names.n.between(first, last)))
            erased = [n for n, name in some if key.digest(run.source, name) in known]
            await connection.execute(update(UNKNOWN_NAMES).where(names.n.in_(erased)).values(erased=1))
        found = found or bool(erased)
    return found


def _unknown(run: Import) -> Found:
    """Everybody whom a row names and nobody knows: an erased person is not known."""
    everybody = union(*(select(who.label("name")) for columns in PEOPLE.values() for who in columns)).subquery()
    known = and_(
        col(ExternalId.origin) == run.source,
        col(ExternalId.noun) == literal("Account", String),
        col(ExternalId.external_id) == everybody.c.name,
    )
    return (
        select(
            func.row_number().over(order_by=everybody.c.name).label("n"), everybody.c.name, literal(0).label("erased")
        )
        .select_from(everybody)
        .outerjoin(ExternalId, known)
        .where(col(ExternalId.id).is_(None))
    )
