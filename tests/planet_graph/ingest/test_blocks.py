"""Blocks of a file: what they end and refuse, what corrections give back, and what people decide."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from planet_graph.clock import Clock, system_us
from planet_graph.models import log
from planet_graph.models.log import Fact
from planet_graph.services import blocks, follows, mutes
from planet_graph.services.act import Caller
from planet_graph.web.parts import open_parts
from tests.planet_graph.ingest.homes import AT_S, AT_US, HOUR_S, Home, State, Town, embedded, open_home

ONE_S, TWO_S, THREE_S, FOUR_S = (AT_S - days * 24 * HOUR_S for days in (40, 30, 20, 10))
LATER_US = AT_US + 24 * HOUR_S * 1_000_000
PEOPLE = ("ann", "bob", "cyd")
ACCOUNTS = [(one, "", "", ONE_S, "", "true") for one in PEOPLE]


def us(seconds: int) -> int:
    return seconds * 1_000_000


async def number_of(home: Home, *handles: str) -> list[int]:
    numbers = await home.numbers()
    return [numbers[handle] for handle in handles]


def caller(account: int) -> Caller:
    return Caller("test", str(account), account=account)


def blocked(summary: Any) -> tuple[int, ...]:
    return tuple(summary.changes["blocks"].values())


@pytest.mark.parametrize(
    ("since", "block", "follow", "until"),
    [
        (TWO_S, THREE_S, (False, us(TWO_S), True, "town"), us(THREE_S)),
        (THREE_S, THREE_S, None, None),
        (FOUR_S, THREE_S, None, None),
        # Nobody knows when: it came before the block, and begins when the two were there.
        ("", THREE_S, (False, us(ONE_S), False, "town"), us(THREE_S)),
        ("", ONE_S, (False, us(ONE_S), False, "town"), None),
        (TWO_S, "", (False, us(TWO_S), True, "town"), AT_US),
        (AT_S, "", None, None),
    ],
)
@pytest.mark.parametrize("back", [False, True])
async def test_a_block_ends_what_came_before_and_refuses_what_came_after(
    home: Home, since: int | str, block: int | str, follow: object, until: int | None, back: bool
) -> None:
    pair = ("bob", "ann") if back else ("ann", "bob")
    town: Town = {
        "accounts": ACCOUNTS,
        "follows": [("cyd", "ann", TWO_S), ("ann", "bob", since)],
        "blocks": [(*pair, block)],
    }
    for at_us, set_ in ((AT_US, 1), (LATER_US, 0)):
        summary = await home.imports(town, at_us=at_us)
        state = await home.state()
        assert state["blocks"] == {pair: (us(block) if isinstance(block, int) else AT_US, None, block != "", "town")}
        assert state["follows"].get(("ann", "bob")) == follow
        kept: dict[Any, bool] = {}
        if isinstance(follow, tuple) and until is not None:
            kept = {("ann", "bob", follow[1], until): since != ""}
        assert state["past"] == kept
        assert list(state["FOLLOWS"]) == [("cyd", "ann")]
        refused = follow is None
        assert blocked(summary) == (set_, 0, 0, set_ * (not refused), refused)
        assert summary.changes["follows"] == {"opened": set_, "changed": 0, "closed": 0}
        assert summary.files["follows"]["rejected"] == refused
        reason = f"a block keeps the two from following each other since {'2026-0' if block else '2026-09-21T'}"
        assert [(file, line) for file, line, why in home.rejects() if why.startswith(reason)] == (
            [("follows.csv", 3)] if refused else []
        )
        await home.assert_in_step()
    assert summary.facts == 0


async def test_the_graph_and_the_log_follow(home: Home) -> None:
    acts = [("ann", "bob", "reply", TWO_S, "", ""), ("bob", "ann", "reply", TWO_S, "", "")]
    town: Town = {"accounts": ACCOUNTS, "activity": [*acts, ("cyd", "bob", "reply", TWO_S, "", "")]}
    await home.imports(town)
    before = await home.state()
    await home.imports({**town, "blocks": [("ann", "bob", THREE_S)]})
    bonds = (await home.state())["BOND"]
    assert {pair for pair, edge in bonds.items() if "rank_key" not in edge} == {("ann", "bob"), ("bob", "ann")}
    await home.assert_in_step()
    await home.imports({**town, "blocks": []})
    after = await home.state()
    assert (after["BOND"], after["blocks"]) == (before["BOND"], {})
    await home.assert_in_step()
    async with home.parts.database.read() as session:
        facts = [fact for fact in await session.scalars(select(Fact)) if fact.type in ("block", "unblock")]
    ann, bob = await number_of(home, "ann", "bob")
    both = [[ann, bob], [bob, ann]]
    told = [(fact.type, fact.origin) for fact in facts]
    assert told == [("block", "town")] * 2 + [("unblock", "town")] * 2
    assert [fact.payload.get("follows") or fact.payload["bonds"] for fact in facts] == [both] * 4


async def test_whom_only_a_block_names_gets_an_account(home: Home) -> None:
    summary = await home.imports(
        {"blocks": [("a", "b", TWO_S), ("b", "c", ""), ("a", "b", ONE_S), ("a", "d", AT_S + 1)]}
    )
    state = await home.state()
    assert {handle: row[1] for handle, row in state["accounts"].items()} == {
        "u_a": us(ONE_S),
        "u_b": us(ONE_S),
        "u_c": AT_US,
    }
    assert state["blocks"] == {
        ("u_a", "u_b"): (us(ONE_S), None, True, "town"),
        ("u_b", "u_c"): (AT_US, None, False, "town"),
    }
    assert summary.files["blocks"] == {"rows": 4, "taken": 3, "left_out": 1, "erased": 0, "rejected": 0}


def some_blocks(random: Random) -> Town:
    pairs = [(a, b) for a in PEOPLE for b in PEOPLE if a != b]
    return {
        "accounts": ACCOUNTS,
        "follows": [(*pair, AT_S - (n + 1) * 100) for n, pair in enumerate(pairs)],
        "blocks": [
            (*pair, random.choice(["", AT_S - random.randint(0, 700)])) for pair in pairs if random.random() < 0.4
        ],
    }


def told(state: State) -> list[object]:
    """All but the rows of follows that are over: one that was refused leaves none where it was never there."""
    there = {pair: row for pair, row in state["follows"].items() if row[0]}
    return [there, state["past"], state["blocks"], state["FOLLOWS"], state["nodes"]]


async def test_a_corrected_file_leaves_what_it_alone_would_have_left(home: Home, tmp_path: Path) -> None:
    town: Town = {}
    for seed in range(12):
        print(f"seed {seed}")
        town = some_blocks(Random(seed))
        await home.imports(town)
        await home.assert_in_step()
        async with open_home(embedded(tmp_path / f"fresh {seed}")) as fresh:
            await fresh.imports(town)
            assert told(await home.state()) == told(await fresh.state())
    await home.imports({**town, "blocks": []})
    assert len((await home.state())["FOLLOWS"]) == 6
    assert (await home.state())["past"] == {}


async def test_absent_files_leave_their_nouns_alone(home: Home) -> None:
    town: Town = {"accounts": ACCOUNTS, "follows": [("ann", "bob", TWO_S)], "blocks": [("ann", "bob", THREE_S)]}
    await home.imports(town)
    before = await home.state()
    summary = await home.imports({"follows": [("ann", "bob", TWO_S)]})
    assert (summary.facts, await home.state()) == (0, before)
    # A lifted block gives nothing back by itself: the follows are told by their own file.
    assert blocked(await home.imports({"blocks": []}, at_us=LATER_US)) == (0, 0, 1, 0, 0)
    state = await home.state()
    assert (state["blocks"], state["follows"], state["past"]) == ({}, before["follows"], before["past"])
    await home.imports({"follows": [("ann", "bob", TWO_S)]}, at_us=LATER_US)
    state = await home.state()
    assert (state["follows"], state["past"]) == ({("ann", "bob"): (True, us(TWO_S), True, "town")}, {})
    assert blocked(await home.imports({"blocks": [("bob", "ann", FOUR_S)]}, at_us=LATER_US)) == (1, 0, 0, 1, 0)
    state = await home.state()
    assert state["past"] == {("ann", "bob", us(TWO_S), us(FOUR_S)): True}
    assert state["FOLLOWS"] == {}
    await home.assert_in_step()


async def test_a_block_ends_the_follows_of_people_and_lifting_it_does_not_bring_them_back(home: Home) -> None:
    await home.imports({"accounts": ACCOUNTS})
    ann, bob, cyd = await number_of(home, *PEOPLE)
    for now_s, follower, followee in ((TWO_S, ann, bob), (FOUR_S, cyd, ann)):
        home.now_us[0] = us(now_s)
        await follows.follow(home.parts.services, caller(follower), followee)
    town: Town = {"follows": [], "blocks": [("bob", "ann", THREE_S), ("cyd", "ann", THREE_S)]}
    assert blocked(await home.imports(town)) == (2, 0, 0, 2, 0)
    state = await home.state()
    # The second one was there until the import told of the block.
    past = {("ann", "bob", us(TWO_S), us(THREE_S)): True, ("cyd", "ann", us(FOUR_S), AT_US): True}
    ended = {("ann", "bob"): (False, us(TWO_S), True, ""), ("cyd", "ann"): (False, us(FOUR_S), True, "")}
    assert (state["past"], state["follows"], state["FOLLOWS"]) == (past, ended, {})
    await home.imports({"follows": [("ann", "bob", TWO_S)], "blocks": []})
    state = await home.state()
    assert (state["past"], state["follows"], state["blocks"]) == (past, ended, {})
    await home.assert_in_step()


async def test_a_block_that_a_person_lifted_is_not_set_again(home: Home) -> None:
    lifted_us = us(AT_S + 2)
    town: Town = {"accounts": ACCOUNTS, "follows": [("bob", "ann", TWO_S)], "blocks": [("ann", "bob", THREE_S)]}
    await home.imports(town)
    ann, bob = await number_of(home, "ann", "bob")
    home.now_us[0] = lifted_us
    await blocks.unblock(home.parts.services, caller(ann), bob)
    moved: Town = {**town, "blocks": [("ann", "bob", FOUR_S)]}
    for again in (town, moved, {**town, "blocks": []}, {"follows": town["follows"]}, {"blocks": town["blocks"]}):
        assert (await home.imports(again, at_us=LATER_US)).facts == 0
        state = await home.state()
        assert state["blocks"] == {("ann", "bob"): (us(THREE_S), lifted_us, True, "")}
        assert state["follows"] == {("bob", "ann"): (False, us(TWO_S), True, "town")}
        assert state["past"] == {("bob", "ann", us(TWO_S), us(THREE_S)): True}
    # It was refused while the block stood, and is not any more.
    during: Town = {"follows": [("bob", "ann", AT_S + 1)]}
    assert blocked(await home.imports(during, at_us=LATER_US)) == (0, 0, 0, 0, 1)
    after: Town = {"follows": [("bob", "ann", AT_S + 2)]}
    assert (await home.imports(after, at_us=LATER_US)).changes["follows"]["opened"] == 1
    await home.assert_in_step()


async def test_a_block_that_a_person_set_stays_and_counts(home: Home) -> None:
    await home.imports({"accounts": ACCOUNTS})
    ann, bob = await number_of(home, "ann", "bob")
    home.now_us[0] = us(THREE_S)
    await blocks.block(home.parts.services, caller(ann), bob)
    rows = [("bob", "ann", TWO_S), ("ann", "bob", FOUR_S)]
    towns: list[Town] = [{"follows": rows}, {"follows": rows, "blocks": [("ann", "bob", ONE_S)]}, {"blocks": []}]
    for town in towns:
        await home.imports(town)
        state = await home.state()
        assert state["blocks"] == {("ann", "bob"): (us(THREE_S), None, True, "")}
        assert state["follows"] == {("bob", "ann"): (False, us(TWO_S), True, "town")}
        assert state["past"] == {("bob", "ann", us(TWO_S), us(THREE_S)): True}
        await home.assert_in_step()
    # Set again by a person it is a person's, whoever set it first.
    home.now_us[0] = AT_US
    await blocks.unblock(home.parts.services, caller(ann), bob)
    await blocks.block(home.parts.services, caller(ann), bob)
    await home.imports({"blocks": []}, at_us=LATER_US)
    assert (await home.state())["blocks"] == {("ann", "bob"): (AT_US, None, True, "")}


async def test_who_blocks_between_comparison_and_chunk_is_not_followed(home: Home) -> None:
    await home.imports({"accounts": ACCOUNTS})
    ann, bob, cyd = await number_of(home, *PEOPLE)
    compared: list[bool] = []
    acted: list[bool] = []

    async def block() -> None:
        async with open_parts(home.parts.settings, Clock(lambda: AT_US, system_us), random=Random(3)) as parts:
            await blocks.block(parts.services, caller(ann), bob)
            await blocks.block(parts.services, caller(cyd), ann)

    def meanwhile(point: str) -> None:
        if point == "sql:INSERT INTO import_follow_closings":
            compared.append(True)
        if point == "sql:before commit" and compared and not acted:
            acted.append(True)
            with ThreadPoolExecutor(1) as pool:
                pool.submit(asyncio.run, block()).result()

    rows = [("ann", "bob", TWO_S), ("ann", "cyd", TWO_S), ("bob", "cyd", TWO_S)]
    await home.imports({"follows": rows}, hook=meanwhile)
    assert acted
    assert set((await home.state())["FOLLOWS"]) == {("bob", "cyd")}
    await home.assert_in_step()


async def test_one_account_has_so_many_blocks_and_no_more(home: Home) -> None:
    await home.imports({"accounts": ACCOUNTS})
    ann, bob, cyd = await number_of(home, *PEOPLE)
    await mutes.mute(home.parts.services, caller(ann), bob)
    await blocks.block(home.parts.services, caller(ann), cyd)
    rows = [("ann", "a", FOUR_S), ("ann", "b", TWO_S), ("ann", "c", THREE_S), ("ann", "cyd", ONE_S), ("bob", "a", "")]
    for known in range(2):
        summary = await home.imports({"blocks": rows}, max_hidden=4)
        assert blocked(summary) == (0 if known else 3, 0, 0, 0, 0)
        assert home.rejects() == [("blocks.csv", 2, "one account blocks and mutes at most 4 others")]
        assert summary.files["blocks"] == {"rows": 5, "taken": 4, "left_out": 0, "erased": 0, "rejected": 1}
        assert set((await home.state())["blocks"]) == {("ann", "cyd"), ("ann", "u_b"), ("ann", "u_c"), ("bob", "u_a")}


async def test_what_a_person_wants_again_is_no_longer_the_imports_to_end(home: Home) -> None:
    town: Town = {"accounts": ACCOUNTS, "follows": [("cyd", "ann", TWO_S)], "blocks": [("ann", "bob", THREE_S)]}
    await home.imports(town)
    before = await home.state()
    ann, bob, cyd = await number_of(home, *PEOPLE)
    async with home.parts.database.read() as session:
        told = await log.newest(session)
    await blocks.block(home.parts.services, caller(ann), bob)
    await follows.follow(home.parts.services, caller(cyd), ann)
    async with home.parts.database.read() as session:
        assert await log.newest(session) == told
    summary = await home.imports({"follows": [], "blocks": []}, at_us=LATER_US)
    assert (summary.facts, blocked(summary)) == (0, (0, 0, 0, 0, 0))
    state = await home.state()
    assert state["blocks"] == {("ann", "bob"): (us(THREE_S), None, True, "")}
    assert state["follows"] == {("cyd", "ann"): (True, us(TWO_S), True, "")}
    assert (state["FOLLOWS"], state["past"]) == (before["FOLLOWS"], {})
