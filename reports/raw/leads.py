"""Behind a lead's row: when it came, when an answer was due, each touch; and the share of money it stands for."""

from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.lib import formatting
from crm.lib.money import half_up
from crm.lib.periods import end_of, local_date
from reports.models import Evidence
from reports.raw.orders import rows_of
from reports.report import Run
from reports.screens.parts import Explanation, Table
from sales.models import Activity, CampaignCost, Deal, DealChange, DealPast, Lead
from team.models import Company

TOUCHING = ("meeting", "visit", "demo")
OUTWARD = ("call", "email", "message")
MINUTE = 60


def leaked(evidence: Evidence, run: Run) -> Explanation:
    """Loss 2: the lead, its touches, and how its source's loss is shared out."""
    if evidence.subject_type != "lead":
        return Explanation([], [], 0)
    lead = Lead.everything.get(pk=evidence.subject_id)
    line = evidence.snapshot.whole.get("lines", {}).get(evidence.line_key, {})
    shared = _shared(evidence, line) if evidence.measure in ("loss", "at_risk") else []
    return Explanation(
        [*_times(evidence, lead), *shared],
        [_touches(lead, run), *_deals(lead, run)],
        evidence.cents or 0,
    )


def _times(evidence: Evidence, lead: Lead) -> list[tuple[Any, Any]]:
    due, answered = (evidence.facets.get(name) for name in ("due_after", "answered_after"))
    facts: list[tuple[Any, Any]] = [(_("Arrived"), _moment(lead.arrived_at))]
    if due is not None:
        facts.append((_("Answer due"), _moment(lead.arrived_at + timedelta(seconds=due))))
    told = _("never") if answered is None else formatting.minutes(answered // MINUTE)
    return [*facts, (_("First answer after"), told)]


def _moment(instant: datetime) -> str:
    local = timezone.localtime(instant, Company.get().zone)
    return f"{formatting.day(local)}, {local:%H:%M}"


def _shared(evidence: Evidence, line: dict[str, Any]) -> list[tuple[Any, Any]]:
    """(leads × rate − converted) × value = the source's loss; each of its leads bears an equal part."""
    if not line or line["rate"] is None or line["value"] is None:
        return [(_("Money"), _("not enough data to estimate"))]
    currency = Company.get().base_currency
    rate, value = Fraction(line["rate"]), half_up(Fraction(line["value"]))
    facts: list[tuple[Any, Any]] = [
        (
            _("Usual share that converts"),
            _("%(rate)s, of %(n)s leads answered in time")
            % {"rate": formatting.percent(rate), "n": formatting.number(line["rate_n"])},
        ),
        (
            _("A converted lead brings"),
            _("%(money)s, of %(n)s customers")
            % {
                "money": formatting.money(value, currency, minor=True),
                "n": formatting.number(line["value_n"]),
            },
        ),
    ]
    if evidence.measure != "loss":
        return facts
    loss = _(
        "(%(leads)s × %(rate)s − %(won)s) × %(value)s = %(loss)s, in %(leads)s equal parts"
    ) % {
        "leads": formatting.number(line["leaked"]),
        "rate": formatting.percent(rate),
        "won": formatting.number(line["leaked_converted"]),
        "value": formatting.money(value, currency, minor=True),
        "loss": formatting.money(line["loss_cents"], currency, minor=True),
    }
    return [*facts, (_("Loss of the source"), loss)]


def _touches(lead: Lead, run: Run) -> Table:
    """What was done with the lead and known at the day; what counts as a touch says so."""
    until = end_of(run.as_of, Company.at(run.as_of).zone)
    kept = Q(deleted_on__isnull=True) | Q(deleted_on__gt=run.as_of)
    done = Activity.everything.filter(
        kept, lead=lead, status="done", start_at__lt=until, recorded_on__lte=run.as_of
    )
    rows = [
        (
            _moment(each.start_at),
            _kind(each.kind),
            each.author.name if each.author else "",
            ", ".join(_counts_as(each, lead)),
        )
        for each in done.select_related("author", "outcome").order_by("start_at", "pk")
    ]
    heads: list[tuple[Any, Any]] = [
        (_("When"), "text"),
        (_("What"), "text"),
        (_("Who"), "text"),
        (_("Counts as"), "text"),
    ]
    return Table(_("What was done"), heads, rows)


def _counts_as(activity: Activity, lead: Lead) -> list[str]:
    if activity.start_at < lead.arrived_at:
        return []
    found = [_("touch")] if _is_touch(activity) else []
    if activity.outcome is not None and activity.outcome.reached:
        found.append(pgettext("a lead", "reached"))
    return found


def _deals(lead: Lead, run: Run) -> list[Table]:
    """Each stage of each deal that came from the lead; deals that were opened before it did not."""
    arrived = local_date(lead.arrived_at, Company.at(run.as_of).zone)
    kept = Q(deleted_on__isnull=True) | Q(deleted_on__gt=run.as_of)
    past = DealPast.everything.filter(recorded_on__lte=run.as_of, deleted_on__gt=run.as_of)
    came = Q(lead=lead) & ~Q(pk__in=past.values("deal")) | Q(
        pk__in=past.filter(lead=lead).values("deal")
    )
    deals = Deal.everything.filter(came, opened_on__range=(arrived, run.as_of))
    changes = DealChange.everything.filter(
        kept, on__lte=run.as_of, recorded_on__lte=run.as_of, deal__in=deals
    )
    rows = [
        (each.on, each.deal.title, str(each.stage))
        for each in changes.select_related("deal", "stage").order_by("on", "reference")
    ]
    heads: list[tuple[Any, Any]] = [(_("Day"), "day"), (_("Deal"), "text"), (_("Stage"), "text")]
    return [Table(_("Deals that came from it"), heads, rows)] if rows else []


def _kind(kind: str) -> str:
    return str(dict(Activity.Kind.choices).get(kind, kind))


def _is_touch(activity: Activity) -> bool:
    return activity.kind in TOUCHING or (activity.kind in OUTWARD and activity.direction == "out")


def paid_for(evidence: Evidence, run: Run) -> Explanation:
    """Loss 3: what the campaign cost, and the part that this lead stands for; of a cost how it was booked."""
    if evidence.measure == "cost":
        return _booked(evidence)
    if evidence.measure == "won":
        return _bought_since(evidence, run)
    campaign = evidence.facets.get("campaign")
    kept = Q(deleted_on__isnull=True) | Q(deleted_on__gt=run.as_of)
    costs = CampaignCost.objects.filter(
        kept,
        campaign__reference=campaign,
        recorded_on__lte=run.as_of,
        on__range=(run.period.start, run.end),
    )
    if campaign is None:
        costs = CampaignCost.objects.filter(
            kept,
            campaign__isnull=True,
            recorded_on__lte=run.as_of,
            on__range=(run.period.start, run.end),
        )
    rows = [(each.on, each.reference, each.cents) for each in costs.order_by("on", "pk")]
    spent = sum(row[2] for row in rows)
    heads: list[tuple[Any, Any]] = [
        (_("Day"), "day"),
        (pgettext("what was spent", "Cost"), "text"),
        (_("Money"), "cents"),
    ]
    table = Table(_("What the campaign cost"), heads, rows, (_("Together"), "", spent))
    if evidence.subject_type != "lead":
        return Explanation([], [table], spent)
    lead = Lead.everything.get(pk=evidence.subject_id)
    facts = [(_("Arrived"), _moment(lead.arrived_at)), *_part_of(evidence, spent)]
    return Explanation(facts, [_touches(lead, run), table], evidence.cents)


def _bought_since(evidence: Evidence, run: Run) -> Explanation:
    """The orders of a customer from the day on which the lead became one."""
    since = evidence.occurred_on
    found = rows_of(evidence.subject_id or 0, run.as_of)
    rows = [(each.on, each.order, each.cents) for each in found if since and each.on >= since]
    bought = sum(row[2] for row in rows)
    heads: list[tuple[Any, Any]] = [(_("Day"), "day"), (_("Order"), "text"), (_("Money"), "cents")]
    span = {"since": formatting.day(since), "day": formatting.day(run.as_of)}
    title = _("What it bought from %(since)s to %(day)s") % span
    return Explanation([], [Table(title, heads, rows, (_("Together"), "", bought))], bought)


def _booked(evidence: Evidence) -> Explanation:
    """The cost itself: its amount and the rate of its day."""
    cost = CampaignCost.objects.get(reference=evidence.facets["cost"])
    currency = cost.currency or Company.get().base_currency
    told = _("%(amount)s %(currency)s × %(rate)s") % {
        "amount": formatting.number(cost.amount, 2),
        "currency": currency,
        "rate": formatting.number(cost.fx_rate),
    }
    return Explanation([(pgettext("what was spent", "Cost"), told)], [], cost.cents)


def _part_of(evidence: Evidence, spent: int) -> list[tuple[Any, Any]]:
    line = evidence.snapshot.whole.get("lines", {}).get(evidence.line_key)
    if not line:
        return []
    told = _("%(cost)s ÷ %(leads)s leads") % {
        "cost": formatting.money(spent, Company.get().base_currency, minor=True),
        "leads": formatting.number(line["leads"]),
    }
    return [
        (_("Touches in time"), formatting.number(evidence.facets["touches"])),
        (_("Cost of a lead"), told),
    ]
