"""Who asks."""

import strawberry

from planet_graph.models.notification_pages import MAX_COUNT
from resolvers import blocks, drafts, group_permissions, notifications, permissions, posts
from schema.accounts import Account
from schema.blocks import BlockConnection, MuteConnection
from schema.bookmarks import BookmarkConnection
from schema.drafts import DraftConnection
from schema.info import Info, at
from schema.notifications import NotificationConnection, NotificationPreference
from schema.pages import After, First
from schema.permissions import Permission


@strawberry.type(description="Who asks, by the bearer token.")
class Viewer:
    """The viewer's own things."""

    @strawberry.field(description="The token's account; null before `register`.")
    async def account(self, info: Info) -> Account | None:
        """Load the viewer's account."""
        return Account.of_maybe(await info.context.viewer())

    @strawberry.field(description="The token's roles: operator, analyst, server.")
    def roles(self, info: Info) -> list[str]:
        """Return the roles."""
        return sorted(info.context.token.roles)

    @strawberry.field(description="Whom the viewer blocks, newest first. Nobody else sees it.")
    async def blocks(self, info: Info, first: First = 20, after: After = None) -> BlockConnection | None:
        """Read a page of blocks."""
        return BlockConnection.of(await blocks.blocked(at(info), first, after), after)

    @strawberry.field(description="Whom the viewer mutes, newest first. Nobody else sees it.")
    async def mutes(self, info: Info, first: First = 20, after: After = None) -> MuteConnection | None:
        """Read a page of mutes."""
        return MuteConnection.of(await blocks.muted(at(info), first, after), after)

    @strawberry.field(
        description="What others did that concerns the viewer, latest first. One that moves up while you page may come "
        "twice."
    )
    async def notifications(self, info: Info, first: First = 20, after: After = None) -> NotificationConnection | None:
        """Read a page of notifications."""
        return NotificationConnection.of(await notifications.page(at(info), first, after), after)

    @strawberry.field(
        description=f"How many notifications hold an act that is not read yet; {MAX_COUNT:,} where there are more."
    )
    async def unread_notification_count(self, info: Info) -> int | None:
        """Count what is unread."""
        return await notifications.unread(at(info))

    @strawberry.field(
        description="Of which kinds of acts the viewer wants to be told: all of them, until told otherwise."
    )
    async def notification_preferences(self, info: Info) -> list[NotificationPreference] | None:
        """Return every kind's switch."""
        found = await notifications.preferences(at(info))
        return [NotificationPreference.of(kind, enabled) for kind, enabled in found.items()]

    @strawberry.field(description="Whether the viewer may call `markNotificationsRead`.")
    async def viewer_can_mark_notifications_read(self, info: Info) -> Permission:
        """Ask what `markNotificationsRead` would."""
        return Permission.of(await permissions.set_notifications(info.context))

    @strawberry.field(description="Whether the viewer may call `setNotificationPreference`.")
    async def viewer_can_set_notification_preference(self, info: Info) -> Permission:
        """Ask what `setNotificationPreference` would."""
        return Permission.of(await permissions.set_notifications(info.context))

    @strawberry.field(description="The posts that the viewer keeps, the latest kept first. Nobody else sees it.")
    async def bookmarks(self, info: Info, first: First = 20, after: After = None) -> BookmarkConnection | None:
        """Read a page of bookmarks."""
        return BookmarkConnection.of(await posts.kept(at(info), first, after), after)

    @strawberry.field(
        description="What the viewer has not published yet, the latest saved first. Nobody else sees it. One that is "
        "saved while you page moves up, and may come twice."
    )
    async def drafts(self, info: Info, first: First = 20, after: After = None) -> DraftConnection | None:
        """Read a page of drafts."""
        return DraftConnection.of(await drafts.page(at(info), first, after), after)

    @strawberry.field(description="Whether the viewer may call `saveDraft`.")
    async def viewer_can_save_draft(self, info: Info) -> Permission:
        """Ask what `saveDraft` would."""
        return Permission.of(await drafts.write(info.context))

    @strawberry.field(description="Whether the viewer may call `updateProfile`.")
    async def viewer_can_update_profile(self, info: Info) -> Permission:
        """Ask what `updateProfile` would."""
        return Permission.of(await permissions.update_profile(info.context))

    @strawberry.field(description="Whether the viewer may call `activateCreator`.")
    async def viewer_can_activate_creator(self, info: Info) -> Permission:
        """Ask what `activateCreator` would."""
        return Permission.of(await permissions.activate_creator(info.context))

    @strawberry.field(description="Whether the viewer may call `createPost`.")
    async def viewer_can_create_post(self, info: Info) -> Permission:
        """Ask what `createPost` would."""
        return Permission.of(await permissions.create_post(info.context))

    @strawberry.field(description="Whether the viewer may call `exportMyData`.")
    async def viewer_can_export_my_data(self, info: Info) -> Permission:
        """Ask what `exportMyData` would."""
        return Permission.of(await permissions.export_my_data(info.context))

    @strawberry.field(description="Whether the viewer may call `createGroup`.")
    async def viewer_can_create_group(self, info: Info) -> Permission:
        """Ask what `createGroup` would."""
        return Permission.of(await group_permissions.create(info.context))
