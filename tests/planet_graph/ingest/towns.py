"""Made-up folders of some hundred rows, with everything in them that an import has to decide."""

from collections.abc import Sequence
from random import Random
from typing import TypeAlias

from tests.planet_graph.ingest.homes import AT_S, HOUR_S

Row: TypeAlias = tuple[object, ...]
Town: TypeAlias = dict[str, list[Row]]

KINDS = ("reaction", "reply", "dwell", "component_opened", "seen", "tip", "")
PEOPLE = [*(f"Fan {n}" for n in range(40)), "x", "9", "ÄÖ", "ab", "AB", "Ab"]
CREATORS = [f"creator-{n}" for n in range(12)]
GROUPS = [*(f"Group {n}" for n in range(12)), "T", "t", "BRK-A"]
ROLES = ("", "", "member", "moderator", "admin", "owner")
FIRST_S = AT_S - 400 * 24 * HOUR_S


def some_time(random: Random, dated: float) -> object:
    return random.randint(FIRST_S, AT_S) if random.random() < dated else ""


def make(random: Random, dated: float = 0.8) -> Town:
    """Accounts for a part of the people; follows and activity among all, the activity mostly towards creators."""
    described = random.sample(PEOPLE, 20) + random.sample(CREATORS, 8)
    accounts: list[Row] = [
        (
            one,
            random.choice(["", "", "ab", f"h_{place % 20}"]),
            random.choice(["", f"Name of {one}"]),
            some_time(random, dated),
            random.choice(["", "none", "pending", "verified"]),
            random.choice(["true", "true", "false"]) if one in CREATORS else "",
        )
        for place, one in enumerate(described)
    ]
    everybody = [*PEOPLE, *CREATORS]
    follows = [(*random.sample(everybody, 2), some_time(random, dated)) for _ in range(180)]
    activity: list[Row] = []
    while len(activity) < 300:
        fan, target = random.choice(PEOPLE), random.choice(CREATORS + PEOPLE[:2])
        if fan != target:
            post = random.choice(["", f"post-{random.randint(1, 25)}"])
            kind, quantity = random.choice(KINDS), random.choice(["", random.randint(1, 60)])
            activity.append((fan, target, kind, some_time(random, dated), post, quantity))
    blocks = [(*random.sample(everybody, 2), some_time(random, dated)) for _ in range(25)]
    blocks += [(*row[:-1][:: random.choice([1, -1])], some_time(random, dated)) for row in random.sample(follows, 25)]
    groups: list[Row] = [
        (one, random.choice(["", f"Name of {one}"]), some_time(random, dated)) for one in random.sample(GROUPS, 10)
    ]
    memberships: list[Row] = [
        (random.choice(everybody), random.choice(GROUPS), some_time(random, dated), random.choice(ROLES))
        for _ in range(150)
    ]
    posts, messages = texts(random, everybody)
    # Some replies are told of twice.
    authors = {row[0]: row[1] for row in posts}
    activity += [
        (row[1], authors[row[5]], "reply", row[2], "", "")
        for row in posts
        if row[5] in authors and row[1] != authors[row[5]] and row[2] and random.random() < 0.5
    ]
    return {
        "accounts": accounts,
        "follows": follows,
        "blocks": blocks,
        "activity": activity,
        "groups": groups,
        "memberships": memberships,
        "posts": posts,
        "messages": messages,
    }


def texts(random: Random, everybody: Sequence[str]) -> tuple[list[Row], list[Row]]:
    """Posts of which some answer others, some a post that nobody describes, and messages of which some are alike."""
    posts: list[Row] = []
    for n in range(80):
        author, at, kind = random.choice(everybody), some_time(random, 0.9), random.choice(["", "short", "article"])
        body = random.choice(["", "so", "$BRK and https://example.com", "what @x says of $t"])
        answers = random.choice(["", "", f"post-{random.randint(1, n + 1)}", "unknown"])
        if answers == f"post-{n}":
            answers = ""
        posts.append((f"post-{n}", author, at, body, kind, answers, random.choice(["", "T", "BRK-A|$T"]), ""))
    messages: list[Row] = [
        (random.choice(GROUPS), random.choice(everybody), random.randint(FIRST_S, AT_S), random.choice(["", "hi $T"]))
        for _ in range(60)
    ]
    return posts, [*messages, *messages[:5]]


def corrected(town: Town, random: Random) -> Town:
    """Leave rows out, add others, and change some."""
    other = make(random)

    def mixed(rows: Sequence[Row], more: Sequence[Row]) -> list[Row]:
        return [row for row in rows if random.random() < 0.7] + list(more[: len(more) // 3])

    accounts = {row[0]: row for row in mixed(town["accounts"], other["accounts"])}
    groups = {row[0]: row for row in mixed(town["groups"], other["groups"])}
    ended = next(row for row in town["accounts"] if row[-1] == "true")
    accounts[ended[0]] = (*ended[:-1], "false")
    return {
        "accounts": list(accounts.values()),
        "follows": [*mixed(town["follows"], other["follows"]), ("newcomer", "x", "")],
        # Some stand in both with another time.
        "blocks": [
            *((*row[:2], some_time(random, 0.8)) if random.random() < 0.2 else row for row in town["blocks"][10:]),
            *mixed([], other["blocks"]),
            *((*row[:2], AT_S) for row in random.sample(town["follows"], 12)),
        ],
        "activity": [*mixed(town["activity"], other["activity"]), ("x", "new-creator", "", "", "new post", "")],
        "groups": [("first", "A new one", ""), *((*row[:1], "Another name", *row[2:]) for row in groups.values())],
        "memberships": [
            *mixed(town["memberships"], other["memberships"]),
            *((*row[:3], random.choice(ROLES)) for row in random.sample(town["memberships"], 20)),
        ],
        "posts": [
            *((*row[:3], "another", *row[4:]) if random.random() < 0.3 else row for row in town["posts"][10:]),
            ("new", "x", "", "$T", "", "post-20", "", ""),
        ],
        "messages": [
            *((*row[:3], "other words") if random.random() < 0.3 else row for row in town["messages"][10:]),
            *other["messages"][:5],
        ],
    }
