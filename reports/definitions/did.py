"""What customers who stayed bought less after their rep left: an estimate, never part of the ledger."""

import json
from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from crm.lib.periods import day_number, day_of
from crm.lib.sql import given_rows_sql, rows_sql
from customers.knowledge import survivors
from reports.models import Evidence, Snapshot
from reports.printing import Money
from reports.reads import PURCHASES
from reports.report import Dimension, Listed, Measure, Report, Run, Totals, Whole, register
from reports.rows import cohort_rows, effect_rows, knowledge, rhythm, standing
from reports.rows.effects import Group, effect_of, is_estimable, mean_rest, ratio_of
from reports.rows.leaving import Departure, departures_by
from reports.snapshots.filling import drafted, insert_rows, read_rows
from team.models import Company

PARAMETERS = (
    "churn_method",
    "k",
    "floor_days",
    "cap_days",
    "default_interval_days",
    "gap_memory",
    "min_gaps",
    "contract_grace_days",
    "handover_days",
    "did_window_days",
    "did_min_treated",
    "did_min_controls",
)
# Of a departure with more controls than this their sums are kept, and no row of each.
LISTED = 1000
RUNS, PAIRS, SOLD, SALES = "did_runs", "did_compared", "did_sold", "did_sales"

Groups = dict[tuple[int, int], Group]


def fill(snapshot: Snapshot, run: Run) -> dict[str, Any]:
    """Compare the customers of all departures at once; estimate each from the sums."""
    gone = departures_by(run.as_of, window=run.values["did_window_days"])
    if not gone:
        return {"departures": []}
    vendor, values = connection.vendor, _statement_values(run, gone)
    told = effect_rows.departures(
        rows_sql([(n, each.rep_id, each.left_day) for n, each in enumerate(gone)], 3)
    )
    known, sold = survivors(), effect_rows.sold(vendor)
    runs = f"{known},{effect_rows.ties(vendor)},{effect_rows.owner_runs()}"
    pairs = f"{told},{_standing(vendor)}"
    with (
        drafted(RUNS, runs, effect_rows.RUNS, values, looked_up_by="customer_id"),
        drafted(PAIRS, pairs, effect_rows.COMPARED, values),
        drafted(SOLD, f"{known},{sold}", effect_rows.SOLD, values, looked_up_by="customer_id"),
        drafted(SALES, told, effect_rows.sales(PAIRS, SOLD), values),
    ):
        groups = _groups()
        squares = _squares(gone, groups, run, vendor)
        lines = [_line(n, each, groups, squares) for n, each in enumerate(gone)]
        shown = [key for key, group in groups.items() if key[1] or group.customers <= LISTED]
        rows = effect_rows.evidence(SALES, _numbered(shown), vendor)
        insert_rows(snapshot, told, rows, values)
    Evidence.objects.bulk_create(
        _row(snapshot, each, line) for each, line in zip(gone, lines, strict=True)
    )
    return {"departures": lines}


def _numbered(keys: list[tuple[int, int]]) -> str:
    return f"WITH shown(n, treated) AS ({rows_sql(sorted(keys), 2)}) SELECT n, treated FROM shown"


def _standing(vendor: str) -> str:
    """Who was active when, and who is compared."""
    return ",".join(
        [
            survivors(),
            knowledge.purchase_steps(vendor),
            standing.covers(vendor, ("day",)),
            rhythm.typical("step"),
            rhythm.rule(),
            cohort_rows.spans(),
            effect_rows.ties(vendor),
            effect_rows.compared(RUNS, vendor),
        ]
    )


def _statement_values(run: Run, gone: list[Departure]) -> dict[str, Any]:
    values, window = run.values, run.values["did_window_days"]
    days = [each.left_day for each in gone]
    return {
        **rhythm.memory_parameters(values),
        **rhythm.rule_parameters(values["k"], values),
        "date": run.as_of.isoformat(),
        "day": day_number(run.as_of),
        "today": Company.get().today.isoformat(),
        "grace": values["contract_grace_days"],
        "handover": values["handover_days"],
        "window": window,
        "first": min(days) - window,
        "last": max(days) + window,
    }


def _groups() -> Groups:
    """By departure and whether treated."""
    return {
        (row["n"], row["treated"]): Group(row["customers"], row["before_cents"], row["after_cents"])
        for row in read_rows("", effect_rows.sums(SALES), {})
    }


def _squares(
    gone: list[Departure], groups: Groups, run: Run, vendor: str
) -> Mapping[tuple[int, int], float]:
    """The squared rests of the departures that can be estimated; of the others nothing."""
    given = []
    for n in range(len(gone)):
        treated, controls = _pair(groups, n)
        least = run.values["did_min_treated"], run.values["did_min_controls"]
        if is_estimable(treated, controls, *least):
            ratio = ratio_of(controls)
            given += [
                {"n": n, "treated": t, "ratio": float(ratio), "mean": float(mean_rest(g, ratio))}
                for t, g in ((1, treated), (0, controls))
            ]
    kinds = {"n": "BIGINT", "treated": "BIGINT", "ratio": "FLOAT8", "mean": "FLOAT8"}
    statement = effect_rows.squares(SALES, given_rows_sql("given", kinds, vendor))
    rows = read_rows("", statement, {"given": json.dumps(given)})
    return {(row["n"], row["treated"]): float(row["squares"]) for row in rows}


def _pair(groups: Groups, n: int) -> tuple[Group, Group]:
    return groups.get((n, 1), Group()), groups.get((n, 0), Group())


def _line(
    n: int, departure: Departure, groups: Groups, squares: Mapping[tuple[int, int], float]
) -> dict[str, Any]:
    """What is kept of a departure; money in cents, nothing of it where there is not enough data."""
    treated, controls = _pair(groups, n)
    line: dict[str, Any] = {
        "rep_id": departure.reference,
        "leave_on": day_of(departure.left_day).isoformat(),
        "treated": treated.customers,
        "controls": controls.customers,
        "pre": treated.before,
        "post": treated.after,
        "controls_pre": controls.before,
        "controls_post": controls.after,
        "control_ratio": None,
    }
    if (n, 1) not in squares:
        return line
    effect = effect_of(treated, controls, squares[n, 1], squares[n, 0])
    return line | {
        "control_ratio": f"{effect.ratio.numerator}/{effect.ratio.denominator}",
        "loss": effect.cents,
        "lo": effect.low_cents,
        "hi": effect.high_cents,
    }


def _row(snapshot: Snapshot, departure: Departure, line: dict[str, Any]) -> Evidence:
    """The departure itself: an estimate, or not enough data for one."""
    estimated = line["control_ratio"] is not None
    return Evidence(
        snapshot=snapshot,
        measure="effect" if estimated else "too_few",
        line_key=departure.reference,
        subject_type="user",
        subject_id=departure.rep_id,
        owner_id=departure.rep_id,
        team_id=departure.team_id,
        occurred_on=day_of(departure.left_day),
        cents=line.get("loss", 0),
        low_cents=line.get("lo", 0),
        high_cents=line.get("hi", 0),
        in_base=estimated,
        base_cents=line["pre"] if estimated else 0,
        facets={
            "departure": departure.reference,
            "leave_on": line["leave_on"],
            "treated": line["treated"],
            "controls": line["controls"],
        },
    )


def headline(totals: Totals, run: Run, whole: Whole) -> dict[str, Any]:
    """Departures with an estimate and without; what the estimates and the ends of their ranges add up to, in cents.

    Departures share their controls, so their errors go together: a root of summed squares would be too narrow.
    """
    effect = totals["effect"]
    return {
        "effect_cents": effect.cents,
        "effect_lo_cents": effect.low_cents,
        "effect_hi_cents": effect.high_cents,
        "departures": effect.n,
        "too_few": totals["too_few"].n,
        "treated": totals["treated"].n,
    }


def printed(snapshot: Snapshot, run: Run) -> list[dict[str, Any]]:
    """The JSON of `manage.py report did`."""
    return [_printed(line) for line in snapshot.whole["departures"]]


def _printed(line: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {name: line[name] for name in ("rep_id", "treated", "controls")}
    if line["control_ratio"] is None:
        return shown | dict.fromkeys(("control_ratio", "pre", "post", "loss", "lo", "hi"))
    part, whole = line["control_ratio"].split("/")
    money = {name: Money(line[name]) for name in ("pre", "post", "loss", "lo", "hi")}
    return shown | {"control_ratio": int(part) / int(whole), **money}


DID = register(
    Report(
        slug="did",
        version=1,
        title=_("Effect of a departure"),
        question=_("How much less did the customers of a departed rep buy who stayed?"),
        formula=_(
            "what they bought before × how other customers’ buying changed − what they bought after"
        ),
        parameter_names=PARAMETERS,
        measures=(
            Measure("effect", _("Estimated effect")),
            Measure("too_few", _("Not enough data"), unit="count"),
            Measure("treated", _("Customers of the departed rep")),
            Measure("controls", _("Other customers to compare with")),
        ),
        lists=(
            Listed(
                "effect", _("Estimated effect"), ("effect",), False, "departures", "effect_cents"
            ),
            Listed("too_few", _("Not enough data"), ("too_few",), count="too_few"),
            Listed("treated", _("Customers of the departed rep"), ("treated",), count="treated"),
            Listed("controls", _("Other customers to compare with"), ("controls",)),
        ),
        dimensions=(
            Dimension("owner", _("Owner"), "column"),
            Dimension("team", _("Team"), "column"),
            Dimension("departure", _("Departed rep")),
            Dimension("leave_on", _("Last day")),
            Dimension("segment", _("Segment")),
            Dimension("region", _("Region")),
        ),
        fill=fill,
        headline=headline,
        printed=printed,
        every_night=True,
        reads=PURCHASES,
        needs_period=False,
    )
)
