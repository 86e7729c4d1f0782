"""Whom acts on posts are told to, and as what.

What is written to somebody is told by itself: an answer, a mention, a repost with a comment. Reactions and plain
reposts are told together, of the post that they are to.
"""

from collections.abc import Iterable

from planet_graph.models.notifications import Kind, Notice, Noun
from planet_graph.models.posts import NOBODY, Post, is_plain_repost


def mentions(noun: Noun, subject: int, accounts: Iterable[int]) -> list[Notice]:
    """Tell those whom a text mentions."""
    return [Notice(account, "mention", noun, subject) for account in accounts]


def of_post(row: Post, other: Post | None) -> list[Notice]:
    """Tell who wrote what a post answers or passes on. `other`: that."""
    if other is None or other.author == NOBODY:
        return []
    if row.in_reply_to is not None:
        return [Notice(other.author, "reply", "post", row.id)]
    return [Notice(other.author, "repost", "post", other.id if is_plain_repost(row) else row.id)]


def reaction(author: int, noun: Noun, subject: int) -> list[Notice]:
    """Tell who wrote what somebody reacts to."""
    return [Notice(author, "reaction", noun, subject)]


def to_author(author: int, noun: Noun, subject: int) -> list[Notice]:
    """Return all that who wrote something is told of it, however many did so."""
    return [*reaction(author, noun, subject), Notice(author, "repost", noun, subject)]


def of_group(accounts: Iterable[int], kind: Kind, group: int) -> list[Notice]:
    """Tell accounts of what somebody did at a group's door."""
    return [Notice(account, kind, "group", group) for account in accounts]
