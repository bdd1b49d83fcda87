"""Importing what was done: calls, e-mails, meetings."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.lib.periods import local_date
from customers.importing.columns import Keyed, Moment, Refers, Text, Whole
from customers.importing.customers import CUSTOMER
from customers.importing.fields import reference_column
from customers.importing.importer import Importer, importer
from customers.importing.lookups import PEOPLE, ListLookup, Lookup, colleagues
from customers.importing.rows import SAME, Row, Run
from customers.importing.taking_back import Back, chunked
from customers.models import ImportRow
from sales.importing.leads import leads_of
from sales.models import Activity, Deal, Lead, Outcome
from team.models import User

_KINDS = {
    "дзвінок": "call",
    "телефонний дзвінок": "call",
    "phone": "call",
    "phone call": "call",
    "mail": "email",
    "лист": "email",
    "e-mail": "email",
    "sms": "message",
    "chat": "message",
    "повідомлення": "message",
    "зустріч": "meeting",
    "візит": "visit",
    "нотатка": "note",
}
_DIRECTIONS = {
    "outgoing": "out",
    "outbound": "out",
    "вихідний": "out",
    "incoming": "in",
    "inbound": "in",
    "вхідний": "in",
}


def deals_of(by: User | None) -> "QuerySet[Deal]":
    return Deal.everything.all() if by is None else Deal.visible_to(by)


def active_outcomes(by: User | None) -> "QuerySet[Any]":
    return Outcome.objects.filter(is_active=True)


@importer
class ActivityImporter(Importer):
    target = "activities"
    feeds_figures = True
    model = Activity
    leading = frozenset({"author"})
    columns = (
        reference_column("activity id"),
        Keyed(
            "kind",
            gettext_lazy("Kind"),
            also=("type", "activity type", "тип", "вид"),
            choices=tuple(Activity.Kind.choices),
            synonyms=_KINDS,
            others=True,
        ),
        Keyed(
            "direction",
            gettext_lazy("Direction"),
            also=("in out", "напрям", "напрямок"),
            choices=tuple(Activity.Direction.choices),
            synonyms=_DIRECTIONS,
        ),
        Keyed(
            "status",
            gettext_lazy("State"),
            also=("state", "стан"),
            choices=tuple(Activity.Status.choices),
            synonyms={"completed": "done", "виконано": "done", "canceled": "cancelled"},
        ),
        Moment(
            "start_at",
            gettext_lazy("When"),
            also=("date", "time", "start", "started at", "datetime", "дата", "час", "початок"),
            required=True,
        ),
        Whole(
            "minutes",
            gettext_lazy("Minutes"),
            also=("duration", "duration min", "хвилини", "тривалість"),
            most=1440,
        ),
        Refers(
            "author",
            gettext_lazy("Rep"),
            also=(
                "rep",
                "rep id",
                "user",
                "owner",
                "sales agent",
                "менеджер",
                "відповідальний",
                "автор",
            ),
            lookup=Lookup(colleagues, PEOPLE),
        ),
        CUSTOMER,
        Refers("lead", gettext_lazy("Lead"), also=("lead id", "лід"), lookup=Lookup(leads_of)),
        Refers(
            "deal",
            gettext_lazy("Deal"),
            also=("deal id", "opportunity", "угода"),
            lookup=Lookup(deals_of, (("reference", str),)),
        ),
        Refers(
            "outcome",
            gettext_lazy("Outcome"),
            also=("result", "результат", "підсумок"),
            lookup=ListLookup(
                active_outcomes,
                missing=gettext_lazy("“%(typed)s” is none of the outcomes: %(choices)s."),
            ),
        ),
        Text(
            "note",
            gettext_lazy("What was said"),
            also=("notes", "comment", "description", "нотатка", "коментар", "примітка"),
            field=forms.CharField(max_length=5000),
        ),
    )

    def visible(self, by: User | None) -> "QuerySet[Any]":
        return Activity.everything.all() if by is None else Activity.visible_to(by)

    def check(self, row: Row, run: Run) -> None:
        row.clean["status"] = row.clean.get("status") or Activity.Status.DONE
        if row.clean["status"] == Activity.Status.DONE and row.clean["start_at"] > timezone.now():
            row.refuse(_("This has not happened yet."), self.column("start_at").label)

    def compare(self, row: Row, record: Any, run: Run) -> None:
        """What was done is done: an entry is corrected on screen, never by a file."""
        row.record, row.verdict = record, SAME

    def build(self, row: Row, run: Run) -> Activity:
        clean = row.clean
        names = (
            "direction",
            "status",
            "start_at",
            "minutes",
            "customer",
            "lead",
            "deal",
            "outcome",
            "note",
        )
        values = {name: clean[name] for name in names if name in clean}
        done = Activity(
            **values,
            kind=clean.get("kind") or Activity.Kind.CALL,
            author=clean.get("author") or run.by,
            recorded_on=run.recorded_on(local_date(clean["start_at"], run.style.zone)),
            created_at=timezone.now(),
        )
        done.reference = clean.get("reference") or done.reference
        if done.customer is None and done.deal is not None:
            done.customer = done.deal.customer
        return done

    def stored(self, new: list[Row], filled: list[Row], run: Run) -> None:
        leads = {row.record.lead_id for row in new} - {None}
        run.notes.setdefault("leads", set()).update(leads)

    def finish(self, run: Run) -> None:
        _first_touches(run.notes.get("leads", set()))

    def take_back_new(self, rows: list[ImportRow], back: Back) -> None:
        ids = [row.record_id for row in rows]
        leads = Activity.everything.filter(pk__in=ids, lead__isnull=False)
        back.notes.setdefault("leads", set()).update(leads.values_list("lead_id", flat=True))
        super().take_back_new(rows, back)

    def undone(self, back: Back) -> None:
        _first_touches(back.notes.get("leads", set()))


def _first_touches(leads: set[int]) -> None:
    """The response clock of these leads stops at their earliest outgoing contact after arrival, or runs."""
    for part in chunked(sorted(leads)):
        touches = Activity.everything.filter(
            lead__in=part,
            deleted_on__isnull=True,
            status=Activity.Status.DONE,
            direction=Activity.Direction.OUT,
        )
        rows = Lead.everything.filter(pk__in=part)
        arrived = dict(rows.values_list("pk", "arrived_at"))
        first: dict[int, Any] = {}
        for lead_id, at in touches.order_by("-start_at").values_list("lead_id", "start_at"):
            if lead_id is not None and at >= arrived[lead_id]:
                first[lead_id] = at
        for lead in rows:
            if lead.first_touch_at != first.get(lead.pk):
                rows.filter(pk=lead.pk).update(first_touch_at=first.get(lead.pk))
