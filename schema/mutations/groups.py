"""Making groups and changing them."""

from typing import Annotated, cast

import strawberry

from planet_graph.errors import Refusal
from planet_graph.services import groups
from planet_graph.services.groups import Changes, NewGroup
from schema.groups import Group
from schema.info import Info, at
from schema.mutations.done import APPLIED, TOKEN, group_number, settle, settle_group
from schema.problems import (
    InvalidIdProblem,
    NotFoundProblem,
    ReadOnlyProblem,
    TextTooLongProblem,
    UnauthenticatedProblem,
    present,
)
from schema.problems.groups import (
    NotMemberProblem,
    OutOfRangeProblem,
    RoleRequiredProblem,
    SlugMalformedProblem,
    SlugTakenProblem,
)


@strawberry.input(description="Makes a group.")
class CreateGroupInput:
    """What is told of it."""

    slug: str = strawberry.field(
        description="The unique name: 3 to 30 characters a-z, 0-9, _ and -, the first of them no sign. It stays."
    )
    name: str = strawberry.field(default="", description="The name to show, at most 100 characters; empty: the slug.")
    description: str = strawberry.field(default="", description="What it is about, at most 500 characters.")
    by_approval: bool = strawberry.field(
        default=False, description="Whether a moderator decides who joins; strangers see nothing of what is in it."
    )


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


@strawberry.input(description="Changes a group. What is left out, or null, stays as it is.")
class UpdateGroupInput:
    """What is to change."""

    group: strawberry.ID = strawberry.field(description="The id of the Group.")
    name: str | None = strawberry.field(default=None, description="The name to show; empty: the slug.")
    description: str | None = strawberry.field(default=None, description="What it is about; empty: nothing is said.")
    announcement: str | None = strawberry.field(
        default=None, description="What everybody in it is told, at most 1,000 characters; empty: nothing."
    )
    by_approval: bool | None = strawberry.field(default=None, description="Whether a moderator decides who joins.")
    slow_seconds: int | None = strawberry.field(
        default=None, description="How long a plain member waits between two messages, at most 86,400; 0: not."
    )


@strawberry.type(description="The group is as was asked, as of now or before.")
class UpdateGroupDone:
    """A changed group."""

    group: Group = strawberry.field(description="The group.")
    applied: bool = strawberry.field(description=APPLIED)
    token: str | None = strawberry.field(description=TOKEN)


UpdateGroupResult = Annotated[
    UpdateGroupDone
    | NotMemberProblem
    | RoleRequiredProblem
    | TextTooLongProblem
    | OutOfRangeProblem
    | NotFoundProblem
    | InvalidIdProblem
    | UnauthenticatedProblem
    | ReadOnlyProblem,
    strawberry.union("UpdateGroupResult", description="Changed, or why not."),
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
            new = NewGroup(input.slug, input.name, input.description, input.by_approval)
            row, fact = await groups.create(context.reads.services, await context.caller(), new)
        except Refusal as refusal:
            return cast(CreateGroupResult, present(refusal))
        is_applied, token = await settle(context, fact)
        return CreateGroupDone(group=Group.of(row), applied=is_applied, token=token)

    @strawberry.mutation(description="Changes a group; its admins may. What is the same already changes nothing.")
    async def update_group(
        self, info: Info, input: Annotated[UpdateGroupInput, strawberry.argument(description="What is to change.")]
    ) -> UpdateGroupResult:
        """Change a group."""
        context = at(info)
        try:
            number = group_number(input.group)
            changes = Changes(input.name, input.description, input.announcement, input.by_approval, input.slow_seconds)
            _, fact = await groups.update(context.reads.services, await context.caller(), number, changes)
        except Refusal as refusal:
            return cast(UpdateGroupResult, present(refusal))
        group, is_applied, token = await settle_group(context, number, fact)
        return UpdateGroupDone(group=group, applied=is_applied, token=token)
