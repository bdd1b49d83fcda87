"""The published CDNOW sample, where CRM_SAMPLE_DATA names the folder that holds it: the figures in print.

The published fits count its eight purchases of no money; R6 does not.
"""

import os
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import pytest

from reports.modelling import bgnbd, gamma_gamma
from reports.modelling.alive import days_until_lost, expected_purchases, p_alive
from reports.modelling.gamma_gamma import Spent
from reports.modelling.likelihood import Group
from tests.reports.conftest import World, printed
from tests.reports.test_bgnbd import TYPICAL

END = date(1997, 9, 30)
Purchases = dict[str, dict[date, int]]


@pytest.fixture(scope="module")
def sample() -> Purchases:
    """Customer, day, cents, of all purchases up to the end of calibration."""
    folder = os.environ.get("CRM_SAMPLE_DATA")
    if not folder:
        pytest.skip("CRM_SAMPLE_DATA names no folder")
    text = (Path(folder) / "cdnow_sample" / "CDNOW_sample.txt").read_text(encoding="ascii")
    found: Purchases = defaultdict(lambda: defaultdict(int))
    for line in text.splitlines():
        _, customer, on, _, paid = line.split()
        day = date(int(on[:4]), int(on[4:6]), int(on[6:]))
        if day <= END:
            found[customer][day] += round(float(paid) * 100)
    return found


def groups_of(days: list[date]) -> Group:
    return Group(len(days) - 1, (days[-1] - days[0]).days, (END - days[0]).days)


def test_all_rows(sample: Purchases) -> None:
    groups = Counter(groups_of(sorted(days)) for days in sample.values())
    model = bgnbd.fit(groups)
    assert model is not None
    assert (model.n, sum(n for g, n in groups.items() if not g.repeats)) == (2357, 1411)
    assert (round(model.r, 4), round(model.alpha, 4)) == (0.2426, 4.4136)
    assert (round(model.a, 3), round(model.b, 3)) == (0.793, 2.426)
    assert round(model.log_likelihood, 1) == -9582.4
    assert round(p_alive(model, TYPICAL), 4) == 0.7266
    assert round(expected_purchases(model, TYPICAL, 39 * 7), 3) == 1.226
    assert days_until_lost(model, 2, 213, 0.5) == 438  # T* of 62.49 weeks, and a day


def test_spend(sample: Purchases) -> None:
    paid = ([cents for _, cents in sorted(days.items()) if cents > 0] for days in sample.values())
    spends = Counter(Spent(len(each) - 1, sum(each[1:])) for each in paid if len(each) > 1)
    spend = gamma_gamma.fit(spends)
    assert spend is not None
    assert sum(spends.values()) == 946
    assert (round(spend.p, 2), round(spend.q, 2)) == (6.25, 3.74)
    assert round(spend.gamma / 100, 1) == 15.4
    assert 0.1 < (gamma_gamma.correlation(spends) or 0) < 0.12


def test_through_revenue_rows(sample: Purchases, world: World) -> None:
    for customer, days in sample.items():
        world.customer(customer)
        for day, cents in days.items():
            number = len(world.rows["revenue"])
            world.add(
                "revenue",
                entry_id=f"E{number:05}",
                customer_id=customer,
                date=day,
                amount=cents / 100,
            )
    world.load()
    model = printed("clv", "--as-of", END.isoformat())["model"]
    assert (model["ok"], model["n"]) == (True, 2349)
    assert round(float(model["r"]), 4) == 0.2439
    assert round(float(model["alpha"]), 4) == 4.4224
    assert round(float(model["LL"]), 1) == -9578.2
