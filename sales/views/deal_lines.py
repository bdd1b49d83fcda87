"""The price lines of a deal: adding, editing, taking off."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crm.lib.notices import say
from crm.lib.web import SeeOther, invalid
from sales.deals.changing import DealIsClosed
from sales.deals.pricing import add_line, change_line, remove_line
from sales.deals.pricing_forms import LineForm
from sales.models import Deal, DealLine
from team.access import SIGNED_IN, SignedInRequest, access, visible_or_404
from team.conflicts import conflict
from team.forms.common import refuse
from team.models import Company
from team.records import VersionConflict
from team.refusals import Refusal

FORM = "sales/deal_line.html"


@require_http_methods(["GET", "HEAD", "POST"])
@access(SIGNED_IN)
def line_new(request: SignedInRequest, deal_id: int) -> HttpResponse:
    deal = visible_or_404(Deal, request.user, pk=deal_id)
    form = LineForm(request.POST or None, instance=DealLine(deal=deal), viewer=request.user)
    if request.method != "POST":
        return render(request, FORM, _form_page(form, deal))
    if not form.is_valid():
        return invalid(request, FORM, _form_page(form, deal))
    line = DealLine(deal=deal, client_ref=form.cleaned_data["client_ref"], **form.typed)
    try:
        _line, made = add_line(line, by=request.user)
    except (Refusal, DealIsClosed) as error:
        return _refused(request, form, deal, error)
    if made:
        say(request, _("Price line saved."))
    return SeeOther(deal.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
@access(SIGNED_IN)
def line_edit(request: SignedInRequest, deal_id: int, line_id: int) -> HttpResponse:
    deal, line = _line_or_404(request, deal_id, line_id)
    form = LineForm(request.POST or None, instance=line, viewer=request.user)
    if request.method != "POST":
        return render(request, FORM, _form_page(form, deal))
    if not form.is_valid():
        return invalid(request, FORM, _form_page(form, deal))
    try:
        change_line(line, form.typed, by=request.user, version=form.cleaned_data["version"])
    except VersionConflict as error:
        return conflict(request, form, error.current)
    except (Refusal, DealIsClosed) as error:
        return _refused(request, form, deal, error)
    say(request, _("Price line saved."))
    return SeeOther(deal.get_absolute_url())


@require_POST
@access(SIGNED_IN)
def line_remove(request: SignedInRequest, deal_id: int, line_id: int) -> HttpResponse:
    deal, line = _line_or_404(request, deal_id, line_id)
    try:
        remove_line(line, by=request.user, on=Company.get().today)
    except (Refusal, DealIsClosed) as error:
        messages.error(request, _sentence(error))
        return SeeOther(deal.get_absolute_url())
    undo = reverse("deal-line-restore", args=[deal.pk, line.pk])
    say(request, _("«%(name)s» was taken off.") % {"name": line}, undo=undo)
    return SeeOther(deal.get_absolute_url())


@require_POST
@access(SIGNED_IN)
def line_restore(request: SignedInRequest, deal_id: int, line_id: int) -> HttpResponse:
    deal, line = _line_or_404(request, deal_id, line_id)
    try:
        remove_line(line, by=request.user, on=None)
    except (Refusal, DealIsClosed) as error:
        messages.error(request, _sentence(error))
    else:
        say(request, _("«%(name)s» is back.") % {"name": line})
    return SeeOther(deal.get_absolute_url())


def _line_or_404(request: SignedInRequest, deal_id: int, line_id: int) -> tuple[Deal, DealLine]:
    """Whoever sees a deal sees its lines; those taken off may come back."""
    deal = visible_or_404(Deal, request.user, pk=deal_id)
    line = deal.lines.select_related("deal").filter(pk=line_id).first()
    if line is None:
        raise Http404
    return deal, line


def _refused(
    request: SignedInRequest, form: LineForm, deal: Deal, error: Exception
) -> HttpResponse:
    if isinstance(error, Refusal):
        refuse(form, error)
    else:
        form.add_error(None, _settled())
    return invalid(request, FORM, _form_page(form, deal))


def _sentence(error: Refusal | DealIsClosed) -> str:
    return error.sentence if isinstance(error, Refusal) else _settled()


def _settled() -> str:
    return _("This deal was closed meanwhile. Its money stays as it was closed.")


def _form_page(form: LineForm, deal: Deal) -> dict[str, Any]:
    return {"form": form, "deal": deal, "close_url": deal.get_absolute_url()}
