"""New accounts: everybody who is named and not known gets one, in the order of the outside's ids."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from planet_graph.database import UnitOfWork
from planet_graph.ingest.erased import check_nobody
from planet_graph.ingest.handles import Suffixes, among, derived
from planet_graph.ingest.numbers import Numbers
from planet_graph.ingest.staging import ACCOUNT_ROWS, NAMES
from planet_graph.ingest.steps import Import, chunk, count, learn, spans, staging, tell
from planet_graph.models.accounts import Account, Creator, ExternalId
from planet_graph.models.erasures import ErasedAccount
from planet_graph.outbox.facts import Subjects

VERIFIED = "verified"
NO_KYC = "none"


@dataclass(frozen=True, slots=True)
class New:
    """One who has no account yet. `line`: the row of its own, None where there is none."""

    external_id: str
    wanted: str
    place: int
    first_us: int | None
    as_creator: int
    line: int | None
    display_name: str | None
    created_us: int | None
    kyc: str | None
    creator: int | None

    @property
    def is_creator(self) -> bool:
        """Whether the row of its own says so or, without one, activity is towards it."""
        return bool(self.as_creator if self.line is None else self.creator)


async def want_handles(run: Import) -> None:
    """Write down which handle each new account would like, and who comes first where several want the same."""
    names, rows = NAMES.c, ACCOUNT_ROWS.c
    async with staging(run) as connection:
        total = await count(connection, NAMES)
    for first, last in spans(total, run.size):
        found = (
            select(names.n, names.external_id, rows.handle)
            .outerjoin(ACCOUNT_ROWS, rows.external_id == names.external_id)
            .where(names.n.between(first, last), names.id.is_(None))
        )
        want = update(NAMES).where(names.n == bindparam("of")).values(wanted=bindparam("handle"), given=bindparam("is"))
        async with staging(run) as connection:
            values = [
                {"of": n, "handle": handle or derived(external_id), "is": int(handle is not None)}
                for n, external_id, handle in (await connection.execute(found))
            ]
            if values:
                await connection.execute(want, values)
    # What a file says comes before what is made of an id.
    place = func.row_number().over(partition_by=names.wanted, order_by=(names.given.desc(), names.n))
    places = select(names.n, place.label("place")).where(names.id.is_(None)).subquery()
    async with staging(run) as connection:
        await connection.execute(update(NAMES).where(names.n == places.c.n).values(place=places.c.place))
        await learn(connection, NAMES)


async def create(run: Import) -> None:
    """Make the accounts that are missing."""
    suffixes = Suffixes()
    block = Numbers(run, _greatest())
    async with staging(run) as connection:
        total = await count(connection, NAMES)
    for first, last in spans(total, run.size):
        new = await _new(run, first, last)
        if not new:
            continue

        async def work(unit: UnitOfWork, new: Sequence[New] = new) -> None:
            await _create(run, unit, new, suffixes, await block.draw(unit.session, len(new)))

        await chunk(run, work)
        run.counts["accounts.created"] += len(new)
        run.counts["creators.activated"] += sum(one.is_creator for one in new)
        run.progress("accounts", last, total)
    async with staging(run) as connection:
        await learn(connection, NAMES)


def _greatest() -> Select[int]:
    """The greatest id that an account has, or had."""
    there = select(func.max(col(Account.id)).label("id")).union_all(select(func.max(col(ErasedAccount.account_id))))
    return select(func.max(there.subquery().c.id))


async def _new(run: Import, first: int, last: int) -> list[New]:
    names, rows = NAMES.c, ACCOUNT_ROWS.c
    found = (
        select(
            names.external_id,
            names.wanted,
            names.place,
            names.first_us,
            names.as_creator,
            rows.line,
            rows.display_name,
            rows.created_us,
            rows.kyc,
            rows.creator,
        )
        .outerjoin(ACCOUNT_ROWS, rows.external_id == names.external_id)
        .where(names.n.between(first, last), names.id.is_(None))
        .order_by(names.n)
    )
    async with staging(run) as connection:
        return [New(*values) for values in (await connection.execute(found))]


async def _create(run: Import, unit: UnitOfWork, new: Sequence[New], suffixes: Suffixes, block: list[int]) -> None:
    await check_nobody(run, unit)
    handles = await _handles(unit.session, new, suffixes)
    made = [_account(run, *each) for each in zip(new, block, handles, strict=True)]
    known = [
        {"origin": run.source, "noun": "Account", "external_id": one.external_id, "id": number}
        for one, number in zip(new, block, strict=True)
    ]
    creators = [
        {"account_id": account["id"], "activated_us": account["created_us"]}
        for one, account in zip(new, made, strict=True)
        if one.is_creator
    ]
    await unit.session.execute(insert(Account), made)
    await unit.session.execute(insert(ExternalId), known)
    if creators:
        await unit.session.execute(insert(Creator), creators)
    await unit.session.execute(
        update(NAMES).where(NAMES.c.external_id == bindparam("of")).values(id=bindparam("number")),
        [{"of": one.external_id, "number": number} for one, number in zip(new, block, strict=True)],
    )
    await tell(run, unit, Subjects(accounts=tuple(block)))


async def _handles(session: AsyncSession, new: Sequence[New], suffixes: Suffixes) -> list[str]:
    """Name new accounts: who comes first gets what it wants where it is free, everybody else a number behind it."""
    taken = await among(session, suffixes.held, [one.wanted for one in new if one.place == 1])
    loses = [one.place > 1 or one.wanted in taken for one in new]
    others = iter(await suffixes.find(session, [one.wanted for one, lost in zip(new, loses, strict=True) if lost]))
    return [next(others) if lost else one.wanted for one, lost in zip(new, loses, strict=True)]


def _account(run: Import, one: New, number: int, handle: str) -> dict[str, Any]:
    stated_us = one.first_us if one.line is None else one.created_us
    return {
        "id": number,
        "handle": handle,
        "display_name": one.display_name or handle,
        "created_us": run.at_us if stated_us is None else stated_us,
        "kyc": VERIFIED if one.is_creator else one.kyc or NO_KYC,
        "origin": run.source,
    }
