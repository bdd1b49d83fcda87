"""Loss 6 (departures, section 8): the lines of loss 1 that went with a leaver. And the effect."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.oracle.churn import churn
from tests.oracle.company_calendar import ONE_DAY
from tests.oracle.knowledge import NOBODY, Knowledge, Party, half_up, known_at, money
from tests.oracle.rules import Rules, rules_of
from tests.oracle.shares import Z, rate, root
from tests.oracle.states import parameters, states_at
from tests.oracle.tables import Settings, Tables


def departures(
    tables: Tables,
    settings: Settings,
    from_: date,
    to: date,
    as_of: date,
    params: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The report `departures` with exactly its output keys (section 13)."""
    leavers = known_at(tables, as_of).leavers
    lost = churn(tables, settings, from_, to, as_of, params)["lines"]
    lines = [
        {
            "customer_id": line["customer_id"],
            "rep_id": line["departure"],
            "leave_on": leavers[line["departure"]].isoformat(),
            "last_purchase": line["last_purchase"],
            "lost_on": line["lost_on"],
            "loss": line["loss"],
        }
        for line in lost
        if line["departure"] is not None
    ]
    return {
        "loss": sum((line["loss"] for line in lines), money(0)),
        "customers": len(lines),
        "reps": len({line["rep_id"] for line in lines}),
        "departures_in_period": sum(from_ <= on <= min(to, as_of) for on in leavers.values()),
        "lines": lines,
    }


def did(
    tables: Tables,
    settings: Settings,
    from_: date,
    to: date,
    as_of: date,
    params: Mapping[str, Any] | None = None,
) -> list[dict[str, Any]]:
    """The effect of each departure that is old enough at D, by rep; the period is not asked."""
    rules = rules_of(settings, params)
    known = known_at(tables, as_of)
    window = rules.days("did_window_days")
    found = []
    for rep, left in sorted(known.leavers.items()):
        if left + window <= as_of:
            before = left - ONE_DAY
            states = states_at(known, before, parameters(settings, params or {}))
            active = [known.parties[each] for each, state in states.items() if state.active(before)]
            treated = [party for party in active if _belongs(party, rep, left, rules)]
            others = [party for party in active if party not in treated]
            controls = [party for party in others if _is_control(party, left, window, known)]
            found.append(
                _effect(rep, _sales(treated, left, window), _sales(controls, left, window), rules)
            )
    return found


@dataclass(frozen=True)
class Sales:
    """Net revenue of each customer in the window before and after, in cents."""

    before: list[int]
    after: list[int]


def _belongs(party: Party, rep: str, left: date, rules: Rules) -> bool:
    """The rep's customers: owned by then and not handed over long before."""
    handover = rules.days("handover_days")
    return any(
        row.rep == rep and row.start <= left and (row.end is None or row.end > left - handover)
        for row in party.ownership
    )


def _is_control(party: Party, left: date, window: timedelta, known: Knowledge) -> bool:
    """One owner all the time, who does not leave within the window either."""
    first, last = left - window + ONE_DAY, left + window
    bounds = {on for row in party.ownership for on in (row.start, row.end) if on is not None}
    owners = {party.owner(on) for on in {first, *(on for on in bounds if first < on <= last)}}
    if len(owners) > 1 or NOBODY in owners:
        return False
    leaves = known.leavers.get(owners.pop())
    return leaves is None or abs(leaves - left) > window


def _sales(parties: list[Party], left: date, window: timedelta) -> Sales:
    return Sales(
        [party.net(left - window + ONE_DAY, left) for party in parties],
        [party.net(left + ONE_DAY, left + window) for party in parties],
    )


def _effect(rep: str, treated: Sales, controls: Sales, rules: Rules) -> dict[str, Any]:
    n_t, n_c = len(treated.before), len(controls.before)
    pre, x_c = sum(treated.before), sum(controls.before)
    line: dict[str, Any] = {"rep_id": rep, "treated": n_t, "controls": n_c}
    enough = n_t >= rules.whole("did_min_treated") and n_c >= rules.whole("did_min_controls")
    if not enough or pre <= 0 or x_c <= 0:
        return line | dict.fromkeys(("control_ratio", "pre", "post", "loss", "lo", "hi"))
    ratio = Fraction(sum(controls.after), x_c)
    loss = ratio * pre - sum(treated.after)
    variance = n_t * _sample_variance(treated, ratio)
    variance += Fraction(pre * pre, x_c * x_c) * n_c * _sample_variance(controls, ratio)
    spread = Fraction(Z) * root(variance)
    return line | {
        "control_ratio": rate(ratio),
        "pre": money(pre),
        "post": money(sum(treated.after)),
        "loss": _money(loss),
        "lo": _money(loss - spread),
        "hi": _money(loss + spread),
    }


def _sample_variance(sales: Sales, ratio: Fraction) -> Fraction:
    """Of y - R x; a single customer has none."""
    rests = [y - ratio * x for x, y in zip(sales.before, sales.after, strict=True)]
    if len(rests) < 2:
        return Fraction(0)
    mean = sum(rests, Fraction(0)) / len(rests)
    return sum(((each - mean) ** 2 for each in rests), Fraction(0)) / (len(rests) - 1)


def _money(cents: Fraction) -> Decimal:
    return money(half_up(cents))
