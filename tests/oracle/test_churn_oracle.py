"""The second calculation against numbers typed by hand, and against the laws of the reports."""

import random
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.oracle.cases import Case, company, differing
from tests.oracle.churn import at_risk, calibration, churn, cohorts, wilson
from tests.oracle.odd_companies import Odd, odd_company
from tests.oracle.tables import forget_after, read_tables, write_tables
from tests.oracle.worked import CASES, hundred_customers
from tests.require import fewer

KEYS = (
    "loss lost_customers average_value opening_customers lost_of_opening logo_churn logo_churn_lo "
    "logo_churn_hi revenue_churn active_at_end at_risk_customers at_risk_value "
    "recovered_customers recovered_value loss_to_departures method expected_loss "
    "expected_loss_se partial lines"
)
LINE_KEYS = (
    "customer_id lost_on last_purchase purchases typical threshold basis p_alive in_opening_base "
    "one_time owner departure loss"
)


def run(case: Case) -> dict[str, Any]:
    dates = (date.fromisoformat(each) for each in (case.from_, case.to, case.as_of))
    return churn(case.tables, {}, *dates, case.params)


def run_odd(odd: Odd) -> dict[str, Any]:
    return churn(odd.tables, odd.settings, odd.from_, odd.to, odd.as_of, odd.params)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_worked_numbers(case: Case) -> None:
    report = run(case)
    assert differing(report, case.expected) == {}
    if case.lines is None:
        return
    assert [line["customer_id"] for line in report["lines"]] == sorted(case.lines)
    for line in report["lines"]:
        assert differing(line, case.lines[line["customer_id"]]) == {}


def test_exactly_the_keys() -> None:
    report = run(CASES[0])
    assert " ".join(report) == KEYS
    assert {" ".join(line) for line in report["lines"]} == {LINE_KEYS}


def test_nothing_known_is_empty_and_not_zero() -> None:
    report = churn({}, {}, date(2025, 1, 1), date(2025, 12, 31), date(2025, 12, 31))
    assert report["loss"] == report["at_risk_value"] == report["recovered_value"] == 0
    assert report["opening_customers"] == report["active_at_end"] == 0
    empty = ("average_value", "logo_churn", "logo_churn_lo", "logo_churn_hi", "revenue_churn")
    assert [report[key] for key in empty] == [None] * 5
    assert report["lines"] == []
    assert cohorts({}, date(2025, 12, 31)) == []


def test_the_early_warning_names_the_ten() -> None:
    named = at_risk(hundred_customers(), {}, date(2025, 7, 15))
    assert named == [f"C{n:03}" for n in range(1, 11)]


def test_a_two_year_silence_is_a_false_alarm_only_within_a_year() -> None:
    # Lost on 29 December 2023 for k = 3; back after 365 days, and after 366 days.
    back = [("in", "2023-01-02", "1"), ("in", "2024-12-28", "1")]
    late = [("out", "2023-01-02", "1"), ("out", "2024-12-29", "1")]
    table = calibration(company(back + late), {}, date(2025, 6, 30))
    assert table["3"]["called"] == 2
    assert table["3"]["returned"] == 1
    assert float(table["3"]["false_alarm"]) == 0.5
    assert list(table) == ["2", "2.5", "3", "4", "5"]


def test_cohorts_by_hand() -> None:
    rows = [("A", "2025-01-31", "1"), ("B", "2025-01-01", "1"), ("A", "2025-03-01", "1")]
    assert cohorts(company([*rows, ("C", "2025-03-31", "1")]), date(2025, 3, 31)) == [
        {"cohort": "2025-01", "customers": 2, "retention": [1, 0, 0.5]},
        {"cohort": "2025-02", "customers": 0, "retention": [None, None]},
        {"cohort": "2025-03", "customers": 1, "retention": [1]},
    ]
    last = cohorts(company(rows), date(2025, 3, 30))[0]
    assert last == {"cohort": "2025-01", "customers": 2, "retention": [1, 0, None]}


def test_wilson_of_a_textbook() -> None:
    low, high = wilson(10, 100)
    assert (round(float(low or 0), 3), round(float(high or 0), 3)) == (0.055, 0.174)
    assert wilson(0, 5)[0] == 0
    assert wilson(5, 5)[1] == 1


def test_tables_survive_a_folder(tmp_path: Any) -> None:
    odd = odd_company(random.Random(5))
    write_tables(tmp_path, odd.tables, odd.settings)
    tables, settings_read = read_tables(tmp_path)
    reread = Odd(tables, settings_read, odd.from_, odd.to, odd.as_of, odd.params)
    assert run_odd(reread) == run_odd(odd)


odd_companies = st.integers(0, 10**9).map(lambda seed: odd_company(random.Random(seed)))
often = settings(max_examples=fewer(60), deadline=None, suppress_health_check=list(HealthCheck))


@often
@given(odd_companies)
def test_headline_is_the_sum_of_its_lines(odd: Odd) -> None:
    report = run_odd(odd)
    lines = report["lines"]
    assert report["loss"] == sum(line["loss"] for line in lines)
    assert report["lost_customers"] == len(lines)
    assert report["lost_of_opening"] == sum(line["in_opening_base"] for line in lines)
    departures = sum(line["loss"] for line in lines if line["departure"])
    assert report["loss_to_departures"] == departures <= report["loss"]
    assert [line["customer_id"] for line in lines] == sorted(line["customer_id"] for line in lines)


@often
@given(odd_companies)
def test_what_lies_after_the_day_of_knowledge_changes_nothing(odd: Odd) -> None:
    before = forget_after(odd.tables, odd.as_of)
    assert run_odd(odd._replace(tables=before)) == run_odd(odd)
    assert calibration(before, odd.settings, odd.as_of, odd.params) == calibration(
        odd.tables, odd.settings, odd.as_of, odd.params
    )
    assert cohorts(before, odd.as_of) == cohorts(odd.tables, odd.as_of)


@often
@given(odd_companies, st.integers(0, 400))
def test_two_halves_have_the_lines_of_the_whole(odd: Odd, day: int) -> None:
    middle = min(odd.from_ + timedelta(days=day), odd.to)
    first = run_odd(odd._replace(to=middle))
    second = run_odd(odd._replace(from_=middle + timedelta(days=1)))
    whole = run_odd(odd)

    def lines(*reports: dict[str, Any]) -> list[dict[str, Any]]:
        # Whether a line was in the opening base depends on where the period starts.
        found = [line for report in reports for line in report["lines"]]
        return sorted(
            ({**line, "in_opening_base": None} for line in found),
            key=lambda line: line["customer_id"],
        )

    assert lines(first, second) == lines(whole)


@often
@given(odd_companies, st.randoms(use_true_random=False))
def test_the_order_of_rows_is_irrelevant(odd: Odd, shuffler: random.Random) -> None:
    shuffled = {name: shuffler.sample(rows, len(rows)) for name, rows in odd.tables.items()}
    assert run_odd(odd._replace(tables=shuffled)) == run_odd(odd)


@often
@given(odd_companies)
def test_doubling_every_rate_doubles_the_loss_of_whole_cents(odd: Odd) -> None:
    single = [
        {**row, "fx_rate": "1", "amount": f"{row['amount'].split('.')[0]}"}
        for row in odd.tables["revenue"]
    ]
    double = [{**row, "fx_rate": "2"} for row in single]
    one = run_odd(odd._replace(tables={**odd.tables, "revenue": single}))
    two = run_odd(odd._replace(tables={**odd.tables, "revenue": double}))
    assert two["loss"] == 2 * one["loss"]
    assert two["revenue_churn"] == one["revenue_churn"]
