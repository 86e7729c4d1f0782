import asyncio
from random import Random
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlmodel import col

from graph_db.connect import connect
from graph_db.store import Position, Unavailable
from planet_graph.database import UnitOfWork
from planet_graph.models import log
from planet_graph.models.log import Fact
from planet_graph.outbox import dispatch
from planet_graph.outbox.dispatch import apply, drain, hold, number, number_all, release
from planet_graph.outbox.facts import MAX_SUBJECTS, Subjects, fact
from planet_graph.outbox.lease import seized
from planet_graph.outbox.project import project
from planet_graph.outbox.rebuild import rebuild
from planet_graph.web.parts import Parts
from tests import servers
from tests.conftest import Stack
from tests.planet_graph.outbox.conftest import (
    LEASE_SECONDS,
    Community,
    Open,
    assert_in_step,
    differences,
    dispatching,
    empty,
    held,
)


@pytest.fixture
def statements() -> list[str]:
    return []


def watch(parts: Parts, statements: list[str]) -> None:
    """Collect what is sent to the SQL database, transactions' ends apart."""

    def on_execute(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    event.listen(parts.database.engine.sync_engine, "before_cursor_execute", on_execute)


async def positions(parts: Parts) -> list[tuple[int, int | None]]:
    """Every fact's id and position, by id."""
    async with parts.database.read() as session:
        rows = await session.execute(select(col(Fact.id), col(Fact.position)).order_by(col(Fact.id)))
        return [(identity or 0, position) for identity, position in rows]


async def pair(community: Community) -> tuple[int, int]:
    return await community.register("ann_a"), await community.register("bob_b", creator=True)


async def test_what_is_committed_reaches_the_graph(community: Community) -> None:
    ann, bob = await pair(community)
    await community.follow(ann, bob)
    await community.record(ann, bob, "1", "reply", 3)
    assert await drain(community.parts.outbox) == 5
    found = await held(community.parts)
    assert found[ann] == {"handle": "ann_a", "creator": False}
    assert found[bob]["handle"] == "bob_b"
    assert found[bob]["creator"] is True
    assert found[bob]["fans"] == 1
    assert ("FOLLOWS", ann, bob) in found
    assert found["BOND", ann, bob]["expression"] == 1.0
    await community.unfollow(ann, bob)
    await drain(community.parts.outbox)
    assert ("FOLLOWS", ann, bob) not in await held(community.parts)
    async with community.parts.database.read() as session:
        assert (await log.state(session)).applied == 6
    await assert_in_step(community.parts)


async def test_a_drain_with_nothing_to_do_changes_nothing(community: Community) -> None:
    assert await drain(community.parts.outbox) == 0
    await pair(community)
    assert await drain(community.parts.outbox) == 3
    assert await drain(community.parts.outbox) == 3


async def test_several_workers_lose_nothing_and_double_nothing(community: Community, opened: Open) -> None:
    seed = 20260921
    print("seed", seed)
    people = [await community.register(f"person{i}", creator=i < 3) for i in range(12)]

    async def client(number: int) -> None:
        random = Random(seed + number)
        for step in range(25):
            one, other = random.sample(people, 2)
            act = random.choice(["follow", "unfollow", "record"])
            if act == "follow":
                await community.follow(one, other)
            elif act == "unfollow":
                await community.unfollow(one, other)
            else:
                await community.record(one, people[step % 3 if one != people[step % 3] else 4], f"{number}-{step}")

    workers = [await opened() for _ in range(3)]
    async with dispatching(*workers):
        racing = [asyncio.create_task(_race(worker)) for worker in workers]
        await asyncio.gather(*(client(number) for number in range(4)))
        for race in racing:
            race.cancel()
        await asyncio.gather(*racing, return_exceptions=True)
    at = await drain(community.parts.outbox)
    given = [position for _, position in await positions(community.parts)]
    assert sorted(position or 0 for position in given) == list(range(1, len(given) + 1))
    assert at == len(given)
    await assert_in_step(community.parts)


async def _race(worker: Parts) -> None:
    """Dispatch without asking for the lease, as a worker does that was frozen while it held it."""
    while True:
        await number(worker.outbox)
        await apply(worker.outbox)


async def test_of_workers_that_see_one_batch_one_applies_it(community: Community, opened: Open) -> None:
    ann, bob = await pair(community)
    await community.record(ann, bob, "1")
    workers = [await opened() for _ in range(3)]
    last = await number_all(community.parts.outbox)
    applied = await asyncio.gather(*(apply(worker.outbox) for worker in workers))
    assert [position for position in applied if position is not None] == [last]
    assert (await held(community.parts))[bob]["fans"] == 1
    await assert_in_step(community.parts)


async def test_a_late_worker_writes_nothing(community: Community, opened: Open) -> None:
    ann, bob = await pair(community)
    await drain(community.parts.outbox)
    late = await opened()
    expected = await late.store.position()
    assert expected is not None
    await community.follow(ann, bob)
    await community.record(ann, bob, "1")
    async with late.database.read() as session:
        batch = await project(session, Subjects(follows=((ann, bob),), bonds=((ann, bob),)))
    await community.unfollow(ann, bob)
    await drain(community.parts.outbox)
    before = await held(community.parts)
    for new in (expected.position + 1, expected.position + 2, expected.position + 3):
        assert not await late.store.write(expected, Position(expected.incarnation, new), batch)
    assert await held(community.parts) == before
    await assert_in_step(community.parts)


@pytest.mark.parametrize("stack", ["servers"], indirect=True)
async def test_facts_that_commit_out_of_order_are_all_delivered(community: Community) -> None:
    ann, bob = await pair(community)
    cay = await community.register("cay_c")
    start = await drain(community.parts.outbox)
    first_told, second_done = asyncio.Event(), asyncio.Event()

    async def first(unit: UnitOfWork) -> None:
        await unit.tell(fact("touch", Subjects(accounts=(ann,)), at_us=0, act=1))
        first_told.set()
        await second_done.wait()

    task = asyncio.create_task(community.parts.database.write(first))
    await first_told.wait()
    later = await community.follow(bob, cay)
    assert await drain(community.parts.outbox) == start + 1
    second_done.set()
    _, (earlier,) = await task
    assert earlier < later
    assert await drain(community.parts.outbox) == start + 2
    given = dict(await positions(community.parts))
    assert (given[later], given[earlier]) == (start + 1, start + 2)


async def test_numbers_have_no_gap_and_no_twin(
    community: Community, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "NUMBERED_AT_ONCE", 3)
    for place in range(11):
        await community.register(f"person{place}")
    workers = [await opened() for _ in range(3)]
    counts = await asyncio.gather(*(number(worker.outbox) for worker in workers for _ in range(2)))
    assert sorted(counts) == [0, 0, 2, 3, 3, 3]
    assert [position for _, position in await positions(community.parts)] == list(range(1, 12))
    assert await drain(community.parts.outbox) == 11
    await assert_in_step(community.parts)


async def test_a_lease_that_is_not_renewed_passes_on(community: Community, opened: Open) -> None:
    first, second = community.parts.outbox, (await opened()).outbox
    assert await hold(first)
    assert not await hold(second)
    assert await hold(first)
    async with asyncio.timeout(20):
        while not await hold(second):
            pass
    assert not await hold(first)
    await release(first)
    assert not await hold(first)
    await release(second)
    assert await hold(first)


async def test_a_worker_takes_over_from_one_that_stopped(community: Community, opened: Open) -> None:
    gone = await opened()
    assert await hold(gone.outbox)
    async with dispatching(community.parts):
        account = await community.register("ann_a")
        fact_id = (await positions(community.parts))[-1][0]
        assert await community.parts.tail.applied(fact_id, 20)
    assert account in await held(community.parts)


async def test_a_seized_lease_keeps_the_others_quiet(community: Community, opened: Open) -> None:
    holder, quiet = community.parts.outbox, (await opened()).outbox
    assert await hold(quiet)
    async with seized(holder) as former:
        assert former == quiet.holder
        clock = asyncio.get_running_loop().time
        end = clock() + 3 * LEASE_SECONDS  # only its renewal keeps it for so long
        while clock() < end:
            assert not await hold(quiet)
            await quiet.bus.wait("facts", 1_000_000, LEASE_SECONDS / 20)
    assert await hold(quiet)
    async with seized(quiet) as former:
        assert former is None


async def test_a_worker_whose_lease_was_seized_stops_after_its_batch(community: Community, opened: Open) -> None:
    """And the readers are told of that batch all the same."""
    worker = await opened()
    assert await hold(worker.outbox)
    await pair(community)
    async with seized(community.parts.outbox):
        _, renewed = await dispatch.work(worker.outbox, 0, 0.0)
        assert renewed == dispatch.NEVER
        async with worker.database.read() as session:
            assert (await log.state(session)).applied == 3


async def _away(community: Community, away: Parts) -> int:
    """Act while the graph cannot be reached, and return the last fact of it."""
    async with dispatching(away):
        ann, bob = await pair(community)
        told = await community.follow(ann, bob)
        await community.record(ann, bob, "1")
        await community.record(ann, bob, "1")
        assert not await away.tail.applied(told, 0.3)
    return told


async def test_writes_go_on_while_the_graph_is_away(community: Community, opened: Open) -> None:
    away = await opened(graph=f"bolt://127.0.0.1:{servers.free_port()}")
    with pytest.raises(Unavailable):
        await drain(away.outbox)
    await _away(community, away)
    async with dispatching(community.parts):
        last = (await positions(community.parts))[-1][0]
        assert await community.parts.tail.applied(last, 20)
    assert len([key for key in await held(community.parts) if isinstance(key, tuple)]) == 2
    await assert_in_step(community.parts)


async def test_a_graph_of_another_log_is_left_alone(community: Community, migrated: Stack) -> None:
    parts = community.parts
    other = connect(migrated.graph, incarnation=parts.incarnation + 1)
    try:
        await other.begin_rebuild(1)
        await other.finish_rebuild(1, Position(parts.incarnation + 1, 0))
        with pytest.raises(Unavailable, match="another log"):
            await apply(parts.outbox)
        await _away(community, parts)
        assert await other.position() == Position(parts.incarnation + 1, 0)
    finally:
        await other.close()
    await rebuild(parts.outbox, 2)
    assert len([key for key in await held(parts) if isinstance(key, tuple)]) == 2
    await assert_in_step(parts)


async def test_an_emptied_graph_is_not_filled_by_itself(community: Community, migrated: Stack) -> None:
    await pair(community)
    await drain(community.parts.outbox)
    await empty(migrated)
    with pytest.raises(Unavailable, match="graph rebuild"):
        await apply(community.parts.outbox)
    with pytest.raises(Unavailable):
        await differences(community.parts)
    async with dispatching(community.parts):
        await community.register("cay_c")
        last = (await positions(community.parts))[-1][0]
        assert not await community.parts.tail.applied(last, 0.3)
        assert await community.parts.store.position() is None
        rebuilt = await rebuild(community.parts.outbox, 3)
        assert rebuilt.accounts == 3
    await assert_in_step(community.parts)


@pytest.mark.parametrize("size", [1, 50])
async def test_a_batch_costs_the_same_whatever_it_touches(
    community: Community, opened: Open, statements: list[str], size: int
) -> None:
    people = [await community.register(f"person{place}") for place in range(size)]
    star = await community.register("star_s", creator=True)
    await drain(community.parts.outbox)
    for person in people:
        await community.follow(person, star)
        await community.record(person, star, str(person))
    last = await community.register("late_l")
    points: list[str] = []
    reads: list[str] = []
    worker = await opened(hook=points.append, observe=reads.append)
    watch(worker, statements)
    await dispatch.work(worker.outbox, 0, 0.0)
    assert last in await held(community.parts)
    assert [statement.split()[0] for statement in statements] == [
        *("SELECT", "UPDATE", "UPDATE"),  # number: the lease, the facts, the last number
        "SELECT",  # the facts
        *("SELECT", "SELECT", "SELECT", "SELECT", "SELECT"),  # creators, accounts, follows, activity, blocks
        "UPDATE",  # the lease again, with what the graph holds
    ]
    assert reads == ["position"]
    graph = [point.removeprefix("graph:") for point in points if point.startswith("graph:")]
    assert graph == [
        "guard",
        "set_account",
        *("seek_follows", "create_follows"),
        *("seek_bond", "create_bond", "sums_bond", "set_sums_bond"),
        *("commit", "committed"),
    ]


async def test_a_batch_ends_before_it_grows_too_large(community: Community) -> None:
    """The subjects of one batch are bounded, and a single fact may fill it."""
    facts = [
        fact("touch", Subjects(accounts=tuple(range(start, start + 2_000))), at_us=0, act=start)
        for start in range(0, 12_000, 2_000)
    ]

    async def work(unit: UnitOfWork) -> None:
        await unit.tell(*facts)

    await community.parts.database.write(work)
    await number_all(community.parts.outbox)
    assert [await apply(community.parts.outbox) for _ in range(4)] == [2, 4, 6, None]
    assert MAX_SUBJECTS == 5_000
    assert await held(community.parts) == {}


async def test_the_hook_hears_of_every_statement(community: Community, opened: Open) -> None:
    points: list[str] = []
    worker = await opened(hook=points.append)
    await community.register("ann_a")
    await drain(worker.outbox)
    named = [point for point in points if point.startswith("sql:") and "commit" not in point]
    assert [point.split()[0].removeprefix("sql:") for point in named] == ["SELECT", "UPDATE", "UPDATE", "UPDATE"]
    assert points.count("sql:before commit") == points.count("sql:after commit") == 2
    assert points.count("graph:commit") == points.count("graph:committed") == 1
