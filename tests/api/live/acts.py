"""What happens while somebody watches, and what is seen of it from inside."""

import asyncio
from collections.abc import Callable, Sequence

from sqlalchemy import delete
from sqlmodel import col

from planet_graph import ids
from planet_graph.database import UnitOfWork
from planet_graph.models import activity
from planet_graph.models.accounts import Account
from planet_graph.models.activity import Activity, Row
from planet_graph.outbox import dispatch
from planet_graph.outbox.facts import Subjects, ended, fact
from planet_graph.scoring.days import day_of
from planet_graph.web.app import CONNECTIONS
from planet_graph.web.connections import Connection
from tests.api.clients import Api


async def touch(api: Api, account: str, display_name: str | None = None) -> None:
    """Change an account, or only say that it was touched."""
    _, number = ids.from_global(account, ["Account"])

    async def work(unit: UnitOfWork) -> None:
        if display_name is not None:
            row = await unit.session.get_one(Account, number)
            row.display_name = display_name
            await unit.session.flush()
        act = ids.draw(api.time.now_us, unit.random)
        await unit.tell(fact("touch", Subjects(accounts=(number,)), at_us=api.time.now_us, act=act))

    await api.parts.database.write(work)
    await dispatch.drain(api.parts.outbox)


async def forget(api: Api, fan: str, creator: str) -> None:
    """Undo all that a fan did towards a creator."""
    pair = (ids.from_global(fan, ["Account"])[1], ids.from_global(creator, ["Creator"])[1])

    async def work(unit: UnitOfWork) -> None:
        await unit.session.execute(
            delete(Activity).where(col(Activity.fan) == pair[0], col(Activity.target) == pair[1])
        )
        act = ids.draw(api.time.now_us, unit.random)
        await unit.tell(fact("forget", Subjects(bonds=(pair,)), at_us=api.time.now_us, act=act))

    await api.parts.database.write(work)
    await dispatch.drain(api.parts.outbox)


async def record_many(api: Api, pairs: Sequence[tuple[int, int]], origin: str = "", act: int = 1) -> None:
    """Count a reaction of each fan towards a creator, told of in one fact."""
    rows = [Row(fan, creator, day_of(api.time.now_us), "reaction", 0, 1, api.time.now_us) for fan, creator in pairs]

    async def work(unit: UnitOfWork) -> None:
        await activity.add(unit.session, rows)
        subjects = Subjects(bonds=tuple(dict.fromkeys(pairs)))
        await unit.tell(fact("record", subjects, at_us=api.time.now_us, act=act, origin=origin))

    await api.parts.database.write(work)
    await dispatch.drain(api.parts.outbox)


async def end_import(api: Api, act: int) -> None:
    """Tell that an import is over."""

    async def work(unit: UnitOfWork) -> None:
        await unit.tell(ended("town", at_us=api.time.now_us, act=act))

    await api.parts.database.write(work)
    await dispatch.drain(api.parts.outbox)


async def settled(api: Api) -> int:
    """Wait until the process has read all that is committed by now; return the log's position."""
    at = await dispatch.drain(api.parts.outbox)
    await until(lambda: api.parts.tail.position >= at)
    return at


def open_connections(api: Api) -> set[Connection]:
    return api.http.app[CONNECTIONS].open


async def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for something that nobody tells of."""
    async with asyncio.timeout(seconds):
        while True:
            if condition():
                return
            await asyncio.sleep(0.01)
