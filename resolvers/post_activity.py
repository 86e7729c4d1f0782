"""Posts, as others react to them, answer them and pass them on, and as their authors change them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from planet_graph import ids
from planet_graph.errors import InvalidArgument
from planet_graph.models import posts
from planet_graph.models.posts import NOBODY, Post, is_plain_repost
from planet_graph.outbox.facts import Subjects
from planet_graph.outbox.streams import Subject
from resolvers.accounts import check_count
from resolvers.context import Context, Reads


@dataclass(frozen=True, slots=True)
class PostNow:
    """A post's present. `post`: None when it is gone; `accounts`: who wrote it, and what it passes on."""

    number: int
    post: Post | None
    accounts: Sequence[int]


def _public(post: Post | None) -> Any:
    """Return what everybody may know of a post and what changes. That somebody keeps it is theirs to know."""
    if post is None:
        return None
    return post.reaction_count, post.reply_count, post.repost_count, post.revision, post.deleted_us, post.author


@dataclass(frozen=True)
class PostFeed:
    """Some posts. `sent`: what the client has of them."""

    numbers: tuple[int, ...]
    sent: dict[int, Any] = field(default_factory=dict[int, Any])

    @property
    def name(self) -> str:
        """The field and the posts."""
        return f"postActivity:{','.join(map(str, sorted(set(self.numbers))))}"

    @property
    def subjects(self) -> frozenset[Subject]:
        """The posts."""
        return frozenset(("post", number) for number in self.numbers)

    @property
    def accounts(self) -> Sequence[int]:
        """None: those that are hidden are left out one by one."""
        return []

    @property
    def loads(self) -> str:
        """Posts, whichever were named."""
        return "posts"

    def named(self, subjects: Subjects) -> Iterator[tuple[int, int]]:
        """Return the posts."""
        return ((index, number) for index, number in enumerate(subjects.posts) if number in self.numbers)

    async def present(self, context: Context) -> list[Post | None]:
        """Load the posts. Order: as they were named."""
        rows = await context.loaders.posts.load_many(list(self.numbers))
        self.sent.update((number, _public(row)) for number, row in zip(self.numbers, rows, strict=True))
        return list(rows)

    async def load(self, reads: Reads, items: Sequence[int]) -> list[PostNow]:
        """Load those that were touched; one statement more where some pass another one on."""
        async with reads.database.read() as session:
            rows = await posts.by_ids(session, items)
            passed_on = [row.repost_of or 0 for row in rows if row is not None and is_plain_repost(row)]
            originals = await posts.by_ids(session, passed_on) if passed_on else []
        authors = {row.id: row.author for row in originals if row is not None}
        return [PostNow(number, row, _authors(row, authors)) for number, row in zip(items, rows, strict=True)]

    def about(self, change: PostNow) -> Sequence[int]:
        """Return who wrote the post, and what it passes on."""
        return change.accounts

    async def hears(self, context: Context, change: PostNow) -> bool:  # noqa: ARG002  the protocol hands it over
        """A post that was named is heard of."""
        return True

    def instead(self, change: PostNow) -> list[Post | None] | None:  # noqa: ARG002  the protocol hands it over
        """Send nothing of a post that is hidden."""
        return None

    def admits(self, change: PostNow, today: int) -> bool:  # noqa: ARG002  the protocol hands it over
        """Say whether the post is another."""
        now = _public(change.post)
        if change.number in self.sent and self.sent[change.number] == now:
            return False
        self.sent[change.number] = now
        return True


def _authors(row: Post | None, originals: dict[int, int]) -> Sequence[int]:
    if row is None:
        return []
    found = (row.author, originals.get(row.repost_of or 0, NOBODY))
    return [author for author in found if author != NOBODY]


def feed_of(named: Sequence[str]) -> PostFeed:
    """Describe some posts. Raises: InvalidId, InvalidArgument for none and over 100."""
    check_count(named, "posts")
    if not named:
        raise InvalidArgument("`posts` names at least one post.")
    return PostFeed(tuple(ids.from_global(text, ["Post"])[1] for text in named))
