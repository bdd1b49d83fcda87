"""Importing campaigns and what they cost."""

from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.importing.columns import Amount, Day, Refers
from customers.importing.fields import CURRENCY, RATE, form_text, reference_column
from customers.importing.importer import LEADING, REFERENCE, Importer, Key, importer
from customers.importing.lookups import Lookup
from customers.importing.money import check_rate
from customers.importing.owners import OWNER
from customers.importing.rows import SAME, Row, Run
from customers.importing.taking_back import Back
from sales.forms import CampaignForm
from sales.models import Campaign, CampaignCost, CampaignPast
from team.audit import Change, record_many
from team.models import User


def all_campaigns(by: User | None) -> "QuerySet[Any]":
    """Everybody sees campaigns."""
    return Campaign.objects.all()


CAMPAIGN = Refers(
    "campaign",
    gettext_lazy("Campaign"),
    also=("campaign id", "campaign name", "utm campaign", "кампанія", "реклама"),
    lookup=Lookup(all_campaigns, (("reference", str), ("name", str))),
)


def make_campaigns(texts: list[str], run: Run) -> dict[str, Model]:
    """Campaigns that are not known yet, under what the file calls them."""
    made = [Campaign(name=text[:200], reference=text, created_by=run.by) for text in texts]
    Campaign.objects.bulk_create(made)
    record_many("create", (Change(row, after={"name": row.name}) for row in made), by=run.by)
    for row in made:
        run.note_made(row)
    return {row.reference: row for row in made}


@importer
class CampaignImporter(Importer):
    target = "campaigns"
    model = Campaign
    roles = LEADING
    keys = (REFERENCE, Key("name", "name"))
    columns = (
        reference_column("campaign id"),
        form_text(CampaignForm, "name", "campaign", "title", "назва", "кампанія", required=True),
        form_text(CampaignForm, "channel", "medium", "канал"),
        Day(
            "started_on",
            gettext_lazy("Starts on"),
            also=("start", "start date", "from", "початок", "з"),
        ),
        Day(
            "ended_on",
            gettext_lazy("Last day"),
            also=("end", "end date", "to", "until", "кінець", "до"),
        ),
        OWNER,
        form_text(CampaignForm, "note", "notes", "comment", "примітка"),
    )
    fills = ("channel", "started_on", "ended_on", "owner", "note")
    parts = ((CampaignPast, "campaign"),)

    def visible(self, by: User | None) -> "QuerySet[Any]":
        return all_campaigns(by)

    def check(self, row: Row, run: Run) -> None:
        started, ended = row.clean.get("started_on"), row.clean.get("ended_on")
        if started and ended and ended < started:
            row.refuse(_("The last day lies before the first."), self.column("ended_on").label)

    def build(self, row: Row, run: Run) -> Campaign:
        values = {name: row.clean[name] for name in ("name", *self.fills) if run.has(name)}
        campaign = Campaign(**values, created_by=run.by)
        campaign.reference = row.clean.get("reference") or campaign.reference
        return campaign

    def retire(self, records: "QuerySet[Any]", back: Back) -> None:
        """Nothing names them, so no report has read them."""
        records.delete()


@importer
class CostImporter(Importer):
    target = "costs"
    feeds_figures = True
    model = CampaignCost
    roles = LEADING
    makes = frozenset({"campaign"})
    columns = (
        reference_column("cost id"),
        Refers(CAMPAIGN.name, CAMPAIGN.label, CAMPAIGN.also, required=True, lookup=CAMPAIGN.lookup),
        Day("on", gettext_lazy("Day"), also=("date", "day", "дата", "день"), required=True),
        Amount(
            "amount",
            gettext_lazy("Amount"),
            also=("cost", "sum", "spend", "spent", "total", "сума", "витрати"),
            required=True,
        ),
        CURRENCY,
        RATE,
    )

    def make(self, name: str, texts: list[str], run: Run) -> dict[str, Model]:
        return make_campaigns(texts, run)

    def visible(self, by: User | None) -> "QuerySet[Any]":
        return CampaignCost.objects.all()

    def check(self, row: Row, run: Run) -> None:
        check_rate(row, run)
        if row.clean["on"] > run.today:
            row.refuse(_("This day has not come yet."), self.column("on").label)

    def compare(self, row: Row, record: Any, run: Run) -> None:
        row.record, row.verdict = record, SAME
        if record.deleted_on is not None:
            row.refuse(_("This cost was deleted. Give the new one another reference."))
        elif (record.campaign_id, record.on, record.amount) != (
            row.clean["campaign"].pk,
            row.clean["on"],
            row.clean["amount"],
        ):
            row.refuse(_("This cost is stored with other values. Delete it, then import it anew."))

    def build(self, row: Row, run: Run) -> CampaignCost:
        names = ("campaign", "on", "amount", "currency", "fx_rate")
        cost = CampaignCost(
            **{name: row.clean[name] for name in names},
            recorded_on=run.recorded_on(row.clean["on"]),
        )
        cost.reference = row.clean.get("reference") or cost.reference
        cost.fill_cents()
        return cost
