"""Work that many streams wait for at one moment, done once."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

Result = TypeVar("Result")


class Shared:
    """What streams wait for together: that which many of them ask at one moment is asked once."""

    def __init__(self) -> None:
        self._loading: dict[Hashable, asyncio.Task[Any]] = {}

    async def load(self, key: Hashable, work: Callable[[], Awaitable[Result]]) -> Result:
        """Join the work of this key, or begin it. One who joins and leaves does not end it for the others."""
        task = self._loading.get(key)
        if task is None:

            async def run() -> Result:
                return await work()

            task = self._loading[key] = asyncio.create_task(run())
            task.add_done_callback(lambda done: self._forget(key, done))
        return await asyncio.shield(task)

    def _forget(self, key: Hashable, done: asyncio.Task[Any]) -> None:
        self._loading.pop(key, None)
        if not done.cancelled():
            done.exception()  # those who waited were told


@dataclass(frozen=True)
class Live:
    """How streams behave. Units: seconds; `max_behind` facts: a subscriber further behind is told of a gap instead."""

    heartbeat_seconds: float = 15
    max_behind: int = 100_000
    shared: Shared = field(default_factory=Shared)
