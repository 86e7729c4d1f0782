"""What the largest group and the most followed take beside anybody. Usage: python -m tests.benchmarks.largest."""

import argparse
import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from time import perf_counter
from typing import Any, cast

from rich.console import Console
from rich.table import Table
from sqlalchemy import insert, text

from planet_graph import ids
from planet_graph.database import UnitOfWork
from planet_graph.models.accounts import Identity
from planet_graph.models.groups import Group
from planet_graph.models.memberships import Membership
from planet_graph.outbox import dispatch
from planet_graph.outbox.facts import Subjects, fact
from planet_graph.web.parts import Parts, migrate_all
from planet_graph.web.tokens import ISSUER
from tests.api.clients import Api
from tests.api.conftest import serving, settings_of
from tests.benchmarks.figures import Figure, quantile
from tests.benchmarks.town import batches, follow_all, join
from tests.conftest import Stack
from tests.installation import STACKS, StackName, empty_stack

FEW = 150
"""Members of the group and followers of the account that stand for anybody's: more than a page."""
TIMES = 60
VIEWER = "viewer"


@dataclass(frozen=True, slots=True)
class Case:
    """An operation, asked of the largest and of anybody, and how many there are in its answer."""

    title: str
    operation: str
    largest: Mapping[str, Any]
    anybody: Mapping[str, Any]
    length: int


async def gather(parts: Parts, slug: str, people: Sequence[int]) -> None:
    """Make a group of people, the first of them its owner, and bring it to the graph."""
    now_us = parts.clock.now_us()
    group = ids.draw(now_us, parts.random)

    async def begin(unit: UnitOfWork) -> None:
        unit.session.add(Group(id=group, slug=slug, name=slug, created_us=now_us))
        await unit.tell(fact("create_group", Subjects(groups=(group,)), at_us=now_us, act=group))

    await parts.database.write(begin)
    rows = [
        {"account": one, "group_id": group, "open": True, "role": "member", "since_us": now_us - place, "dated": True}
        for place, one in enumerate(people)
    ]
    rows[0]["role"] = "owner"
    for part in batches(rows):

        async def work(unit: UnitOfWork, part: Sequence[dict[str, Any]] = part) -> None:
            await unit.session.execute(insert(Membership), [{**row, "fact": 0, "origin": ""} for row in part])
            pairs = tuple((row["account"], group) for row in part)
            await unit.tell(fact("join_group", Subjects(memberships=pairs), at_us=now_us, act=group))

        await parts.database.write(work)
    await dispatch.drain(parts.outbox)


async def town(parts: Parts, number: int, random: Random) -> list[Case]:
    """Make a group and an account that everybody joined and follows, and one of each that few did."""
    people = await join(parts, number)
    await gather(parts, "everybody", people)
    await gather(parts, "few", [people[0], *random.sample(people[1:], FEW - 1)])
    most, anybody = people[1], people[2]
    crowd = [(one, most) for one in people if one != most]
    await follow_all(parts, [*crowd, *((one, anybody) for one in random.sample(people[3:], FEW))])
    await dispatch.drain(parts.outbox)

    async def identify(unit: UnitOfWork) -> None:
        unit.session.add(Identity(issuer=ISSUER, subject=VIEWER, account_id=people[0]))

    await parts.database.write(identify)
    large, small = {"slug": "everybody"}, {"slug": "few"}
    by_many, by_few = {"handle": f"p{most:x}"}, {"handle": f"p{anybody:x}"}
    return [
        Case("page", "group_page", large, small, 0),
        *(
            Case(f"{size} members", "group_members", {**large, "first": size}, {**small, "first": size}, size)
            for size in (20, 100)
        ),
        *(
            Case(f"{size} followers", "account_followers", {**by_many, "first": size}, {**by_few, "first": size}, size)
            for size in (20, 100)
        ),
    ]


def edges_in(value: Any) -> int:
    """Count the edges of an answer."""
    if not isinstance(value, dict):
        return 0
    fields = cast(dict[str, Any], value)
    return len(fields["edges"]) if "edges" in fields else sum(map(edges_in, fields.values()))


async def compared(api: Api, case: Case) -> Figure:
    """Ask both by turns, so that what slows the machine slows both."""
    taken: tuple[list[float], list[float]] = ([], [])
    token = api.token(VIEWER)
    for _ in range(TIMES):
        for variables, times in zip((case.largest, case.anybody), taken, strict=True):
            begun = perf_counter()
            answer = await api.query(case.operation, dict(variables), token)
            times.append((perf_counter() - begun) * 1_000)
            assert edges_in(answer) == case.length
    largest, anybody = (quantile(times, 0.5) for times in taken)
    return Figure(f"{case.title} of the largest", largest, "ms", "anybody's", largest / anybody)


async def measured(stack: Stack, given: argparse.Namespace) -> list[Figure]:
    await migrate_all(settings_of(stack), Random(given.seed))
    async with serving(stack) as api:
        cases = await town(api.parts, given.people, Random(given.seed))
        if stack.name == "servers":
            async with api.parts.database.engine.begin() as connection:
                await connection.execute(text("ANALYZE"))
        return [await compared(api, case) for case in cases]


def main() -> None:
    """Print a table for each stack."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.largest", description=__doc__)
    parser.add_argument("--seed", type=int, default=20_260)
    parser.add_argument("--people", type=int, default=42_000)
    parser.add_argument("--stack", choices=STACKS, action="append")
    given = parser.parse_args()
    console = Console(width=120)
    console.print(f"seed {given.seed}; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    for name in given.stack or STACKS:
        name: StackName
        table = Table("what", "figure", "ratio", title=name)
        with empty_stack(name) as stack:
            for figure in asyncio.run(measured(stack, given)):
                table.add_row(*figure.cells())
        console.print(table)


if __name__ == "__main__":
    main()
