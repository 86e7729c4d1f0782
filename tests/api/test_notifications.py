"""What people are told: grouped, once, of nobody they keep away, and read when they say so."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from planet_graph.database import UnitOfWork
from planet_graph.models import notification_pages
from planet_graph.models.log import Fact
from planet_graph.models.notifications import Notification, NotificationActor
from schema.notifications import NotificationKind
from tests.api.clients import Api, Time
from tests.api.communities import Community
from tests.api.conftest import serving
from tests.api.states import everything
from tests.conftest import Stack

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def written(us: int) -> str:
    return (EPOCH + timedelta(microseconds=us)).isoformat()


async def act(community: Community, name: str, who: str, whom: str) -> Any:
    """Do something two seconds later: the list's order is that of seconds."""
    community.api.time.now_us += 2_000_000
    given = {"input": {"account": community.id(whom)}}
    (done,) = (await community.api.query(name, given, community.token(who))).values()
    assert done["__typename"].endswith("Done"), done
    return done


async def read(community: Community, who: str, until_us: int) -> Any:
    given = {"input": {"until": written(until_us)}}
    (done,) = (await community.api.query("mark_notifications_read", given, community.token(who))).values()
    assert done["__typename"] == "MarkNotificationsReadDone", done
    return done["viewer"]["unreadNotificationCount"]


async def told(community: Community, who: str) -> list[tuple[str, list[str], int, bool]]:
    """Kind, who is named, how many, whether it is read; the count of the unread ones agrees."""
    viewer = (await community.api.query("viewer_notifications", {}, community.token(who)))["viewer"]
    nodes = [edge["node"] for edge in viewer["notifications"]["edges"]]
    assert viewer["unreadNotificationCount"] == sum(not node["read"] for node in nodes)
    return [
        (node["kind"], [actor["handle"] for actor in node["actors"]], node["actorCount"], node["read"])
        for node in nodes
    ]


async def facts(api: Api, kind: str) -> list[list[int]]:
    """Whose notifications each fact of a kind names."""
    async with api.parts.database.read() as session:
        rows = await session.scalars(select(Fact).where(col(Fact.type) == kind).order_by(col(Fact.id)))
        return [row.payload.get("notifications", []) for row in rows]


@pytest.fixture
async def town(community: Community) -> Community:
    await community.join("ada", "bob", "cyd", "dan", "eve", "fay", creators=["ada"])
    return community


async def test_follows_are_one_notification_with_the_latest_named(api: Api, town: Community) -> None:
    for who in ("bob", "cyd", "dan", "eve"):
        await act(town, "follow", who, "ada")
    assert await told(town, "ada") == [("FOLLOW", ["eve", "dan", "cyd"], 4, False)]
    assert await told(town, "bob") == []
    viewer = (await api.query("viewer_notifications", {}, town.token("ada")))["viewer"]
    (edge,) = viewer["notifications"]["edges"]
    assert edge["node"]["at"] == written(api.time.now_us)
    assert await facts(api, "follow") == [[town.numbers["ada"]]] * 4


async def test_follow_unfollow_follow_is_one(api: Api, town: Community) -> None:
    await act(town, "follow", "bob", "ada")
    await act(town, "follow", "bob", "ada")
    await act(town, "unfollow", "bob", "ada")
    assert await told(town, "ada") == []
    await act(town, "follow", "bob", "ada")
    assert await told(town, "ada") == [("FOLLOW", ["bob"], 1, False)]
    assert await read(town, "ada", api.time.now_us) == 0
    # What was read stays, and doing it again tells nothing new.
    await act(town, "unfollow", "bob", "ada")
    await act(town, "follow", "bob", "ada")
    assert await told(town, "ada") == [("FOLLOW", ["bob"], 1, True)]
    ada = [town.numbers["ada"]]
    assert await facts(api, "follow") == [ada, ada, []]
    assert await facts(api, "unfollow") == [ada, []]


async def test_what_one_undoes_leaves_the_others(town: Community) -> None:
    for who in ("bob", "cyd", "dan"):
        await act(town, "follow", who, "ada")
    await act(town, "unfollow", "dan", "ada")
    assert await told(town, "ada") == [("FOLLOW", ["cyd", "bob"], 2, False)]
    await act(town, "remove_follower", "ada", "bob")
    assert await told(town, "ada") == [("FOLLOW", ["cyd"], 1, False)]


async def test_what_was_undone_leaves_nothing_unread(api: Api, town: Community) -> None:
    await act(town, "follow", "bob", "ada")
    await read(town, "ada", api.time.now_us)
    await act(town, "follow", "cyd", "ada")
    assert await told(town, "ada") == [("FOLLOW", ["cyd", "bob"], 2, False)]
    await act(town, "unfollow", "cyd", "ada")
    assert await told(town, "ada") == [("FOLLOW", ["bob"], 1, True)]


async def test_reading_goes_up_to_a_time_and_never_back(api: Api, town: Community) -> None:
    await act(town, "follow", "bob", "ada")
    first_us = api.time.now_us
    await act(town, "follow", "cyd", "ada")
    assert await read(town, "ada", first_us) == 1
    assert await told(town, "ada") == [("FOLLOW", ["cyd", "bob"], 2, False)]
    assert await read(town, "ada", api.time.now_us) == 0
    await town.settle()
    marked = await everything(api)
    assert await read(town, "ada", first_us) == 0
    assert await everything(api) == marked
    assert await facts(api, "read_notifications") == [[town.numbers["ada"]]] * 2
    # A time to come is the present: what happens later is unread.
    assert await read(town, "ada", api.time.now_us + 10**12) == 0
    await act(town, "follow", "dan", "ada")
    assert await told(town, "ada") == [("FOLLOW", ["dan", "cyd", "bob"], 3, False)]


async def test_a_date_of_javascript_reads_what_it_shows(api: Api, town: Community) -> None:
    """It holds no microseconds."""
    api.time.now_us += 567
    await act(town, "follow", "bob", "ada")
    viewer = (await api.query("viewer_notifications", {}, town.token("ada")))["viewer"]
    at = viewer["notifications"]["edges"][0]["node"]["at"]
    assert at.endswith(".000567+00:00")
    given = {"input": {"until": at.replace(".000567", ".000")}}
    done = await api.query("mark_notifications_read", given, town.token("ada"))
    assert done["markNotificationsRead"]["viewer"]["unreadNotificationCount"] == 0


async def test_nobody_is_told_of_those_they_keep_away(api: Api, town: Community) -> None:
    await act(town, "mute", "ada", "bob")
    await act(town, "follow", "bob", "ada")
    assert await told(town, "ada") == []
    assert await facts(api, "follow") == [[]]
    # Lifting the mute does not bring back what was not told.
    await act(town, "unmute", "ada", "bob")
    assert await told(town, "ada") == []
    for who in ("cyd", "dan", "eve"):
        await act(town, "follow", who, "ada")
    await act(town, "mute", "ada", "cyd")
    await act(town, "block", "dan", "ada")
    assert await told(town, "ada") == [("FOLLOW", ["eve"], 1, False)]
    await act(town, "block", "ada", "eve")
    assert await told(town, "ada") == []
    await act(town, "unblock", "ada", "eve")
    assert await told(town, "ada") == [], "the follow ended with the block"
    assert await facts(api, "block") == [[town.numbers["ada"]]] * 2


async def test_a_kind_that_is_switched_off_is_not_told(api: Api, town: Community) -> None:
    async def switch(enabled: bool) -> None:
        given = {"input": {"kind": "FOLLOW", "enabled": enabled}}
        (done,) = (await api.query("set_notification_preference", given, town.token("ada"))).values()
        assert done["preference"] == {"kind": "FOLLOW", "enabled": enabled}

    async def switches() -> dict[str, bool]:
        data = await api.query("viewer_notification_preferences", {}, town.token("ada"))
        return {row["kind"]: row["enabled"] for row in data["viewer"]["notificationPreferences"]}

    kinds = [kind.name for kind in NotificationKind]
    assert await switches() == dict.fromkeys(kinds, True)
    await act(town, "follow", "bob", "ada")
    await switch(enabled=False)
    await switch(enabled=False)
    assert await switches() == {**dict.fromkeys(kinds, True), "FOLLOW": False}
    await act(town, "follow", "cyd", "ada")
    await act(town, "follow", "ada", "cyd")
    assert await told(town, "ada") == [("FOLLOW", ["bob"], 1, False)]
    assert await told(town, "cyd") == [("FOLLOW", ["ada"], 1, False)]
    await switch(enabled=True)
    await act(town, "follow", "dan", "ada")
    assert await told(town, "ada") == [("FOLLOW", ["dan", "bob"], 2, False)]


async def test_a_list_is_its_viewers_and_leads_on(api: Api, town: Community) -> None:
    ada = town.numbers["ada"]
    rows = [Notification(id=7 + i, account=ada, kind="reaction", noun="post", subject=i, latest_us=0) for i in range(5)]
    await put(api, town, rows)
    met: list[str] = []
    after, more = None, True
    while more:
        page = (await api.query("viewer_notifications", {"first": 2, "after": after}, town.token("ada")))["viewer"]
        met += [edge["node"]["id"] for edge in page["notifications"]["edges"]]
        after, more = (page["notifications"]["pageInfo"][name] for name in ("endCursor", "hasNextPage"))
    assert len(met) == len(set(met)) == 5
    first = (await api.query("viewer_notifications", {"first": 1}, town.token("ada")))["viewer"]["notifications"]
    foreign = await api.ask("viewer_notifications", {"after": first["pageInfo"]["endCursor"]}, town.token("bob"))
    assert foreign.codes == ["BAD_USER_INPUT"]
    assert (await api.query("viewer_notifications", {}, api.token("nobody")))["viewer"] == {
        "unreadNotificationCount": 0,
        "notifications": {
            "edges": [],
            "pageInfo": {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None},
        },
    }


async def put(api: Api, town: Community, rows: list[Notification]) -> None:
    """Put groups there, each with bob as the one who did it, a second apart."""

    async def work(unit: UnitOfWork) -> None:
        for place, row in enumerate(rows):
            row.latest_us = api.time.now_us - place * 1_000_000
            bob = town.numbers["bob"]
            actor = NotificationActor(notification=row.id, actor=bob, account=row.account, at_us=row.latest_us)
            unit.session.add_all([row, actor])

    await api.parts.database.write(work)


async def test_counts_end_at_a_limit(town: Community, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notification_pages, "MAX_COUNT", 2)
    for who in ("bob", "cyd", "dan"):
        await act(town, "follow", who, "ada")
    assert await told(town, "ada") == [("FOLLOW", ["dan", "cyd", "bob"], 2, False)]


async def test_followers_at_one_moment_are_all_told(api: Api, town: Community) -> None:
    followers = ["bob", "cyd", "dan", "eve", "fay"]
    given = {"input": {"account": town.id("ada")}}
    await asyncio.gather(*(api.query("follow", given, town.token(who)) for who in followers))
    ((kind, actors, count, is_read),) = await told(town, "ada")
    assert (kind, count, is_read) == ("FOLLOW", 5, False)
    assert set(actors) < set(followers)
    async with api.parts.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(Notification)) == 1


async def test_who_may_not_is_refused_and_nothing_changes(migrated: Stack) -> None:
    given = {
        "mark_notifications_read": {"until": written(0)},
        "set_notification_preference": {"kind": "BAN", "enabled": False},
    }
    time = Time()
    async with serving(migrated, time) as api:
        before = await everything(api)
        for name, input_ in given.items():
            (problem,) = (await api.query(name, {"input": input_}, api.token("nobody"))).values()
            assert problem["code"] == "UNAUTHENTICATED"
        time.stopped = True
        for name, input_ in given.items():
            (problem,) = (await api.query(name, {"input": input_})).values()
            assert problem["code"] in ("READ_ONLY", "UNAUTHENTICATED")
        assert await everything(api) == before
