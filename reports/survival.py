"""What share converts within a horizon when not all were watched to its end (loss-reports section 4).

Kaplan-Meier, exact: cents that hang on it are rounded once, at the line.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

from reports.intervals import Z

# Digits after the point to which a root is taken; cents need less than half of them.
DIGITS = 40


@dataclass(frozen=True)
class Share:
    """A share of `n` with its 95 % interval."""

    n: int
    p: Fraction
    low: Fraction
    high: Fraction


def converting(events: Mapping[int, int], censored: Mapping[int, int]) -> Share:
    """1 - S at the end, by Greenwood's variance. Counts by day; on one day events come before censorings.

    Where all that are left convert, S is 0 and has no spread.
    """
    left = n = sum(events.values()) + sum(censored.values())
    survival, terms = Fraction(1), Fraction(0)
    for day in sorted({*events, *censored}):
        happened = events.get(day, 0)
        if happened == left:
            return Share(n, Fraction(1), Fraction(1), Fraction(1))
        survival *= Fraction(left - happened, left)
        terms += Fraction(happened, left * (left - happened))
        left -= happened + censored.get(day, 0)
        if left == 0:
            break
    half = Fraction(Z) * survival * root(terms)
    p = 1 - survival
    return Share(n, p, max(Fraction(0), p - half), min(Fraction(1), p + half))


def root(value: Fraction) -> Fraction:
    """The square root of a value that is not negative, cut after `DIGITS` digits."""
    scale = 10**DIGITS
    return Fraction(isqrt(value.numerator * scale * scale // value.denominator), scale)
