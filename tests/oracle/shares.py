"""Shares with their interval (R10), to twelve decimals; empty without cases (R9)."""

from decimal import Decimal, localcontext
from fractions import Fraction

Z = Decimal("1.959963984540054")


def wilson(hits: int, n: int) -> tuple[Decimal | None, Decimal | None]:
    """R10: the 95 % interval of a share, cut to 0..1; empty without cases."""
    if n == 0:
        return None, None
    with localcontext() as context:
        context.prec = 40
        p = Decimal(hits) / n
        spread = Z * (p * (1 - p) / n + Z * Z / (4 * n * n)).sqrt()
        middle, scale = p + Z * Z / (2 * n), 1 + Z * Z / n
        low, high = (middle - spread) / scale, (middle + spread) / scale
        return _rounded(max(Decimal(0), low)), _rounded(min(Decimal(1), high))


def share(part: int, whole: int) -> Decimal | None:
    return _rounded(Decimal(part) / whole) if whole else None


def rate(value: Fraction | None) -> Decimal | None:
    """An exact rate, printed with twelve decimals."""
    return None if value is None else _rounded(Decimal(value.numerator) / value.denominator)


def root(value: Fraction) -> Fraction:
    """The square root to fifty digits; of nothing exactly nothing."""
    with localcontext() as context:
        context.prec = 50
        return Fraction((Decimal(value.numerator) / value.denominator).sqrt())


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("1e-12"))
