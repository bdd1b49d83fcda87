"""Cohort heat maps: tables whose cells are shaded in steps, drawn by ui/charts/heat_map.html."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from crm.lib.svg import Value

HEAT_STEPS = 10


@dataclass(frozen=True)
class HeatCell:
    text: str
    step: int
    url: str = ""
    is_latest: bool = False


@dataclass(frozen=True)
class HeatRow:
    """`cells` are padded with None to the width of the map: what lies in the future. `size` may open a list too."""

    label: str
    size: str
    cells: tuple[HeatCell | None, ...]
    size_url: str = ""


@dataclass(frozen=True)
class Share:
    """One cell of a cohort: its ratio, as read, and the list behind it."""

    ratio: Value
    text: str
    url: str = ""


def heat_rows(
    rows: Sequence[tuple[str, str, Sequence[Share]]], faintest: Value, deepest: Value
) -> tuple[HeatRow, ...]:
    """Rows of (label, size, shares). The scale runs from `faintest` to `deepest`, either way up."""
    width = max((len(shares) for _, _, shares in rows), default=0)
    return tuple(
        HeatRow(
            label,
            size,
            tuple(
                HeatCell(
                    share.text,
                    _heat_step(share.ratio, faintest, deepest),
                    share.url,
                    index == len(shares) - 1,
                )
                for index, share in enumerate(shares)
            )
            + (None,) * (width - len(shares)),
        )
        for label, size, shares in rows
    )


def _heat_step(ratio: Value, faintest: Value, deepest: Value) -> int:
    span = Fraction(deepest) - Fraction(faintest)
    if not span:
        return 0
    place = (Fraction(ratio) - Fraction(faintest)) / span
    return max(0, min(HEAT_STEPS, round(place * HEAT_STEPS)))
