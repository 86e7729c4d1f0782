"""A creator's day and a fan's day, as the operations that their front ends send, from the first token to the last."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from planet_graph import ids
from tests.api.clients import Api


@dataclass(frozen=True)
class Person:
    """Somebody with a token."""

    api: Api
    name: str
    roles: tuple[str, ...] = ()

    async def ask(self, operation: str, variables: Mapping[str, Any] | None = None) -> Any:
        """Send an operation; return its only field's answer."""
        token = self.api.token(self.name, *self.roles)
        (answer,) = (await self.api.query(operation, variables, token)).values()
        return answer

    async def do(self, operation: str, /, **values: Any) -> Any:
        """Send a mutation that succeeds and, where the graph is concerned, is in it when it is answered."""
        done = await self.ask(operation, {"input": values} if values else {})
        assert done["__typename"].endswith("Done"), json.dumps(done)
        assert done.get("applied", True) is True
        return done

    async def register(self) -> str:
        done = await self.do("register", handle=self.name)
        return done["account"]["id"]


def creator_id(account: str) -> str:
    return ids.to_global("Creator", ids.from_global(account, ["Account"])[1])


async def become_creator(creator: Person, desk: Person, account: str) -> str:
    """Go from a registered account to a homepage."""
    refused = await creator.ask("activate_creator")
    assert (refused["code"], refused["status"]) == ("KYC_REQUIRED", "NONE")
    await desk.do("set_kyc_status", account=account, status="VERIFIED")
    done = await creator.do("activate_creator")
    page = {"label": "Notes", "url": "https://example.org/ada"}
    await creator.do("update_profile", displayName="Ada L.", bio="Options, slowly.", links=[page])
    return done["creator"]["id"]


async def report(server: Person, key: str, fan: str, creator: str, *kinds: str) -> list[bool]:
    items = [{"fan": fan, "creator": creator, "kind": kind} for kind in kinds]
    done = await server.do("record_interactions", idempotencyKey=key, items=items)
    return [outcome["accepted"] for outcome in done["outcomes"]]


@pytest.fixture
def people(api: Api) -> dict[str, Person]:
    roles = {"desk": ("operator",), "sdk": ("server",)}
    return {name: Person(api, name, roles.get(name, ())) for name in ("ada", "bob", "cyd", "mal", "desk", "sdk")}


async def test_a_creators_day(api: Api, people: dict[str, Person]) -> None:
    ada, bob, cyd, mal, desk, sdk = people.values()
    numbers = {person.name: await person.register() for person in (ada, bob, cyd, mal)}
    creator = await become_creator(ada, desk, numbers["ada"])
    for fan in (bob, cyd, mal):
        await fan.do("follow", account=numbers["ada"])
    assert await report(sdk, "1", numbers["bob"], creator, "reply", "reaction") == [True, True]
    assert await report(sdk, "2", numbers["cyd"], creator, "reaction") == [True]
    assert await report(sdk, "3", numbers["mal"], creator, *["reply"] * 9) == [True] * 9

    home = await ada.ask("creator_page", {"handle": "ada"})
    account = home["account"]
    assert (account["displayName"], account["bio"], account["followerCount"]) == ("Ada L.", "Options, slowly.", 3)
    assert [edge["node"]["handle"] for edge in home["topFans"]["edges"]] == ["mal", "bob", "cyd"]

    # The loudest fan is a nuisance: gone from the lists, the counts and the ranks, and cannot come back.
    blocked = await ada.do("block", account=numbers["mal"])
    assert blocked["blocked"]["handle"] == "mal"
    home = await ada.ask("creator_page", {"handle": "ada"})
    assert home["account"]["followerCount"] == 2
    assert [edge["node"]["handle"] for edge in home["topFans"]["edges"]] == ["bob", "cyd"]
    assert [edge["node"]["handle"] for edge in (await ada.ask("viewer_blocks"))["blocks"]["edges"]] == ["mal"]
    assert await mal.ask("creator_page", {"handle": "ada"}) is None
    assert (await mal.ask("follow", {"input": {"account": numbers["ada"]}}))["code"] == "NOT_FOUND"

    # Another one is only sent away.
    await ada.do("remove_follower", account=numbers["cyd"])
    followers = (await ada.ask("account_followers", {"handle": "ada"}))["followers"]["edges"]
    assert [edge["node"]["handle"] for edge in followers] == ["bob"]
    (row,) = await ada.ask("relationships", {"pairs": [{"account": numbers["bob"], "other": numbers["ada"]}]})
    assert (row["follows"], row["followedBy"]) == (True, False)
    assert (await api.query("popular_creators"))["popularCreators"]["edges"][0]["fanCount"] == 2


async def test_a_fans_day(people: dict[str, Person]) -> None:
    ada, bob, cyd, mal, desk, sdk = people.values()
    numbers = {person.name: await person.register() for person in (ada, bob, cyd, mal)}
    creators = {who.name: await become_creator(who, desk, numbers[who.name]) for who in (ada, cyd)}

    # Nothing follows, nothing is close; what others follow leads on.
    await mal.do("follow", account=numbers["ada"])
    await bob.do("follow", account=numbers["mal"])
    known = (await bob.ask("known_followers", {"handle": "ada"}))["knownFollowers"]["edges"]
    assert [edge["node"]["handle"] for edge in known] == ["mal"]
    done = await bob.do("follow", account=numbers["ada"])
    assert (done["account"]["followerCount"], done["viewer"]["account"]["followingCount"]) == (2, 2)

    # A day of reading and talking.
    acts = ["click", "reaction", "reply"]
    assert await report(sdk, "1", numbers["bob"], creators["ada"], *acts) == [True] * 3
    assert await report(sdk, "1", numbers["bob"], creators["ada"], *acts) == [True] * 3, "sent again, counted once"
    assert await report(sdk, "2", numbers["bob"], creators["cyd"], "reaction") == [True]
    bond = await bob.ask("bond", {"fan": numbers["bob"], "creator": creators["ada"]})
    assert {kind["kind"]: kind["quantity"] for kind in bond["kinds"]} == dict.fromkeys(acts, "1")
    assert bond["explanation"]["score"] == bond["strength"] > "1"
    closest = (await bob.ask("strongest_bonds", {"handle": "bob"}))["strongestBonds"]["edges"]
    assert [edge["node"]["account"]["handle"] for edge in closest] == ["ada", "cyd"]

    # Enough of one: the mute shows nowhere but with the viewer, and the follow of another ends.
    await bob.do("mute", account=numbers["cyd"])
    await bob.do("unfollow", account=numbers["mal"])
    page = await cyd.ask("creator_page", {"handle": "cyd"})
    assert [edge["node"]["handle"] for edge in page["topFans"]["edges"]] == ["bob"]

    # And all of it goes with the person.
    link = await bob.do("export_my_data")
    assert link["url"].startswith("/exports/")
    await bob.do("erase_account", account=numbers["bob"], confirmation="bob")
    assert (await ada.ask("creator_page", {"handle": "ada"}))["topFans"]["edges"] == []
    assert (await bob.ask("viewer")) == {"account": None, "roles": []}
