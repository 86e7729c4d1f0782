"""Applications that serve, on both stacks or on the embedded one, and communities in them."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import pytest
from aiohttp.test_utils import TestClient, TestServer

from planet_graph.settings import Settings
from planet_graph.web.app import NORMAL, PARTS, create_app
from planet_graph.web.connections import LiveLimits
from planet_graph.web.parts import migrate_all
from planet_graph.web.tokens import signing_key
from planet_graph.web.view import RequestLimits
from tests.api.clients import Api, Observer, Time
from tests.api.communities import Community
from tests.conftest import Stack, embedded_stack


@asynccontextmanager
async def serving(
    stack: Stack,
    time: Time | None = None,
    limits: RequestLimits = NORMAL,
    live_limits: LiveLimits | None = None,
    **changes: object,
) -> AsyncGenerator[Api]:
    """Serve a migrated stack; `changes` are settings."""
    time = time or Time()
    settings = settings_of(stack).model_copy(update=changes)
    observer = Observer()
    app = create_app(settings, time.clock(), observe=observer.hear_graph, limits=limits, live_limits=live_limits)
    observer.attach(app)
    async with TestClient(TestServer(app)) as http:
        parts = app[PARTS]
        observer.listen(parts)
        yield Api(http, parts, signing_key(stack.home), time, observer)


def settings_of(stack: Stack) -> Settings:
    # Long enough for a busy machine: whoever waits for the graph is woken, and waits in vain only in tests of that.
    return Settings(
        home=stack.home,
        database=stack.database,
        graph=stack.graph,
        bus=stack.bus,
        applied_seconds=20,
        graph_seconds=20,
    )


@pytest.fixture
async def migrated(stack: Stack) -> Stack:
    """Both stores ready and empty."""
    await migrate_all(settings_of(stack), Random(1))
    return stack


@pytest.fixture
async def api(migrated: Stack) -> AsyncIterator[Api]:
    async with serving(migrated) as api:
        yield api


@pytest.fixture
def community(api: Api) -> Community:
    return Community(api, {})


@pytest.fixture
async def embedded(tmp_path: Path) -> Stack:
    """The embedded stack alone, for what the stores have no part in."""
    home = tmp_path / "home"
    home.mkdir()
    stack = embedded_stack(home)
    await migrate_all(settings_of(stack), Random(1))
    return stack


@pytest.fixture
async def embedded_api(embedded: Stack) -> AsyncIterator[Api]:
    async with serving(embedded) as api:
        yield api
