"""Files of a customer: added, handed out to who may see the customer, binned."""

from typing import Any, cast

from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.lib.notices import say
from crm.lib.web import SeeOther, safe_next
from customers.file_form import FileForm
from customers.filing import add_file, bin_file
from customers.models import Customer, CustomerFile
from sales.views.customer_page import customer_page
from team.access import SIGNED_IN, SignedInRequest, access, visible_or_404
from team.models import Company
from team.reading import count_view
from team.refusals import Refusal


@require_POST
@access(SIGNED_IN)
def file_new(request: SignedInRequest, customer_id: int) -> HttpResponse:
    related = ("owner", "merged_into")
    customer = visible_or_404(Customer, request.user, related=related, pk=customer_id)
    files = request.FILES  # reads what came in, and may find it too large
    too_large = getattr(request, "is_too_large", False)
    form = FileForm(request.POST, files, is_too_large=too_large)
    if not form.is_valid():
        return customer_page(request, customer, file_form=form, status=422)
    upload, ref = form.cleaned_data["file"], form.cleaned_data["client_ref"]
    try:
        file, made = add_file(customer, upload, client_ref=ref, by=request.user)
    except Refusal as refusal:
        form.add_error("file", refusal.sentence)
        return customer_page(request, customer, file_form=form, status=422)
    if made:
        say(request, _("File saved."), undo=reverse("file-bin", args=[file.pk]))
    return SeeOther(customer.get_absolute_url())


@require_safe
@access(SIGNED_IN)
def file_open(request: SignedInRequest, file_id: int) -> HttpResponse:
    """Always as a download: a browser that is told to keep it runs nothing of it."""
    file = visible_or_404(CustomerFile, request.user, pk=file_id, binned_on=None)
    count_view(request.user, file.customer_id)
    if not default_storage.exists(file.stored_as):
        return render(request, "sales/file_gone.html", {"file": file}, status=410)
    answer: Any = FileResponse(
        default_storage.open(file.stored_as),
        as_attachment=True,
        filename=file.name,
        content_type="application/octet-stream",
    )
    return cast(HttpResponse, answer)


@require_POST
@access(SIGNED_IN)
def file_bin(request: SignedInRequest, file_id: int) -> HttpResponse:
    file = _file_or_404(request, file_id)
    bin_file(file, by=request.user, on=Company.get().today)
    say(
        request,
        _("«%(name)s» is in the bin for 30 days.") % {"name": file.name},
        undo=reverse("file-restore", args=[file.pk]),
    )
    return SeeOther(safe_next(request, file.customer.survivor.get_absolute_url()))


@require_POST
@access(SIGNED_IN)
def file_restore(request: SignedInRequest, file_id: int) -> HttpResponse:
    file = _file_or_404(request, file_id)
    bin_file(file, by=request.user, on=None)
    say(request, _("«%(name)s» is back.") % {"name": file.name})
    return SeeOther(safe_next(request, file.customer.survivor.get_absolute_url()))


def _file_or_404(request: SignedInRequest, file_id: int) -> CustomerFile:
    related = ("customer__merged_into",)
    return visible_or_404(CustomerFile, request.user, related=related, pk=file_id)
