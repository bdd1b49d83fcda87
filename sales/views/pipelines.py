"""Administrators keep the pipelines and the stages of each."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.lib.notices import say
from crm.lib.web import SeeOther, invalid
from sales.deals.pipeline_forms import PipelineForm, RetireForm, StageForm
from sales.deals.pipelines import (
    add_pipeline,
    add_stage,
    change_pipeline,
    change_stage,
    open_deals_by_stage,
    restore,
    retire_pipeline,
    retire_stage,
)
from sales.models import Pipeline, Stage
from team.access import ADMIN, SignedInRequest, access
from team.conflicts import conflict
from team.forms import RecordForm
from team.forms.common import refuse
from team.records import VersionConflict
from team.refusals import Refusal

FORM = "sales/choice_form.html"


@dataclass(frozen=True)
class StageRow:
    stage: Stage
    deals: int


@dataclass(frozen=True)
class PipelineRow:
    """A pipeline with its stages, the retired ones last, and the open deals that stand in it."""

    pipeline: Pipeline
    stages: list[StageRow]

    @property
    def deals(self) -> int:
        return sum(row.deals for row in self.stages)


@require_safe
@access(ADMIN)
def pipeline_list(request: SignedInRequest) -> HttpResponse:
    return render(request, "sales/pipeline_list.html", {"rows": _rows()})


def _rows() -> list[PipelineRow]:
    deals = open_deals_by_stage()
    stages: dict[int, list[StageRow]] = {}
    for stage in Stage.objects.order_by("-is_active", "order", "pk"):
        row = StageRow(stage, deals.get(stage.pk, 0))
        stages.setdefault(stage.pipeline_id, []).append(row)
    pipelines = Pipeline.objects.order_by("-is_active", "order", "pk")
    return [PipelineRow(one, stages.get(one.pk, [])) for one in pipelines]


@require_http_methods(["GET", "HEAD", "POST"])
@access(ADMIN)
def pipeline_new(request: SignedInRequest) -> HttpResponse:
    form = PipelineForm(request.POST or None, viewer=request.user)
    context = _form_page(form, _("Add a pipeline"))
    if request.method != "POST":
        return render(request, FORM, context)
    if not form.is_valid():
        if form.made_before():
            return SeeOther(_address())
        return invalid(request, FORM, context)
    new = Pipeline(client_ref=form.cleaned_data["client_ref"], **form.typed)
    pipeline, made = add_pipeline(new, like=form.cleaned_data["like"], by=request.user)
    if made:
        say(request, _("«%(name)s» is on the list.") % {"name": pipeline})
    return SeeOther(_address(pipeline))


@require_http_methods(["GET", "HEAD", "POST"])
@access(ADMIN)
def pipeline_edit(request: SignedInRequest, pipeline_id: int) -> HttpResponse:
    pipeline = get_object_or_404(Pipeline, pk=pipeline_id)
    form = PipelineForm(request.POST or None, instance=pipeline, viewer=request.user)
    return _edited(request, form, pipeline, change_pipeline, pipeline)


@require_http_methods(["GET", "HEAD", "POST"])
@access(ADMIN)
def pipeline_retire(request: SignedInRequest, pipeline_id: int) -> HttpResponse:
    pipeline = get_object_or_404(Pipeline, pk=pipeline_id)
    stages = pipeline.stages.values_list("pk", flat=True)
    deals = open_deals_by_stage()
    return _retired(
        request, pipeline, sum(deals.get(pk, 0) for pk in stages), retire_pipeline, pipeline
    )


@require_POST
@access(ADMIN)
def pipeline_restore(request: SignedInRequest, pipeline_id: int) -> HttpResponse:
    pipeline = get_object_or_404(Pipeline, pk=pipeline_id)
    return _restored(request, pipeline, pipeline)


@require_http_methods(["GET", "HEAD", "POST"])
@access(ADMIN)
def stage_new(request: SignedInRequest, pipeline_id: int) -> HttpResponse:
    pipeline = get_object_or_404(Pipeline, pk=pipeline_id)
    stage = Stage(pipeline=pipeline)
    form = StageForm(request.POST or None, instance=stage, viewer=request.user)
    context = _form_page(form, _("Add a stage to %(pipeline)s") % {"pipeline": pipeline})
    if request.method != "POST":
        return render(request, FORM, context)
    if not form.is_valid():
        if form.made_before():
            return SeeOther(_address(pipeline))
        return invalid(request, FORM, context)
    new = Stage(pipeline=pipeline, client_ref=form.cleaned_data["client_ref"], **form.typed)
    stage, made = add_stage(new, by=request.user)
    if made:
        say(request, _("«%(name)s» is on the list.") % {"name": stage})
    return SeeOther(_address(pipeline))


@require_http_methods(["GET", "HEAD", "POST"])
@access(ADMIN)
def stage_edit(request: SignedInRequest, stage_id: int) -> HttpResponse:
    stage = get_object_or_404(Stage.objects.select_related("pipeline"), pk=stage_id)
    form = StageForm(request.POST or None, instance=stage, viewer=request.user)
    return _edited(request, form, stage, change_stage, stage.pipeline)


@require_http_methods(["GET", "HEAD", "POST"])
@access(ADMIN)
def stage_retire(request: SignedInRequest, stage_id: int) -> HttpResponse:
    stage = get_object_or_404(Stage.objects.select_related("pipeline"), pk=stage_id)
    deals = open_deals_by_stage().get(stage.pk, 0)
    return _retired(request, stage, deals, retire_stage, stage.pipeline)


@require_POST
@access(ADMIN)
def stage_restore(request: SignedInRequest, stage_id: int) -> HttpResponse:
    stage = get_object_or_404(Stage.objects.select_related("pipeline"), pk=stage_id)
    return _restored(request, stage, stage.pipeline)


def _edited(
    request: SignedInRequest, form: RecordForm, entry: Any, change: Any, pipeline: Pipeline
) -> HttpResponse:
    context = _form_page(form, str(entry))
    if request.method != "POST":
        return render(request, FORM, context)
    if not form.is_valid():
        return invalid(request, FORM, context)
    try:
        change(entry, form.typed, by=request.user, version=form.cleaned_data["version"])
    except VersionConflict as error:
        return conflict(request, form, error.current)
    say(request, _("«%(name)s» is saved.") % {"name": entry})
    return SeeOther(_address(pipeline))


def _retired(
    request: SignedInRequest, entry: Any, deals: int, retire: Any, pipeline: Pipeline
) -> HttpResponse:
    """Retire it; where deals stand in it, ask where they go first."""
    typed = request.POST if request.method == "POST" else None
    form = RetireForm(typed, leaving=entry, deals=deals)
    title = _("Retire «%(name)s»") % {"name": entry}
    context = _form_page(form, title) | {"deals": deals, "retiring": True}
    if request.method != "POST":
        return render(request, FORM, context)
    if not form.is_valid():
        return invalid(request, FORM, context)
    try:
        moved = retire(entry, to=form.receiver, by=request.user)
    except Refusal as refusal:
        if form.fields:
            refuse(form, refusal)
            return invalid(request, FORM, context)
        messages.error(request, refusal.sentence)
        return SeeOther(_address(pipeline))
    _say_retired(request, entry, moved)
    return SeeOther(_address(pipeline))


def _say_retired(request: SignedInRequest, entry: Pipeline | Stage, moved: int) -> None:
    """With an undo where nothing went elsewhere: deals are moved back by hand."""
    said = _("«%(name)s» is offered no more.") % {"name": entry}
    if moved:
        went = ngettext("%(n)s deal was moved.", "%(n)s deals were moved.", moved) % {"n": moved}
        say(request, f"{said} {went}")
    else:
        name = "pipeline-restore" if isinstance(entry, Pipeline) else "pipeline-stage-restore"
        say(request, said, undo=reverse(name, args=[entry.pk]))


def _restored(
    request: SignedInRequest, entry: Pipeline | Stage, pipeline: Pipeline
) -> HttpResponse:
    restore(entry, by=request.user)
    say(request, _("«%(name)s» is offered again.") % {"name": entry})
    return SeeOther(_address(pipeline))


def _form_page(form: Any, title: str) -> dict[str, Any]:
    back = {"url": _address(), "title": _("Pipelines")}
    return {"form": form, "title": title, "back": back}


def _address(pipeline: Pipeline | None = None) -> str:
    return reverse("pipeline-list") + (f"#pipeline-{pipeline.pk}" if pipeline else "")
