"""People who were erased do not come back by an import, whatever it brings and whenever it runs."""

import asyncio
import contextlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from planet_graph.database import Hook, no_hook
from planet_graph.ingest import erased
from planet_graph.ingest.folder import CannotImport
from planet_graph.ingest.reading import NOUNS
from planet_graph.ingest.run import Means, Order, import_folder
from planet_graph.ingest.summary import Summary
from planet_graph.models.metadata import METADATA
from planet_graph.services import erasures
from planet_graph.services.act import Caller
from planet_graph.services.erased_names import NameKey
from tests.conftest import Stack
from tests.planet_graph.ingest.homes import AT_S, AT_US, Home, Town, embedded, open_home, write

NO_PEOPLE = {
    *("handle", "display_name", "name_key", "kyc", "kind", "post", "group_key", "name"),
    *("post_key", "title", "body", "html", "facets", "in_reply_to", "symbols"),
}
OPERATOR = Caller("test", "operator", frozenset({"operator"}))
TOWN: Town = {
    "accounts": [
        ("a", "ann", "", AT_S - 90, "", 0),
        ("b", "ben", "", AT_S - 90, "", 1),
        ("c", "cat", "", AT_S - 90, "", 1),
        ("a", "ann", "", AT_S - 90, "", 0),
    ],
    "follows": [("a", "b", AT_S - 50), ("b", "a", AT_S - 50), ("c", "b", AT_S - 40), ("only", "a", AT_S - 30)],
    "activity": [("a", "b", "tip", AT_S - 20, "", 5), ("c", "b", "reply", AT_S - 20, "", 1)],
    "memberships": [("a", "g", AT_S - 20, "owner"), ("c", "g", AT_S - 20, "")],
}
KEY = NameKey(b"k" * 32)


async def brought(home: Home, town: Town = TOWN, *, key: NameKey = KEY, hook: Hook = no_hook) -> Summary:
    imports = home.parts.settings.home / "imports"
    wall_us, random = home.parts.clock.wall_us, home.parts.random
    means = Means(home.parts.database, imports, wall_us, random, hook, size=7, name_key=lambda: key)
    return await import_folder(means, Order(write(home.folder, town), "town", AT_US))


async def erase(home: Home, handle: str) -> int:
    number = (await home.numbers())[handle]
    services = replace(home.parts.services, name_key=lambda: KEY)
    await erasures.erase(services, OPERATOR, number, handle)
    return number


@pytest.fixture
async def without_ann(home: Home) -> Home:
    await brought(home)
    await erase(home, "ann")
    return home


async def test_rows_that_name_an_erased_person_are_left_out_and_not_listed(without_ann: Home) -> None:
    summary = await brought(without_ann)
    rows = {name: (of["rows"], of["taken"], of["erased"], of["rejected"]) for name, of in summary.files.items()}
    assert rows == {
        "accounts": (4, 2, 2, 0),
        "follows": (4, 1, 3, 0),
        "activity": (2, 1, 1, 0),
        "memberships": (2, 1, 1, 0),
    }
    assert without_ann.rejects() == []
    # `only` was made by the first import, by a row that counts no more
    assert set(await without_ann.numbers()) == {"ben", "cat", "only"}
    await without_ann.assert_in_step()


async def test_another_source_does_not_know_the_name(without_ann: Home) -> None:
    await without_ann.imports({"follows": [("a", "x", AT_S - 9)]}, source="village")
    assert "u_a" in await without_ann.numbers()


async def test_an_import_without_the_key_refuses(without_ann: Home) -> None:
    before = await without_ann.state()
    with pytest.raises(CannotImport, match=r"keys/erased_names\.hex"):
        await brought(without_ann, key=NameKey(b"x" * 32))
    assert await without_ann.state() == before


async def test_ids_of_erased_people_are_not_given_again(home: Home) -> None:
    await brought(home)
    await home.imports({"accounts": [("z", "zoe", "", "", "", 0)]}, source="village", wall_us=lambda: AT_US + 10**15)
    number = await erase(home, "zoe")
    await home.imports({"accounts": [("y", "yan", "", "", "", 0)]}, source="city")
    assert (await home.numbers())["yan"] > number


LATER: Town = {
    "accounts": [
        ("a", "ann_b", "Ann", AT_S - 90, "", 1),
        ("b", "ben", "", AT_S - 90, "", 1),
        ("d", "dot", "", "", "", 0),
    ],
    "follows": [("d", "a", AT_S - 8), ("a", "d", AT_S - 8), ("b", "d", AT_S - 8), ("a", "b", AT_S - 60)],
    "blocks": [("d", "a", AT_S - 6), ("a", "e", AT_S - 6), ("b", "d", AT_S - 6)],
    "memberships": [("a", "h", AT_S - 8, ""), ("a", "g", AT_S - 9, "admin"), ("d", "g", AT_S - 9, "owner")],
    "activity": [("d", "a", "tip", AT_S - 7, "", 5), ("a", "d", "tip", AT_S - 7, "", 5), ("b", "a", "tip", "", "", 5)],
}


async def erased_after(stack: Stack, home: Home, at: int) -> None:
    """Erase somebody between two transactions of an import that would change everything of the person."""
    await brought(home)
    number = (await home.numbers())["ann"]
    commits = 0

    async def elsewhere() -> None:
        async with open_home(stack, seed=2) as other:
            assert await erase(other, next(h for h, n in (await other.numbers()).items() if n == number)) == number

    def hook(point: str) -> None:
        nonlocal commits
        commits += point == "sql:after commit"
        if point == "sql:after commit" and commits == at:
            with ThreadPoolExecutor(1) as pool:
                pool.submit(asyncio.run, elsewhere()).result()

    with contextlib.suppress(CannotImport):
        await brought(home, LATER, hook=hook)
    print("erased after", at, "of", commits, "commits")
    assert commits >= at
    for again in (False, True):
        if again:
            await brought(home, LATER)
        assert not {"ann", "ann_b"} & set(await home.numbers())
        async with home.parts.database.read() as session:
            for table in METADATA.sorted_tables:
                if table.name not in ("log", "erased_accounts"):
                    rows = await session.execute(select(table))
                    assert [row for row in rows if number in tuple(row)] == [], (table.name, again)
        await home.assert_in_step()
    assert set(await home.numbers()) >= {"ben", "dot"}


@pytest.mark.parametrize("at", [2, 7, 12, 22, 27])
async def test_whoever_is_erased_while_an_import_runs_stays_so(stack: Stack, home: Home, at: int) -> None:
    await erased_after(stack, home, at)


@pytest.mark.parametrize("at", range(16, 34))
async def test_at_every_step_from_the_comparison_on(tmp_path: Path, at: int) -> None:
    stack = embedded(tmp_path)
    async with open_home(stack) as home:
        await erased_after(stack, home, at)


def test_every_file_says_which_columns_name_people() -> None:
    assert set(erased.PEOPLE) == {noun.table for noun in NOUNS.values()}
    texts = {
        column
        for noun in NOUNS.values()
        for column in noun.table.columns
        if column.type.python_type is str and column.name not in NO_PEOPLE
    }
    assert texts == {column for columns in erased.PEOPLE.values() for column in columns}
