"""What an import leaves is what the same acts leave, one by one, each at its time."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from planet_graph import ids
from planet_graph.errors import BlockedByViewer, NotFound
from planet_graph.ingest.values import time_us
from planet_graph.models import accounts as account_rows
from planet_graph.models import groups
from planet_graph.outbox import dispatch
from planet_graph.services import accounts, blocks, follows, interactions, memberships
from planet_graph.services.act import Caller
from planet_graph.services.interactions import Interaction
from tests import servers
from tests.conftest import Stack
from tests.planet_graph.ingest.homes import AT_S, HOUR_S, Home, State, Town, embedded, open_home, rounded

SEED = 4
SERVER = Caller("test", "server", frozenset({"server"}))
FANS = [f"fan_{n:02}" for n in range(30)]
CREATORS = [f"creator_{n}" for n in range(8)]
GROUPS = [f"group_{n}" for n in range(4)]
POSTS = [f"post {n}" for n in range(20)]
JOINED_S = AT_S - 300 * 24 * HOUR_S
LATER_S = AT_S + 24 * HOUR_S


@dataclass(frozen=True)
class Follow:
    follower: str
    followee: str
    at: int


@dataclass(frozen=True)
class Block:
    blocker: str
    blocked: str
    at: int


@dataclass(frozen=True)
class Act:
    fan: str
    creator: str
    kind: str
    at: int
    post: str
    quantity: int


@dataclass(frozen=True)
class Join:
    account: str
    group: str
    at: int


def base() -> Town:
    """What both homes import: the creators, one act of a creator for each post, and the groups."""
    rows = [(creator, creator, "", JOINED_S, "", "true") for creator in CREATORS]
    acts = [(CREATORS[0], CREATORS[1], "seen", JOINED_S, post, "") for post in POSTS]
    return {"accounts": rows, "activity": acts, "groups": [(group, "", JOINED_S) for group in GROUPS]}


def joinings(random: Random) -> list[Join]:
    pairs = random.sample([(fan, group) for fan in FANS for group in GROUPS], 60)
    return [Join(*pair, random.randint(JOINED_S + 2_000, AT_S)) for pair in pairs]


def community(random: Random) -> tuple[list[tuple[str, int]], list[Follow], list[Block], list[Act]]:
    joined = [(fan, random.randint(JOINED_S, JOINED_S + 1_000)) for fan in FANS]
    pairs = random.sample([(a, b) for a in FANS for b in FANS + CREATORS if a != b], 150)
    followed = [Follow(*pair, random.randint(JOINED_S + 2_000, AT_S)) for pair in pairs]
    kinds = {"reaction": 1, "reply": 1, "dwell": 900, "tip": 2_000, "component_opened": 3, "seen": 5}
    done = [
        Act(
            random.choice(FANS),
            random.choice(CREATORS),
            kind := random.choice(list(kinds)),
            random.randint(JOINED_S + 2_000, AT_S),
            random.choice(["", *POSTS]),
            random.randint(1, kinds[kind]),
        )
        for _ in range(250)
    ]
    # Pairs with a follow, pairs that follow each other, and others; none blocks back, which the API refuses.
    apart = [(a, b) if random.random() < 0.5 else (b, a) for a, b in pairs[::4]]
    apart += random.sample([(a, b) for a in FANS for b in FANS + CREATORS if a != b], 20)
    once = {frozenset(pair): pair for pair in apart}.values()
    blocked = [Block(*pair, random.randint(JOINED_S + 2_000, AT_S)) for pair in once]
    blocked[0] = replace(blocked[0], at=next(one.at for one in followed if {*pairs[0]} == {one.follower, one.followee}))
    return joined, followed, blocked, done


async def act_one_by_one(
    home: Home, joined: Iterable[tuple[str, int]], done: Iterable[Follow | Block | Act | Join]
) -> int:
    """Act in order of time, blocks before what happens at the same time; return how many follows were refused."""
    services = home.parts.services
    for handle, at_s in joined:
        home.now_us[0] = at_s * 1_000_000
        await accounts.register(services, Caller("test", handle), handle)
    number = await home.numbers()
    group_of = await group_numbers(home)
    async with home.parts.database.read() as session:
        posts = {name: post for post, name in (await account_rows.external_names(session, "town", "Post")).items()}
    refused = 0
    for place, one in enumerate(sorted(done, key=lambda one: (one.at, not isinstance(one, Block)))):
        home.now_us[0] = one.at * 1_000_000
        if isinstance(one, Follow):
            caller = Caller("test", one.follower, account=number[one.follower])
            try:
                await follows.follow(services, caller, number[one.followee])
            except (BlockedByViewer, NotFound):
                refused += 1
            continue
        if isinstance(one, Join):
            caller = Caller("test", one.account, account=number[one.account])
            await memberships.join(services, caller, group_of[one.group])
            continue
        if isinstance(one, Block):
            await blocks.block(services, Caller("test", one.blocker, account=number[one.blocker]), number[one.blocked])
            continue
        item = Interaction(
            ids.to_global("Account", number[one.fan]),
            ids.to_global("Creator", number[one.creator]),
            one.kind,
            one.quantity,
            time_us(str(one.at)),
            ids.to_global("Post", posts[one.post]) if one.post else None,
        )
        recorded = await interactions.record(services, SERVER, [item], f"act {place}")
        assert [outcome.code for outcome in recorded.outcomes] == [None]
    await dispatch.drain(home.parts.outbox)
    return refused


async def group_numbers(home: Home) -> dict[str, int]:
    async with home.parts.database.read() as session:
        found = await groups.by_slugs(session, GROUPS)
    return {row.slug: row.id for row in found if row is not None}


def without_origin(state: State) -> State:
    """Leave out who said so, which is all that may differ, and the outside's ids of those who have none."""
    found: dict[str, dict[Any, Any]] = dict(state)
    found["accounts"] = {handle: row[:-1] for handle, row in state["accounts"].items()}
    found["follows"] = {pair: row[:-1] for pair, row in state["follows"].items()}
    found["blocks"] = {pair: row[:-1] for pair, row in state["blocks"].items()}
    found["memberships"] = {pair: row[:-1] for pair, row in state["memberships"].items()}
    found["activity"] = {key[1:]: row for key, row in state["activity"].items()}
    del found["names"]
    return rounded(found)


@pytest.fixture
def other(stack: Stack, tmp_path: Path, request: pytest.FixtureRequest) -> Stack:
    """A second database of the stack; the graph is the same one, emptied in between."""
    made = embedded(tmp_path / "other")
    if stack.name == "embedded":
        return made
    cluster: servers.Postgres = request.getfixturevalue("postgres_server")
    return replace(stack, home=made.home, database=cluster.url(cluster.database()))


async def test_import_and_acts_leave_the_same(stack: Stack, other: Stack) -> None:
    print(f"seed {SEED}")
    joined, followed, blocked, done = community(Random(SEED))
    joins = joinings(Random(SEED))
    start = base()
    whole = {
        "accounts": [*start["accounts"], *((fan, fan, "", at_s, "", "") for fan, at_s in joined)],
        "follows": [(one.follower, one.followee, one.at) for one in followed],
        "blocks": [(one.blocker, one.blocked, one.at) for one in blocked],
        "memberships": [(one.account, one.group, one.at, "") for one in joins],
        "activity": [
            *start["activity"],
            *((one.fan, one.creator, one.kind, one.at, one.post, one.quantity) for one in done),
        ],
    }
    ended, kept = followed[:40], followed[40:]
    fewer: Town = {
        "follows": [(one.follower, one.followee, one.at) for one in kept],
        "memberships": [(one.account, one.group, one.at, "") for one in joins[15:]],
    }
    async with open_home(stack) as home:
        await home.imports(start)
        summary = await home.imports(whole)
        await home.imports(fewer, at_us=LATER_S * 1_000_000)
        await home.assert_in_step()
        imported = without_origin(await home.state())
    if stack.name == "servers":
        servers.empty_neo4j(stack.graph)
    async with open_home(other) as home:
        await home.imports(start)
        refused = await act_one_by_one(home, joined, [*followed, *blocked, *done, *joins])
        closed = len((await home.state())["past"])
        home.now_us[0] = LATER_S * 1_000_000
        number = await home.numbers()
        for one in ended:
            caller = Caller("test", one.follower, account=number[one.follower])
            with suppress(BlockedByViewer, NotFound):
                await follows.unfollow(home.parts.services, caller, number[one.followee])
        group_of = await group_numbers(home)
        for one in joins[:15]:
            caller = Caller("test", one.account, account=number[one.account])
            await memberships.leave(home.parts.services, caller, group_of[one.group])
        await dispatch.drain(home.parts.outbox)
        await home.assert_in_step()
        acted = without_origin(await home.state())
    assert len(acted["activity"]) > 200
    assert len(acted["past memberships"]) == 15
    assert min(len(acted["blocks"]), len(acted["past"]) - closed, closed, refused) > 10
    assert summary.changes["blocks"] == {
        "set": len(blocked),
        "changed": 0,
        "lifted": 0,
        "follows_closed": closed,
        "follows_refused": refused,
    }
    for noun in acted:
        assert imported[noun] == acted[noun], noun
