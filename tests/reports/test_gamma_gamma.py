"""Spend per purchase by itself: slopes, recovered parameters, what it says of a customer."""

import math
import random
from collections import Counter

import pytest

from reports.modelling.bgnbd import GIVEN_UP
from reports.modelling.climbing import Vector, climb
from reports.modelling.gamma_gamma import (
    STARTS,
    Rows,
    Spend,
    Spent,
    correlation,
    first_and_second,
    fit,
)
from tests.oracle.clv import fit_spend


def simulated(seed: int, customers: int, p: float, q: float, gamma: float) -> Counter[Spent]:
    """Purchases of each customer spread by p round a mean of its own, which q and gamma spread; gamma in cents."""
    dice = random.Random(seed)
    found: Counter[Spent] = Counter()
    for _ in range(customers):
        repeats, rate = 1 + int(dice.expovariate(0.3)), dice.gammavariate(q, 1 / gamma)
        found[
            Spent(repeats, round(sum(dice.gammavariate(p, 1 / rate) for _ in range(repeats))))
        ] += 1
    return found


@pytest.mark.parametrize("point", [[0.0, 0.0, 0.0], [1.8, 1.3, -0.5]])
def test_derivatives_are_those_of_the_height(point: Vector) -> None:
    paid = sorted(simulated(1, 200, 6, 4, 1500).items())
    rows, step = Rows(paid, 3000.0), 1e-5
    here = rows.slope(point)
    for n in range(3):
        up, down = (
            rows.slope([x + by if i == n else x for i, x in enumerate(point)])
            for by in (step, -step)
        )
        assert here.gradient[n] == pytest.approx(
            (up.height - down.height) / (2 * step), rel=1e-4, abs=1e-3
        )
        for other in range(3):
            told = (up.gradient[other] - down.gradient[other]) / (2 * step)
            assert here.curvature[n][other] == pytest.approx(told, rel=1e-4, abs=1e-3)


def test_parameters_of_a_simulation_are_found_again() -> None:
    customers = simulated(2, 20_000, 6.0, 4.0, 1500.0)
    found = fit(customers)
    assert found is not None
    assert found.p == pytest.approx(6.0, rel=0.12)
    assert found.q == pytest.approx(4.0, rel=0.06)
    # p and gamma make up for one another; what a purchase is worth they tell sharply
    assert found.p * found.gamma / (found.q - 1) == pytest.approx(3000, rel=0.02)
    assert abs(correlation(customers) or 1) < 0.05


# Spread so widely that a climb from near by ends on a lower top, or out of bounds past one; and one whose highest
# point lies out of bounds though a lower top lies within.
WIDE = {
    "lower": [
        (1, 16),
        (1, 2939),
        (1, 2970),
        (1, 2995),
        (1, 2999),
        (1, 347403),
        (2, 9935474),
        (4, 845015),
    ],
    "past it": [(1, 1), (1, 100), (2, 2000000), (3, 1000101), (5, 302)],
    "within": [(1, 1), (1, 2), (1, 4), (1, 6), (1, 72), (1, 268), (1, 1713), (8, 695)],
}


@pytest.mark.parametrize("name", WIDE)
def test_of_several_tops_the_highest_is_found(name: str) -> None:
    """As the second calculation finds it, which climbs in a way of its own; from the first start alone it is missed."""
    paid = [(Spent(*each), 1) for each in WIDE[name]]
    rows = Rows(paid, sum(s.cents / s.repeats for s, _ in paid) / len(paid))
    near, *far = (climb(rows.slope, start, GIVEN_UP) for start in STARTS)
    assert max(each.height for each in far) > near.height + 1e-3
    found, other = fit(dict(paid)), fit_spend((s.repeats, s.cents / s.repeats) for s, _ in paid)
    assert (found is None) == (other.p is None) == (name == "within")
    assert found is None or found == pytest.approx(other, rel=0.01)


def test_one_timers_and_who_paid_nothing_tell_nothing() -> None:
    customers = simulated(3, 500, 6.0, 4.0, 1500.0)
    assert fit(customers + Counter({Spent(0, 0): 90, Spent(2, 0): 7, Spent(2, -10): 1})) == fit(
        customers
    )
    assert fit({}) is None
    assert fit({Spent(0, 0): 50}) is None
    # all means alike: no spread to tell
    assert fit({Spent(2, 2000): 300}) is None


def test_expected_spend_by_hand() -> None:
    # 2 * (10 + 3 * 20) / (2 * 3 + 4 - 1) = 140 / 9
    assert Spend(2.0, 4.0, 10.0).of_purchase(Spent(3, 60)) == pytest.approx(140 / 9)
    assert Spend(2.0, 4.0, 10.0).of_purchase(Spent(0, 0)) is None
    assert Spend(2.0, 4.0, 10.0).of_purchase(Spent(1, 0)) is None
    # a mean that does not exist
    assert Spend(0.2, 0.5, 10.0).of_purchase(Spent(1, 20)) is None


def test_correlation_by_hand() -> None:
    assert correlation({Spent(1, 10): 1, Spent(2, 40): 1, Spent(3, 90): 1}) == pytest.approx(1.0)
    assert correlation({Spent(1, 30): 1, Spent(2, 40): 1, Spent(3, 30): 1}) == pytest.approx(-1.0)
    assert correlation({Spent(1, 10): 5}) is None
    assert correlation({}) is None


def test_derivatives_of_the_gamma_function() -> None:
    euler = 0.5772156649015329
    assert first_and_second(1.0) == (pytest.approx(-euler), pytest.approx(math.pi**2 / 6))
    assert first_and_second(0.5)[0] == pytest.approx(-euler - 2 * math.log(2))
    assert first_and_second(1e6)[0] == pytest.approx(math.log(1e6) - 5e-7)
