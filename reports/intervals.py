"""Shares with their intervals (loss-reports R10)."""

from math import sqrt

Z = 1.959963984540054


def share(part: int, whole: int) -> float | None:
    """A part of a whole; None of nothing."""
    return part / whole if whole else None


def wilson(part: int, whole: int) -> tuple[float | None, float | None]:
    """The 95 % interval of a share."""
    if not whole:
        return None, None
    p = part / whole
    centre = p + Z * Z / (2 * whole)
    half = Z * sqrt(p * (1 - p) / whole + Z * Z / (4 * whole * whole))
    scale = 1 + Z * Z / whole
    return max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)
