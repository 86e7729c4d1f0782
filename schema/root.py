"""The schema, with its limits."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import strawberry
from graphql import GraphQLError
from strawberry.extensions import AddValidationRules, MaxTokensLimiter, ParserCache, ValidationCache
from strawberry.schema.config import StrawberryConfig
from strawberry.types.execution import ExecutionContext, PreExecutionError
from strawberry.types.graphql import OperationType

from schema.accounts import Account
from schema.creators import Creator
from schema.drafts import Draft
from schema.faults import Admission, Faults
from schema.groups import Group
from schema.limits import MAX_TOKENS, Limits
from schema.messages import Message
from schema.mutations.accounts import AccountMutations
from schema.mutations.bans import BanMutations
from schema.mutations.blocks import BlockMutations
from schema.mutations.bookmarks import BookmarkMutations
from schema.mutations.creators import CreatorMutations
from schema.mutations.drafts import DraftMutations
from schema.mutations.follows import FollowMutations
from schema.mutations.groups import GroupMutations
from schema.mutations.interactions import InteractionMutations
from schema.mutations.invites import InviteMutations
from schema.mutations.join_requests import JoinRequestMutations
from schema.mutations.memberships import MembershipMutations
from schema.mutations.messages import MessageMutations
from schema.mutations.mutes import MuteMutations
from schema.mutations.notifications import NotificationMutations
from schema.mutations.own_data import OwnDataMutations
from schema.mutations.posts import PostMutations
from schema.mutations.reactions import ReactionMutations
from schema.mutations.reposts import RepostMutations
from schema.mutations.revisions import RevisionMutations
from schema.mutations.roles import RoleMutations
from schema.mutations.scheduled_drafts import ScheduledDraftMutations
from schema.observation import Observation
from schema.posts import POST_TYPES
from schema.problems import Problem
from schema.queries import Query
from schema.scalars import SCALARS
from schema.subscriptions import Subscription


class Schema(strawberry.Schema):
    """Strawberry's, which leaves it to Faults to say what is logged of errors: by itself it logs what clients send."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Log nothing."""

    async def execute(self, *args: Any, **options: Any) -> Any:
        """Execute what has one answer; a subscription has many, and is refused here."""
        allowed = options.get("allowed_operation_types") or set(OperationType)
        options["allowed_operation_types"] = set(allowed) - {OperationType.SUBSCRIPTION}
        return await super().execute(*args, **options)

    async def stream(self, *args: Any, **options: Any) -> Any:
        """Execute what may have many answers; what an extension refuses is the only one."""
        return _with_refusal(await super().stream(*args, **options))


async def _with_refusal(results: Any) -> AsyncGenerator[Any]:
    async with aclosing(results):
        try:
            async for result in results:
                yield result
        except GraphQLError as error:
            yield PreExecutionError(data=None, errors=[error])


@strawberry.type(description="Everything that changes something.")
class Mutation(
    AccountMutations,
    CreatorMutations,
    FollowMutations,
    BlockMutations,
    MuteMutations,
    GroupMutations,
    MembershipMutations,
    PostMutations,
    RepostMutations,
    RevisionMutations,
    ReactionMutations,
    RoleMutations,
    JoinRequestMutations,
    InviteMutations,
    BanMutations,
    BookmarkMutations,
    DraftMutations,
    ScheduledDraftMutations,
    MessageMutations,
    InteractionMutations,
    NotificationMutations,
    OwnDataMutations,
):
    """The writes of all nouns."""


schema = Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=[Account, Creator, Draft, Group, Message, *POST_TYPES, Problem],
    # Classes and factories: an instance would be shared by concurrent requests.
    extensions=[
        Observation,
        Faults,
        lambda: MaxTokensLimiter(max_token_count=MAX_TOKENS),
        lambda: ParserCache(maxsize=256),
        lambda: ValidationCache(maxsize=256),
        lambda: AddValidationRules([Limits]),
        Admission,
    ],
    config=StrawberryConfig(relay_max_results=100, scalar_map=SCALARS),
)


def sdl() -> str:
    """Return the schema's text, as it is committed."""
    return schema.as_str() + "\n"
