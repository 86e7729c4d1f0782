"""What posts said before."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, Column, Integer, Text, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import Field, SQLModel, col


class PostRevision(SQLModel, table=True):
    """An earlier version of a post's texts. Units: `at_us` when it was written, microseconds since 1970."""

    __tablename__ = "post_revisions"  # pyright: ignore[reportAssignmentType]  # SQLModel types it as a declared_attr

    post: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    revision: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    title: str = Field(default="", max_length=200)
    body: str = Field(sa_type=Text)
    cover_url: str = Field(default="", max_length=500)
    at_us: int = Field(sa_type=BigInteger)


async def pages(
    session: AsyncSession, posts: Sequence[int], before: int | None, first: int
) -> list[list[PostRevision]]:
    """Return what each post said before, older than a revision; one statement. Order: as the posts; newest first."""
    place = func.row_number().over(partition_by=col(PostRevision.post), order_by=col(PostRevision.revision).desc())
    inner = select(PostRevision, place.label("place")).where(col(PostRevision.post).in_(posts))
    if before is not None:
        inner = inner.where(col(PostRevision.revision) < before)
    counted = inner.subquery()
    chosen = aliased(PostRevision, counted)
    rows = await session.scalars(select(chosen).where(counted.c.place <= first).order_by(counted.c.revision.desc()))
    found: dict[int, list[PostRevision]] = {post: [] for post in posts}
    for row in rows:
        found[row.post].append(row)
    return [found[post] for post in posts]


async def of_posts(session: AsyncSession, posts: Sequence[int]) -> list[PostRevision]:
    """Load what some posts ever said before. Order: by post, then revision."""
    statement = select(PostRevision).where(col(PostRevision.post).in_(posts))
    return list(await session.scalars(statement.order_by(col(PostRevision.post), col(PostRevision.revision))))


async def remove(session: AsyncSession, posts: Sequence[int]) -> None:
    """Forget what posts said before."""
    statement = delete(PostRevision).where(col(PostRevision.post).in_(posts))
    await session.execute(statement.execution_options(synchronize_session=False))
