import asyncio
from typing import Any

import pytest
from sqlalchemy import event

from planet_graph.outbox import tail as tails
from planet_graph.outbox.dispatch import drain
from planet_graph.outbox.tail import Tail
from planet_graph.web.parts import Parts
from tests.planet_graph.outbox.conftest import Community, Open, dispatching


def count_statements(parts: Parts) -> list[str]:
    statements: list[str] = []

    def on_execute(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(parts.database.engine.sync_engine, "before_cursor_execute", on_execute)
    return statements


async def facts_of(community: Community, number: int) -> list[int]:
    """Follow so often, and return the facts."""
    star = await community.register("star_s")
    fans = [await community.register(f"fan_{place}") for place in range(number)]
    return [await community.follow(fan, star) for fan in fans]


async def test_whoever_waits_is_told_when_the_graph_holds_it(community: Community) -> None:
    async with dispatching(community.parts):
        for told in await facts_of(community, 3):
            assert await community.parts.tail.applied(told, 20)
            assert await community.parts.tail.applied(told, 0)


async def test_a_waiter_costs_no_statement(community: Community) -> None:
    facts = await facts_of(community, 20)
    tail = community.parts.tail
    statements = count_statements(community.parts)
    waiting = [asyncio.create_task(tail.applied(told, 20)) for told in facts]
    twins = [asyncio.create_task(tail.applied(told, 20)) for told in facts]
    await asyncio.sleep(0)
    assert statements == []
    running = asyncio.create_task(tail.run())
    await drain(community.parts.outbox)
    assert await asyncio.gather(*waiting, *twins) == [True] * 40
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    reads = [statement for statement in statements if "FROM log" in statement and "log.position <=" in statement]
    assert len(reads) == 1


async def test_a_waiter_gives_up_in_time_and_leaves_nothing(community: Community) -> None:
    (told,) = await facts_of(community, 1)
    assert not await community.parts.tail.applied(told, 0.01)
    assert community.parts.tail.waiting == 0


async def test_a_cancelled_waiter_leaves_nothing(community: Community) -> None:
    (told,) = await facts_of(community, 1)
    waiting = asyncio.create_task(community.parts.tail.applied(told, 20))
    await asyncio.sleep(0)
    assert community.parts.tail.waiting == 1
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert community.parts.tail.waiting == 0


async def test_what_another_process_applied_is_found_by_polling(community: Community, opened: Open) -> None:
    """Each process of the embedded stack has a bus of its own."""
    (told,) = await facts_of(community, 1)
    reader = await opened(bus="memory:")
    await reader.tail.start()
    running = asyncio.create_task(reader.tail.run())
    waiting = asyncio.create_task(reader.tail.applied(told, 20))
    await drain(community.parts.outbox)
    assert await waiting
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_an_act_of_long_ago_is_known_without_waiting(community: Community) -> None:
    """As when somebody follows again after the server began anew."""
    (told,) = await facts_of(community, 1)
    await drain(community.parts.outbox)
    fresh = Tail(community.parts.database, community.parts.bus)
    await fresh.start()
    assert await fresh.applied(told, 20)
    assert not await fresh.applied(told + 1, 0.01)


async def test_an_act_before_the_start_that_is_not_applied_is_waited_for(community: Community) -> None:
    (told,) = await facts_of(community, 1)
    fresh = Tail(community.parts.database, community.parts.bus)
    await fresh.start()
    assert not await fresh.applied(told, 0.01)
    running = asyncio.create_task(fresh.run())
    waiting = asyncio.create_task(fresh.applied(told, 20))
    await drain(community.parts.outbox)
    assert await waiting
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_what_is_forgotten_is_looked_up(community: Community, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tails, "REMEMBERED", 2)
    monkeypatch.setattr(tails, "READ_AT_ONCE", 2)
    async with dispatching(community.parts):
        facts = await facts_of(community, 5)
        assert await community.parts.tail.applied(facts[-1], 20)
        for told in facts:
            assert await community.parts.tail.applied(told, 20)
