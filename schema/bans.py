"""Who is banned from a group."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from planet_graph.models import accounts
from planet_graph.models import bans as rows
from planet_graph.paging import Page
from resolvers.lists import Listed
from schema.bonds import page_info
from schema.info import Info, at
from schema.nodes import PageInfo
from schema.scalars import moment

if TYPE_CHECKING:
    from schema.accounts import Account


@strawberry.type(description="A time in which an account may not join a group.")
class Ban:
    """A ban."""

    row: strawberry.Private[rows.Ban]
    loaded: strawberry.Private[accounts.Account | None]

    banned_at: datetime = strawberry.field(description="Since when.")
    until: datetime | None = strawberry.field(description="When it ends; null: it has no end.")
    reason: str = strawberry.field(description="Why, as a moderator told; empty where none did.")

    @classmethod
    def of(cls, row: rows.Ban, loaded: accounts.Account | None = None) -> "Ban":
        """Present a row. `loaded`: its account, where a list has loaded it."""
        until = None if row.until_us is None else moment(row.until_us)
        return cls(row=row, loaded=loaded, banned_at=moment(row.at_us), until=until, reason=row.reason)

    @strawberry.field(description="Who is banned; null where a block stands between them and the viewer.")
    async def account(self, info: Info) -> Annotated["Account", strawberry.lazy("schema.accounts")] | None:
        """Load the account."""
        from schema.accounts import Account

        return Account.of_maybe(self.loaded or await at(info).loaders.accounts.load(self.row.account))

    @strawberry.field(description="Who banned; null once their account is erased, or where a block stands between.")
    async def moderator(self, info: Info) -> Annotated["Account", strawberry.lazy("schema.accounts")] | None:
        """Load the moderator."""
        from schema.accounts import Account

        by = self.row.by
        return None if by is None else Account.of_maybe(await at(info).loaders.accounts.load(by))


@strawberry.type(description="One ban.")
class BanEdge:
    """A ban in the list."""

    row: strawberry.Private[Listed[rows.Ban]]

    @strawberry.field(description="The place in this list.")
    def cursor(self) -> str:
        """Return the cursor."""
        return self.row.cursor

    @strawberry.field(description="The ban.")
    def node(self) -> Ban:
        """Return the ban."""
        return Ban.of(self.row.row, self.row.account)


@strawberry.type(description="Bans that hold, newest first.")
class BanConnection:
    """A page of bans."""

    edges: list[BanEdge] = strawberry.field(description="The bans.")
    page_info: PageInfo = strawberry.field(description="Where the page lies.")

    @classmethod
    def of(cls, page: Page[Listed[rows.Ban]], after: str | None) -> "BanConnection":
        """Present a page."""
        return cls(edges=[BanEdge(row=row) for row in page.rows], page_info=page_info(page, after))
