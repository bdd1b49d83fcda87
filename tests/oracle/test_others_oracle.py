"""The further reports of the second calculation: worked numbers, keys, and the laws of section 12."""

import random
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.oracle.bridge import bridge
from tests.oracle.cases import alike
from tests.oracle.classes import abc, rfm
from tests.oracle.deals import forecast, win_loss
from tests.oracle.margin import margin
from tests.oracle.odd_companies import Odd
from tests.oracle.odd_deals import odd_firm
from tests.oracle.satisfaction import csat, nps, nps_churn
from tests.oracle.tables import Tables, forget_after
from tests.oracle.worked_others import OTHERS, OtherCase
from tests.require import fewer

Report = Callable[..., dict[str, Any]]
REPORTS: dict[str, Report] = {
    "bridge": bridge,
    "rfm": rfm,
    "abc": abc,
    "margin": margin,
    "nps": nps,
    "csat": csat,
    "nps_churn": nps_churn,
    "win_loss": win_loss,
    "forecast": forecast,
}
DIMENSIONS = ("customer", "product", "rep", "segment", "region")
KEYS = {
    "bridge": "start end parts customers grr nrr",
    "rfm": "customers lapsed",
    "nps": "n sent response_rate promoters detractors passives nps lo hi",
    "csat": "n sent response_rate satisfied csat lo hi",
    "nps_churn": "promoters passives detractors",
    "win_loss": "won lost won_amount lost_amount win_rate lo hi win_rate_amount reasons",
    "forecast": "open expected lo hi lines",
}


def run(case: OtherCase) -> dict[str, Any]:
    dates = (date.fromisoformat(each) for each in (case.from_, case.to, case.as_of))
    more = {"by": case.by} if case.by else {}
    return REPORTS[case.slug](case.tables, case.settings, *dates, case.params, **more)


def run_odd(slug: str, odd: Odd, **more: str) -> dict[str, Any]:
    return REPORTS[slug](odd.tables, odd.settings, odd.from_, odd.to, odd.as_of, odd.params, **more)


def run_all(odd: Odd) -> dict[str, Any]:
    found = {slug: run_odd(slug, odd) for slug in REPORTS if slug != "margin"}
    return found | {f"margin {by}": run_odd("margin", odd, by=by) for by in DIMENSIONS}


@pytest.mark.parametrize("case", OTHERS, ids=lambda case: case.name)
def test_worked_numbers(case: OtherCase) -> None:
    report = run(case)
    if case.slug in {"abc", "margin"}:
        assert list(report) == list(case.expected)
    wrong = {
        key: report[key] for key in case.expected if not alike(report[key], case.expected[key])
    }
    assert wrong == {}
    if case.lines is not None:
        lines = {line["opportunity_id"]: line for line in report["lines"]}
        assert alike(lines, case.lines)
        assert list(lines) == sorted(case.lines)


def test_exactly_the_keys() -> None:
    by_slug = {case.slug: case for case in reversed(OTHERS)}
    found = {slug: run(by_slug[slug]) for slug in KEYS}
    assert {slug: " ".join(report) for slug, report in found.items()} == KEYS
    lines = {" ".join(line) for line in found["forecast"]["lines"]}
    assert lines == {"opportunity_id stage amount p basis expected overdue"}
    buyers = {" ".join(buyer) for buyer in found["rfm"]["customers"].values()}
    assert buyers == {"recency frequency monetary R F M segment"}
    groups = {" ".join(group) for group in found["nps_churn"].values()}
    assert groups == {"n lost rate lo hi"}


@pytest.mark.parametrize("slug", REPORTS)
def test_nothing_known_is_empty_and_not_an_error(slug: str) -> None:
    report = REPORTS[slug]({}, {}, date(2025, 1, 1), date(2025, 12, 31), date(2025, 12, 31))
    filled = [value for value in report.values() if value not in (None, 0, [], {})]
    if slug == "bridge":
        assert {value for part in filled for value in part.values()} == {0}
    elif slug == "nps_churn":
        assert {(each["n"], each["rate"]) for each in filled} == {(0, None)}
    else:
        assert filled == []


odd_firms = st.integers(0, 10**9).map(lambda seed: odd_firm(random.Random(seed)))
often = settings(max_examples=fewer(25), deadline=None, suppress_health_check=list(HealthCheck))


IDENTITIES = {
    "surveys": "survey_id",
    "opportunities": "opportunity_id",
    "opp_history": "history_id",
}
REFERENCES = {"customer_id": "customers", "rep_id": "reps", "opportunity_id": "opportunities"}


@often
@given(odd_firms)
def test_odd_firms_hold_nothing_that_loading_refuses(odd: Odd) -> None:
    for table, identity in IDENTITIES.items():
        rows = odd.tables.get(table, [])
        assert len({row[identity] for row in rows}) == len(rows)
        for column, home in REFERENCES.items():
            known = {row[column] for row in odd.tables.get(home, [])}
            assert {row.get(column) or "" for row in rows} <= known | {""}
    for row in odd.tables.get("surveys", []):
        low, high = (0, 10) if row["kind"] == "nps" else (1, 5)
        assert row["score"] == "" or low <= int(row["score"]) <= high


@often
@given(odd_firms)
def test_the_bridge_closes(odd: Odd) -> None:
    report = run_odd("bridge", odd)
    assert report["start"] + sum(report["parts"].values()) == report["end"]
    assert report["grr"] is None or 0 <= report["grr"] <= 1
    revenue = sum(value["revenue"] for value in run_odd("margin", odd, by="customer").values())
    assert revenue == report["end"]


@often
@given(odd_firms)
def test_splits_add_up(odd: Odd) -> None:
    keys = ("revenue", "costed_revenue", "margin")
    splits = [run_odd("margin", odd, by=by) for by in DIMENSIONS]
    sums = [[sum(value[key] for value in split.values()) for key in keys] for split in splits]
    assert sums == [sums[0]] * len(DIMENSIONS)


@often
@given(odd_firms)
def test_headline_is_the_sum_of_its_lines(odd: Odd) -> None:
    deals = run_odd("forecast", odd)
    assert deals["open"] == sum(line["amount"] for line in deals["lines"])
    assert deals["expected"] == sum(line["expected"] for line in deals["lines"])
    assert 0 <= deals["lo"] <= deals["expected"] <= deals["hi"] <= deals["open"]
    closed = run_odd("win_loss", odd)
    assert closed["lost"] == sum(reason["count"] for reason in closed["reasons"].values())
    assert closed["lost_amount"] == sum(reason["amount"] for reason in closed["reasons"].values())
    answers = run_odd("nps", odd)
    groups = (answers[key] for key in ("promoters", "passives", "detractors"))
    assert answers["n"] == sum(groups)
    classes = run_odd("rfm", odd)
    assert len(classes["customers"]) + classes["lapsed"] == len(run_odd("abc", odd))


@often
@given(odd_firms)
def test_what_lies_after_the_day_of_knowledge_changes_nothing(odd: Odd) -> None:
    before = forget_after(odd.tables, odd.as_of)
    assert run_all(odd._replace(tables=before)) == run_all(odd)


@often
@given(odd_firms, st.randoms(use_true_random=False))
def test_the_order_of_rows_is_irrelevant(odd: Odd, shuffler: random.Random) -> None:
    shuffled = {name: shuffler.sample(rows, len(rows)) for name, rows in odd.tables.items()}
    assert run_all(odd._replace(tables=shuffled)) == run_all(odd)


@often
@given(odd_firms)
def test_doubling_every_rate_doubles_money_and_leaves_shares(odd: Odd) -> None:
    def at_rate(rate: str) -> Tables:
        rows = [
            {**row, "fx_rate": rate, "amount": row["amount"].split(".")[0], "cost": "1"}
            for row in odd.tables["revenue"]
        ]
        return {**odd.tables, "revenue": rows}

    one, two = (odd._replace(tables=at_rate(rate)) for rate in ("1", "2"))
    single, double = run_odd("bridge", one), run_odd("bridge", two)
    assert double["parts"] == {name: 2 * part for name, part in single["parts"].items()}
    assert (double["grr"], double["nrr"]) == (single["grr"], single["nrr"])
    for value, figures in run_odd("margin", two, by="product").items():
        half = run_odd("margin", one, by="product")[value]
        assert figures["margin"] == 2 * half["margin"]
        assert figures["margin_rate"] == half["margin_rate"]
    assert run_odd("abc", one) == run_odd("abc", two)


def test_money_and_rates_have_their_decimals() -> None:
    report = run(OTHERS[0])
    assert str(report["start"]) == "650.00"
    assert report["grr"] == Decimal("0.415384615385")
