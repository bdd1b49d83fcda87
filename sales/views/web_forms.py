"""Administrators make public forms, get their addresses and codes, and open and close them."""

from datetime import timedelta
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.lib.notices import say
from crm.lib.web import SeeOther, invalid
from sales.models import WebForm, WebPost
from sales.public.form import TRAP, PublicForm
from sales.public.web_form_forms import WebFormForm
from sales.public.web_forms import add_form, change_form, close_form, open_form
from team.access import ADMIN, SignedInRequest, access
from team.conflicts import conflict
from team.models import Company
from team.records import VersionConflict

PAGE = "sales/webform_form.html"
COUNTED = timedelta(days=30)


@require_safe
@access(ADMIN)
def webform_list(request: SignedInRequest) -> HttpResponse:
    """The forms with what came by them lately."""
    lately = Q(posts__at__gte=timezone.now() - COUNTED)
    forms = WebForm.objects.annotate(
        leads=Count("posts", filter=lately & Q(posts__state=WebPost.State.LEAD)),
        suspected=Count("posts", filter=Q(posts__state=WebPost.State.SUSPECTED)),
    )
    context = {"forms": forms.select_related("source", "campaign")}
    return render(request, "sales/webform_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access(ADMIN)
def webform_new(request: SignedInRequest) -> HttpResponse:
    form = WebFormForm(request.POST or None, viewer=request.user)
    if request.method != "POST":
        return render(request, PAGE, {"form": form})
    if not form.is_valid():
        return invalid(request, PAGE, {"form": form})
    new = WebForm(client_ref=form.cleaned_data["client_ref"], **form.typed)
    web_form, made = add_form(new, by=request.user)
    if made:
        say(request, _("«%(name)s» is open to everybody.") % {"name": web_form})
    return SeeOther(web_form.get_absolute_url())


@require_safe
@access(ADMIN)
def webform_detail(request: SignedInRequest, webform_id: int) -> HttpResponse:
    web_form = get_object_or_404(
        WebForm.objects.select_related("source", "campaign"), pk=webform_id
    )
    asked = WebForm.Ask
    context = {
        "web_form": web_form,
        "asks": [asked(name).label for name in web_form.asks],
        **_codes(request, web_form),
    }
    return render(request, "sales/webform_detail.html", context)


def _codes(request: HttpRequest, web_form: WebForm) -> dict[str, Any]:
    """Its address, the code of a frame, and a form for a page of one's own, in the visitors' language."""
    address = request.build_absolute_uri(reverse("web-form", args=[web_form.token]))
    with override(web_form.language):
        fields = PublicForm(form=web_form, currency=Company.get().base_currency)
        labels = [(name, field.label) for name, field in fields.fields.items()]
        plain = {"labels": [(n, str(label)) for n, label in labels], "send": _("Send")}
    return {"address": address, "trap": TRAP, **plain}


@require_http_methods(["GET", "HEAD", "POST"])
@access(ADMIN)
def webform_edit(request: SignedInRequest, webform_id: int) -> HttpResponse:
    web_form = get_object_or_404(WebForm, pk=webform_id)
    form = WebFormForm(request.POST or None, instance=web_form, viewer=request.user)
    context = {"form": form, "web_form": web_form}
    if request.method != "POST":
        return render(request, PAGE, context)
    if not form.is_valid():
        return invalid(request, PAGE, context)
    try:
        change_form(web_form, form.typed, by=request.user, version=form.cleaned_data["version"])
    except VersionConflict as error:
        return conflict(request, form, error.current)
    say(request, _("«%(name)s» is saved.") % {"name": web_form})
    return SeeOther(web_form.get_absolute_url())


@require_POST
@access(ADMIN)
def webform_close(request: SignedInRequest, webform_id: int) -> HttpResponse:
    web_form = get_object_or_404(WebForm, pk=webform_id)
    close_form(web_form, by=request.user)
    undo = reverse("webform-open", args=[web_form.pk])
    say(request, _("«%(name)s» is closed.") % {"name": web_form}, undo=undo)
    return SeeOther(web_form.get_absolute_url())


@require_POST
@access(ADMIN)
def webform_open(request: SignedInRequest, webform_id: int) -> HttpResponse:
    web_form = get_object_or_404(WebForm, pk=webform_id)
    open_form(web_form, by=request.user)
    say(request, _("«%(name)s» is open to everybody.") % {"name": web_form})
    return SeeOther(web_form.get_absolute_url())
