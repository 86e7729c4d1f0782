"""What is said in groups."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from planet_graph import facets, ids
from planet_graph.models import accounts
from planet_graph.models import messages as rows
from planet_graph.paging import Page
from resolvers import group_permissions, messages
from resolvers.lists import Listed
from schema.bonds import page_info
from schema.facets import FacetKind
from schema.info import Info, at
from schema.nodes import Node, PageInfo
from schema.permissions import Permission
from schema.scalars import BigInt, moment

if TYPE_CHECKING:
    from schema.accounts import Account
    from schema.groups import Group


@strawberry.type(description="A part of a message that is more than words.")
class MessageFacet:
    """A part of a message's text."""

    message: strawberry.Private[int]
    found: strawberry.Private[facets.Facet]

    start: int = strawberry.field(description="Where it begins, in bytes of the text in UTF-8.")
    end: int = strawberry.field(description="Where it ends: the first byte behind it.")
    kind: FacetKind = strawberry.field(description="What it is.")
    value: str = strawberry.field(description="The symbol in capitals, the name as it was then, or the address.")

    @classmethod
    def of(cls, message: int, found: facets.Facet) -> "MessageFacet":
        """Present a facet."""
        kind = FacetKind(found.kind)
        return cls(message=message, found=found, start=found.start, end=found.end, kind=kind, value=found.value)

    @strawberry.field(
        description="Whom a mention means; null for other facets, and where the account is gone or not to be seen."
    )
    async def account(self, info: Info) -> Annotated["Account", strawberry.lazy("schema.accounts")] | None:
        """Load the account that is mentioned."""
        from schema.accounts import Account

        return Account.of_maybe(await messages.mentioned(at(info), self.message, self.found))


@strawberry.type(description="Something said in a group.")
class Message(Node):
    """A message as who is in the group sees it."""

    row: strawberry.Private[rows.Message]
    loaded: strawberry.Private[accounts.Account | None]

    body: str = strawberry.field(description="The text.")
    facets: list[MessageFacet] = strawberry.field(description="Cashtags, mentions and links in `body`, in their order.")
    sent_at: datetime = strawberry.field(description="When it was said.")
    edited_at: datetime | None = strawberry.field(description="When its text last changed; null if it never did.")
    reaction_count: BigInt = strawberry.field(description="How many reacted. A public fact, the same for all viewers.")

    @classmethod
    def of(cls, row: rows.Message, loaded: accounts.Account | None = None) -> "Message":
        """Present a row. `loaded`: its author, where a list has loaded them."""
        return cls(
            id=strawberry.ID(ids.to_global("Message", row.id)),
            row=row,
            loaded=loaded,
            body=row.body,
            facets=[MessageFacet.of(row.id, facets.Facet.of(stored)) for stored in row.facets],
            sent_at=moment(row.created_us),
            edited_at=None if row.edited_us is None else moment(row.edited_us),
            reaction_count=BigInt(row.reaction_count),
        )

    @classmethod
    def of_maybe(cls, row: rows.Message | None) -> "Message | None":
        """Present a row that may be missing."""
        return None if row is None else cls.of(row)

    @strawberry.field(description="Who said it; null where a block stands between them and the viewer.")
    async def author(self, info: Info) -> Annotated["Account", strawberry.lazy("schema.accounts")] | None:
        """Load the author."""
        from schema.accounts import Account

        return Account.of_maybe(self.loaded or await at(info).loaders.accounts.load(self.row.author))

    @strawberry.field(description="Where it was said; null once that is gone.")
    async def group(self, info: Info) -> Annotated["Group", strawberry.lazy("schema.groups")] | None:
        """Load the group."""
        from schema.groups import Group

        return Group.of_maybe(await at(info).loaders.groups.load(self.row.group_id))

    @strawberry.field(description="What it answers; null where it answers nothing, or nothing that the viewer may see.")
    async def in_reply_to(self, info: Info) -> Annotated["Message", strawberry.lazy("schema.messages")] | None:
        """Load the message that is answered."""
        return Message.of_maybe(await messages.by_number(at(info), self.row.in_reply_to))

    @strawberry.field(description="Whether the viewer reacted to it.")
    async def viewer_has_reacted(self, info: Info) -> bool:
        """Look the viewer's reaction up."""
        return await at(info).loaders.reacted_to_messages.load(self.row.id)

    @strawberry.field(description="Whether the viewer may call `react` and `unreact` with it.")
    async def viewer_can_react(self, info: Info) -> Permission:
        """Ask what `react` would."""
        return Permission.of(await group_permissions.send_message(at(info), self.row.group_id))

    @strawberry.field(description="Whether the viewer may call `editMessage` with it.")
    async def viewer_can_edit(self, info: Info) -> Permission:
        """Ask what `editMessage` would."""
        return Permission.of(await group_permissions.edit_message(at(info), self.row))

    @strawberry.field(description="Whether the viewer may call `deleteMessage` with it.")
    async def viewer_can_delete(self, info: Info) -> Permission:
        """Ask what `deleteMessage` would."""
        return Permission.of(await group_permissions.delete_message(at(info), self.row))


@strawberry.type(description="One message.")
class MessageEdge:
    """A message in the list."""

    row: strawberry.Private[Listed[rows.Message]]

    @strawberry.field(description="The place in this list.")
    def cursor(self) -> str:
        """Return the cursor."""
        return self.row.cursor

    @strawberry.field(description="The message.")
    def node(self) -> Message:
        """Return the message."""
        return Message.of(self.row.row, self.row.account)


@strawberry.type(description="Messages, newest first.")
class MessageConnection:
    """A page of messages."""

    edges: list[MessageEdge] = strawberry.field(description="The messages.")
    page_info: PageInfo = strawberry.field(description="Where the page lies.")

    @classmethod
    def of(cls, page: Page[Listed[rows.Message]], after: str | None) -> "MessageConnection":
        """Present a page."""
        return cls(edges=[MessageEdge(row=row) for row in page.rows], page_info=page_info(page, after))
