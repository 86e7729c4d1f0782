"""A town of any size, put into the database in few and honest units of work."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import TypeVar

from sqlalchemy import insert

from planet_graph import ids
from planet_graph.database import UnitOfWork
from planet_graph.models import log
from planet_graph.models.accounts import Account, Creator
from planet_graph.models.activity import Activity
from planet_graph.models.follows import Follow
from planet_graph.outbox import dispatch
from planet_graph.outbox.facts import Subjects, chunks, fact
from planet_graph.scoring.days import day_of
from planet_graph.web.parts import Parts

Item = TypeVar("Item")
Pair = tuple[int, int]
ROWS_AT_ONCE = 5_000


def batches(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    return (items[start : start + ROWS_AT_ONCE] for start in range(0, len(items), ROWS_AT_ONCE))


def pairs(random: Random, people: Sequence[int], targets: Sequence[int], number: int) -> list[Pair]:
    """Draw different (source, target) pairs; the first targets are drawn most, as celebrities are."""
    drawn: dict[Pair, None] = {}
    while len(drawn) < number:
        target = targets[int(len(targets) * random.random() ** 2)]
        source = random.choice(people)
        if source != target:
            drawn[source, target] = None
    return list(drawn)


async def join(parts: Parts, number: int, creators: int = 0) -> list[int]:
    """Make accounts, the first of them creators, and bring them to the graph; return their ids."""
    now_us = parts.clock.now_us()
    people = ids.block(number, now_us, parts.random)
    for part in batches(people):

        async def work(unit: UnitOfWork, part: Sequence[int] = part) -> None:
            rows = [
                {
                    "id": one,
                    "handle": f"p{one:x}",
                    "display_name": "P",
                    "created_us": now_us,
                    "kyc": "none",
                    "origin": "",
                }
                for one in part
            ]
            await unit.session.execute(insert(Account), rows)
            active = [{"account_id": one, "activated_us": now_us} for one in part if one in set(people[:creators])]
            if active:
                await unit.session.execute(insert(Creator), active)
            await unit.tell(fact("register", Subjects(accounts=tuple(part)), at_us=now_us, act=part[0]))

        await parts.database.write(work)
    await dispatch.drain(parts.outbox)
    return people


async def follow_all(parts: Parts, follows: Sequence[Pair]) -> None:
    """Commit follows with a fact for each, as single acts leave them; the graph does not hear of them yet."""
    now_us = parts.clock.now_us()
    for part in batches(follows):

        async def work(unit: UnitOfWork, part: Sequence[Pair] = part) -> None:
            act = ids.draw(now_us, unit.random)
            facts = [fact("follow", Subjects(follows=(pair,)), at_us=now_us, act=act) for pair in part]
            await log.add(unit.session, facts)
            rows = [
                {"follower": a, "followee": b, "open": True, "since_us": now_us, "dated": True, "fact": 0, "origin": ""}
                for a, b in part
            ]
            await unit.session.execute(insert(Follow), rows)

        await parts.database.write(work)


async def act_all(parts: Parts, bonds: Sequence[Pair]) -> None:
    """Commit a day's activity of each pair, told by few facts."""
    now_us = parts.clock.now_us()
    for part in batches(bonds):

        async def work(unit: UnitOfWork, part: Sequence[Pair] = part) -> None:
            rows = [
                {
                    "origin": "",
                    "fan": fan,
                    "target": target,
                    "day": day_of(now_us),
                    "kind": "reply",
                    "subject": 0,
                    "quantity": 1 + fan % 5,
                    "last_at_us": now_us,
                    "dated": True,
                }
                for fan, target in part
            ]
            await unit.session.execute(insert(Activity), rows)
            act = ids.draw(now_us, unit.random)
            await unit.tell(
                *(fact("record", one, at_us=now_us, act=act) for one in chunks(Subjects(bonds=tuple(part))))
            )

        await parts.database.write(work)


def write_follows(folder: Path, random: Random, number: int) -> Path:
    """Write an import of follows between a tenth as many accounts; return the folder."""
    people = range(max(10, number // 10))
    folder.mkdir(parents=True)
    with (folder / "follows.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("follower", "followee", "since"))
        for place, (follower, followee) in enumerate(pairs(random, people, people, number)):
            writer.writerow((f"person{follower}", f"person{followee}", 1_700_000_000 + place))
    return folder
