"""What the viewer keeps."""

from datetime import datetime

import strawberry

from planet_graph.paging import Page
from resolvers.posts import Listed
from schema.bonds import page_info
from schema.nodes import PageInfo
from schema.posts import Post, post_of
from schema.scalars import moment


@strawberry.type(description="A post that the viewer keeps.")
class BookmarkEdge:
    """A bookmark."""

    row: strawberry.Private[Listed]

    @strawberry.field(description="The place in this list.")
    def cursor(self) -> str:
        """Return the cursor."""
        return self.row.cursor

    @strawberry.field(description="The post.")
    def node(self) -> Post:
        """Return the post."""
        return post_of(self.row.post)

    @strawberry.field(description="Since when the viewer keeps it.")
    def bookmarked_at(self) -> datetime:
        """Return the time of the bookmark."""
        return moment(self.row.at_us)


@strawberry.type(description="What the viewer keeps, the latest first.")
class BookmarkConnection:
    """A page of bookmarks."""

    edges: list[BookmarkEdge] = strawberry.field(description="The bookmarks.")
    page_info: PageInfo = strawberry.field(description="Where the page lies.")

    @classmethod
    def of(cls, page: Page[Listed], after: str | None) -> "BookmarkConnection":
        """Present a page."""
        return cls(edges=[BookmarkEdge(row=row) for row in page.rows], page_info=page_info(page, after))
