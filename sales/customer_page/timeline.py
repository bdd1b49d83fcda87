"""One timeline of a customer: calls and notes, orders, deals, complaints, changes; newest first, page by page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Max, Prefetch, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.lib.periods import SINCE_EVER, day_start, local_date
from customers.models import Customer, Revenue, Survey
from sales.customer_page.past import Past
from sales.models import Activity, DealChange, Mention
from team.history import history_of
from team.models import Company, User

PAGE = 30
TABS = {
    "all": _("All"),
    "calls": _("Calls"),
    "orders": _("Orders"),
    "deals": _("Deals"),
    "complaints": _("Complaints"),
    "changes": _("Changes"),
}

TIMED = ("activity", "change", "file", "contact")  # the others are facts of a day


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
    past: Past, viewer: User, *, tab: str = "all", before: datetime | None = None
) -> Timeline:
    """Events up to an instant, one query a source whatever the number of rows; `past` is read already.

    Everything here flows down with the customer: who may see it may see these.
    """
    tab = tab if tab in TABS else "all"
    found = [
        event
        for name, of in _READ_ALREADY
        for event in (of(past) if tab in ("all", name) else ())
        if before is None or event.at < before
    ]
    if tab == "changes":
        found += _changes_of_record(past.customer, viewer, before)
    for name, source in _SOURCES:
        if tab in ("all", name):
            found += source(past.whose, before)
    found.sort(key=lambda event: event.at, reverse=True)
    page = _whole_instants(found)
    return Timeline(page, tab, page[-1].at.isoformat() if len(page) < len(found) else "")


def _whole_instants(found: list[Event]) -> list[Event]:
    """The first `PAGE` events, and what shares the last one's instant: nothing falls between two pages."""
    if len(found) <= PAGE:
        return found
    edge = found[PAGE - 1].at
    return [event for event in found if event.at >= edge]


def _first_of(rows: Any, at: str) -> list[Any]:
    """A page of rows ordered by `at`, latest first, and one more; where that one shares the edge, all that do."""
    found = list(rows[: PAGE + 1])
    edges = [row[at] if isinstance(row, dict) else getattr(row, at) for row in found[PAGE - 1 :]]
    if len(edges) < 2 or edges[0] != edges[1]:
        return found
    later = list(rows.filter(**{f"{at}__gt": edges[0]}))
    return later + list(rows.filter(**{at: edges[0]}))


def _activities(whose: list[int], before: datetime | None) -> list[Event]:
    rows = _done(before).filter(customer__in=whose).order_by("-start_at", "-id")
    return [Event("activity", row.start_at, row) for row in _first_of(rows, "start_at")]


def _activities_of_leads(whose: list[int], before: datetime | None) -> list[Event]:
    """Of the leads that became this customer: few, so all are read. Asked for along with its own, or only so many
    of them in order, PostgreSQL read the activities of everybody (400 ms).
    """
    rows = _done(before).filter(lead__customer__in=whose, customer=None)
    return [Event("activity", row.start_at, row) for row in rows]


def _done(before: datetime | None) -> "QuerySet[Activity]":
    rows = Activity.everything.filter(deleted_on__isnull=True)
    rows = rows.exclude(status=Activity.Status.PLANNED)
    if before is not None:
        rows = rows.filter(start_at__lt=before)
    return with_corrections(
        rows.select_related("author", "contact", "outcome", "survey", "corrects")
    )


def with_corrections(rows: "QuerySet[Activity]") -> "QuerySet[Activity]":
    """The notes that put an entry right and who is named in it come along with it, in one query each for all."""
    notes = Activity.everything.filter(deleted_on__isnull=True).order_by("start_at", "id")
    named = Prefetch("mentions", Mention.objects.select_related("user"))
    notes = notes.prefetch_related(named)
    return rows.prefetch_related(Prefetch("corrections", notes, to_attr="put_right"), named)


def _orders(whose: list[int], before: datetime | None) -> list[Event]:
    """One event an order and day; lines without an order number of one day stand together."""
    rows = Revenue.everything.filter(customer__in=whose, deleted_on__isnull=True)
    if before is not None:
        rows = rows.filter(on__lte=_last_day_before(before))
    orders = (
        rows.values("on", "order_ref")
        .annotate(cents=Sum("cents"), last=Max("id"))
        .order_by("-on", "-last")
    )
    return [Event("order", _start_of(order["on"]), order) for order in _first_of(orders, "on")]


def _deals(whose: list[int], before: datetime | None) -> list[Event]:
    rows = (
        DealChange.everything.filter(deal__customer__in=whose, deleted_on__isnull=True)
        .select_related("deal", "stage", "by")
        .order_by("-on", "-reference")
    )
    if before is not None:
        rows = rows.filter(on__lte=_last_day_before(before))
    return [Event("deal", _start_of(row.on), row) for row in _first_of(rows, "on")]


def _changes_of_owner(past: Past) -> list[Event]:
    """But for owners since ever: that was no event."""
    began = (row for row in past.owners if row.from_on != SINCE_EVER)
    return [Event("owner", _start_of(row.from_on), row) for row in began]


def _merged(past: Past) -> list[Event]:
    return [Event("merge", _start_of(row.merged_on), row) for row in past.merges if row.merged_on]


def _filed(past: Past) -> list[Event]:
    return [Event("file", row.created_at, row) for row in past.files]


def _met(past: Past) -> list[Event]:
    """People whom somebody entered; whoever came with a file was there before."""
    return [Event("contact", row.created_at, row) for row in past.contacts if row.created_by]


def _silences(past: Past) -> list[Event]:
    """When the customer became at risk or lost, as today's roll-up has it."""
    today = Company.get().today
    days = {"lost": past.customer.lost_on, "risk": past.customer.at_risk_on}
    told = {kind: day for kind, day in days.items() if day is not None and day <= today}
    return [Event(kind, _start_of(day), past.customer) for kind, day in told.items()]


def _agreements(past: Past) -> list[Event]:
    """Contracts that began and ended; what lies ahead has not happened."""
    today = Company.get().today
    events = []
    for row in past.contracts:
        if SINCE_EVER < row.start_on <= today:
            events.append(Event("contract", _start_of(row.start_on), row))
        if row.last_day is not None and row.last_day < today:
            events.append(Event("contract-end", _start_of(row.last_day), row))
    return events


def _answered(past: Past) -> list[Event]:
    """But for those that a call shows."""
    return [
        Event("answer", _start_of(row.answered_on), row)
        for row in past.answers
        if row.answered_on and row.source != Survey.Source.LOGGED
    ]


def _complained(past: Past) -> list[Event]:
    return [Event("complaint", _start_of(row.made_on), row) for row in past.complaints]


def _changes_of_record(customer: Customer, viewer: User, before: datetime | None) -> list[Event]:
    """Who wrote what into the record itself: the audit log's entries about it."""
    entries = history_of(customer, viewer, PAGE + 1, before=before)
    return [Event("change", row.entry.at, row) for row in entries]


def _last_day_before(instant: datetime) -> date:
    """The last day that starts before an instant."""
    return local_date(instant - timedelta(microseconds=1), Company.get().zone)


def _start_of(day: date) -> datetime:
    return day_start(day, Company.get().zone)


Source = Callable[[list[int], datetime | None], list[Event]]
_READ_ALREADY: list[tuple[str, Callable[[Past], list[Event]]]] = [
    ("changes", _changes_of_owner),
    ("changes", _merged),
    ("changes", _filed),
    ("changes", _met),
    ("orders", _silences),
    ("orders", _agreements),
    ("calls", _answered),
    ("complaints", _complained),
]
_SOURCES: list[tuple[str, Source]] = [
    ("calls", _activities),
    ("calls", _activities_of_leads),
    ("orders", _orders),
    ("deals", _deals),
]
