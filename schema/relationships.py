"""What lies between any two accounts."""

import strawberry

from resolvers import bonds
from resolvers.relationships import Between
from schema.accounts import Account
from schema.bonds import Bond
from schema.info import Info, within


@strawberry.input(description="Two accounts.")
class PairInput:
    """Two accounts by their ids."""

    account: strawberry.ID = strawberry.field(description="The id of an Account.")
    other: strawberry.ID = strawberry.field(description="The id of another.")


@strawberry.type(description="What lies between two accounts, in both directions.")
class Relationship:
    """Two accounts, their follows and their bonds."""

    row: strawberry.Private[Between]

    @strawberry.field(description="The pair's `account`.")
    def account(self) -> Account:
        """Return the one."""
        return Account.of(self.row.account)

    @strawberry.field(description="The pair's `other`.")
    def other(self) -> Account:
        """Return the other."""
        return Account.of(self.row.other)

    @strawberry.field(description="Whether `account` follows `other`.")
    def follows(self) -> bool:
        """Say whether the one follows."""
        return self.row.follows is not None

    @strawberry.field(description="Whether `other` follows `account`.")
    def followed_by(self) -> bool:
        """Say whether the other follows."""
        return self.row.followed_by is not None

    @strawberry.field(description="The bond of `account`, as a fan, with `other`, where that is a creator.")
    async def bond(self, info: Info) -> Bond | None:
        """Look the one direction up."""
        found = await bonds.present(within(info), self.row.account.id, self.row.other.id)
        return None if found is None else Bond(row=found)

    @strawberry.field(description="The bond of `other`, as a fan, with `account`, where that is a creator.")
    async def bond_of_other(self, info: Info) -> Bond | None:
        """Look the other direction up."""
        found = await bonds.present(within(info), self.row.other.id, self.row.account.id)
        return None if found is None else Bond(row=found)
