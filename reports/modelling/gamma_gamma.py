"""Gamma-gamma: what a purchase of a customer is worth, told by its repeat purchases (loss-reports section 3).

Fader, Hardie, "The gamma-gamma model of monetary value", 2013. Means of customers are spread, and what one
customer pays is spread round its mean; both by gamma distributions.
"""

import math
from collections.abc import Mapping
from typing import NamedTuple

from reports.modelling.bgnbd import GIVEN_UP, WIDEST, rounded
from reports.modelling.climbing import Slope, Vector, highest

# The first is near what companies have; the others are for money spread so widely that its means have no mean, where
# climbs from near by end on a lower top or run out of bounds past the highest. Found by search: of 1,500 small odd
# companies the first alone misses 13 of the tops that 75 starts find, the four miss 2.
STARTS: tuple[Vector, ...] = (
    [1.5, 1.2, 0.5],
    [-1.5, -4.0, -8.0],
    [-4.0, -4.0, 8.0],
    [1.0, 8.0, 8.0],
)
# From here on the series of the gamma function's derivatives are exact to the last digits.
LARGE = 12.0


class Spent(NamedTuple):
    """Customers alike: repeat purchase days, and what was bought on them altogether, in cents."""

    repeats: int
    cents: int


class Spend(NamedTuple):
    """The fitted parameters; gamma in cents."""

    p: float
    q: float
    gamma: float

    def of_purchase(self, spent: Spent) -> float | None:
        """Cents of one purchase to come; None where the model says nothing (no repeats, no money)."""
        below = self.p * spent.repeats + self.q - 1
        if spent.repeats < 1 or spent.cents <= 0 or below <= 0:
            return None
        return self.p * (self.gamma + spent.cents) / below


def fit(groups: Mapping[Spent, int]) -> Spend | None:
    """The maximum of the likelihood over repeat customers who paid; None where it runs out of bounds."""
    paid = _paid(groups)
    if not paid:
        return None
    scale = math.fsum(s.cents / s.repeats * n for s, n in paid) / sum(n for _, n in paid)
    rows = Rows(paid, scale)
    peak = highest(rows.slope, STARTS, GIVEN_UP)
    if max(map(abs, peak.point)) > WIDEST:
        return None
    p, q, gamma = map(math.exp, peak.point)
    return Spend(rounded(p), rounded(q), rounded(gamma * scale))


def correlation(groups: Mapping[Spent, int]) -> float | None:
    """Pearson's, of how often customers bought again and what they paid each time; it should be near nought."""
    paid = _paid(groups)
    n = sum(count for _, count in paid)
    if n < 2:
        return None
    often = math.fsum(s.repeats * c for s, c in paid) / n
    much = math.fsum(s.cents / s.repeats * c for s, c in paid) / n
    apart = [(s.repeats - often, s.cents / s.repeats - much, c) for s, c in paid]
    spread = math.fsum(x * x * c for x, _, c in apart) * math.fsum(m * m * c for _, m, c in apart)
    return (
        rounded(math.fsum(x * m * c for x, m, c in apart) / math.sqrt(spread)) if spread else None
    )


def _paid(groups: Mapping[Spent, int]) -> list[tuple[Spent, int]]:
    return sorted((s, count) for s, count in groups.items() if s.repeats and s.cents > 0)


class Rows:
    """Groups ready for the likelihood, money in the scaled unit (the mean of all customers is 1)."""

    def __init__(self, paid: list[tuple[Spent, int]], scale: float) -> None:
        self.rows: dict[int, list[tuple[float, int]]] = {}
        for spent, n in paid:
            self.rows.setdefault(spent.repeats, []).append((spent.cents / scale, n))
        self.logs = {
            x: math.fsum(n * math.log(money) for money, n in rows) for x, rows in self.rows.items()
        }

    def slope(self, logs: Vector) -> Slope:
        """The log-likelihood (but for what no parameter moves) at the logs of p, q, gamma."""
        p, q, gamma = map(math.exp, logs)
        found = _Sum(p, q)
        for x, rows in self.rows.items():
            found.add(x, self.logs[x], _sums(rows, gamma), logs[2])
        return found.slope()


class _Sums(NamedTuple):
    """Of the customers with one x: how many; log(1 + money / gamma); gamma / (gamma + money), and that by its rest."""

    n: int
    log: float
    share: float
    bend: float


def _sums(rows: list[tuple[float, int]], gamma: float) -> _Sums:
    log1p = math.log1p
    total, log, share, bend = 0, 0.0, 0.0, 0.0
    for money, n in rows:
        part = gamma / (gamma + money)
        total += n
        log += n * log1p(money / gamma)
        share += n * part
        bend += n * part * (1 - part)
    return _Sums(total, log, share, bend)


class _Sum:
    """The log-likelihood and its derivatives by the logs of p, q, gamma, as they add up."""

    def __init__(self, p: float, q: float) -> None:
        self.p, self.q = p, q
        self.of_q = first_and_second(q)
        self.height = 0.0
        self.by = [0.0] * 3
        self.twice = [[0.0] * 3 for _ in range(3)]

    def add(self, x: int, logs: float, of: _Sums, log_gamma: float) -> None:
        """`logs` is the sum of log(money)."""
        q, many = self.q, self.p * x
        both, of_many = first_and_second(many + q), first_and_second(many)
        gamma_functions = math.lgamma(many + q) - math.lgamma(many) - math.lgamma(q)
        paid = logs - of.log - of.n * log_gamma  # log(money / (gamma + money))
        self.height += of.n * gamma_functions + many * paid - q * of.log
        by_many = many * (of.n * (both[0] - of_many[0]) + paid)
        by_q = q * (of.n * (both[0] - self.of_q[0]) - of.log)
        self.by[0] += by_many
        self.by[1] += by_q
        self.by[2] += of.n * q - (many + q) * of.share
        self.twice[0][0] += by_many + many * many * of.n * (both[1] - of_many[1])
        self.twice[0][1] += many * q * of.n * both[1]
        self.twice[0][2] -= many * of.share
        self.twice[1][1] += by_q + q * q * of.n * (both[1] - self.of_q[1])
        self.twice[1][2] += q * (of.n - of.share)
        self.twice[2][2] -= (many + q) * of.bend

    def slope(self) -> Slope:
        for row, column in ((0, 1), (0, 2), (1, 2)):
            self.twice[column][row] = self.twice[row][column]
        return Slope(self.height, self.by, self.twice)


def first_and_second(number: float) -> tuple[float, float]:
    """Digamma and trigamma, the derivatives of log G, of a number above 0."""
    first = second = 0.0
    while number < LARGE:
        first -= 1 / number
        second += 1 / number**2
        number += 1
    square = 1 / number**2
    first += math.log(number) - 0.5 / number
    first -= square * (
        1 / 12 - square * (1 / 120 - square * (1 / 252 - square * (1 / 240 - square / 132)))
    )
    second += 1 / number + square / 2
    tail = 1 / 6 - square * (1 / 30 - square * (1 / 42 - square * (1 / 30 - square * 5 / 66)))
    return first, second + square / number * tail
