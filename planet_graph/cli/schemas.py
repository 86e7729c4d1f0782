"""`schema export`: the committed text of the schema."""

from pathlib import Path
from typing import Annotated

import typer

from planet_graph.cli.refusals import refuse

DEFAULT = Path("schema/planet.graphql")

app = typer.Typer(help="The GraphQL schema.", no_args_is_help=True)


@app.command()
def export(
    out: Annotated[Path, typer.Option("--out", help="The file to write.")] = DEFAULT,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail when the file is not up to date.")
    ] = False,
) -> None:
    """Write the schema's text."""
    from schema.root import sdl  # a slow import that no other command needs

    if not check:
        out.write_text(sdl(), encoding="utf-8")
    elif not out.exists() or out.read_text(encoding="utf-8") != sdl():
        refuse(f"{out} is not up to date: run `planet_graph schema export`.")


def add_to(program: typer.Typer) -> None:
    """Add these commands to the program."""
    program.add_typer(app, name="schema")
