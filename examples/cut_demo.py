"""Cut the demo community out of StockNet.

    python -m examples.cut_demo PATH/stocknet-posts planet_graph/ingest/demo

Real: who replied to, reposted or mentioned whom, and when; of posts and groups what `examples/demo_talk.py` says.
The rest (names, dates of joining, KYC, follows, reading, openings, reactions) is made by the rules below, from a seed;
the same seed gives the same bytes.
`planet_graph/ingest/demo/README.md` tells the rules to the reader.
"""

import argparse
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from examples import demo_talk, stocknet
from examples.demo_names import name
from examples.demo_talk import Move, Talk
from examples.stocknet import Act, Member, Post

SEED = 2026
CREATORS = 150
ACCOUNTS = 2_500
DAY = 86_400
NEWEST_DAY_AT = 1_767_225_600
"""2026-01-01T00:00:00Z: the day that the newest acts are moved to."""

FOLLOWS_AFTER_ONE_ACT = 0.6
FOLLOWS_AFTER_MORE = 0.95
LIKED_BY_TASTE = 1.5
"""Mean number of further creators that an account follows because fans of the same creators deal with them."""
COMPANIONS = 0.4
"""Chance that an account follows another fan of one of its creators."""
READING_DAYS_PER_ACT = 3.0
REACTS = 0.3
OPENS = 0.15
MEAN_READ_S = 110
LONGEST_READ_S = 3_600


@dataclass(frozen=True, slots=True)
class Account:
    """A member. Units: `created_at` epoch seconds."""

    id: str
    handle: str
    display_name: str
    created_at: int
    kyc: str
    creator: bool


@dataclass(frozen=True, slots=True)
class Event:
    """A line of activity. Units: `at` epoch seconds. `made`: whether a rule made it."""

    at: int
    fan: str
    creator: str
    kind: str
    post: str
    quantity: int
    made: bool


@dataclass(frozen=True, slots=True, order=True)
class Follow:
    """A follow; all are made. Units: `since` epoch seconds."""

    since: int
    follower: str
    followee: str


@dataclass(frozen=True, slots=True)
class Community:
    """Everything that is written."""

    accounts: Sequence[Account]
    follows: Sequence[Follow]
    activity: Sequence[Event]
    talk: Talk = field(default_factory=Talk)


def densest(acts: Sequence[Act], creators: int, accounts: int, random: Random) -> list[Act]:
    """Keep the creators with the most fans, all who dealt with them twice or more, and a draw of those who did once.

    Order: by time, as given.
    """
    fans: defaultdict[str, set[str]] = defaultdict(set)
    for fan, creator, _, _ in acts:
        fans[creator].add(fan)
    chosen = set(sorted(fans, key=lambda creator: (-len(fans[creator]), creator))[:creators])
    dealt = Counter(fan for fan, creator, _, _ in acts if creator in chosen)
    members = chosen | {fan for fan, times in dealt.items() if times > 1}
    once = sorted(set(dealt) - members)
    members.update(random.sample(once, min(len(once), max(0, accounts - len(members)))))
    return [act for act in acts if act[0] in members and act[1] in chosen]


def shift_of(acts: Sequence[Act]) -> int:
    """Tell how far times move, whole days, so that the newest day is NEWEST_DAY_AT. Units: seconds."""
    return NEWEST_DAY_AT - max(at for _, _, _, at in acts) // DAY * DAY


def new_names(acts: Sequence[Act], random: Random) -> dict[str, str]:
    """Give everybody a new id, in an order that tells nothing about the old one."""
    old = sorted({name for fan, creator, _, _ in acts for name in (fan, creator)})
    random.shuffle(old)
    return {name: f"m{number:04d}" for number, name in enumerate(old, 1)}


def made_accounts(acts: Sequence[Act], talk: Talk, random: Random) -> list[Account]:
    """Invent names, dates of joining and KYC states; creators are verified. Order: by id."""
    first = demo_talk.earliest(talk)
    for fan, creator, _, at in acts:
        first[fan] = min(at, first.get(fan, at))
        first[creator] = min(at, first.get(creator, at))
    creators = {creator for _, creator, _, _ in acts}
    taken: set[str] = set()
    accounts: list[Account] = []
    for member in sorted(first):
        given, family = name(random), name(random)
        while f"{given}_{family}" in taken:
            family = name(random)
        taken.add(f"{given}_{family}")
        created_at = first[member] - int(random.expovariate(1 / 120) * DAY) - 1
        state = random.choices(("none", "pending", "verified", "rejected"), (60, 9, 30, 1))[0]
        kyc = "verified" if member in creators else state
        display_name = f"{given.capitalize()} {family.capitalize()}"
        accounts.append(Account(member, f"{given}_{family}", display_name, created_at, kyc, member in creators))
    return accounts


def made_follows(acts: Sequence[Act], random: Random) -> list[Follow]:
    """Let members follow those they dealt with, creators of the same taste, and companions. Order: by time, ids."""
    times = Counter((fan, creator) for fan, creator, _, _ in acts)
    fans: defaultdict[str, list[str]] = defaultdict(list)
    creators: defaultdict[str, list[str]] = defaultdict(list)
    first: dict[str, int] = {}
    since: dict[tuple[str, str], int] = {}
    for fan, creator, _, at in acts:
        first.setdefault(fan, at)
        if creator not in creators[fan]:
            creators[fan].append(creator)
            fans[creator].append(fan)
            if random.random() < (FOLLOWS_AFTER_MORE if times[fan, creator] > 1 else FOLLOWS_AFTER_ONE_ACT):
                since[fan, creator] = at
    for fan in sorted(first):
        wanted: list[str] = []
        for _ in range(int(random.expovariate(1 / LIKED_BY_TASTE))):
            alike = random.choice(fans[random.choice(creators[fan])])
            wanted.append(random.choice(creators[alike]))
        if random.random() < COMPANIONS:
            wanted.append(random.choice(fans[random.choice(creators[fan])]))
        for followee in wanted:
            after = max(first[fan], first.get(followee, 0))
            if followee != fan:
                since.setdefault((fan, followee), random.randint(after, NEWEST_DAY_AT))
    return sorted(Follow(at, follower, followee) for (follower, followee), at in since.items())


def made_activity(acts: Sequence[Act], follows: Sequence[Follow], random: Random) -> list[Event]:
    """Let members read what they acted on, and what they follow on days when others acted on it.

    Every day on which somebody acted on a creator stands for one post, named after the creator and its number.
    """
    days: defaultdict[str, list[int]] = defaultdict(list)
    for _, creator, _, at in acts:
        if at // DAY not in days[creator][-1:]:
            days[creator].append(at // DAY)
    times = Counter((fan, creator) for fan, creator, _, _ in acts)
    events: list[Event] = []
    for fan, creator, _, at in acts:
        number = bisect_left(days[creator], at // DAY)
        events.append(_reading(at, fan, creator, number, random))
    for follow in follows:
        begin = bisect_left(days[follow.followee], follow.since // DAY + 1)
        later = range(begin, len(days[follow.followee]))
        mean = 1 + READING_DAYS_PER_ACT * times[follow.follower, follow.followee]
        for number in sorted(random.sample(later, min(len(later), int(random.expovariate(1 / mean))))):
            day_at = days[follow.followee][number] * DAY
            at = min(day_at + random.randrange(DAY), NEWEST_DAY_AT)
            read = _reading(at, follow.follower, follow.followee, number, random)
            events.append(read)
            events.extend(_responses(read, random))
    return events


def _reading(at: int, fan: str, creator: str, number: int, random: Random) -> Event:
    seconds = min(LONGEST_READ_S, 5 + int(random.expovariate(1 / MEAN_READ_S)))
    return Event(at, fan, creator, "dwell", f"{creator}-{number + 1}", seconds, made=True)


def _responses(read: Event, random: Random) -> list[Event]:
    chances = (("reaction", REACTS), ("component_opened", OPENS))
    return [
        Event(read.at, read.fan, read.creator, kind, read.post, 1, made=True)
        for kind, chance in chances
        if random.random() < chance
    ]


def cut(
    acts: Sequence[Act],
    seed: int,
    posts: Sequence[Post] = (),
    members: Sequence[Member] = (),
    creators: int = CREATORS,
    accounts: int = ACCOUNTS,
) -> Community:
    """Cut a community; the same rows and seed give the same community.

    What happened on the newest day is moved to that day's first second.
    """
    random = Random(seed)
    dense = densest(acts, creators, accounts, random)
    shift = shift_of(dense)
    move = Move(new_names(dense, random), lambda at: min(at + shift, NEWEST_DAY_AT))
    kept = [(move.names[fan], move.names[creator], kind, move.time(at)) for fan, creator, kind, at in dense]
    kept.sort(key=lambda act: (act[3], act))
    talk = demo_talk.made_talk(posts, members, dense, move)
    people = made_accounts(kept, talk, random)
    follows = made_follows(kept, random)
    real = [Event(at, fan, creator, kind, "", 1, made=False) for fan, creator, kind, at in kept]
    made = made_activity(kept, follows, random)
    activity = sorted([*real, *made], key=lambda e: (e.at, e.fan, e.creator, e.kind, e.post))
    return Community(people, follows, activity, talk)


def write(community: Community, folder: Path) -> None:
    """Write the six files, the same bytes each time."""
    folder.mkdir(parents=True, exist_ok=True)
    stocknet.write(
        folder,
        "accounts",
        ("id", "handle", "display_name", "created_at", "kyc", "creator"),
        ((a.id, a.handle, a.display_name, a.created_at, a.kyc, str(a.creator).lower()) for a in community.accounts),
    )
    stocknet.write(
        folder,
        "follows",
        ("follower", "followee", "since", "made"),
        ((f.follower, f.followee, f.since, 1) for f in community.follows),
    )
    stocknet.write(
        folder,
        "activity",
        ("fan", "creator", "kind", "at", "post", "quantity", "made"),
        ((e.fan, e.creator, e.kind, e.at, e.post, e.quantity, int(e.made)) for e in community.activity),
    )
    demo_talk.write(community.talk, folder)


def summary(community: Community) -> Mapping[str, int]:
    """Count what is there."""
    real = [event for event in community.activity if not event.made]
    fans: defaultdict[str, set[str]] = defaultdict(set)
    creators: defaultdict[str, set[str]] = defaultdict(set)
    for event in real:
        fans[event.creator].add(event.fan)
        creators[event.fan].add(event.creator)
    return {
        "accounts": len(community.accounts),
        "creators": sum(account.creator for account in community.accounts),
        "creators with 5 fans or more (real)": sum(len(those) >= 5 for those in fans.values()),
        "fans with 3 creators or more (real)": sum(len(those) >= 3 for those in creators.values()),
        "follows (made)": len(community.follows),
        "acts (real)": len(real),
        **{f"{kind} (real)": n for kind, n in sorted(Counter(event.kind for event in real).items())},
        **{f"{kind} (made)": n for kind, n in sorted(Counter(e.kind for e in community.activity if e.made).items())},
        "pairs with activity": len({(event.fan, event.creator) for event in community.activity}),
        **demo_talk.summary(community.talk),
    }


def main() -> None:
    """Cut what the command line names."""
    parser = argparse.ArgumentParser(description="The demo community, cut out of StockNet")
    parser.add_argument("source", type=Path, help="the folder that holds the three published files")
    parser.add_argument("folder", type=Path, help="where to write")
    parser.add_argument("--seed", type=int, default=SEED)
    arguments = parser.parse_args()
    acts = list(stocknet.read(stocknet.published(arguments.source, "interactions")))
    posts = stocknet.read_posts(stocknet.published(arguments.source, "posts"))
    members = stocknet.read_members(stocknet.published(arguments.source, "memberships"))
    community = cut(acts, arguments.seed, [post for post in posts if post.kind != "repost"], members)
    write(community, arguments.folder)
    print(f"seed {arguments.seed}")
    for what, count in summary(community).items():
        print(f"{what}: {count:,}")


if __name__ == "__main__":
    main()
