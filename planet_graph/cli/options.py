"""Options that many commands share, and the settings they make."""

from datetime import UTC, datetime
from pathlib import Path
from random import SystemRandom
from typing import Annotated

import typer
from pydantic import ValidationError

from planet_graph.cli.refusals import refuse
from planet_graph.settings import Settings

Home = Annotated[
    Path | None,
    typer.Option("--home", help="The folder of the embedded default (PLANET_HOME, else .planet).", show_default=False),
]
At = Annotated[
    str | None,
    typer.Option("--at", help="A time: epoch seconds or ISO 8601, UTC where it names no zone.", show_default=False),
]
Json = Annotated[bool, typer.Option("--json", help="Answer as JSON, for programs.")]

RANDOM = SystemRandom()

GRAPH_SECONDS = 30.0


def settings_of(home: Path | None) -> Settings:
    """Read the settings; an option stands above the environment."""
    try:
        return Settings() if home is None else Settings(home=home)
    except ValidationError as error:
        first = error.errors()[0]
        refuse(f"PLANET_{str(first['loc'][0]).upper()}: {first['msg']}")


def moment(text: str) -> int:
    """Read a time. Units: microseconds since 1970. Raises: BadParameter (wrong usage)."""
    try:
        seconds = float(text)
        if not -62_135_596_800 <= seconds < 253_402_300_800:
            raise typer.BadParameter(f"{text!r} is outside the years 1 to 9999.")
        return round(seconds * 1_000_000)
    except ValueError:
        pass
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is neither epoch seconds nor ISO 8601.") from None
    return round((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1_000_000)


def patient(settings: Settings) -> Settings:
    """Let the graph take its time: nobody looks at a page, and a Neo4j that has just begun or is busy needs it."""
    return settings.model_copy(update={"graph_seconds": max(settings.graph_seconds, GRAPH_SECONDS)})
