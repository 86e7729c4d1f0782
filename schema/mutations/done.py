"""What every answer of a mutation that the graph follows has in common."""

from planet_graph import ids
from resolvers import applied
from resolvers.context import Context
from schema.accounts import Account
from schema.groups import Group
from schema.posts import Post, post_of

APPLIED = "Whether the graph already holds it, so that lists and counts show it. Else ask `applied(token)`."
TOKEN = "Pass it to `applied`; null where the graph had nothing to follow."


async def settle(context: Context, fact: int) -> tuple[bool, str | None]:
    """Wait for the graph to hold a write, and forget what was loaded before it.

    Return whether it does, and the write's token.
    """
    is_applied = await applied.wait(context, fact)
    context.renew()
    return is_applied, applied.token_of(context, fact)


def account_number(account: str) -> int:
    """Read the id of an Account. Raises: InvalidId."""
    return ids.from_global(account, ["Account"])[1]


async def reloaded(context: Context, account: int) -> Account | None:
    """Load an account as the viewer may see it now."""
    return Account.of_maybe(await context.loaders.accounts.load(account))


def group_number(group: str) -> int:
    """Read the id of a Group. Raises: InvalidId."""
    return ids.from_global(group, ["Group"])[1]


async def settle_group(context: Context, group: int, fact: int) -> tuple[Group, bool, str | None]:
    """Wait for the graph as `settle`, then load a group that was just changed.

    Raises: LookupError where it is gone, which is a bug.
    """
    is_applied, token = await settle(context, fact)
    row = await context.loaders.groups.load(group)
    if row is None:
        raise LookupError("a group that was just changed is gone")
    return Group.of(row), is_applied, token


def message_number(message: str) -> int:
    """Read the id of a Message. Raises: InvalidId."""
    return ids.from_global(message, ["Message"])[1]


def draft_number(draft: str) -> int:
    """Read the id of a Draft. Raises: InvalidId."""
    return ids.from_global(draft, ["Draft"])[1]


def post_number(post: str) -> int:
    """Read the id of a Post. Raises: InvalidId."""
    return ids.from_global(post, ["Post"])[1]


async def reloaded_post(context: Context, post: int) -> Post:
    """Load a post that was just changed."""
    row = await context.loaders.posts.load(post)
    if row is None:
        raise LookupError("a post that was just changed is gone")
    return post_of(row)
