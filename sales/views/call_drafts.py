"""Keeping what is typed into a call form, and discarding it."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.lib.web import SeeOther, safe_next
from sales.calls.call_forms import CallForm
from sales.calls.drafts import TooLong, drop_draft, keep_draft
from sales.views.calls import subject_of
from team.access import SIGNED_IN, SignedInRequest, access
from team.models import Company


@require_POST
@access(SIGNED_IN)
def call_draft(request: SignedInRequest) -> HttpResponse:
    """What a call form holds by now; the page asks for nothing back."""
    subject = subject_of(request)
    form = CallForm(request.POST, viewer=request.user, subject=subject, company=Company.get())
    form.is_valid()  # reads the reference; whether the rest could be saved is not asked yet
    try:
        keep_draft(request.user, subject, form.typed, form.cleaned_data.get("client_ref"))
    except TooLong:
        told = _("This is too long to keep: a note takes 5,000 characters. Shorten it.")
        return HttpResponse(told, status=422, content_type="text/plain; charset=utf-8")
    return HttpResponse(status=204)


@require_POST
@access(SIGNED_IN)
def call_draft_discard(request: SignedInRequest) -> HttpResponse:
    """The form is empty again, on the page where it stood."""
    subject = subject_of(request)
    drop_draft(request.user, subject)
    about = {str(subject._meta.model_name): subject.pk}
    behind = safe_next(request, subject.get_absolute_url())
    if "docked" in request.GET:
        return SeeOther(f"{behind}?{urlencode(about)}")
    return SeeOther(f"{reverse('call-new')}?{urlencode(about | {'next': behind})}")
