"""Loss 4: what do we pay for time that is not spent on business?"""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.lib.money import half_up
from reports.models import Snapshot
from reports.printing import Money, money_keys
from reports.report import Dimension, Listed, Measure, Report, Run, Sum, Totals, Whole, register
from reports.rows.staff import Staff
from reports.rows.time_lines import Line, TeamPart, lines_of, minutes_a_day
from reports.rows.time_rows import work_of
from reports.rows.work_calendar import WorkCalendar
from reports.rows.work_rows import KINDS
from reports.snapshots.filling import Row, insert_made
from reports.statistics.intervals import share
from sales.models import Activity
from team.models import Absence, Employment, Membership, Wage

PARAMETERS = ("hours_per_day", "allowance_share", "max_activity_minutes")
# Measures of time, in minutes or days.
COUNTS = ("selling", "available", "working_days", "logged_days")


def fill(snapshot: Snapshot, run: Run) -> dict[str, Any]:
    """Count in one statement, work the money out by line, write all rows in another."""
    staff, calendar = Staff(run.as_of), WorkCalendar.over(run.period.start, run.end, run.as_of)
    lines = lines_of(work_of(run, staff, calendar), staff, calendar, run.values)
    minutes = minutes_a_day(run.values)
    rows = (_row(line, part, minutes) for line in lines for part in line.parts)
    insert_made(snapshot, rows, COUNTS)
    return {}


def _row(line: Line, part: TeamPart, minutes: Fraction) -> Row:
    """What of a line happened in one team: the money with the times that go with it."""
    facets = _facets(line, part)
    return Row(
        "loss" if part.paid_days else "",
        line.key,
        ("user", line.rep_id),
        line.rep_id,
        part.team_id,
        part.last_day,
        part.loss,
        part.loss_lo,
        True,
        part.cost,
        facets,
        counts={
            "selling": part.selling,
            "available": half_up(part.paid_days * minutes),
            "working_days": part.paid_days,
            "logged_days": part.logged_days,
        },
        brief={"month": facets["month"]},
    )


def _facets(line: Line, part: TeamPart) -> dict[str, Any]:
    """No money here: it is a director's, and the columns alone are guarded."""
    by_kind = {kind: sum(work.by_kind[kind] for work in part.works) for kind in KINDS}
    return {
        "month": f"{line.month:%Y-%m}",
        "share": line.share,
        "minutes": {kind: minutes for kind, minutes in by_kind.items() if minutes},
        "imputed": sum(work.imputed for work in part.works),
        "selling_by_weekday": _by_weekday(work.by_weekday for work in part.works),
        "days_by_weekday": _by_weekday(work.paid_weekdays for work in part.works),
    }


def _by_weekday(columns: Iterable[tuple[int, ...]]) -> list[int]:
    return [sum(column) for column in zip(*columns, strict=True)]


def headline(totals: Totals, run: Run, whole: Whole) -> dict[str, Any]:
    """The figures of section 13; `share` is never above 1."""
    loss, days = totals["loss"], totals["working_days"].cents
    return {
        "loss_cents": loss.cents,
        "loss_lo_cents": loss.low_cents,
        "cost_cents": loss.base_cents,
        "share": share_of(totals["selling"].cents, days, run),
        "logged_share": share(totals["logged_days"].cents, days),
    }


def share_of(selling: int, days: int, run: Run) -> float | None:
    """Selling minutes as a share of the paid time of so many days, at most 1; None without any."""
    if not days:
        return None
    return float(min(Fraction(1), selling / (days * minutes_a_day(run.values))))


def printed(snapshot: Snapshot, run: Run) -> dict[str, Any]:
    """The JSON of `manage.py report time`."""
    columns = ("line_key", "owner__reference", "measure", "cents", "low_cents", "base_cents")
    lines: dict[tuple[str, str], dict[str, Sum]] = {}
    for key, rep, measure, cents, low, base in snapshot.evidence.values_list(*columns):
        sums = lines.setdefault((rep, key[-7:]), {})
        one = Sum(cents=cents, low_cents=low, base_cents=base)
        sums[measure] = sums.get(measure, Sum()) + one
    told = [_line(rep, month, sums, run) for (rep, month), sums in sorted(lines.items())]
    figures = {name: snapshot.headline[name] for name in headline(Totals(), run, {})}
    return money_keys(figures) | {"lines": told}


def _line(rep: str, month: str, sums: dict[str, Sum], run: Run) -> dict[str, Any]:
    days, selling, loss = sums["working_days"].cents, sums["selling"].cents, sums["loss"]
    return {
        "rep_id": rep,
        "month": month,
        "working_days": days,
        "logged_days": sums["logged_days"].cents,
        "available_minutes": days * Decimal(run.values["hours_per_day"]) * 60,
        "selling_minutes": selling,
        "share": share_of(selling, days, run),
        "cost": Money(loss.base_cents),
        "loss": Money(loss.cents),
        "loss_lo": Money(loss.low_cents),
    }


TIME = register(
    Report(
        slug="time",
        version=1,
        title=_("Paid hours without business"),
        question=_("What do we pay for time that is not spent on business?"),
        formula=_("wages of the working days × the share of the paid time without selling"),
        parameter_names=PARAMETERS,
        measures=(
            Measure("loss", _("Paid without business"), by_month=True),
            Measure("selling", _("Selling"), by_month=True, unit="minutes"),
            Measure("available", _("Paid time"), by_month=True, unit="minutes"),
            Measure("working_days", _("Working days"), by_month=True, unit="days"),
            Measure("logged_days", _("Days with a record"), by_month=True, unit="days"),
        ),
        lists=(
            Listed("loss", _("Paid without business"), ("loss",), money="loss_cents"),
            Listed("selling", _("Selling"), ("selling",)),
            Listed("available", _("Paid time"), ("available",)),
            Listed("working_days", _("Working days"), ("working_days",)),
            Listed("logged_days", _("Days with a record"), ("logged_days",)),
        ),
        dimensions=(
            Dimension("owner", _("Rep"), "column"),
            Dimension("team", _("Team"), "column"),
            Dimension("month", _("Month")),
        ),
        fill=fill,
        headline=headline,
        printed=printed,
        every_night=True,
        reads=(Activity, Absence, Employment, Membership, Wage),
        loss=4,
        money_kind=_("money spent"),
    )
)
