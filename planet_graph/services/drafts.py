"""Keeping what is not published yet: saving, so that no device overwrites another, scheduling, throwing away."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Literal

from planet_graph import ids
from planet_graph.database import UnitOfWork
from planet_graph.errors import NotFound
from planet_graph.errors.drafts import ConflictingFields, DraftConflict, DraftPublished, DraftTexts
from planet_graph.models import drafts
from planet_graph.models.drafts import Draft
from planet_graph.services import idempotency
from planet_graph.services.accounts import MAX_URL, check_text
from planet_graph.services.act import Caller, Services, own_row
from planet_graph.services.invites import check_time
from planet_graph.services.posts import MAX_ARTICLE, MAX_SHORT, MAX_TITLE, Content, Kind, check_act
from planet_graph.services.texts import storable


class Left(StrEnum):
    """What a field holds that was left out."""

    OUT = "left out"


@dataclass(frozen=True, slots=True)
class Change:
    """What a draft is to hold; None: as it does.

    `article`: whether it is one. `in_reply_to`, `repost_of`: a post's number, None for nothing; left out: as it does.
    """

    body: str | None = None
    article: bool | None = None
    title: str | None = None
    cover_url: str | None = None
    in_reply_to: int | Literal[Left.OUT] | None = Left.OUT
    repost_of: int | Literal[Left.OUT] | None = Left.OUT


@dataclass(frozen=True, slots=True)
class Held:
    """What a draft holds; the names are those of its columns."""

    kind: Kind = "short"
    title: str = ""
    body: str = ""
    cover_url: str = ""
    in_reply_to: int | None = None
    repost_of: int | None = None

    @classmethod
    def by(cls, row: Draft) -> "Held":
        """Read a row."""
        kind: Kind = "article" if row.kind == "article" else "repost" if row.kind == "repost" else "short"
        return cls(kind, row.title, row.body, row.cover_url, row.in_reply_to, row.repost_of)

    @property
    def texts(self) -> DraftTexts:
        """What it says."""
        return DraftTexts(self.title, self.body, self.cover_url)

    @property
    def content(self) -> Content:
        """What it would publish, not prepared yet."""
        return Content(self.body, self.kind, self.title, self.cover_url)


def missing(draft: int) -> NotFound:
    """Return the refusal of a draft that is not there, or somebody else's."""
    return NotFound("There is no such draft.", id=ids.to_global("Draft", draft))


def check_own(own: int, row: Draft | None, number: int) -> Draft:
    """Return a row of the caller's. Raises: NotFound for none, for another's and for one that was thrown away."""
    if row is None or row.account != own or (row.ended_us is not None and row.post is None):
        raise missing(number)
    return row


async def lock(unit: UnitOfWork, own: int, number: int) -> Draft:
    """Keep a draft of the caller's as it is until the transaction ends. Raises: NotFound, DraftPublished."""
    row = check_own(own, await drafts.locked(unit.session, number), number)
    check_unpublished(row)
    return row


def check_unpublished(row: Draft) -> None:
    """Refuse what is a post by now. Raises: DraftPublished."""
    if row.post is not None:
        post = ids.to_global("Post", row.post)
        raise DraftPublished("The draft was published; edit the post, or save your text as a new draft.", post_id=post)


async def save(
    services: Services,
    caller: Caller,
    change: Change,
    draft: int | None = None,
    revision: int | None = None,
    key: str | None = None,
) -> Draft:
    """Save a draft, a new one without `draft`; the same texts change nothing, the same key and input answer the same.

    `revision`: the version that the device saw; of a new draft it does not matter. Unfinished texts are taken.
    Raises: ReadOnly, Unauthenticated, NotFound, DraftPublished, DraftConflict, ConflictingFields, TextTooLong,
    InvalidKey, IdempotencyConflict.
    """
    own = check_act(services, caller)
    idempotency.check_key(key)
    asked = {"draft": draft, "revision": revision, **asdict(change)}

    async def work(unit: UnitOfWork) -> Draft:
        now_us = services.clock.now_us()
        given = await idempotency.repeated(unit, caller, key, asked, now_us)
        if given is not None:
            return await lock(unit, own, given.answer["draft"])
        if draft is None:
            row = await _begin(unit, own, change, now_us)
        else:
            row = await lock(unit, own, draft)
            await own_row(unit, own, change=False)
            _write(row, change, revision, now_us)
        await idempotency.answered(unit, caller, key, {"draft": row.id}, 0)
        return row

    row, _ = await services.database.write(work)
    return row


async def _begin(unit: UnitOfWork, own: int, change: Change, now_us: int) -> Draft:
    held = changed(Held(), change)
    check(held)
    await own_row(unit, own, change=False)
    number = ids.draw(now_us, unit.random)
    row = Draft(id=number, account=own, created_us=now_us, saved_us=now_us, **asdict(held))
    unit.session.add(row)
    return row


def _write(row: Draft, change: Change, revision: int | None, now_us: int) -> None:
    """Let a locked draft hold something else. Raises: DraftConflict, ConflictingFields, TextTooLong."""
    stored = Held.by(row)
    held = changed(stored, change)
    if held == stored:
        return
    if revision != row.revision:
        raise DraftConflict(
            f"The draft is at revision {row.revision}, and this device saw {revision or 'none'}; put both texts "
            "together and save again.",
            revision=row.revision,
            stored=stored.texts,
            sent=held.texts,
        )
    check(held)
    for name, value in asdict(held).items():
        setattr(row, name, value)
    row.revision += 1
    row.saved_us = now_us
    row.failure_code = row.failure = ""


def changed(held: Held, change: Change) -> Held:
    """Return what a draft would hold."""
    in_reply_to = held.in_reply_to if change.in_reply_to is Left.OUT else change.in_reply_to
    repost_of = held.repost_of if change.repost_of is Left.OUT else change.repost_of
    article = held.kind == "article" if change.article is None else change.article
    return Held(
        kind="article" if article else "short" if repost_of is None else "repost",
        title=held.title if change.title is None else storable(change.title),
        body=held.body if change.body is None else storable(change.body),
        cover_url=held.cover_url if change.cover_url is None else storable(change.cover_url),
        in_reply_to=in_reply_to,
        repost_of=repost_of,
    )


def check(held: Held) -> None:
    """Refuse what no draft may hold; it may be unfinished. Raises: ConflictingFields, TextTooLong."""
    given = {
        "article": held.kind == "article",
        "inReplyTo": held.in_reply_to is not None,
        "repostOf": held.repost_of is not None,
    }
    one, other, *_ = *(name for name, is_given in given.items() if is_given), "", ""
    if other:
        raise ConflictingFields(f"A draft has `{one}` or `{other}`; take one away (null).", field_name=one, other=other)
    check_text(held.title, "title", MAX_TITLE)
    check_text(held.body, "body", MAX_ARTICLE if held.kind == "article" else MAX_SHORT)
    check_text(held.cover_url, "coverUrl", MAX_URL)


async def schedule(services: Services, caller: Caller, draft: int, at_us: int | None) -> Draft:
    """Say when a draft is to be published, None: not by itself; asked again it answers the same.

    Units: `at_us` microseconds since 1970. Raises: ReadOnly, Unauthenticated, NotFound, DraftPublished, TimePassed.
    """
    own = check_act(services, caller)

    async def work(unit: UnitOfWork) -> Draft:
        row = await lock(unit, own, draft)
        await own_row(unit, own, change=False)
        check_time(at_us, services.clock.now_us(), "at")
        row.publish_us = at_us
        row.failure_code = row.failure = ""
        return row

    row, _ = await services.database.write(work)
    return row


async def delete(services: Services, caller: Caller, draft: int) -> None:
    """Throw a draft away with what it says; asked again it answers the same.

    Raises: ReadOnly, Unauthenticated, NotFound, DraftPublished.
    """
    own = check_act(services, caller)

    async def work(unit: UnitOfWork) -> None:
        row = await drafts.locked(unit.session, draft)
        if row is None or row.account != own:
            raise missing(draft)
        check_unpublished(row)
        if row.ended_us is not None:
            return
        await own_row(unit, own, change=False)
        end(row, services.clock.now_us())

    await services.database.write(work)


def end(row: Draft, now_us: int, post: int | None = None) -> None:
    """Leave nothing of a locked draft but its number, and what it was published as."""
    for name, value in asdict(Held()).items():
        setattr(row, name, value)
    row.publish_us = None
    row.failure_code = row.failure = ""
    row.ended_us, row.post = now_us, post
