"""The demo community's posts and groups, out of StockNet's tweets and tickers.

Real: who wrote, when, with which cashtags, whom a reply answered, who wrote about which ticker first when. Made: what
the posts say, which post of somebody's a reply answers, and who has a role in a group.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path

from examples import stocknet
from examples.stocknet import Act, Member, Post

MODERATORS = 2


@dataclass(frozen=True, slots=True)
class Written:
    """A post of the community. Units: `at` epoch seconds. `answers`: another one's id, or nothing."""

    id: str
    author: str
    at: int
    body: str
    answers: str
    tickers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Membership:
    """Somebody in a group. Units: `since` epoch seconds."""

    group: str
    account: str
    since: int
    role: str


@dataclass(frozen=True, slots=True)
class Talk:
    """What was said, and where. Order: of posts and memberships by time, then ids."""

    posts: Sequence[Written] = field(default=())
    memberships: Sequence[Membership] = field(default=())


@dataclass(frozen=True, slots=True)
class Move:
    """How the source becomes the community. `names`: an id of the source -> ours, of those who are in."""

    names: Mapping[str, str]
    time: Callable[[int], int]


def made_talk(posts: Sequence[Post], members: Sequence[Member], acts: Sequence[Act], move: Move) -> Talk:
    """Give what those who are in wrote, and the groups that they are in; `acts` are the source's."""
    kept = [post for post in posts if post.author in move.names]
    return Talk(_written(kept, acts, move), _memberships(kept, members, move))


def earliest(talk: Talk) -> dict[str, int]:
    """Tell when each account first wrote or joined a group. Units: epoch seconds."""
    first: dict[str, int] = {}
    for account, at in [
        *((post.author, post.at) for post in talk.posts),
        *((one.account, one.since) for one in talk.memberships),
    ]:
        first[account] = min(at, first.get(account, at))
    return first


def _written(posts: Sequence[Post], acts: Sequence[Act], move: Move) -> list[Written]:
    answered = {(fan, at): creator for fan, creator, kind, at in acts if kind == "reply"}
    before: defaultdict[str, list[tuple[int, str, tuple[str, ...]]]] = defaultdict(list)
    written: list[Written] = []
    for number, post in enumerate(posts, 1):
        new, at = f"p{number:05d}", move.time(post.at)
        answers = _answered(before[answered.get((post.author, post.at), "")], at, set(post.tickers))
        body = stocknet.body(new, post.tickers)
        written.append(Written(new, move.names[post.author], at, body, answers, post.tickers))
        before[post.author].append((at, new, post.tickers))
    return written


def _answered(earlier: Sequence[tuple[int, str, tuple[str, ...]]], at: int, about: Set[str]) -> str:
    """Choose the newest earlier post about the same ticker, else the newest, else none."""
    past = earlier[: bisect_left(earlier, at, key=lambda one: one[0])]
    same = [new for _, new, tickers in past if not about.isdisjoint(tickers)]
    return (same or [new for _, new, _ in past] or [""])[-1]


def _memberships(posts: Sequence[Post], members: Sequence[Member], move: Move) -> list[Membership]:
    """Let who wrote most about a ticker own its group, and the next ones help."""
    wrote = Counter((ticker, post.author) for post in posts for ticker in post.tickers)
    within: defaultdict[str, list[Member]] = defaultdict(list)
    for one in members:
        if one.account in move.names:
            within[one.group].append(one)
    roles: dict[tuple[str, str], str] = {}
    for group, those in within.items():
        ranked = sorted(those, key=lambda one: (-wrote[group, one.account], one.since, move.names[one.account]))
        for one, role in zip(ranked, ("owner", *["moderator"] * MODERATORS), strict=False):
            roles[group, one.account] = role
    made = [
        Membership(group, move.names[one.account], move.time(one.since), roles.get((group, one.account), "member"))
        for group, those in within.items()
        for one in those
    ]
    return sorted(made, key=lambda one: (one.since, one.group, one.account))


def write(talk: Talk, folder: Path) -> None:
    """Write the three files, the same bytes each time; `made` names the columns that rules made."""
    stocknet.write(
        folder,
        "posts",
        ("id", "author", "created_at", "body", "in_reply_to", "cashtags", "made"),
        (
            (p.id, p.author, p.at, p.body, p.answers, "|".join(p.tickers), "body|in_reply_to" if p.answers else "body")
            for p in talk.posts
        ),
    )
    groups: dict[str, int] = {}
    for one in talk.memberships:
        groups.setdefault(one.group, one.since)
    stocknet.write(
        folder,
        "groups",
        ("id", "name", "created_at"),
        ((group, f"${group}", groups[group]) for group in sorted(groups)),
    )
    stocknet.write(
        folder,
        "memberships",
        ("account", "group", "joined_at", "role", "made"),
        ((one.account, one.group, one.since, one.role, "role") for one in talk.memberships),
    )


def summary(talk: Talk) -> Mapping[str, int]:
    """Count what is there."""
    sizes = Counter(one.group for one in talk.memberships)
    return {
        "posts (real but for what they say)": len(talk.posts),
        "authors of posts": len({post.author for post in talk.posts}),
        "posts that answer another": sum(bool(post.answers) for post in talk.posts),
        "groups": len(sizes),
        "groups of 20 members or more": sum(size >= 20 for size in sizes.values()),
        "memberships (real but for their roles)": len(talk.memberships),
    }
