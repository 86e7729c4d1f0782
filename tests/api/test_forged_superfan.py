"""A script that claims everything it can, as often as it can, against one that reads like a person.

Both are fans of the same creator for 30 days. The script asks for fresh tokens all day long, and claims every kind
for every post, as much as can count, four times a day; the person opens the page once a day, reads for ten minutes,
reacts and replies.
"""

from itertools import count
from typing import Any

import pytest

from tests.api.clients import Api
from tests.api.communities import Community
from tests.api.test_posts import act, publish

DAYS = 30
POSTS = 5
SECOND_US = 1_000_000
DAY_S = 86_400
ROUNDS = 4
LONGEST = 600
"""More of a post and day does not count, and takes time that another post could have."""
KINDS = ("seen", "click", "component_opened")
KEYS = count()


async def tokens(community: Community, who: str) -> list[str]:
    """What a look at the creator's posts gives."""
    page = await community.api.query("creator_posts", {"handle": "ada", "first": 100}, community.token(who))
    return [edge["node"]["impressionToken"] for edge in page["creator"]["posts"]["edges"]]


async def claim(community: Community, who: str, items: list[dict[str, Any]]) -> int:
    done = await act(community, "record_interactions", who, items=items, idempotencyKey=str(next(KEYS)))
    return sum(one["accepted"] for one in done["outcomes"])


async def forge(community: Community) -> tuple[int, int]:
    """Claim all that can be claimed of a day; return how many claims were made, and how many counted."""
    made = counted = 0
    for _ in range(ROUNDS):
        given = await tokens(community, "script")
        community.api.time.wall_us += DAY_S // ROUNDS * SECOND_US
        for token in given:
            items = [{"kind": kind, "impressionToken": token} for kind in KINDS for _ in range(10)]
            items += [{"kind": "reaction", "impressionToken": token, "quantity": 1_000}, {"kind": "tip", "quantity": 9}]
            items += [{"kind": "dwell", "quantity": LONGEST, "impressionToken": token}] * 2
            made, counted = made + len(items), counted + await claim(community, "script", items)
    return made, counted


async def read(community: Community, post: str) -> None:
    given = await tokens(community, "person")
    community.api.time.wall_us += 600 * SECOND_US
    items = [{"kind": "dwell", "quantity": 120, "impressionToken": token} for token in given]
    await claim(community, "person", items)
    await act(community, "react", "person", subject=post)
    await act(community, "reply", "person", post=post, body="thank you")


async def bond(community: Community, fan: str) -> Any:
    pair = {"fan": community.id(fan), "creator": community.creator("ada")}
    return (await community.api.query("bond", pair, community.token(fan)))["bond"]


@pytest.mark.parametrize("stack", ["embedded"], indirect=True)
async def test_what_a_script_gains(api: Api, community: Community) -> None:
    await community.join("ada", "script", "person", creators=["ada"])
    posts = [await publish(community, "ada", f"post {number}") for number in range(POSTS)]
    made = counted = 0
    for day in range(DAYS):
        api.time.pass_days(1)
        api.time.wall_us = max(api.time.wall_us, api.time.now_us)
        found = await forge(community)
        made, counted = made + found[0], counted + found[1]
        await read(community, posts[day % POSTS])
    script, person = await bond(community, "script"), await bond(community, "person")
    print(f"of {made} claims {counted} counted; script {script['strength']}, person {person['strength']}")
    print({kind["kind"]: (kind["quantity"], kind["points"]) for kind in script["kinds"]})
    quantities = {kind["kind"]: int(kind["quantity"]) for kind in script["kinds"]}
    # Each post counts once a day, and ten minutes of it, whatever is claimed.
    assert quantities == {
        "dwell": DAYS * POSTS * LONGEST,
        "click": DAYS * POSTS,
        "component_opened": DAYS * POSTS,
    }
    assert counted == DAYS * POSTS * (len(KINDS) + 1)
    # log2(1 + 25 + 1.25 + 5) a day, whatever else is claimed: what reading every post for ten minutes is worth.
    assert (script["strength"], person["strength"]) == ("42.242167", "30.645755")
