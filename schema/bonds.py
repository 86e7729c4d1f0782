"""Bonds and the lists that are ordered by them."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Protocol, TypeVar

import strawberry

from planet_graph import ids
from planet_graph.paging import Page
from planet_graph.scoring import bonds as law
from resolvers import bonds, impressions
from resolvers.bonds import BondRow, RankedBond
from schema.explanations import Explanation
from schema.impressions import IMPRESSION
from schema.info import Info, at, within
from schema.nodes import PageInfo
from schema.scalars import BigInt, moment, points

if TYPE_CHECKING:
    from schema.accounts import Account
    from schema.creators import Creator


@strawberry.type(description="One channel's part of a bond.")
class BondChannel:
    """A channel and its points."""

    channel: str = strawberry.field(description="attention, expression, commitment or trade_interest.")
    points: Decimal = strawberry.field(description="Its points. All channels together are the strength, exactly.")


@strawberry.type(description="One kind of activity's part of a bond.")
class BondKind:
    """A kind, its points, and what was done."""

    kind: str = strawberry.field(description="What was done, such as `reply`.")
    channel: str = strawberry.field(description="The channel it belongs to.")
    points: Decimal = strawberry.field(description="Its points. A channel's kinds add up to the channel, exactly.")
    quantity: BigInt = strawberry.field(description="How much of it, in `unit`.")
    unit: str = strawberry.field(description="What is counted.")
    days: int = strawberry.field(description="On how many UTC days.")
    last_day: date = strawberry.field(description="The last of them.")


@strawberry.type(
    description=(
        "How strong a fan's tie to a creator is. Points are shares of a saturating whole, so a kind's points may fall "
        "a little when another kind grows, although the strength rises."
    )
)
class Bond:
    """A bond on a day."""

    row: strawberry.Private[BondRow]

    @strawberry.field(description="0 to 100, with six digits. It halves slowly in silence and saturates below 100.")
    def strength(self) -> Decimal:
        """Return the points."""
        return points(bonds.strength(self.row).points)

    @strawberry.field(description="The UTC day that the strength is of.")
    def as_of(self) -> date:
        """Return the day."""
        return bonds.day_date(self.row.day)

    @strawberry.field(description="When the first act that counts happened, as far as daily totals tell.")
    def since(self) -> datetime:
        """Return the time of the first effort."""
        return moment(int(self.row.properties["since_us"]))

    @strawberry.field(description="The last UTC day with an act that counts.")
    def last_day(self) -> date:
        """Return the bond's own day."""
        return bonds.day_date(int(self.row.properties["day"]))

    @strawberry.field(
        description="The weight on `lastDay`. It halves in 365 days without an act: weight * 2^(-days/365) after so "
        "many days. The strength is "
        f"100 * weight / (weight + {law.KAPPA:.0f})."
    )
    def weight(self) -> float:
        """Return the weight of the bond's own day."""
        return float(self.row.properties["weight"])

    @strawberry.field(description="The strength by channel, all four.")
    def channels(self) -> list[BondChannel]:
        """Return the channels' points."""
        split = bonds.strength(self.row).channels
        return [BondChannel(channel=channel, points=points(part)) for channel, part in split.items()]

    @strawberry.field(
        description="The strength by kind, most points first. Null for others than the fan, the creator, analysts and "
        "operators: what one reads is personal."
    )
    async def kinds(self, info: Info) -> list[BondKind] | None:
        """Return the kinds' points, where the viewer may see them."""
        found = await bonds.kinds(within(info), self.row)
        if found is None:
            return None
        return [
            BondKind(
                kind=total.kind,
                channel=total.channel,
                points=points(total.points),
                quantity=BigInt(total.quantity),
                unit=total.unit,
                days=total.days,
                last_day=bonds.day_date(total.last_day),
            )
            for total in found
        ]

    @strawberry.field(description="Where the strength comes from.")
    async def explanation(self, info: Info) -> Explanation:
        """Explain the strength."""
        evidence = await bonds.evidence(within(info), self.row)
        return Explanation.of(bonds.explanation(self.row), evidence)

    @strawberry.field(description="The version of the law that made it.")
    def formula_version(self) -> str:
        """Return the law's version."""
        return law.FORMULA_VERSION

    @strawberry.field(description="The fan.")
    async def fan(self, info: Info) -> Annotated["Account", strawberry.lazy("schema.accounts")] | None:
        """Load the fan."""
        from schema.accounts import Account

        return Account.of_maybe(await within(info).loaders.accounts.load(self.row.fan))

    @strawberry.field(description="The creator.")
    async def creator(self, info: Info) -> Annotated["Creator", strawberry.lazy("schema.creators")] | None:
        """Load the creator."""
        from schema.creators import Creator

        account = await within(info).loaders.accounts.load(self.row.creator)
        identity = await within(info).loaders.creators.load(self.row.creator)
        return None if account is None or identity is None else Creator.of(identity, account)


class Listed(Protocol):
    """A row of a page."""

    @property
    def cursor(self) -> str:
        """Its place."""
        ...


ListedRow = TypeVar("ListedRow", bound=Listed)


def page_info(page: Page[ListedRow], after: str | None) -> PageInfo:
    """Say where a page lies."""
    return PageInfo(
        has_next_page=page.has_next,
        has_previous_page=after is not None,
        start_cursor=page.rows[0].cursor if page.rows else None,
        end_cursor=page.end or after,
    )


@strawberry.type(description="A fan in a creator's list.")
class FanEdge:
    """A fan's place."""

    row: strawberry.Private[RankedBond]

    @strawberry.field(description="The place in this list.")
    def cursor(self) -> str:
        """Return the cursor."""
        return self.row.cursor

    @strawberry.field(description="The fan.")
    def node(self) -> Annotated["Account", strawberry.lazy("schema.accounts")]:
        """Return the fan."""
        from schema.accounts import Account

        return Account.of(self.row.account)

    @strawberry.field(description="The fan's bond with the creator.")
    def bond(self) -> Bond:
        """Return the bond."""
        return Bond(row=self.row.bond)

    @strawberry.field(description=IMPRESSION)
    async def impression_token(self, info: Info) -> str | None:
        """Sign the impression."""
        return await impressions.token(info.context, self.row.account.id)

    @strawberry.field(description="Why the fan stands here: the bond's strength.")
    async def explanation(self, info: Info) -> Explanation:
        """Explain the place."""
        return Explanation.of(bonds.explanation(self.row.bond), await bonds.evidence(at(info), self.row.bond))


@strawberry.type(description="A creator's fans, strongest bond first.")
class FanConnection:
    """A page of fans."""

    edges: list[FanEdge] = strawberry.field(description="The fans.")
    page_info: PageInfo = strawberry.field(description="Where the page lies.")


@strawberry.type(description="A creator in a fan's list.")
class StrongestBondEdge:
    """A creator's place."""

    row: strawberry.Private[RankedBond]

    @strawberry.field(description="The place in this list.")
    def cursor(self) -> str:
        """Return the cursor."""
        return self.row.cursor

    @strawberry.field(description="The creator.")
    def node(self) -> Annotated["Creator", strawberry.lazy("schema.creators")]:
        """Return the creator."""
        from schema.creators import Creator

        if self.row.identity is None:
            raise ValueError(f"{ids.to_global('Account', self.row.account.id)} is listed as a creator and is none")
        return Creator.of(self.row.identity, self.row.account)

    @strawberry.field(description="The account's bond with the creator.")
    def bond(self) -> Bond:
        """Return the bond."""
        return Bond(row=self.row.bond)

    @strawberry.field(description=IMPRESSION)
    async def impression_token(self, info: Info) -> str | None:
        """Sign the impression."""
        return await impressions.token(info.context, self.row.account.id)

    @strawberry.field(description="Why the creator stands here: the bond's strength.")
    async def explanation(self, info: Info) -> Explanation:
        """Explain the place."""
        return Explanation.of(bonds.explanation(self.row.bond), await bonds.evidence(at(info), self.row.bond))


@strawberry.type(description="The creators that an account is closest to, strongest bond first.")
class StrongestBondConnection:
    """A page of creators."""

    edges: list[StrongestBondEdge] = strawberry.field(description="The creators.")
    page_info: PageInfo = strawberry.field(description="Where the page lies.")
