"""How far an account's identity check is."""

import enum

import strawberry


@strawberry.enum(description="How far an account's identity check (know your customer) is.")
class KycStatus(enum.Enum):
    """The states of a check."""

    NONE = strawberry.enum_value("none", description="Nobody has asked for it.")
    PENDING = strawberry.enum_value("pending", description="It is under way.")
    VERIFIED = strawberry.enum_value("verified", description="The person is known; they may become a creator.")
    REJECTED = strawberry.enum_value("rejected", description="It failed.")
