"""Accounts and creators by id and handle."""

from collections.abc import Sequence

from planet_graph.errors import InvalidArgument
from planet_graph.models.accounts import Account, Creator
from resolvers.context import Context

MAX_NAMED = 100


def check_count(named: Sequence[object], argument: str) -> None:
    """Refuse a list that names too many. Raises: InvalidArgument."""
    if len(named) > MAX_NAMED:
        raise InvalidArgument(f"`{argument}` names at most {MAX_NAMED} things; it names {len(named)}.")


async def account(context: Context, handle: str) -> Account | None:
    """Find an account by its handle, without case."""
    return await context.loaders.handles.load(handle.lower())


async def accounts(context: Context, handles: Sequence[str]) -> list[Account | None]:
    """Find accounts by handle. Order: as the handles. Raises: InvalidArgument over 100."""
    check_count(handles, "handles")
    return await context.loaders.handles.load_many([handle.lower() for handle in handles])


async def creator_of(context: Context, row: Account | None) -> tuple[Creator, Account] | None:
    """Return an account's creator identity with the account."""
    creator = None if row is None else await context.loaders.creators.load(row.id)
    return None if creator is None or row is None else (creator, row)


async def creator(context: Context, handle: str) -> tuple[Creator, Account] | None:
    """Find a creator by the account's handle."""
    return await creator_of(context, await account(context, handle))
