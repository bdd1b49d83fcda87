"""Lines from a common start over a band of what is usual.

Across, places are percent of the chart's width; down, pixels from the top (as in `crm.lib.svg`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from crm.lib.svg import GridLine, Value, scale

# The part of the width that lines have; names of those that go on longest stand in the rest.
WIDTH = 88
# Names stand above the end of their line. Nearer than this, two are moved apart.
NAME_ABOVE = 11
NAME_HEIGHT = 15
NAME_WIDTH = 30
# What a name takes of a wide page: lines it would lie on are told by that.
WORD_WIDTH = 10
# A name stands at most so many heights off its end where lines are in its way.
STEPS_UP = 4

Corners = list[tuple[float, float]]


@dataclass(frozen=True)
class Track:
    """A line with a name; `tone` is loss for one below the band, `cells` are its values for a table."""

    name: str
    values: Sequence[int]
    text: str
    url: str = ""
    tone: str = ""
    cells: Sequence[str] = ()


@dataclass(frozen=True)
class DrawnTrack:
    """`name_y` is the middle of the name, which `stands_left` of the end on a wide page. On a narrow one the names
    of lines that end far right stand left of it.
    """

    track: Track
    points: str
    end_x: float
    end_y: float
    name_y: float = 0
    stands_left: bool = False

    @property
    def ends_right(self) -> bool:
        return self.end_x > WIDTH / 2

    @property
    def is_moved(self) -> bool:
        """Whether a thin line has to say whose end the name is."""
        return self.end_y - self.name_y > NAME_HEIGHT


@dataclass(frozen=True)
class BandChart:
    """`band` is the outline of the band as points, empty without one; `labels` stand below, by place."""

    name: str
    height: int
    tracks: tuple[DrawnTrack, ...]
    band: str
    grid: tuple[GridLine, ...]
    labels: tuple[tuple[float, str], ...]

    @property
    def frame_height(self) -> int:
        return self.height + 22


def band_chart(
    name: str,
    tracks: Sequence[Track],
    band: Sequence[tuple[int, int]],
    write: Callable[[Sequence[Value]], Sequence[str]],
    *,
    height: int = 190,
) -> BandChart:
    """Values by step since the start, the first at the left edge."""
    length = max([len(band), *(len(track.values) for track in tracks)], default=1)
    values = [value for track in tracks for value in track.values]
    values += [end for ends in band for end in ends]
    step, low, high = scale(values)

    def x(index: int) -> float:
        return round(index / max(length - 1, 1) * WIDTH, 2)

    def y(value: Value) -> float:
        return round(float((high - Fraction(value)) / (high - low)) * height, 2)

    ticks = [low + step * number for number in range(int((high - low) / step) + 1)]
    outline = [(x(n), y(top)) for n, (_low, top) in enumerate(band)]
    outline += [(x(n), y(bottom)) for n, (bottom, _top) in reversed(list(enumerate(band)))]
    drawn = [
        DrawnTrack(
            track,
            " ".join(f"{x(n):g},{y(value):g}" for n, value in enumerate(track.values)),
            x(len(track.values) - 1),
            y(track.values[-1]),
        )
        for track in tracks
        if track.values
    ]
    return BandChart(
        name=name,
        height=height,
        tracks=_with_names(drawn),
        band=" ".join(f"{left:g},{top:g}" for left, top in outline),
        grid=tuple(
            GridLine(y(tick), text, tick == 0)
            for tick, text in zip(ticks, write(ticks), strict=True)
        ),
        labels=tuple((x(n), str(n + 1)) for n in range(length)),
    )


def _with_names(drawn: Sequence[DrawnTrack]) -> tuple[DrawnTrack, ...]:
    """Each name near the end of its line; the lowest first. None covers another's, and where there is room no line."""
    lines = [_corners(one.points) for one in drawn]
    placed: list[DrawnTrack] = []
    for one in sorted(drawn, key=lambda each: (-each.end_y, each.end_x)):
        near = [each for each in placed if abs(each.end_x - one.end_x) < NAME_WIDTH]
        free = [
            each
            for each in _places(one)
            if all(abs(other.name_y - each.name_y) >= NAME_HEIGHT for other in near)
        ]
        best = min(free, key=lambda each: _cost(each, lines), default=None)
        placed.append(best or _above_all(one, near))
    return tuple(placed)


def _places(one: DrawnTrack) -> Iterator[DrawnTrack]:
    """Right of the end before left of it, and each some steps up."""
    for step in range(STEPS_UP + 1):
        for left in (False, True):
            y = round(one.end_y - NAME_ABOVE - step * NAME_HEIGHT, 2)
            if not left or one.end_x >= WORD_WIDTH:
                yield replace(one, name_y=y, stands_left=left)


def _above_all(one: DrawnTrack, near: Sequence[DrawnTrack]) -> DrawnTrack:
    return replace(one, name_y=round(min(each.name_y for each in near) - NAME_HEIGHT, 2))


def _cost(one: DrawnTrack, lines: Sequence[Corners]) -> float:
    """A name on a line is worse than one that stands off its end."""
    left = one.end_x - WORD_WIDTH if one.stands_left else one.end_x + 0.5
    right = left + WORD_WIDTH - 0.5
    top, bottom = one.name_y - NAME_HEIGHT / 2, one.name_y + NAME_HEIGHT / 2
    covered = sum(_crosses(line, left, right, top, bottom) for line in lines)
    steps = (one.end_y - NAME_ABOVE - one.name_y) / NAME_HEIGHT
    return covered * (STEPS_UP + 1) + steps + one.stands_left / 2


def _crosses(line: Corners, left: float, right: float, top: float, bottom: float) -> bool:
    """Whether a line runs through a box."""
    for (x1, y1), (x2, y2) in pairwise(line):
        start, end = max(x1, left), min(x2, right)
        if start >= end:
            continue
        slope = (y2 - y1) / (x2 - x1)
        ends = (y1 + (start - x1) * slope, y1 + (end - x1) * slope)
        if min(ends) < bottom and max(ends) > top:
            return True
    return False


def _corners(points: str) -> Corners:
    pairs = (point.split(",") for point in points.split())
    return [(float(x), float(y)) for x, y in pairs]
