"""Adding, editing and binning customers and contacts."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from customers.models import Contact, Customer
from customers.ownership import assign
from customers.purchases import refresh_purchases
from customers.search import index_record
from team.models import Company, User
from team.records import add_record, change_record

CUSTOMER_FIELDS = (
    "name",
    "segment",
    "region",
    "place",
    "phone",
    "email",
    "website",
    "language",
    "currency",
    "note",
    "is_test",
)
CONTACT_FIELDS = ("customer", "name", "role", "phone", "email", "language")


def add_customer(
    customer: Customer, *, owner: User | None, by: User | None, contacts: Iterable[Contact] = ()
) -> tuple[Customer, bool]:
    """Store a new customer with its first owner and contacts; False: made before by the same post."""
    today = Company.get().today
    customer.recorded_on = today
    customer.created_by = by
    with transaction.atomic():
        customer, made = add_record(customer, by=by, fields=CUSTOMER_FIELDS)
        if made:
            index_record(customer)
            if owner is not None:
                assign([customer.pk], owner, on=today, by=by)
            for contact in contacts:
                contact.customer = customer
                add_contact(contact, by=by)
    return customer, made


def add_contact(contact: Contact, *, by: User | None) -> tuple[Contact, bool]:
    contact.created_by = by
    with transaction.atomic():
        contact, made = add_record(contact, by=by, fields=CONTACT_FIELDS)
        if made:
            index_record(contact)
    return contact, made


def change_customer(
    customer: Customer, values: dict[str, object], *, by: User | None, version: int
) -> Customer:
    """Store an edit of the customer's own fields; raises `VersionConflict`."""
    with transaction.atomic():
        was_test = Customer.everything.filter(pk=customer.pk, is_test=True).exists()
        changed = change_record(customer, values, by=by, version=version)
        index_record(changed)
        if changed.is_test != was_test:
            refresh_purchases([changed.pk])
    return changed


def change_contact(
    contact: Contact, values: dict[str, object], *, by: User | None, version: int
) -> Contact:
    with transaction.atomic():
        changed = change_record(contact, values, by=by, version=version)
        index_record(changed)
    return changed


def bin_record(row: Customer | Contact, *, by: User | None, on: date | None) -> None:
    """Hide a record (`on` a day) or bring it back (None). Facts stay: reports never lose a purchase."""
    change_record(
        row,
        {"binned_on": on},
        by=by,
        version=None,
        action="bin" if on is not None else "restore",
    )


def choose_main(contact: Contact, *, by: User | None) -> bool:
    """The one to ask first at this customer; whoever it was before is so no longer. False: it is already."""
    with transaction.atomic():
        # two choices at once take turns
        Customer.everything.select_for_update(of=("self",)).get(pk=contact.customer_id)
        main = Contact.everything.filter(customer=contact.customer_id, is_main=True).first()
        if main is not None and main.pk == contact.pk:
            return False
        if main is not None:
            change_record(main, {"is_main": False}, by=by, version=None)
        change_record(contact, {"is_main": True}, by=by, version=None)
    return True
