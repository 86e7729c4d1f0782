"""The messages of `bondChanges`."""

from typing import Annotated

import strawberry

from planet_graph.paging import Page
from resolvers import bonds
from resolvers import stream_messages as messages
from resolvers.bond_changes import TOP_FANS, BondNow
from resolvers.bonds import RankedBond
from resolvers.context import Context
from schema.accounts import Account
from schema.bonds import Bond, FanEdge
from schema.live import Gap, Heartbeat, LiveMessage, account_id, plain


@strawberry.type(
    description="The creator's strongest fans, strongest first, in place of all that was sent before. Sent first, "
    "after a gap, and once for an import."
)
class BondSnapshot(LiveMessage):
    """The present of a creator's bonds."""

    fans: list[FanEdge] = strawberry.field(description=f"At most {TOP_FANS} fans.")
    complete: bool = strawberry.field(description="Whether these are all; else go on with `topFans` and a `cursor`.")


@strawberry.type(
    description="The present of one fan's bond. Between messages a weight halves in 365 days: multiply it by "
    "2^(-days/365), days since the bond's `lastDay`."
)
class BondChange(LiveMessage):
    """A bond that changed."""

    fan_id: strawberry.ID = strawberry.field(description="The id of the fan's Account.")
    fan: Account | None = strawberry.field(description="The fan; null when the account is gone.")
    bond: Bond | None = strawberry.field(description="The bond; null when it is gone.")


BondMessage = Annotated[
    BondSnapshot | BondChange | Gap | Heartbeat,
    strawberry.union("BondMessage", description="A message of `bondChanges`."),
]


def bond_message(
    context: Context, found: messages.Message[Page[RankedBond], BondNow]
) -> BondSnapshot | BondChange | Gap | Heartbeat:
    """Present a message of `bondChanges`."""
    match found:
        case messages.Snapshot(cursor=cursor, value=page):
            fans = [FanEdge(row=row) for row in page.rows]
            return BondSnapshot(cursor=cursor, fans=fans, complete=not page.has_next)
        case messages.Changed(cursor=cursor, value=change):
            return BondChange(
                cursor=cursor,
                fan_id=account_id(change.fan),
                fan=Account.of_maybe(change.account),
                bond=None if change.edge is None else Bond(row=bonds.of_edge(change.edge, context.today)),
            )
        case other:
            return plain(other)
