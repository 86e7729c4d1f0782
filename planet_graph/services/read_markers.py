"""Remembering up to where one has read a group."""

from planet_graph.database import UnitOfWork
from planet_graph.models import memberships, messages, read_markers
from planet_graph.models.read_markers import ReadMarker
from planet_graph.services.act import Caller, Services, own_row
from planet_graph.services.messages import missing
from planet_graph.services.roles import check_act, check_role


async def mark_read(services: Services, caller: Caller, message: int) -> int:
    """Count a group's messages up to one as read; a marker never goes back. Nobody else learns of it.

    Return the group. Raises: ReadOnly, Unauthenticated, NotFound, NotMember.
    """
    own = check_act(services, caller)

    async def work(unit: UnitOfWork) -> int:
        await own_row(unit, own)
        (row,) = await messages.by_ids(unit.session, [message])
        if row is None:
            raise missing(message)
        (place,) = await memberships.by_pairs(unit.session, [(own, row.group_id)])
        check_role(place, "member")
        (marker,) = await read_markers.by_pairs(unit.session, [(own, row.group_id)])
        if marker is None:
            marker = ReadMarker(account=own, group_id=row.group_id, message=row.id, at_us=row.created_us)
            unit.session.add(marker)
        if (row.created_us, row.id) > (marker.at_us, marker.message):
            marker.message, marker.at_us = row.id, row.created_us
        return row.group_id

    group, _ = await services.database.write(work)
    return group
