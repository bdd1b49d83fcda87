"""The worked examples and the edges of loss-reports.md section 3, typed by hand."""

import pytest

from tests.reports.conftest import World, churn, lost

QUARTERS_2024 = ("2024-01-15", "2024-04-15", "2024-07-15", "2024-10-15")
QUARTERS_2025 = ("2025-01-15", "2025-04-15", "2025-07-15", "2025-10-15")


@pytest.fixture
def hundred(world: World) -> World:
    """100 customers buy 25,000 a quarter; ten of them stop at the end of 2024."""
    for number in range(100):
        stops = number < 10
        for day in QUARTERS_2024 if stops else QUARTERS_2024 + QUARTERS_2025:
            world.order(f"C{number:03}", day, "25000")
    world.load()
    return world


def test_ten_of_a_hundred_stop(hundred: World) -> None:
    report = churn("2025-01-01", "2025-12-31", "2025-12-31")
    assert report["loss"] == "1000000.00"
    assert report["lost_customers"] == 10
    assert report["average_value"] == "100000.00"
    assert report["opening_customers"] == 100
    assert report["lost_of_opening"] == 10
    assert float(report["logo_churn"]) == pytest.approx(0.10, abs=1e-9)
    assert float(report["logo_churn_lo"]) == pytest.approx(0.055229, abs=1e-6)
    assert float(report["logo_churn_hi"]) == pytest.approx(0.174366, abs=1e-6)
    assert float(report["revenue_churn"]) == pytest.approx(0.10, abs=1e-9)
    assert report["active_at_end"] == 90
    assert report["recovered_customers"] == 0
    assert report["partial"] is False
    assert report["method"] == "rule"
    assert report["expected_loss"] is None
    first = report["lines"][0]
    assert first == {
        "customer_id": "C000",
        "lost_on": "2025-07-16",
        "last_purchase": "2024-10-15",
        "purchases": 4,
        "typical": 91,
        "threshold": 273,
        "basis": "rule",
        "p_alive": None,
        "in_opening_base": True,
        "one_time": False,
        "owner": "(none)",
        "departure": None,
        "loss": "100000.00",
    }


def test_the_day_before_they_are_lost_they_are_at_risk(hundred: World) -> None:
    report = churn("2025-01-01", "2025-12-31", "2025-07-15")
    assert report["loss"] == "0.00"
    assert report["lines"] == []
    assert report["average_value"] is None
    assert report["at_risk_customers"] == 10
    assert report["at_risk_value"] == "1000000.00"
    assert report["partial"] is True


def test_floor_of_thirty_days(world: World) -> None:
    for day in ("2025-01-01", "2025-01-11", "2025-01-21"):
        world.order("A", day, "100")
    world.load()
    assert churn("2025-02-01", "2025-02-20", "2025-02-20")["active_at_end"] == 1
    report = churn("2025-02-01", "2025-02-28", "2025-02-28")
    assert lost(report) == {"A": "2025-02-21"}
    assert report["lines"][0]["typical"] == 10
    assert report["lines"][0]["threshold"] == 30


def test_a_purchase_on_the_day_of_loss_keeps_the_customer(world: World) -> None:
    for day in ("2025-01-01", "2025-01-11", "2025-01-21", "2025-02-21"):
        world.order("A", day, "100")
    world.load()
    assert lost(churn("2025-02-01", "2025-02-28", "2025-02-28")) == {}
    report = churn("2025-02-01", "2025-04-30", "2025-04-30")
    assert lost(report) == {"A": "2025-03-24"}
    assert report["recovered_customers"] == 0


def test_who_bought_once_has_a_year_of_three_default_intervals(world: World) -> None:
    world.order("A", "2025-01-01", "500")
    world.load()
    report = churn("2025-12-01", "2025-12-31", "2025-12-31")
    assert lost(report) == {"A": "2025-12-28"}
    assert report["lines"][0]["typical"] == 120
    assert report["lines"][0]["one_time"] is True
    assert lost(churn("2025-12-01", "2025-12-31", "2025-12-27")) == {}


def test_a_reversal_takes_the_purchase_away_from_the_day_it_is_known(world: World) -> None:
    world.order("A", "2025-01-21", "100", order_id="1")
    world.order("A", "2025-02-15", "80", order_id="2")
    world.order("A", "2025-03-01", "-80", order_id="2")
    world.load()
    before = churn("2025-02-01", "2026-03-31", "2025-02-28", default_interval_days=1, floor_days=1)
    after = churn("2025-02-01", "2026-03-31", "2025-03-01", default_interval_days=1, floor_days=1)
    assert before["lines"][0]["last_purchase"] == "2025-02-15"
    assert lost(before) == {"A": "2025-02-19"}
    # three days after 21 January it counted as lost; as of 1 March it never came back
    assert lost(
        churn("2025-01-01", "2025-03-31", "2025-03-01", default_interval_days=1, floor_days=1)
    ) == {"A": "2025-01-25"}
    assert after["lines"] == []


def test_a_row_recorded_late_is_unseen_before(world: World) -> None:
    world.order("A", "2025-01-01", "100")
    world.order("A", "2025-02-10", "100", recorded_on="2025-04-10")
    world.load()
    days = {"default_interval_days": 10, "floor_days": 30}
    assert lost(churn("2025-01-01", "2025-04-30", "2025-04-09", **days)) == {"A": "2025-02-01"}
    assert lost(churn("2025-01-01", "2025-04-30", "2025-04-10", **days)) == {"A": "2025-03-13"}


def test_a_contract_to_31_march_is_lost_on_1_may(world: World) -> None:
    world.order("A", "2024-04-01", "1200")
    world.contract("A", "2024-04-01", "2025-03-31")
    world.load()
    report = churn("2025-04-01", "2025-05-31", "2025-05-31")
    assert lost(report) == {"A": "2025-05-01"}
    assert report["lines"][0]["basis"] == "contract"
    assert lost(churn("2025-04-01", "2025-05-31", "2025-04-30")) == {}


def test_under_an_open_contract_nobody_is_lost(world: World) -> None:
    world.order("A", "2020-01-01", "1200")
    world.contract("A", "2020-01-01")
    world.load()
    report = churn("2025-01-01", "2025-12-31", "2025-12-31")
    assert (report["lines"], report["active_at_end"], report["at_risk_customers"]) == ([], 1, 0)


def test_who_bought_after_the_cover_ended_follows_the_rule(world: World) -> None:
    world.order("A", "2025-01-01", "100")
    world.order("A", "2025-04-05", "100")
    world.contract("A", "2025-01-01", "2025-03-31")
    world.load()
    report = churn("2025-01-01", "2026-12-31", "2026-12-31")
    assert lost(report) == {"A": "2026-04-01"}  # 5 April + 360 days + 1
    assert report["lines"][0]["basis"] == "rule"


def test_a_later_credit_lowers_the_value(world: World) -> None:
    for day in ("2025-01-01", "2025-01-11", "2025-01-21"):
        world.order("A", day, "100")
    world.order("A", "2025-02-25", "-40")
    world.load()
    assert churn("2025-02-01", "2025-02-28", "2025-02-24")["loss"] == "300.00"
    assert churn("2025-02-01", "2025-02-28", "2025-02-28")["loss"] == "260.00"


def test_cents_are_rounded_by_row_halves_away_from_zero(world: World) -> None:
    world.order("A", "2025-01-01", "10.005")
    world.order("B", "2025-01-01", "3", fx_rate="41.2345", currency="USD")
    world.load()
    report = churn("2025-12-01", "2025-12-31", "2025-12-31")
    assert [(line["customer_id"], line["loss"]) for line in report["lines"]] == [
        ("A", "10.01"),
        ("B", "123.70"),
    ]
    assert report["loss"] == "133.71"


def test_a_threshold_may_end_in_a_half(world: World) -> None:
    for day in ("2025-01-01", "2025-01-12", "2025-01-24"):  # gaps 11 and 12: 11.5
        world.order("A", day, "100")
    world.load()
    report = churn("2025-02-01", "2025-03-31", "2025-03-31")
    assert report["lines"][0]["typical"] == "11.5"
    assert report["lines"][0]["threshold"] == "34.5"
    assert lost(report) == {"A": "2025-02-28"}  # 35 days later, the first day beyond 34.5
    assert lost(churn("2025-02-01", "2025-03-31", "2025-03-31", k="2.7", floor_days=1)) == {
        "A": "2025-02-25"  # 31.05 days
    }


def test_who_came_back_is_no_loss_but_counted(world: World) -> None:
    for day in ("2025-01-01", "2025-01-11", "2025-01-21", "2025-03-01"):
        world.order("A", day, "100")
    world.load()
    report = churn("2025-02-01", "2025-03-31", "2025-03-31")
    assert report["lines"] == []
    assert report["recovered_customers"] == 1
    assert report["recovered_value"] == "400.00"
    assert churn("2025-02-01", "2025-02-28", "2025-02-28")["recovered_customers"] == 0


def test_nothing_known_is_no_data(world: World) -> None:
    world.load()
    report = churn("2025-01-01", "2025-12-31", "2025-12-31")
    assert report["loss"] == "0.00"
    for rate in ("average_value", "logo_churn", "logo_churn_lo", "logo_churn_hi", "revenue_churn"):
        assert report[rate] is None
    assert report["opening_customers"] == 0


def test_won_and_lost_inside_the_period_is_a_line_but_in_no_rate(world: World) -> None:
    world.order("New", "2025-02-01", "70")
    world.order("Old", "2024-12-01", "30")
    world.load()
    days = {"default_interval_days": 30, "k": 1, "floor_days": 30}
    report = churn("2025-01-01", "2025-12-31", "2025-12-31", **days)
    assert lost(report) == {"New": "2025-03-04", "Old": "2025-01-01"}
    assert (report["opening_customers"], report["lost_of_opening"]) == (1, 1)
    assert [line["in_opening_base"] for line in report["lines"]] == [False, True]


@pytest.mark.parametrize(("customers", "stop", "end"), [(3, 0, "lo"), (10, 10, "hi")])
def test_of_none_and_of_all_the_range_ends_exactly(
    customers: int, stop: int, end: str, world: World
) -> None:
    """In numbers of binary places what is left of the formula is 4.9e-17 of 3, and 1 less 1.1e-16 of 10."""
    for number in range(customers):
        days = QUARTERS_2024 if number < stop else QUARTERS_2024 + QUARTERS_2025
        for day in days:
            world.order(f"C{number:03}", day, "25000")
    world.load()
    report = churn("2025-01-01", "2025-12-31", "2025-12-31")
    ends = {"lo": report["logo_churn_lo"], "hi": report["logo_churn_hi"]}
    assert float(ends[end]) == (0 if end == "lo" else 1) and "e" not in str(ends[end])
    other = "hi" if end == "lo" else "lo"
    assert float(ends[other]) == pytest.approx({"hi": 0.561497, "lo": 0.722467}[other], abs=1e-6)
