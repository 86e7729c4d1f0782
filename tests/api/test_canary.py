"""One person with unlike texts, who does everything that can be done, is erased, and is looked for everywhere."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from planet_graph import ids
from planet_graph.database import UnitOfWork
from planet_graph.ingest.run import Means, Order, import_folder
from planet_graph.ingest.summary import Summary
from planet_graph.models.accounts import Identity
from planet_graph.models.metadata import METADATA
from planet_graph.models.personal import IMPERSONAL
from planet_graph.outbox import dispatch
from planet_graph.outbox.check import check
from planet_graph.web.tokens import ISSUER
from tests.api import searching
from tests.api.clients import NOW_US, Api
from tests.api.conftest import serving
from tests.api.searching import Search
from tests.conftest import Stack
from tests.planet_graph.ingest.homes import Town, write

AT_S = NOW_US // 1_000_000
OUTSIDE = "outside-canary-5d1"
SUBJECT = "subject-canary-2b7"
PROFILE = {
    "handle": "canary_handle_c",
    "displayName": "Canary Name Eight",
    "bio": "bio of the canary, nine",
    "avatarUrl": "https://canary.example/ten.png",
    "links": [{"label": "canary link eleven", "url": "https://canary.example/twelve"}],
}
SAID = ("post of the canary, thirteen", "title of the canary, fourteen", "canary.example/fifteen", "CANARYX")
"""What the canary publishes."""

TEXTS = (
    *SAID,
    OUTSIDE,
    SUBJECT,
    "canary_handle_a",
    "Canary Imported Name",
    "canary-key",
    "canary_handle_c",
    *("reason of the canary", "words of the canary", "said by the canary"),
    *("Canary Name Eight", "bio of the canary, nine", "canary.example/ten", "link eleven", "canary.example/twelve"),
)
OTHERS = tuple(f"o{number}" for number in range(8))

TOWN: Town = {
    "accounts": [
        (OUTSIDE, "canary_handle_a", "Canary Imported Name", AT_S - 900, "verified", 1),
        *((other, f"other_{other}", "", AT_S - 900, "verified", int(place < 3)) for place, other in enumerate(OTHERS)),
    ],
    "follows": [
        *((OUTSIDE, other, AT_S - 800) for other in OTHERS[:3]),
        *((other, OUTSIDE, AT_S - 700) for other in OTHERS[:4]),
        (OUTSIDE, OUTSIDE, AT_S - 600),
        ("o4", "o0", AT_S - 500),
    ],
    "blocks": [(OUTSIDE, "o6", AT_S - 450), ("o7", OUTSIDE, AT_S - 450), ("o5", "o4", AT_S - 450)],
    "activity": [
        *((OUTSIDE, other, "reply", AT_S - 400, "", 3) for other in OTHERS[:3]),
        *((other, OUTSIDE, "tip", AT_S - 300, "p1", 5) for other in OTHERS[1:5]),
        (OUTSIDE, "o0", "no such kind", AT_S - 200, "", 1),
        ("o4", "o0", "reaction", AT_S - 100, "", 1),
    ],
}


async def imported(api: Api, folder: Path) -> Summary:
    parts = api.parts
    imports = parts.settings.home / "imports"
    means = Means(parts.database, imports, parts.clock.wall_us, parts.random, name_key=parts.services.name_key)
    summary = await import_folder(means, Order(folder, "town", NOW_US))
    await dispatch.drain(parts.outbox)
    return summary


async def number_of(api: Api, handle: str) -> int:
    data = await api.query("account_page", {"handle": handle})
    return ids.from_global(data["account"]["id"], ["Account"])[1]


async def identify(api: Api, number: int, subject: str) -> None:
    async def work(unit: UnitOfWork) -> None:
        unit.session.add(Identity(issuer=ISSUER, subject=subject, account_id=number))

    await api.parts.database.write(work)


async def acted(api: Api, name: str, given: Mapping[str, Any], token: str) -> Any:
    (answer,) = (await api.query(name, {"input": given}, token)).values()
    assert answer["__typename"].endswith("Done"), answer
    return answer


async def sit_in_groups(api: Api, mine: str, groups: Mapping[str, str], account: Mapping[str, str]) -> None:
    """Let the canary join, leave, ask, invite and ban, and be banned."""
    own, others, door, shut = ({"group": groups[slug]} for slug in ("own", "others", "door", "shut"))
    me = (await api.query("viewer", {}, mine))["viewer"]["account"]["id"]
    done: list[tuple[str, Mapping[str, Any], str]] = [
        *((name, others, mine) for name in ("join_group", "leave_group", "join_group")),
        ("join_group", door, mine),
        ("create_invite", own, mine),
        ("ban_member", {**own, "account": account["o5"], "reason": "reason of the canary, thirteen"}, mine),
        ("ban_member", {**shut, "account": me}, api.token("o2")),
        ("update_group", {**own, "description": "words of the canary, fourteen"}, mine),
        ("send_message", {**others, "body": "said by the canary, fifteen"}, mine),
        ("send_message", {**others, "body": "Hi @canary_handle_c"}, api.token("o0")),
    ]
    for name, given, token in done:
        api.time.now_us += 1_000_000
        answer = await acted(api, name, given, token)
        if name == "send_message":
            await acted(api, "mark_read", {"message": answer["groupMessage"]["id"]}, mine)


async def live_fully(api: Api) -> int:
    """Let the canary, whom an import made, do all that the product knows, and others with it."""
    canary = await number_of(api, "canary_handle_a")
    numbers = {other: await number_of(api, f"other_{other}") for other in OTHERS}
    await identify(api, canary, SUBJECT)
    for other, number in numbers.items():
        await identify(api, number, other)
    mine, account = api.token(SUBJECT, "server"), {o: ids.to_global("Account", n) for o, n in numbers.items()}
    me = ids.to_global("Account", canary)
    done: list[tuple[str, Mapping[str, Any], str]] = [
        ("update_profile", PROFILE, mine),
        ("unfollow", {"account": account["o0"]}, mine),
        ("follow", {"account": account["o5"]}, mine),
        ("remove_follower", {"account": account["o3"]}, mine),
        ("follow", {"account": me}, api.token("o5")),
        ("block", {"account": account["o4"]}, mine),
        ("mute", {"account": account["o2"]}, mine),
        ("block", {"account": me}, api.token("o1")),
        ("mute", {"account": me}, api.token("o0")),
        ("create_group", {"slug": "own"}, mine),
        ("create_group", {"slug": "others"}, api.token("o0")),
        ("create_group", {"slug": "door", "byApproval": True}, api.token("o0")),
        ("create_group", {"slug": "shut"}, api.token("o2")),
        ("mark_notifications_read", {"until": "2026-09-21T12:00:00Z"}, mine),
        ("set_notification_preference", {"kind": "BAN", "enabled": False}, mine),
        (
            "record_interactions",
            {
                "items": [{"fan": me, "creator": ids.to_global("Creator", numbers["o0"]), "kind": "reaction"}],
                "idempotencyKey": "canary-key",
            },
            mine,
        ),
    ]
    groups: dict[str, str] = {}
    for name, given, token in done:
        answer = await acted(api, name, given, token)
        if name == "create_group":
            groups[answer["group"]["slug"]] = answer["group"]["id"]
    await sit_in_groups(api, mine, groups, account)
    await write_fully(api, mine)
    await dispatch.drain(api.parts.outbox)
    return canary


async def write_fully(api: Api, mine: str) -> None:
    """Let the canary publish, and others do something with it and it with others."""

    async def done(name: str, token: str, **given: Any) -> Any:
        (answer,) = (await api.query(name, {"input": given}, token)).values()
        assert answer["__typename"].endswith("Done"), answer
        return answer

    friend = api.token("o0")
    title = {"title": SAID[1], "coverUrl": f"https://{SAID[2]}"}
    theirs = (await done("create_post", friend, body="hello @canary_handle_c", idempotencyKey="o"))["post"]["id"]
    short = (await done("create_post", mine, body=f"{SAID[0]} ${SAID[3]} @other_o0"))["post"]["id"]
    await done("create_post", mine, body=SAID[0], article=title, idempotencyKey="canary-key two")
    await done("edit_post", mine, post=short, revision=1, body=f"edited {SAID[0]} ${SAID[3]} @other_o0")
    await done("edit_post", friend, post=theirs, revision=1, body="goodbye @canary_handle_c")
    await done("reply", friend, post=short, body="a reply to @canary_handle_c")
    await done("reply", mine, post=theirs, body=SAID[0])
    await done("repost", mine, post=theirs)
    await done("repost", mine, post=theirs, comment=SAID[0])
    await done("bookmark", mine, post=theirs)
    await done("save_draft", mine, body=SAID[0], article=title, idempotencyKey="canary-key four")
    given = {"draft": (await done("save_draft", mine, body=SAID[0], inReplyTo=theirs))["draft"]["id"]}
    await done("schedule_draft", mine, **given, at="2027-01-01T00:00:00Z")
    await done("publish_draft", mine, draft=(await done("save_draft", mine, body=SAID[0]))["draft"]["id"])
    own = api.token(SUBJECT)
    shown = (await api.query("post", {"id": theirs}, own))["node"]["impressionToken"]
    seen = {"kind": "seen", "impressionToken": shown}
    await done("record_interactions", own, items=[seen], idempotencyKey="canary-key three")
    await done("react", friend, subject=short)
    await done("react", mine, subject=theirs)


async def searched(stack: Stack, api: Api, wanted: tuple[str, ...], folder: Path) -> Search:
    search = Search(wanted)
    await searching.live(search, stack, api.parts)
    await searching.exports(search, api.parts, folder, (None, "town"))
    return search


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return write(tmp_path / "town", TOWN)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


async def assert_gone(stack: Stack, api: Api, canary: int, folder: Path) -> Search:
    """No text of the canary is anywhere; its number stands where only numbers stand, so that it is never reused."""
    search = await searched(stack, api, TEXTS, folder)
    assert search.found == {}
    named = tuple(ids.to_global(kind, canary) for kind in ("Account", "Creator"))
    numbers = await searched(stack, api, (str(canary), *named), folder)
    assert numbers.holders() <= {"table log", "table erased_accounts"}
    return search


async def test_nothing_is_left_of_an_erased_account(migrated: Stack, out: Path, town: Path) -> None:
    stack = migrated
    async with serving(stack) as api:
        await imported(api, town)
        canary = await live_fully(api)
        before = await searched(stack, api, (*TEXTS, str(canary)), out)
        print("found before:", *(f"\n  {text}: {', '.join(sorted(p))}" for text, p in sorted(before.found.items())))
        # What the import called it was replaced by what it calls itself.
        assert set(before.found) == {*TEXTS, str(canary)} - {"canary_handle_a", "Canary Imported Name"}
        tables = {place.removeprefix("table ") for place in before.holders() if place.startswith("table ")}
        assert tables == set(METADATA.tables) - {"dispatcher", "erased_accounts", "erased_names"}, "a noun lacks it"
        given = {"account": ids.to_global("Account", canary), "confirmation": "canary_handle_c"}
        (answer,) = (await api.query("erase_account", {"input": given}, api.token(SUBJECT))).values()
        assert answer.pop("token")
        assert answer == {
            "__typename": "EraseAccountDone",
            "viewer": {"account": None},
            "complete": True,
            "applied": True,
        }
        assert [found async for batch in check(api.parts.outbox) for found in batch] == []
        after = await assert_gone(stack, api, canary, out)
        summary = await imported(api, town)
        assert {name: (rows["rows"], rows["taken"], rows["erased"]) for name, rows in summary.files.items()} == {
            "accounts": (9, 8, 1),
            "follows": (9, 1, 7),
            "blocks": (3, 1, 2),
            "activity": (9, 1, 7),
        }
        assert [found async for batch in check(api.parts.outbox) for found in batch] == []
        await assert_gone(stack, api, canary, out)
    searching.files(after, stack.home)
    assert after.found == {}
    print(len(after.places), "places searched:", *(f"\n  {place}" for place in after.places))
    assert set(IMPERSONAL) <= set(METADATA.tables)
