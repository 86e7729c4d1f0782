"""What each operation costs in statements, the same at every page size, and the page that tells of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from sqlalchemy import select
from sqlmodel import col

from planet_graph import ids as global_ids
from planet_graph.database import UnitOfWork
from planet_graph.facets import Facet
from planet_graph.models import activity
from planet_graph.models.activity import Row
from planet_graph.models.blocks import Block
from planet_graph.models.bookmarks import Bookmark
from planet_graph.models.drafts import Draft
from planet_graph.models.facets import PostCashtag, PostMention
from planet_graph.models.groups import Group
from planet_graph.models.memberships import Membership
from planet_graph.models.messages import Message
from planet_graph.models.mutes import Mute
from planet_graph.models.notifications import Notification, NotificationActor
from planet_graph.models.posts import Post
from planet_graph.models.revisions import PostRevision
from planet_graph.outbox.facts import Subjects, fact
from planet_graph.scoring.days import day_of
from tests.api.clients import FRONTEND_QUERIES, Api, operation
from tests.api.communities import Act, Community
from tests.conftest import Stack

PEOPLE = [f"p{number:03}" for number in range(102)]
FIRST, SECOND = PEOPLE[:2]
HIDDEN = [f"q{number:03}" for number in range(204)]
DENSE = 15
"""How many follow everybody, so that a list in a list fills too."""

NOUNS = ("post", "message", "group")

TOLD = Path(__file__).parents[2] / "docs" / "round-trips.md"

NESTED = """
query Nested($handles: [String!]!, $first: Int!) {
  accounts(handles: $handles) {
    creator { id }
    followers(first: $first) {
      edges { node { handle followerCount viewerRelationship { follows followedBy } } bond { strength } }
    }
  }
}
"""
DEEP = """
query Deep($first: Int!) {
  popularCreators(first: $first) {
    edges { node { topFans(first: $first) {
      edges { node { strongestBonds(first: 1) { edges { node { account { handle } } } } } }
    } } }
  }
}
"""

Variables: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Cost:
    """Statements of one operation.

    `variables`: for a page size; `length`: of the list that a page of 100 fills; `steps`: graph statements of the
    embedded stack, where a walk of several steps is one statement on Neo4j; `sqlite`: SQL statements of the embedded
    stack, where a lock of its own is none.
    """

    name: str
    sql: int
    graph: int
    variables: Callable[[Community, int], Variables]
    length: Callable[[Any], int] | None = None
    document: str | None = None
    steps: int | None = None
    sqlite: int | None = None

    def on(self, stack: str) -> tuple[int, int]:
        """SQL and graph statements."""
        embedded = stack == "embedded"
        return (
            self.sqlite if embedded and self.sqlite is not None else self.sql,
            self.steps if embedded and self.steps is not None else self.graph,
        )

    @property
    def line(self) -> str:
        """Its line of the page."""
        return f"| {self.name} | {_told(self.sql, self.sqlite)} | {_told(self.graph, self.steps)} |"


def _told(everywhere: int, embedded: int | None) -> str:
    return f"{everywhere}" if embedded is None else f"{everywhere}, embedded {embedded}"


def edges(*path: str) -> Callable[[Any], int]:
    def count(data: Any) -> int:
        for step in path:
            data = data[step]
        return len(data["edges"])

    return count


def of(field: str) -> Callable[[Any], int]:
    return lambda data: len(data[field])


def of_each_noun(data: Any) -> int:
    """Count notifications; the first three, one of each noun, are as one."""
    count = edges("viewer", "notifications")(data)
    return 1 if count == len(NOUNS) else count


def ids(community: Community, size: int) -> list[str]:
    """Creators and accounts in turn."""
    return [community.id(p) if place % 2 else community.creator(p) for place, p in enumerate(PEOPLE[:size])]


def pair(community: Community, **more: str) -> Variables:
    return {"fan": community.id(SECOND), "creator": community.creator(FIRST), **more}


def handle(_: Community, first: int) -> Variables:
    return {"handle": FIRST, "first": first}


def past(_: Community, first: int) -> Variables:
    return {"handle": FIRST, "first": first, "asOf": "2026-09-21T14:13:20Z"}


def pairs_of(community: Community, size: int) -> Variables:
    return {"pairs": [{"account": community.id(FIRST), "other": community.id(p)} for p in PEOPLE[:size]]}


READS = [
    Cost("viewer", 1, 0, lambda _, __: {}),
    Cost("node", 3, 0, lambda c, _: {"id": c.creator(FIRST)}),
    Cost("nodes", 3, 0, lambda c, n: {"ids": ids(c, n)}, of("nodes")),
    Cost("accounts", 4, 5, lambda _, n: {"handles": PEOPLE[:n]}, of("accounts")),
    Cost("account_page", 8, 14, handle, edges("account", "followers")),
    Cost("account_followers", 4, 1, handle, edges("account", "followers")),
    Cost("account_following", 4, 1, handle, edges("account", "following")),
    Cost("viewer_relationship", 3, 2, handle),
    Cost("creator_page", 6, 5, handle, edges("creator", "topFans")),
    Cost("popular_creators", 4, 3, lambda _, n: {"first": n}, edges("popularCreators")),
    Cost("hot_groups", 3, 2, lambda _, n: {"first": n}, edges("hotGroups")),
    Cost("bond", 4, 1, lambda c, _: pair(c)),
    Cost("bond, of a past day", 5, 0, lambda c, _: pair(c, asOf="2026-09-20"), document=operation("bond")),
    Cost("account_followers_as_of", 6, 0, past, edges("account", "followers")),
    Cost("account_following_as_of", 6, 0, past, edges("account", "following")),
    Cost("known_followers", 4, 1, handle, edges("account", "knownFollowers"), steps=2),
    Cost("relationships", 2, 2, pairs_of, of("relationships")),
    Cost("ranking_formula", 0, 0, lambda _, __: {"surface": "BOND"}),
    Cost("viewer_blocks", 3, 0, lambda _, n: {"first": n}, edges("viewer", "blocks")),
    Cost("viewer_mutes", 3, 0, lambda _, n: {"first": n}, edges("viewer", "mutes")),
    Cost("viewer_notifications", 11, 0, lambda _, n: {"first": max(n, 3)}, of_each_noun),
    Cost("viewer_notification_preferences", 2, 0, lambda _, __: {}),
    Cost("viewer_permissions", 4, 0, handle),
    Cost("group_page", 5, 1, lambda _, __: {"slug": "town"}),
    Cost("group_messages", 19, 0, lambda _, n: {"slug": "town", "first": n}, edges("group", "messages")),
    Cost("group_posts", 14, 0, lambda _, n: {"slug": "tsla", "first": n}, edges("group", "posts")),
    Cost("group_members", 7, 1, lambda _, n: {"slug": "town", "first": n}, edges("group", "members")),
    Cost("account_groups", 5, 1, lambda _, n: {"handle": FIRST, "first": n}, edges("account", "groups")),
    Cost("groups", 1, 0, lambda _, n: {"first": n}, edges("groups")),
    Cost("group_door", 9, 0, lambda _, n: {"slug": "town", "first": n}, edges("group", "joinRequests")),
    Cost("post", 6, 0, lambda c, _: {"id": c.post}),
    Cost("post_permissions", 2, 0, lambda c, _: {"id": c.post}),
    Cost("post_revisions", 3, 0, lambda c, n: {"id": c.post, "first": n}, edges("node", "revisions")),
    Cost("posts", 12, 0, lambda _, n: {"filter": {"cashtag": "TSLA"}, "first": n}, edges("posts")),
    Cost("thread", 21, 0, lambda c, n: {"post": c.post, "first": n}, edges("thread", "post", "replies")),
    Cost("account_posts", 13, 0, handle, edges("account", "posts")),
    Cost("creator_posts", 14, 0, handle, edges("creator", "posts")),
    Cost("viewer_bookmarks", 12, 0, lambda _, n: {"first": n}, edges("viewer", "bookmarks")),
    Cost("drafts", 5, 0, lambda _, n: {"first": n}, edges("viewer", "drafts")),
    Cost("timeline", 7, 0, lambda _, n: {"first": n}, edges("timeline")),
    Cost("topic", 6, 0, lambda _, n: {"cashtag": "FULL", "first": n}, edges("topic", "posts")),
    Cost("search", 6, 3, lambda _, n: {"text": "p", "first": n}, edges("search")),
    Cost("strongest_bonds", 6, 1, handle, edges("account", "strongestBonds")),
    Cost(
        "`accounts { followers { node } }`",
        5,
        4,
        lambda _, n: {"handles": PEOPLE[:n], "first": min(n, DENSE)},
        of("accounts"),
        NESTED,
    ),
    Cost(
        "`popularCreators { topFans { strongestBonds } }`",
        7,
        3,
        lambda _, n: {"first": min(n, 10)},
        lambda data: sum(map(edges("node", "topFans"), data["popularCreators"]["edges"])),
        DEEP,
    ),
]


def item(community: Community, fan: str) -> Variables:
    return {"fan": community.id(fan), "creator": community.creator(FIRST), "kind": "reply"}


def reports(community: Community, size: int) -> Variables:
    items = [item(community, fan) for fan in PEOPLE[1 : size + 1]]
    return {"input": {"items": items, "idempotencyKey": f"of {size}"}}


def to(community: Community, size: int) -> Variables:
    return {"input": {"account": community.id(PEOPLE[size + 1])}}


def joined(community: Community, _: int) -> Variables:
    return {"input": {"group": community.groups["square"]}}


def at(community: Community, size: int) -> Mapping[str, str]:
    """Somebody who waits at the door of the group that was made."""
    return {"group": community.groups[f"group_{size}"], "account": community.id(PEOPLE[size + 1])}


def erased(community: Community, size: int) -> Variables:
    return {"input": {"account": community.id(f"new_{size}"), "confirmation": f"newer_{size}"}}


def said(_: Community, size: int) -> Variables:
    """A post that names as many symbols and people."""
    return {
        "input": {
            "body": " ".join(f"$T{chr(65 + n % 26)}{chr(65 + n // 26)} @{PEOPLE[n]}" for n in range(size // 2 + 1))
        }
    }


def liked(community: Community, _: int) -> Variables:
    return {"input": {"subject": community.post}}


def to_message(community: Community, size: int) -> Variables:
    return {"input": {"subject": community.messages[size]}}


def about(community: Community, _: int) -> Variables:
    return {"input": {"post": community.post}}


def edited(community: Community, size: int) -> Variables:
    """Other symbols and people than `said` names."""
    body = " ".join(f"$U{chr(65 + n % 26)}{chr(65 + n // 26)} @{PEOPLE[n + 50]}" for n in range(size // 2 + 1))
    return {"input": {"post": community.own_post, "revision": 1, "body": body}}


def draft(community: Community, _: int) -> Variables:
    return {"input": {"draft": community.draft}}


def answering(community: Community, size: int) -> Variables:
    return {"input": {**said(community, size)["input"], "inReplyTo": community.post}}


def rewritten(community: Community, size: int) -> Variables:
    return {"input": {"draft": community.draft, "revision": 1, "body": f"{said(community, size)['input']['body']}!"}}


def about_own(community: Community, _: int) -> Variables:
    return {"input": {"post": community.own_post}}


WRITES = [
    Cost("register", 6, 0, lambda _, n: {"input": {"handle": f"new_{n}"}}),
    Cost("set_kyc_status", 3, 0, lambda c, n: {"input": {"account": c.id(f"new_{n}"), "status": "VERIFIED"}}),
    Cost("activate_creator", 6, 0, lambda _, __: {}),
    Cost("update_profile", 5, 0, lambda _, n: {"input": {"bio": f"of {n}", "handle": f"newer_{n}"}}),
    Cost("follow", 12, 3, to),
    Cost("unfollow", 9, 3, to),
    Cost("remove_follower", 8, 3, to),
    Cost("mute", 9, 0, to),
    Cost("unmute", 6, 0, to),
    Cost("block", 11, 0, to),
    Cost("unblock", 6, 1, to),
    Cost("create_group", 8, 0, lambda _, n: {"input": {"slug": f"group_{n}"}}),
    Cost("update_group", 7, 0, lambda c, n: {"input": {"group": c.groups[f"group_{n}"], "name": f"of {n}"}}),
    Cost("create_invite", 5, 0, lambda c, n: {"input": {"group": c.groups[f"group_{n}"], "uses": n}}),
    Cost("join_group", 16, 1, joined),
    Cost("leave_group", 13, 1, joined),
    Cost("send_message", 26, 0, lambda c, n: {"input": {"group": c.groups[f"group_{n}"], "body": f"@{FIRST} {n}"}}),
    Cost("edit_message", 25, 0, lambda c, n: {"input": {"message": c.messages[n], "body": f"@{SECOND} {n}"}}),
    Cost("react, to a message of one's own", 13, 0, to_message, document=operation("react")),
    Cost("unreact, to a message of one's own", 13, 0, to_message, document=operation("unreact")),
    Cost("mark_read", 10, 0, lambda c, n: {"input": {"message": c.messages[n]}}),
    Cost("delete_message", 19, 0, lambda c, n: {"input": {"message": c.messages[n]}}),
    Cost("decide_join", 17, 1, lambda c, n: {"input": {**at(c, n), "decision": "ACCEPTED"}}),
    Cost("set_member_role", 13, 0, lambda c, n: {"input": {**at(c, n), "role": "MODERATOR"}}),
    Cost("remove_member", 10, 1, lambda c, n: {"input": at(c, n)}),
    Cost("ban_member", 16, 1, lambda c, n: {"input": {**at(c, n), "reason": f"of {n}"}}),
    Cost("unban_member", 11, 0, lambda c, n: {"input": at(c, n)}),
    Cost("record_interactions", 7, 0, reports),
    Cost("mark_notifications_read", 5, 0, lambda _, __: {"input": {"until": "2026-09-21T12:00:00Z"}}),
    Cost("set_notification_preference", 3, 0, lambda _, __: {"input": {"kind": "BAN", "enabled": False}}),
    Cost("create_post", 20, 0, said),
    Cost("reply", 21, 0, lambda c, n: {"input": {"post": c.post, "body": said(c, n)["input"]["body"]}}),
    Cost("repost", 18, 0, about),
    Cost("unrepost", 14, 0, about),
    Cost("bookmark", 11, 0, about),
    Cost("unbookmark", 11, 0, about),
    Cost("edit_post", 27, 0, edited),
    Cost("delete_post", 18, 0, about_own),
    Cost("save_draft", 4, 0, lambda c, n: {"input": said(c, n)["input"]}),
    Cost("delete_draft", 4, 0, draft),
    Cost("save_draft, of a reply", 5, 0, answering, document=operation("save_draft")),
    Cost("save_draft, changed", 6, 0, rewritten, document=operation("save_draft")),
    Cost("schedule_draft", 4, 0, lambda c, _: {"input": {"draft": c.draft, "at": "2027-01-01T00:00:00Z"}}),
    Cost("publish_draft", 23, 0, draft),
    Cost("react", 17, 0, liked),
    Cost("unreact", 14, 0, liked),
    Cost("applied", 1, 1, lambda _, __: {}),
    Cost("export_my_data", 1, 0, lambda _, __: {}),
    Cost("erase_account", 64, 0, erased, sqlite=63),
]
"""In this order, each with 1 and then with 100 items or the like."""

UNSEEN = {
    *("applied", "set_kyc_status", "mute", "unmute", "export_my_data", "create_invite", "mark_read"),
    *("mark_notifications_read", "set_notification_preference", "save_draft", "schedule_draft", "delete_draft"),
    *("save_draft, of a reply", "save_draft, changed"),
}
"""What the graph has no part in."""


@pytest.fixture
async def crowd(community: Community) -> Community:
    """Everybody is a creator; the first one's lists hold more than a page of 100, and so does the ranking."""
    others = PEOPLE[1:]
    await community.join(*PEOPLE, *HIDDEN, creators=PEOPLE)
    pairs = [(p, FIRST) for p in others] + [(FIRST, p) for p in others]
    pairs += [(p, q) for p in PEOPLE[1 : DENSE + 3] for q in others if p != q]
    await community.follow(pairs)
    await community.record(
        [Act(p, FIRST, days_ago=1) for p in others]
        + [Act(FIRST, p, days_ago=1) for p in others]
        + [Act(p, q) for p in PEOPLE[1:13] for q in PEOPLE[1:13] if p != q]
    )
    await hide(community)
    await community.gather("town", FIRST, PEOPLE[1:], by_approval=True)
    await community.promote("town", SECOND, "moderator")
    await community.ask("town", HIDDEN[::2])
    await community.ban("town", FIRST, HIDDEN[::2])
    await community.gather("square", FIRST, [])
    await community.gather("tsla", FIRST, [SECOND], by_approval=True)
    await community.gather_many(FIRST, 101)
    await community.say("town", PEOPLE[2:])
    await gather(community)
    await tell(community)
    await fill(community)
    return community


async def hide(community: Community) -> None:
    """Let the second one block and mute more than a page of 100 each."""
    viewer, now_us = community.numbers[SECOND], community.api.time.now_us

    async def work(unit: UnitOfWork) -> None:
        for place, handle in enumerate(HIDDEN):
            number = community.numbers[handle]
            half = Block(blocker=viewer, blocked=number, since_us=now_us) if place % 2 else None
            unit.session.add(half or Mute(muter=viewer, muted=number, since_us=now_us))

    await community.api.parts.database.write(work)


async def gather(community: Community) -> None:
    """Make more than a page of 100 groups in which somebody did something."""
    account, now_us = community.numbers[SECOND], community.api.time.now_us
    made = global_ids.block(len(PEOPLE), now_us, community.api.parts.random)
    pairs = tuple((account, group) for group in made)

    async def work(unit: UnitOfWork) -> None:
        unit.session.add_all(Group(id=n, slug=f"hot_{n}", name="", created_us=now_us) for n in made)
        unit.session.add_all(Membership(account=a, group_id=n, open=True, since_us=now_us) for a, n in pairs)
        await unit.session.flush()
        await activity.add(unit.session, [Row(*pair, day_of(now_us), "chat_line", 0, 1, now_us) for pair in pairs])
        await unit.tell(fact("gather", Subjects(groups=tuple(made), memberships=pairs), at_us=now_us, act=made[0]))

    await community.api.parts.database.write(work)
    await community.settle()


async def tell(community: Community) -> None:
    """Let the second one have more than a page of 100 notifications, each of four people, of each noun in turn."""
    viewer, now_us = community.numbers[SECOND], community.api.time.now_us

    async def work(unit: UnitOfWork) -> None:
        said = list(await unit.session.scalars(select(col(Message.id))))
        rooms = list(await unit.session.scalars(select(col(Group.id))))
        subjects = {"post": range(len(PEOPLE)), "message": [*said, *said], "group": rooms}
        for place in range(len(PEOPLE)):
            noun = NOUNS[place % 3]
            told: dict[str, Any] = {"kind": "reaction", "noun": noun, "subject": subjects[noun][place]}
            unit.session.add(Notification(id=place + 1, account=viewer, latest_us=now_us + place, **told))
            for actor in PEOPLE[2:6]:
                number = community.numbers[actor]
                unit.session.add(NotificationActor(notification=place + 1, actor=number, account=viewer, at_us=now_us))

    await community.api.parts.database.write(work)


async def fill(community: Community) -> None:
    """Let the first one's lists of posts, and the second one's bookmarks, be longer than a page of 100."""
    post = await community.publish(FIRST, f"$TSLA @{SECOND} https://e.com")
    number, now_us = global_ids.from_global(post, ["Post"])[1], community.api.time.now_us
    author, viewer, followed = (community.numbers[p] for p in PEOPLE[:3])

    async def work(unit: UnitOfWork) -> None:
        for place in range(1, len(PEOPLE)):
            kind = "repost" if place % 2 else "short"
            unit.session.add(
                Post(
                    id=place,
                    author=author,
                    kind=kind,
                    body="$TSLA @x",
                    created_us=now_us + place,
                    in_reply_to=number,
                    root=number,
                    repost_of=number if kind == "repost" else None,
                    facets=[Facet(0, 5, "cashtag", "TSLA").stored(), Facet(6, 8, "mention", "x").stored()],
                )
            )
            unit.session.add(PostCashtag(symbol="TSLA", post=place, created_us=now_us + place))
            theirs = 1_000 + place
            unit.session.add(
                Post(
                    id=theirs,
                    author=followed,
                    kind=kind,
                    body="$FULL",
                    created_us=now_us + place,
                    root=theirs,
                    repost_of=number if kind == "repost" else None,
                )
            )
            unit.session.add(PostCashtag(symbol="FULL", post=theirs, created_us=now_us + place))
            unit.session.add(_draft(place, viewer, number, now_us))
            unit.session.add(Bookmark(account=viewer, post=place, at_us=now_us + place))
            unit.session.add(PostRevision(post=number, revision=-place, body="x", at_us=now_us - place))
            unit.session.add(PostMention(post=place, noun="account", mentioned=viewer, name="x", at_us=now_us))

    await community.api.parts.database.write(work)


def _draft(place: int, account: int, post: int, now_us: int) -> Draft:
    return Draft(
        id=place,
        account=account,
        kind="short",
        body="x",
        in_reply_to=post,
        repost_of=post,
        created_us=now_us,
        saved_us=now_us + place,
    )


async def trips(api: Api, cost: Cost, variables: Variables, token: str) -> tuple[tuple[int, int], Any]:
    """Execute once; return its SQL and graph statements, and its data."""
    answer = await api.text(cost.document or operation(cost.name), variables, token)
    assert (answer.status, answer.errors) == (200, []), (cost.name, answer.body)
    found = api.observer.requests[-1]
    return (len(found.sql), len(found.graph)), answer.data


async def test_a_read_costs_the_same_at_every_page_size(stack: Stack, api: Api, crowd: Community) -> None:
    # An analyst sees everything, so that nothing is left out; and has an account, so that relationships are there.
    token = crowd.token(SECOND, "analyst")
    found: dict[str, list[tuple[int, int]]] = {}
    for cost in READS:
        for size in (1, 100):
            spent, data = await trips(api, cost, cost.variables(crowd, size), token)
            found.setdefault(cost.name, []).append(spent)
            assert cost.length is None or cost.length(data) == size, cost.name
    assert found == {cost.name: [cost.on(stack.name)] * 2 for cost in READS}


async def test_a_write_costs_the_same_whatever_it_holds(stack: Stack, api: Api, crowd: Community) -> None:
    found: dict[str, list[tuple[int, int]]] = {}
    for size in (1, 100):
        told = ""
        for cost in WRITES:
            api.time.now_us += 1_000_000  # an interval without length would leave no history
            token = api.token(f"new_{size}", "server", "operator")
            if cost.name == "remove_follower":
                await crowd.follow([(PEOPLE[size + 1], f"new_{size}")])
            variables = {"token": told} if cost.name == "applied" else cost.variables(crowd, size)
            spent, data = await trips(api, cost, variables, token)
            found.setdefault(cost.name, []).append(spent)
            if cost.name == "create_group":
                crowd.groups[f"group_{size}"] = data["createGroup"]["group"]["id"]
                await crowd.ask(f"group_{size}", [PEOPLE[size + 1]])
            if cost.name == "create_post":
                crowd.own_post = data["createPost"]["post"]["id"]
            if cost.name.startswith("save_draft"):
                crowd.draft = data["saveDraft"]["draft"]["id"]
            if cost.name == "send_message":
                crowd.messages[size] = data["sendMessage"]["groupMessage"]["id"]
            if cost.name == "register":
                crowd.numbers[f"new_{size}"] = global_ids.from_global(data["register"]["account"]["id"], ["Account"])[1]
            if cost.name not in UNSEEN:
                (done,) = data.values()
                assert (done["applied"], bool(done["token"])) == (True, True), cost.name
                told = done["token"]
    assert found == {cost.name: [cost.on(stack.name)] * 2 for cost in WRITES}


def test_the_page_tells_the_costs() -> None:
    lines = [cost.line for cost in (*READS, *WRITES)]
    text = TOLD.read_text()
    before, _, rest = text.partition("|---|---|---|\n")
    table, _, after = rest.partition("\n\n")
    expected = before + "|---|---|---|\n" + "\n".join(lines) + "\n\n" + after
    assert table.splitlines() == lines, f"write this into docs/round-trips.md:\n\n{expected}"


def test_every_operation_is_counted() -> None:
    """What streams cost is counted by message, beside their own tests."""
    committed = {path.stem for path in FRONTEND_QUERIES.glob("*.graphql") if "\nsubscription " not in path.read_text()}
    assert {cost.name for cost in (*READS, *WRITES)} >= committed
