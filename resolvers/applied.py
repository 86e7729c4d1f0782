"""Whether the graph has followed a write."""

from graph_db.store import Unavailable
from planet_graph.errors import InvalidArgument
from planet_graph.models import log
from planet_graph.outbox import tokens
from resolvers.context import Context


async def wait(context: Context, fact: int) -> bool:
    """Wait for the caller's own write, as long as the setting says; nothing to wait for is applied."""
    return fact == 0 or await context.reads.tail.applied(fact, context.reads.applied_seconds)


def token_of(context: Context, fact: int) -> str | None:
    """Return the token of a write; None when it changed nothing that the graph holds."""
    return tokens.encode(context.reads.incarnation, fact) if fact else None


async def applied(context: Context, token: str) -> bool:
    """Say whether the graph holds what a token names. Raises: InvalidArgument, Unavailable."""
    fact = tokens.decode(context.reads.incarnation, token)
    async with context.reads.database.read() as session:
        there, position = await log.position_of(session, fact)
    if not there:
        raise InvalidArgument("The token names nothing in this community's log.")
    at = await context.reads.store.position()
    if at is None or at.incarnation != context.reads.incarnation:
        raise Unavailable("the graph is empty, being rebuilt, or of another log")
    return position is not None and at.position >= position
