"""Rounds of background work outlive whatever a round meets."""

import asyncio

import pytest
from sqlalchemy.exc import OperationalError

from planet_graph.web import rounds


async def test_what_a_round_meets_ends_no_later_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "LOOK_SECONDS", 0.0)
    met: list[str] = []
    done = asyncio.Event()
    faults = [LookupError("a bug"), OperationalError("SELECT", None, Exception("away")), None]

    async def work() -> bool:
        fault = faults[len(met)]
        met.append(type(fault).__name__)
        if fault is not None:
            raise fault
        done.set()
        return await asyncio.Event().wait()

    task = asyncio.create_task(rounds.run("work", work))
    await asyncio.wait({task, asyncio.create_task(done.wait())}, return_when=asyncio.FIRST_COMPLETED)
    assert met == ["LookupError", "OperationalError", "NoneType"]
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
