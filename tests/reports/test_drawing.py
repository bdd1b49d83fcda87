"""The axis of months: no month is left out of it, nor of the mean."""

from datetime import date

from crm.lib.periods import Period
from reports.drawing.charts import period_columns
from reports.report import Sum

YEAR = Period(date(2025, 11, 27), date(2026, 11, 26))


def test_a_month_without_a_loss_keeps_its_place_and_counts_in_the_mean() -> None:
    left = {"2025-12": Sum(n=1, cents=12_000_000_00), "2026-11": Sum(n=1, cents=9_000_000_00)}
    chart, unit = period_columns(YEAR, left, {}, "UAH", "/churn/?period=12-months")
    assert unit == "₴m"
    assert [mark.label for mark in chart.marks] == [
        *("Nov ’25", "Dec", "Jan", "Feb", "Mar", "Apr", "May"),
        *("Jun", "Jul", "Aug", "Sep", "Oct", "Nov"),
    ]
    assert [mark.value for mark in chart.marks].count(0) == 11
    assert [mark.running for mark in chart.marks] == [False] * 12 + [True]
    # twelve months are over; the running one is not in the mean
    assert [drawn.line.label for drawn in chart.lines] == ["1.00"]
    assert chart.marks[5].url == "/churn/?period=12-months&list=loss&month=2026-04#rows"


def test_a_period_that_ends_with_its_month_has_no_running_one() -> None:
    chart, _unit = period_columns(Period(date(2026, 9, 1), date(2026, 10, 31)), {}, {}, "UAH", "/?")
    assert [mark.running for mark in chart.marks] == [False, False]
    assert [line.text for line in chart.grid] == ["0"]
