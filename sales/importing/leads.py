"""Importing leads, with how they ended."""

from typing import Any

from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.lib.periods import local_date
from customers.importing.columns import REQUIRED, Amount, Day, Keyed, Moment, Refers
from customers.importing.customers import CUSTOMER, EMAIL, PHONE, Reachable
from customers.importing.fields import LANGUAGE, form_text, reference_column
from customers.importing.importer import REFERENCE, importer
from customers.importing.lookups import ListLookup
from customers.importing.owners import OWNER_COLUMNS, assign_noted, check_owner, note_owners
from customers.importing.rows import Row, Run
from customers.importing.taking_back import Back, chunked
from customers.models import ImportRow
from customers.search import index_records
from sales.forms import LeadForm
from sales.importing.campaigns import CAMPAIGN, make_campaigns
from sales.importing.lists import make_entries
from sales.leads.assigning import give_by_rules, has_rules
from sales.leads.lead_ownership import assign_leads
from sales.leads.response import start_clock
from sales.models import (
    Lead,
    LeadAssignment,
    LeadEnding,
    LeadEscalation,
    LeadOwnership,
    LeadPast,
    LeadSource,
)
from team.models import User
from team.working_time import WorkingTime

FILLS = (
    "person",
    "phone",
    "email",
    "region",
    "language",
    "source",
    "campaign",
    "expected_amount",
    "note",
)


def active_sources(by: User | None) -> "QuerySet[Any]":
    return LeadSource.objects.filter(is_active=True)


def leads_of(by: User | None) -> "QuerySet[Lead]":
    rows = Lead.everything.all() if by is None else Lead.visible_to(by)
    return rows.filter(deleted_on__isnull=True)


@importer
class LeadImporter(Reachable):
    target = "leads"
    feeds_figures = True
    model = Lead
    keys = (REFERENCE, PHONE, EMAIL)
    columns = (
        reference_column("lead id"),
        form_text(LeadForm, "name", "lead", "lead name", "company", "назва", "лід", "компанія"),
        form_text(
            LeadForm, "person", "contact", "contact name", "full name", "ім'я", "піб", "контакт"
        ),
        form_text(LeadForm, "phone", "telephone", "tel", "mobile", "телефон", "тел", "моб"),
        form_text(LeadForm, "email", "mail", "пошта", "електронна пошта", "імейл"),
        form_text(LeadForm, "region", "city", "state", "область", "регіон", "місто"),
        LANGUAGE,
        Refers(
            "source",
            gettext_lazy("Source"),
            also=("lead source", "origin", "utm source", "джерело"),
            lookup=ListLookup(
                active_sources,
                missing=gettext_lazy("“%(typed)s” is none of the sources: %(choices)s."),
            ),
        ),
        CAMPAIGN,
        Amount(
            "expected_amount",
            gettext_lazy("Expected amount"),
            also=("amount", "value", "budget", "сума", "бюджет", "очікувана сума"),
        ),
        form_text(LeadForm, "note", "notes", "comment", "message", "примітка", "коментар"),
        Moment(
            "arrived_at",
            gettext_lazy("Arrived"),
            also=("created", "created at", "date", "first contact date", "дата", "створено"),
        ),
        Day(
            "converted_on",
            gettext_lazy("Became a customer on"),
            also=("won date", "converted", "дата угоди"),
        ),
        CUSTOMER,
        Day("closed_on", gettext_lazy("Closed on"), also=("closed", "close date", "закрито")),
        Keyed(
            "closed_reason",
            gettext_lazy("Why it ended"),
            also=("reason", "close reason", "причина"),
            choices=tuple(Lead.Closing.choices),
        ),
        *OWNER_COLUMNS,
    )
    fills = FILLS
    leading = frozenset({"owner", "owner_since"})
    makes = frozenset({"source", "campaign"})
    parts = (
        (LeadOwnership, "lead"),
        (LeadEnding, "lead"),
        (LeadPast, "lead"),
        (LeadAssignment, "lead"),
        (LeadEscalation, "lead"),
    )
    keeps_owner = True

    def visible(self, by: User | None) -> "QuerySet[Any]":
        return leads_of(by)

    def make(self, name: str, texts: list[str], run: Run) -> dict[str, Model]:
        if name == "campaign":
            return make_campaigns(texts, run)
        return make_entries(LeadSource, texts, run)

    def check(self, row: Row, run: Run) -> None:
        check_owner(row, run)
        clean = row.clean
        if not (clean.get("name") or clean.get("person") or clean.get("reference")):
            row.refuse(str(REQUIRED), self.column("name").label)
        clean["arrived_at"] = clean.get("arrived_at") or timezone.now()
        arrived_on = local_date(clean["arrived_at"], run.style.zone)
        for name, on in (("arrived_at", arrived_on), *self._endings(row)):
            if on > run.today:
                row.refuse(_("This day has not come yet."), self.column(name).label)
        if clean.get("closed_on") and not clean.get("closed_reason"):
            row.refuse(_("Choose why this lead ends."), self.column("closed_reason").label)

    def _endings(self, row: Row) -> list[tuple[str, Any]]:
        names = ("converted_on", "closed_on")
        return [(name, row.clean[name]) for name in names if row.clean.get(name)]

    def compare(self, row: Row, record: Any, run: Run) -> None:
        """How a lead ended is told on its page: an end that is left out in silence would be missed."""
        for name, on in self._endings(row):
            if getattr(record, name) != on:
                told = _("This lead is here and has not ended on this day. End it on its page.")
                row.refuse(told, self.column(name).label)
        if row.good:
            super().compare(row, record, run)

    def build(self, row: Row, run: Run) -> Lead:
        clean = row.clean
        values = {name: clean[name] for name in FILLS if run.has(name)}
        lead = Lead(**values, arrived_at=clean["arrived_at"], created_by=run.by)
        lead.recorded_on = run.recorded_on(local_date(lead.arrived_at, run.style.zone))
        lead.name = (clean.get("name") or clean.get("person") or clean["reference"])[:250]
        start_clock(lead, run.notes.setdefault("working time", WorkingTime(run.company)))
        lead.reference = clean.get("reference") or lead.reference
        lead.converted_on, lead.closed_on = clean.get("converted_on"), clean.get("closed_on")
        lead.customer = clean.get("customer") if lead.converted_on else None
        lead.closed_reason = clean.get("closed_reason", "") if lead.closed_on else ""
        lead.fill_search_columns()
        return lead

    def stored(self, new: list[Row], filled: list[Row], run: Run) -> None:
        note_owners(new, run, lambda row: local_date(row.record.arrived_at, run.style.zone))
        LeadEnding.everything.bulk_create(
            LeadEnding(
                lead=row.record,
                kind=LeadEnding.Kind.CONVERTED
                if name == "converted_on"
                else LeadEnding.Kind.CLOSED,
                on=on,
                reason=row.record.closed_reason if name == "closed_on" else "",
                customer=row.record.customer if name == "converted_on" else None,
                recorded_on=run.recorded_on(on),
            )
            for row in new
            for name, on in self._endings(row)
        )
        run.notes.setdefault("ids", []).extend(row.record.pk for row in (*new, *filled))
        unclaimed = [row.record.pk for row in new if row.owner_id is None and row.record.is_open]
        run.notes.setdefault("unclaimed", []).extend(unclaimed)

    def finish(self, run: Run) -> None:
        assign_noted(run, assign_leads)
        # last of all: until the transaction ends no other lead is given away
        for ids in chunked(run.notes.get("unclaimed", [])) if has_rules() else ():
            leads = list(Lead.everything.filter(pk__in=ids).order_by("pk"))
            give_by_rules(leads, occasion=LeadAssignment.Occasion.IMPORT, by=run.by)
        index_records("lead", run.notes.get("ids", []))

    def _records(self, rows: list[ImportRow]) -> dict[int, Any]:
        records = super()._records(rows)
        given = LeadAssignment.everything.filter(
            lead__in=list(records), occasion=LeadAssignment.Occasion.IMPORT
        )
        to = dict(given.values_list("lead", "to"))
        for record in records.values():
            record.given_to = to.get(record.pk)
        return records

    def first_owner(self, row: ImportRow, record: Any) -> int | None:
        """Who got it by the rules, that was the import's own doing."""
        given_to: int | None = record.given_to
        return given_to or super().first_owner(row, record)

    def retire(self, records: "QuerySet[Any]", back: Back) -> None:
        LeadEnding.everything.filter(lead__in=records.values("pk"), deleted_on=None).update(
            deleted_on=back.today
        )
        super().retire(records, back)
