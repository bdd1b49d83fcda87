"""Geometry of the charts: values in, places out. Templates under ui/charts draw them.

Across, places are percent of the chart's width, so that a chart fills any column and its text
keeps its size; down, they are pixels from the top. Bars start at zero, one scale a chart.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

Value = int | float | Decimal | Fraction

MOST_STEPS = 3
COLUMN_SHARE = 0.64
MANY = 7
LONG_LABEL = 5
# A longer label under one of few columns goes on in a second line.
LONG_WORDS = 15
LINE = 14
SPARK_WIDTH = 92
SPARK_HEIGHT = 26
SPARK_EDGE = 4


@dataclass(frozen=True)
class Mark:
    """One value: `text` is what a reader sees for it, `url` the list behind it, `short` stands at its bar.

    `tone` overrides the chart's; `running` marks a month not over yet; `low` and `high` are the
    ends of a range. `below` is what hangs under the axis on the same scale, the other way of `value`.
    """

    label: str
    value: Value
    text: str
    url: str = ""
    tone: str = ""
    running: bool = False
    low: Value | None = None
    high: Value | None = None
    below: Value = 0
    below_text: str = ""
    short: str = ""
    below_short: str = ""


@dataclass(frozen=True)
class Line:
    """A line over the columns, one value or gap for each; `label` stands at its end."""

    name: str
    values: Sequence[Value | None]
    texts: Sequence[str] = ()
    label: str = ""
    dashed: bool = False


@dataclass(frozen=True)
class Column:
    mark: Mark
    tone: str
    slot_x: float
    slot_width: float
    x: float
    width: float
    middle: float
    y: float
    height: float
    below_height: float
    below_y: float
    whisker: tuple[float, float] | None
    words: tuple[tuple[str, float], ...]
    label_shown: bool
    label_sparse: bool
    label_crowded: bool


@dataclass(frozen=True)
class GridLine:
    y: float
    text: str
    is_zero: bool


@dataclass(frozen=True)
class DrawnLine:
    """`paths` are runs of "x,y" points without a gap; x in percent."""

    line: Line
    paths: tuple[str, ...]
    end_y: float | None


@dataclass(frozen=True)
class Columns:
    name: str
    height: int
    columns: tuple[Column, ...]
    grid: tuple[GridLine, ...]
    lines: tuple[DrawnLine, ...]
    zero_y: float
    value_name: str
    below_name: str = ""
    marks: tuple[Mark, ...] = field(default=())

    @property
    def is_roomy(self) -> bool:
        """Whether values stand at the bars on a screen too; on paper, which cannot be asked, they always do."""
        return len(self.columns) <= MANY

    @property
    def frame_height(self) -> int:
        """With the rows of labels below."""
        lines = max((len(column.words) for column in self.columns), default=1)
        return self.height + 22 + (lines - 1) * LINE

    @property
    def is_empty(self) -> bool:
        """Nothing to see: no column has a height, none a range."""
        return not any(
            one.height or one.below_height or one.whisker or one.mark.value for one in self.columns
        )


def columns(
    name: str,
    marks: Sequence[Mark],
    write: Callable[[Sequence[Value]], Sequence[str]],
    *,
    tone: str = "loss",
    lines: Sequence[Line] = (),
    height: int = 170,
    value_name: str = "",
    below_name: str = "",
) -> Columns:
    """Columns side by side. `write` writes the ticks of the axis; `name` is unique in its page.

    With `below_name` each column has a second one under the axis, and ticks are sizes without sign.
    """
    step, low, high = scale(_all_values(marks, lines))

    def y(value: Value) -> float:
        return round(float((high - Fraction(value)) / (high - low)) * height, 2)

    def crowded(index: int) -> bool:
        """Where there is little room, a long label at the start, a month with its year, takes this one's place."""
        return index == 1 and len(marks) > MANY and len(marks[0].label) > LONG_LABEL

    slot = 100 / max(len(marks), 1)
    in_lines = len(marks) <= MANY and any(len(mark.label) > LONG_WORDS for mark in marks)
    every = _label_step(len(marks))
    drawn = tuple(
        Column(
            mark=mark,
            tone=mark.tone or tone,
            slot_x=round(index * slot, 3),
            slot_width=round(slot, 3),
            x=round((index + (1 - COLUMN_SHARE) / 2) * slot, 3),
            width=round(slot * COLUMN_SHARE, 3),
            middle=round((index + 0.5) * slot, 3),
            y=min(y(mark.value), y(0)),
            height=round(abs(y(mark.value) - y(0)), 2),
            below_height=round(y(-mark.below) - y(0), 2),
            below_y=y(-mark.below),
            whisker=_whisker(mark, y),
            words=_words(mark.label, height, in_lines=in_lines),
            label_shown=(len(marks) - 1 - index) % every == 0,
            label_sparse=len(marks) > MANY and (len(marks) - 1 - index) % 2 == 1,
            label_crowded=crowded(index),
        )
        for index, mark in enumerate(marks)
    )
    ticks = [low + step * number for number in range(int((high - low) / step) + 1)]
    written = write([abs(tick) for tick in ticks] if below_name else ticks)
    grid = tuple(
        GridLine(y(tick), text, tick == 0) for tick, text in zip(ticks, written, strict=True)
    )
    return Columns(
        name=name,
        height=height,
        columns=drawn,
        grid=grid,
        lines=tuple(_draw(line, slot, y) for line in lines),
        zero_y=y(0),
        value_name=value_name,
        below_name=below_name,
        marks=tuple(marks),
    )


def _words(label: str, height: float, *, in_lines: bool) -> tuple[tuple[str, float], ...]:
    """The label in its lines, each with its place: its first word and the rest, where they are long."""
    first, _space, rest = label.partition(" ") if in_lines else (label, "", "")
    return tuple((text, height + 17 + LINE * n) for n, text in enumerate((first, rest)) if text)


def _all_values(marks: Sequence[Mark], lines: Sequence[Line]) -> list[Fraction]:
    ends = [end for mark in marks for end in (mark.value, mark.low, mark.high, -mark.below)]
    ends += [value for line in lines for value in line.values]
    return [Fraction(end) for end in ends if end is not None]


def scale(values: Sequence[Value]) -> tuple[Fraction, Fraction, Fraction]:
    """Step, lowest and highest tick: round numbers around zero and all values."""
    exact = [Fraction(value) for value in values]
    low, high = min([*exact, Fraction(0)]), max([*exact, Fraction(0)])
    if low == high:  # nothing to measure: the axis carries zero alone
        return Fraction(2), Fraction(0), Fraction(1)
    power = Fraction(10) ** _magnitude((high - low) / MOST_STEPS)
    steps = (power * size for size in (1, 2, Fraction(5, 2), 5, 10, 20))
    for step in steps:
        bottom, top = (low // step) * step, -(-high // step) * step
        if (top - bottom) / step <= MOST_STEPS:
            return step, bottom, top
    raise AssertionError("a step of twenty powers always fits")


def _magnitude(value: Fraction) -> int:
    return Decimal(value.numerator / value.denominator).adjusted()


def _label_step(count: int) -> int:
    """Every label up to 13 columns, then as many as fit; the last one always."""
    return -(-count // 13)


def _whisker(mark: Mark, y: Callable[[Value], float]) -> tuple[float, float] | None:
    if mark.low is None or mark.high is None:
        return None
    return y(mark.high), y(mark.low)


def _draw(line: Line, slot: float, y: Callable[[Value], float]) -> DrawnLine:
    points = [
        None if value is None else (round((index + 0.5) * slot, 3), y(value))
        for index, value in enumerate(line.values)
    ]
    known = [point for point in points if point is not None]
    return DrawnLine(line, _runs(points), known[-1][1] if known else None)


def _runs(points: Sequence[tuple[float, float] | None]) -> tuple[str, ...]:
    """Joined points, one text for each stretch between gaps."""
    runs: list[list[str]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(f"{point[0]:g},{point[1]:g}")
    return tuple(" ".join(run) for run in runs if run)


@dataclass(frozen=True)
class RangeBar:
    """A bar from zero, with a whisker over its range and a line to compare with, in percent of the common scale."""

    width: float
    low: float | None
    high: float | None
    mark: float | None = None


def range_bar(
    value: Value,
    top: Value,
    low: Value | None = None,
    high: Value | None = None,
    mark: Value | None = None,
) -> RangeBar:
    """`top` is the largest value, range end or line of all bars that stand together."""

    def part(amount: Value) -> float:
        return round(float(Fraction(amount) / Fraction(top)) * 100, 2) if top else 0.0

    left, right = (None, None) if low is None or high is None else (part(low), part(high))
    return RangeBar(part(value), left, right, None if mark is None else part(mark))


@dataclass(frozen=True)
class SignedBar:
    mark: Mark
    x: float
    width: float
    tone: str


def signed_bars(marks: Sequence[Mark]) -> tuple[SignedBar, ...]:
    """Bars to both sides of one zero: below it loss, above it gain; all on one scale."""
    values = [Fraction(mark.value) for mark in marks]
    below, above = -min([*values, Fraction(0)]), max([*values, Fraction(0)])
    whole = below + above
    if not whole:
        return tuple(SignedBar(mark, 0, 0, "neutral") for mark in marks)
    return tuple(
        SignedBar(
            mark=mark,
            x=round(float((below + min(value, Fraction(0))) / whole) * 100, 2),
            width=round(float(abs(value) / whole) * 100, 2),
            tone=mark.tone or ("loss" if value < 0 else "gain"),
        )
        for mark, value in zip(marks, values, strict=True)
    )


@dataclass(frozen=True)
class Sparkline:
    """In pixels of a small fixed field; `end` is the dot at the latest value."""

    paths: tuple[str, ...]
    before: tuple[str, ...]
    end: tuple[float, float] | None
    width: int = SPARK_WIDTH
    height: int = SPARK_HEIGHT


def sparkline(values: Sequence[Value | None], before: Sequence[Value | None] = ()) -> Sparkline:
    """The latest month-ends, and the same months a year earlier, on one scale."""
    known = [Fraction(value) for value in (*values, *before) if value is not None]
    low, high = (min(known), max(known)) if known else (Fraction(0), Fraction(0))
    inner = SPARK_HEIGHT - 2 * SPARK_EDGE
    gap = (SPARK_WIDTH - 2 * SPARK_EDGE) / max(len(values) - 1, len(before) - 1, 1)

    def places(series: Sequence[Value | None]) -> list[tuple[float, float] | None]:
        return [
            None
            if value is None
            else (
                round(SPARK_EDGE + index * gap, 1),
                round(SPARK_EDGE + inner * _share_from_top(Fraction(value), low, high), 1),
            )
            for index, value in enumerate(series)
        ]

    drawn = places(values)
    return Sparkline(_runs(drawn), _runs(places(before)), drawn[-1] if drawn else None)


def _share_from_top(value: Fraction, low: Fraction, high: Fraction) -> float:
    return float((high - value) / (high - low)) if high > low else 0.5
