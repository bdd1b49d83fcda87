"""Every lead that leakage and speed look at, with its response and its class, drafted once a run.

A lead is judged by what we did: `timely` (answered by the due), `late`, `never` (not answered, the due is over),
`pending` (loss-reports section 4). Its owner is who had it on the local day of the due (ruling 10); where the due
lies ahead, who has it at the as-of day.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from fractions import Fraction
from math import floor
from typing import Any

from django.db import connection

from crm.lib.periods import day_number, day_start, end_of
from crm.lib.sql import (
    date_sql,
    epoch_sql,
    instant_sql,
    instant_text,
    json_object_sql,
    local_day_sql,
    rows_sql,
)
from customers.knowledge import held, said, survivors
from reports.report import Run
from reports.rows import lead_rows
from reports.rows.working_clock import Answer, answers, spans
from reports.snapshots.filling import drafted
from team.models import Company, Holiday

# Seconds after the arrival up to which a response falls into a band; what is later is the last but one.
BANDS = (("<=1h", 3600), ("<=24h", 86400))
SLOW, NONE = ">24h", "never"


@contextmanager
def judged_leads(run: Run, days_before: int = 0) -> Iterator[dict[str, Any]]:
    """The table `judged_lead` of leads of the period and of the `days_before` days that end at the as-of day.

    Answers the parameters that statements over it share. Columns beside those of `known_lead`: `response`,
    `due` (seconds; null if there is none), `class`, `band`, `in_period`, `mature`, `converts` (within
    `convert_days`; 1 or 0 all three), `on_day` (whose owner answers for it).
    """
    vendor, company = connection.vendor, Company.at(run.as_of)
    values = _values(run, days_before, company)
    expressions = ",".join(
        [
            survivors(),
            lead_rows.endings(vendor),
            lead_rows.leads(vendor, company.zone),
            _responses(vendor),
            _dues(run, days_before, company),
        ]
    )
    with drafted("judged_lead", expressions, _judged(vendor, company), values):
        yield values


def _values(run: Run, days_before: int, company: Company) -> dict[str, Any]:
    until = end_of(run.as_of, company.zone)
    return {
        "date": run.as_of.isoformat(),
        "day": day_number(run.as_of),
        "start": day_number(run.period.start),
        "end": day_number(run.end),
        "window": day_number(run.as_of) - days_before,
        "first_at": instant_text(day_start(_first_day(run, days_before), company.zone)),
        "until_at": instant_text(until),
        "until": int(until.timestamp()),
        "goal": floor(_goal(run)),
        "horizon": run.values["convert_days"],
        "today": company.today.isoformat(),
    }


def _first_day(run: Run, days_before: int) -> Any:
    if not days_before:
        return run.period.start
    return min(run.period.start, run.as_of - timedelta(days=days_before - 1))


def _goal(run: Run) -> Fraction:
    """Seconds in which a lead is to be answered."""
    return Fraction(run.values["sla_hours"]) * 3600


def _responses(vendor: str) -> str:
    return f"""
response AS (
    SELECT lead_id, {epoch_sql("first_at", vendor)} AS second FROM (
        SELECT l.lead_id, MIN(a.start_at) AS first_at
        FROM known_lead l {lead_rows.touches_of("l")} GROUP BY l.lead_id
    ) touched
)"""


def _dues(run: Run, days_before: int, company: Company) -> str:
    """`due(lead_id, second)`: by when a lead was to be answered.

    By the working clock only dues up to the as-of day are told: it makes no difference which later one it is.
    """
    if run.values["sla_clock"] == "elapsed" or _goal(run) == 0:
        return "due AS (SELECT lead_id, created + %(goal)s AS second FROM known_lead)"
    return f"""
answer_time(day, opens, length, low, high, base) AS (
    {rows_sql(_working_answers(run, days_before, company), 6)}
),
begun AS (
    SELECT l.lead_id, t.low, t.high, t.base, CASE WHEN l.created < t.opens THEN 0
        WHEN l.created - t.opens > t.length THEN t.length ELSE l.created - t.opens END AS worked
    FROM known_lead l JOIN answer_time t ON t.day = l.day
),
due AS (
    SELECT lead_id, CAST(base AS BIGINT) + worked AS second FROM begun
    WHERE worked BETWEEN low AND high
)"""


def _working_answers(run: Run, days_before: int, company: Company) -> list[Answer]:
    holidays = Holiday.days_at(run.as_of)
    days = spans(_first_day(run, days_before), run.as_of, company, holidays)
    return list(answers(days, _goal(run)))


def _judged(vendor: str, company: Company) -> str:
    due_day = local_day_sql("due_at", company.zone, vendor)
    return f"""
SELECT j.*,
    CASE WHEN due IS NULL OR due >= %(until)s THEN %(day)s ELSE {due_day} END AS on_day,
    CASE WHEN response IS NOT NULL
            THEN CASE WHEN due IS NULL OR response <= due THEN 'timely' ELSE 'late' END
        WHEN due < %(until)s THEN 'never' ELSE 'pending' END AS class,
    CASE WHEN response IS NULL THEN '{NONE}'
        {" ".join(f"WHEN response - created <= {most} THEN '{band}'" for band, most in BANDS)}
        ELSE '{SLOW}' END AS band
FROM (
    SELECT l.*, r.second AS response, d.second AS due,
        {instant_sql("d.second", vendor)} AS due_at,
        CASE WHEN l.day BETWEEN %(start)s AND %(end)s THEN 1 ELSE 0 END AS in_period,
        CASE WHEN l.day + %(horizon)s <= %(day)s THEN 1 ELSE 0 END AS mature,
        CASE WHEN l.converted_after BETWEEN 0 AND %(horizon)s THEN 1 ELSE 0 END AS converts
    FROM known_lead l
    LEFT JOIN response r ON r.lead_id = l.lead_id
    LEFT JOIN due d ON d.lead_id = l.lead_id
) j"""


def details(vendor: str) -> str:
    """`lead_detail`: the judged leads of the period with owner, team and what their rows show of them.

    What is shown of a lead is put together once for all its rows (0.2 s of 0.9 for 23,000 leads).
    """
    return f"""
moment AS (
    SELECT lead_id, {date_sql("on_day", vendor)} AS on_date FROM judged_lead WHERE in_period = 1
),{lead_rows.owners("moment")},
lead_detail AS MATERIALIZED (
    SELECT d.*, {_facets(vendor)} AS facets
    FROM (
        SELECT j.*, COALESCE(s.key, '(none)') AS line_key, s.key AS source,
            c.reference AS campaign, {said("c", "h", "channel")} AS channel, w.rep_id, w.team_id,
            {date_sql("j.day", vendor)} AS created_on
        FROM judged_lead j
        LEFT JOIN sales_leadsource s ON s.id = j.source_id
        LEFT JOIN sales_campaign c ON c.id = j.campaign_id
        LEFT JOIN sales_campaignpast h ON h.campaign_id = c.id AND {held("h")}
        LEFT JOIN lead_answered w ON w.lead_id = j.lead_id
        WHERE j.in_period = 1
    ) d
)"""


def rows(measure: str, source: str, counted: str, cents: tuple[str, str, str] | None = None) -> str:
    """Rows of evidence of a measure (an SQL expression) from leads of `lead_detail`; in the base: converted in time.

    `cents` are the expressions of the money with the limits of its range; none for rows that only count.
    """
    money, low, high = cents or ("0", "0", "0")
    return f"""
SELECT {measure} AS measure, line_key, 'lead' AS subject_type, lead_id AS subject_id,
    rep_id AS owner_id, team_id, created_on AS occurred_on, {money} AS cents, {low} AS low_cents,
    {high} AS high_cents, converts = 1 AS in_base, 0 AS base_cents, facets
FROM {source} WHERE {counted}"""


def _facets(vendor: str) -> str:
    """A weekday is 0 on Monday; what came after the arrival is in seconds, the conversion in days."""
    return json_object_sql(
        {
            "source": "source",
            "campaign": "campaign",
            "channel": "channel",
            "region": "region",
            "weekday": "(day + 3) %% 7",
            "hour": "hour",
            "band": "band",
            "class": "class",
            "closed_reason": "closed_reason",
            "answered_after": "response - created",
            "due_after": "due - created",
            "converted_after": "converted_after",
        },
        vendor,
    )
