"""The activity that the posts and messages of a source make, as the services count it when people write them.

A function of what is stored, so that an import which changes posts finds which totals are to change.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    String,
    and_,
    case,
    cast,
    delete,
    exists,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import aliased
from sqlmodel import col

from planet_graph.ingest.folder import POSTS
from planet_graph.ingest.staging import ACTIVITY_ROWS, NAMES
from planet_graph.ingest.staging_groups import MEMBERSHIP_CLOSINGS
from planet_graph.ingest.staging_posts import (
    ALREADY_DERIVED,
    ANSWERS,
    MESSAGE_ENDS,
    POST_ENDS,
    POST_ROWS,
    REPLIES_TOLD,
)
from planet_graph.ingest.steps import Found, Import, gather, named, staging
from planet_graph.models.activity import Activity
from planet_graph.models.facets import PostMention
from planet_graph.models.memberships import Membership
from planet_graph.models.messages import Message
from planet_graph.models.posts import NOBODY, Post
from planet_graph.scoring.days import DAY_US, EPOCH_US

KEY = ("fan", "target", "day", "kind", "subject")


async def remember(run: Import) -> None:
    """Keep what is derived before anything is changed, where no file says what else this source counted."""
    async with staging(run) as connection:
        once = derived(run.source).subquery().c
        found = select(*(once[name] for name in (*KEY, "quantity")))
        await gather(connection, ALREADY_DERIVED, found)


def derived(source: str) -> Found:
    """Say in a statement what the posts and messages of a source count for, those left out that are to end."""
    once = union_all(_replies(source), _about_groups(source), _said(source), _said_to_owner(source)).subquery().c
    key = (once.fan, once.target, once.day, once.kind, once.subject)
    return select(
        *key, cast(func.count(), BigInteger).label("quantity"), func.max(once.at_us).label("last_at_us")
    ).group_by(*key)


def _act(
    fan: ColumnElement[int], target: ColumnElement[int], at_us: ColumnElement[int], kind: str, subject: Any
) -> Found:
    # Whole days from 1970 on, so that no division rounds a negative number towards zero.
    day = cast(at_us // literal(DAY_US, BigInteger), Integer) - EPOCH_US // DAY_US
    return select(
        fan.label("fan"),
        target.label("target"),
        day.label("day"),
        literal(kind, String).label("kind"),
        subject.label("subject"),
        at_us.label("at_us"),
    ).where(fan != target)


def _standing(source: str, post: type[Post]) -> ColumnElement[bool]:
    ends = exists().where(POST_ENDS.c.id == col(post.id))
    return and_(col(post.origin) == source, col(post.deleted_us).is_(None), ~ends)


def _replies(source: str) -> Found:
    reply, parent = aliased(Post), aliased(Post)
    found = _act(col(reply.author), col(parent.author), col(reply.created_us), "reply", col(parent.id))  # pyright: ignore[reportArgumentType]  # a mapped column is an expression
    return (
        found.select_from(reply)
        .join(parent, col(parent.id) == col(reply.in_reply_to))
        .where(_standing(source, reply), col(parent.author) != NOBODY)
    )


def _about_groups(source: str) -> Found:
    post, about = aliased(Post), aliased(PostMention)
    found = _act(col(post.author), col(about.mentioned), col(about.at_us), "mention", col(post.id))  # pyright: ignore[reportArgumentType]  # a mapped column is an expression
    return (
        found.select_from(post)
        .join(about, and_(col(about.post) == col(post.id), col(about.noun) == "group"))
        .where(_standing(source, post), col(about.open), col(about.counted))
    )


def _spoken(source: str) -> ColumnElement[bool]:
    ends = exists().where(MESSAGE_ENDS.c.id == col(Message.id))
    return and_(col(Message.origin) == source, col(Message.deleted_us).is_(None), ~ends)


def _said(source: str) -> Found:
    found = _act(col(Message.author), col(Message.group_id), col(Message.created_us), "chat_line", col(Message.id))  # pyright: ignore[reportArgumentType]  # a mapped column is an expression
    return found.select_from(Message).where(_spoken(source))


def _said_to_owner(source: str) -> Found:
    owner = aliased(Membership)
    leaving = MEMBERSHIP_CLOSINGS.c
    leaves = exists().where(leaving.account == col(owner.account), leaving.group_id == col(owner.group_id))
    owns = and_(col(owner.group_id) == col(Message.group_id), col(owner.role) == "owner", col(owner.open), ~leaves)
    found = _act(col(Message.author), col(owner.account), col(Message.created_us), "chat_line", col(Message.id))  # pyright: ignore[reportArgumentType]  # a mapped column is an expression
    return found.select_from(Message).join(owner, owns).where(_spoken(source))


def not_derived(source: str) -> Found:
    """Say in a statement what this source counted beside what its posts and messages did before this import."""
    before = ALREADY_DERIVED.c
    same = and_(*(col(getattr(Activity, name)) == before[name] for name in KEY))
    left = col(Activity.quantity) - func.coalesce(before.quantity, 0)
    own = {name: col(getattr(Activity, name)) for name in KEY}
    # A total without a time has no day of its own.
    dated = {"day": _if_dated(own["day"]), "last_at_us": _if_dated(col(Activity.last_at_us))}
    return (
        select(
            own["fan"],
            own["target"],
            dated["day"].label("day"),
            own["kind"],
            own["subject"],
            left.label("quantity"),
            dated["last_at_us"].label("last_at_us"),
        )
        .outerjoin(ALREADY_DERIVED, same)
        .where(col(Activity.origin) == source, left > 0)
    )


def _if_dated(column: Any) -> ColumnElement[Any]:
    return case((col(Activity.dated), column))


async def count_once(run: Import) -> None:
    """Forget the rows of `activity` that tell of a reply which is a post of this source: it counts as that."""
    rows, told = ACTIVITY_ROWS.c, REPLIES_TOLD.c
    same = exists().where(told.fan == rows.fan, told.target == rows.target, told.at_us == rows.at_us)
    async with staging(run) as connection:
        await gather(connection, REPLIES_TOLD, _in_files() if POSTS.name in run.present else _stored(run.source))
        await connection.execute(delete(ACTIVITY_ROWS).where(rows.kind == "reply", same))


def _in_files() -> Found:
    reply, parent = POST_ROWS.alias("reply"), POST_ROWS.alias("answered")
    return (
        select(reply.c.author.label("fan"), parent.c.author.label("target"), reply.c.created_us.label("at_us"))
        .select_from(ANSWERS)
        .join(reply, reply.c.line == ANSWERS.c.line)
        .join(parent, parent.c.post_key == ANSWERS.c.in_reply_to)
        .where(reply.c.created_us.is_not(None))
        .distinct()
    )


def _stored(source: str) -> Found:
    reply, parent, fan, target = aliased(Post), aliased(Post), NAMES.alias("fan"), NAMES.alias("target")
    return (
        select(
            fan.c.external_id.label("fan"), target.c.external_id.label("target"), named("at_us", col(reply.created_us))
        )
        .select_from(reply)
        .join(parent, col(parent.id) == col(reply.in_reply_to))
        .join(fan, fan.c.id == col(reply.author))
        .join(target, target.c.id == col(parent.author))
        .where(_standing(source, reply))
        .distinct()
    )
