"""A lead becomes a customer, with a contact and a deal; and taking that back within a day (ruling 23)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import models, transaction
from django.utils import timezone

from customers.keeping import add_contact, add_customer, bin_record
from customers.models import Complaint, Contact, Contract, Customer, CustomerTag, Revenue
from sales.calls.logging_calls import log_note, take_note_back
from sales.deals.changing import add_deal, bin_deal
from sales.leads.changing import LeadHasEnded, locked_lead
from sales.models import Activity, Conversion, Deal, DealChange, Lead, LeadEnding, Task
from team.audit import Change, record_many
from team.models import Company, User
from team.records import change_record

CONVERTIBLE_BACK = timedelta(hours=24)


class TooLate(Exception):
    """A conversion stands once it is older than `CONVERTIBLE_BACK`."""


@dataclass(frozen=True)
class Becomes:
    """What a lead becomes. A customer without a key is made; contact and deal are new, or None."""

    customer: Customer
    contact: Contact | None = None
    deal: Deal | None = None


def convert(lead: Lead, becomes: Becomes, *, by: User) -> Conversion:
    """Convert an open lead; raises `LeadHasEnded`, also where somebody else was quicker.

    A new customer and the deal are the lead's owner's. What the lead asked for is carried over as a note; its calls
    stay its own, and its customer's page shows them.
    """
    today = Company.get().today
    with transaction.atomic():
        stored = locked_lead(lead)
        if not stored.is_open:
            raise LeadHasEnded
        customer, made = _customer(becomes.customer, stored, by)
        contact = _contact(becomes.contact, customer, by)
        LeadEnding.everything.create(
            lead=stored,
            kind=LeadEnding.Kind.CONVERTED,
            on=today,
            customer=customer,
            recorded_on=today,
        )
        values = {"converted_on": today, "customer": customer}
        change_record(stored, values, by=by, version=None, action="convert")
        return Conversion.everything.create(
            lead=stored,
            customer=customer,
            made_customer=made,
            contact=contact,
            note=log_note(customer, stored.note, by=by)[0] if stored.note else None,
            deals=_fill(Deal.everything.filter(lead=stored), customer, by),
            tasks=_fill(Task.everything.open().filter(lead=stored), customer, by),
            deal=_deal(becomes.deal, stored, customer, contact, by),
            by=by,
        )


def _customer(customer: Customer, lead: Lead, by: User) -> tuple[Customer, bool]:
    if customer.pk is not None:
        return customer, False
    new, made = add_customer(customer, owner=lead.owner, by=by)
    _carry_tags(lead, new, by)
    return new, made


def _carry_tags(lead: Lead, customer: Customer, by: User) -> None:
    """A customer that the lead makes bears its tags; one that was there is marked as its people marked it."""
    tags = list(lead.tags.all())
    CustomerTag.everything.bulk_create(CustomerTag(customer=customer, tag=tag) for tag in tags)
    record_many("tag", (Change(customer, after={"tag": tag.key}) for tag in tags), by=by)


def _contact(contact: Contact | None, customer: Customer, by: User) -> Contact | None:
    """None where the customer has this person already."""
    if contact is None:
        return None
    contact.fill_search_columns()
    there = Contact.everything.filter(customer=customer, binned_on__isnull=True)
    for name in ("phone_e164", "email"):
        value = getattr(contact, name)
        if value and there.filter(**{name: value}).exists():
            return None
    contact.customer = customer
    return add_contact(contact, by=by)[0]


def _deal(
    deal: Deal | None, lead: Lead, customer: Customer, contact: Contact | None, by: User
) -> Deal | None:
    if deal is None:
        return None
    deal.lead, deal.customer, deal.contact = lead, customer, contact
    return add_deal(deal, owner=lead.owner or by, by=by)[0]


def _fill(
    rows: "models.QuerySet[Deal] | models.QuerySet[Task]", customer: Customer, by: User
) -> list[int]:
    """Give those without a customer this one; a lead has few."""
    without = list(rows.filter(customer__isnull=True).order_by("pk"))
    for row in without:
        change_record(row, {"customer": customer}, by=by, version=None)
    return [row.pk for row in without]


def take_back(lead: Lead, *, by: User) -> list[models.Model]:
    """Open the lead again and bin what its conversion made; the answer is what stays, since it was worked on.

    Raises `TooLate`, also for what was converted elsewhere (a file). Twice is once.
    """
    today = Company.get().today
    with transaction.atomic():
        lead = locked_lead(lead)
        if lead.converted_on is None:
            return []
        stored = reversible(lead)
        if stored is None:
            raise TooLate
        LeadEnding.everything.filter(
            lead=lead, kind=LeadEnding.Kind.CONVERTED, deleted_on__isnull=True
        ).update(deleted_on=today)
        values = {"converted_on": None, "customer": None}
        change_record(lead, values, by=by, version=None, action="unconvert")
        deals = Deal.everything.filter(pk__in=stored.deals, customer=stored.customer)
        _empty(deals.open(), stored.customer, by)
        _empty(Task.everything.filter(pk__in=stored.tasks), stored.customer, by)
        if stored.note is not None:
            take_note_back(stored.note, by=by)
        kept = [*deals.exclude(closed_on=None), *_bin(stored, by)]
        Conversion.everything.filter(pk=stored.pk).update(undone_at=timezone.now())
    return kept


def reversible(lead: Lead) -> Conversion | None:
    """The conversion of a lead while it can be taken back; no query for a lead that is no customer."""
    if lead.converted_on is None:
        return None
    since = timezone.now() - CONVERTIBLE_BACK
    return Conversion.everything.filter(lead=lead, undone_at=None, at__gte=since).first()


def _empty(
    rows: "models.QuerySet[Deal] | models.QuerySet[Task]", customer: Customer, by: User
) -> None:
    for row in rows.filter(customer=customer).order_by("pk"):
        change_record(row, {"customer": None}, by=by, version=None)


def _bin(conversion: Conversion, by: User) -> Iterable[models.Model]:
    """Bin what nobody has touched since, the rest is answered; who holds another is looked at last."""
    today = Company.get().today
    deal, contact, customer = conversion.deal, conversion.contact, conversion.customer
    if deal is not None and _is_untouched(deal):
        bin_deal(deal, by=by, on=today)
    elif deal is not None:
        yield deal
    if contact is not None and _is_unused(contact):
        bin_record(contact, by=by, on=today)
    elif contact is not None:
        yield contact
    if not conversion.made_customer:
        return
    if is_unworked(customer):
        bin_record(customer, by=by, on=today)
    else:
        yield customer


def _is_untouched(deal: Deal) -> bool:
    moved = DealChange.everything.filter(deal=deal).count() > 1
    return deal.version == 1 and not moved and not has_work(deal=deal)


def _is_unused(contact: Contact) -> bool:
    used = Deal.everything.listed().filter(contact=contact).exists()
    return contact.version == 1 and not used and not has_work(contact=contact)


def is_unworked(customer: Customer) -> bool:
    """Nobody edited it, and nothing hangs on it that is not in the bin."""
    here = {"customer": customer}
    return (
        customer.version == 1
        and not has_work(**here)
        and not Deal.everything.listed().filter(**here).exists()
        and not Contact.everything.filter(**here, binned_on__isnull=True).exists()
        and not Revenue.everything.filter(**here, deleted_on__isnull=True).exists()
        and not Contract.everything.filter(**here, deleted_on__isnull=True).exists()
        and not Complaint.everything.filter(**here, deleted_on__isnull=True).exists()
    )


def has_work(**about: models.Model) -> bool:
    calls = Activity.everything.filter(**about, deleted_on__isnull=True)
    return calls.exists() or Task.everything.open().filter(**about).exists()
