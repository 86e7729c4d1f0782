"""Popular creators: those whose many fans did something of late."""

from collections.abc import Sequence
from dataclasses import dataclass

from graph_db.properties import RANKS
from graph_db.store import Node
from planet_graph import paging
from planet_graph.models.accounts import Account, Creator
from planet_graph.paging import Cursor, Page
from planet_graph.scoring import creators, explanations
from planet_graph.scoring.explanations import Evidence, Explanation
from resolvers.context import Context
from resolvers.follows import accounts_of, key_of

POPULAR = "popularCreators"


@dataclass(frozen=True, slots=True)
class PopularCreator:
    """A creator's place in the ranking, with what explains it."""

    identity: Creator
    account: Account
    fans: int
    explanation: Explanation
    cursor: str


def explain(sums: creators.Sums, day: int) -> Explanation:
    """Explain a creator's score by channels, with the number of fans behind it."""
    fans = Evidence(f"{sums.fans} {'fan has' if sums.fans == 1 else 'fans have'} a bond with this creator")
    return explanations.of_creator(sums, day, [fans])


async def popular(context: Context, first: int, after: str | None) -> Page[PopularCreator]:
    """Read a page of the ranking. Raises: InvalidArgument, Unavailable."""
    place = key_of(POPULAR, after)
    hidden = await context.hidden()
    nodes = await context.reads.store.top_nodes(
        "BOND", place, paging.page_size(first) + 1, [*hidden.blocked, *hidden.muted]
    )
    chosen = paging.page_of(nodes, first)
    rows = await _rows(context, chosen.rows)
    return Page(rows, chosen.has_next, _cursor(chosen.rows[-1]) if chosen.rows else None)


def _cursor(node: Node) -> str:
    return paging.encode(POPULAR, Cursor(int(node.properties[RANKS["BOND"].key]), node.id))


async def _rows(context: Context, nodes: Sequence[Node]) -> list[PopularCreator]:
    numbers = [node.id for node in nodes]
    found = await accounts_of(context, numbers)
    identities = {row.account_id: row for row in await context.loaders.creators.load_many(numbers) if row is not None}
    rows: list[PopularCreator] = []
    for node in nodes:
        sums = creators.from_properties(node.properties)
        if sums is None or node.id not in found or node.id not in identities:
            continue
        rows.append(
            PopularCreator(
                identities[node.id],
                found[node.id],
                sums.fans,
                explain(sums, context.today),
                _cursor(node),
            )
        )
    return rows
