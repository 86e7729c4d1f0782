"""The strength of every bond in the graph, by the outside's ids, as a file for programs."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated

import typer

from graph_db.store import Edge, Store
from planet_graph import clock
from planet_graph.cli.options import RANDOM, At, Home, Json, moment, patient, settings_of
from planet_graph.cli.refusals import refuse, run
from planet_graph.database import Database
from planet_graph.models import accounts
from planet_graph.scoring.bonds import shown, weight_at
from planet_graph.scoring.days import day_of
from planet_graph.web.parts import open_parts


def bonds(
    source: Annotated[str, typer.Option(help="The import whose ids name fans and creators.")],
    out: Annotated[Path, typer.Option(help="The file to write: fan, creator, strength; tabs, no header.")],
    home: Home = None,
    at: At = None,
    as_json: Json = False,
) -> None:
    """Write the strength of every bond in the graph, as it is on a day (default: today), by the outside's ids."""
    day = day_of(clock.system_us() if at is None else moment(at))

    async def work() -> int:
        async with open_parts(patient(settings_of(home)), clock.running(), random=RANDOM) as parts:
            return await write(parts.database, parts.store, source, day, out)

    written = run(work())
    if not written:
        refuse(f"The graph holds no bond between accounts of the import {source!r}.")
    typer.echo(json.dumps({"bonds": written}) if as_json else f"{written:,} bonds")


async def write(database: Database, store: Store, source: str, day: int, out: Path) -> int:
    """Write fan, creator and strength (0 to 100, full precision) of the bonds between accounts of an import.

    Return how many there are; the file appears whole, or not at all where there is none.
    Order: by our ids of creator and fan. Raises: Unavailable.
    """
    async with database.read() as session:
        names = await accounts.external_names(session, source, "Account")
    written = 0
    part = out.with_name(out.name + ".part")
    with part.open("w", encoding="utf-8", newline="\n") as file:
        async for edges in store.scan("BOND"):
            lines = _lines(edges, names, day)
            file.writelines(lines)
            written += len(lines)
    if written:
        part.replace(out)
    else:
        part.unlink()
    return written


def _lines(edges: Iterable[Edge], names: Mapping[int, str], day: int) -> list[str]:
    lines: list[str] = []
    for edge in edges:
        fan, creator = names.get(edge.source), names.get(edge.target)
        if fan is not None and creator is not None:
            weight = weight_at(float(edge.properties["weight"]), int(edge.properties["day"]), day)
            lines.append(f"{fan}\t{creator}\t{shown(weight)!r}\n")
    return lines


def add_to(app: typer.Typer) -> None:
    """Add this command to the program."""
    app.command()(bonds)
