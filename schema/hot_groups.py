"""The ranking of groups."""

import strawberry

from resolvers import impressions
from resolvers.hot_groups import HotGroup
from schema.explanations import Explanation
from schema.groups import Group
from schema.impressions import IMPRESSION
from schema.info import Info
from schema.nodes import PageInfo


@strawberry.type(description="A group's place in the ranking.")
class HotGroupEdge:
    """A place with its reason."""

    row: strawberry.Private[HotGroup]

    @strawberry.field(description="The place in this list.")
    def cursor(self) -> str:
        """Return the cursor."""
        return self.row.cursor

    @strawberry.field(description="The group.")
    def node(self) -> Group:
        """Return the group."""
        return Group.of(self.row.group)

    @strawberry.field(description="How many of its members ever did something in or about the group.")
    def active_member_count(self) -> int:
        """Return the number of members behind the score."""
        return self.row.active

    @strawberry.field(description=IMPRESSION)
    async def impression_token(self, info: Info) -> str | None:
        """Sign the impression."""
        return await impressions.token(info.context, self.row.group.id)

    @strawberry.field(
        description="Why the group stands here: messages (`chat_line`), posts that carry its cashtag or name it "
        "(`mention`), and reactions to these (`reaction`)."
    )
    def explanation(self) -> Explanation:
        """Explain the place."""
        return Explanation.of(self.row.explanation)


@strawberry.type(description="Groups by what their members did in the last days, the most active first.")
class HotGroupConnection:
    """A page of the ranking."""

    edges: list[HotGroupEdge] = strawberry.field(description="The groups.")
    page_info: PageInfo = strawberry.field(description="Where the page lies.")
