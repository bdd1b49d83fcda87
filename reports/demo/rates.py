"""What a euro and a yuan cost in hryvnia on a day: the rate fixed at booking."""

from datetime import date
from decimal import Decimal
from math import sin

BASE = "UAH"
# hryvnia at the end of the span, how much of it was gained over six years
TODAY = {"EUR": (49.2, 0.42), "CNY": (6.02, 0.34)}


def rate_on(currency: str, day: date, today: date) -> Decimal:
    """Four digits after the point; 1 for the company's own currency."""
    if currency == BASE:
        return Decimal(1)
    end, gained = TODAY[currency]
    back = (today - day).days
    drift = 1 - gained * back / 2190
    ripple = 1 + 0.006 * sin(back / 17) + 0.003 * sin(back / 5)
    return Decimal(f"{end * drift * ripple:.4f}")
