"""Importing customers and the people there."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.lib.text import normalise_email, normalise_phone, sort_key
from customers.forms import ContactForm, CustomerForm
from customers.importing.columns import Flag, Refers
from customers.importing.fields import CURRENCY, LANGUAGE, form_text, reference_column
from customers.importing.importer import REFERENCE, Importer, Key, importer
from customers.importing.lookups import Lookup
from customers.importing.owners import OWNER_COLUMNS, assign_noted, check_owner, note_owners
from customers.importing.rows import Row, Run
from customers.models import Contact, Customer, CustomerPast, Ownership
from customers.ownership import assign
from customers.search import index_records
from team.models import User

PHONE = Key("phone", "phone_e164", normalise_phone)
EMAIL = Key("email", "email", normalise_email)
NAME = Key("name", "sort_name", sort_key)


def customers_of(by: User | None) -> "QuerySet[Customer]":
    rows = Customer.everything.all() if by is None else Customer.visible_to(by)
    return rows.filter(binned_on__isnull=True)


CUSTOMER = Refers(
    "customer",
    gettext_lazy("Customer"),
    also=(
        "customer id",
        "customer name",
        "client",
        "account",
        "company",
        "клієнт",
        "компанія",
        "покупець",
    )
    + ("контрагент", "організація", "customerid", "cust id", "buyer"),
    lookup=Lookup(customers_of, missing=gettext_lazy("“%(typed)s” is no customer of yours.")),
)


class Reachable(Importer):
    """Records with a name, a phone and an e-mail."""

    keys: ClassVar[tuple[Key, ...]] = (REFERENCE, PHONE, EMAIL, NAME)

    def is_same(self, row: Row, record: Any, key: Key) -> bool:
        """A name alone is no proof where the phones or the e-mails differ."""
        if key.column != "name":
            return True
        phone, email = normalise_phone(row.clean.get("phone") or ""), row.clean.get("email") or ""
        return not (phone and record.phone_e164 and phone != record.phone_e164) and not (
            email and record.email and email != record.email
        )

    def derive(self, records: list[Any]) -> tuple[str, ...]:
        for record in records:
            record.fill_search_columns()
        return ("sort_name", "phone_e164")


@importer
class CustomerImporter(Reachable):
    target = "customers"
    model = Customer
    columns = (
        reference_column("customer id", "client id", "account id", "код клієнта"),
        form_text(
            CustomerForm,
            "name",
            "customer",
            "customer name",
            "client",
            "account",
            "company",
            "company name",
            "назва",
            "клієнт",
            "компанія",
            "організація",
            "контрагент",
            required=True,
        ),
        form_text(
            CustomerForm, "segment", "category", "sector", "industry", "type", "галузь", "категорія"
        ),
        form_text(
            CustomerForm, "region", "area", "state", "область", "регіон", "country", "країна"
        ),
        form_text(
            CustomerForm, "place", "city", "town", "address", "місто", "адреса", "office location"
        ),
        form_text(
            CustomerForm,
            "phone",
            "telephone",
            "tel",
            "mobile",
            "телефон",
            "тел",
            "моб",
            "номер телефону",
        ),
        form_text(CustomerForm, "email", "mail", "пошта", "електронна пошта", "імейл"),
        form_text(CustomerForm, "website", "site", "web", "url", "сайт"),
        LANGUAGE,
        CURRENCY,
        form_text(
            CustomerForm,
            "note",
            "notes",
            "comment",
            "comments",
            "description",
            "примітка",
            "коментар",
        ),
        Flag("is_test", gettext_lazy("Test customer"), also=("test", "тестовий")),
        *OWNER_COLUMNS,
    )
    fills = (
        "segment",
        "region",
        "place",
        "phone",
        "email",
        "website",
        "language",
        "currency",
        "note",
    )
    leading = frozenset({"owner", "owner_since", "is_test"})
    parts = ((Ownership, "customer"), (CustomerPast, "customer"))
    keeps_owner = True

    def visible(self, by: User | None) -> "QuerySet[Any]":
        return customers_of(by)

    def check(self, row: Row, run: Run) -> None:
        check_owner(row, run)

    def build(self, row: Row, run: Run) -> Customer:
        values = {
            name: row.clean[name] for name in ("name", *self.fills, "is_test") if run.has(name)
        }
        customer = Customer(**values, recorded_on=run.known_since, created_by=run.by)
        customer.reference = row.clean.get("reference") or customer.reference
        customer.fill_search_columns()
        return customer

    def stored(self, new: list[Row], filled: list[Row], run: Run) -> None:
        note_owners(new, run, lambda row: run.today)
        run.notes.setdefault("ids", []).extend(row.record.pk for row in (*new, *filled))

    def finish(self, run: Run) -> None:
        assign_noted(run, assign)
        index_records("customer", run.notes.get("ids", []))


@importer
class ContactImporter(Reachable):
    target = "contacts"
    model = Contact
    columns = (
        reference_column("contact id"),
        Refers(CUSTOMER.name, CUSTOMER.label, CUSTOMER.also, required=True, lookup=CUSTOMER.lookup),
        form_text(
            ContactForm,
            "name",
            "contact",
            "contact name",
            "person",
            "full name",
            "ім'я",
            "піб",
            "контакт",
            required=True,
        ),
        form_text(ContactForm, "role", "position", "job title", "title", "посада"),
        form_text(ContactForm, "phone", "telephone", "tel", "mobile", "телефон", "тел", "моб"),
        form_text(ContactForm, "email", "mail", "пошта", "електронна пошта", "імейл"),
        LANGUAGE,
    )
    # a phone may be that of the office
    keys = (REFERENCE, EMAIL, NAME)
    fills = ("role", "phone", "email", "language")

    def identity(self, row: Row, key: Key, value: str) -> Any:
        """Of another customer it is another person."""
        return value if key == REFERENCE else (row.clean["customer"].pk, value)

    def visible(self, by: User | None) -> "QuerySet[Any]":
        rows = Contact.everything.all() if by is None else Contact.visible_to(by)
        return rows.filter(binned_on__isnull=True)

    def is_same(self, row: Row, record: Any, key: Key) -> bool:
        same = super().is_same(row, record, key)
        if key == REFERENCE and record.customer_id != row.clean["customer"].pk:
            row.refuse(
                _("This contact belongs to another customer."), self.column("customer").label
            )
        return same and record.customer_id == row.clean["customer"].pk

    def build(self, row: Row, run: Run) -> Contact:
        values = {name: row.clean[name] for name in ("name", *self.fills) if run.has(name)}
        contact = Contact(customer=row.clean["customer"], created_by=run.by, **values)
        contact.reference = row.clean.get("reference") or contact.reference
        contact.fill_search_columns()
        return contact

    def stored(self, new: list[Row], filled: list[Row], run: Run) -> None:
        run.notes.setdefault("ids", []).extend(row.record.pk for row in (*new, *filled))

    def finish(self, run: Run) -> None:
        index_records("contact", run.notes.get("ids", []))
