"""Accounts, the creators among them, and the outside's ids for them."""

from collections.abc import Sequence

from sqlalchemy import JSON, BigInteger, Column, Index, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Field, SQLModel, col

from planet_graph.models import blocks
from planet_graph.models.names import by_code_point, keep_key, key_column


class Account(SQLModel, table=True):
    """A person.

    `created_us`: when they joined; `kyc`: none, pending, verified, rejected. `links`: objects of label and url.
    `name_key`: the display name as it is looked for.
    """

    __tablename__ = "accounts"  # pyright: ignore[reportAssignmentType]  # SQLModel types it as a declared_attr
    __table_args__ = (Index("accounts_by_name", "name_key", "id"),)

    id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    handle: str = Field(sa_column=Column(by_code_point(30), unique=True, nullable=False))
    display_name: str = Field(max_length=100)
    name_key: str = Field(default="", sa_column=key_column("display_name"))
    created_us: int = Field(sa_type=BigInteger)
    kyc: str = Field(default="none", max_length=10)
    bio: str = Field(default="", max_length=500)
    avatar_url: str = Field(default="", max_length=500)
    links: list[dict[str, str]] = Field(default_factory=list[dict[str, str]], sa_type=JSON)
    origin: str = Field(default="", max_length=64)
    """The import that last set this row; empty once a person changed it or made it."""


keep_key(Account, "display_name", "name_key")


class Creator(SQLModel, table=True):
    """An account's creator identity."""

    __tablename__ = "creators"  # pyright: ignore[reportAssignmentType]  # SQLModel types it as a declared_attr

    account_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    activated_us: int = Field(sa_type=BigInteger)


class Identity(SQLModel, table=True):
    """Whose account a token's (issuer, subject) opens."""

    __tablename__ = "identities"  # pyright: ignore[reportAssignmentType]  # SQLModel types it as a declared_attr

    issuer: str = Field(primary_key=True, max_length=200)
    subject: str = Field(primary_key=True, max_length=200)
    account_id: int = Field(sa_type=BigInteger, unique=True)


class ExternalId(SQLModel, table=True):
    """What an import calls a thing of ours. `noun`: Account or Post."""

    __tablename__ = "external_ids"  # pyright: ignore[reportAssignmentType]  # SQLModel types it as a declared_attr
    __table_args__ = (Index("external_ids_by_id", "id", "noun"),)

    origin: str = Field(primary_key=True, max_length=64)
    noun: str = Field(primary_key=True, max_length=16)
    external_id: str = Field(primary_key=True, max_length=200)
    id: int = Field(sa_type=BigInteger)


async def by_ids(session: AsyncSession, ids: Sequence[int], viewer: int | None = None) -> list[Account | None]:
    """Load accounts, without those that a block keeps from a viewer. Order: as the ids."""
    rows = await session.scalars(select(Account).where(col(Account.id).in_(ids), *_visible_to(viewer)))
    found = {row.id: row for row in rows}
    return [found.get(i) for i in ids]


async def by_handles(session: AsyncSession, handles: Sequence[str], viewer: int | None = None) -> list[Account | None]:
    """Load accounts by handle, without case, without those that a block keeps from a viewer. Order: as the handles."""
    wanted = [handle.lower() for handle in handles]
    rows = await session.scalars(select(Account).where(col(Account.handle).in_(wanted), *_visible_to(viewer)))
    found = {row.handle: row for row in rows}
    return [found.get(handle) for handle in wanted]


def _visible_to(viewer: int | None) -> list[ColumnElement[bool]]:
    return [] if viewer is None else [~blocks.between(viewer, col(Account.id))]


async def by_identity(session: AsyncSession, issuer: str, subject: str) -> Account | None:
    """Load the account that a token's subject opens."""
    return await session.scalar(
        select(Account)
        .join(Identity, col(Identity.account_id) == col(Account.id))
        .where(col(Identity.issuer) == issuer, col(Identity.subject) == subject)
    )


async def locked(session: AsyncSession, ids: Sequence[int], *, change: bool = False) -> list[Account | None]:
    """Load accounts and keep them as they are until the transaction ends. Order: as the ids.

    `change`: keep others even from locking them the same way without it.
    """
    statement = select(Account).where(col(Account.id).in_(ids)).order_by(col(Account.id))
    statement = statement.with_for_update(read=not change)
    found = {row.id: row for row in await session.scalars(statement)}
    return [found.get(i) for i in ids]


async def for_change(session: AsyncSession, account: int) -> Account | None:
    """Load an account and keep others from changing it until the transaction ends."""
    return await session.scalar(select(Account).where(col(Account.id) == account).with_for_update())


async def creators_by_ids(session: AsyncSession, ids: Sequence[int]) -> list[Creator | None]:
    """Load creator identities by account id. Order: as the ids."""
    rows = await session.scalars(select(Creator).where(col(Creator.account_id).in_(ids)))
    found = {row.account_id: row for row in rows}
    return [found.get(i) for i in ids]


async def page_after(session: AsyncSession, after: int, limit: int) -> list[tuple[Account, bool]]:
    """Return accounts behind an id, each with whether it is a creator. Order: by id."""
    statement = (
        select(Account, col(Creator.account_id).is_not(None))
        .outerjoin(Creator, col(Creator.account_id) == col(Account.id))
        .where(col(Account.id) > after)
        .order_by(col(Account.id))
        .limit(limit)
    )
    return [(account, creator) for account, creator in await session.execute(statement)]


async def external_names(session: AsyncSession, origin: str, noun: str) -> dict[int, str]:
    """Return our id -> the import's id of every thing of an import."""
    statement = select(col(ExternalId.id), col(ExternalId.external_id)).where(
        col(ExternalId.origin) == origin, col(ExternalId.noun) == noun
    )
    return dict((await session.execute(statement)).all())


async def identity_of(session: AsyncSession, account: int) -> Identity | None:
    """Load the identity that opens an account."""
    return await session.scalar(select(Identity).where(col(Identity.account_id) == account))
