"""What the viewer may do in groups: the checks that the writes begin with, asked without writing."""

from planet_graph.models.groups import Group
from planet_graph.models.memberships import Membership, Role
from planet_graph.models.messages import Message
from planet_graph.services import memberships, messages, roles
from resolvers.asking import Permission, ask
from resolvers.context import Context
from resolvers.memberships import viewer_membership


async def create(context: Context) -> Permission:
    """Say whether the viewer may make a group."""
    caller, services = await context.caller(), context.reads.services
    return ask(lambda: roles.check_act(services, caller))


async def join(context: Context, group: Group) -> Permission:
    """Say whether the viewer may join a group or ask to, or is in it."""
    asked, viewer = await create(context), await context.viewer_number()
    if not asked.allowed or viewer is None:
        return asked
    ban = await context.loaders.bans.load((viewer, group.id))
    if await viewer_membership(context, group.id) is not None:
        return asked
    return ask(lambda: memberships.check_enter(group, ban))


async def leave(context: Context, group: int) -> Permission:
    """Say whether the viewer may leave a group, or is not in it."""
    asked, own = await create(context), await viewer_membership(context, group)
    return ask(lambda: memberships.check_leave(own)) if asked.allowed else asked


async def act(context: Context, group: int, least: Role) -> Permission:
    """Say whether the viewer may do in a group what needs a role."""
    asked, own = await create(context), await viewer_membership(context, group)
    return ask(lambda: roles.check_role(own, least)) if asked.allowed else asked


async def act_on(context: Context, other: Membership, least: Role) -> Permission:
    """Say whether the viewer may do to a member what needs a role."""
    asked, own = await act(context, other.group_id, least), await viewer_membership(context, other.group_id)
    if not asked.allowed or own is None:
        return asked
    return ask(lambda: roles.check_above(own, other))


async def send_message(context: Context, group: int) -> Permission:
    """Say whether the viewer may say something in a group; how slow it is shows only by trying."""
    return await act(context, group, "member")


async def edit_message(context: Context, row: Message) -> Permission:
    """Say whether the viewer may change a message."""
    asked, viewer = await act(context, row.group_id, "member"), await context.viewer_number()
    return ask(lambda: messages.check_author(row, viewer or 0)) if asked.allowed else asked


async def delete_message(context: Context, row: Message) -> Permission:
    """Say whether the viewer may take a message away."""
    asked, own = await act(context, row.group_id, "member"), await viewer_membership(context, row.group_id)
    theirs = await context.loaders.memberships.load((row.author, row.group_id))
    if not asked.allowed or own is None:
        return asked
    return ask(lambda: messages.check_delete(row, own, theirs))
