"""The highest point of a smooth function of a few numbers: Newton's method, damped where it would go astray.

The same starts give the same end: nothing is drawn at random, and sums are taken in the order given.
"""

import math
from collections.abc import Callable, Iterable
from typing import NamedTuple

Vector = list[float]
Matrix = list[Vector]


class Slope(NamedTuple):
    """A function at a point: its height, first and second derivatives."""

    height: float
    gradient: Vector
    curvature: Matrix


class Peak(NamedTuple):
    point: Vector
    height: float


Landscape = Callable[[Vector], Slope]

STEPS = 300
LONGEST_STEP = 2.0
LEAST_DAMPING = 1e-4
# The climb ends when the next step promises a gain that floating numbers of this height cannot tell.
UNTOLD = 1e-13


def highest(landscape: Landscape, starts: Iterable[Vector], widest: float) -> Peak:
    """The best end over all starts. A climb that leaves -widest..widest is given up where it left."""
    ends = [climb(landscape, start, widest) for start in starts]
    return max(ends, key=lambda end: end.height)


def climb(landscape: Landscape, start: Vector, widest: float) -> Peak:
    """Uphill from a start by Newton's steps; a step that leads down is tried again, shorter and steeper."""
    point, slope, damping = start, landscape(start), 0.0
    for _ in range(STEPS):
        step, damping = _step(slope, damping)
        promised = sum(map(_product, step, slope.gradient)) / 2
        tried = [here + by for here, by in zip(point, step, strict=True)]
        if promised <= UNTOLD * (1 + abs(slope.height)):
            return Peak(tried, slope.height + promised)
        if max(map(abs, tried)) > widest:
            return Peak(tried, slope.height)
        found = landscape(tried)
        if found.height > slope.height:
            point, slope = tried, found
            damping = damping / 8 if damping > LEAST_DAMPING else 0.0
        else:
            damping = max(4 * damping, LEAST_DAMPING * _largest(slope.curvature))
    return Peak(point, slope.height)


def _step(slope: Slope, damping: float) -> tuple[Vector, float]:
    """The step to the top of the parabola; damped until the parabola has one."""
    for _ in range(STEPS):
        step = solved(_steepened(slope.curvature, damping), slope.gradient)
        if step is not None:
            far = max(map(abs, step))
            return [each * min(1.0, LONGEST_STEP / far) if far else 0.0 for each in step], damping
        damping = max(4 * damping, LEAST_DAMPING * _largest(slope.curvature))
    raise ArithmeticError(f"No step leads up from a curvature of {slope.curvature}.")


def _steepened(curvature: Matrix, damping: float) -> Matrix:
    """The curvature turned round, which is positive near a top, with the damping on its diagonal."""
    return [
        [-each + (damping if row == column else 0.0) for column, each in enumerate(line)]
        for row, line in enumerate(curvature)
    ]


def solved(matrix: Matrix, right: Vector) -> Vector | None:
    """x of `matrix` x = `right` by Cholesky's square root; None unless the matrix is positive definite."""
    size = len(right)
    root = [[0.0] * size for _ in range(size)]
    for i in range(size):
        for j in range(i + 1):
            rest = matrix[i][j] - sum(root[i][k] * root[j][k] for k in range(j))
            if i != j:
                root[i][j] = rest / root[j][j]
            elif rest <= 1e-14 * abs(matrix[i][i]) or not math.isfinite(rest):
                return None
            else:
                root[i][i] = math.sqrt(rest)
    return _behind(root, _before(root, right))


def _before(root: Matrix, right: Vector) -> Vector:
    found: Vector = []
    for i, line in enumerate(root):
        found.append((right[i] - sum(map(_product, line, found))) / line[i])
    return found


def _behind(root: Matrix, middle: Vector) -> Vector:
    size = len(middle)
    found = [0.0] * size
    for i in reversed(range(size)):
        known = sum(root[k][i] * found[k] for k in range(i + 1, size))
        found[i] = (middle[i] - known) / root[i][i]
    return found


def _product(one: float, other: float) -> float:
    return one * other


def _largest(matrix: Matrix) -> float:
    return max(max(abs(each) for line in matrix for each in line), 1e-300)
