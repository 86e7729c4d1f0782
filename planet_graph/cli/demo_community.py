"""Bringing the demo community into a home, and its graph to where the log is."""

import tempfile
from pathlib import Path

import typer

from graph_db.store import Unavailable
from planet_graph import clock
from planet_graph.cli.imports import bring_in as import_order
from planet_graph.cli.imports import progress_bar
from planet_graph.cli.options import RANDOM, patient
from planet_graph.ingest import demo as community
from planet_graph.ingest.run import Order
from planet_graph.outbox.dispatch import drain
from planet_graph.outbox.rebuild import rebuild
from planet_graph.scoring.days import day_of
from planet_graph.settings import Settings
from planet_graph.web.parts import Parts, migrate_all, open_parts

SOURCE = "demo"
TOKEN_BITS = 62


async def bring_in(settings: Settings) -> None:
    """Migrate, fill a graph that is empty or of another log, and import the community unless that was done.

    It is imported once: its days would be moved again on another day. An import that was stopped is done again.
    """
    incarnation = str(await migrate_all(patient(settings), RANDOM))
    async with open_parts(patient(settings), clock.running(), random=RANDOM) as parts:
        await _follow_log(parts)
    imported = settings.home / "imports" / SOURCE / "imported-into"
    if imported.exists() and imported.read_text() == incarnation:
        return
    typer.echo("Importing the demo community", err=True)
    await _import(settings, clock.system_us())
    imported.write_text(incarnation)


async def _import(settings: Settings, now_us: int) -> None:
    with tempfile.TemporaryDirectory() as folder, progress_bar() as progress:
        made = community.folder_as_of(day_of(now_us), Path(folder) / SOURCE)
        found = await import_order(settings, Order(made, SOURCE, now_us), progress)
    if found.unavailable is not None:
        raise Unavailable(found.unavailable)


async def _follow_log(parts: Parts) -> None:
    """Bring the graph to where the log is, from nothing where it has followed another one."""
    at = await parts.store.position()
    if at is not None and at.incarnation == parts.incarnation:
        await drain(parts.outbox)
        return
    typer.echo("Building the graph from the database", err=True)
    await rebuild(parts.outbox, RANDOM.getrandbits(TOKEN_BITS))
