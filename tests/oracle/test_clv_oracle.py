"""Customer value against published numbers, closed forms, and sums done in another way."""

import math
import random
from datetime import date

import pytest

from tests.oracle.bgnbd import Fit, fit
from tests.oracle.cases import company, order
from tests.oracle.clv import (
    Spend,
    clv,
    expected_purchases,
    expected_spend,
    fit_spend,
    hypergeometric,
    mean_repeat_money,
)
from tests.oracle.knowledge import known_at
from tests.oracle.odd_deals import odd_buyers
from tests.oracle.sample import CALIBRATED_TO, PUBLISHED, sample_purchases, sample_rows
from tests.oracle.tables import forget_after


def test_check_value_of_expected_purchases() -> None:
    assert abs(expected_purchases(PUBLISHED, 2, 30.43, 38.86, 39) - 1.226) < 0.0005


def test_series_against_closed_forms() -> None:
    # 2F1(1, 1; 2; z) = -ln(1 - z) / z; 2F1(a, b; b; z) = (1 - z)^-a.
    assert abs(hypergeometric(1, 1, 2, 0.5) - 2 * math.log(2)) < 1e-12
    assert abs(hypergeometric(3.5, 2.25, 2.25, 0.9) / 0.1**-3.5 - 1) < 1e-12
    assert hypergeometric(1, 2, 3, 0) == 1


def test_a_of_one_is_no_hole() -> None:
    near = [
        expected_purchases(Fit(0.5, 4.0, a, 2.0, 0, True, 1), 3, 20.0, 30.0, 52.0)
        for a in (0.9999, 1.0, 1.0001)
    ]
    assert abs(near[1] - (near[0] + near[2]) / 2) < 1e-5


def test_expected_spend_by_hand() -> None:
    # 2 * (10 + 3 * 20) / (2 * 3 + 4 - 1) = 140 / 9.
    assert abs((expected_spend(Spend(2.0, 4.0, 10.0), 3, 20.0) or 0) - 140 / 9) < 1e-12
    assert expected_spend(Spend(2.0, 4.0, 10.0), 0, 0.0) is None
    assert fit_spend([]) == (None, None, None)


def test_money_of_repeat_purchase_dates() -> None:
    # Two purchases on the second date, a later refund of one of them, a credit of no order.
    tables = company(
        [("A", "2025-01-01", "500"), ("A", "2025-02-01", "30"), ("A", "2025-04-01", "20")],
        [
            order("R1", "X", "A", "2025-02-01", "40"),
            order("R2", "X", "A", "2025-03-01", "-10"),
            order("R3", "", "A", "2025-03-01", "-7"),
        ],
    )
    party = known_at(tables, date(2025, 12, 31)).parties["A"]
    assert mean_repeat_money(party) == (2, 40.0)


def test_without_a_model_nobody_is_valued() -> None:
    dates = (date(2025, 1, 1), date(2025, 12, 31), date(2025, 12, 31))
    report = clv(company([("A", "2025-01-01", "1")]), {}, *dates)
    assert report["model"] == {
        "r": None,
        "alpha": None,
        "a": None,
        "b": None,
        "LL": None,
        "ok": False,
        "n": 1,
    }
    assert report["spend"] == {"p": None, "q": None, "gamma": None}
    assert report["customers"] == {}


def test_published_spend() -> None:
    pairs = []
    for paid_on in sample_purchases().values():
        days = sorted(on for on, paid in paid_on.items() if paid > 0 and on <= CALIBRATED_TO)
        if len(days) > 1:
            pairs.append((len(days) - 1, sum(paid_on[on] for on in days[1:]) / (len(days) - 1)))
    assert len(pairs) == 946
    found = fit_spend(pairs)
    for number, typed in zip(found, (6.25, 3.74, 15.44), strict=True):
        assert number is not None
        assert abs(number / typed - 1) < 0.002


@pytest.mark.parametrize("with_free", [True, False])
def test_published_customer_under_the_fit(*, with_free: bool) -> None:
    model = fit(sample_rows(with_free=with_free))
    assert abs(expected_purchases(model, 2, 30.43, 38.86, 39) - 1.226) < 0.001


@pytest.mark.thorough
def test_laws_of_values() -> None:
    odd = odd_buyers(random.Random(2))
    run = (odd.settings, odd.from_, odd.to, odd.as_of, odd.params)
    report = clv(odd.tables, *run)
    assert report["model"]["ok"]
    assert report["model"]["n"] == len(report["customers"])
    for buyer in report["customers"].values():
        assert " ".join(buyer) == "p_alive purchases value clv"
        assert 0 < buyer["p_alive"] <= 1
        assert buyer["purchases"] > 0
        if buyer["value"] is None:
            assert buyer["p_alive"] == 1
        else:
            assert abs(buyer["clv"] - buyer["purchases"] * buyer["value"]) <= 1
    before = forget_after(odd.tables, odd.as_of)
    assert clv({name: rows[::-1] for name, rows in before.items()}, *run) == report
