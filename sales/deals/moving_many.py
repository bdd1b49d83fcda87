"""Bringing many deals to another stage or to their end, set-based: as many moves, told as such."""

from collections.abc import Iterable
from datetime import date

from django.db.models import F

from sales.deals.changing import HISTORY_FIELDS
from sales.models import Deal, DealChange, Stage
from team.audit import Change, record_many, values_of
from team.models import Company, User

CHUNK = 1000
TOLD = ("stage", "stage_since")
LOST = (*TOLD, "closed_on", "reason")


def move_open_deals(stages: Iterable[Stage], to: Stage, *, by: User | None) -> int:
    """Move what stands in these open stages, the deals in the bin too; how many. Call it in a transaction.

    A fixed number of statements per 1,000 deals.
    """
    stand = Deal.everything.select_for_update(of=("self",)).filter(stage__in=list(stages))
    return len(move_deals(list(stand.order_by("pk")), to, by=by))


def move_deals(deals: list[Deal], to: Stage, *, by: User | None) -> list[DealChange]:
    """Move these open deals, which the caller has locked; the changes by which they stand there now."""
    made: list[DealChange] = []
    for start in range(0, len(deals), CHUNK):
        made += _move(deals[start : start + CHUNK], to, by)
    return made


def lost_stages() -> dict[int, Stage]:
    """By pipeline, the stage in which its lost deals end. One query."""
    found = Stage.objects.filter(kind=Stage.Kind.LOST, is_active=True).order_by("-order", "-pk")
    return {stage.pipeline_id: stage for stage in found}


def lose_deals(deals: list[Deal], reason: str, *, by: User | None) -> list[DealChange]:
    """Lose these open deals today for a reason of the list, each in the lost stage of its own pipeline.

    The caller has locked them, and each pipeline has such a stage. What `sales.deals.changing.move_deal` does to one.
    """
    ends = lost_stages()
    today = Company.get().today
    told = []
    for deal in deals:
        before = values_of(deal, LOST)
        deal.stage, deal.stage_since = ends[deal.stage.pipeline_id], today
        deal.closed_on, deal.reason, deal.version = today, reason, deal.version + 1
        told.append(Change(deal, before, values_of(deal, LOST)))
    Deal.everything.bulk_update(deals, [*LOST, "version"], batch_size=500)
    made = DealChange.everything.bulk_create(_changes(deals, today, by), batch_size=500)
    record_many("change stage", told, by=by)
    return made


def _changes(deals: list[Deal], today: date, by: User | None) -> list[DealChange]:
    return [
        DealChange(
            deal=deal,
            on=today,
            by=by,
            recorded_on=today,
            **{name: getattr(deal, name) for name in HISTORY_FIELDS},
        )
        for deal in deals
    ]


def _move(deals: list[Deal], to: Stage, by: User | None) -> list[DealChange]:
    today = Company.get().today
    before = {deal.pk: values_of(deal, TOLD) for deal in deals}
    Deal.everything.filter(pk__in=before).update(
        stage=to, stage_since=today, version=F("version") + 1
    )
    for deal in deals:
        deal.stage, deal.stage_since = to, today
    made = DealChange.everything.bulk_create(_changes(deals, today, by))
    told = (Change(deal, before[deal.pk], values_of(deal, TOLD)) for deal in deals)
    record_many("change stage", told, by=by)
    return made
