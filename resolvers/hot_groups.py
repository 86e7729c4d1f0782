"""Hot groups: those in and about which many members did something in the last days."""

from dataclasses import dataclass

from graph_db.properties import RANKS
from graph_db.store import Node
from planet_graph import paging
from planet_graph.models.groups import Group
from planet_graph.paging import Cursor, Page
from planet_graph.scoring import explanations
from planet_graph.scoring import groups as law
from planet_graph.scoring.explanations import Evidence, Explanation
from resolvers.context import Context
from resolvers.follows import key_of

HOT = "hotGroups"


@dataclass(frozen=True, slots=True)
class HotGroup:
    """A group's place in the ranking, with what explains it. `active`: how many members ever did something."""

    group: Group
    active: int
    explanation: Explanation
    cursor: str


def explain(sums: law.Sums, day: int) -> Explanation:
    """Explain a group's score by kinds of acts, with the number of members behind it."""
    active = Evidence(
        f"{sums.active} {'member' if sums.active == 1 else 'members'} did something in or about the group"
    )
    return explanations.of_group(sums, day, [active])


async def hot_groups(context: Context, first: int, after: str | None) -> Page[HotGroup]:
    """Read a page of the ranking. Raises: InvalidArgument, Unavailable."""
    place = key_of(HOT, after)
    nodes = await context.reads.store.top_nodes("MEMBER_OF", place, paging.page_size(first) + 1)
    chosen = paging.page_of(nodes, first)
    found = await context.loaders.groups.load_many([node.id for node in chosen.rows])
    rows = [
        HotGroup(group, sums.active, explain(sums, context.today), _cursor(node))
        for node, group in zip(chosen.rows, found, strict=True)
        if group is not None and (sums := law.from_properties(node.properties)) is not None
    ]
    return Page(rows, chosen.has_next, _cursor(chosen.rows[-1]) if chosen.rows else None)


def _cursor(node: Node) -> str:
    return paging.encode(HOT, Cursor(int(node.properties[RANKS["MEMBER_OF"].key]), node.id))
