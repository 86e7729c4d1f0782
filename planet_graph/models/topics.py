"""Topics: what posts are about, by their cashtags."""

from sqlalchemy import func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from planet_graph.models.facets import PostCashtag

MAX_COUNT = 10_000
"""How far posts are counted."""


async def count(session: AsyncSession, symbol: str) -> int:
    """Count the posts that name a symbol, at most MAX_COUNT."""
    some = select(literal(1)).where(col(PostCashtag.symbol) == symbol).limit(MAX_COUNT).subquery()
    return await session.scalar(select(func.count()).select_from(some)) or 0
