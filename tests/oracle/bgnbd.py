"""BG/NBD, the second method of loss 1 (section 3): the fit, P(alive), the day of loss, the report.

A row is (x, t_x, T): purchase dates less one, age at the last purchase and age at D, in weeks.
Floats are used here alone: the likelihood has no exact value.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from tests.oracle.churn import report
from tests.oracle.knowledge import Knowledge, Party, half_up, known_at, money
from tests.oracle.maximum import Point, maximise
from tests.oracle.states import DEFAULTS, Params, State, annual_value, parameters, states_at
from tests.oracle.tables import Settings, Tables

MODEL_DEFAULTS = {
    **DEFAULTS,
    "p_lost": "0.5",
    "bgnbd_min_customers": "100",
    "bgnbd_min_repeaters": "50",
}
WIDEST = 11.5
"""All log-parameters, alpha in the scaled time, must lie within this of nought."""
LONGEST = 10.0
"""Time is scaled so that the largest T is this."""
WEEK = 7
STARTS: list[Point] = [
    [0.0, 0.0, 0.0, 0.0],
    [-1.5, -0.5, -0.5, 1.0],
    [1.0, 1.5, -1.5, 0.5],
    [-0.5, 0.5, 1.0, 2.5],
]

Row = tuple[int, float, float]


class Fit(NamedTuple):
    """The parameters with alpha in weeks, and the log-likelihood in weeks; None if not fitted."""

    r: float | None
    alpha: float | None
    a: float | None
    b: float | None
    LL: float | None
    ok: bool
    n: int

    def numbers(self) -> tuple[float, float, float, float]:
        assert self.r is not None
        assert self.alpha is not None
        assert self.a is not None
        assert self.b is not None
        return self.r, self.alpha, self.a, self.b


def fit(rows: Iterable[Row]) -> Fit:
    """Maximum likelihood over all rows; `ok` is false if a parameter lies out of range."""
    groups = Counter(sorted(rows))
    n = sum(groups.values())
    longest = max((age for _, _, age in groups), default=0)
    if longest <= 0:
        return Fit(None, None, None, None, None, False, n)
    scale = LONGEST / longest
    scaled = {(x, t_x * scale, age * scale): count for (x, t_x, age), count in groups.items()}
    best = maximise(lambda logs: log_likelihood(logs, scaled), STARTS)
    r, alpha, a, b = (math.exp(each) for each in best)
    # (alpha + T)^-(r+x) alpha^r is scale^x times as large in weeks.
    weeks = sum(x * count for (x, _, _), count in groups.items()) * math.log(scale)
    height = log_likelihood(best, scaled)
    return Fit(r, alpha / scale, a, b, height + weeks, max(map(abs, best)) <= WIDEST, n)


def log_likelihood(logs: Point, groups: Mapping[Row, int]) -> float:
    """ln L of section 3 at the logs of r, alpha, a, b, summed over groups of equal rows."""
    if max(abs(each) for each in logs) > 4 * WIDEST:
        return -math.inf
    r, alpha, a, b = (math.exp(each) for each in logs)
    by_x: Counter[int] = Counter()
    total = 0.0
    for (x, t_x, age), count in groups.items():
        by_x[x] += count
        third = -(r + x) * math.log(alpha + age)
        if x > 0:
            fourth = math.log(a / (b + x - 1)) - (r + x) * math.log(alpha + t_x)
            high, low = max(third, fourth), min(third, fourth)
            third = high + math.log1p(math.exp(low - high))
        total += count * third
    lgamma = math.lgamma
    for x, count in by_x.items():
        first = lgamma(r + x) - lgamma(r) + r * math.log(alpha)
        second = lgamma(a + b) - lgamma(b) + lgamma(b + x) - lgamma(a + b + x)
        total += count * (first + second)
    return total


def p_alive(model: Fit, x: int, t_x: float, age: float) -> float:
    """P(alive); one-time buyers are always alive to the model."""
    if x == 0:
        return 1.0
    r, alpha, a, b = model.numbers()
    power = (r + x) * math.log((alpha + age) / (alpha + t_x))
    return 1 / (1 + a / (b + x - 1) * math.exp(min(power, 700.0)))


def age_when_lost(model: Fit, x: int, t_x: float, p_lost: float) -> float:
    """T*: the age in weeks at which P(alive) has fallen to `p_lost`."""
    r, alpha, a, b = model.numbers()
    odds = (1 / p_lost - 1) * (b + x - 1) / a
    return max(t_x, (alpha + t_x) * odds ** (1 / (r + x)) - alpha)


def row_of(party: Party, on: date) -> Row:
    """(x, t_x, T) at the end of a day on which the party has at least one purchase."""
    purchase_days = sorted({each for each in party.purchases if each <= on})
    first, last = purchase_days[0], purchase_days[-1]
    age = (on - first).days / WEEK
    return len(purchase_days) - 1, (last - first).days / WEEK, age


def modelled(known: Knowledge) -> dict[str, Party]:
    """Whom the parameters are fitted on: customers without a visible contract."""
    return {
        reference: party
        for reference, party in known.parties.items()
        if party.purchases and not party.contracts
    }


def model_of(known: Knowledge, rules: Params) -> Fit:
    """The fit at D, with `ok` only if there were also enough customers and repeaters."""
    rows = [row_of(party, known.as_of) for party in modelled(known).values()]
    repeaters = sum(x >= 1 for x, _, _ in rows)
    if len(rows) < rules["bgnbd_min_customers"] or repeaters < rules["bgnbd_min_repeaters"]:
        return Fit(None, None, None, None, None, False, len(rows))
    return fit(rows)


def churn_bgnbd(
    tables: Tables,
    settings: Settings,
    from_: date,
    to: date,
    as_of: date,
    params: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The report `churn` with churn_method = bgnbd; by the rule if the model does not hold."""
    rules = parameters(settings, params or {}, MODEL_DEFAULTS)
    known = known_at(tables, as_of)
    model = model_of(known, rules)

    def at(on: date) -> dict[str, State]:
        states = states_at(known, on, rules)
        if not model.ok:
            return states
        return {each: _judged(known.parties[each], state, on) for each, state in states.items()}

    def _judged(party: Party, state: State, on: date) -> State:
        if not goes_by_model(party, state, on):
            return state
        return replace(state, basis="model", lost_on=lost_on(model, party, on, rules))

    found = report(known, at, from_, to, rules)
    if not model.ok:
        return found
    for line in found["lines"]:
        if line["basis"] == "model":
            row = row_of(known.parties[line["customer_id"]], as_of)
            line["p_alive"] = rate(p_alive(model, *row))
    return found | {"method": "bgnbd", **_expected(known, model, at(as_of), rules)}


def goes_by_model(party: Party, state: State, on: date) -> bool:
    """Repeat buyers without a contract that had started by that day."""
    contract = any(each.start <= on for each in party.contracts)
    return not contract and not state.one_time


def lost_on(model: Fit, party: Party, on: date, rules: Params) -> date | None:
    """The first day on which P(alive) lies below `p_lost`; None if no calendar reaches it."""
    x, t_x, _ = row_of(party, on)
    first = party.purchases[0]
    age = age_when_lost(model, x, t_x, float(rules["p_lost"]))
    days = max(math.floor(WEEK * age), round(t_x * WEEK)) + 1
    return first + timedelta(days=days) if days <= (date.max - first).days else None


def _expected(
    known: Knowledge, model: Fit, states: Mapping[str, State], rules: Params
) -> dict[str, Any]:
    loss = variance = 0.0
    for reference, state in sorted(states.items(), key=lambda each: each[0]):
        if state.basis != "model":
            continue
        party = known.parties[reference]
        alive = p_alive(model, *row_of(party, known.as_of))
        value = annual_value(party, state.last, known.as_of, rules)
        loss += (1 - alive) * value
        variance += alive * (1 - alive) * value**2
    return {"expected_loss": cents(loss), "expected_loss_se": cents(math.sqrt(variance))}


def cents(value: float) -> Decimal:
    return money(half_up(Fraction(value)))


def rate(value: float) -> Decimal:
    return Decimal(value).quantize(Decimal("1e-12"))
