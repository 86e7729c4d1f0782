"""Making groups."""

from typing import Annotated, cast

import strawberry

from planet_graph.errors import Refusal
from planet_graph.services import groups
from planet_graph.services.groups import NewGroup
from schema.groups import Group
from schema.info import Info, at
from schema.mutations.done import APPLIED, TOKEN, settle
from schema.problems import (
    ReadOnlyProblem,
    SlugMalformedProblem,
    SlugTakenProblem,
    TextTooLongProblem,
    UnauthenticatedProblem,
    present,
)


@strawberry.input(description="Makes a group.")
class CreateGroupInput:
    """What is told of it."""

    slug: str = strawberry.field(
        description="The unique name: 3 to 30 characters a-z, 0-9, _ and -, the first of them no sign. It stays."
    )
    name: str = strawberry.field(default="", description="The name to show, at most 100 characters; empty: the slug.")
    description: str = strawberry.field(default="", description="What it is about, at most 500 characters.")


@strawberry.type(description="The group exists, and the viewer owns it.")
class CreateGroupDone:
    """A new group."""

    group: Group = strawberry.field(description="The group.")
    applied: bool = strawberry.field(description=APPLIED)
    token: str | None = strawberry.field(description=TOKEN)


CreateGroupResult = Annotated[
    CreateGroupDone
    | SlugTakenProblem
    | SlugMalformedProblem
    | TextTooLongProblem
    | UnauthenticatedProblem
    | ReadOnlyProblem,
    strawberry.union("CreateGroupResult", description="Made, or why not."),
]


@strawberry.type
class GroupMutations:
    """The writes of groups."""

    @strawberry.mutation(description="Makes a group, which the viewer then owns.")
    async def create_group(
        self, info: Info, input: Annotated[CreateGroupInput, strawberry.argument(description="What is told of it.")]
    ) -> CreateGroupResult:
        """Make a group."""
        context = at(info)
        try:
            new = NewGroup(input.slug, input.name, input.description)
            row, fact = await groups.create(context.reads.services, await context.caller(), new)
        except Refusal as refusal:
            return cast(CreateGroupResult, present(refusal))
        is_applied, token = await settle(context, fact)
        return CreateGroupDone(group=Group.of(row), applied=is_applied, token=token)
