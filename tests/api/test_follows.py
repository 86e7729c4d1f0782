from typing import Any

from tests.api.clients import Api
from tests.api.communities import Act, Community

SECONDS = "2026-09-21T14:13:{:02}+00:00"


async def test_an_account_page_shows_both_lists_and_what_lies_between(api: Api, community: Community) -> None:
    await community.join("ada", "bob", "cyd", creators=["ada"])
    await community.follow([("bob", "ada"), ("ada", "cyd"), ("cyd", "ada")])
    await community.record([Act("cyd", "ada"), Act("bob", "ada", "reply", 7)])

    def card(handle: str) -> dict[str, Any]:
        lies = {
            "ada": {"follows": True, "followedBy": False, "bond": {"strength": "1.916017"}},
            "bob": None,
            "cyd": {"follows": False, "followedBy": False, "bond": None},
        }
        return {
            "id": community.id(handle),
            "handle": handle,
            "displayName": handle.title(),
            "creator": {"id": community.creator("ada")} if handle == "ada" else None,
            "followerCount": {"ada": 2, "bob": 0, "cyd": 1}[handle],
            "viewerRelationship": lies[handle],
        }

    data = await api.query("account_page", {"handle": "ada"}, community.token("bob"))
    followers, following = data["account"].pop("followers"), data["account"].pop("following")
    assert data == {"account": {**card("ada"), "joinedAt": SECONDS.format(20), "followingCount": 1}}
    # Fourteen units of effort on one day: log2(1 + 14) = 3.906891, and 100 x / (x + 200)
    assert [(edge["node"], edge["followedAt"], edge["bond"]) for edge in followers["edges"]] == [
        (card("cyd"), SECONDS.format(20), {"strength": "0.497512"}),
        (card("bob"), SECONDS.format(18), {"strength": "1.916017"}),
    ]
    assert [(edge["node"], edge["followedAt"], edge["bond"]) for edge in following["edges"]] == [
        (card("cyd"), SECONDS.format(19), None)
    ]
    for page in (followers, following):
        cursors = [edge["cursor"] for edge in page["edges"]]
        assert page["pageInfo"] == {
            "hasNextPage": False,
            "hasPreviousPage": False,
            "startCursor": cursors[0],
            "endCursor": cursors[-1],
        }


async def test_walking_a_list_meets_every_follow_once(api: Api, community: Community) -> None:
    people = [f"p{number:02}" for number in range(7)]
    await community.join("ada", *people)
    await community.follow([(person, "ada") for person in people])
    await community.follow([("ada", person) for person in people])
    for name, field in (("account_followers", "followers"), ("account_following", "following")):
        met: list[str] = []
        after, pages = None, 0
        while True:
            data = await api.query(name, {"handle": "ada", "first": 3, "after": after})
            page = data["account"][field]
            met += [edge["node"]["handle"] for edge in page["edges"]]
            pages += 1
            assert page["pageInfo"]["hasPreviousPage"] == (after is not None)
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                break
            if pages == 1:  # newer follows come before the page that was read, and are not met
                api.time.now_us += 60_000_000
                await community.join(f"new_{field}")
                await community.follow([(f"new_{field}", "ada"), ("ada", f"new_{field}")])
        assert (met, pages) == (people[::-1], 3)
        # behind the end there is nothing, and the place is kept
        data = await api.query(name, {"handle": "ada", "first": 3, "after": after})
        assert data["account"][field] == {
            "edges": [],
            "pageInfo": {"hasNextPage": False, "hasPreviousPage": True, "startCursor": None, "endCursor": after},
        }
        people.append(f"new_{field}")


def done(community: Community, *, follows: bool) -> dict[str, object]:
    """What bob is answered once he alone follows ada, or follows her no more; without the token."""
    account = {"id": community.id("ada"), "handle": "ada", "viewerRelationship": {"follows": follows}}
    return {
        "__typename": "FollowDone" if follows else "UnfollowDone",
        "account": {**account, "followerCount": int(follows)},
        "viewer": {"account": {"id": community.id("bob"), "followingCount": int(follows)}},
        "applied": True,
    }


async def test_following_twice_answers_the_same_as_once(api: Api, community: Community) -> None:
    await community.join("ada", "bob")
    follow = {"input": {"account": community.id("ada")}}
    first = (await api.query("follow", follow, community.token("bob")))["follow"]
    assert first == {**done(community, follows=True), "token": first["token"]}
    assert (await api.query("follow", follow, community.token("bob")))["follow"] == first
    assert await api.query("applied", {"token": first["token"]}) == {"applied": True}


async def test_unfollowing_twice_answers_the_same_as_once(api: Api, community: Community) -> None:
    await community.join("ada", "bob")
    variables = {"input": {"account": community.id("ada")}}
    never = (await api.query("unfollow", variables, community.token("bob")))["unfollow"]
    ended = done(community, follows=False)
    assert never == {**ended, "token": None}
    await api.query("follow", variables, community.token("bob"))
    first = (await api.query("unfollow", variables, community.token("bob")))["unfollow"]
    assert first == {**ended, "token": first["token"]}
    assert (await api.query("unfollow", variables, community.token("bob")))["unfollow"] == first
    assert await api.query("applied", {"token": first["token"]}) == {"applied": True}


async def test_a_follow_opened_again_has_its_new_time(api: Api, community: Community) -> None:
    await community.join("ada", "bob", "cyd")
    variables = {"input": {"account": community.id("ada")}}
    for handle in ("bob", "cyd"):
        await api.query("follow", variables, community.token(handle))
    api.time.pass_days(1)
    await api.query("unfollow", variables, community.token("bob"))
    await api.query("follow", variables, community.token("bob"))
    data = await api.query("account_followers", {"handle": "ada"})
    assert [(edge["node"]["handle"], edge["followedAt"]) for edge in data["account"]["followers"]["edges"]] == [
        ("bob", "2026-09-22T14:13:20+00:00"),
        ("cyd", "2026-09-21T14:13:20+00:00"),
    ]


async def test_a_relationship_has_both_directions_and_the_viewers_bond(api: Api, community: Community) -> None:
    await community.join("ada", "bob", "cyd", creators=["ada"])
    await community.follow([("bob", "ada"), ("ada", "bob"), ("cyd", "ada")])
    await community.record([Act("bob", "ada", "click", 4), Act("bob", "ada", "reaction", 1)])

    async def lies(viewer: str | None, handle: str) -> Any:
        token = None if viewer is None else community.token(viewer)
        data = await api.query("viewer_relationship", {"handle": handle}, token)
        return data["account"]["viewerRelationship"]

    assert await lies(None, "ada") is None
    assert await lies("ada", "ada") is None
    assert await lies("ada", "cyd") == {"follows": False, "followedBy": True, "bond": None}
    assert await lies("cyd", "bob") == {"follows": False, "followedBy": False, "bond": None}
    # One unit of effort of each kind: log2(1 + 2) = 1.584963, and 100 x / (x + 200), halved
    assert await lies("bob", "ada") == {
        "follows": True,
        "followedBy": True,
        "bond": {
            "strength": "0.786250",
            "channels": [
                {"channel": "attention", "points": "0.393125"},
                {"channel": "commitment", "points": "0.000000"},
                {"channel": "expression", "points": "0.393125"},
                {"channel": "trade_interest", "points": "0.000000"},
            ],
            "kinds": [
                {"kind": "click", "points": "0.393125"},
                {"kind": "reaction", "points": "0.393125"},
            ],
        },
    }
