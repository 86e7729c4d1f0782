"""`import`: people, groups and what they did from a folder of CSV files."""

import json
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from graph_db.store import Unavailable
from planet_graph import clock
from planet_graph.cli.options import RANDOM, At, Home, Json, moment, patient, settings_of
from planet_graph.cli.refusals import refuse, run
from planet_graph.ingest import folder as folders
from planet_graph.ingest import steps
from planet_graph.ingest.applied import bring_to_graph
from planet_graph.ingest.folder import Renaming
from planet_graph.ingest.run import Means, Order, import_folder
from planet_graph.ingest.summary import Summary, as_json, lines
from planet_graph.settings import Settings
from planet_graph.web.parts import open_parts

Source = Annotated[
    str | None, typer.Option("--source", help="The import's name (default: the folder's).", show_default=False)
]
Map = Annotated[
    str | None,
    typer.Option(
        "--map", metavar="[FILE.]COLUMN=NAME,...", help="What the files call our columns.", show_default=False
    ),
]
NoWait = Annotated[bool, typer.Option("--no-wait", help="Return as soon as the database holds it all.")]


@dataclass(frozen=True, slots=True)
class Imported:
    """An import and whether the graph holds it; `unavailable`: why the graph could not be brought there."""

    summary: Summary
    applied: bool
    unavailable: str | None = None


async def bring_in(settings: Settings, order: Order, progress: steps.Progress, *, wait: bool = True) -> Imported:
    """Import a folder into an installation and, where asked to wait, bring the graph to its last fact."""
    async with open_parts(patient(settings), clock.running(), random=RANDOM) as parts:
        imports = settings.home / "imports"
        key = parts.services.name_key
        means = Means(parts.database, imports, clock.system_us, RANDOM, progress=progress, name_key=key)
        summary = await import_folder(means, order)
        if not wait:
            return Imported(summary, applied=False)
        try:
            await bring_to_graph(parts.outbox, progress)
        except Unavailable as error:
            return Imported(summary, applied=False, unavailable=str(error))
        return Imported(summary, applied=True)


@contextmanager
def progress_bar() -> Generator[steps.Progress]:
    """Show each step on standard error while the block runs, where that is a terminal."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        tasks: dict[str, TaskID] = {}

        def tell(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bar.add_task(step)
            bar.update(tasks[step], completed=done, total=total or None)

        yield tell


def _renamings(text: str | None) -> list[Renaming]:
    try:
        return folders.renamings(text) if text else []
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def import_(
    folder: Annotated[Path, typer.Argument(help="Holds accounts, follows and others of its nouns as .csv or .csv.gz.")],
    source: Source = None,
    at: At = None,
    mapped: Map = None,
    no_wait: NoWait = False,
    home: Home = None,
    as_json_: Json = False,
) -> None:
    """Set people, groups and what they did to what a folder of CSV files says."""
    at_us = clock.system_us() if at is None else moment(at)
    order = Order(folder, source or folder.absolute().name, at_us, _renamings(mapped))
    begun = time.monotonic()
    with progress_bar() as progress:
        imported = run(bring_in(settings_of(home), order, progress, wait=not no_wait))
    seconds = round(time.monotonic() - begun, 3)
    if as_json_:
        found = {**as_json(imported.summary), "applied": imported.applied, "seconds": seconds}
        typer.echo(json.dumps(found))
    else:
        typer.echo("\n".join([*lines(imported.summary), f"{imported.summary.facts:,} facts in {seconds:,} s"]))
    if imported.unavailable is not None:
        refuse(
            f"The database holds the import, but the graph is unavailable: {imported.unavailable}. A server, or "
            "`planet_graph import` again, brings it to the graph once that is back."
        )


def add_to(app: typer.Typer) -> None:
    """Add these commands to the program."""
    app.command("import")(import_)
