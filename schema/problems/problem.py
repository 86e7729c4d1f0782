"""What all Problems have in common."""

import strawberry


@strawberry.interface(description="Why a mutation was refused. Nothing was changed.")
class Problem:
    """A refusal."""

    code: str = strawberry.field(description="A stable name for programs.")
    message: str = strawberry.field(description="What was wrong and what to do, for people.")
