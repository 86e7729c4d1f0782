"""What an account tells of itself, how far its identity check is, and becoming a creator."""

from typing import Any

import pytest

from tests.api.clients import Api
from tests.api.communities import Act, Community
from tests.api.states import everything

LINKS = [{"label": "Site", "url": "https://example.org/ada"}, {"label": "Code", "url": "https://example.org:8443/?q=1"}]


async def test_a_profile_changes_by_what_was_sent(api: Api, community: Community) -> None:
    await community.join("ada")
    token = community.token("ada")

    async def update(**fields: Any) -> Any:
        done = (await api.query("update_profile", {"input": fields}, token))["updateProfile"]
        assert done["__typename"] == "UpdateProfileDone", done
        return done

    done = await update(bio="  Trades rivers. ", avatarUrl="https://example.org/a.png", links=LINKS)
    profile = {
        "id": community.id("ada"),
        "handle": "ada",
        "displayName": "Ada",
        "bio": "Trades rivers.",
        "avatarUrl": "https://example.org/a.png",
        "links": LINKS,
    }
    assert (done["account"], done["applied"]) == (profile, True)
    done = await update(handle="ada_l", displayName="")
    assert done["account"] == {**profile, "handle": "ada_l", "displayName": "ada_l"}
    done = await update(bio=None, avatarUrl=None, links=None)
    bare = {**profile, "handle": "ada_l", "displayName": "ada_l", "bio": "", "avatarUrl": None, "links": []}
    assert done["account"] == bare
    # What is so already is no change: nothing is told to anybody.
    done = await update(handle="ada_l", displayName="ada_l")
    assert (done["account"], done["applied"], done["token"]) == (bare, True, None)
    assert (await api.query("accounts", {"handles": ["ada"]}))["accounts"] == [None]


@pytest.mark.parametrize(
    ("field", "value", "code", "detail"),
    [
        ("handle", "bob", "HANDLE_TAKEN", {"handle": "bob"}),
        ("handle", "Bob", "HANDLE_MALFORMED", {"handle": "Bob"}),
        ("handle", "", "HANDLE_MALFORMED", {"handle": ""}),
        ("displayName", "x" * 101, "TEXT_TOO_LONG", {"field": "displayName", "limit": 100}),
        ("bio", "x" * 501, "TEXT_TOO_LONG", {"field": "bio", "limit": 500}),
        ("avatarUrl", "http://example.org/a.png", "INVALID_URL", {"url": "http://example.org/a.png"}),
        ("avatarUrl", "javascript:alert(1)", "INVALID_URL", {"url": "javascript:alert(1)"}),
        ("avatarUrl", "https://", "INVALID_URL", {"url": "https://"}),
        ("avatarUrl", "https://me:secret@example.org/", "INVALID_URL", {"url": "https://me:secret@example.org/"}),
        ("avatarUrl", "https://exa mple.org/", "INVALID_URL", {"url": "https://exa mple.org/"}),
        ("avatarUrl", "https://[::1/", "INVALID_URL", {"url": "https://[::1/"}),
        ("avatarUrl", "https://e.org/" + "x" * 500, "TEXT_TOO_LONG", {"field": "avatarUrl", "limit": 500}),
        ("links", LINKS * 3, "TOO_MANY_ITEMS", {"limit": 5}),
        (
            "links",
            [{"label": "x" * 41, "url": "https://e.org"}],
            "TEXT_TOO_LONG",
            {"field": "links.label", "limit": 40},
        ),
        ("links", [{"label": "x", "url": "ftp://e.org"}], "INVALID_URL", {"url": "ftp://e.org"}),
    ],
)
async def test_a_profile_that_cannot_be_is_refused_whole(
    api: Api, community: Community, field: str, value: Any, code: str, detail: dict[str, Any]
) -> None:
    await community.join("ada", "bob")
    before = await everything(api)
    fields = {"bio": "would be fine", field: value}
    problem = (await api.query("update_profile", {"input": fields}, community.token("ada")))["updateProfile"]
    assert (problem["code"], {name: problem[name] for name in detail}) == (code, detail)
    assert problem["message"]
    assert await everything(api) == before


async def test_one_becomes_a_creator_once_verified(api: Api, community: Community) -> None:
    await community.join("ada", "bob", "ops")
    token, operator = community.token("ada"), community.token("ops", "operator")
    await community.record([Act("bob", "ada", "reply", 7)])
    bond = {"fan": community.id("bob"), "creator": community.creator("ada")}
    for status, words in (("NONE", "checked first"), ("PENDING", "being checked"), ("REJECTED", "was rejected")):
        set_to = {"input": {"account": community.id("ada"), "status": status}}
        done = (await api.query("set_kyc_status", set_to, operator))["setKycStatus"]
        assert done["account"]["kycStatus"] == status
        before = await everything(api)
        problem = (await api.query("activate_creator", {}, token))["activateCreator"]
        assert (problem["code"], problem["status"]) == ("KYC_REQUIRED", status)
        assert words in problem["message"]
        may = (await api.query("viewer_permissions", {"handle": "ada"}, token))["viewer"]["viewerCanActivateCreator"]
        assert (may["allowed"], may["code"], may["reason"]) == (False, "KYC_REQUIRED", problem["message"])
        assert await everything(api) == before
    await api.query("set_kyc_status", {"input": {"account": community.id("ada"), "status": "VERIFIED"}}, operator)
    assert (await api.query("bond", bond))["bond"] is None
    done = (await api.query("activate_creator", {}, token))["activateCreator"]
    assert (done["creator"]["id"], done["applied"]) == (community.creator("ada"), True)
    # What bob did before is a bond now.
    assert (await api.query("bond", bond))["bond"]["strength"] == "1.916017"
    ranked = (await api.query("popular_creators", {"first": 5}))["popularCreators"]["edges"]
    assert [edge["node"]["account"]["handle"] for edge in ranked] == ["ada"]
    again = (await api.query("activate_creator", {}, token))["activateCreator"]
    assert (again["creator"], again["token"]) == (done["creator"], None)
    # A later check takes nothing away.
    await api.query("set_kyc_status", {"input": {"account": community.id("ada"), "status": "REJECTED"}}, operator)
    assert (await api.query("creator_page", {"handle": "ada"}))["creator"]["id"] == community.creator("ada")
    may = (await api.query("viewer_permissions", {"handle": "ada"}, token))["viewer"]["viewerCanActivateCreator"]
    assert may["allowed"]


async def test_activation_brings_every_fan_whatever_their_number(
    api: Api, community: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More pairs than one fact may name are several facts of one act."""
    monkeypatch.setattr("planet_graph.services.creators.MAX_SUBJECTS", 4)
    people = [f"p{number:02}" for number in range(11)]
    await community.join("ada", *people)
    await community.record([Act(person, "ada") for person in people])
    operator = community.token("ada", "operator")
    await api.query("set_kyc_status", {"input": {"account": community.id("ada"), "status": "VERIFIED"}}, operator)
    done = (await api.query("activate_creator", {}, community.token("ada")))["activateCreator"]
    assert done["applied"]
    fans = (await api.query("creator_page", {"handle": "ada"}))["creator"]["topFans"]["edges"]
    assert {edge["node"]["handle"] for edge in fans} == set(people)


async def test_an_identity_check_is_told_to_oneself_and_operators(api: Api, community: Community) -> None:
    await community.join("ada", "bob", creators=["ada"])

    async def status(token: str | None) -> str | None:
        return (await api.query("viewer_permissions", {"handle": "ada"}, token))["account"]["kycStatus"]

    assert [await status(community.token("ada")), await status(community.token("bob", "operator"))] == ["VERIFIED"] * 2
    assert [await status(None), await status(community.token("bob", "analyst", "server"))] == [None, None]


async def test_only_operators_say_what_a_check_came_to(api: Api, community: Community) -> None:
    await community.join("ada")
    before = await everything(api)
    to = {"account": community.id("ada"), "status": "VERIFIED"}
    for token, code in (
        (None, "UNAUTHENTICATED"),
        (community.token("ada"), "FORBIDDEN"),
        (community.token("ada", "server", "analyst"), "FORBIDDEN"),
    ):
        answer = (await api.query("set_kyc_status", {"input": to}, token))["setKycStatus"]
        assert answer["code"] == code
        may = (await api.query("viewer_permissions", {"handle": "ada"}, token))["account"]["viewerCanSetKycStatus"]
        assert (may["allowed"], may["code"]) == (False, code)
    operator = community.token("ada", "operator")
    missing = {**to, "account": "QWNjb3VudDoxNw"}
    assert (await api.query("set_kyc_status", {"input": missing}, operator))["setKycStatus"]["code"] == "NOT_FOUND"
    assert await everything(api) == before
