import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from planet_graph.outbox.bus import Bus, MemoryBus, RedisBus, connect
from tests import servers
from tests.planet_graph.outbox.conftest import Community, Open, dispatching
from tests.wires import wired


@pytest.fixture
async def two(redis_url: str) -> AsyncIterator[tuple[RedisBus, RedisBus]]:
    """The buses of two processes."""
    buses = RedisBus(redis_url, 7), RedisBus(redis_url, 7)
    for bus in buses:
        await bus.open()
    async with asyncio.timeout(20):
        while await subscribers(redis_url, "planet_graph:7") < 2:
            pass
    yield buses
    for bus in buses:
        await bus.close()


async def subscribers(url: str, channel: str) -> int:
    redis: Redis = Redis.from_url(url)  # pyright: ignore[reportUnknownMemberType]  # redis-py leaves its keywords untyped
    async with redis:
        ((_, count),) = await redis.pubsub_numsub(channel)  # pyright: ignore[reportUnknownMemberType]  # likewise
    return int(count)


async def test_a_wake_up_is_counted_and_the_greatest_number_is_kept() -> None:
    bus = MemoryBus()
    await bus.tell("applied", 7)
    await bus.tell("applied", 5)
    assert await bus.wait("applied", 0, 20) == (2, 7)
    assert await bus.wait("applied", 2, 0) == (2, None)
    assert await bus.wait("facts", 0, 0) == (0, None)


async def test_all_who_wait_wake() -> None:
    bus = MemoryBus()
    waiting = [asyncio.create_task(bus.wait("facts", 0, 20)) for _ in range(3)]
    await asyncio.sleep(0)
    await bus.tell("facts", 0)
    assert await asyncio.gather(*waiting) == [(1, 0)] * 3


async def test_redis_wakes_the_other_process(two: tuple[RedisBus, RedisBus]) -> None:
    one, other = two
    await one.tell("applied", 12)
    assert (await other.wait("applied", 0, 20))[1] == 12
    await other.tell("facts", 0)
    # Its own message comes back to each as well.
    assert (await one.wait("facts", 0, 20))[1] == 0


async def test_who_is_told_to_end_while_telling_ends(redis_url: str) -> None:
    bus = RedisBus(redis_url, 7)

    async def tell_for_ever() -> None:
        while True:
            await bus.tell("facts", 0)
            await asyncio.sleep(0)

    for turns in range(100):
        telling = asyncio.create_task(tell_for_ever())
        for _ in range(turns):
            await asyncio.sleep(0)
        telling.cancel()
        await asyncio.wait([telling], timeout=5)
        assert telling.cancelled(), f"cancelled after {turns} turns of the loop, and goes on"
    await bus.close()


async def test_another_log_on_the_same_redis_is_not_heard(two: tuple[RedisBus, RedisBus], redis_url: str) -> None:
    stranger = RedisBus(redis_url, 8)
    await stranger.tell("applied", 99)
    await two[0].tell("applied", 3)
    assert (await two[1].wait("applied", 0, 20))[1] == 3
    await stranger.close()


@pytest.mark.parametrize("message", [b"", b"applied", b"applied -1", b"rumours 4", b"\xff\xfe", b"applied 4 4"])
async def test_a_message_of_another_form_is_ignored(
    two: tuple[RedisBus, RedisBus], redis_url: str, message: bytes
) -> None:
    redis: Redis = Redis.from_url(redis_url)  # pyright: ignore[reportUnknownMemberType]  # redis-py leaves its keywords untyped
    async with redis:
        await redis.publish("planet_graph:7", message)  # pyright: ignore[reportUnknownMemberType]  # likewise
        await redis.publish("planet_graph:7", b"applied 6")  # pyright: ignore[reportUnknownMemberType]  # likewise
    assert await two[0].wait("applied", 0, 20) == (1, 6)


async def test_nobody_waits_for_a_redis_that_is_frozen(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planet_graph.outbox.bus.PUBLISH_SECONDS", 60)
    async with wired(redis_url) as wire, asyncio.timeout(20):
        sender, hearer = RedisBus(wire.url, 7), RedisBus(redis_url, 7)
        await hearer.open()
        while await subscribers(redis_url, "planet_graph:7") < 1:
            pass
        await wire.freeze()
        for number in range(1_000):
            await sender.tell("applied", number)
        assert await hearer.wait("applied", 0, 0) == (0, None)
        await wire.thaw()
        # Of all that was told meanwhile the greatest is told last.
        seen, told = 0, None
        while told != 999:
            seen, told = await hearer.wait("applied", seen, 20)
        assert seen < 10
        await sender.close()
        await hearer.close()


async def test_without_redis_a_process_wakes_itself() -> None:
    bus = RedisBus(f"redis://127.0.0.1:{servers.free_port()}/0", 7)
    await bus.open()
    waiting = asyncio.create_task(bus.wait("facts", 0, 20))
    await asyncio.sleep(0)
    await bus.tell("facts", 0)
    assert await waiting == (1, 0)
    await bus.close()


async def test_without_redis_polling_delivers(community: Community, opened: Open) -> None:
    """The acts are one process's, dispatching is another's, and a third one waits."""
    gone = f"redis://127.0.0.1:{servers.free_port()}/0"
    acting, dispatching_, waiting = [await opened(bus=gone) for _ in range(3)]
    ann, bob = await community.register("ann_a"), await community.register("bob_b")
    await waiting.tail.start()
    reading = asyncio.create_task(waiting.tail.run())
    async with dispatching(dispatching_):
        told = await Community(acting).follow(ann, bob)
        assert await waiting.tail.applied(told, 20)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)


@pytest.mark.parametrize(("url", "kind"), [("memory:", MemoryBus), ("redis://127.0.0.1:1/0", RedisBus)])
def test_the_scheme_picks_the_bus(url: str, kind: type[Bus]) -> None:
    assert type(connect(url, 1)) is kind


def test_another_scheme_is_refused() -> None:
    with pytest.raises(ValueError, match="memory: or redis:"):
        connect("amqp://localhost", 1)
