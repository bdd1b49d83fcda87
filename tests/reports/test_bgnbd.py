"""The fitted model by itself: slopes, recovered parameters, bounds, and what it says of a customer."""

import math
import random
from collections import Counter

import pytest

from reports.modelling import bgnbd
from reports.modelling.alive import NEVER, days_until_lost, expected_purchases, p_alive
from reports.modelling.bgnbd import Model, fit
from reports.modelling.climbing import Vector, climb
from reports.modelling.likelihood import Group, Rows

PUBLISHED = Model(0.2426, 4.4136, 0.793, 2.426, -9582.4, 2357)
TYPICAL = Group(2, 213, 272)
"""x = 2, t_x = 30.43 and T = 38.86 weeks."""


def simulated(
    seed: int, customers: int, r: float, alpha: float, a: float, b: float
) -> Counter[Group]:
    """Customers who buy at a rate of their own and leave after a purchase by a chance of their own."""
    dice = random.Random(seed)
    groups: Counter[Group] = Counter()
    for _ in range(customers):
        rate, leaves = dice.gammavariate(r, 1 / alpha) / 7, dice.betavariate(a, b)
        age = dice.randrange(400, 1100)
        repeats, span, now = 0, 0, 0.0
        while (now := now + dice.expovariate(max(rate, 1e-9))) <= age:
            if int(now) > span:
                repeats, span = repeats + 1, int(now)
            if dice.random() < leaves:
                break
        groups[Group(repeats, span, age)] += 1
    return groups


def test_likelihood_of_one_row_by_hand() -> None:
    # r = alpha = a = b = 1 and x = 1, t_x = 1, T = 3: 1 * 1/2 * (1/16 + 1 * 1/4) = 5/32
    rows = Rows({Group(1, 1, 3): 1}, 1.0)
    assert rows.slope([0.0] * 4).height == pytest.approx(math.log(5 / 32), abs=1e-12)
    # x = 0: 1/4, twice
    rows = Rows({Group(0, 0, 3): 2}, 1.0)
    assert rows.slope([0.0] * 4).height == pytest.approx(2 * math.log(1 / 4), abs=1e-12)


@pytest.mark.parametrize(
    "point", [[0.0, 0.0, 0.0, 0.0], [-1.3, 0.4, 2.0, -0.7], [5.0, 6.0, -4.0, 3.0]]
)
def test_derivatives_are_those_of_the_height(point: Vector) -> None:
    rows = Rows(simulated(2, 300, 0.5, 6, 0.8, 2.5), 0.01)
    here, step = rows.slope(point), 1e-5
    for n in range(4):
        up, down = (
            rows.slope([x + by if i == n else x for i, x in enumerate(point)])
            for by in (step, -step)
        )
        assert here.gradient[n] == pytest.approx(
            (up.height - down.height) / (2 * step), rel=1e-4, abs=1e-3
        )
        for other in range(4):
            told = (up.gradient[other] - down.gradient[other]) / (2 * step)
            assert here.curvature[n][other] == pytest.approx(told, rel=1e-4, abs=1e-3)


def test_parameters_of_a_simulation_are_found_again() -> None:
    found = fit(simulated(7, 12_000, 0.6, 7.0, 0.9, 2.8))
    assert found is not None
    assert (found.r, found.alpha) == (pytest.approx(0.6, rel=0.05), pytest.approx(7.0, rel=0.06))
    assert (found.a, found.b) == (pytest.approx(0.9, rel=0.1), pytest.approx(2.8, rel=0.1))
    assert found.n == 12_000


def test_the_end_is_a_top_whatever_the_start() -> None:
    groups = simulated(3, 900, 0.6, 7.0, 0.9, 2.8)
    rows = Rows(groups, 10 / max(group.age for group in groups))
    ends = [climb(rows.slope, start, bgnbd.GIVEN_UP) for start in bgnbd.STARTS]
    found = fit(groups)
    assert found is not None
    for end in ends:
        assert math.exp(end.point[0]) == pytest.approx(found.r, rel=1e-6)
        assert math.exp(end.point[2]) == pytest.approx(found.a, rel=1e-6)
        assert max(map(abs, rows.slope(end.point).gradient)) < 1e-5


def test_order_of_rows_and_their_grouping_change_nothing() -> None:
    groups = simulated(4, 700, 0.6, 7.0, 0.9, 2.8)
    rows = list(groups.elements())
    random.Random(1).shuffle(rows)
    assert fit(Counter(rows)) == fit(groups)


def test_time_may_be_counted_from_any_length_of_history() -> None:
    """Days twice as long: alpha is twice as large, all else is the same."""
    groups = simulated(5, 700, 0.6, 7.0, 0.9, 2.8)
    slow = Counter({Group(g.repeats, 2 * g.span, 2 * g.age): n for g, n in groups.items()})
    one, two = fit(groups), fit(slow)
    assert one is not None
    assert two is not None
    assert two.alpha == pytest.approx(2 * one.alpha, rel=1e-6)
    assert (two.r, two.b) == (pytest.approx(one.r, rel=1e-6), pytest.approx(one.b, rel=1e-6))


def test_what_has_no_top_within_bounds_is_no_model() -> None:
    # everybody bought again once, at one time: no spread of rates, and nobody shows how customers leave
    assert fit({Group(1, 50, 100): 200}) is None
    assert fit({Group(0, 0, 100): 200}) is None
    assert fit({Group(0, 0, 0): 200}) is None
    assert fit({}) is None


def test_check_values() -> None:
    assert p_alive(PUBLISHED, TYPICAL) == pytest.approx(0.7266, abs=5e-5)
    assert expected_purchases(PUBLISHED, TYPICAL, 39 * 7) == pytest.approx(1.226, abs=5e-4)
    # T* = 62.49 weeks = 437.4 days: on day 437 the chance is still a half, on day 438 it is less
    assert days_until_lost(PUBLISHED, 2, 213, 0.5) == 438
    assert p_alive(PUBLISHED, Group(2, 213, 437)) > 0.5 > p_alive(PUBLISHED, Group(2, 213, 438))
    assert p_alive(PUBLISHED, Group(0, 0, 272)) == 1


def test_limits_of_the_chance() -> None:
    assert days_until_lost(PUBLISHED, 2, 213, 0.0) == NEVER
    # never before the day after the last purchase
    assert days_until_lost(PUBLISHED, 2, 213, 1.0) == 214
    assert days_until_lost(PUBLISHED, 2, 0, 0.99) >= 1
    keen = Model(1e5, 1e-3, 1e-5, 1e5, 0.0, 1)
    assert days_until_lost(keen, 1, 3, 1e-9) <= NEVER
    assert 0 <= p_alive(keen, Group(900, 1000, 30_000)) <= 1


@pytest.mark.parametrize("seed", range(60))
def test_expected_purchases_are_those_of_the_equation(seed: int) -> None:
    """Against Gauss's series, whose parts are added up term by term."""
    dice = random.Random(seed)
    a = math.exp(dice.uniform(-4, 4))
    model = Model(
        math.exp(dice.uniform(-3, 2)),
        math.exp(dice.uniform(-1, 4)),
        a,
        math.exp(dice.uniform(-3, 5)),
        0,
        1,
    )
    repeats = dice.choice([0, 0, 1, 2, 5, 40])
    age = dice.randrange(30, 900)
    group = Group(repeats, dice.randrange(repeats, min(age, 500) + 1) if repeats else 0, age)
    assert expected_purchases(model, group, 365) == pytest.approx(
        by_series(model, group, 365), rel=1e-7, abs=1e-9
    )


def by_series(model: Model, group: Group, days: int, terms: int = 20_000) -> float:
    """Equation 10 of Fader, Hardie, Lee 2005."""
    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    x, age, time = group.repeats, group.age / 7, days / 7
    z = time / (alpha + age + time)
    term = total = 1.0
    for n in range(terms):
        term *= (r + x + n) * (b + x + n) / ((a + b + x - 1 + n) * (n + 1)) * z
        total += term
    still = ((alpha + age) / (alpha + age + time)) ** (r + x) * total
    return (a + b + x - 1) / (a - 1) * (1 - still) * p_alive(model, group)


def test_a_of_one_is_no_hole_and_new_customers_no_fault() -> None:
    near = [
        expected_purchases(Model(0.5, 4.0, a, 2.0, 0, 1), Group(3, 140, 210), 365)
        for a in (0.999, 1, 1.001)
    ]
    assert near[1] == pytest.approx((near[0] + near[2]) / 2, rel=1e-6)
    # first bought today, and alpha is an hour: the series is slow, the sum at equal steps is not
    new = Model(0.3, 0.01, 0.5, 2.0, 0, 1)
    series = by_series(new, Group(0, 0, 0), 365, terms=300_000)
    assert expected_purchases(new, Group(0, 0, 0), 365) == pytest.approx(series, rel=1e-7)
    assert expected_purchases(Model(0.01, 1e-9, 0.5, 2.0, 0, 1), Group(0, 0, 0), 365) > 0
    # nobody ever leaves, or everybody does at once
    stay = expected_purchases(Model(2.0, 10.0, 1e-5, 1e5, 0, 1), Group(0, 0, 70), 70)
    assert stay == pytest.approx(2.0 * 10 / 20, rel=1e-4)
    assert expected_purchases(Model(2.0, 10.0, 1e5, 1e-5, 0, 1), Group(0, 0, 70), 70) < 1
