import asyncio
from dataclasses import dataclass
from itertools import count
from typing import LiteralString

import pytest

from graph_db.properties import EDGE_PROPERTIES, RANKS, Property
from graph_db.store import Unavailable
from graph_db.sums import names
from planet_graph.models import log
from planet_graph.outbox import check as checking
from planet_graph.outbox.check import KEY_TOLERANCE, Difference, alike, check, repair
from planet_graph.outbox.dispatch import drain
from planet_graph.outbox.facts import subjects_of
from planet_graph.outbox.refresh import refresh
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
    held,
)


@dataclass(frozen=True)
class Fault:
    """Something changed by hand, and what `check` is to say: (kind, differing properties, expected, found)."""

    cypher: LiteralString
    sql: str
    found: list[tuple[str, list[str], bool, bool]]


EDGE = ["dated", "since_us"]
BOND = sorted(EDGE_PROPERTIES["BOND"])
SUMS = sorted(names(RANKS["BOND"]))
FAULTS = {
    "follow missing": Fault(
        "MATCH ()-[f:FOLLOWS]->() WITH f ORDER BY f.target, f.source LIMIT 1 DELETE f",
        "DELETE FROM follows WHERE (target, source) IN (SELECT target, source FROM follows ORDER BY 1, 2 LIMIT 1)",
        [("FOLLOWS", EDGE, True, False)],
    ),
    "follow extra": Fault(
        "MATCH (a:Account {handle: 'fan_4'}), (b:Account {handle: 'fan_5'}) "
        "CREATE (a)-[:FOLLOWS {source: a.id, target: b.id, since_us: 5, dated: true}]->(b)",
        "INSERT INTO follows SELECT a.id, b.id, 5, 1 FROM account a, account b "
        "WHERE a.handle = 'fan_4' AND b.handle = 'fan_5'",
        [("FOLLOWS", EDGE, False, True)],
    ),
    "follow left open": Fault(
        "MATCH (a:Account {handle: 'fan_1'}), (b:Account {handle: 'creator0'}) "
        "CREATE (a)-[:FOLLOWS {source: a.id, target: b.id, since_us: 5, dated: true}]->(b)",
        "INSERT INTO follows SELECT a.id, b.id, 5, 1 FROM account a, account b "
        "WHERE a.handle = 'fan_1' AND b.handle = 'creator0'",
        [("FOLLOWS", EDGE, False, True)],
    ),
    "since_us of an earlier interval": Fault(
        "MATCH (:Account {handle: 'fan_2'})-[f:FOLLOWS]->(:Account {handle: 'creator1'}) "
        "SET f.since_us = f.since_us - 1",
        "UPDATE follows SET since_us = since_us - 1 WHERE source = (SELECT id FROM account WHERE handle = 'fan_2') "
        "AND target = (SELECT id FROM account WHERE handle = 'creator1')",
        [("FOLLOWS", ["since_us"], True, True)],
    ),
    "a flag": Fault(
        "MATCH (:Account {handle: 'fan_2'})-[f:FOLLOWS]->(:Account {handle: 'creator1'}) SET f.dated = false",
        "UPDATE follows SET dated = 0 WHERE source = (SELECT id FROM account WHERE handle = 'fan_2') "
        "AND target = (SELECT id FROM account WHERE handle = 'creator1')",
        [("FOLLOWS", ["dated"], True, True)],
    ),
    "the last digit of a weight": Fault(
        "MATCH (:Account {handle: 'fan_5'})-[b:BOND]->(:Account {handle: 'creator2'}) "
        "SET b.weight = b.weight * (1.0 + 3.0e-16)",
        "UPDATE bond SET weight = weight * (1.0 + 3.0e-16) WHERE source = (SELECT id FROM account WHERE "
        "handle = 'fan_5') AND target = (SELECT id FROM account WHERE handle = 'creator2')",
        [("BOND", ["weight"], True, True)],
    ),
    "a rank that is gone": Fault(
        "MATCH (:Account {handle: 'fan_5'})-[b:BOND]->(:Account {handle: 'creator2'}) REMOVE b.rank_key",
        "UPDATE bond SET rank_key = NULL WHERE source = (SELECT id FROM account WHERE handle = 'fan_5') "
        "AND target = (SELECT id FROM account WHERE handle = 'creator2')",
        [
            ("BOND", ["rank_key"], True, True),
            ("sums", ["creator_key", "fans", "pull", "pull_expression"], True, True),
        ],
    ),
    "bond missing": Fault(
        "MATCH (:Account {handle: 'fan_5'})-[b:BOND]->(:Account {handle: 'creator2'}) DELETE b",
        "DELETE FROM bond WHERE source = (SELECT id FROM account WHERE handle = 'fan_5') "
        "AND target = (SELECT id FROM account WHERE handle = 'creator2')",
        [
            ("BOND", BOND, True, False),
            ("sums", ["creator_key", "fans", "pull", "pull_expression"], True, True),
        ],
    ),
    "bond towards nobody's creator": Fault(
        "MATCH (a:Account {handle: 'fan_5'}), (b:Account {handle: 'fan_4'}) "
        "CREATE (a)-[:BOND {source: a.id, target: b.id, since_us: 1, day: 1, weight: 1.0, recent: 1.0, attention: 1.0, "
        "expression: 0.0, commitment: 0.0, trade_interest: 0.0, pull: 1.0, rank_key: 1, law: 1}]->(b)",
        "INSERT INTO bond SELECT a.id, b.id, 1, 1, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 1.0, 1, 1 FROM account a, account b "
        "WHERE a.handle = 'fan_5' AND b.handle = 'fan_4'",
        [
            ("BOND", BOND, False, True),
            ("sums", SUMS, True, False),
        ],
    ),
    "sums changed": Fault(
        "MATCH (a:Account {handle: 'creator1'}) SET a.pull = a.pull * 1.00001",
        "UPDATE account SET pull = pull * 1.00001 WHERE handle = 'creator1'",
        [("sums", ["pull"], True, True)],
    ),
    "a key that does not fit its sum": Fault(
        "MATCH (a:Account {handle: 'creator1'}) SET a.creator_key = a.creator_key + 2000",
        "UPDATE account SET creator_key = creator_key + 2000 WHERE handle = 'creator1'",
        [("sums", ["creator_key"], True, True)],
    ),
    "a count": Fault(
        "MATCH (a:Account {handle: 'creator1'}) SET a.fans = a.fans + 1",
        "UPDATE account SET fans = fans + 1 WHERE handle = 'creator1'",
        [("sums", ["fans"], True, True)],
    ),
    "sums of nobody's": Fault(
        "MATCH (a:Account {handle: 'fan_0'}) SET a.fans = 1",
        "UPDATE account SET fans = 1 WHERE handle = 'fan_0'",
        [("sums", ["fans"], False, True)],
    ),
    "a handle": Fault(
        "MATCH (a:Account {handle: 'fan_3'}) SET a.handle = 'fan_x'",
        "UPDATE account SET handle = 'fan_x' WHERE handle = 'fan_3'",
        [("account", ["handle"], True, True)],
    ),
    "a property that is gone": Fault(
        "MATCH (a:Account {handle: 'fan_3'}) REMOVE a.creator",
        "UPDATE account SET creator = NULL WHERE handle = 'fan_3'",
        [("account", ["creator"], True, True)],
    ),
    "account extra": Fault(
        "CREATE (:Account {id: 1, handle: 'ghost', creator: false}) "
        "CREATE (:Account {id: 9223372036854775807, handle: 'last', creator: false})",
        "INSERT INTO account (id, handle, creator) VALUES (1, 'ghost', 0), (9223372036854775807, 'last', 0)",
        [("account", ["creator", "handle"], False, True)] * 2,
    ),
    "account missing": Fault(
        "MATCH (a:Account {handle: 'fan_0'}) DETACH DELETE a",
        "PRAGMA foreign_keys = ON; DELETE FROM account WHERE handle = 'fan_0'",
        [
            ("account", ["creator", "handle"], True, False),
            ("FOLLOWS", EDGE, True, False),
            ("BOND", BOND, True, False),
            ("sums", ["creator_key", "fans", "pull", "pull_expression"], True, True),
        ],
    ),
}


def said(found: list[Difference]) -> list[tuple[str, list[str], bool, bool]]:
    return [
        (difference.kind, difference.names(), difference.expected is not None, difference.found is not None)
        for difference in found
    ]


@pytest.mark.parametrize("name", FAULTS)
async def test_a_fault_is_found_and_mended(lively: Community, migrated: Stack, name: str) -> None:
    parts = lively.parts
    await assert_in_step(parts)
    before = await held(parts)
    await by_hand(migrated, cypher=FAULTS[name].cypher, sql=FAULTS[name].sql)
    assert await held(parts) != before
    found = await differences(parts)
    assert said(found) == FAULTS[name].found
    await repair(parts.outbox, found, at_us=1, act=2)
    await drain(parts.outbox)
    await refresh(parts.outbox)
    await assert_in_step(parts)
    mended = await held(parts)
    assert mended.keys() == before.keys()


async def test_every_difference_is_found_in_batches(lively: Community, migrated: Stack) -> None:
    await drain(lively.parts.outbox)
    await by_hand(
        migrated, cypher="MATCH ()-[e:FOLLOWS|BOND]->() DELETE e", sql="DELETE FROM follows; DELETE FROM bond"
    )
    batches = [batch async for batch in check(lively.parts.outbox, size=5)]
    assert [len(batch) for batch in batches] == [5, 5, 5, 5, 3, 3]
    for number, batch in enumerate(batches):
        await repair(lively.parts.outbox, batch, at_us=1, act=number)
    await drain(lively.parts.outbox)
    await refresh(lively.parts.outbox)
    await assert_in_step(lively.parts)


async def test_repair_is_told_to_the_log_and_changes_no_row(lively: Community, migrated: Stack) -> None:
    await drain(lively.parts.outbox)
    await by_hand(migrated, cypher="MATCH ()-[e:FOLLOWS]->() DELETE e", sql="DELETE FROM follows")
    found = await differences(lively.parts)
    sums = Difference("sums", 7, None, {"fans": 1})
    assert await repair(lively.parts.outbox, [*found, sums], at_us=5, act=6) == 1
    assert await repair(lively.parts.outbox, [sums], at_us=5, act=6) == 0
    async with lively.parts.database.read() as session:
        (told,) = [fact for fact in await log.pending(session, 0) if fact.type == "repair"]
    assert (told.at_us, told.act, told.origin) == (5, 6, "")
    assert sorted(subjects_of(told).follows) == sorted(pair.subject for pair in found)


async def test_what_moves_between_the_two_reads_is_no_difference(
    lively: Community, opened: Open, migrated: Stack
) -> None:
    """SQL's rows are read first; then somebody acts and the graph follows, before it is read."""
    fans = [key for key, properties in (await _drained(lively)).items() if str(properties.get("handle")) == "fan_0"]
    looks: list[str] = []

    async def act(community: Community) -> None:
        number = len(looks)
        (fan,) = fans
        assert isinstance(fan, int)
        late = await community.register(f"late_{number}", creator=True)
        await community.follow(fan, late)
        await community.record(fan, late, f"late-{number}", "tip", 500)
        await drain(community.parts.outbox)

    def observe(name: str) -> None:
        if name in ("scan_account", "scan_follows", "scan_bond") and len(looks) < 4:
            looks.append(name)
            elsewhere(migrated, act, seed=900 + len(looks))

    worker = await opened(observe=observe, lease_seconds=60.0)
    assert await differences(worker) == []
    assert len(looks) == 4


async def test_a_subject_that_moves_while_it_is_judged_is_judged_later(
    lively: Community, opened: Open, migrated: Stack
) -> None:
    """A fault stays one, though its account acts at every look; what moves is not taken for one."""
    await drain(lively.parts.outbox)
    await by_hand(
        migrated,
        cypher="MATCH ()-[f:FOLLOWS]->() SET f.since_us = 7",
        sql="UPDATE follows SET since_us = 7",
    )
    pairs = [key for key in await held(lively.parts) if isinstance(key, tuple) and key[0] == "FOLLOWS"]
    _, follower, followee = pairs[0]
    looks: list[str] = []

    async def act(community: Community) -> None:
        await community.unfollow(follower, followee)
        await community.follow(follower, followee)

    def observe(name: str) -> None:
        if name == "edges_follows" and len(looks) < 3:
            looks.append(name)
            elsewhere(migrated, act, seed=900 + len(looks))

    worker = await opened(observe=observe, lease_seconds=60.0)
    found = await differences(worker)
    assert len(looks) == 3
    assert sorted(difference.subject for difference in found) == sorted((a, b) for _, a, b in pairs[1:])


async def test_a_graph_that_never_stands_still_is_not_judged(
    lively: Community, opened: Open, migrated: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "LOOKS", 2)
    await drain(lively.parts.outbox)
    await by_hand(migrated, cypher="MATCH ()-[f:FOLLOWS]->() SET f.since_us = 7", sql="UPDATE follows SET since_us = 7")
    looks = count()

    async def act(community: Community) -> None:
        await community.register(f"late_{next(looks)}")
        await drain(community.parts.outbox)

    def observe(name: str) -> None:
        if name == "edges_follows":
            elsewhere(migrated, act, seed=900 + next(looks))

    with pytest.raises(Unavailable, match="keeps moving"):
        await differences(await opened(observe=observe, lease_seconds=60.0))


async def test_a_check_while_others_write_finds_nothing(lively: Community, opened: Open) -> None:
    creators = [key for key, properties in (await _drained(lively)).items() if properties.get("creator")]

    async def live() -> None:
        for place in range(60):
            fan = await lively.register(f"late_{place}")
            for creator in creators:
                assert isinstance(creator, int)
                await lively.follow(fan, creator)
                await lively.record(fan, creator, f"late-{place}-{creator}", "tip", place + 1)
                await lively.unfollow(fan, creator)

    async with dispatching(await opened(), await opened()):
        living = asyncio.create_task(live())
        while not living.done():
            await assert_in_step(lively.parts)
        await living
    await assert_in_step(lively.parts)


async def _drained(community: Community) -> Held:
    await drain(community.parts.outbox)
    return await held(community.parts)


SOME: dict[str, Property] = {
    "fans": 3,
    "pull": 10.0,
    "pull_attention": 10.0,
    "pull_expression": 0.0,
    "creator_key": 3_321_928_095,
}


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({}, True),
        ({"pull": 10.0 * (1 + 0.9e-6)}, True),
        ({"pull": 10.0 * (1 + 1.1e-6)}, False),
        ({"pull_expression": 9e-6}, True),
        ({"pull_expression": 11e-6}, False),
        ({"creator_key": 3_321_928_095 + KEY_TOLERANCE}, True),
        ({"creator_key": 3_321_928_095 - KEY_TOLERANCE - 1}, False),
        ({"fans": 4}, False),
        ({"pull_commitment": 0.0}, False),
    ],
)
def test_sums_may_differ_by_what_addition_loses(change: dict[str, Property], same: bool) -> None:
    assert alike(RANKS["BOND"], SOME, {**SOME, **change}) is same


def test_no_sums_are_alike() -> None:
    assert alike(RANKS["BOND"], {}, {})
    assert not alike(RANKS["BOND"], {}, SOME)
    assert not alike(RANKS["BOND"], SOME, {})
