"""Commands that keep the graph in step with the database."""

import json
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress as Bar
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

from planet_graph import clock, ids
from planet_graph.cli.options import RANDOM, Home, Json, patient, settings_of
from planet_graph.cli.refusals import run
from planet_graph.outbox.check import Difference, check, repair
from planet_graph.outbox.dispatch import drain
from planet_graph.outbox.rebuild import Progress, Rebuilt, rebuild
from planet_graph.outbox.refresh import refresh
from planet_graph.web.parts import Parts, open_parts

SHOWN = 20
TOKEN_BITS = 62

graph = typer.Typer(help="Rebuild the graph, or its sums.", no_args_is_help=True)


@contextmanager
def progress_on_stderr() -> Generator[Progress]:
    """Show each step and its count while the block runs, where standard error is a terminal."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed:,}"), TimeElapsedColumn())
    console = Console(stderr=True)
    with Bar(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        tasks: dict[str, Any] = {}

        def tell(step: str, done: int) -> None:
            if step not in tasks:
                tasks[step] = bar.add_task(step, total=None)
            bar.update(tasks[step], completed=done)

        yield tell


@asynccontextmanager
async def parts_of(home: Path | None) -> AsyncGenerator[Parts]:
    """Open the installation for a command that dispatches by itself."""
    async with open_parts(patient(settings_of(home)), clock.running(), random=RANDOM) as parts:
        yield parts


@graph.command("rebuild")
def rebuild_(home: Home = None, as_json: Json = False) -> None:
    """Empty the graph and load everything; it is unavailable meanwhile."""

    async def work() -> Rebuilt:
        async with parts_of(home) as parts:
            with progress_on_stderr() as tell:
                return await rebuild(parts.outbox, RANDOM.getrandbits(TOKEN_BITS), tell)

    rebuilt = run(work())
    if as_json:
        typer.echo(json.dumps(asdict(rebuilt)))
        return
    if rebuilt.former is not None:
        typer.echo(f"The dispatcher {rebuilt.former!r} rested meanwhile.", err=True)
    typer.echo(
        f"The graph holds {rebuilt.accounts:,} accounts, {rebuilt.groups:,} groups, {rebuilt.follows:,} follows, "
        f"{rebuilt.bonds:,} bonds and {rebuilt.memberships:,} memberships, and what was committed up to position "
        f"{rebuilt.position:,}."
    )


@graph.command("refresh")
def refresh_(home: Home = None, as_json: Json = False) -> None:
    """Compute the sums of creators and groups again from the graph's own bonds and memberships."""

    async def work() -> int:
        async with parts_of(home) as parts:
            with progress_on_stderr() as tell:
                return await refresh(parts.outbox, tell)

    changed = run(work())
    typer.echo(json.dumps({"changed": changed}) if as_json else f"The sums of {changed:,} creators and groups changed.")


def check_(
    home: Home = None,
    mend: Annotated[bool, typer.Option("--repair", help="Mend what differs, then check again.")] = False,
    as_json: Json = False,
) -> None:
    """Compare the graph with the database; exit status 1 when anything differs."""

    async def work() -> tuple[int, int | None]:
        async with parts_of(home) as parts:
            found = await _check(parts, mend=mend, quiet=as_json)
            if not mend or not found:
                return found, None
            await drain(parts.outbox)
            with progress_on_stderr() as tell:
                await refresh(parts.outbox, tell)
            return found, await _check(parts, mend=False, quiet=as_json)

    found, left = run(work())
    if as_json:
        typer.echo(json.dumps({"differences": found} if left is None else {"differences": left, "repaired": found}))
    else:
        typer.echo(_counted(found) if left is None else f"{_counted(found)} repaired; {_counted(left)} left")
    if found if left is None else left:
        raise typer.Exit(1)


async def _check(parts: Parts, *, mend: bool, quiet: bool) -> int:
    """Count and print what differs, and have it projected again where asked for."""
    act = ids.draw(parts.clock.now_us(), RANDOM)
    found = 0
    with progress_on_stderr() as tell:
        async for differences in check(parts.outbox, tell):
            for difference in [] if quiet else differences[: max(0, SHOWN - found)]:
                typer.echo(described(difference))
            found += len(differences)
            if mend:
                await repair(parts.outbox, differences, at_us=parts.clock.now_us(), act=act)
    return found


def _counted(differences: int) -> str:
    return f"{differences:,} difference{'' if differences == 1 else 's'}"


def described(difference: Difference) -> str:
    """Say in one line what is there and what ought to be."""
    subject = difference.subject
    named = f"{subject[0]} -> {subject[1]}" if isinstance(subject, tuple) else str(subject)
    names = difference.names()

    def side(properties: Any) -> str:
        if properties is None:
            return "nothing"
        return " ".join(f"{name}={properties[name]!r}" if name in properties else f"no {name}" for name in names)

    return f"{difference.kind} {named}: expected {side(difference.expected)}; found {side(difference.found)}"


def add_to(app: typer.Typer) -> None:
    """Add these commands to the program."""
    app.add_typer(graph, name="graph")
    app.command("check")(check_)
