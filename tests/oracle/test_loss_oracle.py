"""The second calculation of the losses against numbers typed by hand."""

from typing import Any

import pytest

from tests.oracle.cases import Case, differing
from tests.oracle.loss_reports import line_id, run_case
from tests.oracle.worked_losses import LOSS_CASES

KEYS = {
    "leakage": "loss lo hi leads leaked at_risk norm unreported lines",
    "marketing": "loss cost spent_without_leads lines",
    "time": "loss loss_lo cost share logged_share lines",
    "new_reps": "loss wages expenses reps evaluated no_result_but_worked in_progress lines",
    "departures": "loss customers reps departures_in_period lines",
}
LINE_KEYS = {
    "leakage": "source leads timely late never pending leaked leaked_converted rate rate_n "
    "rate_scope value value_n value_scope estimable loss lo hi at_risk_leads at_risk",
    "marketing": "campaign_id cost leads unworked pending converted customers cost_per_lead "
    "cost_per_customer loss",
    "time": "rep_id month working_days logged_days available_minutes selling_minutes share cost "
    "loss loss_lo",
    "new_reps": "rep_id hire_on evaluated_on working_days result activities no_result no_record "
    "counted wage expenses loss",
    "departures": "customer_id rep_id leave_on last_purchase lost_on loss",
}


@pytest.mark.parametrize("case", LOSS_CASES, ids=lambda case: f"{case.slug}: {case.name}")
def test_worked_numbers(case: Case) -> None:
    report = run_case(case)
    if isinstance(report, list):
        report = {entry["rep_id"]: entry for entry in report}
        assert set(report) == set(case.expected)
        assert {rep: differing(report[rep], typed) for rep, typed in case.expected.items()} == {
            rep: {} for rep in report
        }
        return
    assert differing(report, case.expected) == {}
    if case.lines is None:
        return
    found = {line_id(case.slug, line): line for line in report["lines"]}
    assert list(found) == sorted(case.lines)
    assert {name: differing(found[name], case.lines[name]) for name in found} == {
        name: {} for name in found
    }


@pytest.mark.parametrize("slug", KEYS)
def test_exactly_the_keys(slug: str) -> None:
    reports = [run_case(case) for case in LOSS_CASES if case.slug == slug]
    lines: list[dict[str, Any]] = [line for report in reports for line in report["lines"]]
    assert {" ".join(report) for report in reports} == {KEYS[slug]}
    assert {" ".join(line) for line in lines} == {LINE_KEYS[slug]}


def test_exactly_the_keys_of_ledger_and_effect() -> None:
    for case in LOSS_CASES:
        report = run_case(case)
        if case.slug == "ledger":
            assert " ".join(report) == (
                "as_of from to partial revenue_basis margin_basis margin_rate reports"
            )
            assert {each: " ".join(report["reports"][each]) for each in "23456"} == {
                "2": KEYS["leakage"],
                "3": KEYS["marketing"],
                "4": KEYS["time"],
                "5": KEYS["new_reps"],
                "6": KEYS["departures"],
            }
        elif case.slug == "did":
            keys = "rep_id treated controls control_ratio pre post loss lo hi"
            assert all(" ".join(entry) == keys for entry in report)
