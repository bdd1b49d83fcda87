"""The board of a pipeline: its open deals by stage, with sums that count all of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Count, F, Sum, Window
from django.db.models.functions import RowNumber

from crm.lib.money import half_up
from crm.lib.periods import month_start
from sales.deals.standing import Standing, standings
from sales.models import Deal, Pipeline, Stage
from sales.querysets import DealQuerySet

# Cards of a column, and of the one column that was asked for in full.
SHOWN, MOST = 20, 100
RELATED = ("customer", "owner", "stage")


@dataclass(frozen=True)
class Tally:
    """How many deals, and their money in cents of the company's currency; `weighted` is exact."""

    count: int = 0
    cents: int = 0
    weighted: Fraction = Fraction(0)

    @property
    def weighted_cents(self) -> int:
        return half_up(self.weighted)

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.count + other.count, self.cents + other.cents, self.weighted + other.weighted
        )


@dataclass(frozen=True)
class Column:
    """A stage with its first cards, the largest first; `tally` counts all."""

    stage: Stage
    tally: Tally
    cards: list[Standing]

    @property
    def more(self) -> int:
        return self.tally.count - len(self.cards)

    @property
    def opens(self) -> bool:
        """Whether asking for the whole column shows further cards; beyond that the table does."""
        return self.more > 0 and len(self.cards) < MOST


@dataclass(frozen=True)
class Board:
    pipeline: Pipeline
    stages: list[Stage]
    columns: list[Column]
    total: Tally
    attention: Tally
    closed: dict[str, Tally]

    @property
    def open_stages(self) -> list[Stage]:
        """Those that may be moved into, numbered as the keys count them."""
        return [stage for stage in self.stages if stage.is_open and stage.is_active]

    @property
    def ends(self) -> list[tuple[Stage, Tally]]:
        return [
            (stage, self.closed.get(stage.kind, Tally()))
            for stage in self.stages
            if not stage.is_open
        ]


def weigh(rows: DealQuerySet, stages: Iterable[Stage]) -> dict[int, Tally]:
    """The sums of some deals by stage, in one query."""
    shares = {stage.pk: stage.win_share for stage in stages}
    summed = rows.order_by().values("stage").annotate(n=Count("pk"), sum=Sum("cents"))
    return {
        pk: Tally(n, cents, cents * _exact(shares.get(pk)))
        for pk, n, cents in summed.values_list("stage", "n", "sum")
    }


def _exact(share: Decimal | None) -> Fraction:
    return Fraction(0) if share is None else Fraction(share)


def board_of(
    pipeline: Pipeline,
    stages: list[Stage],
    rows: Any,
    *,
    whole: str = "",
    only_attention: bool = False,
    today: date,
) -> Board:
    """The board over `rows`, which are narrowed and within the viewer's scope; six queries.

    `whole` is the key of the stage whose column is shown in full; `only_attention` leaves out the cards with
    a next step that stand no longer than usual.
    """
    of_it = rows.filter(stage__in=[stage.pk for stage in stages])
    standing = of_it.open()
    needy = standing.needing_attention(stages, today)
    if only_attention:
        standing = needy
    tallies = weigh(standing, stages)
    cards = _cards(standing, {stage.pk for stage in stages if stage.key == whole}, today)
    shown = [
        stage for stage in stages if stage.is_open and (stage.is_active or stage.pk in tallies)
    ]
    return Board(
        pipeline,
        stages,
        [Column(stage, tallies.get(stage.pk, Tally()), cards.get(stage.pk, [])) for stage in shown],
        sum(tallies.values(), Tally()),
        sum(weigh(needy, stages).values(), Tally()),
        _closed(of_it, stages, month_start(today)),
    )


def _cards(rows: Any, whole: set[int], today: date) -> dict[int, list[Standing]]:
    """The first cards of each stage, the largest first."""
    placed = rows.order_by().annotate(
        place=Window(
            RowNumber(), partition_by=F("stage"), order_by=[F("cents").desc(), F("pk").desc()]
        )
    )
    ids = [
        pk
        for pk, stage, place in placed.filter(place__lte=MOST).values_list("pk", "stage", "place")
        if place <= SHOWN or stage in whole
    ]
    deals = Deal.everything.filter(pk__in=ids).select_related(*RELATED).order_by("-cents", "-pk")
    deals = deals.prefetch_related("customer__merged_into")
    columns: dict[int, list[Standing]] = {}
    for card in standings(deals, today):
        columns.setdefault(card.deal.stage_id, []).append(card)
    return columns


def _closed(rows: Any, stages: list[Stage], since: date) -> dict[str, Tally]:
    """What was won and lost in the running month, by kind."""
    tallies = weigh(rows.filter(closed_on__gte=since), stages)
    return {stage.kind: tallies[stage.pk] for stage in stages if stage.pk in tallies}
