"""The messages of `accountChanges`."""

from typing import Annotated

import strawberry

from planet_graph.models import accounts as rows
from resolvers import stream_messages as messages
from resolvers.account_changes import AccountNow
from schema.accounts import Account
from schema.live import Gap, Heartbeat, LiveMessage, account_id, plain


@strawberry.type(description="The accounts. Sent first, after a gap, and once for an import.")
class AccountSnapshot(LiveMessage):
    """The present of the accounts."""

    accounts: list[Account | None] = strawberry.field(
        description="The accounts in the order in which they were named; null for what is not there."
    )


@strawberry.type(description="The present of one account.")
class AccountChange(LiveMessage):
    """An account that changed."""

    account_id: strawberry.ID = strawberry.field(description="The account's id.")
    account: Account | None = strawberry.field(description="The account; null when it is gone.")


AccountMessage = Annotated[
    AccountSnapshot | AccountChange | Gap | Heartbeat,
    strawberry.union("AccountMessage", description="A message of `accountChanges`."),
]


def account_message(
    found: messages.Message[list[rows.Account | None], AccountNow],
) -> AccountSnapshot | AccountChange | Gap | Heartbeat:
    """Present a message of `accountChanges`."""
    match found:
        case messages.Snapshot(cursor=cursor, value=accounts):
            return AccountSnapshot(cursor=cursor, accounts=[Account.of_maybe(row) for row in accounts])
        case messages.Changed(cursor=cursor, value=change):
            return AccountChange(
                cursor=cursor, account_id=account_id(change.number), account=Account.of_maybe(change.account)
            )
        case other:
            return plain(other)
