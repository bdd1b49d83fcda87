"""Shares with their intervals (loss-reports R10)."""

from math import hypot, sqrt

Z = 1.959963984540054
# Shares of fewer cases than this are shown with their number and without colour.
FEW = 30


def share(part: int, whole: int) -> float | None:
    """A part of a whole; None of nothing."""
    return part / whole if whole else None


def wilson(part: int, whole: int) -> tuple[float | None, float | None]:
    """The 95 % score interval of a share, as fractions of 1 (Wilson, J. Am. Stat. Assoc. 22, 1927, 209-212).

    Of none the lower end is 0, of all the upper end is 1: there centre and half-width are the same terms,
    z^2/2n of none, and their difference is put down as what it is instead of what rounding leaves of it (4.9e-17).
    """
    if not whole:
        return None, None
    p = part / whole
    centre = p + Z * Z / (2 * whole)
    half = Z * sqrt(p * (1 - p) / whole + Z * Z / (4 * whole * whole))
    scale = 1 + Z * Z / whole
    low = 0.0 if part == 0 else max(0.0, (centre - half) / scale)
    high = 1.0 if part == whole else min(1.0, (centre + half) / scale)
    return low, high


def differ(one: tuple[float, float], other: tuple[float, float], change: float) -> bool:
    """Is a change real? Only if the interval of the difference leaves out 0.

    `one` and `other` are the intervals of the two figures, `change` their difference; its interval
    is the root of the summed squared half-widths to either side.
    """
    return abs(change) > hypot((one[1] - one[0]) / 2, (other[1] - other[0]) / 2)


def net_share(good: int, bad: int, whole: int) -> tuple[float | None, float | None]:
    """The 95 % interval of `100 * (good - bad) / whole` in points: adjusted Wald, cut to -100..100."""
    if not whole:
        return None, None
    p, q = (good + 0.75) / (whole + 3), (bad + 0.75) / (whole + 3)
    half = Z * sqrt((p + q - (p - q) ** 2) / (whole + 3))
    return max(-100.0, 100 * (p - q - half)), min(100.0, 100 * (p - q + half))
