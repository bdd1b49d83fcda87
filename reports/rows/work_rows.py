"""What reps did on which day, as parts of one SQL statement (loss-reports sections 6 and 11).

An activity belongs wholly to the local day it starts on. Selling minutes of a rep-day are the union of its
selling intervals, counted in seconds and floored to whole minutes once (ruling 6): calls at the same time
never count twice. Minutes by kind are plain sums of the same clipped minutes, so that they may be more.

Parameters: `date` (the as-of day as ISO text), `from_at`, `until_at` (instants, see `instants`), `max_minutes`.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from crm.lib.periods import day_start, end_of
from crm.lib.sql import epoch_sql, local_day_sql

# Kinds and the minutes that stand in where none were noted; any other kind counts as `other`.
SELLING = {
    "call": 10,
    "email": 5,
    "message": 3,
    "meeting": 60,
    "visit": 90,
    "demo": 60,
    "proposal": 45,
    "negotiation": 60,
}
OTHER = "other"
NOT_SELLING = {"admin": 30, "internal": 30, "training": 60, "travel": 60, "report": 30, OTHER: 15}
MINUTES = SELLING | NOT_SELLING
KINDS = tuple(MINUTES)
# What is added up of a rep-day.
COUNTED = ("selling_minutes", "records", "imputed", *(f"{kind}_minutes" for kind in KINDS))


# Wider than any day: a rep and a day travel as one number. (SQLite looks a pair that must not be in a list up
# by reading the whole list: 5 s for a year of 200 reps instead of 0.2.)
WIDTH = 1_000_000


def rep_day(rep_id: str = "rep_id", day: str = "day") -> str:
    """An SQL expression: one number for a rep and a day."""
    return f"({rep_id} * {WIDTH} + {day})"


def instants(first: date, last: date, zone: ZoneInfo) -> dict[str, Any]:
    """The beginning of one local day and the end of another, as the statement compares them."""
    adapt = connection.ops.adapt_datetimefield_value
    return {"from_at": adapt(day_start(first, zone)), "until_at": adapt(end_of(last, zone))}


def done(zone: ZoneInfo, vendor: str, condition: str, source: str = "sales_activity a") -> str:
    """`done(id, rep_id, day, kind, selling, imputed, start_s, minutes)`: what was done, with clipped minutes.

    `condition` on the rows `a`: `known()` for what was known at the as-of day, whatever it is, or more.
    """
    known_kinds = ", ".join(f"'{kind}'" for kind in KINDS)
    selling = ", ".join(f"'{kind}'" for kind in SELLING)
    defaults = " ".join(f"WHEN '{kind}' THEN {minutes}" for kind, minutes in MINUTES.items())
    default = f"CASE a.kind {defaults} ELSE {MINUTES[OTHER]} END"
    minutes = f"CASE WHEN a.minutes >= 0 THEN a.minutes ELSE {default} END"
    return f"""
noted AS (
    SELECT a.id, a.author_id AS rep_id, {local_day_sql("a.start_at", zone, vendor)} AS day,
        CASE WHEN a.kind IN ({known_kinds}) THEN a.kind ELSE '{OTHER}' END AS kind,
        CASE WHEN a.kind IN ({selling}) THEN 1 ELSE 0 END AS selling,
        CASE WHEN a.minutes >= 0 THEN 0 ELSE 1 END AS imputed,
        {epoch_sql("a.start_at", vendor)} AS start_s, {minutes} AS given
    FROM {source} WHERE a.status = 'done' AND a.author_id IS NOT NULL AND {condition}
),
done AS (
    SELECT id, rep_id, day, kind, selling, imputed, start_s,
        CASE WHEN given > %(max_minutes)s THEN %(max_minutes)s ELSE given END AS minutes
    FROM noted
)"""


def known() -> str:
    """R2 for the activities `a` that start between the two instants."""
    return (
        "a.start_at >= %(from_at)s AND a.start_at < %(until_at)s AND a.recorded_on <= %(date)s"
        " AND (a.deleted_on IS NULL OR a.deleted_on > %(date)s)"
    )


def placed() -> str:
    """`placed`: `done` with `seconds`, what an activity adds to the selling time of its day."""
    return """
in_order AS (
    SELECT done.*, MAX(CASE WHEN selling = 1 THEN start_s + minutes * 60 END) OVER (
        PARTITION BY rep_id, day ORDER BY start_s, minutes, id
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS busy_until
    FROM done
),
placed AS (
    SELECT id, rep_id, day, kind, selling, imputed, start_s, minutes,
        CASE WHEN selling = 0 THEN 0
            WHEN busy_until IS NULL OR busy_until <= start_s THEN minutes * 60
            WHEN start_s + minutes * 60 > busy_until THEN start_s + minutes * 60 - busy_until
            ELSE 0 END AS seconds
    FROM in_order
)"""


def day_sums() -> str:
    """A SELECT of the figures of `COUNTED` of each rep-day with anything done, from `placed`."""
    return f"SELECT rep_id, day, {', '.join(_sums())} FROM placed GROUP BY rep_id, day"


def _sums() -> Iterator[str]:
    # on PostgreSQL the sum is a decimal, which would be divided without being cut
    yield "CAST(CAST(SUM(seconds) AS BIGINT) / 60 AS INTEGER) AS selling_minutes"
    yield "CAST(COUNT(*) AS INTEGER) AS records"
    yield "CAST(SUM(imputed) AS INTEGER) AS imputed"
    for kind in KINDS:
        minutes = f"SUM(CASE WHEN kind = '{kind}' THEN minutes ELSE 0 END)"
        yield f"CAST({minutes} AS INTEGER) AS {kind}_minutes"
