"""Creators and their ranking."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from planet_graph import ids
from planet_graph.models import accounts as rows
from resolvers import bonds, impressions, posts
from resolvers.creators import PopularCreator
from schema.accounts import Account
from schema.bonds import FanConnection, FanEdge, page_info
from schema.explanations import Explanation
from schema.impressions import IMPRESSION
from schema.info import Info, at
from schema.nodes import Node, PageInfo
from schema.pages import After, First
from schema.scalars import moment

if TYPE_CHECKING:
    from schema.posts import PostConnection


@strawberry.type(description="An account's creator identity and homepage.")
class Creator(Node):
    """A creator as anybody may see it."""

    number: strawberry.Private[int]

    account: Account = strawberry.field(description="The account behind it.")
    activated_at: datetime = strawberry.field(description="Since when it is active.")

    @classmethod
    def of(cls, identity: rows.Creator, account: rows.Account) -> "Creator":
        """Present a creator identity and its account."""
        return cls(
            id=strawberry.ID(ids.to_global("Creator", account.id)),
            number=account.id,
            account=Account.of(account),
            activated_at=moment(identity.activated_us),
        )

    @strawberry.field(description="What the creator published, newest first, with replies and reposts.")
    async def posts(
        self, info: Info, first: First = 20, after: After = None
    ) -> Annotated["PostConnection", strawberry.lazy("schema.posts")] | None:
        """Read a page of posts."""
        from schema.posts import PostConnection

        return PostConnection.of(await posts.of_author(at(info), self.number, first, after), after)

    @strawberry.field(
        description="The fans with the strongest bonds. A fan who moves while you page may be met twice or not at all."
    )
    async def top_fans(self, info: Info, first: First = 20, after: After = None) -> FanConnection | None:
        """Read a page of fans."""
        page = await bonds.ranked(at(info), "topFans", self.number, first, after)
        return FanConnection(
            edges=[FanEdge(row=row) for row in page.rows],
            page_info=page_info(page, after),
        )


@strawberry.type(description="A creator's place in the ranking.")
class PopularCreatorEdge:
    """A place with its reason."""

    row: strawberry.Private[PopularCreator]

    @strawberry.field(description="The place in this list.")
    def cursor(self) -> str:
        """Return the cursor."""
        return self.row.cursor

    @strawberry.field(description="The creator.")
    def node(self) -> Creator:
        """Return the creator."""
        return Creator.of(self.row.identity, self.row.account)

    @strawberry.field(description="How many fans have a bond with the creator.")
    def fan_count(self) -> int:
        """Return the number of fans."""
        return self.row.fans

    @strawberry.field(description=IMPRESSION)
    async def impression_token(self, info: Info) -> str | None:
        """Sign the impression."""
        return await impressions.token(info.context, self.row.account.id)

    @strawberry.field(description="Why the creator stands here.")
    def explanation(self) -> Explanation:
        """Explain the place."""
        return Explanation.of(self.row.explanation)


@strawberry.type(description="Creators by the sum of their fans' recent ties, greatest first.")
class PopularCreatorConnection:
    """A page of the ranking."""

    edges: list[PopularCreatorEdge] = strawberry.field(description="The creators.")
    page_info: PageInfo = strawberry.field(description="Where the page lies.")
