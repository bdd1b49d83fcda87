"""The audit log for administrators."""

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from crm.lib.columns import Column
from crm.lib.listing import Listing
from crm.lib.web import respond
from team.access import ADMIN, SignedInRequest, access
from team.filters import AuditFilters, entries_matching
from team.history import in_words
from team.models import AuditEntry

COLUMNS = [
    Column("at", _("When"), ("-id",)),
    Column("actor", _("Who")),
    Column("what", _("What")),
    Column("change", _("Before and after")),
]


@require_safe
@access(ADMIN)
def audit_list(request: SignedInRequest) -> HttpResponse:
    listing = Listing(
        request,
        AuditEntry.objects.select_related("detail"),
        columns=COLUMNS,
        default_sort="at",
        filters=AuditFilters,
        search=entries_matching,
    )
    events = in_words(listing.page.rows, request.user)
    context = {"listing": listing, "events": events}
    return respond(request, "team/audit_list.html", context, fragment="team/_audit.html")
