from typing import Any

from planet_graph import ids
from tests.api.clients import Api
from tests.api.communities import Community

JOINED = "2026-09-21T14:13:20+00:00"


async def test_a_viewer_has_roles_and_perhaps_an_account(api: Api, community: Community) -> None:
    await community.join("ada")
    assert await api.query("viewer") == {"viewer": None}
    assert await api.query("viewer", token=api.token("nobody", "server")) == {
        "viewer": {"account": None, "roles": ["server"]}
    }
    ada = {"id": community.id("ada"), "handle": "ada", "displayName": "Ada", "joinedAt": JOINED}
    assert await api.query("viewer", token=community.token("ada", "operator", "analyst")) == {
        "viewer": {"account": ada, "roles": ["analyst", "operator"]}
    }


async def test_things_are_found_again_by_their_ids_in_the_order_asked(api: Api, community: Community) -> None:
    await community.join("ada", "bob", creators=["ada"])
    account: dict[str, Any] = {"__typename": "Account", "id": community.id("ada"), "handle": "ada"}
    creator: dict[str, Any] = {
        "__typename": "Creator",
        "id": community.creator("ada"),
        "account": {"handle": "ada"},
    }
    bob: dict[str, Any] = {"__typename": "Account", "id": community.id("bob"), "handle": "bob"}
    missing = [ids.to_global("Account", 1), ids.to_global("Post", 1), community.creator("bob")]

    assert await api.query("node", {"id": community.id("ada")}) == {"node": account}
    assert await api.query("node", {"id": community.creator("ada")}) == {"node": creator}
    for id in missing:
        assert await api.query("node", {"id": id}) == {"node": None}
    asked = [bob["id"], *missing, creator["id"], account["id"], bob["id"]]
    assert await api.query("nodes", {"ids": asked}) == {"nodes": [bob, None, None, None, creator, account, bob]}


async def test_accounts_are_found_by_handle_without_case(api: Api, community: Community) -> None:
    await community.join("ada", "bob", "cyd", "dan")
    await community.follow([("bob", "ada"), ("cyd", "ada"), ("ada", "bob"), ("dan", "ada")])

    def found(handle: str, followers: list[str], following: int) -> dict[str, Any]:
        return {
            "id": community.id(handle),
            "handle": handle,
            "displayName": handle.title(),
            "followerCount": len(followers),
            "followingCount": following,
            "followers": {"edges": [{"node": follower(other)} for other in followers]},
        }

    def follower(handle: str) -> dict[str, Any]:
        counts = {"ada": 3, "bob": 1, "cyd": 0, "dan": 0}
        # bob looks at it: he follows ada, and ada him
        lies = None if handle == "bob" else {"follows": handle == "ada", "followedBy": handle == "ada"}
        return {
            "id": community.id(handle),
            "handle": handle,
            "followerCount": counts[handle],
            "viewerRelationship": lies,
        }

    handles = ["BOB", "nobody", "ada", "bob"]
    bob = found("bob", ["ada"], 1)
    assert await api.query("accounts", {"handles": handles}, community.token("bob")) == {
        "accounts": [bob, None, found("ada", ["dan", "cyd", "bob"], 1), bob]
    }


async def test_registering_makes_the_account_of_the_token(api: Api) -> None:
    token = api.token("somebody")
    data = await api.query("register", {"input": {"handle": "ada", "displayName": "  Ada L. "}}, token)
    done = data["register"]
    account = {"id": done["account"]["id"], "handle": "ada", "displayName": "Ada L.", "joinedAt": JOINED}
    assert done == {
        "__typename": "RegisterDone",
        "account": account,
        "viewer": {"account": {"id": account["id"]}},
        "applied": True,
        "token": done["token"],
    }
    assert await api.query("applied", {"token": done["token"]}) == {"applied": True}
    assert await api.query("viewer", token=token) == {"viewer": {"account": account, "roles": []}}

    again = await api.query("register", {"input": {"handle": "ada", "displayName": "Another"}}, token)
    assert again["register"] == {**done, "token": None}


async def test_a_display_name_left_out_or_blank_is_the_handle(api: Api) -> None:
    for handle, shown in (("ada", None), ("bob", "   ")):
        data = await api.query("register", {"input": {"handle": handle, "displayName": shown}}, api.token(handle))
        assert data["register"]["account"]["displayName"] == handle
