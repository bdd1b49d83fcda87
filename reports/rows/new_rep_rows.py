"""The counts behind loss 5: of each newcomer the credited money, the done activities and the absent days."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from crm.lib.periods import add_months, day_number, day_of, day_start, end_of
from crm.lib.sql import day_number_sql, given_rows_sql, looked_up_sql
from crm.lib.transactions import roomy
from customers.knowledge import known, not_test, survivors
from reports.rows.staff import Employed
from reports.rows.work_calendar import WorkCalendar
from team.models import Company

SPAN_COLUMNS = {
    **dict.fromkeys(("number", "rep_id"), "BIGINT"),
    **dict.fromkeys(("first_on", "last_on"), "DATE"),
    **dict.fromkeys(("from_at", "until_at"), "TIMESTAMPTZ"),
}


@dataclass(frozen=True)
class Newcomer:
    """A hire until its evaluation day, the last day of so many months or the day of leaving if that is earlier."""

    employed: Employed
    evaluation: int

    @classmethod
    def of(cls, employed: Employed, months: int) -> "Newcomer":
        ramp_end = day_number(add_months(employed.hired_on, months)) - 1
        return cls(employed, min(ramp_end, employed.last))

    @cached_property
    def evaluated_on(self) -> date:
        return day_of(self.evaluation)


@dataclass
class Record:
    """What a newcomer brought until a day: credited cents, done activities, working days without the absent ones."""

    result: int = 0
    activities: int = 0
    working_days: int = 0

    def has_no_result(self, values: Mapping[str, Any]) -> bool:
        return self.result <= values["min_result"] * 100

    def has_no_record(self, values: Mapping[str, Any]) -> bool:
        return bool(self.activities < values["min_activities_per_day"] * self.working_days)


def records_of(newcomers: Iterable[Newcomer], as_of: date, calendar: WorkCalendar) -> list[Record]:
    """In the order given, up to the evaluation or the as-of day, whichever is earlier. One statement."""
    spans = [(each.employed, min(each.evaluation, day_number(as_of))) for each in newcomers]
    working = [set(calendar.working_between(each.first, last)) for each, last in spans]
    found = [Record(working_days=len(days)) for days in working]
    with roomy(), connection.cursor() as cursor:
        zone = Company.at(as_of).zone
        told = json.dumps([_told(n, each, last, zone) for n, (each, last) in enumerate(spans)])
        cursor.execute(_statement(connection.vendor), {"spans": told, "date": as_of.isoformat()})
        for number, what, value in cursor.fetchall():
            if what == "result":
                found[number].result = int(value)
            elif what == "done":
                found[number].activities = value
            elif value in working[number]:
                found[number].working_days -= 1
    return found


def _told(number: int, employed: Employed, last: int, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "number": number,
        "rep_id": employed.rep_id,
        "first_on": employed.hired_on.isoformat(),
        "last_on": day_of(last).isoformat(),
        "from_at": _instant(day_start(employed.hired_on, zone)),
        "until_at": _instant(end_of(day_of(last), zone)),
    }


def _instant(at: datetime) -> str:
    """As the database's column can be compared with it."""
    return str(connection.ops.adapt_datetimefield_value(at))


def _statement(vendor: str) -> str:
    on, away = 'r."on"', 'b."on"'
    own_money = f"r.rep_id = s.rep_id AND {on} >= s.first_on AND {on} <= s.last_on"
    own_work = "a.author_id = s.rep_id AND a.start_at >= s.from_at AND a.start_at < s.until_at"
    return f"""
WITH RECURSIVE {survivors()},
span AS MATERIALIZED ({given_rows_sql("spans", SPAN_COLUMNS, vendor)})
SELECT s.number, 'result' AS what, CAST(SUM(r.cents) AS BIGINT) AS value
FROM {looked_up_sql("span s", "customers_revenue", "r", own_money, vendor)}
LEFT JOIN survivor v ON v.customer_id = r.customer_id
WHERE {known("r", on)} AND {not_test("r")}
GROUP BY s.number
UNION ALL
SELECT s.number, 'done', COUNT(*)
FROM {looked_up_sql("span s", "sales_activity", "a", own_work, vendor)}
WHERE a.status = 'done' AND a.recorded_on <= %(date)s
    AND (a.deleted_on IS NULL OR a.deleted_on > %(date)s)
GROUP BY s.number
UNION ALL
SELECT DISTINCT s.number, 'away', {day_number_sql(away, vendor)}
FROM span s CROSS JOIN team_absence b
WHERE b.user_id = s.rep_id AND {away} >= s.first_on AND {away} <= s.last_on
    AND {known("b", away)}"""
