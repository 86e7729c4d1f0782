"""What a post may say, who may publish, and finding the one that an act is about."""

import asyncio
from dataclasses import dataclass, replace
from typing import Literal

from planet_graph import ids
from planet_graph.database import UnitOfWork
from planet_graph.errors import CreatorRequired, NotFound, PostDeleted
from planet_graph.models import posts
from planet_graph.models.posts import Post
from planet_graph.services import pairs
from planet_graph.services.accounts import check_url
from planet_graph.services.act import Caller, Services, check_changes, own_account
from planet_graph.services.articles import html_of
from planet_graph.services.texts import checked

MAX_SHORT = 2_000
MAX_ARTICLE = 100_000
MAX_TITLE = 200

Kind = Literal["short", "article", "repost"]


@dataclass(frozen=True, slots=True)
class Content:
    """What a post says.

    `body`: of an article Markdown, of a repost its comment. `html`: an article's, once it is prepared.
    """

    body: str
    kind: Kind = "short"
    title: str = ""
    cover_url: str = ""
    html: str = ""


async def prepared(content: Content) -> Content:
    """Return a content as it is stored. Raises: TextEmpty, TextTooLong, InvalidUrl, UnsafeMarkup."""
    if content.kind != "article":
        return replace(content, body=checked(content.body, "body", MAX_SHORT))
    cover = content.cover_url.strip()
    title = checked(" ".join(content.title.split()), "title", MAX_TITLE)
    body = checked(content.body, "body", MAX_ARTICLE)
    cover_url = check_url(cover, "coverUrl") if cover else ""
    # Hostile Markdown of this length takes more than a second, for which nobody else should wait.
    html = await asyncio.to_thread(html_of, body)
    return replace(content, title=title, body=body, cover_url=cover_url, html=html)


def check_act(services: Services, caller: Caller) -> int:
    """Return who writes, answers, reacts or keeps. Raises: ReadOnly, Unauthenticated."""
    check_changes(services)
    return own_account(caller)


def check_creator(active: bool) -> None:
    """Refuse who is no creator. Raises: CreatorRequired."""
    if not active:
        raise CreatorRequired("Only creators publish posts; anybody may reply. Call `activateCreator` first.")


def check_there(row: Post) -> None:
    """Refuse to act on a tombstone. Raises: PostDeleted."""
    if row.deleted_us is not None:
        raise PostDeleted("This post was deleted.", id=ids.to_global("Post", row.id))


def missing(post: int) -> NotFound:
    """Return the refusal of a post that is not there, or that a block keeps from the caller."""
    return NotFound("There is no such post.", id=ids.to_global("Post", post))


async def seen(unit: UnitOfWork, post: int) -> Post:
    """Find what an act on a post is about: of one that only passes another on, that other. Raises: NotFound."""
    row = await posts.by_id(unit.session, post)
    if row is not None and posts.is_plain_repost(row):
        row = await posts.by_id(unit.session, row.repost_of or 0)
    if row is None:
        raise missing(post)
    return row


async def lock(unit: UnitOfWork, row: Post, near: set[int]) -> Post:
    """Keep a post as it is until the transaction ends. `near`: who may be met (services.pairs).

    Raises: NotFound, the same for one that a block keeps from the caller; PostDeleted for a tombstone.
    """
    if row.author not in {*near, posts.NOBODY}:
        raise missing(row.id)
    found = await posts.locked(unit.session, row.id)
    if found is None or (found.deleted_us is not None and not found.reply_count):
        raise missing(row.id)
    check_there(found)
    return found


async def meet(unit: UnitOfWork, own: int, post: int) -> Post:
    """Find the post that an act is about, and keep it and its author as they are until the transaction ends.

    Raises: Unauthenticated, NotFound, PostDeleted.
    """
    row = await seen(unit, post)
    return await lock(unit, row, await pairs.near(unit, own, [row.author]))
