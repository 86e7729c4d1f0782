"""Refusals: what a caller did that cannot be done, each with a stable code."""

from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(eq=False)
class Refusal(Exception):
    """A request that was understood and declined; nothing was changed."""

    message: str
    code: ClassVar[str] = "REFUSED"

    def __str__(self) -> str:
        return self.message


@dataclass(eq=False)
class InvalidId(Refusal):
    """An id that is not one of ours, not canonical, or of another type."""

    id: str = ""
    code: ClassVar[str] = "INVALID_ID"


@dataclass(eq=False)
class NotFound(Refusal):
    """Nothing is there that this viewer may see."""

    id: str = ""
    code: ClassVar[str] = "NOT_FOUND"


@dataclass(eq=False)
class Unauthenticated(Refusal):
    """The act needs an account, or a signed-in subject."""

    code: ClassVar[str] = "UNAUTHENTICATED"


@dataclass(eq=False)
class Forbidden(Refusal):
    """The act needs a role that the caller's token lacks."""

    role: str = ""
    code: ClassVar[str] = "FORBIDDEN"


@dataclass(eq=False)
class SelfFollow(Refusal):
    """An account cannot follow itself."""

    code: ClassVar[str] = "SELF_FOLLOW"


@dataclass(eq=False)
class SelfBlock(Refusal):
    """An account cannot block itself."""

    code: ClassVar[str] = "SELF_BLOCK"


@dataclass(eq=False)
class SelfMute(Refusal):
    """An account cannot mute itself."""

    code: ClassVar[str] = "SELF_MUTE"


@dataclass(eq=False)
class BlockedByViewer(Refusal):
    """The caller blocks the account that the act is about."""

    code: ClassVar[str] = "BLOCKED_BY_VIEWER"


@dataclass(eq=False)
class TooManyHidden(Refusal):
    """The caller blocks and mutes as many as one may."""

    limit: int = 0
    code: ClassVar[str] = "TOO_MANY_HIDDEN"


@dataclass(eq=False)
class KycRequired(Refusal):
    """The act needs an account whose identity is verified. `status`: none, pending or rejected."""

    status: str = "none"
    code: ClassVar[str] = "KYC_REQUIRED"


@dataclass(eq=False)
class CreatorRequired(Refusal):
    """The act needs an active creator identity."""

    code: ClassVar[str] = "CREATOR_REQUIRED"


@dataclass(eq=False)
class PostDeleted(Refusal):
    """Only a tombstone is left of the post."""

    id: str = ""
    code: ClassVar[str] = "POST_DELETED"


@dataclass(eq=False)
class NotAuthor(Refusal):
    """Only who wrote something may change it."""

    code: ClassVar[str] = "NOT_AUTHOR"


@dataclass(eq=False)
class StaleRevision(Refusal):
    """Somebody changed it meanwhile; these are its texts now."""

    revision: int = 0
    title: str = ""
    body: str = ""
    code: ClassVar[str] = "STALE_REVISION"


@dataclass(eq=False)
class InvalidUrl(Refusal):
    """An address that is none, or not of the web's secure kind."""

    url: str = ""
    code: ClassVar[str] = "INVALID_URL"


@dataclass(eq=False)
class HandleTaken(Refusal):
    """Another account has this handle."""

    handle: str = ""
    code: ClassVar[str] = "HANDLE_TAKEN"


@dataclass(eq=False)
class HandleMalformed(Refusal):
    """The handle is not of the allowed form."""

    handle: str = ""
    code: ClassVar[str] = "HANDLE_MALFORMED"


@dataclass(eq=False)
class AlreadyRegistered(Refusal):
    """The token's subject has an account under another handle."""

    handle: str = ""
    code: ClassVar[str] = "ALREADY_REGISTERED"


@dataclass(eq=False)
class ConfirmationMismatch(Refusal):
    """What was to confirm an act that cannot be undone does not."""

    code: ClassVar[str] = "CONFIRMATION_MISMATCH"


@dataclass(eq=False)
class TextTooLong(Refusal):
    """A text is longer than its field allows."""

    field_name: str = field(default="")
    limit: int = 0
    code: ClassVar[str] = "TEXT_TOO_LONG"


@dataclass(eq=False)
class TextEmpty(Refusal):
    """A text says nothing."""

    field_name: str = field(default="")
    code: ClassVar[str] = "TEXT_EMPTY"


@dataclass(eq=False)
class UnsafeMarkup(Refusal):
    """A text holds marks that would run something in a reader's browser."""

    markup: str = ""
    code: ClassVar[str] = "UNSAFE_MARKUP"


@dataclass(eq=False)
class TooManyItems(Refusal):
    """A list holds more items than one call may carry."""

    limit: int = 0
    code: ClassVar[str] = "TOO_MANY_ITEMS"


@dataclass(eq=False)
class IdempotencyConflict(Refusal):
    """The idempotency key was used before with another body."""

    key: str = ""
    code: ClassVar[str] = "IDEMPOTENCY_CONFLICT"


@dataclass(eq=False)
class InvalidKey(Refusal):
    """The idempotency key is empty or too long."""

    code: ClassVar[str] = "INVALID_IDEMPOTENCY_KEY"


@dataclass(eq=False)
class ReadOnly(Refusal):
    """The server's clock is stopped, so it takes no changes."""

    code: ClassVar[str] = "READ_ONLY"


@dataclass(eq=False)
class InvalidArgument(Exception):
    """An argument of a read that cannot be used (BAD_USER_INPUT)."""

    message: str

    def __str__(self) -> str:
        return self.message
