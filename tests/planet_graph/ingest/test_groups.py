"""Groups and their members from files: slugs, owners, intervals, and what people changed."""

import contextlib

import pytest
from sqlalchemy import update
from sqlmodel import col

from planet_graph.database import UnitOfWork
from planet_graph.ingest.groups import derived
from planet_graph.models import groups as group_rows
from planet_graph.models.groups import Group
from planet_graph.models.memberships import Membership
from planet_graph.services import groups, memberships
from planet_graph.services.act import Caller
from planet_graph.services.groups import NewGroup
from tests.planet_graph.ingest.homes import AT_S, AT_US, Home, Town

DAY_S = 86_400
MADE_S, FIRST_S, THEN_S = AT_S - 50 * DAY_S, AT_S - 40 * DAY_S, AT_S - 30 * DAY_S
LATER_US = AT_US + DAY_S * 1_000_000
TOWN: Town = {
    "accounts": [("ann", "", "", FIRST_S, "", ""), ("bob", "", "", MADE_S, "", "")],
    "groups": [("TSLA", "Tesla talk", MADE_S), ("BRK-A", "", "")],
    "memberships": [
        ("ann", "TSLA", THEN_S, "owner"),
        ("bob", "TSLA", "", "moderator"),
        ("cat", "TSLA", FIRST_S, ""),
        ("ann", "BRK-A", THEN_S, ""),
        ("ann", "T", THEN_S, ""),
    ],
}


def us(seconds: int) -> int:
    return seconds * 1_000_000


@pytest.mark.parametrize(
    ("key", "slug"),
    [("TSLA", "tsla"), ("T", "t"), ("BRK-A", "brk-a"), ("_x y", "g__x_y"), ("Ä", "g__"), ("a" * 40, "a" * 30)],
)
def test_a_slug_is_made_of_an_id(key: str, slug: str) -> None:
    assert derived(key) == slug


async def test_files_become_groups_memberships_and_facts(home: Home) -> None:
    summary = await home.imports(TOWN)
    state = await home.state()
    assert state["groups"] == {
        "tsla": ("Tesla talk", us(MADE_S), "town", ("town", "TSLA")),
        "brk-a": ("brk-a", us(THEN_S), "town", ("town", "BRK-A")),
        "t": ("t", us(THEN_S), "town", ("town", "T")),
    }
    assert state["memberships"] == {
        ("ann", "tsla"): (True, "owner", us(THEN_S), True, "town"),
        ("bob", "tsla"): (True, "moderator", us(MADE_S), False, "town"),
        ("cat", "tsla"): (True, "member", us(FIRST_S), True, "town"),
        ("ann", "brk-a"): (True, "member", us(THEN_S), True, "town"),
        ("ann", "t"): (True, "member", us(THEN_S), True, "town"),
    }
    assert state["accounts"]["cat"] == ("cat", us(FIRST_S), "none", "town")
    assert summary.changes["groups"] == {"created": 3, "updated": 0}
    assert summary.changes["memberships"] == {"opened": 5, "changed": 0, "closed": 0}
    facts = await home.facts()
    assert (await home.imports(at_us=LATER_US)).facts == 0
    assert (await home.state(), await home.facts()) == (state, facts)
    await home.assert_in_step()


async def test_slugs_are_unique_in_the_order_of_the_ids_also_beside_those_of_people(home: Home) -> None:
    await home.imports({"accounts": [("ann", "", "", "", "", "")]})
    ann = Caller("test", "ann", account=(await home.numbers())["ann"])
    await groups.create(home.parts.services, ann, NewGroup("abc"))
    keys = ["abc", "ABC", "a?c", "a_c", *(f"{chr(0x4E00 + n)}" for n in range(20))]
    await home.imports({"groups": [(key, "", "") for key in keys]}, source="village")
    found = {named[1]: slug for slug, (*_, named) in (await home.state())["groups"].items() if named is not None}
    assert {key: found[key] for key in keys[:4]} == {"ABC": "abc_2", "abc": "abc_3", "a?c": "a_c", "a_c": "a_c_2"}
    assert [found[key] for key in keys[4:]] == ["g__", *(f"g___{n}" for n in range(2, 21))]


async def test_a_group_described_twice_is_taken_once(home: Home) -> None:
    await home.imports({"groups": [("a", "One", ""), ("b", "", ""), ("a", "Two", "")]})
    assert home.rejects() == [("groups.csv", 4, "the id stands in line 2 already")]
    assert (await home.state())["groups"]["a"][0] == "One"


async def test_a_corrected_folder_corrects(home: Home) -> None:
    await home.imports(TOWN)
    summary = await home.imports(
        {
            "groups": [("TSLA", "Tesla", ""), ("T", "AT&T", FIRST_S)],
            "memberships": [
                ("ann", "TSLA", FIRST_S, ""),
                ("cat", "TSLA", FIRST_S, "owner"),
                ("dot", "TSLA", AT_S, ""),
                ("ann", "BRK-A", THEN_S, ""),
            ],
        },
        at_us=LATER_US,
    )
    state = await home.state()
    assert {slug: row[:2] for slug, row in state["groups"].items()} == {
        "tsla": ("Tesla", us(MADE_S)),
        "brk-a": ("brk-a", us(THEN_S)),
        "t": ("AT&T", us(FIRST_S)),
    }
    assert state["memberships"] == {
        ("ann", "tsla"): (True, "member", us(FIRST_S), True, "town"),
        ("bob", "tsla"): (False, "member", us(MADE_S), False, "town"),
        ("cat", "tsla"): (True, "owner", us(FIRST_S), True, "town"),
        ("dot", "tsla"): (True, "member", AT_US, True, "town"),
        ("ann", "brk-a"): (True, "member", us(THEN_S), True, "town"),
        ("ann", "t"): (False, "member", us(THEN_S), True, "town"),
    }
    assert state["past memberships"] == {
        ("bob", "tsla", us(MADE_S), LATER_US): False,
        ("ann", "t", us(THEN_S), LATER_US): True,
    }
    assert summary.changes["groups"] == {"created": 0, "updated": 2}
    assert summary.changes["memberships"] == {"opened": 1, "changed": 2, "closed": 2}
    await home.imports(TOWN, at_us=LATER_US)
    again = await home.state()
    assert again["past memberships"] == {("dot", "tsla", AT_US, LATER_US): True}
    assert again["memberships"]["bob", "tsla"] == (True, "moderator", us(MADE_S), False, "town")
    await home.assert_in_step()


async def roles(home: Home, slug: str) -> dict[str, str]:
    found = (await home.state())["memberships"]
    return {who: row[1] for (who, group), row in found.items() if group == slug and row[0]}


async def test_a_group_has_one_owner(home: Home) -> None:
    rows = [("ann", "g", THEN_S, "owner"), ("bob", "g", FIRST_S, "owner"), ("cat", "g", FIRST_S, "owner")]
    await home.imports({"memberships": [*rows, ("ann", "g", THEN_S, "member"), ("ann", "h", "", "moderator")]})
    assert await roles(home, "g") == {"ann": "admin", "bob": "owner", "cat": "admin"}
    assert await roles(home, "h") == {"ann": "moderator"}
    assert (await home.imports()).facts == 0


async def test_whom_a_person_made_the_owner_stays_it(home: Home) -> None:
    await home.imports({"memberships": [("ann", "g", THEN_S, "owner"), ("bob", "g", THEN_S, "")]})
    number = await home.numbers()

    async def hand_over(unit: UnitOfWork) -> None:
        for handle, role in (("ann", "admin"), ("bob", "owner")):
            mine = update(Membership).where(col(Membership.account) == number[handle])
            await unit.session.execute(mine.values(role=role, origin=""))

    await home.parts.database.write(hand_over)
    for _ in range(2):
        await home.imports({"memberships": [("ann", "g", THEN_S, "owner"), ("cat", "g", THEN_S, "owner")]})
        assert await roles(home, "g") == {"ann": "admin", "bob": "owner", "cat": "admin"}


class Stopped(Exception):
    pass


async def test_never_are_there_two_owners(home: Home) -> None:
    owners: list[set[str]] = []
    for stop in range(1, 60):
        await home.imports({"memberships": [("ann", "g", THEN_S, "owner"), ("bob", "g", THEN_S, "")]})
        commits = 0

        def hook(point: str, stop: int = stop) -> None:
            nonlocal commits
            commits += point == "sql:after commit"
            if commits == stop:
                raise Stopped

        with contextlib.suppress(Stopped):
            await home.imports({"memberships": [("bob", "g", THEN_S, "owner")]}, at_us=LATER_US, hook=hook)
        owners.append({who for who, role in (await roles(home, "g")).items() if role == "owner"})
        if commits < stop:
            break
    assert [sorted(some) for some in owners if len(some) != 1] == []
    assert owners[-1] == {"bob"}


async def test_what_a_person_changed_stays(home: Home) -> None:
    await home.imports(TOWN)
    number = await home.numbers()
    async with home.parts.database.read() as session:
        (tsla,) = await group_rows.by_slugs(session, ["TSLA"])
    assert tsla is not None
    group = tsla.id
    home.now_us[0] = AT_US + 1
    await memberships.leave(home.parts.services, Caller("test", "cat", account=number["cat"]), group)

    async def rename(unit: UnitOfWork) -> None:
        await unit.session.execute(update(Group).where(col(Group.id) == group).values(name="Ours", origin=""))

    await home.parts.database.write(rename)
    empty: Town = {"memberships": []}
    for town in ({**TOWN, "groups": [("TSLA", "Theirs", MADE_S)]}, TOWN, empty):
        await home.imports(town, at_us=LATER_US)
        state = await home.state()
        assert state["memberships"]["cat", "tsla"] == (False, "member", us(FIRST_S), True, "")
        assert state["groups"]["tsla"][0] == "Ours"
    assert state["past memberships"]["cat", "tsla", us(FIRST_S), AT_US + 1] is True


async def test_a_group_that_closed_takes_no_members(home: Home) -> None:
    await home.imports({"groups": [("g", "", "")]})

    async def close(unit: UnitOfWork) -> None:
        await unit.session.execute(update(Group).values(closed_us=AT_US))

    await home.parts.database.write(close)
    assert (await home.imports({"memberships": [("ann", "g", "", "")]})).changes["memberships"]["opened"] == 0
    assert (await home.state())["memberships"] == {}
