"""The fitted model against published numbers, and against numbers worked out by hand."""

import math
import random
from datetime import date
from typing import Any

import pytest

from tests.oracle.bgnbd import age_when_lost, churn_bgnbd, fit, log_likelihood, p_alive
from tests.oracle.cases import company
from tests.oracle.churn import churn
from tests.oracle.odd_companies import Odd
from tests.oracle.odd_deals import odd_buyers
from tests.oracle.sample import PUBLISHED, sample_rows
from tests.oracle.tables import forget_after


def test_check_values_at_the_published_parameters() -> None:
    assert abs(p_alive(PUBLISHED, 2, 30.43, 38.86) - 0.7266) < 0.0001
    assert abs(age_when_lost(PUBLISHED, 2, 30.43, 0.5) - 62.49) < 0.01
    lost = age_when_lost(PUBLISHED, 2, 30.43, 0.5)
    assert abs(p_alive(PUBLISHED, 2, 30.43, lost) - 0.5) < 1e-9
    assert p_alive(PUBLISHED, 0, 0, 38.86) == 1


def test_likelihood_of_one_row_by_hand() -> None:
    # r = alpha = a = b = 1, x = 1, t_x = 1, T = 3: 1 * 1/2 * (1/16 + 1/1 * 1/4) = 5/32.
    assert abs(log_likelihood([0, 0, 0, 0], {(1, 1, 3): 1}) - math.log(5 / 32)) < 1e-12
    # x = 0: 1 * 1 * 1/4.
    assert abs(log_likelihood([0, 0, 0, 0], {(0, 0, 3): 2}) - 2 * math.log(1 / 4)) < 1e-12


def test_too_few_customers_fall_back_to_the_rule() -> None:
    dates = (date(2025, 1, 1), date(2025, 12, 31), date(2025, 12, 31))
    report = churn_bgnbd(company([("A", "2025-01-01", "100")]), {}, *dates)
    assert (report["method"], report["expected_loss"]) == ("rule", None)
    assert report["loss"] == 100
    assert not fit([]).ok
    assert not fit([(0, 0.0, 0.0)]).ok


@pytest.mark.parametrize(
    ("with_free", "typed"),
    [
        (True, (2357, 1411, 0.2426, 4.4136, 0.793, 2.426, -9582.4)),
        (False, (2349, 1403, 0.2439, 4.4224, 0.793, 2.423, -9578.2)),
    ],
)
def test_published_sample(*, with_free: bool, typed: tuple[float, ...]) -> None:
    rows = sample_rows(with_free=with_free)
    found = fit(rows)
    assert found.ok
    assert (found.n, sum(x == 0 for x, _, _ in rows)) == typed[:2]
    for number, wanted in zip(found.numbers(), typed[2:6], strict=True):
        assert abs(number / wanted - 1) < 0.001
    assert found.LL is not None
    assert abs(found.LL - typed[6]) < 0.05
    assert abs(p_alive(found, 2, 30.43, 38.86) - 0.7266) < 0.001


def run_odd(odd: Odd) -> dict[str, Any]:
    return churn_bgnbd(odd.tables, odd.settings, odd.from_, odd.to, odd.as_of, odd.params)


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.thorough) for seed in (1, 2, 3))]
)
def test_laws_over_odd_buyers(seed: int) -> None:
    odd = odd_buyers(random.Random(seed))
    report = run_odd(odd)
    lines = report["lines"]
    assert report["method"] == "bgnbd"
    assert report["loss"] == sum(line["loss"] for line in lines)
    assert report["lost_of_opening"] == sum(line["in_opening_base"] for line in lines)
    before = forget_after(odd.tables, odd.as_of)
    shuffled = {name: rows[::-1] for name, rows in before.items()}
    assert run_odd(odd._replace(tables=shuffled)) == report
    by_basis = {basis: [x for x in lines if x["basis"] == basis] for basis in ("model", "rule")}
    assert all(line["one_time"] for line in by_basis["rule"] if not has_contract(odd, line))
    p_lost = float(odd.params.get("p_lost", "0.5"))
    assert all(0 <= line["p_alive"] < p_lost for line in by_basis["model"])
    assert not any(line["one_time"] for line in by_basis["model"])


def has_contract(odd: Odd, line: dict[str, Any]) -> bool:
    heirs = {row["customer_id"]: row.get("merged_into", "") for row in odd.tables["customers"]}
    signed = {row["customer_id"] for row in odd.tables["contracts"]}
    signed |= {heirs[each] for each in signed} | {heirs.get(heirs[each], "") for each in signed}
    return line["customer_id"] in signed


@pytest.mark.parametrize("missing", ["bgnbd_min_customers", "bgnbd_min_repeaters"])
def test_the_minimum_samples(missing: str) -> None:
    odd = odd_buyers(random.Random(1))
    by_rule = churn(odd.tables, odd.settings, odd.from_, odd.to, odd.as_of, odd.params)
    assert run_odd(odd._replace(params={**odd.params, missing: "1000"})) == by_rule
