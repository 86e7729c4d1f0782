"""What the viewer may do: the checks that the writes begin with, asked without writing."""

from planet_graph.models.posts import Post
from planet_graph.services import (
    accounts,
    blocks,
    creators,
    erasures,
    follows,
    kyc,
    mutes,
    notifications,
    own_data,
    posts,
    revisions,
)
from resolvers.asking import ALLOWED, Permission
from resolvers.asking import ask as _ask
from resolvers.context import Context


async def follow(context: Context, account: int) -> Permission:
    """Say whether the viewer may change a follow between the two; the account is one that the viewer may see."""
    caller, services = await context.caller(), context.reads.services
    return _ask(lambda: follows.check_follow(services, caller, account))


async def block(context: Context, account: int) -> Permission:
    """Say whether the viewer may block an account."""
    caller, services, hidden = await context.caller(), context.reads.services, await context.hidden()
    return _ask(
        lambda: blocks.check_block(services, caller, account),
        lambda: blocks.check_room(services, len(hidden)),
    )


async def mute(context: Context, account: int) -> Permission:
    """Say whether the viewer may mute an account, or does."""
    caller, services, hidden = await context.caller(), context.reads.services, await context.hidden()
    room = 0 if account in hidden.muted else len(hidden)
    return _ask(
        lambda: mutes.check_mute(services, caller, account),
        lambda: blocks.check_room(services, room),
    )


async def update_profile(context: Context) -> Permission:
    """Say whether the viewer may change a profile."""
    caller, services = await context.caller(), context.reads.services
    return _ask(lambda: accounts.check_update(services, caller))


async def activate_creator(context: Context) -> Permission:
    """Say whether the viewer may become a creator, or is one."""
    caller, services, account = await context.caller(), context.reads.services, await context.viewer()
    asked = _ask(lambda: accounts.check_update(services, caller))
    if account is None or not asked.allowed:
        return asked
    (identity,) = await context.loaders.creators.load_many([account.id])
    return ALLOWED if identity is not None else _ask(lambda: creators.check_verified(account))


async def set_kyc_status(context: Context) -> Permission:
    """Say whether the viewer may say how far an identity check is."""
    caller, services = await context.caller(), context.reads.services
    return _ask(lambda: kyc.check_set(services, caller))


async def erase_account(context: Context, account: int) -> Permission:
    """Say whether the viewer may erase an account."""
    caller, services = await context.caller(), context.reads.services
    return _ask(lambda: erasures.check_erase(services, caller, account))


async def set_notifications(context: Context) -> Permission:
    """Say whether the viewer may mark and choose notifications."""
    caller, services = await context.caller(), context.reads.services
    return _ask(lambda: notifications.check_own(services, caller))


async def export_my_data(context: Context) -> Permission:
    """Say whether the viewer may take their own data along."""
    caller, services = await context.caller(), context.reads.services
    return _ask(lambda: own_data.check_export(services, caller))


async def act_on_post(context: Context, row: Post) -> Permission:
    """Say whether the viewer may react to, answer, pass on or keep a post; it is one that the viewer may see."""
    caller, services = await context.caller(), context.reads.services
    return _ask(lambda: posts.check_act(services, caller), lambda: posts.check_there(row))


async def create_post(context: Context) -> Permission:
    """Say whether the viewer may publish posts of their own."""
    caller, services = await context.caller(), context.reads.services
    asked = _ask(lambda: posts.check_act(services, caller))
    if caller.account is None or not asked.allowed:
        return asked
    (identity,) = await context.loaders.creators.load_many([caller.account])
    return _ask(lambda: posts.check_creator(identity is not None))


async def edit_post(context: Context, row: Post) -> Permission:
    """Say whether the viewer may change what a post says."""
    caller, services = await context.caller(), context.reads.services
    return _ask(lambda: revisions.check_edit(posts.check_act(services, caller), row))


async def delete_post(context: Context, row: Post) -> Permission:
    """Say whether the viewer may take a post away, or did."""
    caller, services = await context.caller(), context.reads.services
    return _ask(lambda: revisions.check_author(posts.check_act(services, caller), row))
