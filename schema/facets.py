"""What stands in a text beside plain words."""

from enum import Enum
from typing import TYPE_CHECKING, Annotated

import strawberry

from planet_graph.facets import Facet as Found
from resolvers import posts
from schema.info import Info, at

if TYPE_CHECKING:
    from schema.accounts import Account
    from schema.groups import Group


@strawberry.enum(description="What a part of a text is.")
class FacetKind(Enum):
    """A kind of facet."""

    CASHTAG = strawberry.enum_value("cashtag", description="A symbol, as `$TSLA`.")
    MENTION = strawberry.enum_value("mention", description="An account, as `@ada`, or a group.")
    LINK = strawberry.enum_value("link", description="An address on the web.")


@strawberry.type(description="A part of a text that is more than words. It was found when the text was published.")
class Facet:
    """A part of a post's text."""

    post: strawberry.Private[int]
    found: strawberry.Private[Found]

    start: int = strawberry.field(description="Where it begins, in bytes of the text in UTF-8.")
    end: int = strawberry.field(description="Where it ends: the first byte behind it.")
    kind: FacetKind = strawberry.field(description="What it is.")
    value: str = strawberry.field(
        description="The symbol in capitals, the name in lower case as it was then, or the address."
    )

    @classmethod
    def of(cls, post: int, found: Found) -> "Facet":
        """Present a facet of a post."""
        return cls(
            post=post,
            found=found,
            start=found.start,
            end=found.end,
            kind=FacetKind(found.kind),
            value=found.value,
        )

    @strawberry.field(
        description="Whom a mention means; null for other facets, and where the account is gone or not to be seen."
    )
    async def account(self, info: Info) -> Annotated["Account", strawberry.lazy("schema.accounts")] | None:
        """Load the account that is mentioned."""
        from schema.accounts import Account

        meant = await posts.mentioned(at(info), self.post, self.found)
        number = None if meant is None or meant.noun != "account" else meant.number
        return None if number is None else Account.of_maybe(await at(info).loaders.accounts.load(number))

    @strawberry.field(description="Which group a mention means; null for other facets.")
    async def group(self, info: Info) -> Annotated["Group", strawberry.lazy("schema.groups")] | None:
        """Load the group that is mentioned."""
        from schema.groups import Group

        meant = await posts.mentioned(at(info), self.post, self.found)
        row = None if meant is None or meant.noun != "group" else await at(info).loaders.groups.load(meant.number)
        return None if row is None else Group.of(row)
