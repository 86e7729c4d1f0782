"""What erased people said in groups, and the groups they owned.

A message goes whole; what answers it answers nothing. Messages of others say something else in place of the name that
they call the person by. A group goes to the highest of its other members, of equals to who joined first, and is closed
where nobody is left.
"""

from planet_graph import facets
from planet_graph.database import UnitOfWork
from planet_graph.facets import Facet
from planet_graph.models import groups, memberships, messages, reactions
from planet_graph.outbox.facts import Subjects

HANDED = 3
"""How many subjects a group that is handed over may touch: itself, who owned it, who does. One goes at least."""


async def hand_over(unit: UnitOfWork, account: int, most: int, now_us: int) -> tuple[Subjects, bool]:
    """Give a person's groups to others, as many as at most so many subjects allow.

    Return what is touched, and whether the person owns no group any more. Units: `now_us` microseconds since 1970.
    """
    limit = max(1, most // HANDED)
    owned = await memberships.owned_by(unit.session, account, limit)
    touched: list[tuple[int, int]] = []
    for row in owned:
        group = await groups.locked(unit.session, row.group_id, change=True)
        heir = await memberships.heir_of(unit.session, row.group_id, account)
        # A row of the person's goes soon; until then nobody else may be the owner beside it
        row.role = "member"
        await unit.session.flush()
        touched.append((account, row.group_id))
        if heir is not None:
            heir.role, heir.origin = "owner", ""
            touched.append((heir.account, row.group_id))
        elif group is not None:
            group.name, group.description, group.announcement, group.closed_us = group.slug, "", "", now_us
    await unit.session.flush()
    named = Subjects(groups=tuple(row.group_id for row in owned), memberships=tuple(touched))
    return named, len(owned) < limit


async def remove(unit: UnitOfWork, account: int, most: int) -> tuple[Subjects, bool]:
    """Remove at most so many of a person's messages and mentions; return these, and whether nothing is left."""
    own = await messages.some_of(unit.session, account, most)
    found = [row.id for row in own]
    if found:
        await messages.remove(unit.session, found)
        await reactions.remove_of(unit.session, "message", found)
    named = await messages.some_mentions(unit.session, account, most - len(own))
    for mention in named:
        row = await messages.locked(unit.session, mention.message)
        if row is not None:
            row.body, kept = facets.without(row.body, [Facet.of(facet) for facet in row.facets], mention.name)
            row.facets = [facet.stored() for facet in kept]
            own.append(row)
        await unit.session.delete(mention)
    await unit.session.flush()
    touched = tuple(dict.fromkeys((row.group_id, row.id) for row in own))
    return Subjects(messages=touched), len(found) + len(named) < most
