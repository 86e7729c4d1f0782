"""Posts."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Any

import strawberry

from planet_graph import facets, ids
from planet_graph.models import posts as rows
from planet_graph.models.revisions import PostRevision as PostRevisionRow
from planet_graph.paging import Page
from resolvers import impressions, permissions, posts
from resolvers.posts import Listed
from schema.accounts import Account
from schema.bonds import page_info
from schema.facets import Facet
from schema.impressions import IMPRESSION
from schema.info import Info, at
from schema.nodes import Node, PageInfo
from schema.pages import After, First
from schema.permissions import Permission
from schema.scalars import BigInt, moment


@strawberry.enum(description="What a post is.")
class PostKind(Enum):
    """A kind of post."""

    SHORT = strawberry.enum_value("short", description="A few words.")
    ARTICLE = strawberry.enum_value("article", description="A long text with a title.")
    REPOST = strawberry.enum_value("repost", description="Another post passed on.")


@strawberry.input(description="Which posts are wanted; what is left out matters not.")
class PostFilterInput:
    """A part of all posts."""

    author: strawberry.ID | None = strawberry.field(default=None, description="The id of the Account that wrote them.")
    kind: PostKind | None = strawberry.field(default=None, description="What they are.")
    cashtag: str | None = strawberry.field(default=None, description="A symbol that they name, such as TSLA.")
    replies: bool | None = strawberry.field(default=None, description="True: only replies; false: none.")


@strawberry.type(description="What a post said before it was edited.")
class PostRevision:
    """An earlier version."""

    revision: int = strawberry.field(description="Which version it was; the first is 1.")
    title: str = strawberry.field(description="The title then; empty where it has none.")
    body: str = strawberry.field(description="The text then.")
    written_at: datetime = strawberry.field(description="When it was written.")


@strawberry.type(description="An earlier version in the list.")
class PostRevisionEdge:
    """A version's place."""

    cursor: str = strawberry.field(description="The place in this list.")
    node: PostRevision = strawberry.field(description="The version.")


@strawberry.type(description="What a post said before, newest first.")
class PostRevisionConnection:
    """A page of versions."""

    edges: list[PostRevisionEdge] = strawberry.field(description="The versions.")
    page_info: PageInfo = strawberry.field(description="Where the page lies.")


@strawberry.type(description="A post in a list.")
class PostEdge:
    """A post's place."""

    row: strawberry.Private[Listed]

    @strawberry.field(description="The place in this list.")
    def cursor(self) -> str:
        """Return the cursor."""
        return self.row.cursor

    @strawberry.field(description="The post.")
    def node(self) -> "Post":
        """Return the post."""
        return post_of(self.row.post)


@strawberry.type(description="Posts, in the order that the field says.")
class PostConnection:
    """A page of posts."""

    edges: list[PostEdge] = strawberry.field(description="The posts.")
    page_info: PageInfo = strawberry.field(description="Where the page lies.")

    @classmethod
    def of(cls, page: Page[Listed], after: str | None) -> "PostConnection":
        """Present a page."""
        return cls(edges=[PostEdge(row=row) for row in page.rows], page_info=page_info(page, after))


@strawberry.interface(
    description="Something published: a short post, an article, a repost, or the tombstone of one of them. Counts are "
    "public facts, the same for all viewers."
)
class Post(Node):
    """A post as this viewer may see it."""

    row: strawberry.Private[rows.Post]

    body: str = strawberry.field(
        description="The text; of an article Markdown, of a repost its comment. Empty for a tombstone."
    )
    created_at: datetime = strawberry.field(description="When it was published.")
    edited_at: datetime | None = strawberry.field(description="When its texts last changed; null if they never did.")
    deleted_at: datetime | None = strawberry.field(description="When it was deleted; null while it is there.")
    revision: int = strawberry.field(description="Which version of its texts this is; the first is 1.")
    facets: list[Facet] = strawberry.field(description="Cashtags, mentions and links in `body`, in their order.")
    reaction_count: BigInt = strawberry.field(description="How many reacted.")
    reply_count: BigInt = strawberry.field(description="How many replies it has. Tombstones that have replies count.")
    repost_count: BigInt = strawberry.field(description="How many passed it on, with or without a comment.")

    @strawberry.field(description="Who wrote it; null for a tombstone.")
    async def author(self, info: Info) -> Account | None:
        """Load the author."""
        return Account.of_maybe(await posts.author(at(info), self.row))

    @strawberry.field(description="What it answers; null where it answers nothing, or nothing that the viewer may see.")
    async def in_reply_to(self, info: Info) -> Annotated["Post", strawberry.lazy("schema.posts")] | None:
        """Load the post that is answered."""
        return post_of_maybe(await posts.post_of(at(info), self.row.in_reply_to))

    @strawberry.field(description="Whether the viewer reacted to it.")
    async def viewer_has_reacted(self, info: Info) -> bool:
        """Look the viewer's reaction up."""
        return await at(info).loaders.reacted.load(self.row.id)

    @strawberry.field(description=IMPRESSION)
    async def impression_token(self, info: Info) -> str | None:
        """Sign the impression."""
        if self.row.deleted_us is not None:
            return None
        return await impressions.token(info.context, self.row.author, self.row.id)

    @strawberry.field(description="Whether the viewer may call `react` and `unreact` with it.")
    async def viewer_can_react(self, info: Info) -> Permission:
        """Ask what `react` would."""
        return Permission.of(await permissions.act_on_post(info.context, self.row))

    @strawberry.field(description="Whether the viewer keeps it. Nobody else sees that.")
    async def viewer_has_bookmarked(self, info: Info) -> bool:
        """Look the viewer's bookmark up."""
        return await at(info).loaders.bookmarked.load(self.row.id)

    @strawberry.field(description="Whether the viewer passes it on without a comment.")
    async def viewer_has_reposted(self, info: Info) -> bool:
        """Look the viewer's repost up."""
        return await at(info).loaders.passed_on.load(self.row.id)

    @strawberry.field(description="What answers it, oldest first, with the tombstones that have replies themselves.")
    async def replies(self, info: Info, first: First = 20, after: After = None) -> PostConnection | None:
        """Read a page of replies."""
        return PostConnection.of(await posts.replies(at(info), self.row.id, first, after), after)

    @strawberry.field(description="What it said before it was edited, newest first. Everybody who sees it sees that.")
    async def revisions(self, info: Info, first: First = 20, after: After = None) -> PostRevisionConnection | None:
        """Read a page of earlier versions."""
        page = await posts.earlier(at(info), self.row.id, first, after)
        edges = [PostRevisionEdge(cursor=row.cursor, node=_revision(row.revision)) for row in page.rows]
        return PostRevisionConnection(edges=edges, page_info=page_info(page, after))

    @strawberry.field(description="Whether the viewer may call `reply` with it.")
    async def viewer_can_reply(self, info: Info) -> Permission:
        """Ask what `reply` would."""
        return Permission.of(await permissions.act_on_post(info.context, self.row))

    @strawberry.field(description="Whether the viewer may call `repost` and `unrepost` with it.")
    async def viewer_can_repost(self, info: Info) -> Permission:
        """Ask what `repost` would."""
        return Permission.of(await permissions.act_on_post(info.context, self.row))

    @strawberry.field(description="Whether the viewer may call `bookmark` and `unbookmark` with it.")
    async def viewer_can_bookmark(self, info: Info) -> Permission:
        """Ask what `bookmark` would."""
        return Permission.of(await permissions.act_on_post(info.context, self.row))

    @strawberry.field(description="Whether the viewer may call `editPost` with it.")
    async def viewer_can_edit(self, info: Info) -> Permission:
        """Ask what `editPost` would."""
        return Permission.of(await permissions.edit_post(info.context, self.row))

    @strawberry.field(description="Whether the viewer may call `deletePost` with it.")
    async def viewer_can_delete(self, info: Info) -> Permission:
        """Ask what `deletePost` would."""
        return Permission.of(await permissions.delete_post(info.context, self.row))


@strawberry.type(description="A few words.")
class ShortPost(Post):
    """A short post."""


@strawberry.type(description="A long text with a title.")
class Article(Post):
    """An article."""

    title: str = strawberry.field(description="The title.")
    cover_url: str | None = strawberry.field(description="An https address of the picture above it.")

    @strawberry.field(description="`body` as HTML that is safe to show.")
    async def html(self, info: Info) -> str:
        """Load what it looks like."""
        return await at(info).loaders.html.load(self.row.id)


@strawberry.type(description="Another post passed on, with a comment or without.")
class Repost(Post):
    """A repost."""

    @strawberry.field(description="What is passed on; null where that is gone or not to be seen by this viewer.")
    async def post(self, info: Info) -> Post | None:
        """Load the post that is passed on."""
        return post_of_maybe(await posts.post_of(at(info), self.row.repost_of))


@strawberry.type(description="What is left of a deleted post that has replies: its place in the thread.")
class Tombstone(Post):
    """A deleted post."""


POST_TYPES = (ShortPost, Article, Repost, Tombstone)
KINDS = {"short": ShortPost, "repost": Repost}


def post_of(row: rows.Post) -> Post:
    """Present a row."""
    told: dict[str, Any] = {
        "id": strawberry.ID(ids.to_global("Post", row.id)),
        "row": row,
        "body": row.body,
        "created_at": moment(row.created_us),
        "edited_at": None if row.edited_us is None else moment(row.edited_us),
        "deleted_at": None if row.deleted_us is None else moment(row.deleted_us),
        "revision": row.revision,
        "facets": [Facet.of(row.id, facets.Facet.of(found)) for found in row.facets],
        "reaction_count": BigInt(row.reaction_count),
        "reply_count": BigInt(row.reply_count),
        "repost_count": BigInt(row.repost_count),
    }
    if row.deleted_us is not None:
        return Tombstone(**told)
    if row.kind == "article":
        return Article(**told, title=row.title, cover_url=row.cover_url or None)
    return KINDS[row.kind](**told)


def post_of_maybe(row: rows.Post | None) -> Post | None:
    """Present a row that may be missing."""
    return None if row is None else post_of(row)


def _revision(row: PostRevisionRow) -> PostRevision:
    return PostRevision(revision=row.revision, title=row.title, body=row.body, written_at=moment(row.at_us))
