"""Decimals of the rules: bounded where they are set, and whatever is within the bounds computes on the database."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from customers.purchases import refresh_purchases
from reports.models import Parameters
from reports.report import Report, all_reports
from reports.rules.catalogue import CLASS_SHARES, PARAMETERS, Parameter
from reports.rules.parameters import in_force, set_parameters, values_of
from team.models import User
from tests.reports.conftest import World, printed

pytestmark = pytest.mark.thorough

DECIMALS = sorted(name for name, each in PARAMETERS.items() if each.kind in ("decimal", "share"))
STEP = Decimal("0.0001")
# Days as far apart as a rule may look, so that products with them are as large as they get.
FAR = {"cap_days": 36_500, "floor_days": 0, "default_interval_days": 36_500, "value_days": 36_500,
       "rfm_days": 36_500, "new_days": 36_500, "rate_window_days": 36_500, "min_gaps": 1,
       "min_rate_n": 1, "min_value_n": 1, "ramp_months": 1}  # fmt: skip


@pytest.fixture
def busy(world: World) -> World:
    """A little of everything that a report reads; the oldest purchase eighty years before the last, the largest of
    nine milliards.
    """
    world.rep("R", "North", "2020-01-01", wage="3000")
    world.rep("N", "North", "2025-02-01", wage="3000")
    for customer, days in {
        "old": ("1945-01-01", "1945-03-02"),
        "slow": ("1950-01-01", "1999-01-01", "2024-12-01"),
        "now": ("2025-01-05", "2025-03-06", "2025-09-06", "2025-12-06"),
    }.items():
        for day in days:
            world.order(customer, day, "9000000000", cost="5000000000", rep_id="R")
        world.owned(customer, "R", "2020-01-01")
    world.cost("C", "2025-03-01", "400000")
    for day in ("2025-03-01", "2025-03-05", "2025-06-01"):
        lead = world.lead(f"{day}T09:00:00Z", "R", source="web", campaign_id="C")
        world.touch("R", f"{day}T10:00:00Z", lead_id=lead, minutes=30)
    world.lead(
        "2025-03-07T09:00:00Z", "R", source="web", converted_on="2025-03-20", customer_id="now"
    )
    world.touch("N", "2025-03-03T09:00:00Z", minutes=30)
    world.survey("now", "2025-05-05", 9)
    world.deal(
        "R", "2025-02-01", ("2025-02-01", "qualified", "5000"), ("2025-03-01", "won", "5000")
    )
    world.deal("R", "2025-12-01", ("2025-12-01", "qualified", "9000000000"), closes="2026-01-15")
    world.load()
    return world


def _edges(parameter: Parameter) -> list[Decimal]:
    """The least and the most, and their neighbours with all four decimals."""
    low, high = Decimal(parameter.low), Decimal(parameter.high)
    return [low, low + STEP, high - STEP, high]


def _tried(report: Report) -> list[dict[str, Decimal]]:
    """All decimal parameters of a report at one edge, and each at another edge than the one before it."""
    names = [name for name in DECIMALS if name in report.parameter_names]
    together = [{name: _edges(PARAMETERS[name])[edge] for name in names} for edge in range(4)]
    crossed = [
        {name: _edges(PARAMETERS[name])[(edge + at) % 4] for at, name in enumerate(names)}
        for edge in range(4)
    ]
    return [_in_order(values) for values in [*together, *crossed]]


def _in_order(values: dict[str, Decimal]) -> dict[str, Decimal]:
    """The share of class A is never more than that of A and B."""
    lower, upper = CLASS_SHARES
    low, high = (values.get(name, PARAMETERS[name].default) for name in CLASS_SHARES)
    if low <= high:
        return values
    return values | {lower: high, upper: low}


DECIDED = [report for report in all_reports() if set(DECIMALS) & set(report.parameter_names)]


@pytest.mark.parametrize("report", DECIDED, ids=lambda report: str(report.slug))
@pytest.mark.parametrize("days", [{}, FAR], ids=["usual days", "far days"])
def test_every_report_computes_with_the_most_extreme_rules(
    busy: World, report: Report, days: dict[str, Any]
) -> None:
    start = ["--from", "2025-12-31" if report.looks_ahead else "2025-01-01"]
    words = [*start, "--to", "2026-03-31" if report.looks_ahead else "2025-12-31"]
    for values in _tried(report):
        known = {name: value for name, value in days.items() if name in report.parameter_names}
        assert printed(report.slug, *words, "--as-of", "2025-12-31", **known, **values) is not None


@pytest.mark.parametrize("edge", range(4))
def test_the_roll_up_of_purchases_computes_too(busy: World, edge: int) -> None:
    values = {name: _edges(PARAMETERS[name])[edge] for name in ("k", "warn_ratio")}
    for days in ({}, {"cap_days": 36_500, "default_interval_days": 36_500}):
        set_parameters(values | days, by=None, reason="Extreme")
        refresh_purchases(None)


@pytest.mark.parametrize("name", DECIMALS)
def test_five_decimals_are_refused_and_zeros_at_the_end_are_none(name: str, db: None) -> None:
    parameter = PARAMETERS[name]
    for text in ("0.50001", "1e-5", "0.5e-4", "0.33333333333333333333333333333333"):
        with pytest.raises(ValueError, match=f"^{name} (has at most 4 decimals|is 0.01 or more)"):
            parameter.clean(text)
    assert parameter.clean("0.50000000000000000000000000000000000000") == Decimal("0.5")
    assert parameter.clean("5000e-4") == Decimal("0.5")
    assert parameter.clean("0.3333") == Decimal("0.3333")


@pytest.mark.parametrize(
    ("report", "name", "text"),
    [
        ("churn", "k", "2.33333333333333333333"),
        ("churn", "k", "2,33333333333333333333"),
        ("churn", "warn_ratio", "0.666666666666666666"),
        ("churn", "warn_ratio", "1e-30"),
        ("abc", "abc_a", "1e-30"),
    ],
)
def test_the_form_refuses_and_keeps_what_was_typed(
    login: Any, admin: User, report: str, name: str, text: str
) -> None:
    browser = login(admin)
    page = browser.get(f"{reverse('rules')}?report={report}")
    form = page.context["form"]
    typed = {field.name: field.value() for field in form} | {name: text, "reason": "Exact"}
    answer = browser.post(reverse("rules"), typed | {"report": report})
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert "has at most 4 decimals." in shown and f'value="{text}"' in shown
    assert in_force() is None


def test_the_command_line_and_the_settings_file_refuse_with_the_same_sentence(busy: World) -> None:
    with pytest.raises(CommandError, match="warn_ratio has at most 4 decimals"):
        printed("churn", "--from", "2025-01-01", "--to", "2025-12-31", warn_ratio="1e-30")
    (busy.folder / "settings.json").write_text('{"params": {"abc_a": 0.33333}}')
    with pytest.raises(CommandError):
        call_command("load_tables", str(busy.folder), "--replace", "--yes")
    assert in_force() is None


def test_a_rule_that_was_saved_before_there_was_a_limit_is_rounded_to_it(busy: World) -> None:
    Parameters.objects.create(version=1, values={"k": "2.33333333333333333333"}, reason="Once")
    assert values_of(in_force())["k"] == Decimal("2.3333")
    assert printed("churn", "--from", "2025-01-01", "--to", "2025-12-31")["method"] == "rule"
    refresh_purchases(None)
