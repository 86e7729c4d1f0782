"""People, creators and what they did: put into a running application in few and honest units of work."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from planet_graph import ids
from planet_graph.database import UnitOfWork
from planet_graph.models import activity
from planet_graph.models.accounts import Account, Creator, Identity
from planet_graph.models.activity import Row
from planet_graph.models.bans import Ban
from planet_graph.models.follows import Follow
from planet_graph.models.groups import Group
from planet_graph.models.join_requests import JoinRequest
from planet_graph.models.memberships import Membership
from planet_graph.models.messages import Message
from planet_graph.outbox import dispatch
from planet_graph.outbox.facts import Subjects, chunks, fact
from planet_graph.scoring.days import day_of
from planet_graph.web.tokens import ISSUER
from tests.api.clients import Api

SECOND_US = 1_000_000
DAY_US = 86_400 * SECOND_US


@dataclass(frozen=True)
class Act:
    """What a fan did. Units: `days_ago` whole days before the clock's present."""

    fan: str
    creator: str
    kind: str = "reaction"
    quantity: int = 1
    days_ago: int = 0


@dataclass
class Community:
    """Accounts by handle, each the subject of a token too; ids of groups by slug; of the post published last."""

    api: Api
    numbers: dict[str, int]
    groups: dict[str, str] = field(default_factory=dict[str, str])
    messages: dict[int, str] = field(default_factory=dict[int, str])
    post: str = ""
    own_post: str = ""
    draft: str = ""

    def id(self, handle: str) -> str:
        return ids.to_global("Account", self.numbers[handle])

    def creator(self, handle: str) -> str:
        return ids.to_global("Creator", self.numbers[handle])

    def token(self, handle: str, *roles: str) -> str:
        return self.api.token(handle, *roles)

    async def join(self, *handles: str, creators: Iterable[str] = ()) -> None:
        """Make accounts, and of some of them active creators, as verification and activation will do one day."""
        now_us = self.api.time.now_us
        made = ids.block(len(handles), now_us, self.api.parts.random)
        self.numbers.update(zip(handles, made, strict=True))
        active = set(creators)

        async def work(unit: UnitOfWork) -> None:
            for handle in handles:
                number, kyc = self.numbers[handle], "verified" if handle in active else "none"
                row = Account(id=number, handle=handle, display_name=handle.title(), created_us=now_us, kyc=kyc)
                unit.session.add(row)
                unit.session.add(Identity(issuer=ISSUER, subject=handle, account_id=number))
                if handle in active:
                    unit.session.add(Creator(account_id=number, activated_us=now_us))
            await unit.session.flush()
            await self._tell(unit, "register", Subjects(accounts=tuple(made)))

        await self.api.parts.database.write(work)
        await self.settle()

    async def follow(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Open follows a second apart, the last one now."""
        first_us = self.api.time.now_us - (len(pairs) - 1) * SECOND_US
        numbers = [(self.numbers[follower], self.numbers[followee]) for follower, followee in pairs]

        async def work(unit: UnitOfWork) -> None:
            told = await self._tell(unit, "follow", Subjects(follows=tuple(numbers)))
            unit.session.add_all(
                Follow(follower=a, followee=b, open=True, since_us=first_us + place * SECOND_US, fact=told)
                for place, (a, b) in enumerate(numbers)
            )

        await self.api.parts.database.write(work)
        await self.settle()

    async def gather(self, slug: str, owner: str, members: Sequence[str], *, by_approval: bool = False) -> None:
        """Make a group whose members joined a second apart, the last one now."""
        first_us = self.api.time.now_us - len(members) * SECOND_US
        (number,) = ids.block(1, first_us, self.api.parts.random)
        self.groups[slug] = ids.to_global("Group", number)
        pairs = [(self.numbers[handle], number) for handle in (owner, *members)]

        async def work(unit: UnitOfWork) -> None:
            unit.session.add(Group(id=number, slug=slug, name=slug, by_approval=by_approval, created_us=first_us))
            await unit.session.flush()
            told = await self._tell(unit, "gather", Subjects(groups=(number,), memberships=tuple(pairs)))
            unit.session.add_all(
                Membership(
                    account=account,
                    group_id=number,
                    open=True,
                    role="member" if place else "owner",
                    since_us=first_us + place * SECOND_US,
                    fact=told,
                )
                for place, (account, _) in enumerate(pairs)
            )

        await self.api.parts.database.write(work)
        await self.settle()

    async def talk(self, acts: Sequence[Act]) -> None:
        """Count what accounts did in and about groups, which are named by slug instead of a creator."""
        rows = [self._row(act) for act in acts]

        async def work(unit: UnitOfWork) -> None:
            await activity.add(unit.session, rows)
            pairs = tuple(dict.fromkeys((row.fan, row.target) for row in rows))
            await self._tell(unit, "act", Subjects(memberships=pairs))

        await self.api.parts.database.write(work)
        await self.settle()

    async def publish(self, who: str, body: str, **given: Any) -> str:
        """Publish a post; return its id."""
        variables = {"input": {"body": body, **given}}
        (answer,) = (await self.api.query("create_post", variables, self.token(who))).values()
        self.post = answer["post"]["id"]
        return self.post

    async def gather_many(self, owner: str, count: int) -> None:
        """Make so many groups of one member, a microsecond apart."""
        now_us, account = self.api.time.now_us, self.numbers[owner]
        made = ids.block(count, now_us, self.api.parts.random)

        async def work(unit: UnitOfWork) -> None:
            for place, number in enumerate(made):
                since_us = now_us + place
                unit.session.add(Group(id=number, slug=f"many_{place}", name="Many", created_us=since_us))
                unit.session.add(
                    Membership(account=account, group_id=number, open=True, role="owner", since_us=since_us)
                )
            await unit.session.flush()
            pairs = tuple((account, number) for number in made)
            await self._tell(unit, "gather", Subjects(groups=tuple(made), memberships=pairs))

        await self.api.parts.database.write(work)
        await self.settle()

    async def say(self, slug: str, handles: Sequence[str]) -> None:
        """Let people say something in a group, a microsecond apart, each in answer to the one before."""
        group, now_us = self.number_of(slug), self.api.time.now_us
        made = ids.block(len(handles), now_us, self.api.parts.random)

        async def work(unit: UnitOfWork) -> None:
            unit.session.add_all(
                Message(
                    id=number,
                    group_id=group,
                    author=self.numbers[handle],
                    body=f"by {handle}",
                    created_us=now_us + place,
                    in_reply_to=made[place - 1] if place else None,
                )
                for place, (number, handle) in enumerate(zip(made, handles, strict=True))
            )

        await self.api.parts.database.write(work)

    async def promote(self, slug: str, handle: str, role: str) -> None:
        """Give a member a role."""
        key = (self.numbers[handle], self.number_of(slug))

        async def work(unit: UnitOfWork) -> None:
            row = await unit.session.get_one(Membership, key)
            row.role = role

        await self.api.parts.database.write(work)

    async def ask(self, slug: str, handles: Sequence[str]) -> None:
        """Let people wait at a group's door, a microsecond apart."""
        group, now_us = self.number_of(slug), self.api.time.now_us

        async def work(unit: UnitOfWork) -> None:
            unit.session.add_all(
                JoinRequest(account=self.numbers[handle], group_id=group, asked_us=now_us + place)
                for place, handle in enumerate(handles)
            )

        await self.api.parts.database.write(work)

    async def ban(self, slug: str, moderator: str, handles: Sequence[str]) -> None:
        """Keep people out of a group, a microsecond apart."""
        group, now_us, by = self.number_of(slug), self.api.time.now_us, self.numbers[moderator]

        async def work(unit: UnitOfWork) -> None:
            unit.session.add_all(
                Ban(account=self.numbers[handle], group_id=group, at_us=now_us + place, by=by)
                for place, handle in enumerate(handles)
            )

        await self.api.parts.database.write(work)

    def number_of(self, slug: str) -> int:
        return ids.from_global(self.groups[slug], ["Group"])[1]

    async def record(self, acts: Sequence[Act]) -> None:
        """Count what fans did."""
        rows = [self._row(act) for act in acts]

        async def work(unit: UnitOfWork) -> None:
            await activity.add(unit.session, rows)
            pairs = tuple(dict.fromkeys((row.fan, row.target) for row in rows))
            await self._tell(unit, "record", Subjects(bonds=pairs))

        await self.api.parts.database.write(work)
        await self.settle()

    async def settle(self) -> None:
        """Return when the graph holds everything that is committed."""
        await dispatch.drain(self.api.parts.outbox)

    def _row(self, act: Act) -> Row:
        at_us = self.api.time.now_us - act.days_ago * DAY_US
        named = self.groups.get(act.creator)
        target = self.numbers[act.creator] if named is None else ids.from_global(named, ["Group"])[1]
        return Row(self.numbers[act.fan], target, day_of(at_us), act.kind, 0, act.quantity, at_us)

    async def _tell(self, unit: UnitOfWork, kind: str, subjects: Subjects) -> int:
        now_us = self.api.time.now_us
        act = ids.draw(now_us, unit.random)
        return await unit.tell(*(fact(kind, part, at_us=now_us, act=act) for part in chunks(subjects)))
