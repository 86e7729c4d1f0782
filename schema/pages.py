"""The arguments of every list that is paged."""

from typing import Annotated

import strawberry

from planet_graph.paging import MAX_PAGE

First = Annotated[int, strawberry.argument(description=f"How many, 1 to {MAX_PAGE}.")]
After = Annotated[str | None, strawberry.argument(description="The `endCursor` of the page before.")]
