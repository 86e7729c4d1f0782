"""Watching with the committed operations."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from tests.api.clients import Api
from tests.api.live.clients import Subscriber, Transport, subscriber
from tests.api.live.states import DOCUMENTS


@asynccontextmanager
async def watching(
    api: Api, field: str, token: str | None = None, transport: Transport = "socket", **variables: Any
) -> AsyncGenerator[Subscriber]:
    url = api.http.make_url("/graphql")
    async with subscriber(api.http.session, url, DOCUMENTS[field], variables, token, transport) as sub:
        yield sub
