"""Drafts: what people have not published yet. Nobody else learns of one."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, Column, ColumnElement, Index, Text, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

_SCHEDULED = text("publish_us IS NOT NULL")


class Draft(SQLModel, table=True):
    """A post that is being written, or what is left of it.

    Units: times in microseconds since 1970. `kind`: short, article, or repost; a repost's body is its comment.
    `revision`: how often it was saved with something new. `publish_us`: when it is to be published; None: when somebody
    says so. `failure_code` and `failure`: why it was not published at its time; empty: nothing went wrong. `ended_us`:
    since when only its number is left, without texts; `post`: what it was published as, None where it was thrown away.
    """

    __tablename__ = "drafts"  # pyright: ignore[reportAssignmentType]  # SQLModel types it as a declared_attr
    __table_args__ = (
        Index("drafts_by_time", "account", "saved_us", "id"),
        Index("drafts_scheduled", "publish_us", "id", postgresql_where=_SCHEDULED, sqlite_where=_SCHEDULED),
    )

    id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    account: int = Field(sa_type=BigInteger)
    kind: str = Field(max_length=10)
    title: str = Field(default="", max_length=200)
    body: str = Field(default="", sa_type=Text)
    cover_url: str = Field(default="", max_length=500)
    in_reply_to: int | None = Field(default=None, sa_type=BigInteger)
    repost_of: int | None = Field(default=None, sa_type=BigInteger)
    revision: int = 1
    created_us: int = Field(sa_type=BigInteger)
    saved_us: int = Field(sa_type=BigInteger)
    publish_us: int | None = Field(default=None, sa_type=BigInteger)
    failure_code: str = Field(default="", max_length=40)
    failure: str = Field(default="", max_length=500)
    ended_us: int | None = Field(default=None, sa_type=BigInteger)
    post: int | None = Field(default=None, sa_type=BigInteger)


def _there() -> ColumnElement[bool]:
    """Say in a statement that a draft was neither published nor thrown away."""
    return col(Draft.ended_us).is_(None)


async def by_ids(session: AsyncSession, ids: Sequence[int], account: int | None) -> list[Draft | None]:
    """Load an account's drafts that are there; those of others are missing. Order: as the ids."""
    if account is None:
        return [None] * len(ids)
    statement = select(Draft).where(col(Draft.id).in_(ids), col(Draft.account) == account, _there())
    found = {row.id: row for row in await session.scalars(statement)}
    return [found.get(i) for i in ids]


async def by_id(session: AsyncSession, draft: int) -> Draft | None:
    """Load anybody's draft, also one that ended."""
    return await session.scalar(select(Draft).where(col(Draft.id) == draft))


async def locked(session: AsyncSession, draft: int) -> Draft | None:
    """Load anybody's draft, also one that ended, and keep others from changing it until the transaction ends."""
    statement = select(Draft).where(col(Draft.id) == draft).with_for_update()
    return await session.scalar(statement.execution_options(populate_existing=True))


async def page(session: AsyncSession, account: int, before: tuple[int, int] | None, first: int) -> list[Draft]:
    """Return an account's drafts, saved before a (saved_us, id) pair. Order: latest saved first, then by id."""
    key = tuple_(col(Draft.saved_us), col(Draft.id))
    statement = select(Draft).where(col(Draft.account) == account, _there())
    if before is not None:
        statement = statement.where(key < tuple_(*before))
    ordered = statement.order_by(col(Draft.saved_us).desc(), col(Draft.id).desc())
    return list(await session.scalars(ordered.limit(first)))


async def due(session: AsyncSession, now_us: int, most: int) -> list[Draft]:
    """Return at most so many drafts whose time has come. Order: the longest overdue first."""
    statement = select(Draft).where(col(Draft.publish_us).is_not(None), col(Draft.publish_us) <= now_us, _there())
    return list(await session.scalars(statement.order_by(col(Draft.publish_us), col(Draft.id)).limit(most)))
