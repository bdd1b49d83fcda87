"""Customer value (section 3): purchases of the next 365 days by BG/NBD, times spend by gamma-gamma."""

import math
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from tests.oracle.bgnbd import (
    MODEL_DEFAULTS,
    WEEK,
    WIDEST,
    Fit,
    cents,
    model_of,
    modelled,
    p_alive,
    rate,
    row_of,
)
from tests.oracle.knowledge import Party, known_at
from tests.oracle.maximum import Point, maximise
from tests.oracle.states import parameters
from tests.oracle.tables import Settings, Tables

YEAR = 365 / WEEK
"""The next 365 days in weeks."""
STARTS: list[Point] = [
    *([0.0, 0.0, 0.0], [2.0, 1.3, 0.0], [1.0, 2.0, 1.5], [3.0, 1.0, -2.0]),
    *([-2.0, -3.0, -7.0], [-3.0, -4.0, 7.0], [1.0, 6.0, 7.0]),
]
"""The last ones for money so widely spread that the others end on a lower top."""
SERIES_END = 1e-17
LIMIT_NEAR = 1e-6


class Spend(NamedTuple):
    """Gamma-gamma, gamma in money of the base currency; None if it could not be fitted."""

    p: float | None
    q: float | None
    gamma: float | None


def expected_purchases(model: Fit, x: int, t_x: float, age: float, ahead: float) -> float:
    """Fader, Hardie, Lee 2005, equation 10: purchases in the next `ahead` weeks."""
    r, alpha, a, b = model.numbers()
    if abs(a - 1) < LIMIT_NEAR:
        # The formula is 0/0 there; its value is smooth.
        a = 1 + LIMIT_NEAR
    still = math.exp((r + x) * math.log((alpha + age) / (alpha + age + ahead)))
    series = hypergeometric(r + x, b + x, a + b + x - 1, ahead / (alpha + age + ahead))
    return (a + b + x - 1) / (a - 1) * (1 - still * series) * p_alive(model, x, t_x, age)


def hypergeometric(a: float, b: float, c: float, z: float) -> float:
    """Gauss's 2F1 as its series, for 0 <= z < 1."""
    total = term = 1.0
    n = 0
    while True:
        term *= (a + n) * (b + n) / ((c + n) * (n + 1)) * z
        total += term
        n += 1
        grows = abs((a + n) * (b + n) / ((c + n) * (n + 1)) * z) >= 1
        if not grows and abs(term) <= SERIES_END * abs(total):
            return total


def fit_spend(pairs: Iterable[tuple[int, float]]) -> Spend:
    """Maximum likelihood over (repeat purchase dates, mean money of them) with x >= 1, mean > 0."""
    used = sorted((x, mean) for x, mean in pairs if x >= 1 and mean > 0)
    if not used:
        return Spend(None, None, None)
    scale = sum(mean for _, mean in used) / len(used)
    scaled = [(x, mean / scale) for x, mean in used]
    best = maximise(lambda logs: spend_log_likelihood(logs, scaled), STARTS)
    if max(abs(each) for each in best) > WIDEST:
        return Spend(None, None, None)
    p, q, gamma = (math.exp(each) for each in best)
    return Spend(p, q, gamma * scale)


def spend_log_likelihood(logs: Point, pairs: Iterable[tuple[int, float]]) -> float:
    """Fader and Hardie 2013, equation 1a, at the logs of p, q, gamma."""
    if max(abs(each) for each in logs) > 2 * WIDEST:
        return -math.inf
    p, q, gamma = (math.exp(each) for each in logs)
    lgamma, log = math.lgamma, math.log
    return sum(
        lgamma(p * x + q)
        - lgamma(p * x)
        - lgamma(q)
        + q * log(gamma)
        + (p * x - 1) * log(mean)
        + p * x * log(x)
        - (p * x + q) * log(gamma + x * mean)
        for x, mean in pairs
    )


def expected_spend(spend: Spend, x: int, mean: float) -> float | None:
    """E of section 3, money of one purchase; None where it is not defined."""
    if spend.p is None or spend.q is None or spend.gamma is None or x < 1 or mean <= 0:
        return None
    below = spend.p * x + spend.q - 1
    return spend.p * (spend.gamma + x * mean) / below if below > 0 else None


def mean_repeat_money(party: Party) -> tuple[int, float]:
    """Repeat purchase dates, and the mean money of the purchases dated on them (0 if none)."""
    repeats = sorted(set(party.purchases))[1:]
    if not repeats:
        return 0, 0.0
    total = sum(party.purchase_cents[on] for on in repeats)
    return len(repeats), float(Fraction(total, 100 * len(repeats)))


def clv(
    tables: Tables,
    settings: Settings,
    from_: date,
    to: date,
    as_of: date,
    params: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The fits at D, and by customer without a contract what it will buy in the next 365 days."""
    rules = parameters(settings, params or {}, MODEL_DEFAULTS)
    known = known_at(tables, as_of)
    model = model_of(known, rules)
    if not model.ok:
        nothing = model._replace(r=None, alpha=None, a=None, b=None, LL=None)
        return {"model": _shown(nothing), "spend": _shown(Spend(None, None, None)), "customers": {}}
    parties = modelled(known)
    spend = fit_spend(mean_repeat_money(party) for party in parties.values())
    customers = {each: _worth(model, spend, parties[each], as_of) for each in sorted(parties)}
    return {"model": _shown(model), "spend": _shown(spend), "customers": customers}


def _worth(model: Fit, spend: Spend, party: Party, as_of: date) -> dict[str, Any]:
    row = row_of(party, as_of)
    purchases = expected_purchases(model, *row, YEAR)
    value = expected_spend(spend, *mean_repeat_money(party))
    return {
        "p_alive": rate(p_alive(model, *row)),
        "purchases": rate(purchases),
        "value": None if value is None else cents(value * 100),
        "clv": None if value is None else cents(purchases * value * 100),
    }


def _shown(numbers: Fit | Spend) -> dict[str, Any]:
    """Parameters with twelve decimals; whether it holds and the count as they are."""
    return {
        name: rate(value) if isinstance(value, float) else value
        for name, value in numbers._asdict().items()
    }
