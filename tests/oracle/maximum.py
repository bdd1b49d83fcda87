"""The highest point of a function of a few numbers: plain Nelder-Mead from several starts."""

import math
from collections.abc import Callable, Iterable

Point = list[float]
Function = Callable[[Point], float]

STEP = 0.5
FLAT = 1e-11
"""The search ends when the corners differ by less than this share of the height ..."""
SMALL = 1e-7
"""... and lie nearer to each other than this."""
STEPS = 4000
AGAIN = 1e-8
"""A climb is begun anew from where it ended until it gains less than this."""


def maximise(function: Function, starts: Iterable[Point]) -> Point:
    """The best end over all starts, each climbed again until nothing more is gained."""
    ends = [_climb_again(function, start) for start in starts]
    return max(ends, key=function)


def _climb_again(function: Function, start: Point) -> Point:
    best, height = start, function(start)
    for _ in range(8):
        found = _climb(function, best)
        gained = function(found) - height
        if gained > 0 or math.isnan(gained):
            best, height = found, function(found)
        if not gained > AGAIN:
            break
    return best


def _climb(function: Function, start: Point) -> Point:
    corners = [(function(start), start)]
    for n in range(len(start)):
        corner = [each + (STEP if i == n else 0) for i, each in enumerate(start)]
        corners.append((function(corner), corner))
    for _ in range(STEPS):
        corners.sort(key=lambda corner: -corner[0])
        if _ended(corners):
            break
        _move(function, corners)
    return max(corners, key=lambda corner: corner[0])[1]


def _ended(corners: list[tuple[float, Point]]) -> bool:
    best, worst = corners[0], corners[-1]
    if not math.isfinite(worst[0]) or best[0] - worst[0] > FLAT * (1 + abs(best[0])):
        return False
    return all(
        abs(here - there) < SMALL
        for _, corner in corners[1:]
        for here, there in zip(corner, best[1], strict=True)
    )


def _move(function: Function, corners: list[tuple[float, Point]]) -> None:
    """Replace the worst corner by a better one, or draw all of them towards the best."""
    worst_height, worst = corners[-1]
    others = [corner for _, corner in corners[:-1]]
    middle = [sum(column) / len(others) for column in zip(*others, strict=True)]

    def beyond(factor: float) -> tuple[float, Point]:
        point = [m + factor * (m - w) for m, w in zip(middle, worst, strict=True)]
        return function(point), point

    mirrored = beyond(1)
    if mirrored[0] > corners[0][0]:
        corners[-1] = max(mirrored, beyond(2), key=lambda corner: corner[0])
    elif mirrored[0] > corners[-2][0]:
        corners[-1] = mirrored
    else:
        drawn_in = beyond(0.5) if mirrored[0] > worst_height else beyond(-0.5)
        if drawn_in[0] > max(worst_height, mirrored[0]):
            corners[-1] = drawn_in
        else:
            best = corners[0][1]
            for n in range(1, len(corners)):
                half = [(a + b) / 2 for a, b in zip(best, corners[n][1], strict=True)]
                corners[n] = (function(half), half)
