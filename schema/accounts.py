"""Accounts."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from graph_db.walks import KNOWN_BOUND
from planet_graph import ids
from planet_graph.models import accounts as rows
from resolvers import access, accounts, bonds, follows, members, permissions, posts
from schema.bonds import StrongestBondConnection, StrongestBondEdge, page_info
from schema.follows import FollowConnection, ViewerRelationship, connection, connection_of
from schema.info import Info, at
from schema.kyc import KycStatus
from schema.nodes import Node
from schema.pages import After, First
from schema.permissions import Permission
from schema.scalars import moment

if TYPE_CHECKING:
    from schema.creators import Creator
    from schema.members import GroupConnection
    from schema.posts import PostConnection

AsOf = Annotated[
    datetime | None,
    strawberry.argument(
        description="Any past instant, UTC where it names no zone: the follows open then. Left out: the present."
    ),
]


@strawberry.type(description="A link on a profile.")
class Link:
    """A place on the web."""

    label: str = strawberry.field(description="What to show.")
    url: str = strawberry.field(description="An https address.")


@strawberry.type(description="A person.")
class Account(Node):
    """An account as anybody may see it."""

    row: strawberry.Private[rows.Account]

    handle: str = strawberry.field(description="The unique name, in lower case.")
    display_name: str = strawberry.field(description="The name to show.")
    bio: str = strawberry.field(description="What the person says of themselves; empty where they say nothing.")
    avatar_url: str | None = strawberry.field(description="An https address of the picture.")
    links: list[Link] = strawberry.field(description="Places on the web, in the person's order.")
    joined_at: datetime = strawberry.field(description="When the account was made.")

    @classmethod
    def of(cls, row: rows.Account) -> "Account":
        """Present a row."""
        return cls(
            id=strawberry.ID(ids.to_global("Account", row.id)),
            row=row,
            handle=row.handle,
            display_name=row.display_name,
            bio=row.bio,
            avatar_url=row.avatar_url or None,
            links=[Link(label=link["label"], url=link["url"]) for link in row.links],
            joined_at=moment(row.created_us),
        )

    @classmethod
    def of_maybe(cls, row: rows.Account | None) -> "Account | None":
        """Present a row that may be missing."""
        return None if row is None else cls.of(row)

    @strawberry.field(description="The creator identity, if the account has one.")
    async def creator(self, info: Info) -> Annotated["Creator", strawberry.lazy("schema.creators")] | None:
        """Load the creator identity."""
        from schema.creators import Creator

        found = await accounts.creator_of(at(info), self.row)
        return None if found is None else Creator.of(*found)

    @strawberry.field(description="Who follows the account, newest first.")
    async def followers(
        self, info: Info, first: First = 20, after: After = None, as_of: AsOf = None
    ) -> FollowConnection | None:
        """Read a page of followers."""
        return await connection(info, "followers", self.row.id, first, after, as_of)

    @strawberry.field(description="Whom the account follows, newest first.")
    async def following(
        self, info: Info, first: First = 20, after: After = None, as_of: AsOf = None
    ) -> FollowConnection | None:
        """Read a page of followings."""
        return await connection(info, "following", self.row.id, first, after, as_of)

    @strawberry.field(
        description="Those whom the viewer follows who follow the account, the latest to follow it first; null without "
        f"a viewer. Of the viewer's followings the newest {KNOWN_BOUND:,} are looked at."
    )
    async def known_followers(self, info: Info, first: First = 20, after: After = None) -> FollowConnection | None:
        """Read a page of known followers."""
        page = await follows.known_followers(at(info), self.row.id, first, after)
        return None if page is None else connection_of(page, after)

    @strawberry.field(description="How many follow the account. A public fact, the same for all viewers.")
    async def follower_count(self, info: Info) -> int | None:
        """Count the followers."""
        return await follows.count(at(info), "followers", self.row.id)

    @strawberry.field(description="How many the account follows. A public fact, the same for all viewers.")
    async def following_count(self, info: Info) -> int | None:
        """Count the followings."""
        return await follows.count(at(info), "following", self.row.id)

    @strawberry.field(description="What the account published, newest first, with replies and reposts.")
    async def posts(
        self, info: Info, first: First = 20, after: After = None
    ) -> Annotated["PostConnection", strawberry.lazy("schema.posts")] | None:
        """Read a page of posts."""
        from schema.posts import PostConnection

        return PostConnection.of(await posts.of_author(at(info), self.row.id, first, after), after)

    @strawberry.field(
        description="What lies between the viewer and the account; null without a viewer, and for oneself."
    )
    async def viewer_relationship(self, info: Info) -> ViewerRelationship | None:
        """Look both directions up."""
        found = await follows.relationship(at(info), self.row.id)
        return None if found is None else ViewerRelationship(row=found)

    @strawberry.field(
        description="The creators that the account is closest to. A creator that moves while you page may be met twice "
        "or not at all."
    )
    async def strongest_bonds(
        self, info: Info, first: First = 20, after: After = None
    ) -> StrongestBondConnection | None:
        """Read a page of the fan's bonds."""
        page = await bonds.ranked(at(info), "strongestBonds", self.row.id, first, after)
        return StrongestBondConnection(
            edges=[StrongestBondEdge(row=row) for row in page.rows],
            page_info=page_info(page, after),
        )

    @strawberry.field(
        description="How far the identity check is. Null for others than the person themselves and operators."
    )
    async def kyc_status(self, info: Info) -> KycStatus | None:
        """Return the status, where the viewer may see it."""
        return KycStatus[self.row.kyc.upper()] if access.sees_kyc(await info.context.caller(), self.row.id) else None

    @strawberry.field(
        description="The groups that the account is in, the latest joined first; of those by approval the ones that "
        "the viewer is in too."
    )
    async def groups(
        self, info: Info, first: First = 20, after: After = None
    ) -> Annotated["GroupConnection", strawberry.lazy("schema.members")] | None:
        """Read a page of groups."""
        from schema.members import GroupConnection

        return GroupConnection.of(await members.groups_of(at(info), self.row.id, first, after), after)

    @strawberry.field(description="Whether the viewer may call `follow` and `unfollow` with the account.")
    async def viewer_can_follow(self, info: Info) -> Permission:
        """Ask what `follow` would."""
        return Permission.of(await permissions.follow(info.context, self.row.id))

    @strawberry.field(description="Whether the viewer may call `removeFollower` with the account.")
    async def viewer_can_remove_follower(self, info: Info) -> Permission:
        """Ask what `removeFollower` would."""
        return Permission.of(await permissions.follow(info.context, self.row.id))

    @strawberry.field(description="Whether the viewer may call `block` with the account.")
    async def viewer_can_block(self, info: Info) -> Permission:
        """Ask what `block` would."""
        return Permission.of(await permissions.block(info.context, self.row.id))

    @strawberry.field(description="Whether the viewer may call `mute` with the account.")
    async def viewer_can_mute(self, info: Info) -> Permission:
        """Ask what `mute` would."""
        return Permission.of(await permissions.mute(info.context, self.row.id))

    @strawberry.field(description="Whether the viewer may call `setKycStatus` with the account.")
    async def viewer_can_set_kyc_status(self, info: Info) -> Permission:
        """Ask what `setKycStatus` would."""
        return Permission.of(await permissions.set_kyc_status(info.context))

    @strawberry.field(description="Whether the viewer may call `eraseAccount` with the account.")
    async def viewer_can_erase_account(self, info: Info) -> Permission:
        """Ask what `eraseAccount` would."""
        return Permission.of(await permissions.erase_account(info.context, self.row.id))
