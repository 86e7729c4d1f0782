"""The page for front-end developers against a running application: its examples, its codes, its limits."""

import json
import re
from pathlib import Path
from random import Random
from typing import Any

from planet_graph.errors import Refusal
from planet_graph.services import claims, interactions
from planet_graph.web import tokens
from planet_graph.web.parts import migrate_all
from planet_graph.web.view import RequestLimits
from schema import limits
from tests.api.communities import Act, Community
from tests.api.conftest import serving, settings_of
from tests.conftest import Stack

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "api.md").read_text()
EXAMPLES = re.findall(
    r"^```graphql ?(\w*)\n(.*?)^```\n```json\n(.*?)^```(?:\n```json errors\n(.*?)^```)?", PAGE, re.MULTILINE | re.DOTALL
)
CODE = r"[A-Z]+(?:_[A-Z]+)*"


def text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def alike(told: str, found: Any) -> bool:
    """Say whether an answer is as told; `…` stands for any text."""
    pattern = re.escape(text(json.loads(told))).replace('"…"', '"[^"]+"')
    return re.fullmatch(pattern, text(found)) is not None


def table(header: str) -> list[list[str]]:
    """The cells of the table whose first column has this header."""
    rows = PAGE.split(f"\n| {header} |", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]


def codes(header: str) -> list[str]:
    return [code for cells in table(header) for code in re.findall(rf"`({CODE})`", cells[0])]


async def test_every_example_answers_what_is_told(stack: Stack) -> None:
    await migrate_all(settings_of(stack), Random(1))
    async with serving(stack) as api:
        community = Community(api, {})
        await community.join("ada", "eve", "bob", "cyd", creators=["ada", "eve"])
        await community.follow([("bob", "ada"), ("cyd", "ada")])
        await community.record([Act("bob", "ada", "reaction", 3), Act("cyd", "ada"), Act("cyd", "eve")])
        who = {
            "fan": community.token("bob"),
            "newcomer": api.token("dan"),
            "server": api.token("backend", "server"),
            "": None,
        }
        variables = {
            "account": community.id("eve"),
            "me": community.id("bob"),
            "fan": community.id("bob"),
            "creator": community.creator("ada"),
        }
        for name, document, told, errors in EXAMPLES:
            used = {key: value for key, value in variables.items() if f"${key}:" in document}
            answer = await api.text(document, used, who[name])
            assert alike(told, answer.data), (told, text(answer.body))
            assert answer.codes == json.loads(errors or "[]"), answer.body
            if token := re.search(r'"token": "([^"]+)"', text(answer.data)):
                variables["token"] = token[1]


def test_every_block_is_an_example() -> None:
    assert len(EXAMPLES) == PAGE.count("```graphql") == 10


def test_every_code_is_told() -> None:
    # An import's refusal is a command's: it is there only where another test has loaded it, and never a Problem.
    refusals = [refusal for refusal in Refusal.__subclasses__() if refusal.__module__.startswith(Refusal.__module__)]
    assert sorted(codes("problem")) == sorted(refusal.code for refusal in refusals)
    source = "".join(Path(str(module.__file__)).read_text() for module in (interactions, claims))
    assert set(codes("ignored item")) == {"INVALID_ID", *re.findall(rf'(?:ignored|cut)\(\s*"({CODE})"', source)}
    sources = [*(ROOT / "schema").glob("*.py"), *(ROOT / "planet_graph" / "web").glob("*.py")]
    used = {
        code
        for path in sources
        for code in re.findall(r'"((?:BAD|TOO|UNA|INTERNAL)[A-Z]*(?:_[A-Z]+)+|UN[A-Z]{8,}|TIMEOUT)"', path.read_text())
    }
    assert set(codes("error")) == used
    assert len(codes("error")) == len(used)


def test_every_limit_is_the_one_that_holds() -> None:
    held = RequestLimits()
    told = [int(cells[2].replace(",", "")) for cells in table("of one")]
    assert told == [
        held.body_bytes,
        held.body_seconds,
        held.operation_seconds,
        tokens.MAX_LENGTH,
        limits.MAX_TOKENS,
        limits.MAX_DEPTH,
        limits.MAX_ALIASES,
        limits.MAX_FIELDS,
        limits.MAX_COST,
        limits.MAX_FIRST,
    ]
    assert limits.MAX_FIRST == interactions.MAX_ITEMS
    assert f"1 to {limits.MAX_FIRST} and {limits.DEFAULT_FIRST} if you leave it out" in PAGE
    assert f"not 1 to {interactions.MAX_KEY} characters" in PAGE
