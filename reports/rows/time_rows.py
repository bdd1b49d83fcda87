"""The counts behind loss 4: by segment (a rep's days with one team and wage) and month, one statement.

A paid day is a working day within employment without the rep's absence; a logged day is a paid day with any
record. Minutes on other days count too, also outside of employment.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from operator import add
from typing import Any

from django.db import connection

from crm.lib.periods import day_number
from crm.lib.sql import day_number_sql, given_rows_sql
from customers.knowledge import known
from reports.report import Run
from reports.rows import selling_days
from reports.rows.staff import Segment, Staff
from reports.rows.work_calendar import DAY_COLUMNS, WorkCalendar
from reports.rows.work_rows import KINDS, rep_day

SEGMENT_COLUMNS = dict.fromkeys(("number", "rep_id", "first_day", "last_day", "employed"), "BIGINT")
WEEKDAYS = range(7)


@dataclass(frozen=True)
class Work:
    """Days and whole minutes of a segment in a month. `by_kind` are plain sums, `by_weekday` selling minutes.

    `last_day` is the last paid day, 0 if there is none.
    """

    segment: Segment
    month: date
    last_day: int
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
    return [_work(segments[number], month, sums) for (number, month), sums in _added(rows).items()]


def _told(number: int, segment: Segment) -> dict[str, int]:
    return {
        "number": number,
        "rep_id": segment.rep_id,
        "first_day": segment.first,
        "last_day": segment.last,
        "employed": int(segment.is_employed),
    }


def _statement(vendor: str, worked: str) -> str:
    """Days are looked up with IN: joined, PostgreSQL took 22 s for 200 reps, as it expected one row of each.

    Segments lead what was worked (CROSS JOIN): SQLite finds it by the rep so.
    """
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
        AND {rep_day("s.rep_id", "c.day")} NOT IN (SELECT {rep_day()} FROM away)
),
{worked}
SELECT number, month, {", ".join(_paid_sums())} FROM paid GROUP BY number, month
UNION ALL
SELECT s.number, c.month, {", ".join(_worked_sums())}
FROM segment s CROSS JOIN worked w CROSS JOIN calendar_day c
WHERE s.rep_id = w.rep_id AND s.first_day <= w.day AND s.last_day >= w.day AND c.day = w.day
GROUP BY s.number, c.month"""


def _paid_sums() -> Iterator[str]:
    """The first of two rows of a segment and month; `_work` reads both in this order."""
    yield "MAX(day)"
    yield "COUNT(*)"
    yield from ["0"] * (3 + len(KINDS) + len(WEEKDAYS))
    yield from (f"SUM(CASE WHEN weekday = {n} THEN 1 ELSE 0 END)" for n in WEEKDAYS)


def _worked_sums() -> Iterator[str]:
    yield from ["0", "0"]
    is_paid = f"{rep_day('w.rep_id', 'w.day')} IN (SELECT {rep_day()} FROM paid)"
    yield f"SUM(CASE WHEN {is_paid} THEN 1 ELSE 0 END)"
    yield from (f"SUM(w.{name})" for name in ("selling_minutes", "imputed"))
    yield from (f"SUM(w.{kind}_minutes)" for kind in KINDS)
    for n in WEEKDAYS:
        yield f"SUM(CASE WHEN c.weekday = {n} THEN w.selling_minutes ELSE 0 END)"
    yield from ["0"] * len(WEEKDAYS)


def _added(rows: Iterable[tuple[Any, ...]]) -> dict[tuple[int, str], list[int]]:
    """Both rows of each segment and month in one, in order."""
    found: dict[tuple[int, str], list[int]] = {}
    for number, month, *sums in rows:
        there = found.get((number, month))
        found[number, month] = sums if there is None else list(map(add, there, sums))
    return dict(sorted(found.items()))


def _work(segment: Segment, month: str, sums: list[int]) -> Work:
    last_day, paid, logged, selling, imputed, *more = sums
    kinds, sold, paid_on = more[: len(KINDS)], more[-14:-7], more[-7:]
    return Work(
        segment=segment,
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
