"""`manage.py report`: JSON alone on standard output, a clear sentence for everything that cannot be."""

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from crm.lib.periods import Period
from reports.definitions.abc import ABC
from reports.models import Snapshot
from reports.showing import run_for
from reports.snapshots.taking import take_snapshot
from team.models import Company, User
from tests.reports.conftest import World, printed

pytestmark = pytest.mark.thorough

HEAD = (
    "loss lost_customers average_value opening_customers lost_of_opening logo_churn logo_churn_lo "
    "logo_churn_hi revenue_churn active_at_end at_risk_customers at_risk_value recovered_customers "
    "recovered_value loss_to_departures method expected_loss expected_loss_se partial lines"
)
LINE = (
    "customer_id lost_on last_purchase purchases typical threshold basis p_alive in_opening_base "
    "one_time owner departure loss"
)
Login = Callable[[User], Client]
YEAR = ("--from", "2025-01-01", "--to", "2025-12-31", "--as-of", "2025-12-31")


@pytest.fixture(autouse=True)
def bakery(world: World) -> World:
    world.order("ß", "2024-12-01", "0.10")
    world.order("Z", "2024-12-01", "12")
    world.order("a", "2024-12-01", "1234567.891")
    world.load()
    return world


def test_the_keys_are_exactly_those_that_are_documented() -> None:
    report = printed("churn", *YEAR)
    assert " ".join(report) == HEAD
    assert " ".join(report["lines"][0]) == LINE


def test_keys_come_in_the_same_order_from_every_database() -> None:
    """PostgreSQL keeps the keys of stored JSON in an order of its own."""
    told = printed("departures", *YEAR)
    assert list(told) == ["loss", "customers", "reps", "departures_in_period", "lines"]
    norm = printed("leakage", *YEAR)["norm"]
    assert list(norm) == ["available", "sales", "new_sales", "expected", "loss"]


def test_lines_are_in_order_of_code_points_and_money_has_two_decimals() -> None:
    report = printed("churn", *YEAR)
    assert [line["customer_id"] for line in report["lines"]] == ["Z", "a", "ß"]
    assert [line["loss"] for line in report["lines"]] == ["12.00", "1234567.89", "0.10"]
    assert report["loss"] == "1234579.99"


def test_cohorts_are_a_list_and_calibration_goes_by_k() -> None:
    cohorts = printed("cohorts", "--as-of", "2025-02-28")
    assert cohorts == [
        {"cohort": "2024-12", "customers": 3, "retention": ["1.0", "0.0", "0.0"]},
        {"cohort": "2025-01", "customers": 0, "retention": [None, None]},
        {"cohort": "2025-02", "customers": 0, "retention": [None]},
    ]
    calibration = printed("calibration", "--as-of", "2026-12-31")
    assert list(calibration) == ["2", "2.5", "3", "4", "5"]
    assert calibration["3"] == {"called": 3, "returned": 0, "false_alarm": "0.0"}


def test_without_json_it_is_a_table() -> None:
    out = StringIO()
    call_command("report", "churn", *YEAR, stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[0].split() == ["loss", "1234579.99"]
    assert lines[-3].split()[:2] == ["Z", "2025-11-27"]


def test_the_as_of_day_is_the_end_of_the_period_if_that_is_over() -> None:
    printed("churn", *YEAR[:4])
    assert str(Snapshot.objects.get().as_of) == "2025-12-31"


def test_it_stores_the_snapshot_that_it_prints() -> None:
    report = printed("churn", *YEAR, k=2.5)
    snapshot = Snapshot.objects.get()
    assert snapshot.is_complete
    assert snapshot.values["k"] == "2.5"
    assert snapshot.parameters is None
    assert sum(row.cents for row in snapshot.evidence.filter(measure="loss")) == 123457999
    assert report["lost_customers"] == 3


def test_a_parameter_that_does_not_enter_is_named_aside() -> None:
    out, aside = StringIO(), StringIO()
    words = ("--as-of", "2025-12-31", "--set", "k=4", "--json")
    call_command("report", "calibration", *words, stdout=out, stderr=aside)
    assert json.loads(out.getvalue())["3"]["called"] == 0
    assert aside.getvalue().strip() == "k does not enter calibration."


def test_a_cap_below_the_floor_decides_as_the_definitions_say_and_that_is_told_aside() -> None:
    """min(cap, max(floor, 3 x 120)) = 20 days: bought on 1 December, lost on 22 December."""
    silence = ("--set", "floor_days=30", "--set", "cap_days=20")
    span = ("--from", "2024-12-01", "--to", "2024-12-31")
    report, aside = aloud("churn", *span, *silence)
    assert {line["lost_on"] for line in report["lines"]} == {"2024-12-22"}
    assert aside.startswith("floor_days (30) is more than cap_days (20): cap_days decides")


def test_a_day_to_come_is_told_and_no_page_shows_it(login: Login, admin: User) -> None:
    today = Company.get().today
    known = take_snapshot(ABC, run_for(ABC, Period(today, today), today - timedelta(days=1)))
    _report, aside = aloud("abc", "--as-of", f"{today + timedelta(days=30)}")
    assert f"--as-of {today + timedelta(days=30)} is a day to come: today is {today}" in aside
    assert login(admin).get(reverse("abc")).context["snapshot"] == known


@pytest.mark.parametrize(
    ("needs", "reason"),
    [
        ((), "3 customers without a contract are fewer than bgnbd_min_customers (100)."),
        (
            ("--set", "bgnbd_min_customers=1"),
            "0 customers who bought again are fewer than bgnbd_min_repeaters (50).",
        ),
    ],
)
def test_why_the_rule_told_instead_of_the_model_stands_beside_the_figures(
    needs: tuple[str, ...], reason: str
) -> None:
    words = ("churn", *YEAR, "--set", "churn_method=bgnbd", *needs)
    told = f"churn was told by the rule, not by the model: {reason}"
    report, aside = aloud(*words)
    assert (report["method"], aside) == ("rule", told)
    assert aloud("ledger", *words[1:])[1] == told
    out, aside_of_text = StringIO(), StringIO()
    call_command("report", *words, stdout=out, stderr=aside_of_text)
    assert (out.getvalue().splitlines()[0], aside_of_text.getvalue()) == (told, "")


def aloud(*words: str) -> tuple[Any, str]:
    """The JSON on standard output, which stands alone, and what is said aside."""
    out, aside = StringIO(), StringIO()
    call_command("report", *words, "--json", stdout=out, stderr=aside)
    return json.loads(out.getvalue()), aside.getvalue().strip()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("chrun", *YEAR), "There is no report “chrun”. There are: abc, "),
        (("churn",), "The report churn needs --from and --to."),
        (("forecast", "--as-of", "2025-12-31"), "The report forecast needs --to."),
        (("churn", *YEAR, "--by", "region"), "The report churn is not split: leave --by out."),
        (
            ("margin", *YEAR, "--by", "team"),
            "The report margin is split by: customer, product, rep, segment, region.",
        ),
        (
            ("churn", "--from", "9999-12-01", "--to", "9999-12-31"),
            "--to: “9999-12-31” is not between 1900 and 2100.",
        ),
        (
            ("cohorts", "--as-of", "0001-01-01"),
            "--as-of: “0001-01-01” is not between 1900 and 2100.",
        ),
        (
            ("churn", "--from", "2025-W01-1", "--to", "2025-12-31"),
            "--from: “2025-W01-1” is not a day. Write it like 2026-11-30.",
        ),
        (
            ("churn", "--from", "20250101", "--to", "2025-12-31"),
            "--from: “20250101” is not a day.",
        ),
        (
            ("churn", "--from", "2025-13-01", "--to", "2025-12-31"),
            "--from: “2025-13-01” is not a day.",
        ),
        (
            ("churn", "--from", "2025-12-31", "--to", "2025-01-01"),
            "The period ends before it starts",
        ),
        (("churn", *YEAR[:4], "--as-of", "2024-12-31"), "lies before the period begins"),
        (("churn", *YEAR, "--set", "kk=3"), "There is no parameter kk."),
        (("churn", *YEAR, "--set", "k"), "--set k: write it as name=value."),
        (("churn", *YEAR, "--set", "k=3", "--set", "k=2"), "--set k is given twice, 3 and 2:"),
        (("churn", *YEAR, "--set", "k=3", "--set", " k =3"), "--set k is given twice"),
        (("churn", *YEAR, "--set", "k=three"), "k: “three” is not a number."),
        (("churn", *YEAR, "--set", "k=NaN"), "is not a number"),
        (("churn", *YEAR, "--set", "k=0"), "k is 0.01 or more."),
        (("churn", *YEAR, "--set", "gap_memory=2.5"), "gap_memory is a whole number."),
        (("churn", *YEAR, "--set", "abc_a=1.1"), "abc_a is 1 or less."),
        (
            ("abc", "--as-of", "2025-12-31", "--set", "abc_a=0.9", "--set", "abc_b=0.5"),
            "abc_a (0.9) must not be more than abc_b (0.5).",
        ),
        (
            ("churn", *YEAR, "--set", "abc_b=0.5"),
            "abc_a (0.8) must not be more than abc_b (0.5).",
        ),
        (
            ("new_reps", *YEAR, "--set", "require_no_record=maybe"),
            "require_no_record is true or false.",
        ),
        (("churn", *YEAR, "--set", "churn_method=magic"), "churn_method is one of: rule, bgnbd."),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(words: tuple[str, ...], sentence: str) -> None:
    out = StringIO()
    with pytest.raises(CommandError) as refusal:
        call_command("report", *words, "--json", stdout=out)
    assert sentence in str(refusal.value)
    assert refusal.value.returncode == 1
    assert out.getvalue() == ""
    assert not Snapshot.objects.exists()
