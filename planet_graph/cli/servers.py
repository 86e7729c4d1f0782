"""`serve`: the product on an address."""

import contextlib
import logging
from typing import Annotated, TextIO

import structlog
import typer

from planet_graph import clock
from planet_graph.cli.options import At, Home, moment, settings_of
from planet_graph.cli.refusals import run

Host = Annotated[str, typer.Option("--host", help="The address to listen on.")]
Port = Annotated[int, typer.Option("--port", help="The port; 0 takes a free one.", min=0, max=65535)]


class Lines:
    """Writes lines where somebody reads them: what is answered must not depend on whether anybody still does."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def msg(self, message: str) -> None:
        """Write a line."""
        with contextlib.suppress(OSError, ValueError):  # a pipe that is broken, a stream that is closed
            self._stream.write(message + "\n")
            self._stream.flush()

    debug = info = warning = error = critical = msg


def log_to(stream: TextIO, level: int = logging.INFO) -> None:
    """Write logs of a level and above as JSON lines."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: Lines(stream),
    )


def serve(host: Host = "127.0.0.1", port: Port = 8000, at: At = None, home: Home = None) -> None:
    """Serve the GraphQL API until SIGTERM or Ctrl-C; prints `ready URL` when it answers."""
    settings = settings_of(home)
    ticking = clock.running() if at is None else clock.stopped_at(moment(at))
    log_to(typer.get_text_stream("stderr"))

    async def ready(url: str) -> None:
        typer.echo(f"ready {url}/graphql")

    async def work() -> None:
        from planet_graph.web.app import create_app
        from planet_graph.web.server import serve as run_server

        await run_server(create_app(settings, ticking), host, port, ready)

    run(work())


def add_to(app: typer.Typer) -> None:
    """Add these commands to the program."""
    app.command()(serve)
