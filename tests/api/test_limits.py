"""What one document may ask, and that refusing it is cheap."""

import asyncio
import itertools
import time
from typing import Any

import pytest

from schema.limits import MAX_ALIASES, MAX_COST, MAX_DEPTH, MAX_FIELDS, MAX_TOKENS
from tests.api.clients import Answer, Api, operation
from tests.api.communities import Act, Community

NUMBERS = itertools.count()
PAGE = 'account(handle: "ada") { followers(first: %d) { edges { node { %s } } } }'


def bomb(n: int) -> str:
    """A chain of fragments, each spread twice: 2^n fields written in n lines."""
    chain = " ".join(f"fragment F{i} on Query {{ ...F{i + 1} ...F{i + 1} }}" for i in range(n))
    return f"{{ ...F0 }} {chain} fragment F{n} on Query {{ viewer {{ roles }} }}"


def nested(depth: int) -> str:
    """A document whose fields lie `depth` deep: accounts and creators in turn, and a handle at last."""
    chain = [("account", "creator")[left % 2] for left in reversed(range(depth - 1))]
    return f'{{ {chain[0]}(handle: "ada") {{ ' + " { ".join([*chain[1:], "handle"]) + " }" * depth


def fields(count: int) -> str:
    """A document of so many fields, in few groups: comparing a field with all its namesakes takes its square.

    It is a new one each time, so that no cache knows it.
    """
    groups = [" roles" * min(300, count - begin - 1) for begin in range(0, count - 1, 301)]
    return f"query Q{next(NUMBERS)} {{" + " ".join(f"a{i}: viewer {{{group}}}" for i, group in enumerate(groups)) + "}"


HOSTILE: dict[str, tuple[str, str]] = {
    "6,000 aliases": ("{" + " ".join(f"a{i}:viewer{{roles}}" for i in range(6_000)) + "}", "BAD_REQUEST"),
    "a few aliases too many": (
        "{" + " ".join(f"a{i}:viewer{{roles}}" for i in range(MAX_ALIASES + 1)) + "}",
        "TOO_MANY_ALIASES",
    ),
    "30,000 fields": ("{ viewer {" + "\nx" * 30_000 + "} }", "BAD_REQUEST"),
    "a few fields too many": (fields(MAX_FIELDS + 1), "TOO_MANY_FIELDS"),
    "one field time and again": ("{ viewer {" + " roles" * (MAX_FIELDS - 20) + "} }", "TOO_COMPLEX"),
    "20,000 directives": ("{ viewer " + "@a" * 20_000 + " { roles } }", "BAD_REQUEST"),
    "40,000 comments": ("#\n" * 40_000 + "{ viewer { roles } }", "BAD_REQUEST"),
    "3,000 inline fragments in each other": (
        "{ viewer" + " { ... on Viewer" * 3_000 + " { roles }" + " }" * 3_000 + " }",
        "BAD_REQUEST",
    ),
    "600 inline fragments in each other": (
        "{ viewer" + " { ..." * 600 + " { roles }" + " }" * 600 + " }",
        "BAD_REQUEST",
    ),
    "a long literal": ('{ node(id: "' + "x" * 120_000 + '") { id } }', "BAD_USER_INPUT"),
    "a list in a list and so on": ("{ nodes(ids: " + "[" * 900 + "]" * 900 + ") { id } }", "BAD_REQUEST"),
    "a number of 5,000 digits": ("{ popularCreators(first: " + "9" * 5_000 + ") { edges { cursor } } }", "BAD_REQUEST"),
    "fragments in a circle": (
        "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A viewer { roles } }",
        "BAD_REQUEST",
    ),
    "too deep": (nested(MAX_DEPTH + 1), "TOO_DEEP"),
    "introspection in a circle": (
        "{ __schema { types " + "{ fields { type " * 9 + "{ name }" + " } }" * 9 + " } }",
        "TOO_DEEP",
    ),
    **{f"a fragment bomb of {n}": (bomb(n), "TOO_MANY_FIELDS") for n in range(10, 61, 10)},
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_document_is_refused_by_name_and_cheaply(embedded_api: Api, name: str) -> None:
    document, code = HOSTILE[name]

    async def seconds(query: str) -> tuple[float, Answer]:
        begin = time.perf_counter()
        answer = await embedded_api.text(query)
        return time.perf_counter() - begin, answer

    # The yardstick: the widest document that is allowed
    allowed: list[float] = []
    refused: list[float] = []
    for _ in range(3):
        spent, answer = await seconds(fields(MAX_FIELDS))
        assert answer.errors == []
        allowed.append(spent)
        spent, answer = await seconds(f"{document} # {next(NUMBERS)}")
        assert answer.codes[0] == code, answer.body
        assert answer.data is None or code == "BAD_USER_INPUT"
        assert len(answer.errors) <= 20
        assert len(str(answer.body)) < 5_000
        refused.append(spent)
    assert min(refused) < 10 * min(allowed), (refused, allowed)


async def test_a_refusal_names_the_limit_and_what_to_do(embedded_api: Api) -> None:
    for document, message in (
        (nested(MAX_DEPTH + 1), f"depth 16, more than {MAX_DEPTH}; nest less"),
        (HOSTILE["a few aliases too many"][0], f"aliases 51, more than {MAX_ALIASES}; split it"),
        (HOSTILE["a few fields too many"][0], f"fields 1001, more than {MAX_FIELDS}; split it"),
        ("{" + PAGE % (100, PAGE_IN_PAGE) + "}", f"more than {MAX_COST}; ask for smaller pages (`first`)"),
        (HOSTILE["one field time and again"][0], "Validating the document takes too long"),
        ("{" + " viewer{roles}" * MAX_TOKENS + "}", f"more than {MAX_TOKENS} tokens"),
    ):
        answer = await embedded_api.text(document)
        assert message in answer.errors[0]["message"], answer.body
        assert answer.data is None


PAGE_IN_PAGE = "followers(first: 100) { edges { node { handle } } }"


@pytest.mark.parametrize(
    ("document", "variables", "cost"),
    [
        ("{ viewer { account { handle } } }", {}, 2),
        ("{" + PAGE % (7, "handle") + "}", {}, 2 + 7 * 2),
        ("{" + PAGE % (7, "handle followerCount viewerRelationship { follows }") + "}", {}, 2 + 7 * 4),
        ('{ account(handle: "ada") { followers { edges { cursor } } } }', {}, 2 + 20),
        ('{ account(handle: "ada") { followers(first: 5) { pageInfo { endCursor } } } }', {}, 3),
        ("query($n: Int!) {" + (PAGE % (7, "handle")).replace("7", "$n") + "}", {"n": 50}, 2 + 50 * 2),
        ("query($n: Int! = 9) {" + (PAGE % (7, "handle")).replace("7", "$n") + "}", {}, 2 + 9 * 2),
        ('{ accounts(handles: ["ada", "bob", "cyd"]) { handle followingCount } }', {}, 3 * 2),
        ("query($h: [String!]!) { accounts(handles: $h) { handle } }", {"h": ["ada"] * 40}, 40),
        ("query($i: [ID!]!) { nodes(ids: $i) { id } }", {"i": ["QWNjb3VudDox"]}, 1),
        (
            "{ popularCreators(first: 10) { edges { node { topFans(first: 10) { edges { node { handle } } } } } } }",
            {},
            1 + 10 * (2 + 1 + 10 * 2),
        ),
        ("{ ...F ...F } fragment F on Query { popularCreators(first: 3) { ...G } } "
         "fragment G on PopularCreatorConnection { edges { ... { cursor fanCount } } }", {}, 2 * (1 + 3)),
    ],
)  # fmt: skip
async def test_an_operation_costs_what_its_variables_ask_for(
    embedded_api: Api, document: str, variables: dict[str, Any], cost: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("schema.limits.MAX_COST", cost)
    assert "TOO_COSTLY" not in (await embedded_api.text(document, variables)).codes
    monkeypatch.setattr("schema.limits.MAX_COST", cost - 1)
    answer = await embedded_api.text(document, variables)
    assert answer.codes == ["TOO_COSTLY"]
    assert f"cost {cost}, more than {cost - 1}" in answer.errors[0]["message"]


async def test_only_the_operation_that_runs_is_weighed(embedded_api: Api) -> None:
    dear = "query Dear {" + PAGE % (100, PAGE_IN_PAGE) + "}"
    both = {"query": dear + " query Cheap { viewer { roles } }"}
    assert (await embedded_api.send({**both, "operationName": "Cheap"})).errors == []
    assert (await embedded_api.send({**both, "operationName": "Dear"})).codes == ["TOO_COSTLY"]


async def test_committed_operations_fit_with_their_largest_pages(embedded_api: Api) -> None:
    for name in ("account_page", "creator_page", "popular_creators", "strongest_bonds"):
        answer = await embedded_api.ask(name, {"handle": "ada", "first": 100})
        assert "TOO_COSTLY" not in answer.codes
    answer = await embedded_api.text(operation("accounts"), {"handles": [f"p{i}" for i in range(100)]})
    assert answer.errors == []


async def test_the_loop_stays_free_while_hostile_documents_come(embedded_api: Api) -> None:
    """Refusing holds nobody up much longer than answering does."""
    await Community(embedded_api, {}).join("ada")

    async def waits(document: str) -> float:
        longest = 0.0
        sending = asyncio.ensure_future(embedded_api.text(document))
        while not sending.done():
            begin = time.perf_counter()
            await asyncio.sleep(0)
            longest = max(longest, time.perf_counter() - begin)
        await sending
        return longest

    free = min([await waits(fields(MAX_FIELDS)) for _ in range(3)])
    held = min([await waits(f"{HOSTILE['6,000 aliases'][0]} # {next(NUMBERS)}") for _ in range(3)])
    assert held < 10 * free


async def test_everything_that_may_be_asked_at_once_is_answered(embedded_api: Api) -> None:
    community = Community(embedded_api, {})
    await community.join("ada", "bob", creators=["ada"])
    await community.record([Act("bob", "ada")])
    aliases = " ".join(f'a{i}: account(handle: "bob") {{ handle }}' for i in range(MAX_ALIASES))
    answer = await embedded_api.text("{" + aliases + "}")
    assert (answer.errors, len(answer.data)) == ([], MAX_ALIASES)
    deep = await embedded_api.text(nested(MAX_DEPTH))
    assert deep.errors == []
    wide = await embedded_api.text(fields(MAX_FIELDS), token=community.token("ada"))
    assert (wide.errors, wide.data["a0"]) == ([], {"roles": []})
