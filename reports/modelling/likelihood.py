"""The log-likelihood of BG/NBD with its derivatives (loss-reports section 3), in logs and over whole days.

With R = r + x: log A3 + x log(alpha) = -R log(1 + T/alpha), and A4 likewise with t_x; what is left of alpha in A1
is alpha^-x. The gamma functions of A1 and A2 are products, for x is whole.
"""

import math
from collections.abc import Mapping
from itertools import accumulate
from typing import NamedTuple

from reports.modelling.climbing import Slope, Vector


class Group(NamedTuple):
    """Customers alike: purchase days less one, days from the first to the last, days from the first to D."""

    repeats: int
    span: int
    age: int


Groups = Mapping[Group, int]


class Rows:
    """Groups ready for the likelihood: sorted, so that the order they come in changes nothing."""

    def __init__(self, groups: Groups, scale: float) -> None:
        self.scale = scale
        self.days = max(group.age for group in groups)
        self.once: list[tuple[int, int]] = []
        self.repeat: dict[int, list[tuple[int, int, int]]] = {}
        for (repeats, span, age), count in sorted(groups.items()):
            if repeats:
                self.repeat.setdefault(repeats, []).append((span, age, count))
            else:
                self.once.append((age, count))

    def slope(self, logs: Vector) -> Slope:
        """The log-likelihood at the logs of r, alpha, a, b in the scaled time, with its derivatives.

        `past[t]` is log(1 + t/alpha), `part[t]` is t/(alpha + t): every day is worked out once.
        """
        r, alpha, a, b = map(math.exp, logs)
        times = [day * self.scale for day in range(self.days + 1)]
        past = [math.log1p(time / alpha) for time in times]
        part = [time / (alpha + time) for time in times]
        found = _Sum()
        found.add_once(r, self.once, past, part)
        counts = {repeats: sum(c for _, _, c in rows) for repeats, rows in self.repeat.items()}
        found.add_products(r, logs[1], a, b, counts)
        for repeats, rows in self.repeat.items():
            found.add_repeat(
                r, a, b, repeats, _sums(rows, r + repeats, a / (b + repeats - 1), past, part)
            )
        return found.slope()


class _Sums(NamedTuple):
    """What a group of rows with one x adds up to; `gone` is 1 - P(alive), `doubt` is P(1 - P)."""

    height: float
    past: float
    part: float
    bend: float
    gone: float
    doubt: float
    doubt_past: float
    doubt_part: float
    doubt_past2: float
    doubt_both: float
    doubt_part2: float


def _sums(
    rows: list[tuple[int, int, int]], power: float, odds: float, past: Vector, part: Vector
) -> _Sums:
    """The logarithm of A3 + A4 by log-sum-exp over rows (days to the last purchase, age, count)."""
    log_odds = math.log(odds)
    exp, log1p = math.exp, math.log1p
    height = all_past = all_part = bend = all_gone = 0.0
    doubt = doubt_past = doubt_part = doubt_past2 = doubt_both = doubt_part2 = 0.0
    for span, age, count in rows:
        past_age, part_age, part_span = past[age], part[age], part[span]
        less = past[span] - past_age
        lead = log_odds - power * less
        if lead > 0:
            small = exp(-lead)
            gone = 1 / (1 + small)
            height += count * (lead + log1p(small) - power * past_age)
        else:
            small = exp(lead)
            gone = small / (1 + small)
            height += count * (log1p(small) - power * past_age)
        fewer = part_span - part_age
        all_past += count * (past_age + gone * less)
        all_part += count * (part_age + gone * fewer)
        rest = part_age * (1 - part_age)
        bend += count * (rest + gone * (part_span * (1 - part_span) - rest))
        all_gone += count * gone
        unsure = count * gone * (1 - gone)
        doubt += unsure
        doubt_past += unsure * less
        doubt_part += unsure * fewer
        doubt_past2 += unsure * less * less
        doubt_both += unsure * less * fewer
        doubt_part2 += unsure * fewer * fewer
    return _Sums(
        height, all_past, all_part, bend, all_gone,
        doubt, doubt_past, doubt_part, doubt_past2, doubt_both, doubt_part2,
    )  # fmt: skip


class _Sum:
    """The log-likelihood and its derivatives by the logs of r, alpha, a, b, as they add up."""

    def __init__(self) -> None:
        self.height = 0.0
        self.by = [0.0] * 4
        self.twice = [[0.0] * 4 for _ in range(4)]

    def _add(self, row: int, column: int, value: float) -> None:
        self.twice[row][column] += value
        if row != column:
            self.twice[column][row] += value

    def add_once(self, r: float, rows: list[tuple[int, int]], past: Vector, part: Vector) -> None:
        """One-time buyers: A3 alone."""
        silent = sum(count * past[age] for age, count in rows)
        gain = sum(count * part[age] for age, count in rows)
        bend = sum(count * part[age] * (1 - part[age]) for age, count in rows)
        self.height -= r * silent
        self.by[0] -= r * silent
        self.by[1] += r * gain
        self._add(0, 0, -r * silent)
        self._add(0, 1, r * gain)
        self._add(1, 1, -r * bend)

    def add_products(
        self, r: float, log_alpha: float, a: float, b: float, counts: Mapping[int, int]
    ) -> None:
        """A1 and A2 depend on x alone: for whole x their gamma functions are products of x factors."""
        of_r = _Rising(r, max(counts, default=0))
        of_b = _Rising(b, max(counts, default=0))
        of_both = _Rising(a + b, max(counts, default=0))
        share = a / (a + b)
        for x, n in counts.items():
            self.height += n * (of_r.log[x] - x * log_alpha + of_b.log[x] - of_both.log[x])
            self.by[0] += n * of_r.first[x]
            self.by[1] -= n * x
            self.by[2] -= n * share * of_both.first[x]
            self.by[3] += n * (of_b.first[x] - (1 - share) * of_both.first[x])
            self._add(0, 0, n * of_r.second[x])
            bend = of_both.second[x] - of_both.first[x]
            self._add(2, 2, -n * (share * share * bend + share * of_both.first[x]))
            self._add(2, 3, -n * share * (1 - share) * bend)
            more = (1 - share) ** 2 * bend + (1 - share) * of_both.first[x]
            self._add(3, 3, n * (of_b.second[x] - more))

    def add_repeat(self, r: float, a: float, b: float, x: int, of: _Sums) -> None:
        """A3 + A4 of the customers with x repeats."""
        power, share = r + x, b / (b + x - 1)
        self.height += of.height
        self.by[0] -= r * of.past
        self.by[1] += power * of.part
        self.by[2] += of.gone
        self.by[3] -= share * of.gone
        self._add(0, 0, r * r * of.doubt_past2 - r * of.past)
        self._add(0, 1, r * of.part - r * power * of.doubt_both)
        self._add(0, 2, -r * of.doubt_past)
        self._add(0, 3, r * share * of.doubt_past)
        self._add(1, 1, power * power * of.doubt_part2 - power * of.bend)
        self._add(1, 2, power * of.doubt_part)
        self._add(1, 3, -power * share * of.doubt_part)
        self._add(2, 2, of.doubt)
        self._add(2, 3, -share * of.doubt)
        self._add(3, 3, share * share * of.doubt - share * (1 - share) * of.gone)

    def slope(self) -> Slope:
        return Slope(self.height, self.by, self.twice)


class _Rising:
    """log G(c+x) - log G(c) for x = 0, 1, ... and its first and second derivative by log c."""

    def __init__(self, c: float, longest: int) -> None:
        steps = range(longest)
        self.log = list(accumulate((math.log(c + i) for i in steps), initial=0.0))
        self.first = list(accumulate((c / (c + i) for i in steps), initial=0.0))
        self.second = list(accumulate((c * i / (c + i) ** 2 for i in steps), initial=0.0))
