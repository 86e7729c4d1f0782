"""Publishing drafts: when somebody says so, or at their time. Each becomes one post, whoever publishes it."""

from planet_graph.database import UnitOfWork
from planet_graph.errors import Refusal, StaleRevision, TextEmpty
from planet_graph.models import drafts, posts
from planet_graph.models.drafts import Draft
from planet_graph.models.posts import Post
from planet_graph.services import publishing
from planet_graph.services.act import Caller, Services
from planet_graph.services.drafts import Held, check_own, end
from planet_graph.services.posts import Content, check_act, check_creator, missing, prepared, seen
from planet_graph.services.texts import says_something

AT_ONCE = 100
"""How many one round looks at, so that no round keeps the others waiting for long."""

MAX_FAILURE = 500


def check_publish(row: Draft, *, active: bool) -> None:
    """Refuse what is seen of a draft without publishing it. `active`: whether its author is a creator.

    Raises: CreatorRequired, TextEmpty.
    """
    held = Held.by(row)
    if held.in_reply_to is None and held.repost_of is None:
        check_creator(active)
    named = {"title": held.title, "body": held.body} if held.kind == "article" else {"body": held.body}
    for name, text in named.items():
        if not says_something(text):
            raise TextEmpty(f"`{name}` says nothing; write something.", field_name=name)


async def publish(services: Services, caller: Caller, draft: int, revision: int | None = None) -> Post:
    """Publish a draft of the caller's; asked again, on whatever device, it answers the same post.

    `revision`: the version that the device saw, None: whichever it is at.
    Raises: ReadOnly, Unauthenticated, NotFound, StaleRevision, and as services.publishing does.
    """
    own = check_act(services, caller)
    async with services.database.read() as session:
        found = check_own(own, await drafts.by_id(session, draft), draft)
    # What was published already is looked up below, and says nothing any more
    content = None
    if found.post is None:
        _check_revision(revision, found)
        content = await prepared(Held.by(found).content)

    async def work(unit: UnitOfWork) -> Post:
        row = check_own(own, await drafts.locked(unit.session, draft), draft)
        if row.post is not None or content is None:
            (post,) = await posts.by_ids(unit.session, [row.post or 0], own)
            if post is None:
                raise missing(row.post or 0)
            return post
        for version in (revision, found.revision):
            _check_revision(version, row)
        return await _publish(services, unit, row, content)

    post, _ = await services.database.write(work)
    return post


def _check_revision(version: int | None, row: Draft) -> None:
    if version is not None and version != row.revision:
        raise StaleRevision(
            f"The draft is at revision {row.revision}, and this device saw {version}; look at it again.",
            revision=row.revision,
            title=row.title,
            body=row.body,
        )


async def _publish(services: Services, unit: UnitOfWork, row: Draft, content: Content) -> Post:
    """Publish a locked draft. `content`: what it says, prepared."""
    target = row.in_reply_to or row.repost_of
    subject = None if target is None else await seen(unit, target)
    post = await publishing.publish(services, unit, row.account, content, subject)
    end(row, services.clock.now_us(), post.id)
    return post


async def publish_due(services: Services) -> bool:
    """Publish the drafts whose time has come; say whether any was.

    Any number of processes may do so at a time.
    """
    async with services.database.read() as session:
        found = await drafts.due(session, services.clock.now_us(), AT_ONCE)
    return any([await step(services, row) for row in found])


async def step(services: Services, found: Draft) -> bool:
    """Publish a draft that was found due, or tell on it why not; say whether there was something to do.

    Nothing is done where it was published, changed or given another time meanwhile; then it is found again.
    """
    try:
        content = await prepared(Held.by(found).content)

        async def work(unit: UnitOfWork) -> bool:
            row = await _still_due(services, unit, found)
            return row is not None and bool(await _publish(services, unit, row, content))

        done, _ = await services.database.write(work)
    except Refusal as refusal:
        done = await _fail(services, found, refusal)
    return done


async def _still_due(services: Services, unit: UnitOfWork, found: Draft) -> Draft | None:
    """Lock a draft that was found due; None where it is not any more, or says something else."""
    row = await drafts.locked(unit.session, found.id)
    if row is None or row.publish_us is None or row.revision != found.revision:
        return None
    return row if row.publish_us <= services.clock.now_us() else None


async def _fail(services: Services, found: Draft, refusal: Refusal) -> bool:
    async def work(unit: UnitOfWork) -> bool:
        row = await _still_due(services, unit, found)
        if row is None:
            return False
        row.publish_us = None
        row.failure_code, row.failure = refusal.code, refusal.message[:MAX_FAILURE]
        return True

    done, _ = await services.database.write(work)
    return done
