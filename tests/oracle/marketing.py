"""Loss 3 (marketing waste, section 5): slow and plain."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from tests.oracle.company_calendar import calendar_of
from tests.oracle.knowledge import base_cents, half_up, known_at, money
from tests.oracle.rules import Rules, rules_of
from tests.oracle.tables import Settings, Tables, cell, visible
from tests.oracle.work_facts import Lead, leads_known

NO_CAMPAIGN = "(none)"


@dataclass(frozen=True)
class Campaign:
    """What a line is made of: cost and valid leads of from..e."""

    reference: str
    cost: int
    leads: list[Lead]
    unworked: list[Lead]
    pending: list[Lead]
    customers: int

    @property
    def loss(self) -> int:
        """Cents, rounded once."""
        if not self.leads:
            return 0
        return half_up(max(0, self.cost) * Fraction(len(self.unworked), len(self.leads)))


def marketing(
    tables: Tables,
    settings: Settings,
    from_: date,
    to: date,
    as_of: date,
    params: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The report `marketing` with exactly its output keys (section 13)."""
    campaigns = campaigns_of(tables, settings, from_, to, as_of, params)
    return {
        "loss": money(sum(each.loss for each in campaigns)),
        "cost": money(sum(each.cost for each in campaigns)),
        "spent_without_leads": money(sum(each.cost for each in campaigns if not each.leads)),
        "lines": [_line(each) for each in campaigns],
    }


def campaigns_of(
    tables: Tables,
    settings: Settings,
    from_: date,
    to: date,
    as_of: date,
    params: Mapping[str, Any] | None,
) -> list[Campaign]:
    """Every campaign with a cost or a valid lead in from..e, by reference; "(none)" has costs alone."""
    rules = rules_of(settings, params)
    end = min(to, as_of)
    leads = leads_known(tables, calendar_of(settings), known_at(tables, as_of))
    valid = [lead for lead in leads if lead.valid]
    winners = _winners(valid)
    costs = _costs(tables, from_, end, as_of)
    found = []
    for row in sorted(tables.get("campaigns", []), key=lambda row: row["campaign_id"]):
        reference = row["campaign_id"]
        own = [lead for lead in valid if lead.campaign == reference and from_ <= lead.on <= end]
        if not own and reference not in costs:
            continue
        classes = {lead.reference: _class(lead, rules, as_of) for lead in own}
        found.append(
            Campaign(
                reference,
                costs.get(reference, 0),
                own,
                [lead for lead in own if classes[lead.reference] == "unworked"],
                [lead for lead in own if classes[lead.reference] == "pending"],
                sum(lead.reference in winners for lead in own),
            )
        )
    if NO_CAMPAIGN in costs:
        found.append(Campaign(NO_CAMPAIGN, costs[NO_CAMPAIGN], [], [], [], 0))
    return sorted(found, key=lambda each: each.reference)


def _costs(tables: Tables, from_: date, end: date, as_of: date) -> dict[str, int]:
    costs: dict[str, int] = {}
    for row in tables.get("campaign_costs", []):
        if visible(row, "date", as_of) and from_ <= date.fromisoformat(row["date"]) <= end:
            campaign = cell(row, "campaign_id") or NO_CAMPAIGN
            costs[campaign] = costs.get(campaign, 0) + base_cents(row)
    return costs


def _class(lead: Lead, rules: Rules, as_of: date) -> str:
    deadline = lead.on + rules.days("touch_days")
    touches = sum(each.on <= deadline for each in lead.touches)
    if lead.converted_on is not None or touches >= rules.whole("min_touches"):
        return "worked"
    closed_on = lead.closed_on
    if closed_on is not None and any(each.on <= closed_on for each in lead.touches):
        return "worked"
    return "unworked" if as_of >= deadline else "pending"


def _winners(valid: list[Lead]) -> set[str]:
    """For each customer the earliest lead that led to it: the first touch has the credit."""
    first: dict[str, Lead] = {}
    for lead in sorted(valid, key=lambda lead: (lead.created, lead.reference)):
        if lead.customer is not None:
            first.setdefault(lead.customer, lead)
    return {lead.reference for lead in first.values()}


def _line(each: Campaign) -> dict[str, Any]:
    def per(n: int) -> Any:
        return money(half_up(Fraction(each.cost, n))) if n else None

    return {
        "campaign_id": each.reference,
        "cost": money(each.cost),
        "leads": len(each.leads),
        "unworked": len(each.unworked),
        "pending": len(each.pending),
        "converted": sum(lead.converted_on is not None for lead in each.leads),
        "customers": each.customers,
        "cost_per_lead": per(len(each.leads)),
        "cost_per_customer": per(each.customers),
        "loss": money(each.loss),
    }
