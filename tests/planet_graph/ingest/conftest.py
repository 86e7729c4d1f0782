from collections.abc import AsyncIterator

import pytest

from tests.conftest import Stack
from tests.planet_graph.ingest.homes import Home, open_home


@pytest.fixture
async def home(stack: Stack) -> AsyncIterator[Home]:
    async with open_home(stack) as opened:
        yield opened
