"""A customer's own rhythm in plain words, from the roll-up on the customer (loss-reports.md 3)."""

from dataclasses import dataclass
from datetime import date, timedelta

from customers.models import Customer


@dataclass(frozen=True)
class Rhythm:
    """Days since the last purchase against the usual gap; thresholds may end in a half day."""

    silent: int
    usual: float | None
    threshold: float
    lost_on: date | None
    expected_on: date | None
    state: str  # "fine", "at-risk", "lost"

    @property
    def used(self) -> float:
        """Which part of the threshold has passed in silence."""
        return self.silent / self.threshold


def rhythm_of(customer: Customer, today: date) -> Rhythm | None:
    """None for a customer that never bought."""
    last = customer.last_purchase_on
    if last is None or customer.threshold_half_days is None:
        return None
    usual = None if customer.typical_half_days is None else customer.typical_half_days / 2
    return Rhythm(
        silent=(today - last).days,
        usual=usual,
        threshold=customer.threshold_half_days / 2,
        lost_on=customer.lost_on,
        expected_on=None if usual is None else last + timedelta(days=round(usual)),
        state=_state(customer, today),
    )


def _state(customer: Customer, today: date) -> str:
    if customer.lost_on is not None and customer.lost_on <= today:
        return "lost"
    if customer.at_risk_on is not None and customer.at_risk_on <= today:
        return "at-risk"
    return "fine"
