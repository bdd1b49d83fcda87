"""One timeline of a customer: calls and notes, orders, deals, changes; newest first, page by page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Max, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.lib.periods import SINCE_EVER, day_start, local_date
from customers.models import Customer, Ownership, Revenue
from sales.models import Activity, DealChange
from team.history import history_of
from team.models import Company, User

PAGE = 30
TABS = {
    "all": _("All"),
    "calls": _("Calls"),
    "orders": _("Orders"),
    "deals": _("Deals"),
    "changes": _("Changes"),
}

TIMED = ("activity", "change")  # the others are facts of a day


@dataclass(frozen=True)
class Event:
    """Something that happened: `kind` chooses how it is drawn, `row` is what it is about.

    `at` orders events; for facts of a day without a time it is the start of that day of the company's.
    """

    kind: str
    at: datetime
    row: Any

    @property
    def month(self) -> date:
        """The month to group under: of the reader's day, or of the fact's own date."""
        zone = None if self.kind in TIMED else Company.get().zone
        return timezone.localdate(self.at, zone).replace(day=1)


@dataclass(frozen=True)
class Timeline:
    """A page of events; `earlier` is the instant the next page continues from, empty at the end."""

    events: list[Event]
    tab: str
    earlier: str


def timeline_of(
    customer: Customer,
    owners: list[Ownership],
    viewer: User,
    *,
    tab: str = "all",
    before: datetime | None = None,
) -> Timeline:
    """Events up to an instant, one query a source whatever the number of rows; `owners` are read already.

    Everything here flows down with the customer: who may see it may see these.
    """
    tab = tab if tab in TABS else "all"
    found = _changes_of_owner(owners, before) if tab in ("all", "changes") else []
    if tab == "changes":
        found += _changes_of_record(customer, viewer, before)
    for name, source in _SOURCES:
        if tab in ("all", name):
            found += source(customer, before)
    found.sort(key=lambda event: event.at, reverse=True)
    page = _whole_instants(found)
    return Timeline(page, tab, page[-1].at.isoformat() if len(page) < len(found) else "")


def _whole_instants(found: list[Event]) -> list[Event]:
    """The first `PAGE` events, and what shares the last one's instant: nothing falls between two pages."""
    if len(found) <= PAGE:
        return found
    edge = found[PAGE - 1].at
    return [event for event in found if event.at >= edge]


def _activities(customer: Customer, before: datetime | None) -> list[Event]:
    rows = _done(before).filter(customer=customer).order_by("-start_at", "-id")
    return [Event("activity", row.start_at, row) for row in rows[: PAGE + 1]]


def _activities_of_leads(customer: Customer, before: datetime | None) -> list[Event]:
    """Of the leads that became this customer: few, so all are read. Asked for along with its own, or only so many
    of them in order, PostgreSQL read the activities of everybody (400 ms).
    """
    rows = _done(before).filter(lead__customer=customer, customer=None)
    return [Event("activity", row.start_at, row) for row in rows]


def _done(before: datetime | None) -> "QuerySet[Activity]":
    rows = Activity.everything.filter(deleted_on__isnull=True)
    rows = rows.exclude(status=Activity.Status.PLANNED)
    if before is not None:
        rows = rows.filter(start_at__lt=before)
    return rows.select_related("author", "contact", "outcome")


def _orders(customer: Customer, before: datetime | None) -> list[Event]:
    """One event an order and day; lines without an order number of one day stand together."""
    rows = Revenue.everything.filter(customer=customer, deleted_on__isnull=True)
    if before is not None:
        rows = rows.filter(on__lte=_last_day_before(before))
    orders = (
        rows.values("on", "order_ref")
        .annotate(cents=Sum("cents"), last=Max("id"))
        .order_by("-on", "-last")[: PAGE + 1]
    )
    return [Event("order", _start_of(order["on"]), order) for order in orders]


def _deals(customer: Customer, before: datetime | None) -> list[Event]:
    rows = (
        DealChange.everything.filter(deal__customer=customer, deleted_on__isnull=True)
        .select_related("deal", "stage", "by")
        .order_by("-on", "-reference")
    )
    if before is not None:
        rows = rows.filter(on__lte=_last_day_before(before))
    return [Event("deal", _start_of(row.on), row) for row in rows[: PAGE + 1]]


def _changes_of_owner(owners: list[Ownership], before: datetime | None) -> list[Event]:
    """But for owners since ever: that was no event."""
    began = (row for row in owners if row.from_on != SINCE_EVER)
    events = [Event("owner", _start_of(row.from_on), row) for row in began]
    return [event for event in events if before is None or event.at < before]


def _changes_of_record(customer: Customer, viewer: User, before: datetime | None) -> list[Event]:
    """Who wrote what into the record itself: the audit log's entries about it."""
    entries = history_of(customer, viewer, PAGE + 1, before=before)
    return [Event("change", row.entry.at, row) for row in entries]


def _last_day_before(instant: datetime) -> date:
    """The last day that starts before an instant."""
    return local_date(instant - timedelta(microseconds=1), Company.get().zone)


def _start_of(day: date) -> datetime:
    return day_start(day, Company.get().zone)


Source = Callable[[Customer, datetime | None], list[Event]]
_SOURCES: list[tuple[str, Source]] = [
    ("calls", _activities),
    ("calls", _activities_of_leads),
    ("orders", _orders),
    ("deals", _deals),
]
