"""Wake-ups between processes: hints that something is there to read, never the thing itself."""

import asyncio
import contextlib
from typing import Any, Literal, Protocol

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

Topic = Literal["facts", "applied"]
TOPICS: tuple[Topic, ...] = ("facts", "applied")
CHANNEL = "planet_graph"
PUBLISH_SECONDS = 1.0

log = structlog.get_logger()


class Bus(Protocol):
    """`facts`: something was committed (the number says nothing); `applied`: the graph holds this position."""

    async def tell(self, topic: Topic, number: int) -> None:
        """Wake all who wait for a topic. A lost message is made up for by polling."""
        ...

    async def wait(self, topic: Topic, seen: int, seconds: float) -> tuple[int, int | None]:
        """Wait until told more than `seen` times, at most so long.

        Return how often the topic was told of, and the greatest number told; None when the time was over.
        """
        ...

    async def open(self) -> None:
        """Begin to listen."""
        ...

    async def ping(self) -> None:
        """Ask for a sign of life. Raises: what the driver raises."""
        ...

    async def close(self) -> None:
        """Stop listening."""
        ...


class MemoryBus:
    """Wakes within one process."""

    def __init__(self) -> None:
        self._told: dict[Topic, int] = dict.fromkeys(TOPICS, 0)
        self._greatest: dict[Topic, int] = dict.fromkeys(TOPICS, 0)
        self._conditions: dict[Topic, asyncio.Condition] = {topic: asyncio.Condition() for topic in TOPICS}

    async def tell(self, topic: Topic, number: int) -> None:
        """Wake all who wait for a topic."""
        async with self._conditions[topic]:
            self._told[topic] += 1
            self._greatest[topic] = max(self._greatest[topic], number)
            self._conditions[topic].notify_all()

    async def wait(self, topic: Topic, seen: int, seconds: float) -> tuple[int, int | None]:
        """Wait until told more than `seen` times, at most so long."""
        condition = self._conditions[topic]
        async with condition:
            try:
                async with asyncio.timeout(seconds):
                    await condition.wait_for(lambda: self._told[topic] > seen)
            except TimeoutError:
                return self._told[topic], None
            return self._told[topic], self._greatest[topic]

    async def open(self) -> None:
        """Nothing to listen to."""

    async def ping(self) -> None:
        """It is this process itself."""

    async def close(self) -> None:
        """Nothing to stop."""


class RedisBus:
    """Wakes every process that shares a Redis and a log; without Redis each wakes itself, and polls for the rest."""

    def __init__(self, url: str, incarnation: int) -> None:
        # With a socket_timeout redis-py writes inside asyncio.wait_for, which before Python 3.12 can swallow a
        # cancellation: who is told to end then goes on for ever. Publishing has a time limit of its own.
        # redis-py leaves its keywords untyped.
        self._redis: Redis = Redis.from_url(url, socket_connect_timeout=1, socket_timeout=None)  # pyright: ignore[reportUnknownMemberType]  # see above
        self._channel = f"{CHANNEL}:{incarnation}"
        self._local = MemoryBus()
        self._listener: asyncio.Task[None] | None = None
        self._publisher: asyncio.Task[None] | None = None
        self._untold: dict[Topic, int] = {}

    async def tell(self, topic: Topic, number: int) -> None:
        """Wake this process at once, and the others soon: whoever commits does not wait for Redis."""
        await self._local.tell(topic, number)
        self._untold[topic] = max(number, self._untold.get(topic, 0))
        if self._publisher is None or self._publisher.done():
            self._publisher = asyncio.create_task(self._publish())

    async def _publish(self) -> None:
        """Send what is untold; what comes while Redis is slow is sent once, with the greatest number."""
        while self._untold:
            topic, number = self._untold.popitem()
            with contextlib.suppress(RedisError, OSError, TimeoutError):
                async with asyncio.timeout(PUBLISH_SECONDS):
                    await self._redis.publish(self._channel, f"{topic} {number}")  # pyright: ignore[reportUnknownMemberType]  # redis-py leaves its keywords untyped

    async def wait(self, topic: Topic, seen: int, seconds: float) -> tuple[int, int | None]:
        """Wait until told more than `seen` times, at most so long."""
        return await self._local.wait(topic, seen, seconds)

    async def open(self) -> None:
        """Listen until closed, and again after every break."""
        self._listener = asyncio.create_task(self._listen())

    async def ping(self) -> None:
        """Ask Redis for a sign of life. Raises: RedisError, OSError."""
        await self._redis.ping()  # pyright: ignore[reportUnknownMemberType]  # redis-py leaves it untyped

    async def close(self) -> None:
        """Tell what is untold if Redis takes it, stop listening and return the connections."""
        if self._publisher is not None:
            await self._publisher
        if self._listener is not None:
            self._listener.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listener
        with contextlib.suppress(RedisError, OSError):
            await self._redis.aclose()

    async def _listen(self) -> None:
        while True:
            try:
                # redis-py leaves its keywords and its messages untyped.
                pubsub: Any = self._redis.pubsub()  # pyright: ignore[reportUnknownMemberType]  # see above
                async with pubsub:
                    await pubsub.subscribe(self._channel)
                    async for message in pubsub.listen():
                        if message["type"] == "message":
                            await self._hear(bytes(message["data"]))
            except (RedisError, OSError) as error:
                log.warning("bus away", error=type(error).__name__)
                await asyncio.sleep(0.5)

    async def _hear(self, data: bytes) -> None:
        topic, _, number = data.decode("ascii", "replace").partition(" ")
        if topic in TOPICS and number.isdigit():
            await self._local.tell(topic, int(number))


def connect(url: str, incarnation: int) -> Bus:
    """Make a bus by its URL's scheme. Raises: ValueError for another than memory: and redis:."""
    if url.startswith("memory:"):
        return MemoryBus()
    if url.startswith(("redis:", "rediss:")):
        return RedisBus(url, incarnation)
    raise ValueError("A bus URL begins with memory: or redis:.")
