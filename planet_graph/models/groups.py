"""Groups: rooms in which many talk."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, Column, Index, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from planet_graph.models.names import by_code_point, keep_key, key_column


class Group(SQLModel, table=True):
    """A group.

    Units: `created_us` and `closed_us` microseconds since 1970; `slow_seconds` how long a member waits between two
    messages. `slug`: the unique name in addresses, mentions and, in capitals, as a cashtag. `name_key`: the name as it
    is looked for. `closed_us`: when its last member's account was erased; None while people can join. `origin`: the
    import that last set the row; empty once a person did.
    """

    __tablename__ = "groups"  # pyright: ignore[reportAssignmentType]  # SQLModel types it as a declared_attr
    __table_args__ = (Index("groups_by_time", "created_us", "id"), Index("groups_by_name", "name_key", "id"))

    id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    slug: str = Field(sa_column=Column(by_code_point(30), unique=True, nullable=False))
    name: str = Field(max_length=100)
    name_key: str = Field(default="", sa_column=key_column("name"))
    description: str = Field(default="", max_length=500)
    announcement: str = Field(default="", max_length=1000)
    by_approval: bool = False
    slow_seconds: int = 0
    created_us: int = Field(sa_type=BigInteger)
    closed_us: int | None = Field(default=None, sa_type=BigInteger)
    origin: str = Field(default="", max_length=64)


keep_key(Group, "name", "name_key")


async def by_ids(session: AsyncSession, ids: Sequence[int]) -> list[Group | None]:
    """Load groups. Order: as the ids."""
    rows = await session.scalars(select(Group).where(col(Group.id).in_(ids)))
    found = {row.id: row for row in rows}
    return [found.get(i) for i in ids]


async def by_slugs(session: AsyncSession, slugs: Sequence[str]) -> list[Group | None]:
    """Load groups by slug, without case. Order: as the slugs."""
    wanted = [slug.lower() for slug in slugs]
    rows = await session.scalars(select(Group).where(col(Group.slug).in_(wanted)))
    found = {row.slug: row for row in rows}
    return [found.get(slug) for slug in wanted]


async def behind(session: AsyncSession, after: int, limit: int) -> list[Group]:
    """Return groups behind an id. Order: by id."""
    statement = select(Group).where(col(Group.id) > after).order_by(col(Group.id)).limit(limit)
    return list(await session.scalars(statement))


async def locked(session: AsyncSession, group: int, *, change: bool = False) -> Group | None:
    """Load a group and keep it as it is until the transaction ends.

    `change`: keep others even from locking it the same way without it.
    """
    return await session.scalar(select(Group).where(col(Group.id) == group).with_for_update(read=not change))


async def newest(session: AsyncSession, before: tuple[int, int] | None, first: int) -> list[Group]:
    """Return the newest groups, older than a (created_us, id) pair. Order: newest first, then by id."""
    statement = select(Group)
    if before is not None:
        statement = statement.where(tuple_(col(Group.created_us), col(Group.id)) < tuple_(*before))
    ordered = statement.order_by(col(Group.created_us).desc(), col(Group.id).desc())
    return list(await session.scalars(ordered.limit(first)))
