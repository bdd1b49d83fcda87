"""Loss 2 (lead leakage, section 4) and conversion by speed of response: slow and plain."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.oracle.company_calendar import Calendar, calendar_of
from tests.oracle.kaplan_meier import Estimate, estimate
from tests.oracle.knowledge import Knowledge, half_up, known_at, money
from tests.oracle.rules import Rules, rules_of
from tests.oracle.shares import rate, share
from tests.oracle.tables import Settings, Tables
from tests.oracle.top_down import norm, unreported
from tests.oracle.work_facts import Lead, leads_known

VALUE_SPAN = timedelta(days=364)
HOUR = 3600
CLASSES = ("timely", "late", "never", "pending")


@dataclass(frozen=True)
class Judged:
    """A valid lead with its class (section 4) and whether its horizon has passed."""

    lead: Lead
    kind: str
    mature: bool

    @property
    def neglected(self) -> bool:
        return self.kind in ("late", "never")


@dataclass(frozen=True)
class Worth:
    """The mean first-year revenue of a converted customer, in cents; None without customers."""

    mean: Fraction | None
    n: int
    scope: str


@dataclass(frozen=True)
class Picture:
    """All that the report is made of, for those who look behind it."""

    known: Knowledge
    rules: Rules
    leads: list[Lead]
    judged: list[Judged]
    """All valid leads known at D."""
    of_period: dict[str, list[Judged]]
    """The valid leads created in from..e, by source."""


def leakage(
    tables: Tables,
    settings: Settings,
    from_: date,
    to: date,
    as_of: date,
    params: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The report `leakage` with exactly its output keys (section 13)."""
    picture = picture_of(tables, settings, from_, to, as_of, params)
    end = min(to, as_of)
    lines = [_line(source, leads, picture) for source, leads in sorted(picture.of_period.items())]
    return {
        **{key: sum((line[key] for line in lines), money(0)) for key in ("loss", "lo", "hi")},
        "leads": sum(line["leads"] for line in lines),
        "leaked": sum(line["leaked"] for line in lines),
        "at_risk": sum((line["at_risk"] for line in lines), money(0)),
        "norm": norm(picture.known, picture.rules, from_, end),
        "unreported": unreported(picture.known, picture.leads, from_, end),
        "lines": lines,
    }


def speed(
    tables: Tables,
    settings: Settings,
    from_: date,
    to: date,
    as_of: date,
    params: Mapping[str, Any] | None = None,
) -> dict[str, dict[str, Any]]:
    """Conversion by response band, mature valid leads created in from..e only (section 4)."""
    picture = picture_of(tables, settings, from_, to, as_of, params)
    bands: dict[str, list[Lead]] = {"<=1h": [], "<=24h": [], ">24h": [], "never": []}
    for each in (each for leads in picture.of_period.values() for each in leads):
        if each.mature:
            bands[_band(each.lead)].append(each.lead)
    horizon = picture.rules.whole("convert_days")
    table = {}
    for band, leads in bands.items():
        converted = sum(lead.converts_within(horizon) for lead in leads)
        table[band] = {
            "leads": len(leads),
            "converted": converted,
            "rate": share(converted, len(leads)),
        }
    return table


def picture_of(
    tables: Tables,
    settings: Settings,
    from_: date,
    to: date,
    as_of: date,
    params: Mapping[str, Any] | None,
) -> Picture:
    rules, calendar = rules_of(settings, params), calendar_of(settings)
    known = known_at(tables, as_of)
    leads = leads_known(tables, calendar, known)
    judged = [_judge(lead, rules, calendar, as_of) for lead in leads if lead.valid]
    of_period: dict[str, list[Judged]] = {}
    for each in judged:
        if from_ <= each.lead.on <= min(to, as_of):
            of_period.setdefault(each.lead.source or "(none)", []).append(each)
    return Picture(known, rules, leads, judged, of_period)


def leaked(leads: list[Judged]) -> list[Lead]:
    """The N of a line: late or never, and mature."""
    return [each.lead for each in leads if each.neglected and each.mature]


def due_of(lead: Lead, rules: Rules, calendar: Calendar) -> Fraction | None:
    seconds = rules.number("sla_hours") * HOUR
    if rules.text("sla_clock") == "working":
        return calendar.after_working(lead.created, seconds)
    return lead.created + seconds


def _judge(lead: Lead, rules: Rules, calendar: Calendar, as_of: date) -> Judged:
    due = due_of(lead, rules, calendar)
    if lead.response is not None:
        kind = "timely" if due is None or lead.response <= due else "late"
    else:
        kind = "never" if due is not None and due < calendar.end_of(as_of) else "pending"
    return Judged(lead, kind, lead.on + rules.days("convert_days") <= as_of)


def _band(lead: Lead) -> str:
    if lead.response is None:
        return "never"
    waited = lead.response - lead.created
    return "<=1h" if waited <= HOUR else "<=24h" if waited <= 24 * HOUR else ">24h"


def _line(source: str, leads: list[Judged], picture: Picture) -> dict[str, Any]:
    rules = picture.rules
    normal, scope = normal_rate(source, picture)
    worth = worth_of(source, picture)
    lost = leaked(leads)
    converted = sum(lead.converts_within(rules.whole("convert_days")) for lead in lost)
    young = sum(each.neglected and not each.mature for each in leads)

    def expected(p: Fraction | None, n: int, less: int) -> Decimal:
        if p is None or worth.mean is None:
            return money(0)
        return money(half_up(max(Fraction(0), n * p - less) * worth.mean))

    return {
        "source": source,
        "leads": len(leads),
        **{kind: sum(each.kind == kind for each in leads) for kind in CLASSES},
        "leaked": len(lost),
        "leaked_converted": converted,
        "rate": rate(normal.p),
        "rate_n": normal.n,
        "rate_scope": scope,
        "value": None if worth.mean is None else money(half_up(worth.mean)),
        "value_n": worth.n,
        "value_scope": worth.scope,
        "estimable": normal.p is not None and worth.mean is not None,
        "loss": expected(normal.p, len(lost), converted),
        "lo": expected(normal.low, len(lost), converted),
        "hi": expected(normal.high, len(lost), converted),
        "at_risk_leads": young,
        "at_risk": expected(normal.p, young, 0),
    }


def normal_rate(source: str, picture: Picture) -> tuple[Estimate, str]:
    """p of timely leads of the window: of the source, of all if too few, else not estimable."""
    timely = [each.lead for each in _window(picture) if each.kind == "timely"]
    own = [lead for lead in timely if _named(lead) == source]
    least = picture.rules.whole("min_rate_n")
    scope, leads = ("source", own) if len(own) >= least else ("all", timely)
    if len(leads) < least:
        return Estimate(len(leads), None, None, None), "all"
    return estimate(leads, picture.rules.whole("convert_days"), picture.known.as_of), scope


def worth_of(source: str, picture: Picture) -> Worth:
    """Mean over the customers the window's leads became, one each, from its first conversion."""
    leads = [each.lead for each in _window(picture)]
    own = _customers([lead for lead in leads if _named(lead) == source])
    if len(own) >= picture.rules.whole("min_value_n"):
        return _mean(own, picture.known, "source")
    return _mean(_customers(leads), picture.known, "all")


def _customers(leads: list[Lead]) -> dict[str, date]:
    """Customer -> its earliest conversion."""
    first: dict[str, date] = {}
    for lead in leads:
        if lead.customer is not None and lead.converted_on is not None:
            so_far = first.get(lead.customer, lead.converted_on)
            first[lead.customer] = min(so_far, lead.converted_on)
    return first


def _mean(customers: dict[str, date], known: Knowledge, scope: str) -> Worth:
    revenue = [
        max(0, known.parties[customer].net(on, min(on + VALUE_SPAN, known.as_of)))
        for customer, on in customers.items()
    ]
    mean = Fraction(sum(revenue), len(revenue)) if revenue else None
    return Worth(mean, len(revenue), scope)


def _window(picture: Picture) -> list[Judged]:
    """The valid leads created in the `rate_window_days` days ending at D."""
    as_of = picture.known.as_of
    first = as_of - picture.rules.days("rate_window_days")
    return [each for each in picture.judged if first < each.lead.on <= as_of]


def _named(lead: Lead) -> str:
    return lead.source or "(none)"
