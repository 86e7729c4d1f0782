"""Invites: codes that open a group's door."""

from sqlalchemy import BigInteger, Column, Index, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col


class Invite(SQLModel, table=True):
    """A code that lets people in.

    Units: `created_us` and `expires_us` microseconds since 1970. `by`: who made it. `expires_us`, `uses_left`: None
    without such an end.
    """

    __tablename__ = "invites"  # pyright: ignore[reportAssignmentType]  # SQLModel types it as a declared_attr
    __table_args__ = (Index("invites_by_author", "by", "group_id"),)

    code: str = Field(primary_key=True, max_length=32)
    group_id: int = Field(sa_type=BigInteger)
    by: int = Field(sa_column=Column(BigInteger, nullable=False))
    created_us: int = Field(sa_type=BigInteger)
    expires_us: int | None = Field(default=None, sa_type=BigInteger)
    uses_left: int | None = None


async def locked(session: AsyncSession, code: str) -> Invite | None:
    """Load an invite and keep others from changing it until the transaction ends."""
    return await session.scalar(select(Invite).where(col(Invite.code) == code).with_for_update())
