"""Finding accounts and groups by what they are called."""

import enum
from typing import Annotated, cast

import strawberry

from planet_graph.models.accounts import Account as AccountRow
from planet_graph.paging import Page
from resolvers import search
from resolvers.search import MAX_TEXT, Found
from schema.accounts import Account
from schema.bonds import page_info
from schema.groups import Group
from schema.info import Info, at
from schema.nodes import Node, PageInfo
from schema.pages import After, First


@strawberry.enum(description="What may be searched for.")
class SearchKind(enum.Enum):
    """The kinds."""

    ACCOUNT = strawberry.enum_value("account", description="People, by handle and name.")
    GROUP = strawberry.enum_value("group", description="Groups, by slug and name.")


BOTH = [SearchKind.ACCOUNT, SearchKind.GROUP]


@strawberry.type(description="Somebody or something that was found.")
class SearchEdge:
    """A place in the list."""

    row: strawberry.Private[Found]

    @strawberry.field(description="The place in this list.")
    def cursor(self) -> str:
        """Return the cursor."""
        return self.row.cursor

    @strawberry.field(description="An Account or a Group.")
    def node(self) -> Node:
        """Return what was found."""
        return Account.of(self.row.row) if isinstance(self.row.row, AccountRow) else Group.of(self.row.row)

    @strawberry.field(description="How many follow the account, or are in the group: the order of the list.")
    def audience_count(self) -> int:
        """Return the count."""
        return self.row.count


@strawberry.type(description="What was found, most followed first, and of the same count the oldest first.")
class SearchConnection:
    """A page of results."""

    edges: list[SearchEdge] = strawberry.field(description="What was found.")
    page_info: PageInfo = strawberry.field(description="Where the page lies.")

    @classmethod
    def of(cls, page: Page[Found], after: str | None) -> "SearchConnection":
        """Present a page."""
        return cls(edges=[SearchEdge(row=row) for row in page.rows], page_info=page_info(page, after))


@strawberry.type
class SearchQueries:
    """The search among the reads."""

    @strawberry.field(
        description="Accounts and groups whose handle, slug or name begins with a text, without case; most followed "
        "first. One that moves while you page may be met twice or not at all."
    )
    async def search(
        self,
        info: Info,
        text: Annotated[str, strawberry.argument(description=f"1 to {MAX_TEXT} characters; a leading @ is left out.")],
        kinds: Annotated[list[SearchKind], strawberry.argument(description="What to look for.")] = BOTH,
        first: First = 20,
        after: After = None,
    ) -> SearchConnection | None:
        """Read a page of what is called so."""
        named: list[search.Kind] = [cast(search.Kind, kind.name.lower()) for kind in kinds]
        return SearchConnection.of(await search.search(at(info), text, named, first, after), after)
