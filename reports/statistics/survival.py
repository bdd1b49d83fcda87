"""What share converts within a horizon when not all were watched to its end (loss-reports section 4).

Kaplan-Meier, exact: cents that hang on it are rounded once, at the line.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

from reports.statistics.intervals import Z

# Digits after the point to which a root is taken; cents need less than half of them.
DIGITS = 40
Counts = Mapping[int, int]


@dataclass(frozen=True)
class Share:
    """A share of `n` with its 95 % interval."""

    n: int
    p: Fraction
    low: Fraction
    high: Fraction


def converting(events: Counts, censored: Counts) -> Share:
    """The share that converted by the last day: 1 - S, with Greenwood's interval. Counts by day.

    On one day events come before censorings. Where all that are left convert, S is 0 and has no spread.
    """
    survival, terms = Fraction(1), Fraction(0)
    for _day, survival, terms in _steps(events, censored):  # noqa: B007 - the last ones stay
        pass
    return _share(_all(events, censored), survival, terms)


def curve(events: Counts, censored: Counts) -> list[tuple[int, Share]]:
    """The share that had converted by each day on which somebody did."""
    n = _all(events, censored)
    return [(day, _share(n, *at)) for day, *at in _steps(events, censored)]


def _steps(events: Counts, censored: Counts) -> Iterator[tuple[int, Fraction, Fraction]]:
    """The days with events, S after them, and Greenwood's sum."""
    left = _all(events, censored)
    survival, terms = Fraction(1), Fraction(0)
    for day in sorted({*events, *censored}):
        happened = events.get(day, 0)
        if happened == left:
            yield day, Fraction(0), Fraction(0)
            return
        if happened:
            survival *= Fraction(left - happened, left)
            terms += Fraction(happened, left * (left - happened))
            yield day, survival, terms
        left -= happened + censored.get(day, 0)
        if left == 0:
            return


def _share(n: int, survival: Fraction, terms: Fraction) -> Share:
    half = Fraction(Z) * survival * root(terms)
    p = 1 - survival
    return Share(n, p, max(Fraction(0), p - half), min(Fraction(1), p + half))


def _all(events: Counts, censored: Counts) -> int:
    return sum(events.values()) + sum(censored.values())


def root(value: Fraction) -> Fraction:
    """The square root of a value that is not negative, cut after `DIGITS` digits."""
    scale = 10**DIGITS
    return Fraction(isqrt(value.numerator * scale * scale // value.denominator), scale)
