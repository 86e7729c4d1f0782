"""Problems: refusals of mutations as types of their own, each with a stable code."""

from collections.abc import Callable
from typing import Any

import strawberry

from planet_graph import errors
from planet_graph.errors import Refusal
from schema.kyc import KycStatus
from schema.problems import drafts, groups
from schema.problems.problem import Problem


@strawberry.type(description="The id is malformed, not canonical, or of another type.")
class InvalidIdProblem(Problem):
    """A bad id."""

    id: str = strawberry.field(description="The id that was sent.")


@strawberry.type(description="Nothing is there that this viewer may see.")
class NotFoundProblem(Problem):
    """A missing thing."""

    id: str = strawberry.field(description="The id that was asked for.")


@strawberry.type(description="The act needs a token with an account.")
class UnauthenticatedProblem(Problem):
    """No account."""


@strawberry.type(description="The act needs a role that the token lacks.")
class ForbiddenProblem(Problem):
    """A missing role."""

    role: str = strawberry.field(description="The role that is needed.")


@strawberry.type(description="The server's clock is stopped, so it takes no changes.")
class ReadOnlyProblem(Problem):
    """A server of the past."""


@strawberry.type(description="An account cannot follow itself.")
class SelfFollowProblem(Problem):
    """A follow of oneself."""


@strawberry.type(description="An account cannot block itself.")
class SelfBlockProblem(Problem):
    """A block of oneself."""


@strawberry.type(description="An account cannot mute itself.")
class SelfMuteProblem(Problem):
    """A mute of oneself."""


@strawberry.type(description="The viewer blocks the account; unblock it first.")
class BlockedByViewerProblem(Problem):
    """An act towards somebody whom one blocks."""


@strawberry.type(description="The viewer blocks and mutes as many accounts as one may; lift one first.")
class TooManyHiddenProblem(Problem):
    """One block or mute too many."""

    limit: int = strawberry.field(description="How many accounts one may block and mute together.")


@strawberry.type(description="The act needs an account whose identity is verified.")
class KycRequiredProblem(Problem):
    """An identity that is not verified."""

    status: KycStatus = strawberry.field(description="How far the identity check is.")


@strawberry.type(description="The act needs an active creator identity: call `activateCreator` first.")
class CreatorRequiredProblem(Problem):
    """No creator."""


@strawberry.type(description="Only a tombstone is left of the post.")
class PostDeletedProblem(Problem):
    """A post that is gone."""

    id: strawberry.ID = strawberry.field(description="The id that was asked for.")


@strawberry.type(description="Only who wrote something may change it.")
class NotAuthorProblem(Problem):
    """Another's text."""


@strawberry.type(description="Somebody changed it meanwhile; put both versions together and send it again.")
class StaleRevisionProblem(Problem):
    """An old version."""

    revision: int = strawberry.field(description="The version that it is at.")
    title: str = strawberry.field(description="Its title now; empty where it has none.")
    body: str = strawberry.field(description="Its text now.")


@strawberry.type(description="The address is none, or does not begin with https.")
class InvalidUrlProblem(Problem):
    """A bad address."""

    url: str = strawberry.field(description="The address that was sent.")


@strawberry.type(description="Another account has this handle.")
class HandleTakenProblem(Problem):
    """A taken handle."""

    handle: str = strawberry.field(description="The handle that was asked for.")


@strawberry.type(description="The handle is not of the allowed form.")
class HandleMalformedProblem(Problem):
    """A malformed handle."""

    handle: str = strawberry.field(description="The handle that was asked for.")


@strawberry.type(description="The token already has an account, with another handle.")
class AlreadyRegisteredProblem(Problem):
    """A second account."""

    handle: str = strawberry.field(description="The handle of the account it has.")


@strawberry.type(description="The confirmation is not what the field asks for.")
class ConfirmationMismatchProblem(Problem):
    """An act that nobody confirmed."""


@strawberry.type(description="A text is longer than its field allows.")
class TextTooLongProblem(Problem):
    """A long text."""

    field: str = strawberry.field(description="The input field.")
    limit: int = strawberry.field(description="How many characters it may have.")


@strawberry.type(description="A text is empty, or holds only spaces and what cannot be seen.")
class TextEmptyProblem(Problem):
    """A text that says nothing."""

    field: str = strawberry.field(description="The input field.")


@strawberry.type(description="An article is Markdown; it holds HTML that would run something in a reader's browser.")
class UnsafeMarkupProblem(Problem):
    """A script."""

    markup: str = strawberry.field(description="Where the marks begin that are not taken.")


@strawberry.type(description="A list holds more items than one call may carry.")
class TooManyItemsProblem(Problem):
    """A long list."""

    limit: int = strawberry.field(description="How many items one call may carry.")


@strawberry.type(description="The idempotency key was used before with another body.")
class IdempotencyConflictProblem(Problem):
    """A reused key."""

    key: str = strawberry.field(description="The key.")


@strawberry.type(description="The idempotency key is empty or too long.")
class InvalidIdempotencyKeyProblem(Problem):
    """A bad key."""


def present(refusal: Refusal) -> Problem:
    """Turn a refusal into its Problem. Raises: KeyError for one that has none, which is a bug."""
    told = {name: value for name, value in vars(refusal).items() if name not in {"message", *NAMES}}
    named = {NAMES[name]: value for name, value in vars(refusal).items() if name in NAMES}
    return PROBLEMS[type(refusal)](code=refusal.code, message=refusal.message, **told, **named)


def _kyc_required(status: str, **told: Any) -> KycRequiredProblem:
    return KycRequiredProblem(status=KycStatus[status.upper()], **told)


NAMES = {"field_name": "field"}
"""What a refusal calls otherwise than its Problem, because the name is taken."""

PROBLEMS: dict[type[Refusal], Callable[..., Problem]] = {
    errors.InvalidId: InvalidIdProblem,
    errors.NotFound: NotFoundProblem,
    errors.Unauthenticated: UnauthenticatedProblem,
    errors.Forbidden: ForbiddenProblem,
    errors.ReadOnly: ReadOnlyProblem,
    errors.SelfFollow: SelfFollowProblem,
    errors.SelfBlock: SelfBlockProblem,
    errors.SelfMute: SelfMuteProblem,
    errors.BlockedByViewer: BlockedByViewerProblem,
    errors.TooManyHidden: TooManyHiddenProblem,
    errors.KycRequired: _kyc_required,
    errors.CreatorRequired: CreatorRequiredProblem,
    errors.PostDeleted: PostDeletedProblem,
    errors.NotAuthor: NotAuthorProblem,
    errors.StaleRevision: StaleRevisionProblem,
    errors.InvalidUrl: InvalidUrlProblem,
    errors.HandleTaken: HandleTakenProblem,
    errors.HandleMalformed: HandleMalformedProblem,
    errors.AlreadyRegistered: AlreadyRegisteredProblem,
    errors.ConfirmationMismatch: ConfirmationMismatchProblem,
    errors.TextTooLong: TextTooLongProblem,
    errors.TextEmpty: TextEmptyProblem,
    errors.UnsafeMarkup: UnsafeMarkupProblem,
    errors.TooManyItems: TooManyItemsProblem,
    errors.IdempotencyConflict: IdempotencyConflictProblem,
    errors.InvalidKey: InvalidIdempotencyKeyProblem,
    **groups.PROBLEMS,
    **drafts.PROBLEMS,
}
