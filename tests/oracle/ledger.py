"""The ledger of six losses and three overlaps, on both bases (section 9): slow and plain."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.oracle.churn import churn
from tests.oracle.company_calendar import Calendar, calendar_of
from tests.oracle.departures import departures
from tests.oracle.knowledge import half_up, known_at, money
from tests.oracle.leakage import leakage, leaked, picture_of
from tests.oracle.marketing import Campaign, campaigns_of, marketing
from tests.oracle.new_reps import new_reps
from tests.oracle.selling_time import RepMonth, rep_months, time
from tests.oracle.shares import rate
from tests.oracle.tables import Settings, Tables
from tests.oracle.work_facts import Lead, booked_rows

REPORTS = {
    "1": churn,
    "2": leakage,
    "3": marketing,
    "4": time,
    "5": new_reps,
    "6": departures,
}
OF_SALES = ("1", "2", "6")
MARGIN_SPAN = timedelta(days=364)
Reports = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Evidence:
    """What stands behind the reports, for the overlaps."""

    campaigns: list[Campaign]
    leaked: dict[str, list[Lead]]
    """The N of loss 2, by source."""
    months: list[RepMonth]
    calendar: Calendar


@dataclass(frozen=True)
class Run:
    tables: Tables
    settings: Settings
    from_: date
    to: date
    as_of: date
    params: Mapping[str, Any] | None

    def of(self, report: Any) -> Any:
        return report(self.tables, self.settings, self.from_, self.to, self.as_of, self.params)


def ledger(
    tables: Tables,
    settings: Settings,
    from_: date,
    to: date,
    as_of: date,
    params: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The report `ledger` with exactly its output keys (section 13)."""
    run = Run(tables, settings, from_, to, as_of, params)
    reports = {number: run.of(report) for number, report in REPORTS.items()}
    margin_rate = margin_rate_of(tables, as_of)
    evidence = Evidence(
        run.of(campaigns_of),
        {source: leaked(leads) for source, leads in run.of(picture_of).of_period.items()},
        run.of(rep_months),
        calendar_of(settings),
    )
    available = margin_rate is not None and margin_rate > 0
    return {
        "as_of": as_of.isoformat(),
        "from": from_.isoformat(),
        "to": to.isoformat(),
        "partial": as_of < to,
        "revenue_basis": _basis(evidence, reports, Fraction(1)),
        "margin_basis": _basis(evidence, reports, margin_rate)
        if available and margin_rate
        else None,
        "margin_rate": rate(margin_rate),
        "reports": reports,
    }


def margin_rate_of(tables: Tables, as_of: date) -> Fraction | None:
    """Margin by net revenue over the rows with a cost of the 365 days to D; None of nothing."""
    costed = [
        (row.cents, row.cost)
        for row in booked_rows(tables, known_at(tables, as_of))
        if row.cost is not None and as_of - MARGIN_SPAN <= row.on <= as_of
    ]
    revenue, cost = sum(cents for cents, _ in costed), sum(cost for _, cost in costed)
    return Fraction(revenue - cost, revenue) if revenue else None


def _basis(evidence: Evidence, reports: Reports, share: Fraction) -> dict[str, Any]:
    """Losses 1, 2 and 6 times the share, by line; what was spent stays."""
    cents = {
        number: [
            half_up(_cents(line["loss"]) * (share if number in OF_SALES else 1))
            for line in report["lines"]
        ]
        for number, report in reports.items()
    }
    losses = {number: sum(of_lines) for number, of_lines in cents.items()}
    sources = [line["source"] for line in reports["2"]["lines"]]
    overlaps = {
        "1&6": losses["6"],
        "2&3": _leads_lost_twice(evidence, dict(zip(sources, cents["2"], strict=True))),
        "4&5": _wages_lost_twice(evidence, reports),
    }
    return {
        "losses": {number: money(loss) for number, loss in losses.items()},
        "overlaps": {pair: money(overlap) for pair, overlap in overlaps.items()},
        "total": money(sum(losses.values()) - sum(overlaps.values())),
    }


def _leads_lost_twice(evidence: Evidence, loss_of: dict[str, int]) -> int:
    """Overlap 2&3: of each lead neglected in both, the smaller of its two shares."""
    campaigns = {
        lead.reference: campaign
        for campaign in evidence.campaigns
        if campaign.loss > 0
        for lead in campaign.unworked
    }
    overlap = 0
    for source, neglected in evidence.leaked.items():
        for lead in neglected:
            if loss_of[source] > 0 and lead.reference in campaigns:
                campaign = campaigns[lead.reference]
                of_sale = Fraction(loss_of[source], len(neglected))
                overlap += half_up(min(of_sale, Fraction(campaign.cost, len(campaign.leads))))
    return overlap


def _wages_lost_twice(evidence: Evidence, reports: Reports) -> int:
    """Overlap 4&5: the unsold part of the days whose wages are lost whole already."""
    until = {
        line["rep_id"]: date.fromisoformat(line["evaluated_on"])
        for line in reports["5"]["lines"]
        if line["counted"]
    }
    overlap = 0
    for month, line in zip(evidence.months, reports["4"]["lines"], strict=True):
        if month.rep.reference in until and month.cost > 0:
            part = _cost_until(month, until[month.rep.reference], evidence.calendar)
            overlap += half_up(_cents(line["loss"]) * part / month.cost)
    return overlap


def _cost_until(month: RepMonth, last: date, calendar: Calendar) -> Fraction:
    """All days of a line are days employed, so none lies before the hire."""
    days = [on for on in month.days if on <= last]
    return sum((month.rep.daily_wage(on, calendar) for on in days), Fraction(0))


def _cents(amount: Decimal) -> int:
    return int(amount * 100)
