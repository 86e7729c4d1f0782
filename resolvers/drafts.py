"""Drafts: the viewer's own, and nobody else's."""

from dataclasses import dataclass

from planet_graph import paging
from planet_graph.models import drafts
from planet_graph.models.drafts import Draft
from planet_graph.paging import Cursor, Page
from planet_graph.services import posts, scheduled_drafts
from resolvers.asking import Permission, ask
from resolvers.context import Context
from resolvers.lists import place_of


@dataclass(frozen=True, slots=True)
class ListedDraft:
    """A draft's place in the list."""

    row: Draft
    cursor: str


async def page(context: Context, first: int, after: str | None) -> Page[ListedDraft]:
    """Read a page of the viewer's drafts, the latest saved first. Raises: InvalidArgument."""
    viewer = await context.viewer_number()
    name = f"drafts:{viewer}"
    before, size = place_of(name, after), paging.page_size(first) + 1
    if viewer is None:
        return Page([], has_next=False)
    async with context.reads.database.read() as session:
        found = await drafts.page(session, viewer, before, size)
    chosen = paging.page_of(found, first)
    rows = [ListedDraft(row, paging.encode(name, Cursor(row.saved_us, row.id))) for row in chosen.rows]
    return Page(rows, chosen.has_next, rows[-1].cursor if rows else None)


async def write(context: Context) -> Permission:
    """Say whether the viewer may save, schedule and throw away drafts of their own."""
    caller, services = await context.caller(), context.reads.services
    return ask(lambda: posts.check_act(services, caller))


async def publish(context: Context, row: Draft) -> Permission:
    """Say whether the viewer may publish a draft, as far as its row tells."""
    caller, services = await context.caller(), context.reads.services
    (identity,) = await context.loaders.creators.load_many([row.account])
    return ask(
        lambda: posts.check_act(services, caller),
        lambda: scheduled_drafts.check_publish(row, active=identity is not None),
    )
