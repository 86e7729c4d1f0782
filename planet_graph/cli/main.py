"""The command `planet_graph`: one file per group of commands."""

import typer

from planet_graph.cli import bonds, cypher, demo, exports, graph, hot_groups, imports, schemas, servers, stores, tokens

app = typer.Typer(
    name="planet_graph",
    help="A GraphQL platform for a community of trading creators.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
servers.add_to(app)
demo.add_to(app)
stores.add_to(app)
imports.add_to(app)
graph.add_to(app)
bonds.add_to(app)
hot_groups.add_to(app)
cypher.add_to(app)
exports.add_to(app)
tokens.add_to(app)
schemas.add_to(app)


def main() -> None:
    """Run a command; a refusal is one line on standard error and exit status 1, wrong usage 2."""
    app()
