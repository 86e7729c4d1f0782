"""Accounts and creators by id and handle."""

from collections.abc import Sequence

from planet_graph import ids
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


Found = Account | tuple[Creator, Account]


async def nodes(context: Context, global_ids: Sequence[str]) -> list[Found | None]:
    """Find things by their global ids; two statements however many.

    Order: as the ids; None for what is not there. Raises: InvalidId, InvalidArgument over 100.
    """
    check_count(global_ids, "ids")
    named = [ids.from_global(text, ["Account", "Creator", "Post"]) for text in global_ids]
    rows = await context.loaders.accounts.load_many([number for kind, number in named if kind != "Post"])
    found = {row.id: row for row in rows if row is not None}
    wanted = [number for kind, number in named if kind == "Creator" and number in found]
    creators = {row.account_id: row for row in await context.loaders.creators.load_many(wanted) if row is not None}
    answers: list[Found | None] = []
    for kind, number in named:
        row, identity = found.get(number), creators.get(number)
        if kind == "Account":
            answers.append(row)
        else:
            answers.append((identity, row) if kind == "Creator" and identity is not None and row is not None else None)
    return answers
