"""Groups and memberships in the graph: what they carry, and that every way of bringing it there ends in the same."""

from dataclasses import dataclass, replace
from typing import LiteralString

import pytest

from graph_db.properties import EDGE_PROPERTIES, RANKS
from graph_db.sums import names
from planet_graph.outbox.check import repair
from planet_graph.outbox.dispatch import drain
from planet_graph.outbox.rebuild import rebuild
from planet_graph.outbox.refresh import refresh
from planet_graph.scoring import groups as law
from planet_graph.scoring.bonds import ActivityRow
from planet_graph.scoring.days import day_of
from planet_graph.services import erasures, memberships
from tests.conftest import Stack
from tests.planet_graph.outbox.conftest import (
    NOW_US,
    Community,
    Held,
    assert_in_step,
    by_hand,
    caller,
    differences,
    elsewhere,
    held,
)

TODAY = day_of(NOW_US)
QUIET = ["dated", "law", "since_us"]
ACTIVE = sorted(EDGE_PROPERTIES["MEMBER_OF"])
SUMS = sorted(names(RANKS["MEMBER_OF"]))


@dataclass(frozen=True)
class Town:
    """Two groups: one in which two of three members did something, one in which nobody did."""

    community: Community
    ann: int
    bob: int
    cid: int
    loud: int
    still: int

    async def held(self) -> Held:
        await drain(self.community.parts.outbox)
        return await held(self.community.parts)


@pytest.fixture
async def town(community: Community) -> Town:
    ann, bob, cid = [await community.register(handle) for handle in ("ann", "bob", "cid")]
    loud = await community.gather("loud", ann, bob, cid)
    still = await community.gather("still", bob)
    await community.act(ann, loud, "chat_line", 3)
    await community.act(ann, loud, "mention", 1, days_ago=3)
    await community.act(bob, loud, "reaction", 1)
    return Town(community, ann, bob, cid, loud, still)


async def test_a_membership_carries_what_its_member_did(town: Town) -> None:
    found = await town.held()
    assert found["Group", town.still, town.still] == {"slug": "still", "by_approval": False}
    rows = [ActivityRow(TODAY, "chat_line", 3, 0), ActivityRow(TODAY - 3, "mention", 1, 0)]
    edge = found["MEMBER_OF", town.ann, town.loud]
    since_us = edge["since_us"]
    assert edge == {"since_us": since_us, "dated": True, **law.edge_properties(rows)}
    assert edge["weight"] == pytest.approx(2.5, rel=1e-15)  # log2 of 1 + 3, and half of log2 of 1 + 1
    assert found["MEMBER_OF", town.cid, town.loud].keys() == set(QUIET)
    group = found["Group", town.loud, town.loud]
    assert (group["slug"], group["active"]) == ("loud", 2)
    sums = law.from_properties({name: value for name, value in group.items() if name in SUMS})
    assert sums is not None
    assert law.activity(sums, TODAY) == pytest.approx(2.5**0.5 + 1, rel=1e-12)
    await assert_in_step(town.community.parts)


async def test_joining_brings_what_was_done_before_and_leaving_takes_it_away(town: Town) -> None:
    dan = await town.community.register("dan")
    await town.community.act(dan, town.still, "mention", 7)
    found = await town.held()
    assert ("MEMBER_OF", dan, town.still) not in found
    assert "active" not in found["Group", town.still, town.still]
    services = town.community.parts.services
    await memberships.join(services, caller(dan), town.still)
    found = await town.held()
    assert found["MEMBER_OF", dan, town.still]["weight"] == 3.0
    assert found["Group", town.still, town.still]["active"] == 1
    await memberships.leave(services, caller(dan), town.still)
    found = await town.held()
    assert ("MEMBER_OF", dan, town.still) not in found
    assert found["Group", town.still, town.still] == {"slug": "still", "by_approval": False}
    await memberships.join(services, caller(dan), town.still)
    assert (await town.held())["MEMBER_OF", dan, town.still]["weight"] == 3.0
    await assert_in_step(town.community.parts)


async def test_a_rebuild_brings_the_same(town: Town) -> None:
    before = await town.held()
    for size in (1, 2, 5_000):
        rebuilt = await rebuild(town.community.parts.outbox, size, size=size)
        assert (rebuilt.groups, rebuilt.memberships) == (2, 4)
        assert await held(town.community.parts) == before
    await assert_in_step(town.community.parts)


async def test_who_is_erased_leaves_every_group_and_all_sums_step_by_step(town: Town) -> None:
    """Each step removes a row or two, and after each the graph holds what the rows say."""
    services = replace(town.community.parts.services, erased_at_once=1)
    for group in [await town.community.gather(f"group{n}", town.cid) for n in range(3)]:
        await memberships.join(services, caller(town.ann), group)
        await town.community.act(town.ann, group, "chat_line")
    assert (await erasures.erase(services, caller(town.ann), town.ann, "ann")).complete is False
    steps = 0
    while await erasures.resume(services):
        await assert_in_step(town.community.parts)
        steps += 1
    assert steps > 2
    found = await town.held()
    assert [key for key in found if isinstance(key, tuple) and key[0] == "MEMBER_OF" and key[1] == town.ann] == []
    assert found["Group", town.loud, town.loud]["active"] == 1
    await assert_in_step(town.community.parts)


@dataclass(frozen=True)
class Fault:
    """Something changed by hand, and what `check` is to say: (kind, differing properties, expected, found)."""

    cypher: LiteralString
    sql: str
    found: list[tuple[str, list[str], bool, bool]]


MOVED = ["active", "group_key", "pull", "pull_reaction"]
FAULTS = {
    "membership missing": Fault(
        "MATCH (:Account {handle: 'bob'})-[m:MEMBER_OF]->(:Group {slug: 'loud'}) DELETE m",
        "DELETE FROM member_of WHERE source = (SELECT id FROM account WHERE handle = 'bob') "
        "AND target = (SELECT id FROM community WHERE slug = 'loud')",
        [("MEMBER_OF", ACTIVE, True, False), ("group sums", MOVED, True, True)],
    ),
    "membership extra": Fault(
        "MATCH (a:Account {handle: 'cid'}), (g:Group {slug: 'still'}) "
        "CREATE (a)-[:MEMBER_OF {source: a.id, target: g.id, since_us: 5, dated: true, law: 1}]->(g)",
        "INSERT INTO member_of (source, target, since_us, dated, law) SELECT a.id, g.id, 5, 1, 1 "
        "FROM account a, community g WHERE a.handle = 'cid' AND g.slug = 'still'",
        [("MEMBER_OF", QUIET, False, True)],
    ),
    "the last digit of a weight": Fault(
        "MATCH (:Account {handle: 'ann'})-[m:MEMBER_OF]->() SET m.weight = m.weight * (1.0 + 3.0e-16)",
        "UPDATE member_of SET weight = weight * (1.0 + 3.0e-16) WHERE source = "
        "(SELECT id FROM account WHERE handle = 'ann')",
        [("MEMBER_OF", ["weight"], True, True)],
    ),
    "a slug": Fault(
        "MATCH (g:Group {slug: 'still'}) SET g.slug = 'loud'",
        "UPDATE community SET slug = 'loud' WHERE slug = 'still'",
        [("group", ["slug"], True, True)],
    ),
    "group extra": Fault(
        "CREATE (:Group {id: 1, slug: 'ghost', by_approval: false})",
        "INSERT INTO community (id, slug, by_approval) VALUES (1, 'ghost', 0)",
        [("group", ["by_approval", "slug"], False, True)],
    ),
    "group missing": Fault(
        "MATCH (g:Group {slug: 'still'}) DETACH DELETE g",
        "PRAGMA foreign_keys = ON; DELETE FROM community WHERE slug = 'still'",
        [("group", ["by_approval", "slug"], True, False), ("MEMBER_OF", QUIET, True, False)],
    ),
    "sums changed": Fault(
        "MATCH (g:Group {slug: 'loud'}) SET g.pull_chat_line = g.pull_chat_line * 1.00001",
        "UPDATE community SET pull_chat_line = pull_chat_line * 1.00001 WHERE slug = 'loud'",
        [("group sums", ["pull_chat_line"], True, True)],
    ),
    "sums of a still group": Fault(
        "MATCH (g:Group {slug: 'still'}) SET g.active = 1",
        "UPDATE community SET active = 1 WHERE slug = 'still'",
        [("group sums", ["active"], False, True)],
    ),
}


@pytest.mark.parametrize("name", FAULTS)
async def test_a_fault_is_found_and_mended(town: Town, migrated: Stack, name: str) -> None:
    parts = town.community.parts
    before = await town.held()
    await by_hand(migrated, cypher=FAULTS[name].cypher, sql=FAULTS[name].sql)
    assert await held(parts) != before
    found = await differences(parts)
    assert [
        (difference.kind, difference.names(), difference.expected is not None, difference.found is not None)
        for difference in found
    ] == FAULTS[name].found
    await repair(parts.outbox, found, at_us=1, act=2)
    await drain(parts.outbox)
    await refresh(parts.outbox)
    await assert_in_step(parts)
    assert await held(parts) == before


async def test_who_joins_while_a_rebuild_reads_is_counted_once(town: Town, migrated: Stack) -> None:
    """An account or group that is made after the nodes were read comes by the log, with its edges and their sums."""
    await town.held()
    made: list[int] = []

    async def live(community: Community) -> None:
        dan = await community.register("dan")
        await community.act(dan, town.loud, "chat_line", 3)
        await memberships.join(community.parts.services, caller(dan), town.loud)
        late = await community.gather("late", dan, town.ann)
        await community.act(town.ann, late, "chat_line", 3)
        made.append(late)

    def progress(step: str, done: int) -> None:
        if (step, done) == ("groups", 2):
            elsewhere(migrated, live)

    await rebuild(town.community.parts.outbox, 5, progress)
    found = await town.held()
    assert found["Group", town.loud, town.loud]["active"] == 3
    assert found["Group", made[0], made[0]]["active"] == 1
    await assert_in_step(town.community.parts)
