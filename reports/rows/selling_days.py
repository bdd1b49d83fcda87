"""Reading what reps did by day as it was known at a day: from the roll-up, and where that may differ from the rows.

The roll-up (`SellingDay`, written by `reports.rows.rolling_days`) holds today's knowledge. A rep-day is in doubt if
any of its activities was recorded or deleted after the as-of day, or came or went since the roll-up was
written; its figures are then worked out from the activities. Another zone, another longest activity, or
activities that are not the ones the roll-up was made from: everything is.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from crm.lib.periods import day_number, day_of, day_start, end_of
from crm.lib.sql import given_rows_sql, local_day_sql, looked_up_sql
from crm.lib.transactions import one_state, roomy
from reports.models import SellingRollUp
from reports.rows import work_rows
from reports.rows.work_rows import COUNTED, rep_day
from team.models import Company

# Raised when what is added up of a day, or how, becomes another.
FORMULA = 1
# Rep-days in doubt up to which looking each up is quicker than reading all activities of the period.
MOST = 20_000
DOUBT = {
    **dict.fromkeys(("rep_id", "day"), "BIGINT"),
    **dict.fromkeys(("from_at", "until_at"), "TIMESTAMPTZ"),
}
Key = tuple[int, int]
Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Asked:
    """Activities of the local days first..last as known at the end of `as_of`, cut to `max_minutes`."""

    first: date
    last: date
    as_of: date
    max_minutes: int

    @property
    def zone(self) -> ZoneInfo:
        return Company.at(self.as_of).zone

    @property
    def values(self) -> dict[str, Any]:
        return {
            "date": self.as_of.isoformat(),
            "max_minutes": self.max_minutes,
            "first_day": day_number(self.first),
            "last_day": day_number(self.last),
            **work_rows.instants(self.first, self.last, self.zone),
        }


def rows_of(asked: Asked, statement: Callable[[str], str], values: dict[str, Any]) -> Rows:
    """What a statement over `worked(rep_id, day, ...)` yields; `statement` gets the expressions that make it.

    A few queries that see one state of the database, so that nobody writes the roll-up between them.
    """
    with one_state(), roomy():
        roll_up = _usable(asked)
        keys = None if roll_up is None else in_doubt(roll_up, asked)
        if keys is None or len(keys) > MOST:
            return _ask(statement(_direct(asked.zone)), asked.values | values)
        doubt = {"doubt": told(keys, asked.zone)}
        return _ask(statement(_kept(asked.zone)), asked.values | values | doubt)


def _usable(asked: Asked) -> SellingRollUp | None:
    told = {
        "formula": FORMULA,
        "zone": asked.zone.key,
        "max_minutes": asked.max_minutes,
        "is_whole": True,
    }
    return SellingRollUp.objects.filter(**told).first()


def in_doubt(roll_up: SellingRollUp, asked: Asked | None) -> list[Key] | None:
    """The rep-days that the roll-up may tell otherwise than was known at the as-of day (None: than is known now).

    None if it was made from activities that are no longer the same. All activities are read, once or twice.
    """
    vendor, zone = connection.vendor, ZoneInfo(roll_up.zone)
    later = "(a.id > %(last_id)s OR a.deleted_on >= %(known_on)s)"
    if asked is not None:
        later = f"""({later} OR a.recorded_on > %(date)s OR a.deleted_on > %(date)s)
    AND a.start_at >= %(from_at)s AND a.start_at < %(until_at)s"""
    doubtful = f"a.status = 'done' AND a.author_id IS NOT NULL AND {later}"
    known = {"last_id": roll_up.last_id, "known_on": str(roll_up.known_on)}
    values = (asked.values if asked else {}) | known
    counts = f"""
SELECT SUM(CASE WHEN a.id <= %(last_id)s THEN 1 ELSE 0 END),
    SUM(CASE WHEN a.id <= %(last_id)s THEN a.id ELSE 0 END),
    SUM(CASE WHEN {doubtful} THEN 1 ELSE 0 END)
FROM sales_activity a"""
    rows, id_sum, doubts = (number or 0 for number in _ask(counts, values)[0])
    if (rows, id_sum) != (roll_up.rows, roll_up.id_sum):
        return None
    day = local_day_sql("a.start_at", zone, vendor)
    keys = f"SELECT DISTINCT a.author_id, {day} FROM sales_activity a WHERE {doubtful}"
    return sorted((rep_id, number) for rep_id, number in _ask(keys, values)) if doubts else []


def _direct(zone: ZoneInfo) -> str:
    """`worked` from the activities alone."""
    return f"{_placed(zone, work_rows.known())}, worked AS ({work_rows.day_sums()})"


def doubt() -> str:
    """`doubt(rep_id, day, from_at, until_at)`: the rep-days of the parameter `doubt` (see `told`)."""
    return f"doubt AS MATERIALIZED ({given_rows_sql('doubt', DOUBT, connection.vendor)})"


def of_keys(zone: ZoneInfo, condition: str) -> str:
    """`placed` of the rep-days in doubt."""
    in_day = "a.author_id = d.rep_id AND a.start_at >= d.from_at AND a.start_at < d.until_at"
    source = looked_up_sql("doubt d", "sales_activity", "a", in_day, connection.vendor)
    return f"{doubt()}, {_placed(zone, condition, source)}"


def of_days(zone: ZoneInfo) -> str:
    """`placed` of all activities between two instants that are not deleted."""
    return _placed(
        zone,
        "a.start_at >= %(from_at)s AND a.start_at < %(until_at)s AND a.deleted_on IS NULL",
    )


def _kept(zone: ZoneInfo) -> str:
    condition = "a.recorded_on <= %(date)s AND (a.deleted_on IS NULL OR a.deleted_on > %(date)s)"
    return f"""{of_keys(zone, condition)},
worked AS (
    SELECT rep_id, day, {", ".join(COUNTED)} FROM reports_sellingday
    WHERE day >= %(first_day)s AND day <= %(last_day)s
        AND {rep_day()} NOT IN (SELECT {rep_day()} FROM doubt)
    UNION ALL {work_rows.day_sums()}
)"""


def _placed(zone: ZoneInfo, condition: str, source: str = "sales_activity a") -> str:
    return f"{work_rows.done(zone, connection.vendor, condition, source)},{work_rows.placed()}"


def told(keys: list[Key], zone: ZoneInfo) -> str:
    """Rep-days with the instants between which they lie, as a parameter holds them."""
    return json.dumps([_told(key, *_bounds(key[1], zone)) for key in keys])


def _told(key: Key, from_at: str, until_at: str) -> dict[str, Any]:
    return {"rep_id": key[0], "day": key[1], "from_at": from_at, "until_at": until_at}


@cache
def _bounds(day: int, zone: ZoneInfo) -> tuple[str, str]:
    return _instant(day_start(day_of(day), zone)), _instant(end_of(day_of(day), zone))


def _instant(at: datetime) -> str:
    return str(connection.ops.adapt_datetimefield_value(at))


def _ask(statement: str, values: dict[str, Any]) -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
