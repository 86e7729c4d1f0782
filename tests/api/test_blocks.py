"""Blocks: neither sees the other anywhere, and what is hidden answers as what is not there."""

from typing import Any

import pytest

from planet_graph import ids
from planet_graph.services import act
from tests.api.clients import Api
from tests.api.communities import Act, Community
from tests.api.states import everything

NOBODY = ids.to_global("Account", 17)

LOOKS: dict[str, tuple[str, dict[str, str]]] = {
    "account": ("query($handle: String!) { account(handle: $handle) { handle } }", {"handle": "handle"}),
    "accounts": ("query($handle: String!) { accounts(handles: [$handle]) { handle } }", {"handle": "handle"}),
    "creator": ("query($handle: String!) { creator(handle: $handle) { id } }", {"handle": "handle"}),
    "node": ("query($id: ID!) { node(id: $id) { id } }", {"id": "account"}),
    "node of a creator": ("query($id: ID!) { node(id: $id) { id } }", {"id": "creator"}),
    "nodes": ("query($id: ID!) { nodes(ids: [$id]) { id } }", {"id": "account"}),
    "bond of the fan": (
        "query($fan: ID!, $creator: ID!) { bond(fan: $fan, creator: $creator) { strength } }",
        {"fan": "account", "creator": "third creator"},
    ),
    "bond with the creator": (
        "query($fan: ID!, $creator: ID!) { bond(fan: $fan, creator: $creator) { strength } }",
        {"fan": "third", "creator": "creator"},
    ),
    "bond of a past day": (
        'query($fan: ID!, $creator: ID!) { bond(fan: $fan, creator: $creator, asOf: "2026-09-20") { strength } }',
        {"fan": "third", "creator": "creator"},
    ),
}

LISTS = """
query Lists {
  account(handle: "cyd") {
    followers { edges { node { handle } } }
    following { edges { node { handle } } }
    strongestBonds { edges { node { account { handle } } } }
  }
  creator(handle: "cyd") { topFans { edges { node { handle } } } }
  popularCreators { edges { node { account { handle } } } }
}
"""


@pytest.fixture
async def three(community: Community) -> Community:
    """Ada, bob and cyd: creators, each following and being a fan of both others."""
    people = ["ada", "bob", "cyd"]
    await community.join(*people, creators=people)
    pairs = [(a, b) for a in people for b in people if a != b]
    await community.follow(pairs)
    await community.record([Act(a, b, days_ago=2) for a, b in pairs])
    return community


async def act_on(community: Community, name: str, who: str, whom: str) -> Any:
    answer = await community.api.query(name, {"input": {"account": community.id(whom)}}, community.token(who))
    (done,) = answer.values()
    return done


async def lists(community: Community, viewer: str | None) -> dict[str, list[str]]:
    answer = await community.api.text(LISTS, token=None if viewer is None else community.token(viewer))
    assert answer.errors == []
    account, creator = answer.data["account"], answer.data["creator"]
    return {
        "followers": [edge["node"]["handle"] for edge in account["followers"]["edges"]],
        "following": [edge["node"]["handle"] for edge in account["following"]["edges"]],
        "strongest": [edge["node"]["account"]["handle"] for edge in account["strongestBonds"]["edges"]],
        "fans": [edge["node"]["handle"] for edge in creator["topFans"]["edges"]],
        "popular": [edge["node"]["account"]["handle"] for edge in answer.data["popularCreators"]["edges"]],
    }


async def test_a_block_hides_both_from_each_other_everywhere(api: Api, three: Community) -> None:
    done = await act_on(three, "block", "ada", "bob")
    assert (done["__typename"], done["applied"]) == ("BlockDone", True)
    assert done["blocked"] == {"accountId": three.id("bob"), "handle": "bob", "displayName": "Bob"}
    for viewer, other in (("ada", "bob"), ("bob", "ada")):
        values = {
            "handle": other,
            "account": three.id(other),
            "creator": three.creator(other),
            "third": three.id("cyd"),
            "third creator": three.creator("cyd"),
        }
        for name, (document, names) in LOOKS.items():
            variables = {variable: values[value] for variable, value in names.items()}
            hidden = await api.text(document, variables, three.token(viewer))
            missing = await api.text(
                document, {**variables, **{v: NOBODY for v, n in names.items() if n == "account"}}, three.token(viewer)
            )
            shown = await api.text(document, variables, three.token("cyd"))
            assert hidden.errors == [], name
            (found,) = hidden.data.values()
            assert found in (None, [None]), (viewer, name)
            if "account" in names.values():
                assert hidden.body == missing.body
            (seen,) = shown.data.values()
            assert seen not in (None, [None]), (viewer, name)
        assert all(other not in found for found in (await lists(three, viewer)).values()), viewer
    # Between the two the follows are over, and the bonds are in no rank, for anybody.
    ada = 'query { account(handle: "ada") { followerCount following { edges { node { handle } } } } }'
    seen = (await api.text(ada, token=three.token("cyd"))).data["account"]
    assert seen == {"followerCount": 1, "following": {"edges": [{"node": {"handle": "cyd"}}]}}
    fans = await api.query("creator_page", {"handle": "ada"}, three.token("cyd"))
    assert [edge["node"]["handle"] for edge in fans["creator"]["topFans"]["edges"]] == ["cyd"]
    popular = await api.query("popular_creators", {"first": 3}, three.token("cyd"))
    assert {edge["node"]["account"]["handle"]: edge["fanCount"] for edge in popular["popularCreators"]["edges"]} == {
        "ada": 1,
        "bob": 1,
        "cyd": 2,
    }
    assert (await lists(three, None))["followers"] == ["bob", "ada"]


async def test_lifting_a_block_brings_the_bonds_back_and_not_the_follows(api: Api, three: Community) -> None:
    before = await lists(three, "ada")
    await act_on(three, "block", "ada", "bob")
    done = await act_on(three, "unblock", "ada", "bob")
    assert done["account"]["viewerRelationship"] == {"follows": False, "followedBy": False}
    assert await lists(three, "ada") == before
    fans = await api.query("creator_page", {"handle": "ada"})
    assert {edge["node"]["handle"] for edge in fans["creator"]["topFans"]["edges"]} == {"bob", "cyd"}
    again = await act_on(three, "unblock", "ada", "bob")
    assert (again["__typename"], again["token"]) == ("UnblockDone", None)
    assert (await act_on(three, "follow", "ada", "bob"))["__typename"] == "FollowDone"


async def test_the_two_blocks_of_a_pair_stand_by_themselves(three: Community) -> None:
    await act_on(three, "block", "ada", "bob")
    # Bob cannot see whom to block, and learns nothing by trying.
    assert (await act_on(three, "block", "bob", "ada"))["code"] == "NOT_FOUND"
    first = await act_on(three, "block", "ada", "bob")
    assert (first["__typename"], first["blocked"]["handle"]) == ("BlockDone", "bob")


async def test_acts_between_the_two_are_refused_and_change_nothing(api: Api, three: Community) -> None:
    await act_on(three, "block", "ada", "bob")
    before = await everything(api)
    for name in ("follow", "unfollow", "remove_follower", "mute", "unmute"):
        assert (await act_on(three, name, "ada", "bob"))["code"] == "BLOCKED_BY_VIEWER", name
        hidden = await act_on(three, name, "bob", "ada")
        missing = (await api.query(name, {"input": {"account": NOBODY}}, three.token("bob"))).popitem()[1]
        assert hidden["code"] == "NOT_FOUND", name
        assert {**hidden, "id": NOBODY} == {**missing, "id": NOBODY}
    for name in ("block", "unblock"):
        assert (await act_on(three, name, "bob", "ada"))["code"] == "NOT_FOUND", name
        assert (await act_on(three, name, "ada", "ada"))["code"] == "SELF_BLOCK", name
    for name in ("mute", "unmute"):
        assert (await act_on(three, name, "ada", "ada"))["code"] == "SELF_MUTE", name
    assert await everything(api) == before


async def test_a_block_twice_is_as_once(api: Api, three: Community) -> None:
    first = await act_on(three, "block", "ada", "bob")
    before = await everything(api)
    api.time.now_us += 5_000_000
    assert await act_on(three, "block", "ada", "bob") == first
    assert await everything(api) == before


async def test_one_sees_ones_own_blocks_and_nobody_elses(api: Api, three: Community) -> None:
    for whom in ("bob", "cyd"):
        api.time.now_us += 1_000_000
        await act_on(three, "block", "ada", whom)
    page = (await api.query("viewer_blocks", {"first": 1}, three.token("ada")))["viewer"]["blocks"]
    assert [edge["node"]["handle"] for edge in page["edges"]] == ["cyd"]
    assert page["pageInfo"]["hasNextPage"]
    after = page["pageInfo"]["endCursor"]
    page = (await api.query("viewer_blocks", {"first": 5, "after": after}, three.token("ada")))["viewer"]["blocks"]
    assert [(edge["node"]["handle"], edge["blockedAt"]) for edge in page["edges"]] == [
        ("bob", "2026-09-21T14:13:21+00:00")
    ]
    assert not page["pageInfo"]["hasNextPage"]
    assert (await api.query("viewer_blocks", {}, three.token("bob")))["viewer"]["blocks"]["edges"] == []
    foreign = await api.ask("viewer_blocks", {"after": after}, three.token("bob"))
    assert foreign.codes == ["BAD_USER_INPUT"]


async def test_blocks_and_mutes_have_one_limit_together(three: Community, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(act, "MAX_HIDDEN", 1)
    object.__setattr__(three.api.parts.services, "max_hidden", 1)
    await act_on(three, "mute", "ada", "bob")
    problem = await act_on(three, "block", "ada", "cyd")
    assert (problem["code"], problem["limit"]) == ("TOO_MANY_HIDDEN", 1)
    may = (await three.api.query("viewer_permissions", {"handle": "cyd"}, three.token("ada")))["account"]
    assert [may[name]["code"] for name in ("viewerCanBlock", "viewerCanMute", "viewerCanFollow")] == [
        "TOO_MANY_HIDDEN",
        "TOO_MANY_HIDDEN",
        None,
    ]
    assert (await act_on(three, "mute", "ada", "bob"))["__typename"] == "MuteDone"
    await act_on(three, "unmute", "ada", "bob")
    assert (await act_on(three, "block", "ada", "cyd"))["__typename"] == "BlockDone"


async def test_a_muted_person_cannot_notice(api: Api, three: Community) -> None:
    async def seen_by(viewer: str) -> Any:
        pages = [
            await api.query("account_page", {"handle": handle}, three.token(viewer)) for handle in ("ada", "bob", "cyd")
        ]
        return [pages, await lists(three, viewer)]

    before = [await seen_by("bob"), await seen_by("cyd")]
    graph = {name: rows for name, rows in (await everything(api)).items() if name.startswith("graph")}
    done = await act_on(three, "mute", "ada", "bob")
    assert done == {"__typename": "MuteDone", "account": {"id": three.id("bob"), "handle": "bob"}}
    assert [await seen_by("bob"), await seen_by("cyd")] == before
    after = await everything(api)
    assert {name: rows for name, rows in after.items() if name.startswith("graph")} == graph
    assert [
        edge["node"]["handle"]
        for edge in (await api.query("viewer_mutes", {}, three.token("ada")))["viewer"]["mutes"]["edges"]
    ] == ["bob"]
    # The one who mutes is recommended the other no more, and still finds them.
    assert "bob" not in (await lists(three, "ada"))["popular"]
    assert "bob" in (await lists(three, "ada"))["fans"]


async def test_a_removed_follower_is_not_told_and_may_follow_again(api: Api, three: Community) -> None:
    api.time.now_us += 1_000_000
    done = await act_on(three, "remove_follower", "ada", "bob")
    assert (done["account"]["viewerRelationship"], done["applied"]) == ({"follows": True, "followedBy": False}, True)
    assert await act_on(three, "remove_follower", "ada", "bob") == done
    assert (await act_on(three, "follow", "bob", "ada"))["__typename"] == "FollowDone"
    assert (await act_on(three, "remove_follower", "ada", "ada"))["code"] == "SELF_FOLLOW"


async def test_pages_stay_full_around_those_whom_one_blocks(api: Api, community: Community) -> None:
    people = [f"p{number:02}" for number in range(12)]
    await community.join("ada", "vic", *people)
    await community.follow([(person, "ada") for person in people])
    for person in people[::2]:
        await act_on(community, "block", "vic", person)
    page = (await api.query("account_followers", {"handle": "ada", "first": 6}, community.token("vic")))["account"]
    assert [edge["node"]["handle"] for edge in page["followers"]["edges"]] == people[::-2]
    assert not page["followers"]["pageInfo"]["hasNextPage"]


async def test_pages_go_on_behind_those_who_block_one(api: Api, community: Community) -> None:
    people = [f"p{number:02}" for number in range(6)]
    await community.join("ada", "vic", *people)
    await community.follow([(person, "ada") for person in people])
    for person in people[3:]:
        await act_on(community, "block", person, "vic")
    page = (await api.query("account_followers", {"handle": "ada", "first": 3}, community.token("vic")))["account"]
    assert page["followers"]["edges"] == []
    assert page["followers"]["pageInfo"]["hasNextPage"]
    onward = {"handle": "ada", "first": 3, "after": page["followers"]["pageInfo"]["endCursor"]}
    page = (await api.query("account_followers", onward, community.token("vic")))["account"]
    assert [edge["node"]["handle"] for edge in page["followers"]["edges"]] == ["p02", "p01", "p00"]
    assert not page["followers"]["pageInfo"]["hasNextPage"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('account(handle: "ada") { list: followers(%s) { %s } }', ["", "one"]),
        ('account(handle: "ada") { list: following(%s) { %s } }', ["", "one"]),
        ('account(handle: "ada") { list: following(asOf: "2026-09-21T14:13:20Z", %s) { %s } }', ["one"]),
        ('creator(handle: "ada") { list: topFans(%s) { %s } }', ["", "one"]),
        ('account(handle: "ada") { list: strongestBonds(%s) { %s } }', ["", "one"]),
        ("viewer { list: mutes(%s) { %s } }", ["", "one"]),
        ("list: popularCreators(%s) { %s }", ["ada", "", "one"]),
    ],
)
async def test_every_list_leads_on_behind_a_page_of_which_nothing_is_shown(
    api: Api, community: Community, text: str, expected: list[str]
) -> None:
    """Two is in front of one, and blocks the viewer."""
    await community.join("ada", "vic", "one", "two", creators=["ada", "one", "two"])
    await community.follow([("one", "ada"), ("two", "ada"), ("ada", "one"), ("ada", "two")])
    await community.record(
        [Act("one", "ada"), Act("two", "ada", "reply", 9), Act("ada", "one"), Act("ada", "two", "reply", 9)]
    )
    for whom in ("one", "two") if "mutes" in text else ():
        api.time.now_us += 1_000_000
        await act_on(community, "mute", "vic", whom)
    await act_on(community, "block", "two", "vic")
    name = "node { account { handle } }" if "strongest" in text or "popular" in text else "node { handle }"
    document = text % ("first: 1, after: $after", f"edges {{ {name} }} pageInfo {{ hasNextPage endCursor }}")
    met: list[str] = []
    after, more = None, True
    while more:
        assert len(met) <= len(expected), met
        answer = await api.text(f"query ($after: String) {{ {document} }}", {"after": after}, community.token("vic"))
        assert answer.errors == []
        page = answer.data["list"] if "list" in answer.data else next(iter(answer.data.values()))["list"]
        nodes = [edge["node"] for edge in page["edges"]]
        met += [node.get("account", node)["handle"] for node in nodes] or [""]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert met == expected
