"""Followers, followings, and what lies between the viewer and an account."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from graph_db.store import Edge
from planet_graph.paging import Page
from resolvers import bonds, follows
from resolvers.follows import FollowRow, Listing, Relationship
from schema.bonds import Bond, page_info
from schema.info import Info, at
from schema.nodes import PageInfo
from schema.scalars import microseconds, moment

if TYPE_CHECKING:
    from schema.accounts import Account


def since(edge: Edge) -> datetime | None:
    """Return when a follow began, where that is known."""
    return moment(int(edge.properties["since_us"])) if edge.properties["dated"] else None


@strawberry.type(description="One follow, seen from either end.")
class FollowEdge:
    """An account in a list of follows."""

    row: strawberry.Private[FollowRow]

    @strawberry.field(description="The place in this list.")
    def cursor(self) -> str:
        """Return the cursor."""
        return self.row.cursor

    @strawberry.field(description="The account at the other end.")
    def node(self) -> Annotated["Account", strawberry.lazy("schema.accounts")]:
        """Return the account."""
        from schema.accounts import Account

        return Account.of(self.row.account)

    @strawberry.field(description="When the follow began; null where an import did not say.")
    def followed_at(self) -> datetime | None:
        """Return the time of the follow."""
        return since(self.row.edge)

    @strawberry.field(
        description="The follower's bond with the followed account, where that is a creator. In a list of the past it "
        "is of the end of that UTC day."
    )
    async def bond(self, info: Info) -> Bond | None:
        """Look the bond up."""
        edge, day = self.row.edge, self.row.day
        if day is None:
            found = await bonds.present(at(info), edge.source, edge.target)
        else:
            found = await bonds.past(at(info), edge.source, edge.target, day)
        return None if found is None else Bond(row=found)


@strawberry.type(description="Follows, newest first. It may hold fewer accounts than the count, which is public.")
class FollowConnection:
    """A page of follows."""

    edges: list[FollowEdge] = strawberry.field(description="The follows.")
    page_info: PageInfo = strawberry.field(description="Where the page lies.")


async def connection(
    info: Info, listing: Listing, account: int, first: int, after: str | None, as_of: datetime | None
) -> FollowConnection:
    """Present a page of an account's followers or followings, now or at an instant."""
    if as_of is None:
        page = await follows.page(at(info), listing, account, first, after)
    else:
        page = await follows.page_at(at(info), listing, account, first, after, microseconds(as_of))
    return connection_of(page, after)


def connection_of(page: Page[FollowRow], after: str | None) -> FollowConnection:
    """Present a page of follows."""
    return FollowConnection(
        edges=[FollowEdge(row=row) for row in page.rows],
        page_info=page_info(page, after),
    )


@strawberry.type(description="What lies between the viewer and an account.")
class ViewerRelationship:
    """Both directions, and the viewer's bond."""

    row: strawberry.Private[Relationship]

    @strawberry.field(description="Whether the viewer follows the account.")
    def follows(self) -> bool:
        """Say whether the viewer follows."""
        return self.row.follows is not None

    @strawberry.field(description="Whether the account follows the viewer.")
    def followed_by(self) -> bool:
        """Say whether the account follows."""
        return self.row.followed_by is not None

    @strawberry.field(description="The viewer's bond with the account, where that is a creator.")
    async def bond(self, info: Info) -> Bond | None:
        """Look the bond up."""
        found = await bonds.present(at(info), self.row.viewer, self.row.account)
        return None if found is None else Bond(row=found)
