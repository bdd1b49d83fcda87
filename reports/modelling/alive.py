"""What a fitted BG/NBD says of a customer: P(alive), the day it counts as lost, purchases to come (section 3)."""

import math
from functools import lru_cache
from itertools import count
from operator import mul
from typing import NamedTuple

from reports.modelling.bgnbd import WEEK, Model
from reports.modelling.likelihood import Group

# Later than any day there is: a customer who is never lost.
NEVER = 9_999_999
FINEST = 0.35
# Shares of the whole smaller than e to this are left out.
UNSEEN = -36.0
# Where the logarithm of the odds of leaving may begin and end; what lies beyond is a geometric series.
FAR = 60.0


def p_alive(model: Model, group: Group) -> float:
    """The chance of being a customer still at the age; 1 for one-time buyers."""
    if group.repeats == 0:
        return 1.0
    power = model.r + group.repeats
    age, span = group.age / WEEK, group.span / WEEK
    growth = power * math.log((model.alpha + age) / (model.alpha + span))
    return 1 / (1 + model.a / (model.b + group.repeats - 1) * math.exp(min(growth, 700.0)))


def days_until_lost(model: Model, repeats: int, span: int, p_lost: float) -> int:
    """Days from the first purchase to the first day on which P(alive) has fallen below `p_lost`.

    For repeat customers whose last purchase came `span` days after the first; `NEVER` at most.
    """
    if p_lost <= 0:
        return NEVER
    odds = (1 / p_lost - 1) * (model.b + repeats - 1) / model.a
    weeks = span / WEEK
    age = (model.alpha + weeks) * odds ** (1 / (model.r + repeats)) - model.alpha
    return min(max(math.floor(WEEK * max(weeks, age)), span) + 1, NEVER)


class Chances(NamedTuple):
    """The chance of leaving after a purchase, of a customer alive: values, and their weights by the value.

    `low` and `high` are the weights of all that is smaller and larger than any of these.
    """

    values: list[float]
    weights: list[float]
    low: float
    high: float


def expected_purchases(model: Model, group: Group, days: int) -> float:
    """Purchases expected in the next `days` (equation 10 of 2005).

    The equation holds Gauss's 2F1, which is an integral: with a chance p of leaving after a purchase, and a
    rate spread as the age and the purchases tell, (1 - (1 + p t / (alpha + T))^-(r + x)) / p purchases come in
    the time t; p has a beta distribution. Taken over the logarithm of p's odds, every part is positive,
    nothing cancels, a = 1 is no hole, and equal steps are exact to the last digits.
    """
    power = model.r + group.repeats
    time = days / (group.age + model.alpha * WEEK)
    chances = _chances(model.a, model.b + group.repeats)
    expm1, log1p = math.expm1, math.log1p
    bought = [expm1(-power * log1p(value * time)) for value in chances.values]
    middle = sum(map(mul, chances.weights, bought))
    ends = chances.low * power * time - chances.high * expm1(-power * log1p(time))
    return (ends - middle) * p_alive(model, group)


@lru_cache(maxsize=4096)
def _chances(a: float, b: float) -> Chances:
    """The beta distribution of a and b at equal steps of the logarithm of the odds, weights adding up to 1."""
    step = min(FINEST, 0.6 * math.sqrt(1 / a + 1 / b))
    middle = math.log(a / b)
    top = _log_weight(a, b, middle)
    points: list[tuple[float, float]] = []
    for sign, first in ((-1, 1), (1, 0)):
        for n in count(first):
            odds = middle + sign * n * step
            weight = _log_weight(a, b, odds) - top
            if weight < UNSEEN or abs(odds) > FAR:
                break
            points.append((odds, math.exp(weight)))
    points.sort()
    # beyond the ends a weight is e^(a odds) or e^(-b odds): the rest of each is a geometric series
    low = _rest(points[0][1], a * step)
    high = _rest(points[-1][1], b * step)
    whole = math.fsum([low, high, *(weight for _, weight in points)])
    return Chances(
        [1 / (1 + math.exp(-odds)) for odds, _ in points],
        [weight / whole * (1 + math.exp(-odds)) for odds, weight in points],
        low / whole,
        high / whole,
    )


def _rest(last: float, fall: float) -> float:
    """last * (e^-fall + e^-2fall + ...)"""
    return last * math.exp(-fall) / -math.expm1(-fall)


def _log_weight(a: float, b: float, odds: float) -> float:
    """log p^a (1 - p)^b for the logarithm of p's odds."""
    return -a * _softplus(-odds) - b * _softplus(odds)


def _softplus(number: float) -> float:
    return max(number, 0.0) + math.log1p(math.exp(-abs(number)))
