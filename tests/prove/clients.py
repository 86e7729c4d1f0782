"""Clients that act over HTTP, send again what got no answer, and write down what was acknowledged."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

import aiohttp
from joserfc.jwk import OKPKey

from planet_graph import ids
from planet_graph.clock import system_us
from planet_graph.web.tokens import sign
from tests.api.clients import operation
from tests.installation import Server
from tests.prove.ledger import Ledger

ANSWER_SECONDS = 20.0
PATIENCE_SECONDS = 90.0
KINDS = ("reaction", "reply", "tip", "seen", "dwell")
OPERATIONS = {name: operation(name) for name in ("register", "follow", "unfollow", "record_interactions", "applied")}


class Wrong(Exception):
    """An answer that no kill explains."""


@dataclass
class Progress:
    """Counts acknowledged acts of all clients, and wakes who waits for a number of them."""

    done: int = 0
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def advance(self) -> None:
        async with self.changed:
            self.done += 1
            self.changed.notify_all()

    async def reach(self, number: int) -> None:
        async with self.changed:
            await self.changed.wait_for(lambda: self.done >= number)


@dataclass
class Client:
    """Acts for accounts that only it knows, so that its ledger alone tells what their rows ought to be."""

    name: str
    server: Server
    key: OKPKey
    http: aiohttp.ClientSession
    random: Random
    stars: Sequence[int]
    progress: Progress
    ledger: Ledger = field(default_factory=Ledger)

    async def live(self, ending: asyncio.Event) -> None:
        """Act until it is time to end; what was begun is finished."""
        await self.register()
        await self.register()
        acts: Sequence[Callable[[], Awaitable[None]]] = (self.register, self.follow, self.unfollow, self.record)
        while not ending.is_set():
            (act,) = self.random.choices(acts, weights=(2, 12, 8, 12))
            await act()
            await self.progress.advance()

    async def register(self) -> None:
        handle = f"{self.name}_{len(self.ledger.accounts)}"
        done = await self.mutate("register", handle, {"handle": handle})
        self.ledger.accounts[handle] = ids.from_global(done["account"]["id"], ["Account"])[1]
        self.acknowledge("register", done)

    async def follow(self) -> None:
        await self.set_follow("follow", is_open=True)

    async def unfollow(self) -> None:
        await self.set_follow("unfollow", is_open=False)

    async def set_follow(self, act: str, *, is_open: bool) -> None:
        follower, handle, followee = self.pair()
        was_open = self.ledger.follows.get((follower, followee), False)
        done = await self.mutate(act, handle, {"account": ids.to_global("Account", followee)})
        if is_open == was_open:
            return
        self.ledger.follows[follower, followee] = is_open
        if not is_open:
            self.ledger.closed[follower, followee] += 1
        self.acknowledge(act, done)

    async def record(self) -> None:
        key = f"{self.name}-{self.random.getrandbits(64):016x}"
        acts: list[tuple[int, int, str, int]] = []
        for _ in range(self.random.randint(1, 4)):
            fan, _, creator = self.pair()
            acts.append((fan, creator, self.random.choice(KINDS), self.random.randint(1, 9)))
        items = [
            {
                "fan": ids.to_global("Account", fan),
                "creator": ids.to_global("Creator", creator),
                "kind": kind,
                "quantity": str(quantity),
            }
            for fan, creator, kind, quantity in acts
        ]
        body = {"items": items, "idempotencyKey": key}
        done = await self.mutate("record_interactions", self.name, body, "server")
        if not all(outcome["accepted"] for outcome in done["outcomes"]):
            raise Wrong(f"ignored: {done}")
        for fan, creator, kind, quantity in acts:
            self.ledger.activity[fan, creator, kind] += quantity
        self.acknowledge("record", done)

    def acknowledge(self, act: str, done: Mapping[str, Any]) -> None:
        self.ledger.acts[act] += 1
        if done["token"] is not None:
            self.ledger.tokens.append(done["token"])

    def pair(self) -> tuple[int, str, int]:
        """Draw one of its accounts, and a star; the few pairs meet again and again."""
        handle = self.random.choice(list(self.ledger.accounts)[-3:])
        return self.ledger.accounts[handle], handle, self.random.choice(self.stars)

    async def mutate(
        self, operation_name: str, subject: str, body: Mapping[str, Any], *roles: str
    ) -> Mapping[str, Any]:
        """Send a mutation until it is answered, one time in eight once more; return what was done."""
        done = await self.send(operation_name, {"input": dict(body)}, subject, *roles)
        if self.random.random() < 1 / 8:
            self.ledger.repeats += 1
            again = await self.send(operation_name, {"input": dict(body)}, subject, *roles)
            # Who is registered already gets no token: there is nothing to wait for.
            if again["token"] not in (done["token"], None) or again["__typename"] != done["__typename"]:
                raise Wrong(f"{operation_name} answered {done}, repeated {again}")
        return done

    async def send(self, name: str, variables: Mapping[str, Any], subject: str, *roles: str) -> Any:
        """Send until answered; return the answer of the operation's one field. Raises: Wrong for a refusal."""
        token = sign(self.key, subject, list(roles), system_us() // 1_000_000)
        body = {"query": OPERATIONS[name], "variables": dict(variables)}
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                await self.server.up.wait()
                try:
                    async with self.http.post(
                        self.server.url, json=body, headers={"Authorization": f"Bearer {token}"}
                    ) as response:
                        answer: Any = await response.json(content_type=None)
                except (aiohttp.ClientError, TimeoutError, ConnectionError):
                    self.ledger.retries += 1
                    # Where the server is dead but not yet known to be, this lets that be seen.
                    await asyncio.sleep(0.01)
                    continue
                return _done(name, answer)

    async def all_applied(self) -> int:
        """Ask of every token whether the graph holds its act; return of how many it does not."""
        answers = [await self.send("applied", {"token": token}, self.name) for token in self.ledger.tokens]
        return sum(answer is not True for answer in answers)


def _done(name: str, answer: Any) -> Any:
    """Take the one field's value; graph fields below it may be unavailable, the act itself is not."""
    data = answer.get("data")
    (value,) = data.values() if data else (None,)
    codes = {error.get("extensions", {}).get("code") for error in answer.get("errors", [])}
    if value is None or codes - {"UNAVAILABLE"}:
        raise Wrong(f"{name}: {answer}")
    if isinstance(value, Mapping) and not str(value["__typename"]).endswith("Done"):  # pyright: ignore[reportUnknownArgumentType]  # JSON is untyped
        raise Wrong(f"{name}: {value}")
    return value  # pyright: ignore[reportUnknownVariableType]  # JSON is untyped
