"""Reacting, and taking it back."""

from collections.abc import Awaitable, Callable
from typing import Annotated, cast

import strawberry

from planet_graph import ids
from planet_graph.errors import Refusal
from planet_graph.models import messages as message_rows
from planet_graph.models import posts as rows
from planet_graph.services import message_reactions, reactions
from planet_graph.services.act import Caller, Services
from resolvers.context import Context
from schema.info import Info, at
from schema.messages import Message
from schema.mutations.done import APPLIED, TOKEN, reloaded_post, settle
from schema.posts import Post
from schema.problems import (
    InvalidIdProblem,
    NotFoundProblem,
    PostDeletedProblem,
    ReadOnlyProblem,
    UnauthenticatedProblem,
    present,
)
from schema.problems.groups import NotMemberProblem


@strawberry.input(description="Reacts to a post or message.")
class ReactInput:
    """What to react to."""

    subject: strawberry.ID = strawberry.field(
        description="The id of a Post or Message; of a post that only passes another on, that other is meant."
    )


@strawberry.type(description="The viewer's reaction is there, as of now or before.")
class ReactDone:
    """A reaction."""

    post: Post | None = strawberry.field(description="The post, with its new count; null for a message.")
    group_message: Message | None = strawberry.field(description="The message, with its new count; null for a post.")
    applied: bool = strawberry.field(description=APPLIED)
    token: str | None = strawberry.field(description=TOKEN)


ReactResult = Annotated[
    ReactDone
    | PostDeletedProblem
    | NotMemberProblem
    | NotFoundProblem
    | InvalidIdProblem
    | UnauthenticatedProblem
    | ReadOnlyProblem,
    strawberry.union("ReactResult", description="Reacted, or why not."),
]


@strawberry.input(description="Takes a reaction back.")
class UnreactInput:
    """What not to react to any more."""

    subject: strawberry.ID = strawberry.field(
        description="The id of a Post or Message; of a post that only passes another on, that other is meant."
    )


@strawberry.type(description="The viewer's reaction is not there, as of now or before.")
class UnreactDone:
    """A reaction taken back."""

    post: Post | None = strawberry.field(description="The post, with its new count; null for a message.")
    group_message: Message | None = strawberry.field(description="The message, with its new count; null for a post.")
    applied: bool = strawberry.field(description=APPLIED)
    token: str | None = strawberry.field(description=TOKEN)


UnreactResult = Annotated[
    UnreactDone
    | PostDeletedProblem
    | NotMemberProblem
    | NotFoundProblem
    | InvalidIdProblem
    | UnauthenticatedProblem
    | ReadOnlyProblem,
    strawberry.union("UnreactResult", description="Taken back, or why not."),
]

Write = Callable[[Services, Caller, int], Awaitable[tuple[rows.Post, int]]]
MessageWrite = Callable[[Services, Caller, int], Awaitable[tuple[message_rows.Message, int]]]
Changed = tuple[Post | None, Message | None, bool, str | None]


async def _changed(context: Context, subject: str, post: Write, message: MessageWrite) -> Changed:
    """Change a reaction, wait for the graph, and present what it was to anew."""
    noun, number = ids.from_global(subject, ["Post", "Message"])
    services, caller = context.reads.services, await context.caller()
    if noun == "Message":
        said, fact = await message(services, caller, number)
        is_applied, token = await settle(context, fact)
        return None, Message.of(said), is_applied, token
    row, fact = await post(services, caller, number)
    is_applied, token = await settle(context, fact)
    return await reloaded_post(context, row.id), None, is_applied, token


@strawberry.type
class ReactionMutations:
    """The writes of reactions."""

    @strawberry.mutation(
        description="Reacts to a post or message, which strengthens the viewer's bond with its author. Asked twice it "
        "answers the same as once."
    )
    async def react(
        self, info: Info, input: Annotated[ReactInput, strawberry.argument(description="What to react to.")]
    ) -> ReactResult:
        """React."""
        try:
            changed = await _changed(at(info), input.subject, reactions.react, message_reactions.react)
        except Refusal as refusal:
            return cast(ReactResult, present(refusal))
        post, message, is_applied, token = changed
        return ReactDone(post=post, group_message=message, applied=is_applied, token=token)

    @strawberry.mutation(
        description="Takes a reaction back, with what it did to the bond. Asked twice it answers the same as once."
    )
    async def unreact(
        self,
        info: Info,
        input: Annotated[UnreactInput, strawberry.argument(description="What not to react to any more.")],
    ) -> UnreactResult:
        """Take the reaction back."""
        try:
            changed = await _changed(at(info), input.subject, reactions.unreact, message_reactions.unreact)
        except Refusal as refusal:
            return cast(UnreactResult, present(refusal))
        post, message, is_applied, token = changed
        return UnreactDone(post=post, group_message=message, applied=is_applied, token=token)
