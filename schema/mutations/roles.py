"""Giving roles in groups."""

from typing import Annotated, cast

import strawberry

from planet_graph.errors import Refusal
from planet_graph.models.memberships import Role
from planet_graph.services import roles
from schema.groups import Group
from schema.info import Info, at
from schema.memberships import Membership
from schema.mutations.done import APPLIED, TOKEN, account_number, group_number, settle_group
from schema.problems import InvalidIdProblem, NotFoundProblem, ReadOnlyProblem, UnauthenticatedProblem, present
from schema.problems.groups import NotMemberProblem, OutrankedProblem, RoleRequiredProblem
from schema.roles import GroupRole


@strawberry.input(description="Gives a member a role.")
class SetMemberRoleInput:
    """Who is to be what."""

    group: strawberry.ID = strawberry.field(description="The id of the Group.")
    account: strawberry.ID = strawberry.field(description="The id of the member's Account.")
    role: GroupRole = strawberry.field(description="The role; OWNER hands the group over: the viewer is an admin then.")


@strawberry.type(description="The member has the role, as of now or before.")
class SetMemberRoleDone:
    """A role."""

    group: Group = strawberry.field(description="The group, with the viewer's own place in it.")
    membership: Membership | None = strawberry.field(description="The member; null where they left meanwhile.")
    applied: bool = strawberry.field(description=APPLIED)
    token: str | None = strawberry.field(description=TOKEN)


SetMemberRoleResult = Annotated[
    SetMemberRoleDone
    | NotMemberProblem
    | RoleRequiredProblem
    | OutrankedProblem
    | NotFoundProblem
    | InvalidIdProblem
    | UnauthenticatedProblem
    | ReadOnlyProblem,
    strawberry.union("SetMemberRoleResult", description="Given, or why not."),
]


@strawberry.type
class RoleMutations:
    """The writes of roles."""

    @strawberry.mutation(
        description="Gives a member a role; admins may, to those below them and only what is below them. The owner may "
        "hand the group over. Asked twice it answers the same as once."
    )
    async def set_member_role(
        self, info: Info, input: Annotated[SetMemberRoleInput, strawberry.argument(description="Who is to be what.")]
    ) -> SetMemberRoleResult:
        """Give a role."""
        context = at(info)
        try:
            number, account = group_number(input.group), account_number(input.account)
            services, caller = context.reads.services, await context.caller()
            fact = await roles.set_role(services, caller, number, account, cast(Role, input.role.value))
        except Refusal as refusal:
            return cast(SetMemberRoleResult, present(refusal))
        group, is_applied, token = await settle_group(context, number, fact)
        row = await context.loaders.memberships.load((account, number))
        return SetMemberRoleDone(group=group, membership=Membership.of_maybe(row), applied=is_applied, token=token)
