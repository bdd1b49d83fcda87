"""Importing orders and refunds. Money rows are never edited: what is stored already is compared only."""

from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.lib.text import sort_key
from customers.importing.columns import Amount, Day, Refers, Text
from customers.importing.customers import CUSTOMER
from customers.importing.fields import CURRENCY, RATE, reference_column
from customers.importing.importer import LEADING, Importer, importer
from customers.importing.lookups import PEOPLE, Lookup, colleagues
from customers.importing.money import check_rate
from customers.importing.rows import SAME, Row, Run
from customers.importing.taking_back import Back
from customers.models import Customer, ImportRow, Revenue
from customers.purchases import refresh_purchases
from customers.search import index_records
from team.audit import Change, record_many
from team.models import User

_COMPARED = ("on", "amount", "cost", "currency", "fx_rate", "product", "order_ref")


@importer
class RevenueImporter(Importer):
    target = "revenue"
    feeds_figures = True
    model = Revenue
    roles = LEADING
    makes = frozenset({"customer"})
    leading = frozenset()
    columns = (
        reference_column("entry id", "line id", "invoice line", "номер рядка"),
        Text(
            "order_ref",
            gettext_lazy("Order"),
            also=("order id", "order number", "order no", "invoice", "invoice no", "замовлення")
            + ("номер замовлення", "рахунок", "накладна"),
            field=forms.CharField(max_length=100),
        ),
        Refers(CUSTOMER.name, CUSTOMER.label, CUSTOMER.also, required=True, lookup=CUSTOMER.lookup),
        Day(
            "on",
            gettext_lazy("Date"),
            also=("date", "day", "order date", "invoice date", "purchase date", "дата")
            + ("дата замовлення",),
            required=True,
        ),
        Text(
            "product",
            gettext_lazy("Product"),
            also=("item", "sku", "product name", "товар", "продукт"),
            field=forms.CharField(max_length=200),
        ),
        Amount(
            "amount",
            gettext_lazy("Amount"),
            also=("sum", "total", "revenue", "value", "price", "net", "sales", "сума", "вартість"),
            required=True,
        ),
        CURRENCY,
        RATE,
        Amount("cost", gettext_lazy("Cost"), also=("cogs", "purchase cost", "собівартість")),
        Refers(
            "rep",
            gettext_lazy("Credited to"),
            also=("rep id", "sales rep", "seller", "sales agent", "менеджер", "продавець"),
            lookup=Lookup(colleagues, PEOPLE),
        ),
    )

    def make(self, name: str, texts: list[str], run: Run) -> dict[str, Model]:
        """Customers that are not known yet, under what the file calls them, in the pool."""
        taken = Customer.everything.filter(reference__in=texts).values_list("reference", flat=True)
        made: dict[str, Customer] = {}
        for text in sorted(set(texts) - set(taken)):
            customer = Customer(name=text[:250], reference=text, recorded_on=run.known_since)
            customer.created_by = run.by
            customer.fill_search_columns()
            made.setdefault(sort_key(text), customer)
        Customer.everything.bulk_create(made.values())
        changes = (Change(row, after={"name": row.name}) for row in made.values())
        record_many("create", changes, by=run.by)
        for customer in made.values():
            run.note_made(customer)
        return {text: made[sort_key(text)] for text in texts if sort_key(text) in made}

    def visible(self, by: User | None) -> "QuerySet[Any]":
        rows: QuerySet[Any] = Revenue.everything.all() if by is None else Revenue.visible_to(by)
        return rows.select_related("customer")

    def check(self, row: Row, run: Run) -> None:
        check_rate(row, run)
        if row.clean["on"] > run.today:
            row.refuse(_("This day has not come yet."), self.column("on").label)

    def compare(self, row: Row, record: Any, run: Run) -> None:
        row.record, row.verdict = record, SAME
        names = [name for name in _COMPARED if run.has(name) or name in ("currency", "fx_rate")]
        differs = [name for name in names if row.clean[name] != getattr(record, name)]
        if record.deleted_on is not None:
            row.refuse(_("This entry was deleted. Give the new one another reference."))
        elif differs or record.customer_id != row.clean["customer"].pk:
            row.refuse(
                _("This entry is stored with other values. Reverse it by an entry of its own.")
            )

    def build(self, row: Row, run: Run) -> Revenue:
        names = ("customer", "on", "amount", "currency", "fx_rate")
        values = {name: row.clean[name] for name in names}
        for name in ("order_ref", "product", "cost", "rep"):
            if row.clean.get(name) is not None:
                values[name] = row.clean[name]
        entry = Revenue(**values, recorded_on=run.recorded_on(row.clean["on"]))
        entry.reference = row.clean.get("reference") or entry.reference
        entry.fill_cents()
        return entry

    def stored(self, new: list[Row], filled: list[Row], run: Run) -> None:
        run.notes.setdefault("buyers", set()).update(row.record.customer_id for row in new)

    def finish(self, run: Run) -> None:
        index_records("customer", run.made.get(Customer._meta.label, []))
        buyers = run.notes.get("buyers", set())
        refresh_purchases(buyers, today=run.today)

    def take_back_new(self, rows: list[ImportRow], back: Back) -> None:
        entries = Revenue.everything.filter(pk__in=[row.record_id for row in rows])
        buyers: set[int] = back.notes.setdefault("buyers", set())
        buyers.update(entries.values_list("customer_id", flat=True))
        super().take_back_new(rows, back)

    def undone(self, back: Back) -> None:
        there = Customer.everything.filter(pk__in=back.notes.get("buyers", set()))
        refresh_purchases(list(there.values_list("pk", flat=True)), today=back.today)
