"""Problems: refusals of mutations as types of their own, each with a stable code."""

import strawberry

from planet_graph import errors
from planet_graph.errors import Refusal


@strawberry.interface(description="Why a mutation was refused. Nothing was changed.")
class Problem:
    """A refusal."""

    code: str = strawberry.field(description="A stable name for programs.")
    message: str = strawberry.field(description="What was wrong and what to do, for people.")


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


@strawberry.type(description="A text is longer than its field allows.")
class TextTooLongProblem(Problem):
    """A long text."""

    field: str = strawberry.field(description="The input field.")
    limit: int = strawberry.field(description="How many characters it may have.")


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
    code, message = refusal.code, refusal.message
    match refusal:
        case errors.InvalidId(id=shown):
            return InvalidIdProblem(code=code, message=message, id=shown)
        case errors.NotFound(id=shown):
            return NotFoundProblem(code=code, message=message, id=shown)
        case errors.Forbidden(role=role):
            return ForbiddenProblem(code=code, message=message, role=role)
        case errors.HandleTaken(handle=handle):
            return HandleTakenProblem(code=code, message=message, handle=handle)
        case errors.HandleMalformed(handle=handle):
            return HandleMalformedProblem(code=code, message=message, handle=handle)
        case errors.AlreadyRegistered(handle=handle):
            return AlreadyRegisteredProblem(code=code, message=message, handle=handle)
        case errors.TextTooLong(field_name=name, limit=limit):
            return TextTooLongProblem(code=code, message=message, field=name, limit=limit)
        case errors.TooManyItems(limit=limit):
            return TooManyItemsProblem(code=code, message=message, limit=limit)
        case errors.IdempotencyConflict(key=key):
            return IdempotencyConflictProblem(code=code, message=message, key=key)
        case _:
            return PLAIN[type(refusal)](code=code, message=message)


PLAIN: dict[type[Refusal], type[Problem]] = {
    errors.Unauthenticated: UnauthenticatedProblem,
    errors.ReadOnly: ReadOnlyProblem,
    errors.SelfFollow: SelfFollowProblem,
    errors.InvalidKey: InvalidIdempotencyKeyProblem,
}
