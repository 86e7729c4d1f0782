"""Who asks to join a group."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from planet_graph.models import accounts
from planet_graph.models import join_requests as rows
from planet_graph.paging import Page
from resolvers.lists import Listed
from schema.bonds import page_info
from schema.info import Info, at
from schema.nodes import PageInfo
from schema.roles import JoinDecision
from schema.scalars import moment

if TYPE_CHECKING:
    from schema.accounts import Account


@strawberry.type(description="A request to join a group by approval.")
class JoinRequest:
    """A request."""

    row: strawberry.Private[rows.JoinRequest]
    loaded: strawberry.Private[accounts.Account | None]

    asked_at: datetime = strawberry.field(description="When the account asked.")
    decision: JoinDecision | None = strawberry.field(description="What was decided; null while it waits.")
    decided_at: datetime | None = strawberry.field(description="When it was decided.")

    @classmethod
    def of(cls, row: rows.JoinRequest, loaded: accounts.Account | None = None) -> "JoinRequest":
        """Present a row. `loaded`: its account, where a list has loaded it."""
        return cls(
            row=row,
            loaded=loaded,
            asked_at=moment(row.asked_us),
            decision=JoinDecision(row.decision) if row.decision else None,
            decided_at=None if row.decided_us is None else moment(row.decided_us),
        )

    @classmethod
    def of_maybe(cls, row: rows.JoinRequest | None) -> "JoinRequest | None":
        """Present a row that may be missing."""
        return None if row is None else cls.of(row)

    @strawberry.field(description="Who asks; null where a block stands between them and the viewer.")
    async def account(self, info: Info) -> Annotated["Account", strawberry.lazy("schema.accounts")] | None:
        """Load the account."""
        from schema.accounts import Account

        return Account.of_maybe(self.loaded or await at(info).loaders.accounts.load(self.row.account))


@strawberry.type(description="One request that waits.")
class JoinRequestEdge:
    """A request in the list."""

    row: strawberry.Private[Listed[rows.JoinRequest]]

    @strawberry.field(description="The place in this list.")
    def cursor(self) -> str:
        """Return the cursor."""
        return self.row.cursor

    @strawberry.field(description="The request.")
    def node(self) -> JoinRequest:
        """Return the request."""
        return JoinRequest.of(self.row.row, self.row.account)


@strawberry.type(description="Requests that wait, the longest waiting first.")
class JoinRequestConnection:
    """A page of requests."""

    edges: list[JoinRequestEdge] = strawberry.field(description="The requests.")
    page_info: PageInfo = strawberry.field(description="Where the page lies.")

    @classmethod
    def of(cls, page: Page[Listed[rows.JoinRequest]], after: str | None) -> "JoinRequestConnection":
        """Present a page."""
        return cls(edges=[JoinRequestEdge(row=row) for row in page.rows], page_info=page_info(page, after))
