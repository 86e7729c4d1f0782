"""What the viewer may do."""

import strawberry

from resolvers import permissions


@strawberry.type(description="Whether the viewer may do something, and if not, why.")
class Permission:
    """An answer to `viewerCan`."""

    allowed: bool = strawberry.field(description="Whether the mutation would be taken, as far as is known before.")
    code: str | None = strawberry.field(description="The `code` of the Problem that it would be answered by.")
    reason: str | None = strawberry.field(description="What stands against it and what to do, for people.")

    @classmethod
    def of(cls, found: permissions.Permission) -> "Permission":
        """Present an answer."""
        return cls(allowed=found.allowed, code=found.code, reason=found.reason)
