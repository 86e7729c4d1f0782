"""Who asks."""

import strawberry

from schema.accounts import Account
from schema.info import Info


@strawberry.type(description="Who asks, by the bearer token.")
class Viewer:
    """The viewer's own things."""

    @strawberry.field(description="The token's account; null before `register`.")
    async def account(self, info: Info) -> Account | None:
        """Load the viewer's account."""
        return Account.of_maybe(await info.context.viewer())

    @strawberry.field(description="The token's roles: operator, analyst, server.")
    def roles(self, info: Info) -> list[str]:
        """Return the roles."""
        return sorted(info.context.token.roles)
