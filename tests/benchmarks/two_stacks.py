"""A community imported into both stacks, and their answers. Usage: python -m tests.benchmarks.two_stacks FOLDER."""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any, cast
from urllib.parse import urlsplit

from aiohttp import ClientSession
from rich.console import Console
from rich.table import Table
from sqlalchemy import text

from planet_graph.clock import running
from planet_graph.web.parts import open_parts
from tests.api.clients import operation
from tests.api.conftest import settings_of
from tests.benchmarks.importing import MIB, Cost
from tests.conftest import Stack
from tests.installation import PROGRAM, ROOT, STACKS, StackName, command, empty_stack, environment

OURS = frozenset(
    {"id", "cursor", "startCursor", "endCursor", "node_id", "impressionToken", "proof", "createdAt", "joinedAt"}
)
"""What a stack draws for itself, or what a row left out and the moment of its import fills."""
TAGS = ("AAPL", "FB", "T", "GMRE")
LARGEST = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """An operation with its variables."""

    name: str
    variables: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Seen:
    """What one stack took and answered. Units: bytes."""

    first: Cost
    again: Cost
    check: str
    stores: Mapping[str, int]
    answers: Mapping[str, Any]
    asking_seconds: float


def questions(handles: Sequence[str]) -> list[Asked]:
    """Ask of what is ranked, of groups, of topics and of some people."""
    firsts = {"first": LARGEST}
    of_groups = [Asked(name, {"slug": tag.lower()}) for tag in TAGS for name in ("group_page",)]
    members = [Asked("group_members", {"slug": tag.lower(), **firsts}) for tag in TAGS]
    topics = [Asked("topic", {"cashtag": tag, **firsts}) for tag in TAGS]
    people = [
        Asked(name, {"handle": handle, **firsts})
        for handle in handles
        for name in ("account_posts", "account_groups", "account_followers")
    ]
    rankings = [Asked("hot_groups", firsts), Asked("popular_creators", firsts)]
    others = [Asked("groups", firsts), Asked("posts", firsts), Asked("search", {"text": "a", **firsts})]
    return [*rankings, *of_groups, *members, *topics, *others, *people]


def plain(value: object) -> object:
    """Leave out of an answer what each stack draws for itself."""
    if isinstance(value, dict):
        fields = cast(dict[str, object], value)
        return {name: plain(inner) for name, inner in fields.items() if name not in OURS}
    if isinstance(value, list):
        return [plain(inner) for inner in cast(list[object], value)]
    return value


def imported(stack: Stack, folder: Path, at: str) -> Cost:
    """Import in a process of its own; its peak is of that process alone."""
    begun = perf_counter()
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(
            [*PROGRAM, "import", str(folder), "--at", at], cwd=ROOT, stdout=out, env=environment(stack)
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        print(stack.name, out.read().decode(), file=sys.stderr)
    if process.returncode:
        raise RuntimeError(f"the import ended with {process.returncode}")
    return Cost(perf_counter() - begun, usage.ru_maxrss * 1024)


async def stores(stack: Stack) -> dict[str, int]:
    """Measure what the stores take on their disk."""
    if stack.name == "embedded":
        sizes = {path.name: path.stat().st_size for path in stack.home.glob("*.db*")}
        return {
            what: sum(size for name, size in sizes.items() if name.startswith(what)) for what in ("database", "graph")
        }
    async with open_parts(settings_of(stack), running()) as parts, parts.database.engine.connect() as connection:
        database = (await connection.execute(text("SELECT pg_database_size(current_database())"))).scalar_one()
    return {"database": database, **of_neo4j(stack.graph)}


def of_neo4j(url: str) -> dict[str, int]:
    """Measure the files of the server that answers there."""
    port = urlsplit(url).port
    (home,) = (
        conf.parent.parent
        for conf in Path(tempfile.gettempdir()).glob("planet-*/conf/neo4j.conf")
        if f":{port}" in conf.read_text()
    )
    graph = sum(path.stat().st_size for path in home.rglob("databases/neo4j/**/*") if path.is_file())
    log = sum(path.stat().st_size for path in home.rglob("transactions/neo4j/*"))
    return {"graph": graph, "graph's log": log}


async def asked(stack: Stack, at: str) -> tuple[dict[str, Any], float]:
    """Serve the stack as of a time and ask everything of it."""
    process = await asyncio.create_subprocess_exec(
        *(*PROGRAM, "serve", "--port", "0", "--at", at),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=environment(stack),
    )
    assert process.stdout is not None
    try:
        url = (await process.stdout.readline()).decode().removeprefix("ready ").strip()
        async with ClientSession() as session:
            ranked = await answer(session, url, Asked("popular_creators", {"first": 3}))
            handles = [edge["node"]["account"]["handle"] for edge in ranked["popularCreators"]["edges"]]
            begun = perf_counter()
            answers = {
                f"{one.name} {json.dumps(one.variables)}": plain(await answer(session, url, one))
                for one in questions(handles)
            }
        return answers, perf_counter() - begun
    finally:
        process.terminate()
        await process.wait()


async def answer(session: ClientSession, url: str, one: Asked) -> Any:
    """Ask; again while the graph is not there yet. Raises: RuntimeError for any other error."""
    for _ in range(30):
        body = {"query": operation(one.name), "variables": one.variables}
        async with session.post(url, json=body) as response:
            told = await response.json()
        if not told.get("errors"):
            return told["data"]
        if told["errors"][0]["extensions"]["code"] != "UNAVAILABLE":
            raise RuntimeError(f"{one}: {told['errors']}")
    raise RuntimeError(f"{one}: unavailable")


def seen(name: StackName, folder: Path, at: str) -> Seen:
    with empty_stack(name) as stack:
        if name == "servers":
            subprocess.run([*PROGRAM, "migrate"], cwd=ROOT, check=True, env=environment(stack), stdout=sys.stderr)
        first, again = imported(stack, folder, at), imported(stack, folder, at)
        sizes = asyncio.run(stores(stack))
        difference = asyncio.run(command(stack, "check"))
        answers, seconds = asyncio.run(asked(stack, at))
        return Seen(first, again, json.dumps(difference), sizes, answers, seconds)


def main() -> None:
    """Print what each stack took, and whether their answers are equal; exit with 1 when one is not."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.two_stacks", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--at", default="2016-03-31T23:59:59")
    parser.add_argument("--answers", type=Path, help="where to write them")
    given = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    table = Table("", *STACKS)
    both = [seen(name, given.folder, given.at) for name in STACKS]
    table.add_row("import", *(f"{one.first.seconds:.1f} s" for one in both))
    table.add_row("its peak memory", *(f"{one.first.peak / MIB:.0f} MiB" for one in both))
    table.add_row("the same again", *(f"{one.again.seconds:.1f} s" for one in both))
    table.add_row("check", *(one.check for one in both))
    table.add_row(
        "stores", *("; ".join(f"{what} {size / 1e6:.1f} MB" for what, size in one.stores.items()) for one in both)
    )
    table.add_row("asking", *(f"{one.asking_seconds:.1f} s" for one in both))
    Console(width=120).print(table)
    different = [name for name, found in both[0].answers.items() if found != both[1].answers[name]]
    print(f"{len(both[0].answers)} answers, {len(different)} different", *different, sep="\n  ")
    print(f"load {os.getloadavg()[0]:.1f}")
    if given.answers:
        given.answers.write_text(json.dumps([one.answers for one in both], indent=1))
    sys.exit(bool(different))


if __name__ == "__main__":
    main()
