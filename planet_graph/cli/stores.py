"""Commands on the stores as a whole."""

import json

import typer

from planet_graph.cli.options import RANDOM, Home, Json, settings_of
from planet_graph.cli.refusals import run
from planet_graph.web.parts import migrate_all


def migrate(home: Home = None, as_json: Json = False) -> None:
    """Bring database and graph to the newest form."""
    incarnation = run(migrate_all(settings_of(home), RANDOM))
    typer.echo(json.dumps({"incarnation": str(incarnation)}) if as_json else "Database and graph are migrated.")


def add_to(app: typer.Typer) -> None:
    """Add these commands to the program."""
    app.command()(migrate)
