"""Hot groups as they were at instants of the past, from the rows."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from planet_graph.database import Database
from planet_graph.models import accounts, activity, past_memberships
from planet_graph.models.activity import Row
from planet_graph.models.past_memberships import Interval
from planet_graph.scoring import groups
from planet_graph.scoring.days import day_of

GROUPS_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Place:
    """A group's score at a cut. Units: 0 to 100, full precision. `group`: our id."""

    score: float
    group: int


@dataclass
class _Past:
    """A group's rows up to the last cut asked for. `rows` and `intervals` are in order of time."""

    rows: Sequence[Row]
    intervals: Sequence[Interval]
    read: int = 0
    done: dict[int, list[Row]] = field(default_factory=lambda: defaultdict[int, list[Row]](list))
    parts: dict[int, groups.Part | None] = field(default_factory=dict[int, groups.Part | None])

    def at(self, cut_us: int) -> groups.Sums | None:
        """Add up what those who were members at a cut had done by then; cuts ascend."""
        until = bisect_right(self.rows, cut_us, key=lambda row: row.last_at_us)
        fans = {row.fan for row in self.rows[self.read : until]}
        for row in self.rows[self.read : until]:
            self.done[row.fan].append(row)
        self.read = until
        self.parts.update((fan, groups.fold(self.done[fan])) for fan in fans)
        joined = self.intervals[: bisect_right(self.intervals, cut_us, key=lambda interval: interval.since_us)]
        members = {each.account for each in joined if each.until_us is None or each.until_us > cut_us}
        return groups.from_parts(part for member in members if (part := self.parts.get(member)) is not None)


async def past(database: Database, source: str, cuts_us: Sequence[int]) -> tuple[list[list[Place]], dict[int, str]]:
    """Rank the groups of an import at each cut; return the rankings, and our id -> the import's id.

    What a member had done by then counts, its days whole as always: a total of a day, kind and subject counts once all
    of it had happened. Groups in which no member had done anything are left out.
    Units: microseconds since 1970. Order: as the cuts, which ascend; in a ranking by score, then the greater id first.
    """
    async with database.read() as session:
        names = await accounts.external_names(session, source, "Group")
    rankings: list[list[Place]] = [[] for _ in cuts_us]
    for some in _some(sorted(names)):
        async with database.read() as session:
            rows = await activity.of_targets(session, some)
            intervals = await past_memberships.of_groups(session, some)
        for group, of_group, members in zip(some, rows, intervals, strict=True):
            told = _Past(of_group, members)
            for cut_us, ranking in zip(cuts_us, rankings, strict=True):
                if (sums := told.at(cut_us)) is not None:
                    ranking.append(Place(groups.shown(groups.activity(sums, day_of(cut_us))), group))
    for ranking in rankings:
        ranking.sort(key=lambda place: (place.score, place.group), reverse=True)
    return rankings, names


def _some(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), GROUPS_AT_ONCE):
        yield ids[start : start + GROUPS_AT_ONCE]
