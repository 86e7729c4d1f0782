"""Lists of members and of groups."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from planet_graph.models import accounts, groups
from planet_graph.paging import Page
from resolvers.members import GroupRow, MemberRow
from schema.bonds import page_info
from schema.memberships import Membership
from schema.nodes import PageInfo

if TYPE_CHECKING:
    from schema.accounts import Account
    from schema.groups import Group


@strawberry.type(description="One membership, seen from its group.")
class MemberEdge:
    """A member in the list."""

    row: strawberry.Private[MemberRow[accounts.Account]]

    @strawberry.field(description="The place in this list.")
    def cursor(self) -> str:
        """Return the cursor."""
        return self.row.cursor

    @strawberry.field(description="The member.")
    def node(self) -> Annotated["Account", strawberry.lazy("schema.accounts")]:
        """Return the account."""
        from schema.accounts import Account

        return Account.of(self.row.node)

    @strawberry.field(description="What the member is in the group.")
    def membership(self) -> Membership:
        """Return the membership."""
        return Membership.of(self.row.membership)


@strawberry.type(description="Members, the latest to join first. It may hold fewer than the count, which is public.")
class MemberConnection:
    """A page of members."""

    edges: list[MemberEdge] = strawberry.field(description="The members.")
    page_info: PageInfo = strawberry.field(description="Where the page lies.")

    @classmethod
    def of(cls, page: Page[MemberRow[accounts.Account]], after: str | None) -> "MemberConnection":
        """Present a page."""
        return cls(edges=[MemberEdge(row=row) for row in page.rows], page_info=page_info(page, after))


@strawberry.type(description="One group, with what the account of the list is in it.")
class GroupEdge:
    """A group in a list."""

    row: strawberry.Private[MemberRow[groups.Group] | GroupRow]

    @strawberry.field(description="The place in this list.")
    def cursor(self) -> str:
        """Return the cursor."""
        return self.row.cursor

    @strawberry.field(description="The group.")
    def node(self) -> Annotated["Group", strawberry.lazy("schema.groups")]:
        """Return the group."""
        from schema.groups import Group

        return Group.of(self.row.group if isinstance(self.row, GroupRow) else self.row.node)

    @strawberry.field(description="What the account whose groups these are is in it; null in a list of all groups.")
    def membership(self) -> Membership | None:
        """Return the membership."""
        return None if isinstance(self.row, GroupRow) else Membership.of(self.row.membership)


@strawberry.type(description="Groups, the latest first.")
class GroupConnection:
    """A page of groups."""

    edges: list[GroupEdge] = strawberry.field(description="The groups.")
    page_info: PageInfo = strawberry.field(description="Where the page lies.")

    @classmethod
    def of(cls, page: Page[MemberRow[groups.Group] | GroupRow], after: str | None) -> "GroupConnection":
        """Present a page."""
        return cls(edges=[GroupEdge(row=row) for row in page.rows], page_info=page_info(page, after))
