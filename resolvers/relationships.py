"""What lies between any two accounts."""

from collections.abc import Sequence
from dataclasses import dataclass

from graph_db.store import Edge
from planet_graph import ids
from planet_graph.models.accounts import Account
from resolvers.accounts import check_count
from resolvers.context import Context


@dataclass(frozen=True, slots=True)
class Between:
    """Two accounts that the viewer may see, and the follows between them."""

    account: Account
    other: Account
    follows: Edge | None
    followed_by: Edge | None


async def between(context: Context, pairs: Sequence[tuple[str, str]]) -> list[Between | None]:
    """Look pairs of accounts up, by their global ids; one statement for the accounts and one for the follows.

    Order: as the pairs; None where one of the two is not there.
    Raises: InvalidId, InvalidArgument over 100, Unavailable.
    """
    check_count(pairs, "pairs")
    numbers = [tuple(ids.from_global(one, ["Account"])[1] for one in pair) for pair in pairs]
    accounts = await context.loaders.accounts.load_many([number for pair in numbers for number in pair])
    follows = await context.loaders.follows.load_many(
        [(a, b) for one, other in numbers for a, b in ((one, other), (other, one))]
    )
    return [
        None
        if (one := accounts[2 * place]) is None or (other := accounts[2 * place + 1]) is None
        else Between(one, other, follows[2 * place], follows[2 * place + 1])
        for place in range(len(pairs))
    ]
