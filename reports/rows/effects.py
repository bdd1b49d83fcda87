"""The effect of a departure, estimated from the sales of two groups: a difference in differences (section 8).

Sums, the ratio and the loss are exact; the interval is an estimate and rounded to cents once. Money in cents.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

from crm.lib.money import half_up
from reports.statistics.intervals import Z

# A spread below this many cents is what floating point leaves of none at all.
NOTHING = 1e-6


@dataclass(frozen=True)
class Group:
    """Customers that are compared: how many, and their net revenue before and after the departure."""

    customers: int = 0
    before: int = 0
    after: int = 0


@dataclass(frozen=True)
class Effect:
    """`ratio` is what the controls bought afterwards of what they bought before."""

    ratio: Fraction
    cents: int
    low_cents: int
    high_cents: int


def is_estimable(treated: Group, controls: Group, least_treated: int, least_controls: int) -> bool:
    """Enough customers on both sides, who bought something before."""
    enough = treated.customers >= least_treated and controls.customers >= least_controls
    return enough and treated.before > 0 and controls.before > 0


def ratio_of(controls: Group) -> Fraction:
    return Fraction(controls.after, controls.before)


def mean_rest(group: Group, ratio: Fraction) -> Fraction:
    """The mean of y - R x in a group."""
    return (group.after - ratio * group.before) / group.customers


def effect_of(
    treated: Group, controls: Group, treated_squares: float, controls_squares: float
) -> Effect:
    """Loss = R * before - after of the treated, with its interval of 95 %.

    `*_squares`: the squared differences of y - R x from their mean, added up. A group of one has no spread.
    """
    ratio = ratio_of(controls)
    loss = ratio * treated.before - treated.after
    of_treated = treated.customers * _variance(treated, treated_squares)
    scale = float(Fraction(treated.before, controls.before))
    of_controls = scale * scale * controls.customers * _variance(controls, controls_squares)
    spread = Z * sqrt(of_treated + of_controls)
    half = Fraction(spread if spread > NOTHING else 0)
    return Effect(ratio, half_up(loss), half_up(loss - half), half_up(loss + half))


def _variance(group: Group, squares: float) -> float:
    return squares / (group.customers - 1) if group.customers > 1 else 0.0
