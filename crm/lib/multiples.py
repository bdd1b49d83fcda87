"""Small multiples: one field a name, columns on one scale for all, a dashed line at what is full.

Across, places are percent of a field's width; down, pixels from the top (as in `crm.lib.svg`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from crm.lib import formatting

HEIGHT = 44
COLUMN_SHARE = 0.66


@dataclass(frozen=True)
class Bar:
    """Without a value its place stays free: all fields have the same places."""

    label: str
    value: float | None


@dataclass(frozen=True)
class Field:
    """`text` is the field's figure, `url` the list behind it."""

    name: str
    text: str
    url: str
    bars: Sequence[Bar]


@dataclass(frozen=True)
class DrawnBar:
    bar: Bar
    x: float
    width: float
    y: float
    height: float
    text: str


@dataclass(frozen=True)
class DrawnField:
    field: Field
    bars: tuple[DrawnBar, ...]
    full_y: float
    height: int

    @property
    def frame_height(self) -> int:
        return self.height + 2

    @property
    def cells(self) -> list[str]:
        """The same as a row of a table: a place without a value stays empty."""
        told = {each.bar.label: each.text for each in self.bars}
        return [told.get(bar.label, "") for bar in self.field.bars]

    @property
    def words(self) -> str:
        """The same as text, for those who do not see it."""
        return ", ".join(f"{each.bar.label} {each.text}" for each in self.bars)


def fields(some: Sequence[Field], full: float, height: int = HEIGHT) -> tuple[DrawnField, ...]:
    """All fields on one scale from zero; its top is what is full, or the largest value above it."""
    values = [bar.value for field in some for bar in field.bars if bar.value is not None]
    top = max([full, *values]) or 1.0

    def y(value: float) -> float:
        return round((1 - value / top) * height, 2)

    return tuple(DrawnField(field, tuple(_draw(field, y)), y(full), height) for field in some)


def _draw(field: Field, place: Callable[[float], float]) -> list[DrawnBar]:
    slot = 100 / max(len(field.bars), 1)
    return [
        DrawnBar(
            bar=bar,
            x=round((index + (1 - COLUMN_SHARE) / 2) * slot, 3),
            width=round(slot * COLUMN_SHARE, 3),
            y=place(bar.value),
            height=round(place(0) - place(bar.value), 2),
            text=formatting.number(round(bar.value, 1)),
        )
        for index, bar in enumerate(field.bars)
        if bar.value is not None
    ]
