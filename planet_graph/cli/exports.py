"""`export`: everything of one noun as a file for programs."""

import json
import time
from pathlib import Path
from typing import Annotated

import typer

from planet_graph import clock
from planet_graph.cli.graph import progress_on_stderr
from planet_graph.cli.options import RANDOM, At, Home, Json, moment, settings_of
from planet_graph.cli.refusals import refuse, run
from planet_graph.clock import Clock
from planet_graph.export.files import Format
from planet_graph.export.names import Names
from planet_graph.export.nouns import Asked, Noun
from planet_graph.export.parquet import NoParquet
from planet_graph.export.places import CannotWrite, appearing, place
from planet_graph.export.run import Order, check, export
from planet_graph.settings import Settings
from planet_graph.web.parts import open_parts


async def write(settings: Settings, ticking: Clock, order: Order, source: str | None, at_us: int | None) -> int:
    """Write a noun of an installation; return how many rows. Raises: InvalidArgument, NoParquet, Unavailable."""
    async with open_parts(settings, ticking, random=RANDOM) as parts:
        now_us = parts.clock.now_us()
        await check(parts.database, order, source, now_us, at_us)
        asked = Asked(parts.database, parts.store, Names(parts.database, source), now_us, at_us)
        with progress_on_stderr() as tell:
            return await export(asked, order, tell)


def export_(
    noun: Annotated[Noun, typer.Argument(help="What to write.")],
    format: Annotated[Format, typer.Option("--format", help="The form of the file.")],
    out: Annotated[Path, typer.Option("--out", help="The file, or a folder for it.")],
    source: Annotated[
        str | None,
        typer.Option("--source", help="Take the ids of this import, not the API's; leave out what it did not name."),
    ] = None,
    at: At = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Write all follows, bonds, activity or accounts, of the present or of a past time.

    Follows are as of the instant; bonds and activity as of the end of its UTC day.
    """
    path = place(out, f"{noun}.{format}")
    at_us = None if at is None else moment(at)
    begun = time.monotonic()
    try:
        with appearing(path) as part:
            written = run(write(settings_of(home), clock.running(), Order(noun, format, part), source, at_us))
    except (CannotWrite, NoParquet) as error:
        refuse(str(error))
    seconds = round(time.monotonic() - begun, 3)
    if as_json:
        typer.echo(json.dumps({"rows": written, "file": str(path), "seconds": seconds}))
    else:
        typer.echo(f"{written:,} rows in {path}, {seconds:,} s")


def add_to(app: typer.Typer) -> None:
    """Add this command to the program."""
    app.command("export")(export_)
