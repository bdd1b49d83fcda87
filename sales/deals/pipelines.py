"""Keeping pipelines and their stages: adding, editing, retiring, and where the deals go that stand there."""

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from sales.deals.moving_many import move_open_deals
from sales.lists import new_key
from sales.models import Deal, Pipeline, Stage
from sales.models.choices import SHIPPED_STAGES
from team.audit import record, values_of
from team.models import User
from team.records import add_record, change_record
from team.refusals import Refusal

PIPELINE_FIELDS = ("name", "order")
STAGE_FIELDS = ("name", "order", "kind", "win_share")
# What a pipeline without a pattern begins with.
FIRST_STAGES = ("new", "won", "lost")


def add_pipeline(
    pipeline: Pipeline, *, like: Pipeline | None, by: User | None
) -> tuple[Pipeline, bool]:
    """Store a new pipeline with the stages of another one, or with the three that each must have.

    False: made before by the same post.
    """
    pipeline.key = new_key(pipeline.name)
    with transaction.atomic():
        pipeline, made = add_record(pipeline, by=by, fields=PIPELINE_FIELDS)
        if made:
            for stage in _pattern(like):
                stage.pipeline, stage.key = pipeline, new_key(stage.name)
                stage.save()
                record("create", stage, by=by, after=values_of(stage, STAGE_FIELDS))
    return pipeline, made


def _pattern(like: Pipeline | None) -> list[Stage]:
    if like is not None:
        return [
            Stage(name=one.name, kind=one.kind, order=one.order, win_share=one.win_share)
            for one in like.stages.filter(is_active=True).order_by("order", "pk")
        ]
    return [
        Stage(name=name, kind=kind, order=10 * place, win_share=Decimal(share))
        for place, (name, kind, share) in enumerate(
            map(SHIPPED_STAGES.__getitem__, FIRST_STAGES), 1
        )
    ]


def change_pipeline(
    pipeline: Pipeline, values: dict[str, Any], *, by: User | None, version: int
) -> Pipeline:
    return change_record(pipeline, values, by=by, version=version)


def add_stage(stage: Stage, *, by: User | None) -> tuple[Stage, bool]:
    """Store a new open stage; won and lost are there from the first day of a pipeline."""
    stage.key, stage.kind = new_key(stage.name), Stage.Kind.OPEN
    with transaction.atomic():
        return add_record(stage, by=by, fields=STAGE_FIELDS)


def change_stage(stage: Stage, values: dict[str, Any], *, by: User | None, version: int) -> Stage:
    """Store an edit. What the usual share of wins was before is kept: forecasts of past days read it."""
    return change_record(stage, values, by=by, version=version)


def open_deals_by_stage() -> dict[int, int]:
    """How many deals stand in each open stage, those in the bin too: they may come back."""
    counted = Stage.objects.open().annotate(n=Count("deals")).filter(n__gt=0)
    return dict(counted.values_list("pk", "n"))


def receivers(*, leaving: Pipeline | Stage) -> Any:
    """The stages that may take the open deals of what is retired."""
    stays = Stage.objects.offered().open()
    if isinstance(leaving, Pipeline):
        return stays.exclude(pipeline=leaving)
    return stays.exclude(pk=leaving.pk)


def retire_stage(stage: Stage, *, to: Stage | None, by: User | None) -> int:
    """Offer it no more, and bring the deals that stand in it to another one; how many did."""
    with transaction.atomic():
        # whoever retires the other one of two waits here
        Pipeline.objects.select_for_update().get(pk=stage.pipeline_id)
        if not stage.is_open:
            raise Refusal(
                _("Every pipeline has one stage for won and one for lost deals. Rename this one.")
            )
        others = Stage.objects.open().filter(pipeline=stage.pipeline_id, is_active=True)
        if not others.exclude(pk=stage.pk).exists():
            raise Refusal(_("This is the last open stage: without it no deal could be opened."))
        moved = _send([stage], to, by)
        change_record(stage, {"is_active": False}, by=by, version=None, action="retire")
    return moved


def retire_pipeline(pipeline: Pipeline, *, to: Stage | None, by: User | None) -> int:
    """Offer it no more, and bring its open deals to a stage of another one; how many did."""
    with transaction.atomic():
        # all of them, in one order: of those offered alone each of two at once would see others, and wait for the other
        pipelines = Pipeline.objects.select_for_update().order_by("pk")
        if [one.pk for one in pipelines if one.is_active] == [pipeline.pk]:
            raise Refusal(_("This is the last pipeline: without it no deal could be opened."))
        moved = _send(list(pipeline.stages.filter(kind=Stage.Kind.OPEN)), to, by)
        change_record(pipeline, {"is_active": False}, by=by, version=None, action="retire")
    return moved


def _send(stages: list[Stage], to: Stage | None, by: User | None) -> int:
    if to is not None:
        return move_open_deals(stages, to, by=by)
    if Deal.everything.filter(stage__in=stages).exists():
        raise Refusal(_("Open deals stand here. Say where they go."), "to")
    return 0


def restore(entry: Pipeline | Stage, *, by: User | None) -> None:
    """Offer a retired pipeline or stage again."""
    change_record(entry, {"is_active": True}, by=by, version=None, action="offer again")
