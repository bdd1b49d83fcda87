"""Geometry of a waterfall: a total, what was added and taken away to scale, the total after it.

Across, places are percent of the chart's width; down, pixels from the top (as in `crm.lib.svg`). Totals are
much larger than the changes: they may be cut, with a visible break (ux.md 9); the changes never are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from crm.lib.svg import Mark

BAR_SHARE = 0.6
# A total is cut if more than this part of it lies below every change.
CUT_FROM = Fraction(1, 2)
# What is left of a cut total, and the room for the value above a bar, in pixels.
STUMP, TEXT_ROOM = 34, 18


@dataclass(frozen=True)
class Step:
    """A bar; `join` is a thin line to the next one: from, to (percent) and its height; `words` the label in lines."""

    mark: Mark
    tone: str
    slot_x: float
    slot_width: float
    x: float
    width: float
    middle: float
    y: float
    height: float
    text_y: float
    join: tuple[float, float, float] | None
    is_cut: bool
    words: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Waterfall:
    name: str
    height: int
    steps: tuple[Step, ...]
    base_y: float
    is_cut: bool

    @property
    def frame_height(self) -> int:
        """With two rows of labels below."""
        return self.height + 36

    @property
    def is_empty(self) -> bool:
        return not any(step.mark.value for step in self.steps)

    @property
    def cut_y(self) -> float:
        """Where the break of a cut total lies."""
        return self.base_y - STUMP / 2

    @property
    def marks(self) -> tuple[Mark, ...]:
        return tuple(step.mark for step in self.steps)


def waterfall(
    name: str, start: Mark, changes: Sequence[Mark], end: Mark, height: int = 180
) -> Waterfall:
    """`start` and `end` are totals (neutral); each change moves the level: gain above zero, loss below."""
    levels = [Fraction(start.value)]
    for change in changes:
        levels.append(levels[-1] + Fraction(change.value))
    low, high = min([*levels, Fraction(end.value)]), max([*levels, Fraction(end.value)])
    is_cut = low > 0 and low > CUT_FROM * high
    floor = low if is_cut else min(low, Fraction(0))
    stump = STUMP if is_cut else 0
    room = height - TEXT_ROOM - stump

    def y(value: Fraction) -> float:
        part = (high - value) / (high - floor) if high > floor else Fraction(1, 2)
        return round(TEXT_ROOM + float(part) * room, 2)

    slot = 100 / (len(changes) + 2)
    base = float(height) if is_cut else y(Fraction(0))
    marks = [start, *changes, end]
    tops = [levels[0], *levels[1:], Fraction(end.value)]
    befores = [Fraction(0), *levels[:-1], Fraction(0)]
    steps = []
    for index, mark in enumerate(marks):
        is_total = index in (0, len(marks) - 1)
        one = base if is_total else y(befores[index])
        other = y(tops[index])
        top = min(one, other)
        steps.append(
            Step(
                mark=mark,
                tone=mark.tone or _tone(mark, is_total),
                slot_x=round(index * slot, 3),
                slot_width=round(slot, 3),
                x=round((index + (1 - BAR_SHARE) / 2) * slot, 3),
                width=round(slot * BAR_SHARE, 3),
                middle=round((index + 0.5) * slot, 3),
                y=top,
                height=round(max(abs(one - other), 1), 2),
                text_y=top - 6,
                join=_join(index, len(marks), slot, other),
                is_cut=is_cut and is_total,
                words=_words(mark.label, height),
            )
        )
    return Waterfall(name, height, tuple(steps), base, is_cut)


def _tone(mark: Mark, is_total: bool) -> str:
    if is_total or not mark.value:
        return "neutral"
    return "gain" if mark.value > 0 else "loss"


def _join(index: int, count: int, slot: float, level: float) -> tuple[float, float, float] | None:
    if index == count - 1:
        return None
    start = (index + (1 + BAR_SHARE) / 2) * slot
    return round(start, 3), round(start + (1 - BAR_SHARE) * slot, 3), level


def _words(label: str, height: int) -> tuple[tuple[str, int], ...]:
    """The label in two lines at most: its first word, and the rest."""
    first, _space, rest = label.partition(" ")
    return tuple((text, height + 15 + 14 * n) for n, text in enumerate((first, rest)) if text)
