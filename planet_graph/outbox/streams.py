"""Streams: who watches what, the latest facts, and how a stream takes from the log what touches it.

A stream has no queue. It holds a place in the log and takes the facts behind it when it has time for them, so one that
reads slowly costs no memory, loses nothing, and sees what happened meanwhile as one change for each subject.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Literal, TypeAlias

from planet_graph.models.log import Fact
from planet_graph.outbox.facts import ENDED, WHOLE, Subjects, subjects_of

Noun = Literal["account", "follower", "followee", "creator", "post", "timeline", "notified", "group", "import"]
Subject: TypeAlias = tuple[Noun, int]
"""What a stream watches: an account, the follows that begin or end in one, the bonds that end in one, a post, the
timeline of an account (all posts in those of others: WHOLE), what an account is told, a group with what is said and who
is in it, or an import act's end."""

ALL = 0xFFFF
"""As `done`: everything that a fact names."""

TAKEN_AT_ONCE = 500
KEPT_FACTS = 10_000
KEPT_SUBJECTS = 100_000


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """How far a stream has come: past all facts before `position`, and past the first `done` subjects of that one.

    `owed`: the present is still to be sent as a whole, because an import is under way or something was missed.
    """

    position: int
    done: int = ALL
    owed: bool = False

    @property
    def behind(self) -> int:
        """The last position of which nothing is left to take."""
        return self.position if self.done == ALL else self.position - 1


@dataclass(frozen=True, slots=True)
class Passed:
    """A fact that the graph holds, as streams look at it. `imported`: by an import. `ended`: the last of one."""

    position: int
    act: int
    imported: bool
    ended: bool
    subjects: Subjects

    @classmethod
    def of(cls, fact: Fact) -> "Passed":
        """Take from a numbered fact what streams need."""
        ended, subjects = fact.type == ENDED, subjects_of(fact)
        if fact.origin and subjects.posts:
            subjects = replace(subjects, timelines=((WHOLE, WHOLE),))
        return cls(fact.position or 0, fact.act, bool(fact.origin), ended, subjects)

    def touched(self) -> set[Subject]:
        """Return what may be watched of it."""
        found: set[Subject] = {("account", number) for number in self.subjects.accounts}
        found |= {("follower", source) for source, _ in self.subjects.follows}
        found |= {("followee", target) for _, target in self.subjects.follows}
        found |= {("creator", target) for _, target in self.subjects.bonds}
        found |= {("post", number) for number in self.subjects.posts}
        found |= {("timeline", account if post == WHOLE else WHOLE) for account, post in self.subjects.timelines}
        found |= {("notified", number) for number in self.subjects.notifications}
        found |= {("group", number) for number in self.subjects.groups}
        found |= {("group", group) for group, _ in self.subjects.messages}
        found |= {("group", group) for _, group in self.subjects.memberships}
        if self.ended:
            found.add(("import", self.act))
        return found


class Ring:
    """The latest facts, as many as memory is given for: none older than `begins`, and all that are newer."""

    def __init__(self, begins: int = 0, facts: int = KEPT_FACTS, subjects: int = KEPT_SUBJECTS) -> None:
        self.begins = begins
        self._kept: deque[Passed] = deque()
        self._facts = facts
        self._subjects = subjects
        self._weight = 0

    def add(self, fact: Passed) -> None:
        """Keep a fact and forget the oldest ones where it is too much."""
        self._kept.append(fact)
        self._weight += len(fact.subjects)
        while self._kept and (len(self._kept) > self._facts or self._weight > self._subjects):
            forgotten = self._kept.popleft()
            self._weight -= len(forgotten.subjects)
            self.begins = forgotten.position

    def after(self, position: int, limit: int) -> list[Passed] | None:
        """Return the facts behind a position, oldest first; None where it does not reach so far back."""
        if position < self.begins:
            return None
        newer = 0
        for fact in reversed(self._kept):
            if fact.position <= position:
                break
            newer += 1
        begin = len(self._kept) - newer
        return list(islice(self._kept, begin, begin + limit))


@dataclass(eq=False, slots=True)
class Watch:
    """One stream's eye on the log. `touched`: the first fact not yet taken that may concern it."""

    subjects: set[Subject]
    touched: int | None = None
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    def touch(self, position: int) -> None:
        """Note that a fact concerns the stream, and wake it."""
        if self.touched is None or position < self.touched:
            self.touched = position
        self.woken.set()

    def take(self) -> int | None:
        """Return the first fact that may concern the stream, and begin to wait for the next one."""
        touched, self.touched = self.touched, None
        self.woken.clear()
        return touched


class Watches:
    """All streams of a process by what they watch, so that a fact costs nothing to those it does not concern.

    `timelines`: whose are watched. `turn`: another once another one is.
    """

    def __init__(self) -> None:
        self._by_subject: defaultdict[Subject, set[Watch]] = defaultdict(set)
        self.timelines: set[int] = set()
        self.turn = 0

    def add(self, watch: Watch, subjects: Iterable[Subject]) -> None:
        """Let a stream watch these subjects too."""
        for subject in subjects:
            watch.subjects.add(subject)
            self._by_subject[subject].add(watch)
            noun, number = subject
            if noun == "timeline" and number != WHOLE and number not in self.timelines:
                self.timelines.add(number)
                self.turn += 1

    def discard(self, watch: Watch, subjects: Iterable[Subject]) -> None:
        """Let a stream watch these subjects no more."""
        for subject in list(subjects):
            watch.subjects.discard(subject)
            watching = self._by_subject.get(subject)
            if watching is not None:
                watching.discard(watch)
                if not watching:
                    del self._by_subject[subject]
                    if subject[0] == "timeline":
                        self.timelines.discard(subject[1])

    def touch(self, fact: Passed) -> None:
        """Wake those whom a fact concerns."""
        if not self._by_subject:
            return
        for subject in fact.touched():
            for watch in self._by_subject.get(subject, ()):
                watch.touch(fact.position)

    def __len__(self) -> int:
        return len({watch for watching in self._by_subject.values() for watch in watching})
