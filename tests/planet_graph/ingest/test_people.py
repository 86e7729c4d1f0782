"""What people changed through the API stays as they changed it."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from random import Random

from sqlalchemy import update
from sqlmodel import col

from planet_graph import ids
from planet_graph.clock import Clock, system_us
from planet_graph.database import UnitOfWork
from planet_graph.models.accounts import Account
from planet_graph.services import follows, interactions
from planet_graph.services.act import Caller
from planet_graph.services.interactions import Interaction
from planet_graph.web.parts import open_parts
from tests.planet_graph.ingest.homes import AT_S, AT_US, Home, Town

TOWN: Town = {
    "accounts": [("ann", "", "Ann", AT_S, "none", "true"), ("bob", "", "Bob", AT_S, "none", "")],
    "follows": [("bob", "ann", AT_S), ("ann", "bob", AT_S)],
    "activity": [("bob", "ann", "reply", AT_S, "", 2)],
}
OTHER: Town = {
    "accounts": [
        ("ann", "annie", "Annie", AT_S - 9, "pending", "false"),
        ("bob", "bobby", "Bobby", AT_S - 9, "", "true"),
    ],
    "follows": [("bob", "ann", AT_S - 5), ("ann", "bob", AT_S - 5)],
    "activity": [],
}
SERVER = Caller("test", "server", frozenset({"server"}))


async def number_of(home: Home, handle: str) -> int:
    return (await home.numbers())[handle]


async def test_a_follow_that_a_person_ended_stays_ended_and_one_made_stays_made(home: Home) -> None:
    await home.imports({**TOWN, "follows": [("bob", "ann", AT_S)]})
    ann, bob = await number_of(home, "ann"), await number_of(home, "bob")
    home.now_us[0] = AT_US + 1
    await follows.unfollow(home.parts.services, Caller("test", "bob", account=bob), ann)
    await follows.follow(home.parts.services, Caller("test", "ann", account=ann), bob)
    empty: Town = {"follows": []}
    for town in (TOWN, OTHER, empty):
        await home.imports(town, at_us=AT_US + 2)
        state = await home.state()
        ann_now, bob_now = state["names"]["town", "ann"], state["names"]["town", "bob"]
        assert state["follows"] == {
            (bob_now, ann_now): (False, AT_US, True, ""),
            (ann_now, bob_now): (True, AT_US + 1, True, ""),
        }
        assert list(state["FOLLOWS"]) == [(ann_now, bob_now)]
        assert len(state["past"]) == 1


async def test_an_account_that_a_person_changed_stays_as_changed(home: Home) -> None:
    await home.imports(TOWN)
    before = await home.state()

    async def change(unit: UnitOfWork) -> None:
        mine = update(Account).where(col(Account.handle) == "ann").values(display_name="Mine", origin="")
        await unit.session.execute(mine)

    await home.parts.database.write(change)
    await home.imports(OTHER)
    state = await home.state()
    assert state["accounts"]["ann"] == ("Mine", *before["accounts"]["ann"][1:3], "")
    assert state["accounts"]["bobby"] == ("Bobby", (AT_S - 9) * 1_000_000, "verified", "town")
    assert state["creators"] == {"ann": before["creators"]["ann"], "bobby": (AT_S - 9) * 1_000_000}


async def test_what_the_product_counted_is_neither_changed_nor_removed(home: Home) -> None:
    await home.imports(TOWN)
    bob, ann = await number_of(home, "bob"), await number_of(home, "ann")
    item = Interaction(ids.to_global("Account", bob), ids.to_global("Creator", ann), "reply", 3, AT_US)
    await interactions.record(home.parts.services, SERVER, [item], "once")
    await home.imports(at_us=AT_US + 1)
    counted = {key[0]: row[0] for key, row in (await home.state())["activity"].items()}
    assert counted == {"": 3, "town": 2}
    await home.imports({"activity": []})
    state = await home.state()
    assert {key[0]: row[0] for key, row in state["activity"].items()} == {"": 3}
    assert list(state["BOND"]) == [("bob", "ann")]
    await home.assert_in_step()


async def test_a_creator_who_begins_brings_all_bonds_and_one_who_ends_takes_them(home: Home) -> None:
    acts = [(f"fan {n}", "ann", "", AT_S, "", "") for n in range(20)]
    town: Town = {"accounts": [("ann", "", "", AT_S, "", "")], "activity": acts}
    await home.imports(town)
    assert (await home.state())["BOND"] == {}
    await home.imports({"accounts": [("ann", "", "", AT_S, "", "yes")]})
    state = await home.state()
    assert len(state["BOND"]) == 20
    assert state["nodes"]["ann"]["fans"] == 20
    assert state["accounts"]["ann"][2] == "verified"
    await home.assert_in_step()
    summary = await home.imports(town)
    state = await home.state()
    assert (state["BOND"], state["creators"], len(state["activity"])) == ({}, {}, 20)
    assert summary.changes["creators"] == {"activated": 0, "ended": 1}
    await home.assert_in_step()


async def test_a_person_who_acts_between_comparison_and_chunk_is_not_overruled(home: Home) -> None:
    await home.imports(TOWN)
    ann, bob = await number_of(home, "ann"), await number_of(home, "bob")
    compared: list[bool] = []
    acted: list[bool] = []

    async def refollow() -> None:
        settings = home.parts.settings
        later = Clock(lambda: AT_US + 7, system_us)
        async with open_parts(settings, later, random=Random(3)) as parts:
            for follower, followee in ((bob, ann), (ann, bob)):
                caller = Caller("test", str(follower), account=follower)
                await follows.unfollow(parts.services, caller, followee)
                await follows.follow(parts.services, caller, followee)

    def meanwhile(point: str) -> None:
        if point == "sql:INSERT INTO import_follow_closings":
            compared.append(True)
        if point == "sql:before commit" and compared and not acted:
            acted.append(True)
            with ThreadPoolExecutor(1) as pool:
                pool.submit(asyncio.run, refollow()).result()

    await home.imports({**TOWN, "follows": [("bob", "ann", AT_S - 3)]}, hook=meanwhile)
    assert acted
    state = await home.state()
    assert set(state["follows"].values()) == {(True, AT_US + 7, True, "")}
    await home.assert_in_step()
