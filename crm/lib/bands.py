"""Lines from a common start over a band of what is usual.

Across, places are percent of the chart's width; down, pixels from the top (as in `crm.lib.svg`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from crm.lib.svg import GridLine, Value, scale

# The part of the width that lines have; names of those that go on longest stand in the rest.
WIDTH = 88
# Names stand above the end of their line. Nearer than this, two are moved apart.
NAME_ABOVE = 8
NAME_HEIGHT = 15
NAME_WIDTH = 30


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
    """`name_y` is the middle of the name; on a narrow page the names of lines that end far right stand left of it."""

    track: Track
    points: str
    end_x: float
    end_y: float
    name_y: float = 0

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
    """Each name at the end of its line; the lowest first, one that another's would cover goes above it."""
    placed: list[DrawnTrack] = []
    for one in sorted(drawn, key=lambda each: (-each.end_y, each.end_x)):
        name_y = one.end_y - NAME_ABOVE
        near = [each for each in placed if abs(each.end_x - one.end_x) < NAME_WIDTH]
        for each in sorted(near, key=lambda each: -each.name_y):
            if abs(each.name_y - name_y) < NAME_HEIGHT:
                name_y = each.name_y - NAME_HEIGHT
        placed.append(replace(one, name_y=round(name_y, 2)))
    return tuple(placed)
