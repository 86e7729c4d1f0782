"""Who and what is called something: candidates for a search, along indexes."""

from collections.abc import Sequence

from sqlalchemy import and_, or_, select, union
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from planet_graph.models.accounts import Account
from planet_graph.models.groups import Group
from planet_graph.models.names import begins, searchable

MAX_CANDIDATES = 5_000
"""How many of a kind of name are looked at: the shortest names, and of equal ones the oldest."""


async def accounts(session: AsyncSession, text: str, popular: Sequence[int]) -> list[int]:
    """Return accounts whose handle or name begins with a text, and those of `popular` that do in any case.

    One statement. Order: none.
    """
    handle, key = searchable(text).removeprefix("@"), searchable(text)
    by_handle, by_name = begins(col(Account.handle), handle), begins(col(Account.name_key), key)
    number = col(Account.id)
    handles = select(number).where(*by_handle).order_by(col(Account.handle)).limit(MAX_CANDIDATES)
    names = select(number).where(*by_name).order_by(col(Account.name_key), number).limit(MAX_CANDIDATES)
    known = select(number).where(number.in_(popular), or_(and_(*by_handle), and_(*by_name)))
    found = union(select(handles.subquery()), select(names.subquery()), known)
    return list(await session.scalars(found))


async def groups(session: AsyncSession, text: str) -> list[int]:
    """Return groups whose slug or name begins with a text. One statement. Order: none."""
    slug, key = searchable(text).removeprefix("@").removeprefix("$"), searchable(text)
    number = col(Group.id)
    slugs = select(number).where(*begins(col(Group.slug), slug)).order_by(col(Group.slug)).limit(MAX_CANDIDATES)
    by_name = select(number).where(*begins(col(Group.name_key), key))
    names = by_name.order_by(col(Group.name_key), number).limit(MAX_CANDIDATES)
    return list(await session.scalars(union(select(slugs.subquery()), select(names.subquery()))))
