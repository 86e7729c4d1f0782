"""What erased people wrote and liked: texts go, and so does what they count in.

A post leaves a tombstone without author: replies of others keep their place, and what others did to it stays theirs.
Texts of others say something else in place of the name that they call the person by.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence

from planet_graph import facets
from planet_graph.database import UnitOfWork
from planet_graph.facets import Facet
from planet_graph.models import bookmarks, messages, posts, reactions, revisions
from planet_graph.models import facets as mentions
from planet_graph.models.posts import Post
from planet_graph.outbox.facts import Subjects, merged
from planet_graph.services.articles import html_of

NAMED = 4
"""How many subjects the removal of a post may touch: itself, what it answered or passed on, and timelines."""


async def remove(unit: UnitOfWork, account: int, most: int, now_us: int) -> tuple[Subjects, bool]:
    """Remove so much of it that at most so many subjects are touched; return these, and whether nothing is left.

    Units: `now_us` microseconds since 1970. `most` is at least NAMED, or nothing is removed.
    """
    touched = Subjects()
    for step in (_posts, _reactions, _bookmarks, _mentions):
        while True:
            if most - len(touched) < NAMED:
                return touched, False
            found = await step(unit, account, most - len(touched), now_us)
            if not len(found):
                break
            touched = merged([touched, found])
    return touched, True


async def _posts(unit: UnitOfWork, account: int, most: int, now_us: int) -> Subjects:
    rows = await posts.some_of(unit.session, account, most // NAMED)
    if not rows:
        return Subjects()
    found = [row.id for row in rows]
    listed = tuple((account, row.id) for row in rows if row.in_reply_to is None)
    await mentions.remove_cashtags(unit.session, found)
    await mentions.remove_mentions(unit.session, found)
    await revisions.remove(unit.session, found)
    await posts.remove_plain_reposts(unit.session, found)
    await posts.empty(unit.session, found, now_us)
    return Subjects(posts=(*found, *await _uncount(unit, rows)), timelines=listed)


async def _uncount(unit: UnitOfWork, rows: Sequence[Post]) -> list[int]:
    there = [row for row in rows if row.deleted_us is None]
    passed_on = Counter(row.repost_of for row in there if row.repost_of is not None)
    await posts.add_to(unit.session, "repost_count", {post: -count for post, count in passed_on.items()})
    answered = Counter(row.in_reply_to for row in there if row.in_reply_to is not None and not row.reply_count)
    await posts.uncount_replies(unit.session, answered)
    return [*passed_on, *answered]


async def _reactions(unit: UnitOfWork, account: int, most: int, _now_us: int) -> Subjects:
    found = await reactions.remove_some(unit.session, account, most)
    to_posts = [subject for noun, subject in found if noun == "post"]
    to_messages = [subject for noun, subject in found if noun == "message"]
    await posts.add_to(unit.session, "reaction_count", dict.fromkeys(to_posts, -1))
    if to_messages:
        await messages.count_reaction(unit.session, to_messages, -1)
    return Subjects(posts=tuple(subject for _, subject in found))


async def _bookmarks(unit: UnitOfWork, account: int, most: int, _now_us: int) -> Subjects:
    return Subjects(posts=tuple(await bookmarks.remove_some(unit.session, account, most)))


async def _mentions(unit: UnitOfWork, account: int, most: int, _now_us: int) -> Subjects:
    names = await mentions.some_mentions_of(unit.session, account, most // 2)
    rows = await posts.locked_all(unit.session, list(names))
    for row in rows:
        found = [Facet.of(stored) for stored in row.facets]
        row.body, kept = facets.without(row.body, found, names[row.id])
        row.facets = [facet.stored() for facet in kept]
        if row.kind == "article":
            row.html = await asyncio.to_thread(html_of, row.body)
    for row in await revisions.of_posts(unit.session, list(names)):
        name = names[row.post]
        row.body, _ = facets.without(row.body, facets.resolved(facets.parse(row.body), {name: None}), name)
    await unit.session.flush()
    await mentions.forget(unit.session, account, list(names))
    return Subjects(
        posts=tuple(names), timelines=tuple((row.author, row.id) for row in rows if row.in_reply_to is None)
    )
