"""Lines from a common start over a band of what is usual.

Across, places are percent of the chart's width; down, pixels from the top (as in `crm.lib.svg`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from crm.lib.svg import GridLine, Value, scale


@dataclass(frozen=True)
class Track:
    """A line with a name; `tone` is loss for one below the band."""

    name: str
    values: Sequence[int]
    text: str
    url: str = ""
    tone: str = ""


@dataclass(frozen=True)
class DrawnTrack:
    track: Track
    points: str
    end_x: float
    end_y: float


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
        return round(index / max(length - 1, 1) * 88, 2)

    def y(value: Value) -> float:
        return round(float((high - Fraction(value)) / (high - low)) * height, 2)

    ticks = [low + step * number for number in range(int((high - low) / step) + 1)]
    outline = [(x(n), y(top)) for n, (_low, top) in enumerate(band)]
    outline += [(x(n), y(bottom)) for n, (bottom, _top) in reversed(list(enumerate(band)))]
    return BandChart(
        name=name,
        height=height,
        tracks=tuple(
            DrawnTrack(
                track,
                " ".join(f"{x(n):g},{y(value):g}" for n, value in enumerate(track.values)),
                x(len(track.values) - 1),
                y(track.values[-1]),
            )
            for track in tracks
            if track.values
        ),
        band=" ".join(f"{left:g},{top:g}" for left, top in outline),
        grid=tuple(
            GridLine(y(tick), text, tick == 0)
            for tick, text in zip(ticks, write(ticks), strict=True)
        ),
        labels=tuple((x(n), str(n + 1)) for n in range(length)),
    )
