"""The viewer's notifications, as others act and as the viewer reads."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from planet_graph.errors import InvalidArgument
from planet_graph.models import accounts, notification_pages
from planet_graph.outbox.facts import Subjects
from planet_graph.outbox.streams import Subject
from resolvers.context import Context, Reads
from resolvers.notifications import SHOWN, NotificationRow

LATEST = 10
"""How many notifications a message holds."""


@dataclass(frozen=True, slots=True)
class Told:
    """What an account is told at present: how many notifications are unread, and the latest ones."""

    unread: int
    latest: Sequence[NotificationRow]


@dataclass
class NotificationFeed:
    """An account's notifications. `sent`: what the client has."""

    viewer: int
    sent: Told | None = None

    @property
    def name(self) -> str:
        """The field and the account."""
        return f"notificationAdded:{self.viewer}"

    @property
    def subjects(self) -> frozenset[Subject]:
        """What the account is told."""
        return frozenset({("notified", self.viewer)})

    @property
    def accounts(self) -> Sequence[int]:
        """The account."""
        return [self.viewer]

    @property
    def loads(self) -> str:
        """The account's notifications."""
        return self.name

    def named(self, subjects: Subjects) -> Iterator[tuple[int, int]]:
        """Return the account."""
        return ((index, number) for index, number in enumerate(subjects.notifications) if number == self.viewer)

    async def present(self, context: Context) -> Told:
        """Load what the account is told."""
        self.sent = await _told(context.reads, self.viewer)
        return self.sent

    async def load(self, reads: Reads, items: Sequence[int]) -> list[Told]:
        """Load what the account is told; three statements, and one for those who did it."""
        return [await _told(reads, number) for number in items]

    def about(self, change: Told) -> Sequence[int]:  # noqa: ARG002  the protocol hands it over
        """Return nobody: whom the viewer may not see is left out already."""
        return []

    async def hears(self, context: Context, change: Told) -> bool:  # noqa: ARG002  the protocol hands it over
        """The viewer hears of all that they are told."""
        return True

    def instead(self, change: Told) -> None:  # noqa: ARG002  the protocol hands it over
        """Send nothing in its place."""
        return

    def admits(self, change: Told, today: int) -> bool:  # noqa: ARG002  the protocol hands it over
        """Say whether the account is told something else."""
        was, self.sent = self.sent, change
        return was != change


async def _told(reads: Reads, viewer: int) -> Told:
    async with reads.database.read() as session:
        unread = await notification_pages.unread(session, viewer)
        groups = await notification_pages.page(session, viewer, None, LATEST)
        acting = await notification_pages.actors(session, viewer, [group.id for group in groups], SHOWN)
        named = sorted({actor for actors in acting for actor in actors})
        rows = await accounts.by_ids(session, named, viewer)
    found = {row.id: row for row in rows if row is not None}
    return Told(
        unread,
        [
            NotificationRow(group, [found[actor] for actor in actors if actor in found], "")
            for group, actors in zip(groups, acting, strict=True)
        ],
    )


async def feed_of(context: Context) -> NotificationFeed:
    """Describe the viewer's notifications. Raises: InvalidArgument without an account."""
    viewer = await context.viewer_number()
    if viewer is None:
        raise InvalidArgument("Send the token of an account: everybody is told of their own notifications only.")
    return NotificationFeed(viewer)
