"""Running the application on an address until it is told to end."""

import asyncio
import contextlib
import errno
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import ClassVar

from aiohttp import web

from planet_graph.errors import Refusal
from planet_graph.web.app import DRAIN_SECONDS

KEEPALIVE_SECONDS = 75


@dataclass(eq=False)
class CannotListen(Refusal):
    """The address cannot be listened on."""

    code: ClassVar[str] = "CANNOT_LISTEN"


async def serve(
    app: web.Application, host: str, port: int, ready: Callable[[str], Awaitable[None]] | None = None
) -> None:
    """Serve until SIGTERM or SIGINT; then refuse new connections, finish what is under way, and close the parts.

    `ready` is called with the address once it answers. Raises: CannotListen.
    """
    runner = web.AppRunner(app, keepalive_timeout=KEEPALIVE_SECONDS, shutdown_timeout=DRAIN_SECONDS, access_log=None)
    await runner.setup()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        await _listen(runner, host, port)
        bound = runner.addresses[0][1]
        shown = f"[{host}]" if ":" in host else host
        if ready is not None:
            await _unless(stop, ready(f"http://{shown}:{bound}"))
        await stop.wait()
    finally:
        await runner.cleanup()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


async def _listen(runner: web.AppRunner, host: str, port: int) -> None:
    """Begin to answer on an address. Raises: CannotListen."""
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            why = f"Port {port} of {host} is taken: end what listens there, or choose another --port (0: a free one)."
        else:
            why = f"Cannot listen on port {port} of {host} ({error.strerror}): choose another --port or --host."
        raise CannotListen(why) from None


async def _unless(stop: asyncio.Event, work: Awaitable[None]) -> None:
    """Do some work, but no longer than until it is time to stop."""
    task = asyncio.ensure_future(work)
    waiting = asyncio.ensure_future(stop.wait())
    await asyncio.wait([task, waiting], return_when=asyncio.FIRST_COMPLETED)
    for pending in (task, waiting):
        if not pending.done():
            pending.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await pending
    if task.done() and not task.cancelled():
        task.result()
