"""What `groupEvents` says: what a fresh look at the group would show, and nothing to strangers."""

from collections.abc import Mapping
from random import Random
from typing import Any

import pytest

from tests.api.acting import act, done
from tests.api.communities import Community
from tests.api.live.clients import Ended, Transport
from tests.api.live.watching import watching

SEED = 20_261
STEPS = 40
TRANSPORTS = pytest.mark.parametrize("transport", ["socket", "events"])


@pytest.fixture
async def room(community: Community) -> Community:
    """Ada's public room with bob and cyd, and her club by approval with bob; eve is a stranger to both."""
    await community.join("ada", "bob", "cyd", "eve", creators=["ada"])
    await community.gather("room", "ada", ["bob", "cyd"])
    await community.gather("club", "ada", ["bob"], by_approval=True)
    return community


async def say(community: Community, who: str, body: str, slug: str = "room") -> str:
    answer = await done(community, "send_message", who, group=community.groups[slug], body=body)
    return answer["groupMessage"]["id"]


@TRANSPORTS
async def test_a_group_is_sent_then_what_changes_in_it(room: Community, transport: Transport) -> None:
    group = room.groups["room"]
    old = await say(room, "bob", "Morning.")
    async with watching(room.api, "groupEvents", room.token("cyd"), transport, group=group) as sub:
        present = await sub.message()
        assert (present["__typename"], present["complete"]) == ("GroupSnapshot", True)
        assert [said["body"] for said in present["newest"]] == ["Morning."]
        assert (present["group"]["memberCount"], present["group"]["viewerMembership"]) == (3, {"role": "MEMBER"})

        new = await say(room, "ada", "Hello.")
        said = [await sub.change()]
        await done(room, "react", "bob", subject=new)
        said.append(await sub.change())
        await done(room, "edit_message", "bob", message=old, body="Good morning.")
        said.append(await sub.change())
        await done(room, "delete_message", "ada", message=old)
        said.append(await sub.change())
        texts = [
            one["groupMessage"] and (one["groupMessage"]["body"], one["groupMessage"]["reactionCount"]) for one in said
        ]
        assert list(zip([one["messageId"] for one in said], texts, strict=True)) == [
            (new, ("Hello.", "0")),
            (new, ("Hello.", "1")),
            (old, ("Good morning.", "0")),
            (old, None),
        ]

        await done(room, "join_group", "eve", group=group)
        assert (await sub.change())["group"]["memberCount"] == 4
        await done(room, "update_group", "ada", group=group, announcement="Be kind.")
        assert (await sub.change())["group"]["announcement"] == "Be kind."
        await done(room, "set_member_role", "ada", group=group, account=room.id("bob"), role="MODERATOR")
        await done(room, "set_member_role", "ada", group=group, account=room.id("cyd"), role="ADMIN")
        # That bob is a moderator now is nothing that this group tells cyd
        assert (await sub.change())["group"]["viewerMembership"] == {"role": "ADMIN"}
        await done(room, "ban_member", "ada", group=group, account=room.id("cyd"))
        change = (await sub.change())["group"]
        assert (change["viewerMembership"], change["memberCount"]) == (None, 3)


async def test_what_a_group_by_approval_says_ends_for_who_leaves(room: Community) -> None:
    group = room.groups["club"]
    async with watching(room.api, "groupEvents", room.token("eve"), group=group) as sub:
        with pytest.raises(Ended):
            await sub.message()
    async with watching(room.api, "groupEvents", room.token("bob"), group=group) as sub:
        await sub.message()
        await say(room, "ada", "Hush.", "club")
        assert (await sub.change())["groupMessage"]["body"] == "Hush."
        after = sub.cursor
        await done(room, "remove_member", "ada", group=group, account=room.id("bob"))
        await say(room, "ada", "He is gone.", "club")
        with pytest.raises(Ended):
            await sub.change()
    async with watching(room.api, "groupEvents", room.token("bob"), after=after, group=group) as sub:
        with pytest.raises(Ended):
            await sub.change()


async def test_whom_a_block_hides_says_nothing(room: Community) -> None:
    group = room.groups["room"]
    await done(room, "block", "ada", account=room.id("bob"))
    async with watching(room.api, "groupEvents", room.token("bob"), group=group) as sub:
        await sub.message()
        await say(room, "ada", "To all but bob.")
        await say(room, "cyd", "To all.")
        assert (await sub.change())["groupMessage"]["body"] == "To all."


async def test_state_and_events_are_the_state(room: Community) -> None:
    random, group = Random(SEED), room.groups["room"]
    print(f"seed {SEED}")
    said = [await say(room, "bob", "first")]
    state: dict[str, Any] = {"group": None, "messages": {}}
    after: str | None = None
    kinds: list[str] = []
    for step in range(STEPS):
        async with watching(room.api, "groupEvents", room.token("cyd"), after=after, group=group) as sub:
            if after is None:
                take(state, await sub.message(), kinds)
            for _ in range(random.randint(1, 3)):
                await storm(room, random, said)
            last = await say(room, "ada", f"step {step}")
            said.append(last)
            while last not in state["messages"]:
                take(state, await sub.change(), kinds)
            after = sub.cursor
        async with watching(room.api, "groupEvents", room.token("cyd"), group=group) as fresh:
            now: dict[str, Any] = {"group": None, "messages": {}}
            take(now, await fresh.message(), [])
        newest = sorted(state["messages"].values(), key=lambda one: (one["sentAt"], one["id"]))[-50:]
        assert state["group"] == now["group"], (SEED, step)
        assert {one["id"]: one for one in newest} == now["messages"], (SEED, step)
    assert {"GroupChange", "GroupMessageChange"} <= set(kinds)


def take(state: dict[str, Any], message: Mapping[str, Any], kinds: list[str]) -> None:
    """Bring what a client holds to what a message says."""
    kinds.append(message["__typename"])
    if "group" in message:
        state["group"] = message["group"]
    for said in message.get("newest", ()):
        state["messages"][said["id"]] = said
    if "messageId" in message:
        state["messages"].pop(message["messageId"], None)
        if message["groupMessage"] is not None:
            state["messages"][message["messageId"]] = message["groupMessage"]


async def storm(room: Community, random: Random, said: list[str]) -> None:
    """Do one thing that somebody might do, refused or not."""
    who = random.choice(["ada", "bob", "cyd", "eve"])
    group, message = {"group": room.groups["room"]}, {"message": random.choice(said)}
    name = random.choice(["send_message", "edit_message", "delete_message", "react", "unreact", "update_group", "move"])
    match name:
        case "send_message":
            answer = await act(room, name, who, **group, body=f"say {random.randrange(99)}")
            said += [answer["groupMessage"]["id"]] if "groupMessage" in answer else []
        case "edit_message":
            await act(room, name, who, **message, body=f"edit {random.randrange(99)}")
        case "delete_message":
            await act(room, name, who, **message)
        case "update_group":
            await act(room, name, "ada", **group, announcement=f"news {random.randrange(9)}")
        case "move":
            move = random.choice(["join_group", "leave_group"])
            await act(room, move, random.choice(["bob", "eve"]), **group)
        case _:
            await act(room, name, who, subject=message["message"])
