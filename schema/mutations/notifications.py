"""Reading notifications, and choosing among them."""

from datetime import datetime
from typing import Annotated, cast

import strawberry

from planet_graph.errors import Refusal
from planet_graph.models.notifications import Kind
from planet_graph.services import notifications
from schema.info import Info, at
from schema.notifications import NotificationKind, NotificationPreference
from schema.problems import ReadOnlyProblem, UnauthenticatedProblem, present
from schema.scalars import microseconds
from schema.viewer import Viewer


@strawberry.input(description="Marks notifications as read.")
class MarkNotificationsReadInput:
    """Up to when."""

    until: datetime = strawberry.field(
        description="The `at` of the latest notification that was seen, to the millisecond; UTC where it names no zone."
    )


@strawberry.type(description="Everything up to that time is read, as of now or before.")
class MarkNotificationsReadDone:
    """A mark."""

    viewer: Viewer = strawberry.field(description="Who has read.")


MarkNotificationsReadResult = Annotated[
    MarkNotificationsReadDone | UnauthenticatedProblem | ReadOnlyProblem,
    strawberry.union("MarkNotificationsReadResult", description="Marked, or why not."),
]


@strawberry.input(description="Chooses whether to be told of a kind of acts.")
class SetNotificationPreferenceInput:
    """Which, and whether."""

    kind: NotificationKind = strawberry.field(description="What others do.")
    enabled: bool = strawberry.field(description="Whether to be told of it from now on.")


@strawberry.type(description="The viewer is told of the kind or not, as of now or before.")
class SetNotificationPreferenceDone:
    """A choice."""

    preference: NotificationPreference = strawberry.field(description="What was chosen.")
    viewer: Viewer = strawberry.field(description="Who chose.")


SetNotificationPreferenceResult = Annotated[
    SetNotificationPreferenceDone | UnauthenticatedProblem | ReadOnlyProblem,
    strawberry.union("SetNotificationPreferenceResult", description="Chosen, or why not."),
]


@strawberry.type
class NotificationMutations:
    """The writes of notifications."""

    @strawberry.mutation(
        description="Marks everything up to a time as read. A later act makes its notification unread again."
    )
    async def mark_notifications_read(
        self, info: Info, input: Annotated[MarkNotificationsReadInput, strawberry.argument(description="Up to when.")]
    ) -> MarkNotificationsReadResult:
        """Move the mark."""
        context = at(info)
        until_us = microseconds(input.until)
        try:
            await notifications.mark_read(context.reads.services, await context.caller(), until_us)
        except Refusal as refusal:
            return cast(MarkNotificationsReadResult, present(refusal))
        context.renew()
        return MarkNotificationsReadDone(viewer=Viewer())

    @strawberry.mutation(
        description="Chooses whether to be told of a kind of acts from now on; what was told stays. Asked twice it "
        "answers the same as once."
    )
    async def set_notification_preference(
        self,
        info: Info,
        input: Annotated[SetNotificationPreferenceInput, strawberry.argument(description="Which, and whether.")],
    ) -> SetNotificationPreferenceResult:
        """Keep the choice."""
        context = at(info)
        kind = cast(Kind, input.kind.name.lower())
        try:
            await notifications.set_preference(
                context.reads.services, await context.caller(), kind, enabled=input.enabled
            )
        except Refusal as refusal:
            return cast(SetNotificationPreferenceResult, present(refusal))
        context.renew()
        return SetNotificationPreferenceDone(preference=NotificationPreference.of(kind, input.enabled), viewer=Viewer())
