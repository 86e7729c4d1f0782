"""Reads: the fields of the root."""

from datetime import date
from typing import Annotated

import strawberry

from planet_graph.models import accounts as account_rows
from planet_graph.models import drafts as draft_rows
from planet_graph.models import groups as group_rows
from planet_graph.models import messages as message_rows
from planet_graph.models import posts as post_rows
from planet_graph.paging import MAX_PAGE
from resolvers import (
    accounts,
    applied,
    bonds,
    creators,
    groups,
    hot_groups,
    members,
    nodes,
    posts,
    relationships,
    threads,
)
from resolvers.nodes import Found
from schema.accounts import Account
from schema.bonds import Bond, page_info
from schema.creators import Creator, PopularCreatorConnection, PopularCreatorEdge
from schema.drafts import Draft
from schema.formulas import RankingFormula, RankingSurface
from schema.groups import Group
from schema.hot_groups import HotGroupConnection, HotGroupEdge
from schema.info import Info, at
from schema.members import GroupConnection
from schema.messages import Message
from schema.nodes import Node
from schema.pages import After, First
from schema.posts import PostConnection, PostFilterInput, post_of
from schema.relationships import PairInput, Relationship
from schema.search import SearchQueries
from schema.threads import Thread
from schema.timelines import TimelineQueries
from schema.viewer import Viewer


def _node(found: Found | None) -> Node | None:
    match found:
        case None:
            return None
        case account_rows.Account():
            return Account.of(found)
        case draft_rows.Draft():
            return Draft.of(found)
        case group_rows.Group():
            return Group.of(found)
        case message_rows.Message():
            return Message.of(found)
        case post_rows.Post():
            return post_of(found)
        case identity, account:
            return Creator.of(identity, account)


@strawberry.type(description="Everything that can be read.")
class Query(SearchQueries, TimelineQueries):
    """The reads."""

    @strawberry.field(description="Who asks; null without a bearer token.")
    def viewer(self, info: Info) -> Viewer | None:
        """Return the viewer."""
        return Viewer() if info.context.token.subject else None

    @strawberry.field(description="A thing by its id; null where nothing is there that this viewer may see.")
    async def node(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The id.")]
    ) -> Node | None:
        """Find one thing."""
        (found,) = await nodes.nodes(at(info), [id])
        return _node(found)

    @strawberry.field(description="Things by their ids, in their order; null for what is not there.")
    async def nodes(
        self,
        info: Info,
        ids: Annotated[list[strawberry.ID], strawberry.argument(description=f"At most {MAX_PAGE} ids.")],
    ) -> list[Node | None]:
        """Find many things."""
        return [_node(found) for found in await nodes.nodes(at(info), ids)]

    @strawberry.field(description="An account by its handle, without case.")
    async def account(
        self, info: Info, handle: Annotated[str, strawberry.argument(description="The handle.")]
    ) -> Account | None:
        """Find an account."""
        return Account.of_maybe(await accounts.account(at(info), handle))

    @strawberry.field(description="Accounts by their handles, in their order; null for what is not there.")
    async def accounts(
        self,
        info: Info,
        handles: Annotated[list[str], strawberry.argument(description=f"At most {MAX_PAGE} handles.")],
    ) -> list[Account | None]:
        """Find many accounts."""
        return [Account.of_maybe(row) for row in await accounts.accounts(at(info), handles)]

    @strawberry.field(description="A creator by the account's handle.")
    async def creator(
        self, info: Info, handle: Annotated[str, strawberry.argument(description="The handle.")]
    ) -> Creator | None:
        """Find a creator."""
        found = await accounts.creator(at(info), handle)
        return None if found is None else Creator.of(*found)

    @strawberry.field(description="A group by its slug, without case.")
    async def group(
        self, info: Info, slug: Annotated[str, strawberry.argument(description="The slug.")]
    ) -> Group | None:
        """Find a group."""
        return Group.of_maybe(await groups.group(at(info), slug))

    @strawberry.field(description="All groups, newest first. Of those by approval strangers see the card alone.")
    async def groups(self, info: Info, first: First = 20, after: After = None) -> GroupConnection | None:
        """Read a page of groups."""
        return GroupConnection.of(await members.newest(at(info), first, after), after)

    @strawberry.field(
        description="Creators with the most and strongest recent ties. One that moves while you page may be met twice "
        "or not at all."
    )
    async def popular_creators(
        self, info: Info, first: First = 20, after: After = None
    ) -> PopularCreatorConnection | None:
        """Read a page of the ranking."""
        page = await creators.popular(at(info), first, after)
        return PopularCreatorConnection(
            edges=[PopularCreatorEdge(row=row) for row in page.rows],
            page_info=page_info(page, after),
        )

    @strawberry.field(
        description="Groups whose members were most active in the last days. One that moves while you page may be met "
        "twice or not at all."
    )
    async def hot_groups(self, info: Info, first: First = 20, after: After = None) -> HotGroupConnection | None:
        """Read a page of the ranking."""
        page = await hot_groups.hot_groups(at(info), first, after)
        return HotGroupConnection(edges=[HotGroupEdge(row=row) for row in page.rows], page_info=page_info(page, after))

    @strawberry.field(description="The bond of a fan and a creator; null where there is none.")
    async def bond(
        self,
        info: Info,
        fan: Annotated[strawberry.ID, strawberry.argument(description="The id of the fan's Account.")],
        creator: Annotated[strawberry.ID, strawberry.argument(description="The id of the Creator.")],
        as_of: Annotated[
            date | None, strawberry.argument(description="The end of a past UTC day; left out: the present.")
        ] = None,
    ) -> Bond | None:
        """Find a bond."""
        found = await bonds.bond(at(info), fan, creator, as_of)
        return None if found is None else Bond(row=found)

    @strawberry.field(
        description="What lies between pairs of accounts, in their order; null where one of the two is not there."
    )
    async def relationships(
        self,
        info: Info,
        pairs: Annotated[list[PairInput], strawberry.argument(description=f"At most {MAX_PAGE} pairs.")],
    ) -> list[Relationship | None] | None:
        """Look pairs up."""
        found = await relationships.between(at(info), [(str(pair.account), str(pair.other)) for pair in pairs])
        return [None if row is None else Relationship(row=row) for row in found]

    @strawberry.field(
        description="Posts, newest first. Without a filter: everybody's. Whom the viewer mutes is among them."
    )
    async def posts(
        self,
        info: Info,
        filter: Annotated[
            PostFilterInput | None, strawberry.argument(description="Which of them; what is left out matters not.")
        ] = None,
        first: First = 20,
        after: After = None,
    ) -> PostConnection | None:
        """Read a page of posts."""
        asked = filter or PostFilterInput()
        kind = None if asked.kind is None else str(asked.kind.value)
        chosen = posts.wanted(asked.author, kind, asked.cashtag, asked.replies)
        return PostConnection.of(await posts.posts(at(info), chosen, first, after), after)

    @strawberry.field(description="A post with what stands above it; null where it is not to be seen.")
    async def thread(
        self, info: Info, post: Annotated[strawberry.ID, strawberry.argument(description="The id of a Post.")]
    ) -> Thread | None:
        """Find a thread."""
        found = await threads.thread(at(info), post)
        return None if found is None else Thread(row=found)

    @strawberry.field(description="How a ranking is computed.")
    def ranking_formula(
        self, surface: Annotated[RankingSurface, strawberry.argument(description="What is ranked or weighed.")]
    ) -> RankingFormula:
        """Return the formula."""
        return RankingFormula.of(surface)

    @strawberry.field(description="Whether the graph holds what a mutation's token names.")
    async def applied(
        self, info: Info, token: Annotated[str, strawberry.argument(description="A mutation's `token`.")]
    ) -> bool | None:
        """Look a write up."""
        return await applied.applied(at(info), token)
