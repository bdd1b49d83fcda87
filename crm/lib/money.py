"""Money: amounts as given, base cents rounded once per row (loss-reports R5)."""

from decimal import ROUND_HALF_UP, Context, Decimal, Inexact
from fractions import Fraction

# What a row may hold: 20 digits, 8 of them after the point.
AMOUNT_DIGITS = 20
AMOUNT_PLACES = 8
# An amount stays below this, in whatever currency.
MOST_AMOUNT = Decimal(10) ** (AMOUNT_DIGITS - AMOUNT_PLACES)
_EXACT = Context(prec=200, traps=[Inexact])
# Below this, sums in base cents of a whole company fit the database's integers.
MOST = Decimal(10) ** 14


def base_cents(amount: Decimal, fx_rate: Decimal) -> int:
    """Cents in the company's currency: `half_up(amount * fx_rate * 100)`, halves away from zero (R5)."""
    cents = _EXACT.multiply(_EXACT.multiply(amount, fx_rate), 100)
    return int(cents.to_integral_value(ROUND_HALF_UP))


def line_cents(quantity: Decimal, price: Decimal, discount: Decimal) -> int:
    """Cents of a price line in its own currency: quantity x price less a discount (a share), rounded once."""
    return half_up(Fraction(quantity) * Fraction(price) * (1 - Fraction(discount)) * 100)


def half_up(value: Fraction) -> int:
    """The whole number nearest to an exact value, halves away from zero (R1)."""
    numerator, denominator = abs(value.numerator), value.denominator
    whole = (2 * numerator + denominator) // (2 * denominator)
    return whole if value >= 0 else -whole


def cents_to_amount(cents: int) -> Decimal:
    """1050 -> Decimal('10.50')."""
    return (Decimal(cents) / 100).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def share_out(total: int, weights: list[int]) -> list[int]:
    """Split whole cents over weights exactly (largest remainder; ties to the earlier one).

    The parts add up to `total`. All weights zero: everything to the first.
    """
    if not weights:
        return []
    whole = sum(weights)
    if whole == 0:
        return [total] + [0] * (len(weights) - 1)
    sign = -1 if total < 0 else 1
    parts = [abs(total) * weight // whole for weight in weights]
    left = abs(total) - sum(parts)
    by_remainder = sorted(
        range(len(weights)), key=lambda i: (-(abs(total) * weights[i] % whole), i)
    )
    for i in by_remainder[:left]:
        parts[i] += 1
    return [sign * part for part in parts]
