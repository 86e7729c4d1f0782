"""Drafts."""

from datetime import datetime
from enum import Enum

import strawberry

from planet_graph import ids
from planet_graph.models import drafts as rows
from planet_graph.paging import Page
from resolvers import drafts, posts
from resolvers.drafts import ListedDraft
from schema.bonds import page_info
from schema.info import Info, at
from schema.nodes import Node, PageInfo
from schema.permissions import Permission
from schema.posts import Post, post_of_maybe
from schema.scalars import moment


@strawberry.enum(description="What a draft is to become.")
class DraftKind(Enum):
    """A kind of draft."""

    SHORT = strawberry.enum_value("short", description="A few words.")
    ARTICLE = strawberry.enum_value("article", description="A long text with a title.")
    REPLY = strawberry.enum_value("reply", description="A few words that answer a post.")
    REPOST = strawberry.enum_value("repost", description="Another post passed on with a comment.")


@strawberry.type(description="Why a draft was not published at its time.")
class DraftFailure:
    """A refusal of the past."""

    code: str = strawberry.field(description="The `code` of the Problem that `publishDraft` would have answered.")
    message: str = strawberry.field(description="What was wrong and what to do, for people.")


@strawberry.type(description="A post that the viewer has not published yet. Nobody else sees it.")
class Draft(Node):
    """A draft of the viewer's."""

    row: strawberry.Private[rows.Draft]

    kind: DraftKind = strawberry.field(description="What it is to become.")
    title: str = strawberry.field(description="An article's title, so far.")
    body: str = strawberry.field(description="The text so far; of an article Markdown, of a repost its comment.")
    cover_url: str = strawberry.field(description="The address of an article's picture, so far.")
    revision: int = strawberry.field(description="Which version this is; send it with the next `saveDraft`.")
    created_at: datetime = strawberry.field(description="When it was saved first.")
    saved_at: datetime = strawberry.field(description="When it was saved last.")
    publish_at: datetime | None = strawberry.field(
        description="When it is to be published; null: when the viewer says so."
    )
    failure: DraftFailure | None = strawberry.field(
        description="Why it was not published at its time; null where nothing went wrong since it was saved."
    )

    @classmethod
    def of(cls, row: rows.Draft) -> "Draft":
        """Present a row."""
        kind = "reply" if row.in_reply_to is not None else row.kind
        failure = DraftFailure(code=row.failure_code, message=row.failure) if row.failure_code else None
        return cls(
            id=strawberry.ID(ids.to_global("Draft", row.id)),
            row=row,
            kind=DraftKind(kind),
            title=row.title,
            body=row.body,
            cover_url=row.cover_url,
            revision=row.revision,
            created_at=moment(row.created_us),
            saved_at=moment(row.saved_us),
            publish_at=None if row.publish_us is None else moment(row.publish_us),
            failure=failure,
        )

    @strawberry.field(description="What it is to answer; null where that is nothing, or gone.")
    async def in_reply_to(self, info: Info) -> Post | None:
        """Load the post that is to be answered."""
        return post_of_maybe(await posts.post_of(at(info), self.row.in_reply_to))

    @strawberry.field(description="What it is to pass on; null where that is nothing, or gone.")
    async def repost_of(self, info: Info) -> Post | None:
        """Load the post that is to be passed on."""
        return post_of_maybe(await posts.post_of(at(info), self.row.repost_of))

    @strawberry.field(description="Whether the viewer may call `publishDraft` with it.")
    async def viewer_can_publish(self, info: Info) -> Permission:
        """Ask what `publishDraft` would."""
        return Permission.of(await drafts.publish(at(info), self.row))

    @strawberry.field(description="Whether the viewer may call `saveDraft` with it.")
    async def viewer_can_save(self, info: Info) -> Permission:
        """Ask what `saveDraft` would."""
        return Permission.of(await drafts.write(info.context))

    @strawberry.field(description="Whether the viewer may call `scheduleDraft` with it.")
    async def viewer_can_schedule(self, info: Info) -> Permission:
        """Ask what `scheduleDraft` would."""
        return Permission.of(await drafts.write(info.context))

    @strawberry.field(description="Whether the viewer may call `deleteDraft` with it.")
    async def viewer_can_delete(self, info: Info) -> Permission:
        """Ask what `deleteDraft` would."""
        return Permission.of(await drafts.write(info.context))


@strawberry.type(description="A draft in the list.")
class DraftEdge:
    """A draft's place."""

    cursor: str = strawberry.field(description="The place in this list.")
    node: Draft = strawberry.field(description="The draft.")


@strawberry.type(description="The viewer's drafts, the latest saved first.")
class DraftConnection:
    """A page of drafts."""

    edges: list[DraftEdge] = strawberry.field(description="The drafts.")
    page_info: PageInfo = strawberry.field(description="Where the page lies.")

    @classmethod
    def of(cls, page: Page[ListedDraft], after: str | None) -> "DraftConnection":
        """Present a page."""
        edges = [DraftEdge(cursor=found.cursor, node=Draft.of(found.row)) for found in page.rows]
        return cls(edges=edges, page_info=page_info(page, after))
