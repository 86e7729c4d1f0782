"""Whom the viewer blocks and mutes, as the viewer alone sees it."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from planet_graph import ids
from planet_graph.models import accounts as rows
from planet_graph.paging import Page
from resolvers.blocks import HiddenRow
from schema.bonds import page_info
from schema.nodes import PageInfo
from schema.scalars import moment

if TYPE_CHECKING:
    from schema.accounts import Account


@strawberry.type(
    description="Somebody whom the viewer blocks: enough to recognise them and to lift the block, and no more, since "
    "neither sees the other."
)
class BlockedAccount:
    """A blocked account."""

    account_id: strawberry.ID = strawberry.field(description="The id of the Account, for `unblock`.")
    handle: str = strawberry.field(description="The handle.")
    display_name: str = strawberry.field(description="The name to show.")

    @classmethod
    def of(cls, row: rows.Account) -> "BlockedAccount":
        """Present a row."""
        return cls(
            account_id=strawberry.ID(ids.to_global("Account", row.id)), handle=row.handle, display_name=row.display_name
        )


@strawberry.type(description="One block.")
class BlockEdge:
    """A blocked account in the list."""

    row: strawberry.Private[HiddenRow]

    @strawberry.field(description="The place in this list.")
    def cursor(self) -> str:
        """Return the cursor."""
        return self.row.cursor

    @strawberry.field(description="Who is kept away.")
    def node(self) -> BlockedAccount:
        """Return the account."""
        return BlockedAccount.of(self.row.account)

    @strawberry.field(description="Since when.")
    def blocked_at(self) -> datetime:
        """Return the time of the block."""
        return moment(self.row.since_us)


@strawberry.type(description="The viewer's blocks, newest first.")
class BlockConnection:
    """A page of blocks."""

    edges: list[BlockEdge] = strawberry.field(description="The blocks.")
    page_info: PageInfo = strawberry.field(description="Where the page lies.")

    @classmethod
    def of(cls, page: Page[HiddenRow], after: str | None) -> "BlockConnection":
        """Present a page."""
        return cls(
            edges=[BlockEdge(row=row) for row in page.rows],
            page_info=page_info(page, after),
        )


@strawberry.type(description="One mute.")
class MuteEdge:
    """A muted account in the list."""

    row: strawberry.Private[HiddenRow]

    @strawberry.field(description="The place in this list.")
    def cursor(self) -> str:
        """Return the cursor."""
        return self.row.cursor

    @strawberry.field(description="Who is muted.")
    def node(self) -> Annotated["Account", strawberry.lazy("schema.accounts")]:
        """Return the account."""
        from schema.accounts import Account

        return Account.of(self.row.account)

    @strawberry.field(description="Since when.")
    def muted_at(self) -> datetime:
        """Return the time of the mute."""
        return moment(self.row.since_us)


@strawberry.type(description="The viewer's mutes, newest first.")
class MuteConnection:
    """A page of mutes."""

    edges: list[MuteEdge] = strawberry.field(description="The mutes.")
    page_info: PageInfo = strawberry.field(description="Where the page lies.")

    @classmethod
    def of(cls, page: Page[HiddenRow], after: str | None) -> "MuteConnection":
        """Present a page."""
        return cls(
            edges=[MuteEdge(row=row) for row in page.rows],
            page_info=page_info(page, after),
        )
