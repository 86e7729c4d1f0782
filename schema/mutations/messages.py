"""Saying something in groups, changing it, taking it back, and remembering what one has read."""

from typing import Annotated, cast

import strawberry

from planet_graph.errors import Refusal
from planet_graph.services import messages, read_markers
from planet_graph.services.messages import MAX_BODY, Said
from schema.groups import Group
from schema.info import Info, at
from schema.messages import Message
from schema.mutations.done import APPLIED, TOKEN, group_number, message_number, settle, settle_group
from schema.mutations.posts import KEY
from schema.problems import (
    IdempotencyConflictProblem,
    InvalidIdempotencyKeyProblem,
    InvalidIdProblem,
    NotAuthorProblem,
    NotFoundProblem,
    ReadOnlyProblem,
    TextEmptyProblem,
    TextTooLongProblem,
    UnauthenticatedProblem,
    present,
)
from schema.problems.groups import NotMemberProblem, OutrankedProblem, RoleRequiredProblem, SlowModeProblem


@strawberry.input(description="Says something in a group.")
class SendMessageInput:
    """What to say, and where."""

    group: strawberry.ID = strawberry.field(description="The id of the Group.")
    body: str = strawberry.field(description=f"At most {MAX_BODY:,} characters.")
    in_reply_to: strawberry.ID | None = strawberry.field(
        default=None, description="The id of a Message of the same group that it answers."
    )
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.type(description="It is said, as of now or before.")
class SendMessageDone:
    """A new message."""

    group_message: Message = strawberry.field(description="The message.")
    group: Group = strawberry.field(description="Where it was said.")
    applied: bool = strawberry.field(description=APPLIED)
    token: str | None = strawberry.field(description=TOKEN)


SendMessageResult = Annotated[
    SendMessageDone
    | NotMemberProblem
    | SlowModeProblem
    | TextEmptyProblem
    | TextTooLongProblem
    | IdempotencyConflictProblem
    | InvalidIdempotencyKeyProblem
    | NotFoundProblem
    | InvalidIdProblem
    | UnauthenticatedProblem
    | ReadOnlyProblem,
    strawberry.union("SendMessageResult", description="Said, or why not."),
]


@strawberry.input(description="Changes one's own message.")
class EditMessageInput:
    """What it is to say."""

    message: strawberry.ID = strawberry.field(description="The id of the Message.")
    body: str = strawberry.field(description=f"At most {MAX_BODY:,} characters.")


@strawberry.type(description="The message says so, as of now or before.")
class EditMessageDone:
    """A changed message."""

    group_message: Message = strawberry.field(description="The message.")
    applied: bool = strawberry.field(description=APPLIED)
    token: str | None = strawberry.field(description=TOKEN)


EditMessageResult = Annotated[
    EditMessageDone
    | NotAuthorProblem
    | TextEmptyProblem
    | TextTooLongProblem
    | NotFoundProblem
    | InvalidIdProblem
    | UnauthenticatedProblem
    | ReadOnlyProblem,
    strawberry.union("EditMessageResult", description="Changed, or why not."),
]


@strawberry.input(description="Takes a message away.")
class DeleteMessageInput:
    """Which message to take away."""

    message: strawberry.ID = strawberry.field(description="The id of the Message.")


@strawberry.type(description="The message is gone.")
class DeleteMessageDone:
    """A message taken away."""

    message_id: strawberry.ID = strawberry.field(description="The id of the Message, for what still shows it.")
    group: Group = strawberry.field(description="The group, with what is unread of it.")
    applied: bool = strawberry.field(description=APPLIED)
    token: str | None = strawberry.field(description=TOKEN)


DeleteMessageResult = Annotated[
    DeleteMessageDone
    | RoleRequiredProblem
    | OutrankedProblem
    | NotFoundProblem
    | InvalidIdProblem
    | UnauthenticatedProblem
    | ReadOnlyProblem,
    strawberry.union("DeleteMessageResult", description="Taken away, or why not."),
]


@strawberry.input(description="Counts a group's messages up to one as read.")
class MarkReadInput:
    """Up to where the viewer has read."""

    message: strawberry.ID = strawberry.field(description="The id of the last Message that was read.")


@strawberry.type(description="What came up to there is read, as of now or before.")
class MarkReadDone:
    """A group that was read."""

    group: Group = strawberry.field(description="The group, with its new `unreadCount`.")


MarkReadResult = Annotated[
    MarkReadDone | NotMemberProblem | NotFoundProblem | InvalidIdProblem | UnauthenticatedProblem | ReadOnlyProblem,
    strawberry.union("MarkReadResult", description="Read, or why not."),
]


@strawberry.type
class MessageMutations:
    """The writes of messages."""

    @strawberry.mutation(description="Says something in a group. Its members may; in a slow one, after a while each.")
    async def send_message(
        self, info: Info, input: Annotated[SendMessageInput, strawberry.argument(description="What, and where.")]
    ) -> SendMessageResult:
        """Say something."""
        context = at(info)
        try:
            number = group_number(input.group)
            said = Said(input.body, None if input.in_reply_to is None else message_number(input.in_reply_to))
            services, caller = context.reads.services, await context.caller()
            row = await messages.send(services, caller, number, said, input.idempotency_key)
        except Refusal as refusal:
            return cast(SendMessageResult, present(refusal))
        group, is_applied, token = await settle_group(context, number, row.fact)
        return SendMessageDone(group_message=Message.of(row), group=group, applied=is_applied, token=token)

    @strawberry.mutation(description="Changes one's own message. What it says already changes nothing.")
    async def edit_message(
        self, info: Info, input: Annotated[EditMessageInput, strawberry.argument(description="What it is to say.")]
    ) -> EditMessageResult:
        """Change a message."""
        context = at(info)
        try:
            number = message_number(input.message)
            row, fact = await messages.edit(context.reads.services, await context.caller(), number, input.body)
        except Refusal as refusal:
            return cast(EditMessageResult, present(refusal))
        is_applied, token = await settle(context, fact)
        return EditMessageDone(group_message=Message.of(row), applied=is_applied, token=token)

    @strawberry.mutation(
        description="Takes a message away, with what it counted for its author; they may, and moderators above them."
    )
    async def delete_message(
        self, info: Info, input: Annotated[DeleteMessageInput, strawberry.argument(description="Which message.")]
    ) -> DeleteMessageResult:
        """Take a message away."""
        context = at(info)
        try:
            number = message_number(input.message)
            group, fact = await messages.delete(context.reads.services, await context.caller(), number)
        except Refusal as refusal:
            return cast(DeleteMessageResult, present(refusal))
        found, is_applied, token = await settle_group(context, group, fact)
        return DeleteMessageDone(message_id=input.message, group=found, applied=is_applied, token=token)

    @strawberry.mutation(description="Counts a group's messages up to one as read; what was read stays so.")
    async def mark_read(
        self, info: Info, input: Annotated[MarkReadInput, strawberry.argument(description="Up to where.")]
    ) -> MarkReadResult:
        """Move the viewer's marker on."""
        context = at(info)
        try:
            number = message_number(input.message)
            group = await read_markers.mark_read(context.reads.services, await context.caller(), number)
        except Refusal as refusal:
            return cast(MarkReadResult, present(refusal))
        found, _, _ = await settle_group(context, group, 0)
        return MarkReadDone(group=found)
