import asyncio
import gzip
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from planet_graph import clock
from planet_graph.ingest.exclusive import file_lock
from planet_graph.ingest.folder import CannotImport, Renaming, check_source, find, renamings
from planet_graph.web.parts import open_parts
from tests.planet_graph.ingest.homes import AT_S, AT_US, Home, Town, embedded, open_home, write

GOOD: Town = {
    "accounts": [("a", "aaa", "", AT_S, "", "true"), ("b", "bbb", "", AT_S, "", "")],
    "follows": [("b", "a", AT_S)],
    "activity": [("b", "a", "reply", AT_S, "p", 1)],
}

Spoil = Callable[[Path], object]
SPOILED: dict[str, tuple[Spoil, str]] = {
    "no key column": (
        lambda folder: (folder / "activity.csv").write_text("fan,kind\nb,reply\n"),
        "activity.csv has no column 'creator'",
    ),
    "empty": (lambda folder: (folder / "activity.csv").write_text(""), "lacks the header row"),
    "not UTF-8": (
        lambda folder: (folder / "activity.csv").write_bytes(b"fan,creator\n" + b"b,c\n" * 9_000 + b"b,\xff\n"),
        "activity.csv is not UTF-8",
    ),
    "broken gzip": (
        lambda folder: (
            (folder / "activity.csv").unlink(),
            (folder / "activity.csv.gz").write_bytes(gzip.compress(b"fan,creator\n" + b"b,c\n" * 9_000)[:-9]),
        ),
        "activity.csv.gz is not a whole gzip file",
    ),
    "no gzip": (
        lambda folder: (
            (folder / "activity.csv").unlink(),
            (folder / "activity.csv.gz").write_bytes(b"fan,creator\nb,c\n"),
        ),
        "activity.csv.gz is not a whole gzip file",
    ),
    "both": (lambda folder: (folder / "activity.csv.gz").write_bytes(gzip.compress(b"fan,creator\n")), "both"),
    "a folder": (
        lambda folder: ((folder / "activity.csv").unlink(), (folder / "activity.csv").mkdir()),
        "activity.csv cannot be read",
    ),
    "open quote": (
        lambda folder: (folder / "activity.csv").write_text('fan,creator\nb,a\nb,"c\nb,d\n'),
        "activity.csv is no CSV",
    ),
    "text after a quote": (
        lambda folder: (folder / "activity.csv").write_text('fan,creator\nb,"a"c\n'),
        "activity.csv is no CSV",
    ),
    "a column twice": (
        lambda folder: (folder / "activity.csv").write_text("fan,creator,at,at\nb,a,1,2\n"),
        "has the column 'at' twice",
    ),
}


@pytest.mark.parametrize("fault", SPOILED)
async def test_a_file_that_cannot_be_read_as_a_whole_changes_nothing(home: Home, fault: str) -> None:
    await home.imports(GOOD)
    before, facts, rejects = await home.state(), await home.facts(), home.rejects()
    spoil, message = SPOILED[fault]
    # The other files would change something.
    spoil(write(home.folder, {**GOOD, "accounts": [("new", "", "", "", "", "")], "follows": []}))
    with pytest.raises(CannotImport, match=message):
        await home.imports()
    assert (await home.state(), await home.facts(), home.rejects()) == (before, facts, rejects)
    assert [path.name for path in (home.parts.settings.home / "imports" / "town").iterdir()].count(
        "rejects.csv.new"
    ) == 0


async def test_what_cannot_be_imported_at_all(home: Home) -> None:
    await home.imports(GOOD)
    before = await home.state()
    with pytest.raises(CannotImport, match="cannot name a source"):
        await home.imports(source="../town")
    with pytest.raises(CannotImport, match="between the years"):
        await home.imports(at_us=0)
    with pytest.raises(CannotImport, match="between the years"):
        await home.imports(at_us=AT_US * 10)
    with pytest.raises(CannotImport, match="holds none of"):
        await home.imports({})
    home.folder = home.folder / "nowhere"
    with pytest.raises(CannotImport, match="is no folder"):
        await home.imports()
    assert await home.state() == before


async def test_two_imports_of_a_source_do_not_mix(home: Home) -> None:
    await home.imports(GOOD)
    with (
        file_lock(home.parts.settings.home / "imports" / "town", "town"),
        pytest.raises(CannotImport, match="under way"),
    ):
        await home.imports()
    await home.imports()


@pytest.mark.parametrize("stack", ["servers"], indirect=True)
async def test_two_homes_of_a_database_do_not_mix(home: Home) -> None:
    """The lock of a home does not reach another machine's; PostgreSQL's does."""
    refusals: list[str] = []

    async def again() -> None:
        settings = home.parts.settings.model_copy(update={"home": home.folder.parent / "second"})
        async with open_parts(settings, clock.running(), random=Random(9)) as parts:
            await Home(parts, home.folder).imports()

    def meanwhile(point: str) -> None:
        if "import_account_rows" in point and not refusals:
            refusals.append("asked")
            with ThreadPoolExecutor(1) as pool:
                refusals.append(str(pool.submit(asyncio.run, again()).exception()))

    await home.imports(GOOD, hook=meanwhile)
    assert refusals == ["asked", "Another import of 'town' is under way."]


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a b", "é", "x" * 65])
def test_a_source_is_a_plain_name(name: str) -> None:
    with pytest.raises(CannotImport):
        check_source(name)


def test_a_file_calls_columns_otherwise(tmp_path: Path) -> None:
    (tmp_path / "activity.csv").write_text("src,dst,when\nb,a,1\n")
    mapped = renamings("activity.fan=src, creator = dst,activity.at=when")
    assert mapped == [
        Renaming("activity", "fan", "src"),
        Renaming(None, "creator", "dst"),
        Renaming("activity", "at", "when"),
    ]
    (file,) = find(tmp_path, mapped)
    assert file.names == ("src", "dst", "kind", "when", "post", "quantity")
    with pytest.raises(CannotImport, match="No file has the column 'since'"):
        find(tmp_path, [*mapped, Renaming(None, "quantity", "since")])


@pytest.mark.parametrize("text", ["", "fan", "fan=", "=x", "posts.fan=x", "follows.fan=x", "a,b=c", "kinds=x"])
def test_a_map_that_maps_nothing(text: str) -> None:
    with pytest.raises(ValueError, match="does not map a column"):
        renamings(text)


async def test_nobody_waits_while_files_are_read_and_compared(tmp_path: Path) -> None:
    """On SQLite only the short chunks hold the write lock."""
    stack = embedded(tmp_path)
    free: list[str] = []

    def beside(point: str) -> None:
        if point.startswith("sql:INSERT INTO import_"):
            with closing(sqlite3.connect(stack.home / "database.db", timeout=0, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                other.execute("ROLLBACK")
            free.append(point)

    async with open_home(stack) as home:
        await home.imports(GOOD, hook=beside)
    assert len(set(free)) > 8
