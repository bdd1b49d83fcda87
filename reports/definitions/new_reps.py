"""Loss 5: what did newcomers cost who brought neither sales nor a record of work?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.lib.money import half_up
from crm.lib.periods import day_number
from customers.models import Merge, Revenue
from reports.models import Evidence, Snapshot
from reports.printing import Money, money_keys
from reports.report import Dimension, Listed, Measure, Report, Run, Totals, Whole, register
from reports.rows.new_rep_rows import Newcomer, Record, records_of
from reports.rows.ramp import ramp
from reports.rows.staff import Staff
from reports.rows.wage_rows import cost_of
from reports.rows.work_calendar import WorkCalendar
from reports.snapshots.filling import Row, insert_made
from sales.models import Activity
from team.models import Absence, Employment, Membership, Wage

PARAMETERS = ("ramp_months", "min_result", "min_activities_per_day", "require_no_record")


@dataclass(frozen=True)
class Judged:
    """A newcomer with what it brought and cost (cents, each rounded once)."""

    newcomer: Newcomer
    record: Record
    wages: int
    expenses: int
    no_result: bool
    no_record: bool


def fill(snapshot: Snapshot, run: Run) -> dict[str, Any]:
    """A row for each newcomer judged in the period or still to be judged; few enough to be made one by one.

    What is no sum over them: the ramp, for the chart.
    """
    staff = Staff(run.as_of)
    newcomers = [each for each in _newcomers(staff, run) if _concerns(each, run)]
    days = [each.employed.hired_on for each in newcomers]
    ends = [each.evaluated_on for each in newcomers]
    calendar = WorkCalendar.over(min([run.as_of, *days]), max([run.as_of, *ends, *days]), run.as_of)
    records = records_of(newcomers, run.as_of, calendar)
    pairs = zip(newcomers, records, strict=True)
    judged = [_judged(*pair, staff, calendar, run) for pair in pairs]
    insert_made(snapshot, (row for each in judged for row in _rows(each, staff, calendar, run)))
    return {"ramp": ramp(run.as_of, {each.employed.rep_id for each in newcomers})}


def _newcomers(staff: Staff, run: Run) -> Iterator[Newcomer]:
    for employments in staff.employments.values():
        for employed in employments:
            yield Newcomer.of(employed, run.values["ramp_months"])


def _concerns(newcomer: Newcomer, run: Run) -> bool:
    judged = newcomer.evaluation
    in_period = day_number(run.period.start) <= judged <= day_number(run.end)
    return in_period or judged > day_number(run.as_of)


def _judged(
    newcomer: Newcomer, record: Record, staff: Staff, calendar: WorkCalendar, run: Run
) -> Judged:
    employed = newcomer.employed
    cost = cost_of(staff, calendar, employed.rep_id, employed.first, newcomer.evaluation)
    return Judged(
        newcomer,
        record,
        half_up(cost.wages),
        half_up(cost.expenses),
        record.has_no_result(run.values),
        record.has_no_record(run.values),
    )


def _rows(judged: Judged, staff: Staff, calendar: WorkCalendar, run: Run) -> Iterator[Row]:
    """Who has no result but worked is in `learning`, also where that is counted as a loss (then not in the base)."""
    cost = judged.wages + judged.expenses
    if judged.newcomer.evaluation > day_number(run.as_of):
        yield _row("in_progress", judged, staff, 0, 0)
        if judged.no_result and judged.no_record:
            left = _wages_left(judged.newcomer, staff, calendar, run.as_of)
            yield _row("in_progress_idle", judged, staff, left, 0)
        return
    worked = judged.no_result and not judged.no_record
    counted = judged.no_result and (judged.no_record or not run.values["require_no_record"])
    if counted:
        yield _row("loss", judged, staff, cost, judged.wages)
    if worked:
        yield _row("learning", judged, staff, cost, judged.wages, in_base=not counted)
    if not counted and not worked:
        yield _row("evaluated", judged, staff, cost, judged.wages)


def _wages_left(newcomer: Newcomer, staff: Staff, calendar: WorkCalendar, as_of: date) -> int:
    """Cents from the day after `as_of` to the evaluation, or to a day of leaving that lies ahead."""
    employed = newcomer.employed
    last = min(newcomer.evaluation, employed.planned)
    return half_up(cost_of(staff, calendar, employed.rep_id, day_number(as_of) + 1, last).wages)


def _row(
    measure: str, judged: Judged, staff: Staff, cents: int, wages: int, *, in_base: bool = True
) -> Row:
    newcomer, employed = judged.newcomer, judged.newcomer.employed
    return Row(
        measure,
        employed.reference,
        ("user", employed.rep_id),
        employed.rep_id,
        staff.team_at(employed.rep_id, newcomer.evaluation),
        newcomer.evaluated_on,
        cents,
        in_base=in_base,
        base_cents=wages,
        facets=_facets(judged),
    )


def _facets(judged: Judged) -> dict[str, Any]:
    """No wages here: they are a director's, and the columns alone are guarded. `result_cents` is revenue."""
    hired = judged.newcomer.employed.hired_on
    return {
        "hire_on": hired.isoformat(),
        "hired_in": f"{hired:%Y-%m}",
        "evaluated_on": judged.newcomer.evaluated_on.isoformat(),
        "working_days": judged.record.working_days,
        "result_cents": judged.record.result,
        "activities": judged.record.activities,
        "no_result": int(judged.no_result),
        "no_record": int(judged.no_record),
    }


def headline(totals: Totals, run: Run, whole: Whole) -> dict[str, Any]:
    """The figures of section 13. Wages and expenses are those of the loss."""
    loss = totals["loss"]
    return {
        "loss_cents": loss.cents,
        "wages_cents": loss.base_cents,
        "expenses_cents": loss.cents - loss.base_cents,
        "reps": loss.n,
        "evaluated": loss.n + totals["learning"].base_n + totals["evaluated"].n,
        "no_result_but_worked": totals["learning"].n,
        "in_progress": totals["in_progress"].n,
    }


def printed(snapshot: Snapshot, run: Run) -> dict[str, Any]:
    """The JSON of `manage.py report new_reps`."""
    rows = snapshot.evidence.filter(measure__in=("loss", "learning", "evaluated"), in_base=True)
    lines = [_line(row) for row in rows.iterator(2000)]
    lines.sort(key=lambda line: (line["rep_id"], line["hire_on"]))
    figures = {name: snapshot.headline[name] for name in headline(Totals(), run, {})}
    return money_keys(figures) | {"lines": lines}


def _line(row: Evidence) -> dict[str, Any]:
    facets, counted = row.facets, row.measure == "loss"
    return {
        "rep_id": row.line_key,
        "hire_on": facets["hire_on"],
        "evaluated_on": facets["evaluated_on"],
        "working_days": facets["working_days"],
        "result": Money(facets["result_cents"]),
        "activities": facets["activities"],
        "no_result": bool(facets["no_result"]),
        "no_record": bool(facets["no_record"]),
        "counted": counted,
        "wage": Money(row.base_cents),
        "expenses": Money(row.cents - row.base_cents),
        "loss": Money(row.cents if counted else 0),
    }


NEW_REPS = register(
    Report(
        slug="new_reps",
        version=2,
        title=_("New reps without results"),
        question=_("What did newcomers cost who brought neither sales nor a record of work?"),
        formula=_("wages and expenses of newcomers judged without a sale and without a record"),
        parameter_names=PARAMETERS,
        measures=(
            Measure("loss", _("No result, no record"), by_month=True),
            Measure("learning", _("No result, but worked"), by_month=True),
            Measure("evaluated", _("Others judged"), by_month=True),
            Measure("in_progress", _("Still to be judged"), unit="count"),
            Measure("in_progress_idle", _("Still to be judged, nothing so far"), live=True),
        ),
        lists=(
            Listed("loss", _("No result, no record"), ("loss",), False, "reps", "loss_cents"),
            Listed(
                "learning",
                _("No result, but worked"),
                ("learning",),
                count="no_result_but_worked",
            ),
            Listed(
                "evaluated",
                _("All judged in the period"),
                ("loss", "learning", "evaluated"),
                True,
                "evaluated",
            ),
            Listed("in_progress", _("Still to be judged"), ("in_progress",), count="in_progress"),
            Listed("idle", _("Still to be judged, nothing so far"), ("in_progress_idle",)),
        ),
        dimensions=(
            Dimension("owner", _("Rep"), "column"),
            Dimension("team", _("Team"), "column"),
            Dimension("hired_in", _("Month of hire")),
        ),
        fill=fill,
        headline=headline,
        printed=printed,
        every_night=True,
        reads=(Absence, Activity, Employment, Membership, Merge, Revenue, Wage),
        loss=5,
        money_kind=_("money spent"),
    )
)
