import asyncio
from itertools import count

import pytest

from graph_db.properties import RANKS
from graph_db.store import Unavailable
from graph_db.sums import total
from planet_graph.outbox import refresh as refreshing
from planet_graph.outbox.dispatch import drain
from planet_graph.outbox.rebuild import rebuild
from planet_graph.outbox.refresh import refresh
from planet_graph.web.parts import Parts
from tests.conftest import Stack
from tests.planet_graph.outbox.conftest import (
    Community,
    Held,
    Open,
    assert_in_step,
    by_hand,
    differences,
    dispatching,
    elsewhere,
    empty,
    held,
)

SUMS = ("fans", "pull", "pull_attention", "pull_expression", "pull_commitment", "pull_trade_interest", "creator_key")


@pytest.fixture
async def drained(lively: Community) -> Community:
    await drain(lively.parts.outbox)
    return lively


def creators(found: Held) -> list[int]:
    return [key for key, properties in found.items() if isinstance(key, int) and properties["creator"]]


def sums_of_edges(found: Held, creator: int) -> dict[str, object]:
    edges = [found[key] for key in found if isinstance(key, tuple) and key[0] == "BOND" and key[2] == creator]
    return dict(total(RANKS["BOND"], edges))


def sums_of_node(found: Held, creator: int) -> dict[str, object]:
    return {name: value for name, value in found[creator].items() if name in SUMS}


async def assert_sums_follow_the_edges(parts: Parts) -> None:
    found = await held(parts)
    for account in found:
        if isinstance(account, int):
            assert sums_of_node(found, account) == sums_of_edges(found, account)


async def test_a_bond_deleted_by_hand_leaves_the_sums(drained: Community, migrated: Stack) -> None:
    star, *_ = creators(await held(drained.parts))
    fan = min(key[1] for key in await held(drained.parts) if isinstance(key, tuple) and key[2] == star)
    await by_hand(
        migrated,
        cypher="MATCH ()-[b:BOND]->(a:Account) WITH b, a ORDER BY a.id, b.source LIMIT 1 DELETE b",
        sql="DELETE FROM bond WHERE (target, source) = (SELECT min(target), min(source) FROM bond WHERE target = "
        "(SELECT min(target) FROM bond))",
    )
    assert (await held(drained.parts))[star]["fans"] == 6
    await refresh(drained.parts.outbox)
    found = await held(drained.parts)
    assert ("BOND", fan, star) not in found  # SQL has it still, and was not asked
    assert found[star]["fans"] == 5
    await assert_sums_follow_the_edges(drained.parts)
    assert [difference.kind for difference in await differences(drained.parts)] == ["BOND"]


async def test_a_bond_changed_by_hand_moves_the_sums(drained: Community, migrated: Stack) -> None:
    before = await held(drained.parts)
    await by_hand(
        migrated, cypher="MATCH ()-[b:BOND]->() SET b.pull = b.pull * 4", sql="UPDATE bond SET pull = pull * 4"
    )
    assert await refresh(drained.parts.outbox) == 3
    found = await held(drained.parts)
    for creator in creators(found):
        assert float(found[creator]["pull"]) == pytest.approx(4 * float(before[creator]["pull"]))
        assert int(found[creator]["creator_key"]) == pytest.approx(int(before[creator]["creator_key"]) + 2e9, abs=3)
    await assert_sums_follow_the_edges(drained.parts)


async def test_sums_without_a_bond_go(drained: Community, migrated: Stack) -> None:
    await by_hand(
        migrated,
        cypher="MATCH ()-[b:BOND]->() DELETE b WITH count(*) AS n MATCH (a:Account {handle: 'fan_3'}) SET a.pull = 1.0",
        sql="DELETE FROM bond; UPDATE account SET pull = 1.0 WHERE handle = 'fan_3'",
    )
    assert await refresh(drained.parts.outbox) == 4
    assert not any(name in properties for properties in (await held(drained.parts)).values() for name in SUMS)
    assert await refresh(drained.parts.outbox) == 0


async def test_what_is_right_is_left(drained: Community) -> None:
    await rebuild(drained.parts.outbox, 1)
    before = await held(drained.parts)
    told: dict[str, int] = {}
    assert await refresh(drained.parts.outbox, told.__setitem__) == 0
    assert await held(drained.parts) == before
    assert told == {"sums": 9}


@pytest.mark.parametrize("edges", [1, 4, 7])
async def test_stretches_of_any_length_give_the_same(
    drained: Community, migrated: Stack, monkeypatch: pytest.MonkeyPatch, edges: int
) -> None:
    monkeypatch.setattr(refreshing, "EDGES_AT_ONCE", edges)
    monkeypatch.setattr(refreshing, "NODES_AT_ONCE", 1)
    await by_hand(migrated, cypher="MATCH (a:Account) SET a.fans = 99", sql="UPDATE account SET fans = 99")
    assert await refresh(drained.parts.outbox) == 9
    await assert_sums_follow_the_edges(drained.parts)
    await assert_in_step(drained.parts)


async def test_a_write_in_the_middle_is_not_overwritten(drained: Community, opened: Open, migrated: Stack) -> None:
    """The position moves after the edges are read and before the sums are written."""
    star, *_ = creators(await held(drained.parts))
    acts = count()
    await by_hand(migrated, cypher="MATCH (a:Account) SET a.pull = 7.0", sql="UPDATE account SET pull = 7.0")

    async def act(community: Community) -> None:
        number = next(acts)
        fan = await community.register(f"late_{number}")
        await community.record(fan, star, f"late-{number}", "tip", 500)
        await drain(community.parts.outbox)

    def observe(name: str) -> None:
        if name == "scan_bond" and next(scans) < 3:
            elsewhere(migrated, act, seed=900 + next(scans))

    scans = count()
    worker = await opened(observe=observe, lease_seconds=60.0)
    await refresh(worker.outbox)
    found = await held(drained.parts)
    assert next(acts) == 2
    assert found[star]["fans"] == 8
    await assert_sums_follow_the_edges(drained.parts)
    await assert_in_step(drained.parts)


async def test_a_refresh_while_others_write_ends_right(drained: Community, opened: Open, migrated: Stack) -> None:
    star, *_ = creators(await held(drained.parts))

    async def live() -> None:
        for place in range(60):
            fan = await drained.register(f"late_{place}")
            await drained.record(fan, star, f"late-{place}", "tip", place + 1)

    async with dispatching(await opened(), await opened()):
        living = asyncio.create_task(live())
        while not living.done():
            await by_hand(
                migrated,
                cypher="MATCH (a:Account {creator: true}) SET a.pull = a.pull + 1.0",
                sql="UPDATE account SET pull = pull + 1.0 WHERE creator",
            )
            await refresh(drained.parts.outbox)
        await living
    await assert_in_step(drained.parts)
    assert (await held(drained.parts))[star]["fans"] == 66


async def test_an_empty_graph_is_not_refreshed(drained: Community, migrated: Stack) -> None:
    await empty(migrated)
    with pytest.raises(Unavailable):
        await refresh(drained.parts.outbox)
