"""Becoming a creator."""

from typing import Annotated, cast

import strawberry

from planet_graph.errors import Refusal
from planet_graph.services import creators
from schema.creators import Creator
from schema.info import Info, at
from schema.mutations.done import APPLIED, TOKEN, settle
from schema.problems import KycRequiredProblem, ReadOnlyProblem, UnauthenticatedProblem, present
from schema.viewer import Viewer


@strawberry.type(description="The viewer is a creator, as of now or before.")
class ActivateCreatorDone:
    """A creator."""

    creator: Creator = strawberry.field(description="The creator identity, with its homepage.")
    viewer: Viewer = strawberry.field(description="Whose it is.")
    applied: bool = strawberry.field(description=APPLIED)
    token: str | None = strawberry.field(description=TOKEN)


ActivateCreatorResult = Annotated[
    ActivateCreatorDone | KycRequiredProblem | UnauthenticatedProblem | ReadOnlyProblem,
    strawberry.union("ActivateCreatorResult", description="Active, or why not."),
]


@strawberry.type
class CreatorMutations:
    """The writes of creators."""

    @strawberry.mutation(
        description="Makes the viewer a creator, once their identity is verified. What fans did before becomes their "
        "bonds. Asked twice it answers the same as once."
    )
    async def activate_creator(self, info: Info) -> ActivateCreatorResult:
        """Activate the creator identity."""
        context = at(info)
        try:
            identity, account, fact = await creators.activate(context.reads.services, await context.caller())
        except Refusal as refusal:
            return cast(ActivateCreatorResult, present(refusal))
        is_applied, token = await settle(context, fact)
        return ActivateCreatorDone(
            creator=Creator.of(identity, account), viewer=Viewer(), applied=is_applied, token=token
        )
