"""BG/NBD: who is still a customer, told by how often and how lately it bought (loss-reports section 3).

Fader, Hardie, Lee, "Counting your customers the easy way", 2005. Customers buy at a rate of their own and
leave for good after any repeat purchase with a chance of their own. This module only fits; what a fitted
model says of a customer is in `reports.modelling.alive`. Days are whole; parameters are told in weeks.
"""

import math
from collections import Counter
from typing import NamedTuple

from reports.modelling.climbing import Peak, Vector, climb, highest
from reports.modelling.likelihood import Group, Groups, Rows

# All log-parameters, alpha in the scaled time, lie within this of nought, or the model does not hold.
WIDEST = 11.5
# Climbs are given up only well beyond it: a path may lead out and in again.
GIVEN_UP = 20.0
LONGEST = 10.0
WEEK = 7
STARTS: tuple[Vector, ...] = (
    [-1.0, 0.0, -0.5, 0.5],
    [0.5, 1.0, 0.0, 1.5],
    [-2.0, -2.0, -1.5, -0.5],
    [0.0, 2.0, 1.0, 3.0],
)
# Starts are tried on this many steps of time at most; the best end is then climbed to its top on all rows.
COARSE = 40
# Parameters keep so many digits: more than the weather of floating numbers leaves certain, so that what is
# computed from them is the same on every machine.
DIGITS = 9


class Model(NamedTuple):
    """The fitted parameters (alpha in weeks), the log-likelihood in weeks, and how many customers it is of."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float
    n: int


def fit(groups: Groups) -> Model | None:
    """The maximum of the likelihood over all customers; None where a parameter runs out of its bounds."""
    oldest = max((group.age for group in groups), default=0)
    if oldest <= 0:
        return None
    peak = _peak(groups, LONGEST / oldest)
    if max(map(abs, peak.point)) > WIDEST:
        return None
    weeks = LONGEST / oldest * WEEK  # of the scaled time in a week
    r, alpha, a, b = map(math.exp, peak.point)
    repeats = sum(group.repeats * count for group, count in groups.items())
    height = peak.height + repeats * math.log(weeks)
    return Model(
        rounded(r),
        rounded(alpha / weeks),
        rounded(a),
        rounded(b),
        rounded(height),
        sum(groups.values()),
    )


def rounded(number: float) -> float:
    return float(f"{number:.{DIGITS}g}")


def _peak(groups: Groups, scale: float) -> Peak:
    """Each start is climbed on coarse time; the ends that differ are climbed on from there on the rows."""
    rows = Rows(groups, scale)
    coarse = Rows(_coarse(groups), scale)
    ends = {
        tuple(round(each, 1) for each in end.point): end.point
        for end in (climb(coarse.slope, start, GIVEN_UP) for start in STARTS)
    }
    return highest(rows.slope, (_inside(ends[key]) for key in sorted(ends)), GIVEN_UP)


def _inside(point: Vector) -> Vector:
    """An end out of bounds may be due to the coarse time alone: the rows decide."""
    return [min(max(each, -WIDEST), WIDEST) for each in point]


def _coarse(groups: Groups) -> Counter[Group]:
    step = max(1, max(group.age for group in groups) // COARSE)
    coarse: Counter[Group] = Counter()
    for (repeats, span, age), count in groups.items():
        coarse[Group(repeats, _middle(span, step), _middle(age, step))] += count
    return coarse


def _middle(days: int, step: int) -> int:
    return days // step * step + step // 2 if days else 0
