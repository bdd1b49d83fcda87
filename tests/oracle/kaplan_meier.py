"""1 - Kaplan-Meier with Greenwood's interval (section 4 "normal rate"), in exact fractions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from tests.oracle.shares import Z, root
from tests.oracle.work_facts import Lead


@dataclass(frozen=True)
class Estimate:
    n: int
    p: Fraction | None
    low: Fraction | None
    high: Fraction | None


def estimate(leads: list[Lead], horizon: int, as_of: date) -> Estimate:
    """The share converting within the horizon, from leads of any age."""
    events, censored = [], []
    for lead in leads:
        after = lead.converts_after()
        if after is not None and lead.converts_within(horizon):
            events.append(after)
        else:
            censored.append(min(horizon, (as_of - lead.on).days))
    survival, variance = survivors(events, censored)
    spread = Fraction(Z) * root(variance)
    p = 1 - survival
    return Estimate(len(leads), p, max(Fraction(0), p - spread), min(Fraction(1), p + spread))


def survivors(events: Iterable[int], censored: Iterable[int]) -> tuple[Fraction, Fraction]:
    """S at the horizon and Greenwood's variance of it. Events come before censorings of a day.

    When the last at risk all convert, S is 0 and has no spread.
    """
    events, times = list(events), [*events, *censored]
    survival, terms = Fraction(1), Fraction(0)
    for at in sorted(set(events)):
        at_risk = sum(each >= at for each in times)
        happened = events.count(at)
        if happened == at_risk:
            return Fraction(0), Fraction(0)
        survival *= 1 - Fraction(happened, at_risk)
        terms += Fraction(happened, at_risk * (at_risk - happened))
    return survival, survival * survival * terms
