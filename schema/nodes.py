"""What every object that can be fetched again has in common."""

import strawberry


@strawberry.interface(description="Something that can be fetched again by its id.")
class Node:
    """An object with a global id."""

    id: strawberry.ID = strawberry.field(description="The global id: opaque, unique over all types, never reused.")


@strawberry.type(description="Where a page of a list ends, and whether the list goes on.")
class PageInfo:
    """A page's place in its list."""

    has_next_page: bool = strawberry.field(description="Whether more lies behind `endCursor`.")
    has_previous_page: bool = strawberry.field(description="Whether this page was reached by a cursor.")
    start_cursor: str | None = strawberry.field(description="The cursor of the first edge.")
    end_cursor: str | None = strawberry.field(
        description="Pass this as `after` to go on, also where the page shows nothing."
    )
