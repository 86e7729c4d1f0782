"""Deciding who comes into a group by approval."""

from typing import Literal

from planet_graph import ids
from planet_graph.database import UnitOfWork
from planet_graph.errors import NotFound
from planet_graph.errors.groups import AlreadyDecided
from planet_graph.models import join_requests
from planet_graph.models.join_requests import JoinRequest
from planet_graph.services import doors
from planet_graph.services.act import Caller, Services
from planet_graph.services.memberships import enter, tell
from planet_graph.services.roles import check_act, lock_both

Decision = Literal["accepted", "rejected"]


async def decide(services: Services, caller: Caller, group: int, account: int, decision: Decision) -> JoinRequest:
    """Accept or reject who asks to join.

    Raises: ReadOnly, Unauthenticated, NotFound (also without a request), NotMember, RoleRequired, AlreadyDecided.
    """
    own = check_act(services, caller)

    async def work(unit: UnitOfWork) -> JoinRequest:
        _, theirs = await lock_both(unit, group, own, account, "moderator")
        request = await join_requests.locked(unit.session, (account, group))
        if request is None:
            raise NotFound("The account does not ask to join.", id=ids.to_global("Account", account))
        if request.decision:
            raise AlreadyDecided(f"This request was {request.decision} before.", decision=request.decision)
        now_us = services.clock.now_us()
        kind = "join_accepted" if decision == "accepted" else "join_declined"
        heard = await doors.settled(unit, account, group)
        heard += await doors.answered(unit, own, account, group, kind, now_us)
        if decision == "accepted":
            request.fact = await enter(services, unit, account, group, theirs, kind="accept_join", heard=heard)
        else:
            request.fact = await tell(services, unit, "reject_join", account, group, heard)
        request.decision, request.decided_us = decision, now_us
        return request

    decided, _ = await services.database.write(work)
    return decided
