"""`cypher`: a query of one's own on Neo4j, for reading."""

import csv
import io
import json
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from graph_db import connect
from graph_db.cypher import Answer, Bounds, Declined
from planet_graph.cli.options import RANDOM, Home, settings_of
from planet_graph.cli.refusals import refuse, run
from planet_graph.export.parquet import NoParquet, arrow, write_answer
from planet_graph.export.places import CannotWrite, appearing, place
from planet_graph.settings import Settings
from planet_graph.web.parts import database_of, incarnation_of

EMBEDDED = (
    "Neo4j only: the embedded graph speaks no Cypher. Set PLANET_GRAPH to a Neo4j (`planet_graph graph rebuild` fills "
    "it), or read everything with `planet_graph export`."
)
WIDE = 10_000
"""Columns of a page that no terminal cuts."""

Format = Literal["table", "csv", "parquet"]


async def answer(settings: Settings, query: str, parameters: dict[str, Any], bounds: Bounds) -> Answer:
    """Read an installation's graph. Raises: Declined, Unavailable."""
    database = database_of(settings, RANDOM)
    try:
        incarnation = await incarnation_of(database)
    finally:
        await database.close()
    password = settings.graph_password
    reader = connect.cypher(
        settings.graph_url,
        incarnation=incarnation,
        user=settings.graph_user,
        password=None if password is None else password.get_secret_value(),
    )
    if reader is None:
        raise Declined(EMBEDDED)
    try:
        return await reader.read(query, parameters, bounds)
    finally:
        await reader.close()


def cypher(
    query: Annotated[str, typer.Argument(help="One statement; it may use the values of --param as $NAME.")],
    format: Annotated[Format, typer.Option("--format", help="How the rows are written.")] = "table",
    out: Annotated[
        Path | None, typer.Option("--out", help="The file to write (default: standard output).", show_default=False)
    ] = None,
    rows: Annotated[int, typer.Option("--rows", help="How many rows at most.", min=1, max=1_000_000)] = 1_000,
    seconds: Annotated[float, typer.Option("--seconds", help="How long at most.", min=0.1, max=600)] = 10,
    param: Annotated[
        list[str] | None, typer.Option("--param", metavar="NAME=VALUE", help="A value: JSON, or else text.")
    ] = None,
    home: Home = None,
) -> None:
    """Ask Neo4j in Cypher: read-only, and within a time and a number of rows."""
    if format == "parquet" and out is None:
        refuse("Parquet goes to a file: name it with --out.")
    settings = settings_of(home)
    bounds = Bounds(seconds, rows)
    parameters = dict(map(_parameter, param or ()))
    try:
        if format == "parquet":
            arrow()
        if out is None:
            _show(run(answer(settings, query, parameters, bounds)), format)
            return
        with appearing(place(out, f"answer.{'txt' if format == 'table' else format}")) as part:
            found = run(answer(settings, query, parameters, bounds))
            if format == "parquet":
                write_answer(part, found.columns, found.rows)
            else:
                part.write_text(_csv(found) if format == "csv" else _table(found, WIDE), encoding="utf-8", newline="")
    except (CannotWrite, Declined, NoParquet) as error:
        refuse(str(error))
    typer.echo(f"{len(found.rows):,} rows", err=True)


def _parameter(text: str) -> tuple[str, Any]:
    """Read NAME=VALUE. Raises: BadParameter (wrong usage)."""
    name, divided, value = text.partition("=")
    if not divided or not name:
        raise typer.BadParameter(f"{text!r} is not NAME=VALUE.")
    try:
        return name, json.loads(value)
    except json.JSONDecodeError:
        return name, value


def _show(found: Answer, format: Format) -> None:
    if format == "csv":
        typer.echo(_csv(found), nl=False)
    else:
        console = Console()
        typer.echo(_table(found, console.width if console.is_terminal else WIDE), nl=False)


def cell(value: Any) -> str:
    """Write a value: text as it is, nothing as nothing, all else as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _csv(found: Answer) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(found.columns)
    writer.writerows([[cell(value) for value in row] for row in found.rows])
    return file.getvalue()


def _table(found: Answer, width: int) -> str:
    """Draw a table; what the graph holds is text, neither markup nor orders to a terminal."""
    table = Table(box=box.SIMPLE_HEAD)
    for column, values in zip(found.columns, zip(*found.rows, strict=True), strict=False) if found.rows else ():
        numbers = all(isinstance(value, int | float) for value in values)
        table.add_column(Text(_printable(column)), justify="right" if numbers else "left", overflow="fold")
    if not found.rows:
        for column in found.columns:
            table.add_column(Text(_printable(column)))
    for row in found.rows:
        table.add_row(*(Text(_printable(cell(value))) for value in row))
    file = io.StringIO()
    Console(file=file, width=width, color_system=None).print(table)
    return file.getvalue()


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)


def add_to(app: typer.Typer) -> None:
    """Add this command to the program."""
    app.command()(cypher)
