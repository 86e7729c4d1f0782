"""Anything by its global id."""

from collections.abc import Sequence
from typing import TypeAlias

from planet_graph import ids
from planet_graph.models.accounts import Account, Creator
from planet_graph.models.drafts import Draft
from planet_graph.models.groups import Group
from planet_graph.models.messages import Message
from planet_graph.models.posts import Post
from resolvers import messages
from resolvers.accounts import check_count
from resolvers.context import Context

Found: TypeAlias = Account | tuple[Creator, Account] | Draft | Group | Message | Post
KINDS = ("Account", "Creator", "Draft", "Group", "Message", "Post")


async def nodes(context: Context, global_ids: Sequence[str]) -> list[Found | None]:
    """Find things by their global ids; a fixed number of statements for each kind that is named.

    Order: as the ids; None for what is not there. Raises: InvalidId, InvalidArgument over 100.
    """
    check_count(global_ids, "ids")
    named = [ids.from_global(text, KINDS) for text in global_ids]
    found: dict[tuple[str, int], Found] = {
        **await _people(context, named),
        **{("Draft", row.id): row for row in await context.loaders.drafts.load_many(_of(named, "Draft")) if row},
        **{("Group", row.id): row for row in await context.loaders.groups.load_many(_of(named, "Group")) if row},
        **{("Message", row.id): row for row in await _messages(context, _of(named, "Message")) if row},
        **{("Post", row.id): row for row in await context.loaders.posts.load_many(_of(named, "Post")) if row},
    }
    return [found.get(one) for one in named]


def _of(named: Sequence[tuple[str, int]], *kinds: str) -> list[int]:
    return [number for kind, number in named if kind in kinds]


async def _messages(context: Context, numbers: Sequence[int]) -> list[Message | None]:
    return await messages.visible(context, await context.loaders.messages.load_many(numbers)) if numbers else []


async def _people(context: Context, named: Sequence[tuple[str, int]]) -> dict[tuple[str, int], Found]:
    """Find accounts, and the creator identities of those that are asked for."""
    rows = await context.loaders.accounts.load_many(_of(named, "Account", "Creator"))
    found = {row.id: row for row in rows if row is not None}
    wanted = [number for number in _of(named, "Creator") if number in found]
    creators = {row.account_id: row for row in await context.loaders.creators.load_many(wanted) if row is not None}
    return {
        **{("Account", number): row for number, row in found.items()},
        **{("Creator", number): (row, found[number]) for number, row in creators.items()},
    }
