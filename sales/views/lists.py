"""Administrators keep the lists from which everybody chooses."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.lib.notices import say
from crm.lib.web import SeeOther, invalid
from sales.list_forms import FORMS
from sales.lists import LISTS, add_entry, change_entry, restore_entry, retire_entry
from sales.models import LetterTemplate, Outcome
from team.access import ADMIN, SignedInRequest, access
from team.conflicts import conflict
from team.forms.common import refuse
from team.models import Choice
from team.records import VersionConflict
from team.refusals import Refusal

TITLES = {
    "outcomes": gettext_lazy("How calls end"),
    "sources": gettext_lazy("Where leads come from"),
    "lead-reasons": gettext_lazy("Why leads end"),
    "reasons": gettext_lazy("Why deals are lost"),
    "tags": gettext_lazy("Tags of customers, contacts, leads and deals"),
}
NEW = {
    "outcomes": gettext_lazy("Add an outcome"),
    "sources": gettext_lazy("Add a source"),
    "lead-reasons": gettext_lazy("Add a reason"),
    "reasons": gettext_lazy("Add a reason"),
    "tags": gettext_lazy("Add a tag"),
}


@dataclass(frozen=True)
class Kept:
    """One list with all its entries, the retired ones too."""

    which: str
    title: Any
    new: Any
    entries: list[Choice]


@require_safe
@access(ADMIN)
def choice_lists(request: SignedInRequest) -> HttpResponse:
    lists = [
        Kept(
            which,
            TITLES[which],
            NEW[which],
            list(_with_stage(model).order_by("-is_active", "order", "pk")),
        )
        for which, model in LISTS.items()
    ]
    context = {"lists": lists, "letters": _letters()}
    return render(request, "sales/choice_lists.html", context)


def _letters() -> list[tuple[str, Any, bool]]:
    """By language whether letters to customers say what ships, or what administrators wrote."""
    kept = set(LetterTemplate.objects.values_list("language", flat=True))
    return [(code, name, code in kept) for code, name in settings.LANGUAGES]


def _with_stage(model: type[Choice]) -> Any:
    return Outcome.objects.select_related("stage") if model is Outcome else model._default_manager


@require_http_methods(["GET", "HEAD", "POST"])
@access(ADMIN)
def choice_new(request: SignedInRequest, which: str) -> HttpResponse:
    model = _model(which)
    form = FORMS[which](request.POST or None, viewer=request.user)
    context = {"form": form, "title": NEW[which], "back": _back()}
    if request.method != "POST":
        return render(request, "sales/choice_form.html", context)
    if not form.is_valid():
        if form.made_before():
            return SeeOther(_address(which))
        return invalid(request, "sales/choice_form.html", context)
    entry = model(client_ref=form.cleaned_data["client_ref"], **form.typed)
    _entry, made = add_entry(entry, by=request.user)
    if made:
        say(request, _("«%(name)s» is on the list.") % {"name": entry})
    return SeeOther(_address(which))


@require_http_methods(["GET", "HEAD", "POST"])
@access(ADMIN)
def choice_edit(request: SignedInRequest, which: str, choice_id: int) -> HttpResponse:
    entry = get_object_or_404(_model(which), pk=choice_id)
    form = FORMS[which](request.POST or None, instance=entry, viewer=request.user)
    context = {"form": form, "title": str(entry), "back": _back()}
    if request.method != "POST":
        return render(request, "sales/choice_form.html", context)
    if not form.is_valid():
        return invalid(request, "sales/choice_form.html", context)
    try:
        change_entry(entry, form.typed, by=request.user, version=form.cleaned_data["version"])
    except VersionConflict as error:
        return conflict(request, form, error.current)
    except Refusal as refusal:
        refuse(form, refusal)
        return invalid(request, "sales/choice_form.html", context)
    say(request, _("«%(name)s» is saved.") % {"name": entry})
    return SeeOther(_address(which))


@require_POST
@access(ADMIN)
def choice_retire(request: SignedInRequest, which: str, choice_id: int) -> HttpResponse:
    entry = get_object_or_404(_model(which), pk=choice_id)
    try:
        retire_entry(entry, by=request.user)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return SeeOther(_address(which))
    say(
        request,
        _("«%(name)s» is offered no more.") % {"name": entry},
        undo=reverse("choice-restore", args=[which, entry.pk]),
    )
    return SeeOther(_address(which))


@require_POST
@access(ADMIN)
def choice_restore(request: SignedInRequest, which: str, choice_id: int) -> HttpResponse:
    entry = get_object_or_404(_model(which), pk=choice_id)
    restore_entry(entry, by=request.user)
    say(request, _("«%(name)s» is offered again.") % {"name": entry})
    return SeeOther(_address(which))


def _model(which: str) -> type[Choice]:
    if which not in LISTS:
        raise Http404
    return LISTS[which]


def _back() -> dict[str, str]:
    return {"url": reverse("choice-lists"), "title": _("Lists")}


def _address(which: str) -> str:
    return f"{reverse('choice-lists')}#{which}"
