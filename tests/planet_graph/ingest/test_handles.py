from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planet_graph.clock import system_us
from planet_graph.ingest.handles import derived, is_numbered, numbered
from planet_graph.services import accounts
from planet_graph.services.accounts import check_handle
from planet_graph.services.act import Caller
from tests.planet_graph.ingest.homes import AT_US, Home, embedded, open_home
from tests.planet_graph.ingest.towns import make


@pytest.mark.parametrize(
    ("external_id", "handle"),
    [
        ("Ann Lee", "ann_lee"),
        ("42", "u_42"),
        ("x", "u_x"),
        ("ab", "u_ab"),
        ("abc", "abc"),
        ("_abc", "u__abc"),
        ("Ärger", "u__rger"),
        ("用户", "u___"),
        ("a" * 40, "a" * 30),
        ("1" * 40, "u_" + "1" * 28),
    ],
)
def test_a_handle_is_made_of_an_id(external_id: str, handle: str) -> None:
    assert derived(external_id) == handle


@given(st.text(min_size=1, max_size=200), st.integers(2, 10**6))
def test_whatever_the_id_the_handle_is_well_formed(external_id: str, number: int) -> None:
    handle = check_handle(derived(external_id))
    other = check_handle(numbered(handle, number))
    assert is_numbered(other, handle)
    assert not is_numbered(handle + "x", handle)


def named(*rows: tuple[str, str]) -> dict[str, list[tuple[str, ...]]]:
    return {"accounts": [(external_id, handle, "", "", "", "") for external_id, handle in rows]}


async def test_on_a_clash_numbers_follow_in_the_order_of_the_ids(home: Home) -> None:
    await home.imports(named(("abc", ""), ("ABC", ""), ("Abc", ""), ("b", "abc_2"), ("c", "Named"), ("named", "")))
    assert (await home.state())["names"] == {
        ("town", "ABC"): "abc",
        ("town", "Abc"): "abc_3",
        ("town", "abc"): "abc_4",
        ("town", "b"): "abc_2",
        ("town", "c"): "named",
        ("town", "named"): "named_2",
    }


async def test_more_clashes_than_a_chunk_has_accounts(home: Home) -> None:
    await home.imports(named(*((f"{chr(0x4E00 + n)}", "") for n in range(60))))
    names = (await home.state())["names"]
    assert [names["town", chr(0x4E00 + n)] for n in range(60)] == ["u__", *(f"u___{n}" for n in range(2, 61))]


async def test_handles_of_people_who_are_there_already(home: Home) -> None:
    for handle in ("abc", "abc_2"):
        await accounts.register(home.parts.services, Caller("test", handle), handle)
    await home.imports(named(("1", "abc"), ("abc", "")))
    before = await home.state()
    assert before["names"] == {("town", "1"): "abc_3", ("town", "abc"): "abc_4"}
    assert (await home.imports()).facts == 0
    assert await home.state() == before


async def test_accounts_exchange_their_handles(home: Home) -> None:
    await home.imports(named(*((str(n), f"name{n}") for n in range(20))))
    summary = await home.imports(named(*((str(n), f"name{(n + 1) % 20}") for n in range(20))))
    assert (await home.state())["names"] == {("town", str(n)): f"name{(n + 1) % 20}" for n in range(20)}
    assert summary.changes["accounts"]["renamed"] == 20
    await home.assert_in_step()


async def test_two_homes_break_ties_alike(tmp_path: Path) -> None:
    """The ids differ; their order, which breaks ties, does not, whenever and with whatever randomness."""
    orders: list[list[str]] = []
    posts: list[list[str]] = []
    for seed, wall_us in ((1, system_us), (2, lambda: AT_US)):
        async with open_home(embedded(tmp_path / str(seed)), seed) as home:
            for source in ("town", "village"):
                await home.imports(make(Random(5)), source=source, wall_us=wall_us)
            await home.imports({"follows": [("late", "early", "")]}, source="town", wall_us=wall_us)
            numbers = await home.numbers()
            orders.append(sorted(numbers, key=lambda handle: numbers[handle]))
            posts.append(await home.posts_in_order())
    assert orders[0] == orders[1]
    assert posts[0] == posts[1]
    assert len(orders[0]) > 100


async def test_the_order_is_of_code_points(home: Home) -> None:
    people = ["Zoe", "adam", "Ångström", "\U0001f600", "éa", "_x", "~", "zz"]
    await home.imports({"follows": [(one, "a", "") for one in people]})
    names, numbers = (await home.state())["names"], await home.numbers()
    by_id = sorted(names, key=lambda name: numbers[names[name]])
    assert [external for _, external in by_id] == sorted([*people, "a"])
