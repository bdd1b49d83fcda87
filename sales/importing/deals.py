"""Importing deals with the two changes that a file knows: opened and, where it did, closed."""

from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.importing.columns import Amount, Day, Refers
from customers.importing.customers import CUSTOMER
from customers.importing.fields import CURRENCY, RATE, form_text, reference_column
from customers.importing.importer import Importer, importer
from customers.importing.lookups import ListLookup
from customers.importing.money import check_rate
from customers.importing.owners import OWNER
from customers.importing.rows import Row, Run
from customers.importing.taking_back import Back
from customers.search import index_records
from sales.deals.changing import HISTORY_FIELDS
from sales.deals.deal_forms import DealForm
from sales.importing.lists import make_entries
from sales.models import Deal, DealChange, DealPast, LossReason, Pipeline, Stage
from team.models import User


def active_stages(by: User | None) -> "QuerySet[Any]":
    """Of stages of one name, the one of the first pipeline is meant."""
    return Stage.objects.offered()


def active_reasons(by: User | None) -> "QuerySet[Any]":
    return LossReason.objects.filter(is_active=True)


@importer
class DealImporter(Importer):
    target = "deals"
    feeds_figures = True
    model = Deal
    columns = (
        reference_column("deal id", "opportunity id"),
        form_text(
            DealForm,
            "title",
            "deal",
            "name",
            "opportunity",
            "product",
            "subject",
            "назва",
            "угода",
            "товар",
            required=True,
        ),
        CUSTOMER,
        OWNER,
        Refers(
            "stage",
            gettext_lazy("Stage"),
            also=("deal stage", "status", "етап", "стадія", "статус"),
            required=True,
            lookup=ListLookup(
                active_stages,
                missing=gettext_lazy("“%(typed)s” is none of the stages: %(choices)s."),
            ),
        ),
        Amount(
            "amount",
            gettext_lazy("Amount"),
            also=("value", "sum", "close value", "price", "сума", "вартість"),
        ),
        CURRENCY,
        RATE,
        Day(
            "opened_on",
            gettext_lazy("Opened on"),
            also=(
                "created",
                "date",
                "open date",
                "engage date",
                "start date",
                "дата",
                "створено",
                "відкрито",
            ),
        ),
        Day(
            "closed_on",
            gettext_lazy("Closed on"),
            also=("close date", "closed", "won date", "закрито"),
        ),
        Day(
            "expected_close_on",
            gettext_lazy("Closes on"),
            also=("expected close", "очікуване закриття"),
        ),
        Refers(
            "reason",
            gettext_lazy("Why it was lost"),
            also=("loss reason", "lost reason", "причина", "причина втрати"),
            lookup=ListLookup(
                active_reasons,
                missing=gettext_lazy("“%(typed)s” is none of the reasons: %(choices)s."),
            ),
        ),
        form_text(DealForm, "competitor", "lost to", "конкурент"),
        form_text(DealForm, "note", "notes", "comment", "description", "примітка", "коментар"),
    )
    fills = ("note",)
    makes = frozenset({"stage", "reason"})
    parts = ((DealChange, "deal"), (DealPast, "deal"))

    def visible(self, by: User | None) -> "QuerySet[Any]":
        rows = Deal.everything.all() if by is None else Deal.visible_to(by)
        return rows.filter(binned_on__isnull=True).select_related("stage")

    def make(self, name: str, texts: list[str], run: Run) -> dict[str, Model]:
        if name == "reason":
            return make_entries(LossReason, texts, run)
        return make_entries(
            Stage, texts, run, pipeline=Pipeline.objects.first(), kind=Stage.Kind.OPEN
        )

    def check(self, row: Row, run: Run) -> None:
        check_rate(row, run)
        clean = row.clean
        kind = clean["stage"].kind
        for name in ("opened_on", "closed_on"):
            if clean.get(name) and clean[name] > run.today:
                row.refuse(
                    _("This day has not come yet. Choose today or earlier."),
                    self.column(name).label,
                )
        if kind == Stage.Kind.OPEN:
            return
        if not clean.get("closed_on"):
            row.refuse(_("Say on which day it was won or lost."), self.column("closed_on").label)
        elif clean.get("opened_on") and clean["closed_on"] < clean["opened_on"]:
            row.refuse(_("It was closed before it was opened."), self.column("closed_on").label)
        if kind == Stage.Kind.WON and not clean.get("amount"):
            row.refuse(_("Say for how much it was won."), self.column("amount").label)
        if kind == Stage.Kind.WON and clean.get("customer") is None:
            row.refuse(_("Choose the customer first: a won deal belongs to one."), CUSTOMER.label)
        if kind == Stage.Kind.LOST and clean.get("reason") is None:
            row.refuse(_("Choose why it was lost."), self.column("reason").label)

    def compare(self, row: Row, record: Any, run: Run) -> None:
        if row.clean["stage"].pk != record.stage_id:
            row.refuse(
                _("It stands in “%(stage)s” here. Move it there.") % {"stage": record.stage},
                self.column("stage").label,
            )
        else:
            super().compare(row, record, run)

    def build(self, row: Row, run: Run) -> Deal:
        clean = row.clean
        names = ("title", "stage", "currency", "fx_rate")
        values = {name: clean[name] for name in names}
        for name in ("customer", "amount", "expected_close_on", "competitor", "note"):
            if clean.get(name) is not None:
                values[name] = clean[name]
        deal = Deal(**values, owner=self._owner(row, run), created_by=run.by)
        closed = deal.stage.kind != Stage.Kind.OPEN
        deal.closed_on = clean["closed_on"] if closed else None
        deal.opened_on = clean.get("opened_on") or deal.closed_on or run.today
        deal.stage_since = deal.closed_on or deal.opened_on
        deal.reason = clean["reason"].key if deal.stage.kind == Stage.Kind.LOST else ""
        deal.reference = clean.get("reference") or deal.reference
        deal.fill_columns()
        return deal

    def _owner(self, row: Row, run: Run) -> User | None:
        """As on screen: who is named, else a rep themselves, else the customer's owner."""
        named: User | None = row.clean.get("owner")
        if named is None and run.by is not None and run.by.is_rep:
            return run.by
        customer = row.clean.get("customer")
        return named or (customer.owner if customer else None)

    def stored(self, new: list[Row], filled: list[Row], run: Run) -> None:
        first = Stage.objects.offered().open().first()
        changes: list[DealChange] = []
        for row in new:
            deal: Deal = row.record
            if deal.closed_on is not None and first is not None:
                opened = _change(deal, deal.opened_on, run)
                opened.stage, opened.reason, opened.competitor = first, "", ""
                changes.append(opened)
            changes.append(_change(deal, deal.stage_since, run))
        DealChange.everything.bulk_create(changes)
        run.notes.setdefault("ids", []).extend(row.record.pk for row in new)

    def finish(self, run: Run) -> None:
        index_records("deal", run.notes.get("ids", []))

    def retire(self, records: "QuerySet[Any]", back: Back) -> None:
        DealChange.everything.filter(deal__in=records.values("pk"), deleted_on=None).update(
            deleted_on=back.today
        )
        super().retire(records, back)


def _change(deal: Deal, on: Any, run: Run) -> DealChange:
    values = {name: getattr(deal, name) for name in HISTORY_FIELDS}
    return DealChange(deal=deal, on=on, by=run.by, recorded_on=run.recorded_on(on), **values)
