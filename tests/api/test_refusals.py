"""What cannot be done: a typed answer, and nothing changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from planet_graph import ids
from tests.api.clients import Api, Time
from tests.api.communities import Act, Community
from tests.api.conftest import serving
from tests.api.states import everything
from tests.conftest import Stack

WRITES = ("register", "follow", "unfollow", "record_interactions")


@dataclass(frozen=True)
class Refused:
    """A mutation and the Problem that answers it. `fields`: those of the Problem beside code and message."""

    operation: str
    input: Mapping[str, Any]
    problem: str
    code: str
    token: str | None
    fields: Mapping[str, Any]


def refused(
    operation: str, problem: str, code: str, token: str | None, given: Mapping[str, Any], **fields: Any
) -> Refused:
    return Refused(operation, given, problem, code, token, fields)


def malformed(community: Community) -> list[str]:
    """Ids that this API never gave."""
    good = community.id("ada")
    number = community.numbers["ada"]
    return [
        "",
        "ada",
        good + "=",
        good + "\n",
        " " + good,
        good[:-1],
        good[:4] + "!" + good[4:],
        "\u0430" + good[1:],
        ids.to_global("account", number),
        ids.to_global("Account", -1),
        ids.to_global("Account", 2**63),
        ids.to_global("Account", 10**40),
        ids.to_global("Post", number),
        community.creator("ada"),
        # 0 before the digits: the same number, another text
        "QWNjb3VudDow" + good[12:],
        "x" * 5_000,
    ]


def refusals(api: Api, community: Community) -> list[Refused]:
    bob, nobody = community.token("bob"), api.token("nobody")
    ada, stranger = community.id("ada"), ids.to_global("Account", 1)
    key: dict[str, Any] = {"items": [], "idempotencyKey": "k"}
    found: list[Refused] = []
    for act in ("follow", "unfollow"):
        found += [
            refused(act, "SelfFollowProblem", "SELF_FOLLOW", bob, {"account": community.id("bob")}),
            refused(act, "NotFoundProblem", "NOT_FOUND", bob, {"account": stranger}, id=stranger),
            refused(act, "UnauthenticatedProblem", "UNAUTHENTICATED", None, {"account": ada}),
            refused(act, "UnauthenticatedProblem", "UNAUTHENTICATED", nobody, {"account": ada}),
        ]
        found += [
            refused(act, "InvalidIdProblem", "INVALID_ID", bob, {"account": id}, id=id[:100])
            for id in malformed(community)
        ]
    for handle in (
        "",
        "ab",
        "a" * 31,
        "1ada",
        "_ada",
        "Ada",
        "ada!",
        "ad a",
        "ada\n",
        "\u00e4da",
        "ad\u0430",
        "\u0661ad",
    ):
        given = {"handle": handle}
        found.append(Refused("register", given, "HandleMalformedProblem", "HANDLE_MALFORMED", nobody, given))
    found += [
        refused("register", "HandleTakenProblem", "HANDLE_TAKEN", nobody, {"handle": "ada"}, handle="ada"),
        refused("register", "AlreadyRegisteredProblem", "ALREADY_REGISTERED", bob, {"handle": "bobby"}, handle="bob"),
        refused("register", "AlreadyRegisteredProblem", "ALREADY_REGISTERED", bob, {"handle": "ada"}, handle="bob"),
        refused("register", "UnauthenticatedProblem", "UNAUTHENTICATED", None, {"handle": "new"}),
        refused(
            "register",
            "TextTooLongProblem",
            "TEXT_TOO_LONG",
            nobody,
            {"handle": "new", "displayName": "x" * 101},
            field="displayName",
            limit=100,
        ),
        refused("record_interactions", "UnauthenticatedProblem", "UNAUTHENTICATED", None, key),
        refused("record_interactions", "ForbiddenProblem", "FORBIDDEN", nobody, key, role="server"),
        refused(
            "record_interactions",
            "ForbiddenProblem",
            "FORBIDDEN",
            api.token("nobody", "analyst", "operator"),
            key,
            role="server",
        ),
    ]
    for bad in ("", "k" * 256):
        found.append(
            refused(
                "record_interactions",
                "InvalidIdempotencyKeyProblem",
                "INVALID_IDEMPOTENCY_KEY",
                api.token("server", "server"),
                {"items": [], "idempotencyKey": bad},
            )
        )
    return found


async def settled(community: Community) -> None:
    """A little of everything is there."""
    await community.join("ada", "bob", creators=["ada"])
    await community.follow([("bob", "ada")])
    await community.record([Act("bob", "ada")])


async def test_a_refused_write_is_told_by_type_and_changes_nothing(api: Api, community: Community) -> None:
    await settled(community)
    before = await everything(api)
    for case in refusals(api, community):
        data = await api.query(case.operation, {"input": case.input}, case.token)
        (answer,) = data.values()
        assert answer.pop("message"), case
        assert answer == {"__typename": case.problem, "code": case.code, **case.fields}, case
        assert await everything(api) == before, case


async def test_bad_arguments_of_reads_are_the_callers_mistake(api: Api, community: Community) -> None:
    await settled(community)
    before = await everything(api)
    ada, creator = community.id("ada"), community.creator("ada")
    pages = [
        ("account_followers", "account", "followers"),
        ("account_following", "account", "following"),
        ("strongest_bonds", "account", "strongestBonds"),
        ("creator_page", "creator", "topFans"),
        ("popular_creators", None, "popularCreators"),
        ("hot_groups", None, "hotGroups"),
    ]
    followers = await api.query("account_followers", {"handle": "ada"})
    cursor = followers["account"]["followers"]["pageInfo"]["endCursor"]
    bad: list[dict[str, Any]] = [{"first": size} for size in (0, -1, 101, 2**31 - 1)]
    bad += [{"after": text} for text in ("", "x", "\u00e4", cursor + "=", cursor[:-1], "B" + cursor[1:], "B" * 500)]
    for name, root, field in pages:
        # a cursor is good for the list that gave it, and for no other, be it the same field of another account
        others = [{"after": cursor}] if field != "followers" else [{"after": cursor, "handle": "bob"}]
        for variables in (*bad, *others):
            answer = await api.ask(name, {"handle": "ada", **variables})
            assert (answer.status, answer.codes) == (200, ["BAD_USER_INPUT"]), (name, variables)
            assert answer.errors[0]["path"] == ([root, field] if root else [field])
            assert answer.data == ({root: {**answer.data[root], field: None}} if root else {field: None})
    for name, variables in [
        *(("node", {"id": id}) for id in malformed(community) if id not in (creator, post(ada))),
        *(("nodes", {"ids": [ada, id]}) for id in malformed(community) if id not in (creator, post(ada))),
        ("nodes", {"ids": [ada] * 101}),
        ("accounts", {"handles": ["ada"] * 101}),
        *(("bond", {"fan": id, "creator": creator}) for id in malformed(community)),
        *(("bond", {"fan": ada, "creator": id}) for id in malformed(community) if id != creator),
        ("bond", {"fan": ada, "creator": creator, "asOf": "2026-09-22"}),
        ("bond", {"fan": ada, "creator": creator, "asOf": "9999-12-31"}),
        *(("applied", {"token": token}) for token in ("", "x", "\u00e4", cursor, "A" * 23, "x" * 5_000)),
    ]:
        answer = await api.ask(name, variables)
        assert (answer.status, answer.codes) == (200, ["BAD_USER_INPUT"]), (name, variables, answer.body)
        assert len(answer.errors[0]["message"]) < 300
    assert await everything(api) == before


def post(account: str) -> str:
    return ids.to_global("Post", ids.from_global(account, ["Account"])[1])


async def test_a_token_of_another_log_is_the_callers_mistake(api: Api, community: Community) -> None:
    from planet_graph.outbox import tokens

    await settled(community)
    for incarnation, fact in ((api.parts.incarnation + 1, 1), (api.parts.incarnation, 2**62)):
        answer = await api.ask("applied", {"token": tokens.encode(incarnation, fact)})
        assert (answer.status, answer.codes) == (200, ["BAD_USER_INPUT"])


async def test_what_a_variable_may_not_be_is_told_before_anything_runs(api: Api, community: Community) -> None:
    await settled(community)
    before = await everything(api)
    server = api.token("server", "server")
    item = {"fan": community.id("bob"), "creator": community.creator("ada"), "kind": "reaction"}
    for changes in ({"quantity": True}, {"quantity": 1.5}, {"quantity": "1e3"}, {"quantity": "\u0661"}, {"at": "soon"}):
        variables = {"input": {"items": [{**item, **changes}], "idempotencyKey": "k"}}
        answer = await api.ask("record_interactions", variables, server)
        assert (answer.data, answer.codes) == (None, ["BAD_REQUEST"]), changes
        assert ".items[0]." in answer.errors[0]["message"]
    for as_of in ("2026-13-01", "yesterday", 1):
        answer = await api.ask("bond", {"fan": item["fan"], "creator": item["creator"], "asOf": as_of})
        assert (answer.data, answer.codes) == (None, ["BAD_REQUEST"]), as_of
    assert await everything(api) == before


async def test_a_server_of_the_past_takes_no_changes(migrated: Stack) -> None:
    async with serving(migrated) as api:
        community = Community(api, {})
        await settled(community)
    async with serving(migrated, Time(stopped=True)) as past:
        community = Community(past, community.numbers)
        before = await everything(past)
        inputs: list[dict[str, Any]] = [
            {"handle": "new"},
            {"account": community.id("ada")},
            {"account": community.id("ada")},
            {"items": [], "idempotencyKey": "k"},
        ]
        for name, given in zip(WRITES, inputs, strict=True):
            for token in (community.token("ada", "server"), None):
                (answer,) = (await past.query(name, {"input": given}, token)).values()
                assert (answer["__typename"], answer["code"]) == ("ReadOnlyProblem", "READ_ONLY")
        assert await everything(past) == before
        data = await past.query("account_followers", {"handle": "ada"})
        assert [edge["node"]["handle"] for edge in data["account"]["followers"]["edges"]] == ["bob"]
