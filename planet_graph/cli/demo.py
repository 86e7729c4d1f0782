"""`demo`: the whole product from one folder, with a community to look at."""

import asyncio
import json
import logging
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal, cast

import typer
from aiohttp import ClientSession

from planet_graph import clock
from planet_graph.cli import local_neo4j
from planet_graph.cli.demo_community import bring_in
from planet_graph.cli.neo4j_programs import CannotStart
from planet_graph.cli.options import Home, settings_of
from planet_graph.cli.refusals import refuse, run
from planet_graph.cli.servers import Host, Port, log_to
from planet_graph.cli.tokens import token_for, token_of
from planet_graph.ingest import demo as community
from planet_graph.settings import Settings
from planet_graph.web.origins import LOCAL

QUERIES: tuple[tuple[str, str], ...] = (
    (
        "Who is popular, and why?",
        "{ popularCreators(first: 3) { edges { node { account { handle } } fanCount "
        "explanation { score contributions { factor points } } } } }",
    ),
    (
        "Who are a creator's strongest fans?",
        f'{{ creator(handle: "{community.CREATOR}") {{ topFans(first: 3) {{ edges {{ node {{ handle }} '
        "bond { strength lastDay } } } } }",
    ),
    (
        "Which groups are hot, and why?",
        "{ hotGroups(first: 3) { edges { node { slug memberCount } activeMemberCount "
        "explanation { score contributions { factor points } } } } }",
    ),
)

LOOPBACK = "127.0.0.1"
PATIENCE = 30
"""How often a query is asked again."""
AGAIN_SECONDS = 1.0

Graph = Annotated[
    Literal["neo4j"] | None,
    typer.Option("--graph", help="neo4j: a real Neo4j, started here from Maven artifacts.", show_default=False),
]
Fresh = Annotated[bool, typer.Option("--fresh", help="Begin anew: removes the home's community and graph.")]


def remove_community(home: Path) -> None:
    """Remove what an earlier demo made; the downloaded server and the signing key stay."""
    for name in ("database.db", "database.db-wal", "database.db-shm", "graph.db", "graph.db-wal", "graph.db-shm"):
        (home / name).unlink(missing_ok=True)
    for name in ("neo4j", "imports"):
        shutil.rmtree(home / name, ignore_errors=True)


@contextmanager
def graph_of(settings: Settings, graph: str | None) -> Generator[Settings]:
    """Give the graph of the demo: the home's file, or a Neo4j that lives as long as the demo."""
    if graph is None:
        yield settings
        return
    try:
        with local_neo4j.start(settings.home, progress=lambda step: typer.echo(step, err=True)) as url:
            yield settings.model_copy(update={"graph": url})
    except CannotStart as error:
        refuse(str(error))


async def ask(session: ClientSession, url: str, query: str) -> Any:
    """Ask a query of the running server."""
    async with session.post(url, json={"query": query}) as response:
        return await response.json()


async def first_answer(session: ClientSession, url: str, query: str) -> Any:
    """Ask until the graph answers: a Neo4j that has just begun may need longer than the server waits for it."""
    answer = await ask(session, url, query)
    for _ in range(PATIENCE):
        if not any(error["extensions"]["code"] == "UNAVAILABLE" for error in answer.get("errors", ())):
            break
        await asyncio.sleep(AGAIN_SECONDS)
        answer = await ask(session, url, query)
    return answer


def first_lines(answer: object) -> str:
    """Return the edges of an answer, one a line, or its errors."""
    edges = _edges(answer)
    return "\n".join(f"  {json.dumps(edge, ensure_ascii=False)}" for edge in (edges or [answer]))


def _edges(value: object) -> list[object]:
    """Find the first list of edges in an answer."""
    if not isinstance(value, dict):
        return []
    fields = cast(dict[str, object], value)
    found = fields.get("edges")
    if isinstance(found, list):
        return cast(list[object], found)
    empty: list[object] = []
    return next((edges for inner in fields.values() if (edges := _edges(inner))), empty)


async def show(settings: Settings, url: str) -> None:
    """Print the address, queries with the beginning of their answers, and tokens."""
    typer.echo(f"\nThe demo community is served at {url}\n")
    async with ClientSession() as session:
        for title, query in QUERIES:
            typer.echo(f"{title}\n  curl -s {url} -H 'Content-Type: application/json' \\\n    -d '{_body(query)}'")
            typer.echo(first_lines(await first_answer(session, url, query)) + "\n")
    tokens = {
        f"creator @{community.CREATOR}": await token_for(settings, community.CREATOR, []),
        f"fan @{community.FAN}": await token_for(settings, community.FAN, []),
        "server": token_of(settings, "demo-server", ["server"]),
    }
    for name, token in tokens.items():
        typer.echo(f"Token of the {name}\n  {token}")
    typer.echo(f"\nSend one as `Authorization: Bearer TOKEN`. Ctrl-C ends the demo.\nready {url}")


def _body(query: str) -> str:
    return json.dumps({"query": query})


def demo(
    host: Host = LOOPBACK, port: Port = 8000, graph: Graph = None, fresh: Fresh = False, home: Home = None
) -> None:
    """Serve the demo community from the home; the first run brings it in."""
    settings = settings_of(home)
    if settings.database:
        refuse("The demo runs on its own database file: unset PLANET_DATABASE.")
    if port and host == LOOPBACK and not local_neo4j.can_listen(port):
        refuse(f"Port {port} is taken by another program: choose one with --port (make demo PORT=8001).")
    settings = settings.model_copy(update={"origins": sorted({*settings.origins, LOCAL})})
    settings.home.mkdir(parents=True, exist_ok=True)
    if fresh:
        remove_community(settings.home)
    log_to(typer.get_text_stream("stderr"), logging.WARNING)  # beside what it prints a line an operation would be noise
    try:
        with graph_of(settings, graph) as chosen:
            run(bring_in(chosen))
            run(_serve(chosen, host, port))
    except KeyboardInterrupt:
        typer.echo("The demo has ended before it was ready.", err=True)


async def _serve(settings: Settings, host: str, port: int) -> None:
    from planet_graph.web.app import create_app
    from planet_graph.web.server import serve

    async def ready(url: str) -> None:
        await show(settings, f"{url}/graphql")

    await serve(create_app(settings, clock.running()), host, port, ready)


def add_to(app: typer.Typer) -> None:
    """Add these commands to the program."""
    app.command()(demo)
