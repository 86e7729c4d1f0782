"""A group, as its members talk and as it and they change."""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from planet_graph import ids
from planet_graph.errors import InvalidArgument
from planet_graph.models import groups, messages
from planet_graph.models.groups import Group
from planet_graph.models.messages import Message
from planet_graph.outbox.facts import WHOLE, Subjects
from planet_graph.outbox.streams import Subject
from planet_graph.paging import Page
from resolvers.context import Context, Reads
from resolvers.feed import HIDDEN, remember
from resolvers.groups import inside
from resolvers.lists import Listed
from resolvers.memberships import viewer_membership
from resolvers.messages import messages as page_of_messages

NEWEST = 50
"""So many messages the present has."""


@dataclass(frozen=True, slots=True)
class GroupPresent:
    """A group and the newest of what is said in it."""

    group: Group
    messages: Page[Listed[Message]]


@dataclass(frozen=True, slots=True)
class GroupNow:
    """A group's present; `number`: the message that was touched, WHOLE where it is the group itself.

    `group`: None when it is gone, `message` likewise. `members`: how many it has; 0 where a message was touched.
    """

    number: int
    group: Group | None
    message: Message | None = None
    members: int = 0


@dataclass
class GroupFeed:
    """A group. `sent`: what the client has of its messages; `whole`: and of the group itself."""

    number: int
    sent: OrderedDict[int, Any] = field(default_factory=OrderedDict[int, Any])
    whole: Any = None
    role: str | None = None

    @property
    def name(self) -> str:
        """The field and the group."""
        return f"groupEvents:{self.number}"

    @property
    def subjects(self) -> frozenset[Subject]:
        """The group, what is said in it, and who is in it."""
        return frozenset({("group", self.number)})

    @property
    def accounts(self) -> Sequence[int]:
        """None: whoever is hidden is left out message by message."""
        return []

    @property
    def loads(self) -> str:
        """The group and its messages."""
        return self.name

    def named(self, subjects: Subjects) -> Iterator[tuple[int, int]]:
        """Return the messages, and WHOLE for the group and who is in it."""
        for index, (group, message) in enumerate(subjects.messages):
            if group == self.number:
                yield index, message
        # What is said moves its author's part in the group, too; nobody comes or goes by that.
        members = () if subjects.messages else (group for _, group in subjects.memberships)
        if self.number in subjects.groups or self.number in members:
            yield len(subjects.messages), WHOLE

    async def present(self, context: Context) -> GroupPresent:
        """Load the group. Raises: InvalidArgument for strangers of one by approval, Unavailable."""
        group = await context.loaders.groups.load(self.number)
        page = None if group is None else await page_of_messages(context, group, NEWEST, None)
        if group is None or page is None:
            raise InvalidArgument(HIDDEN)
        members = await context.loaders.member_counts.load(group.id)
        await self._look(context, group)
        self.whole = self._state(group, members)
        self.sent.clear()
        self.sent.update((row.row.id, _texts(row.row)) for row in page.rows)
        return GroupPresent(group, page)

    async def load(self, reads: Reads, items: Sequence[int]) -> list[GroupNow]:
        """Load the group and the messages: two statements, and how many are in it, where it was touched."""
        async with reads.database.read() as session:
            (group,) = await groups.by_ids(session, [self.number])
            found = await messages.by_ids(session, [number for number in items if number != WHOLE])
        said = {row.id: row for row in found if row is not None}
        (members,) = await reads.store.degrees("MEMBER_OF", "in", [self.number]) if WHOLE in items else (0,)
        return [GroupNow(number, group, said.get(number), 0 if number != WHOLE else members) for number in items]

    def about(self, change: GroupNow) -> Sequence[int]:
        """Return who said it."""
        return [] if change.message is None else [change.message.author]

    async def hears(self, context: Context, change: GroupNow) -> bool:
        """See whether the viewer still sees what is in the group. Raises: InvalidArgument where not."""
        if change.group is None:
            raise InvalidArgument(HIDDEN)
        if change.number == WHOLE or change.group.by_approval:
            await self._look(context, change.group)
        return True

    async def _look(self, context: Context, group: Group) -> None:
        if not await inside(context, group):
            raise InvalidArgument(HIDDEN)
        own = await viewer_membership(context, group.id)
        self.role = None if own is None else own.role

    def instead(self, change: GroupNow) -> None:  # noqa: ARG002  the protocol hands it over
        """Send nothing of who is hidden."""
        return

    def admits(self, change: GroupNow, today: int) -> bool:  # noqa: ARG002  the protocol hands it over
        """Say whether the message or the group is another."""
        if change.number == WHOLE:
            was, self.whole = self.whole, self._state(change.group, change.members)
            return was != self.whole
        now = _texts(change.message)
        if change.number in self.sent and self.sent[change.number] == now:
            return False
        remember(self.sent, change.number, now)
        return True

    def _state(self, group: Group | None, members: int) -> Any:
        if group is None:
            return None
        texts = group.name, group.description, group.announcement
        return *texts, group.by_approval, group.slow_seconds, group.closed_us, members, self.role


def _texts(row: Message | None) -> Any:
    return None if row is None else (row.body, row.edited_us, row.reaction_count)


def feed_of(group: str) -> GroupFeed:
    """Describe a group. Raises: InvalidId."""
    return GroupFeed(ids.from_global(group, ["Group"])[1])
