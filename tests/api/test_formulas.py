"""The formulas in words, held to what they are said to compute."""

import math
from collections import defaultdict
from fractions import Fraction
from typing import Any

import pytest

from planet_graph.scoring import groups
from planet_graph.scoring.formulas import FORMULAS
from planet_graph.scoring.kinds import KINDS
from tests.api.clients import Api
from tests.api.communities import Act, Community

ACTS = [("reaction", 3, 0), ("dwell", 77, 0), ("tip", 450, 12), ("reply", 2, 400), ("component_opened", 1, 12)]


async def formula(api: Api, surface: str) -> tuple[dict[str, Any], dict[str, float]]:
    found = (await api.query("ranking_formula", {"surface": surface}))["rankingFormula"]
    assert found["surface"] == surface
    return found, {constant["name"]: float(Fraction(constant["value"])) for constant in found["constants"]}


def values(constants: dict[str, float]) -> dict[int, float]:
    """Days ago -> value, as the text says."""
    efforts: defaultdict[int, float] = defaultdict(float)
    for kind, quantity, days_ago in ACTS:
        efforts[days_ago] += quantity * constants[f"effort.{kind}"]
    return {days_ago: math.log2(1 + effort) for days_ago, effort in efforts.items()}


async def test_the_text_and_its_numbers_give_what_the_api_shows(api: Api, community: Community) -> None:
    await community.join("ada", "bob", creators=["ada"])
    await community.record([Act("bob", "ada", kind, quantity, days_ago) for kind, quantity, days_ago in ACTS])

    bond, numbers = await formula(api, "BOND")
    w = sum(value * 2 ** (-ago / numbers["halfLife"]) for ago, value in values(numbers).items())
    shown = (await api.query("bond", {"fan": community.id("bob"), "creator": community.creator("ada")}))["bond"]
    assert shown["strength"] == f"{100 * w / (w + numbers['kappa']):.6f}"
    assert bond["version"] == shown["formulaVersion"]

    popular, numbers = await formula(api, "POPULAR_CREATORS")
    e = math.sqrt(sum(value * 2 ** (-ago / numbers["recentHalfLife"]) for ago, value in values(numbers).items()))
    (edge,) = (await api.query("popular_creators"))["popularCreators"]["edges"]
    assert edge["explanation"]["score"] == f"{100 * e / (e + numbers['kappa']):.6f}"
    assert popular["version"] == edge["explanation"]["formulaVersion"]

    (fan,) = (await api.query("creator_page", {"handle": "ada"}))["creator"]["topFans"]["edges"]
    for surface in ("TOP_FANS", "STRONGEST_BONDS"):
        ranked, constants = await formula(api, surface)
        assert ranked["version"] == fan["explanation"]["formulaVersion"]
        assert constants == (await formula(api, "BOND"))[1]


@pytest.mark.parametrize("surface", FORMULAS)
async def test_every_number_is_in_the_text_and_every_kind_among_the_numbers(embedded_api: Api, surface: str) -> None:
    found, constants = await formula(embedded_api, surface)
    kinds = groups.ACTS if surface == "HOT_GROUPS" else KINDS
    assert {name for name in constants if "." in name} == {f"effort.{kind}" for kind in kinds}
    assert all(name in found["text"] for name in constants if "." not in name)
    assert "effort.<kind>" in found["text"]


async def test_another_surface_is_refused(embedded_api: Api) -> None:
    assert (await embedded_api.ask("ranking_formula", {"surface": "LUCK"})).codes == ["BAD_REQUEST"]
