"""Loss 1 (customer churn) by the simple rule, and its calibration and cohorts: slow and plain.

Written from the definitions alone (rule R1 to R10, loss 1, membership of loss 6, cohorts).
Nothing here is shared with the product. Money comes out as Decimal with two decimals, rates as
Decimal with twelve, days as ISO text, empty as None.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.oracle.knowledge import Knowledge, Party, half_up, known_at, money
from tests.oracle.shares import share, wilson
from tests.oracle.states import (
    Params,
    State,
    annual_value,
    calls,
    days,
    parameters,
    states_at,
)
from tests.oracle.tables import Settings, Tables

FOLLOW_UP = timedelta(days=365)
States = Callable[[date], dict[str, State]]
CALIBRATED = ("2", "2.5", "3", "4", "5")


def churn(
    tables: Tables,
    settings: Settings,
    from_: date,
    to: date,
    as_of: date,
    params: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The report `churn` with exactly its output keys, as known at the end of `as_of`."""
    rules = parameters(settings, params or {})
    known = known_at(tables, as_of)
    return report(known, lambda on: states_at(known, on, rules), from_, to, rules)


def report(known: Knowledge, at: States, from_: date, to: date, rules: Params) -> dict[str, Any]:
    """The report over any method: `at` tells the states of all customers at the end of a day."""
    as_of = known.as_of
    end = min(to, as_of)
    opening = _active(at, from_ - timedelta(days=1))
    states = at(as_of)
    lost = {
        reference: state
        for reference, state in states.items()
        if state.lost_on is not None and from_ <= state.lost_on <= end
    }
    lines = [_line(known, each, lost[each], each in opening, rules) for each in sorted(lost)]
    warned = _at_risk(states, as_of, rules)
    recovered = [
        each
        for each in states
        if each not in lost and _came_back(known.parties[each], from_, end, rules)
    ]
    return {
        **_headline(lines),
        **_rates(known, opening, opening & set(lost), from_, rules),
        "active_at_end": len(_active(at, end)),
        "at_risk_customers": len(warned),
        "at_risk_value": _value_of(warned, known, rules),
        "recovered_customers": len(recovered),
        "recovered_value": _value_of(recovered, known, rules),
        "loss_to_departures": sum((x["loss"] for x in lines if x["departure"]), money(0)),
        "method": "rule",
        "expected_loss": None,
        "expected_loss_se": None,
        "partial": as_of < to,
        "lines": lines,
    }


def _headline(lines: list[dict[str, Any]]) -> dict[str, Any]:
    loss = sum((line["loss"] for line in lines), money(0))
    average = money(half_up(Fraction(loss) * 100 / len(lines))) if lines else None
    return {"loss": loss, "lost_customers": len(lines), "average_value": average}


def _active(at: States, on: date) -> set[str]:
    return {each for each, state in at(on).items() if state.active(on)}


def at_risk(
    tables: Tables,
    settings: Settings,
    as_of: date,
    params: Mapping[str, Any] | None = None,
) -> list[str]:
    """The customers of the early warning, by reference."""
    rules = parameters(settings, params or {})
    return _at_risk(states_at(known_at(tables, as_of), as_of, rules), as_of, rules)


def calibration(
    tables: Tables,
    settings: Settings,
    as_of: date,
    params: Mapping[str, Any] | None = None,
) -> dict[str, dict[str, Any]]:
    """By k: calls at least 365 days old, and how many of them bought again within 365 days."""
    known = known_at(tables, as_of)
    table = {}
    for k in CALIBRATED:
        rules = parameters(settings, {**(params or {}), "k": k})
        called = returned = 0
        for party in known.parties.values():
            for lost_on, back_on in calls(party, rules):
                if lost_on <= as_of - FOLLOW_UP:
                    called += 1
                    returned += back_on is not None and back_on <= lost_on + FOLLOW_UP
        table[k] = {
            "called": called,
            "returned": returned,
            "false_alarm": share(returned, called),
        }
    return table


def cohorts(tables: Tables, as_of: date) -> list[dict[str, Any]]:
    """By month of first purchase: size, and the share that bought in month +j, j = 0, 1 ..."""
    parties = [p for p in known_at(tables, as_of).parties.values() if p.purchases]
    last = _month(as_of)
    complete = last if _month(as_of + timedelta(days=1)) > last else last - 1
    rows = []
    for cohort in range(min((_month(p.purchases[0]) for p in parties), default=last + 1), last + 1):
        members = [p for p in parties if _month(p.purchases[0]) == cohort]
        retention = []
        for month in range(cohort, last + 1):
            buyers = sum(any(_month(on) == month for on in p.purchases) for p in members)
            retention.append(share(buyers, len(members)) if month <= complete else None)
        rows.append(
            {
                "cohort": f"{cohort // 12:04d}-{cohort % 12 + 1:02d}",
                "customers": len(members),
                "retention": retention,
            }
        )
    return rows


def _line(
    known: Knowledge, reference: str, state: State, in_opening_base: bool, rules: Params
) -> dict[str, Any]:
    party = known.parties[reference]
    assert state.lost_on is not None
    return {
        "customer_id": reference,
        "lost_on": state.lost_on.isoformat(),
        "last_purchase": state.last.isoformat(),
        "purchases": state.purchases,
        "typical": _exact(state.typical),
        "threshold": _exact(state.threshold),
        "basis": state.basis,
        "p_alive": None,
        "in_opening_base": in_opening_base,
        "one_time": state.one_time,
        "owner": party.owner(state.last),
        "departure": _departure(known, party, state, rules),
        "loss": money(annual_value(party, state.last, known.as_of, rules)),
    }


def _value_of(references: list[str], known: Knowledge, rules: Params) -> Decimal:
    parties = [known.parties[each] for each in references]
    values = [annual_value(p, p.purchases[-1], known.as_of, rules) for p in parties]
    return money(sum(values))


def _departure(known: Knowledge, party: Party, state: State, rules: Params) -> str | None:
    """The leaver this line went with: the latest to leave, then the smallest reference."""
    assert state.lost_on is not None
    best: tuple[date, str] | None = None
    for rep in sorted(known.leavers):
        left = known.leavers[rep]
        if left > state.lost_on or state.last > left + days(rules, "departure_grace_days"):
            continue
        if not any(
            row.rep == rep
            and row.start <= left
            and (row.end is None or row.end > left - days(rules, "handover_days"))
            for row in party.ownership
        ):
            continue
        if best is None or left > best[0]:
            best = (left, rep)
    return best[1] if best else None


def _at_risk(states: dict[str, State], as_of: date, rules: Params) -> list[str]:
    return sorted(
        reference
        for reference, state in states.items()
        if state.basis == "rule"
        and state.active(as_of)
        and (as_of - state.last).days >= rules["warn_ratio"] * state.threshold
    )


def _came_back(party: Party, from_: date, end: date, rules: Params) -> bool:
    return any(
        from_ <= lost_on <= end and back_on is not None for lost_on, back_on in calls(party, rules)
    )


def _rates(
    known: Knowledge, opening: set[str], lost: set[str], from_: date, rules: Params
) -> dict[str, Any]:
    before = from_ - timedelta(days=1)
    first = from_ - days(rules, "value_days")
    revenue = {
        reference: max(0, known.parties[reference].net(first, before)) for reference in opening
    }
    low, high = wilson(len(lost), len(opening))
    return {
        "opening_customers": len(opening),
        "lost_of_opening": len(lost),
        "logo_churn": share(len(lost), len(opening)),
        "logo_churn_lo": low,
        "logo_churn_hi": high,
        "revenue_churn": share(sum(revenue[r] for r in lost), sum(revenue.values())),
    }


def _exact(value: Fraction) -> Decimal:
    """A day count as a number; k has few decimals, so the expansion always ends."""
    return Decimal(value.numerator) / value.denominator


def _month(on: date) -> int:
    return on.year * 12 + on.month - 1
