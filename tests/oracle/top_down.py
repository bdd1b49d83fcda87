"""The cross-check of loss 2 from the top and the prospects nobody reported (section 4)."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from tests.oracle.knowledge import Knowledge, half_up, money
from tests.oracle.rules import Rules
from tests.oracle.work_facts import Lead

A_YEAR = timedelta(days=365)


def norm(known: Knowledge, rules: Rules, from_: date, end: date) -> dict[str, Any]:
    """What new customers should have brought by the norm, and what they did."""
    rows = [on for party in known.parties.values() for on, _ in party.revenue]
    if not rows or min(rows) > from_ - A_YEAR:
        empty = dict.fromkeys(("sales", "new_sales", "expected", "loss"))
        return {"available": False, **empty}
    sales = sum(party.net(from_, end) for party in known.parties.values())
    new = sum(_new_sales(known, rules, from_, end))
    expected = rules.number("norm_share") * sales
    return {
        "available": True,
        "sales": money(sales),
        "new_sales": money(new),
        "expected": money(half_up(expected)),
        "loss": money(half_up(max(Fraction(0), expected - new))),
    }


def _new_sales(known: Knowledge, rules: Rules, from_: date, end: date) -> list[int]:
    return [
        cents
        for party in known.parties.values()
        for on, cents in party.revenue
        if party.purchases
        and from_ <= on <= end
        and on < party.purchases[0] + rules.days("new_days")
    ]


def unreported(known: Knowledge, leads: list[Lead], from_: date, end: date) -> dict[str, int]:
    """New customers of the period, and those no lead created by that day had led to."""
    new = {
        reference: party.purchases[0]
        for reference, party in known.parties.items()
        if party.purchases and from_ <= party.purchases[0] <= end
    }
    told = {
        lead.customer for lead in leads if lead.customer in new and lead.on <= new[lead.customer]
    }
    return {"new_customers": len(new), "without_lead": len(new) - len(told)}
