"""What a person may take along, and that they may go."""

import json
from typing import Any

import pytest
from aiohttp import ClientResponse

from planet_graph import ids
from planet_graph.export import own
from planet_graph.export.own_sections import SECTIONS, WITHHELD
from planet_graph.models.metadata import METADATA
from planet_graph.models.personal import IMPERSONAL, OWNED, SIDES, SINGLE
from planet_graph.outbox import tokens as log_tokens
from planet_graph.web import exports, tokens
from planet_graph.web.connections import LiveLimits
from tests.api.clients import Api, Time
from tests.api.communities import Act, Community
from tests.api.conftest import serving
from tests.api.states import everything
from tests.conftest import Stack

PEOPLE = ("ada", "bob", "cyd", "dan")


@pytest.fixture
async def town(community: Community) -> Community:
    """Ada is followed and paid by bob, cyd and dan; cyd blocks her, dan mutes her, she blocks nobody yet."""
    await community.join(*PEOPLE, creators=["ada", "bob"])
    await community.follow([("bob", "ada"), ("dan", "ada"), ("ada", "bob"), ("cyd", "ada"), ("ada", "dan")])
    await community.record([Act(p, "ada", "tip", 7, days_ago=1) for p in PEOPLE[1:]] + [Act("ada", "bob", "reply", 2)])
    await act(community, "mute", "dan", "ada")
    await act(community, "block", "cyd", "ada")
    return community


async def act(community: Community, name: str, who: str, whom: str) -> Any:
    community.api.time.now_us += 1_000_000
    given = {"input": {"account": community.id(whom)}}
    (answer,) = (await community.api.query(name, given, community.token(who))).values()
    assert answer["__typename"].endswith("Done"), answer
    return answer


async def erase(community: Community, whom: str, token: str | None, confirmation: str | None = None) -> Any:
    given = {"account": community.id(whom), "confirmation": whom if confirmation is None else confirmation}
    return (await community.api.query("erase_account", {"input": given}, token))["eraseAccount"]


async def link(api: Api, token: str) -> str:
    return (await api.query("export_my_data", {}, token))["exportMyData"]["url"]


async def downloaded(api: Api, url: str) -> Any:
    async with api.http.get(url) as response:
        assert (response.status, response.content_type) == (200, "application/json")
        assert response.headers["Cache-Control"] == "no-store"
        return await response.json()


async def refused(response: ClientResponse) -> tuple[int, str]:
    async with response:
        return response.status, (await response.json())["errors"][0]["extensions"]["code"]


async def test_an_export_holds_what_is_known_and_not_who_turned_away(api: Api, town: Community) -> None:
    await act(town, "unfollow", "ada", "dan")
    await act(town, "block", "ada", "dan")
    await act(town, "mute", "ada", "bob")
    data = await downloaded(api, await link(api, town.token("ada")))
    assert {name for name in data if name not in ("format", "exportedAt", "units", "notIncluded")} == {
        "sections",
        *(section.name for section in SECTIONS),
    }
    (account,) = data["account"]
    assert (account["id"], account["handle"], account["kycStatus"]) == (town.id("ada"), "ada", "verified")
    assert data["identities"] == [{"issuer": tokens.ISSUER, "subject": "ada"}]
    assert len(data["creator"]) == 1
    others = {
        section: [row["account"] for row in data[section]]
        for section in ("following", "followers", "pastFollowing", "pastFollowers", "blocks", "mutes", "audience")
    }
    of = town.id
    assert others == {
        "following": [of("bob"), of("dan")],
        "followers": [of("bob"), of("dan")],
        "pastFollowing": [of("dan")],
        "pastFollowers": [of("dan")],
        "blocks": [of("dan")],
        "mutes": [of("bob")],
        "audience": [of("bob"), of("dan")],
    }
    assert [row["open"] for row in data["following"]] == [True, False]
    (done,) = data["activity"]
    assert (done["account"], done["kind"], done["quantity"], done["day"]) == (of("bob"), "reply", 2, "2026-09-21")
    assert (done["post"], done["lastAt"]) == (None, "2026-09-21T14:13:20.000000+00:00")
    assert of("cyd") not in json.dumps(data), "who blocks is not to be found by any section"
    for section in SECTIONS:
        told = data["sections"][section.name]["fields"]
        assert all(list(row) == list(told) for row in data[section.name]), section.name
        assert all(told.values())


async def test_pages_join_without_gap_or_repeat(api: Api, town: Community) -> None:
    for size in (1, 2, 3):
        chunks = [chunk async for chunk in own.document(api.parts.database, town.numbers["ada"], 0, size)]
        assert json.loads("".join(chunks)) == json.loads(
            "".join([chunk async for chunk in own.document(api.parts.database, town.numbers["ada"], 0)])
        )
    assert [chunk async for chunk in own.document(api.parts.database, 5, 0)] == []


async def test_an_address_opens_one_export_for_some_minutes(api: Api, town: Community) -> None:
    ada = await link(api, town.token("ada"))
    bob = await link(api, town.token("bob"))
    assert (await downloaded(api, bob))["account"][0]["handle"] == "bob"
    for url in (
        f"{exports.PATH}/{town.token('ada')}",
        f"{exports.PATH}/x",
        ada[:-4] + "AAAA",
        f"{exports.PATH}/{'x' * 5_000}",
    ):
        assert await refused(await api.http.get(url)) == (404, "NOT_FOUND"), url
    answer = await api.ask("viewer", {}, ada.removeprefix(f"{exports.PATH}/"))
    assert (answer.status, answer.codes) == (401, ["UNAUTHENTICATED"])
    api.time.wall_us += (exports.GOOD_SECONDS + tokens.LEEWAY_SECONDS + 1) * 1_000_000
    assert await refused(await api.http.get(ada)) == (404, "NOT_FOUND")


async def test_an_export_ends_with_its_account(api: Api, town: Community) -> None:
    url = await link(api, town.token("ada"))
    assert (await erase(town, "ada", town.token("ada")))["__typename"] == "EraseAccountDone"
    assert await refused(await api.http.get(url)) == (404, "NOT_FOUND")


async def test_exports_count_among_the_connections(embedded: Stack) -> None:
    async with serving(embedded, live_limits=LiveLimits(connections=0)) as api:
        community = Community(api, {})
        await community.join("ada")
        url = await link(api, community.token("ada"))
        assert await refused(await api.http.get(url)) == (503, "TOO_MANY_CONNECTIONS")


async def test_a_refused_erasure_changes_nothing(api: Api, town: Community) -> None:
    before = await everything(api)
    stranger = api.token("nobody")
    for token, whom, confirmation, problem, code in (
        (town.token("ada"), "ada", "", "ConfirmationMismatchProblem", "CONFIRMATION_MISMATCH"),
        (town.token("ada"), "ada", "Ada", "ConfirmationMismatchProblem", "CONFIRMATION_MISMATCH"),
        (town.token("ada"), "ada", "bob", "ConfirmationMismatchProblem", "CONFIRMATION_MISMATCH"),
        (town.token("ada"), "bob", "bob", "ForbiddenProblem", "FORBIDDEN"),
        (town.token("ada", "analyst", "server"), "bob", "bob", "ForbiddenProblem", "FORBIDDEN"),
        (town.token("bob", "operator"), "ada", "bob", "ConfirmationMismatchProblem", "CONFIRMATION_MISMATCH"),
        (stranger, "ada", "ada", "UnauthenticatedProblem", "UNAUTHENTICATED"),
        (None, "ada", "ada", "UnauthenticatedProblem", "UNAUTHENTICATED"),
    ):
        answer = await erase(town, whom, token, confirmation)
        assert (answer["__typename"], answer["code"]) == (problem, code), (whom, confirmation)
    for bad, problem in (("x", "InvalidIdProblem"), (ids.to_global("Account", 1), "NotFoundProblem")):
        given = {"input": {"account": bad, "confirmation": "ada"}}
        answer = await api.query("erase_account", given, town.token("ada", "operator"))
        assert answer["eraseAccount"]["__typename"] == problem
    for token in (None, stranger):
        answer = await api.query("export_my_data", {}, token)
        assert answer["exportMyData"]["code"] == "UNAUTHENTICATED"
    assert await everything(api) == before


async def test_a_server_of_the_past_neither_erases_nor_exports(migrated: Stack) -> None:
    async with serving(migrated) as api:
        community = Community(api, {})
        await community.join("ada")
    async with serving(migrated, Time(stopped=True)) as past:
        before = await everything(past)
        community = Community(past, community.numbers)
        assert (await erase(community, "ada", community.token("ada", "operator")))["code"] == "READ_ONLY"
        answer = await past.query("export_my_data", {}, community.token("ada"))
        assert answer["exportMyData"]["code"] == "READ_ONLY"
        assert await everything(past) == before


async def test_permissions_say_what_the_writes_would(api: Api, town: Community) -> None:
    async def asked(token: str) -> tuple[Any, Any]:
        data = await api.query("viewer_permissions", {"handle": "ada"}, token)
        return data["account"]["viewerCanEraseAccount"]["code"], data["viewer"]["viewerCanExportMyData"]

    assert await asked(town.token("ada")) == (None, {"allowed": True, "code": None, "reason": None})
    assert (await asked(town.token("bob")))[0] == "FORBIDDEN"
    assert (await asked(town.token("bob", "operator")))[0] is None
    assert (await asked(api.token("nobody")))[0] == "UNAUTHENTICATED"


async def test_an_erased_account_answers_as_one_that_never_was(api: Api, town: Community) -> None:
    ada, token = town.id("ada"), town.token("ada")
    assert await erase(town, "ada", token) == {
        "__typename": "EraseAccountDone",
        "viewer": {"account": None},
        "complete": True,
        "applied": True,
        "token": (await erased_token(api)),
    }
    bob = town.token("bob")
    assert (await api.query("viewer", {}, token))["viewer"]["account"] is None
    assert (await api.query("account_page", {"handle": "ada"}, bob))["account"] is None
    assert (await api.query("creator_page", {"handle": "ada"}, bob))["creator"] is None
    assert (await api.query("node", {"id": ada}, bob))["node"] is None
    for name in ("follow", "unfollow", "block", "unblock", "mute", "unmute", "remove_follower"):
        (answer,) = (await api.query(name, {"input": {"account": ada}}, bob)).values()
        assert answer["code"] == "NOT_FOUND", name
    for name, given in (("follow", {"account": town.id("bob")}), ("update_profile", {"bio": "x"})):
        (answer,) = (await api.query(name, {"input": given}, token)).values()
        assert answer["code"] == "UNAUTHENTICATED", name
    assert (await erase(town, "ada", town.token("bob", "operator")))["code"] == "NOT_FOUND"
    page = (await api.query("account_page", {"handle": "bob"}, bob))["account"]
    assert (page["followerCount"], page["followingCount"]) == (0, 0)
    assert (await api.query("popular_creators", {}, bob))["popularCreators"]["edges"] == []


async def erased_token(api: Api) -> str:
    (row,) = (await everything(api))["erased_accounts"]
    return log_tokens.encode(api.parts.incarnation, row["fact"])


async def test_who_comes_back_is_somebody_new(api: Api, town: Community) -> None:
    await erase(town, "ada", town.token("ada"))
    for who in ("bob", "ada"):
        given = {"input": {"handle": "ada"}} if who == "ada" else {"input": {"handle": "bobby"}}
        (answer,) = (await api.query("register", given, town.token(who))).values()
        assert answer["__typename"] == ("RegisterDone" if who == "ada" else "AlreadyRegisteredProblem")
    data = await api.query("account_page", {"handle": "ada"}, town.token("ada"))
    assert data["account"]["id"] != town.id("ada")
    assert (data["account"]["followerCount"], data["account"]["followingCount"]) == (0, 0)
    data = await api.query("viewer_permissions", {"handle": "ada"}, town.token("ada"))
    assert data["account"]["kycStatus"] == "NONE"


async def test_an_operator_erases_anybody(api: Api, town: Community) -> None:
    answer = await erase(town, "ada", town.token("cyd", "operator"))
    assert (answer["viewer"], answer["complete"]) == ({"account": {"id": town.id("cyd")}}, True)
    assert (await api.query("account_page", {"handle": "ada"}))["account"] is None


def test_every_table_is_exported_and_erased_or_says_why_not() -> None:
    """A new noun fails here until it says whose its rows are."""
    exported = {section.table.name for section in SECTIONS}
    assert exported | set(IMPERSONAL) == set(METADATA.tables)
    assert exported & set(IMPERSONAL) == set()
    erased = {side.table.name for side in SIDES} | set(SINGLE) | set(OWNED)
    assert erased == exported
    told = {(section.table.name, section.fields[0].column) for section in SECTIONS}
    withheld = {(side.table.name, side.other) for side in SIDES if (side.table.name, side.given) in WITHHELD}
    assert {(side.table.name, side.other) for side in SIDES} == {
        found for found in told | withheld if found[0] not in {*SINGLE, *OWNED}
    }


NUMBERS = {
    *("id", "subject", "quantity", "day", "fact", "act", "version", "position", "last", "applied", "incarnation"),
    *("notification", "slow_seconds", "uses_left", "message", "group_id"),
    *("post", "in_reply_to", "root", "repost_of", "revision", "reaction_count", "reply_count", "repost_count"),
}
"""Whole numbers that name no account, times apart."""


def test_every_column_that_may_name_an_account_is_known() -> None:
    known = {(side.table.name, column) for side in SIDES for column in (side.own, side.other)}
    known |= {*SINGLE.items(), *OWNED.items()}
    found = {
        (table.name, column.name)
        for table in METADATA.sorted_tables
        for column in table.columns
        if column.type.python_type is int and not column.name.endswith("_us") and column.name not in NUMBERS
    }
    assert found - known == {("erased_accounts", "account_id")}
