"""The counts behind loss 4: by segment (a rep's days with one team and wage) and month, one statement.

A paid day is a working day within employment without the rep's absence; a logged day is a paid day with any
record. Minutes on other days count too, also outside of employment.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.db import connection

from crm.lib.periods import day_number
from crm.lib.sql import day_number_sql, given_rows_sql
from customers.knowledge import known
from reports import selling_days
from reports.report import Run
from reports.staff import Segment, Staff
from reports.work_calendar import DAY_COLUMNS, WorkCalendar
from reports.work_rows import COUNTED, KINDS

SEGMENT_COLUMNS = dict.fromkeys(("number", "rep_id", "first_day", "last_day", "employed"), "BIGINT")
WEEKDAYS = range(7)


@dataclass(frozen=True)
class Work:
    """Days and whole minutes of a segment in a month. `by_kind` are plain sums, `by_weekday` selling minutes."""

    segment: Segment
    month: date
    last_day: int | None
    paid_days: int
    logged_days: int
    selling: int
    imputed: int
    by_kind: Mapping[str, int]
    by_weekday: tuple[int, ...]
    paid_weekdays: tuple[int, ...]


def work_of(
    run: Run, staff: Staff, calendar: WorkCalendar, cuts: Mapping[int, Iterable[int]] | None = None
) -> list[Work]:
    """Every segment and month in which a rep had a paid day or did anything, in a fixed order."""
    first, last = run.period.start, run.end
    segments = staff.segments(day_number(first), day_number(last), cuts)
    given = {
        "segments": json.dumps([_told(n, each) for n, each in enumerate(segments)]),
        "days": json.dumps(calendar.rows(first, last)),
        "start": first.isoformat(),
        "end": last.isoformat(),
    }
    asked = selling_days.Asked(first, last, run.as_of, run.values["max_activity_minutes"])
    rows = selling_days.rows_of(asked, partial(_statement, connection.vendor), given)
    return [_work(segments, row) for row in rows]


def _told(number: int, segment: Segment) -> dict[str, int]:
    return {
        "number": number,
        "rep_id": segment.rep_id,
        "first_day": segment.first,
        "last_day": segment.last,
        "employed": int(segment.is_employed),
    }


def _statement(vendor: str, worked: str) -> str:
    """Days are looked up with IN: joined, PostgreSQL took 22 s for 200 reps, as it expected one row of each."""
    return f"""
WITH segment AS MATERIALIZED ({given_rows_sql("segments", SEGMENT_COLUMNS, vendor)}),
calendar_day AS MATERIALIZED ({given_rows_sql("days", DAY_COLUMNS, vendor)}),
away AS MATERIALIZED (
    SELECT b.user_id AS rep_id, {day_number_sql('b."on"', vendor)} AS day
    FROM team_absence b
    WHERE b."on" >= %(start)s AND b."on" <= %(end)s AND {known("b", 'b."on"')}
),
paid AS MATERIALIZED (
    SELECT s.number, s.rep_id, c.day, c.month, c.weekday FROM segment s
    JOIN calendar_day c ON c.day >= s.first_day AND c.day <= s.last_day
    WHERE s.employed = 1 AND c.working = 1
        AND (s.rep_id, c.day) NOT IN (SELECT rep_id, day FROM away)
),
{worked},
rep_day AS (
    SELECT number, month, weekday, day, 1 AS paid, 0 AS logged,
        {", ".join(f"0 AS {name}" for name in COUNTED)}
    FROM paid
    UNION ALL
    SELECT s.number, c.month, c.weekday, NULL, 0,
        CASE WHEN (w.rep_id, w.day) IN (SELECT rep_id, day FROM paid) THEN 1 ELSE 0 END,
        {", ".join(f"w.{name}" for name in COUNTED)}
    FROM worked w
    JOIN segment s ON s.rep_id = w.rep_id AND s.first_day <= w.day AND s.last_day >= w.day
    JOIN calendar_day c ON c.day = w.day
)
SELECT number, month, {", ".join(_sums())} FROM rep_day
GROUP BY number, month ORDER BY number, month"""


def _sums() -> Iterator[str]:
    """The sums by segment and month, in the order in which `_work` reads them."""
    yield "MAX(day)"
    for name in ("paid", "logged", "selling_minutes", "imputed"):
        yield f"SUM({name})"
    for kind in KINDS:
        yield f"SUM({kind}_minutes)"
    for summed in ("selling_minutes", "paid"):
        for weekday in WEEKDAYS:
            yield f"SUM(CASE WHEN weekday = {weekday} THEN {summed} ELSE 0 END)"


def _work(segments: list[Segment], row: tuple[Any, ...]) -> Work:
    number, month, last_day, paid, logged, selling, imputed, *sums = row
    kinds, sold, paid_on = sums[: len(KINDS)], sums[-14:-7], sums[-7:]
    return Work(
        segment=segments[number],
        month=date.fromisoformat(month),
        last_day=last_day,
        paid_days=paid,
        logged_days=logged,
        selling=selling,
        imputed=imputed,
        by_kind=dict(zip(KINDS, kinds, strict=True)),
        by_weekday=tuple(sold),
        paid_weekdays=tuple(paid_on),
    )
