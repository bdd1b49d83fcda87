"""The customer page: in ten seconds, who they are, how it goes, what to say."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from crm.lib.web import respond
from customers.models import Customer
from sales.briefing import briefing_of, owners_of
from sales.timeline import TABS, timeline_of
from team.access import SIGNED_IN, SignedInRequest, access, visible_or_404
from team.models import Company
from team.reading import count_view


@require_safe
@access(SIGNED_IN)
def customer_detail(request: SignedInRequest, customer_id: int) -> HttpResponse:
    customer = visible_or_404(Customer, request.user, related=("owner",), pk=customer_id)
    count_view(request.user, customer.pk)
    owners = owners_of(customer)
    timeline = timeline_of(
        customer,
        owners,
        tab=request.GET.get("tab", "all"),
        before=_instant(request.GET.get("before")),
    )
    context: dict[str, Any] = {
        "customer": customer,
        "timeline": timeline,
        "tabs": TABS.items(),
        "logging_here": True,
    }
    if request.GET.get("before") and request.htmx:  # type: ignore[attr-defined]
        return respond(request, "sales/customer.html", context, fragment="sales/_timeline.html")
    context["briefing"] = briefing_of(customer, owners, Company.get())
    return respond(request, "sales/customer.html", context)


def _instant(text: str | None) -> datetime | None:
    try:
        found = parse_datetime(text or "")
    except ValueError:
        return None
    if found is None or not 1900 < found.year < 9000:
        return None
    return found if timezone.is_aware(found) else timezone.make_aware(found)
