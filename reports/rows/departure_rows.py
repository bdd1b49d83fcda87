"""The evidence of loss 6 as SQL: lines of loss 1 of the same run, told of who left (section 8).

The lines are copied from the snapshot of churn, `%(churn)s`: money and dates are those of loss 1, so that
loss 6 is a part of it. Owner and team are the leaver's on the leave date (ruling 10).
"""

from crm.lib.sql import (
    day_number_sql,
    json_object_sql,
    json_text_sql,
    json_with_sql,
    typed_date_sql,
)
from customers.knowledge import known, not_test, survivor_of


def gone(vendor: str) -> str:
    """`gone`: a row per departed line, with its leaver and the leave date."""
    left_on = typed_date_sql(json_text_sql("e.facets", "leave_on", vendor), vendor)
    return f"""
copied AS MATERIALIZED (
    SELECT e.line_key, e.subject_id AS customer_id, e.occurred_on, e.cents, e.facets,
        u.id AS rep_id, u.reference AS leaver, {left_on} AS left_on
    FROM reports_evidence e
    JOIN team_user u ON u.reference = {json_text_sql("e.facets", "departure", vendor)}
    WHERE e.snapshot_id = %(churn)s AND e.measure = 'departed'
),
gone AS MATERIALIZED (
    SELECT copied.*, {day_number_sql("left_on", vendor)} AS left_day, {team_on("copied")} AS team_id
    FROM copied
)"""


def team_on(row: str) -> str:
    """An expression: the team of `rep_id` of a row on its `left_on`."""
    return f"""(
        SELECT t.team_id FROM team_membership t
        WHERE t.user_id = {row}.rep_id AND t.from_on <= {row}.left_on
            AND (t.to_on IS NULL OR t.to_on > {row}.left_on) AND {known("t", "t.from_on")}
        ORDER BY t.from_on DESC, t.id DESC LIMIT 1)"""


def successors(vendor: str) -> str:
    """`succeeded(customer_id, reference, gap)`: who owned it next, and after how many days of nobody.

    The leaver's own period may run on after the leave date: nobody is there all the same. Without a
    successor the days run on to the as-of day.
    """
    start, stop = day_number_sql("o.from_on", vendor), day_number_sql("o.to_on", vendor)
    return f"""
following AS (
    SELECT g.customer_id, o.rep_id, o.reference, o.from_on,
        CASE WHEN o.customer_id = g.customer_id THEN 0 ELSE 1 END AS distance,
        CASE WHEN {start} > g.left_day THEN {start} - g.left_day - 1 ELSE 0 END AS gap
    FROM customers_ownership o
    LEFT JOIN survivor v ON v.customer_id = o.customer_id
    JOIN gone g ON g.customer_id = {survivor_of("o")}
    WHERE o.rep_id <> g.rep_id AND {known("o", "o.from_on")} AND {not_test("o")}
        AND ({stop} IS NULL OR {stop} > {start} AND {stop} > g.left_day + 1)
),
next_owner AS (
    SELECT following.*, ROW_NUMBER() OVER (PARTITION BY customer_id
        ORDER BY gap, distance, from_on DESC, reference DESC) AS place
    FROM following
),
succeeded AS (
    SELECT n.customer_id, n.gap, u.reference
    FROM next_owner n JOIN team_user u ON u.id = n.rep_id WHERE n.place = 1
)"""


def periods(vendor: str) -> str:
    """`departure(rep_id, reference, left_on)`: the leave dates of the period up to the as-of day."""
    left = day_number_sql("e.left_on", vendor)
    return f"""
departure AS (
    SELECT u.id AS rep_id, u.reference, e.left_on
    FROM team_employment e JOIN team_user u ON u.id = e.user_id
    WHERE {left} >= %(start)s AND {left} <= %(end)s
        AND {known("e", "COALESCE(e.hired_on, e.left_on)")}
)"""


def evidence(vendor: str) -> str:
    return " UNION ALL ".join([_losses(vendor), _leavers(vendor), _departures(vendor)])


def _losses(vendor: str) -> str:
    days = "COALESCE(s.gap, %(day)s - g.left_day)"
    facets = json_with_sql(
        "g.facets",
        {
            "lost_on": "g.occurred_on",
            "successor": "s.reference",
            "days_without_owner": days,
            "without_owner": _band(days),
        },
        vendor,
    )
    return f"""
SELECT 'loss' AS measure, g.line_key, 'customer' AS subject_type, g.customer_id AS subject_id,
    g.rep_id AS owner_id, g.team_id, g.occurred_on, g.cents, g.cents AS low_cents,
    g.cents AS high_cents, {_false(vendor)} AS in_base, 0 AS base_cents, {facets} AS facets
FROM gone g LEFT JOIN succeeded s ON s.customer_id = g.customer_id"""


def _band(days: str) -> str:
    return (
        f"CASE WHEN {days} <= 0 THEN '0' WHEN {days} <= 14 THEN '1-14'"
        f" WHEN {days} <= 60 THEN '15-60' ELSE '61+' END"
    )


def _leavers(vendor: str) -> str:
    """A row per leaver, in the team of the last of the departures that took somebody along."""
    facets = json_object_sql(
        {"departure": "leaver", "leave_on": "left_on", "customers": "customers"}, vendor
    )
    return f"""
SELECT 'leaver' AS measure, leaver, 'user', rep_id, rep_id, team_id, left_on, cents, cents, cents,
    {_false(vendor)}, 0, {facets}
FROM (
    SELECT g.rep_id, g.leaver, g.team_id, g.left_on,
        CAST(SUM(g.cents) OVER whole AS BIGINT) AS cents, COUNT(*) OVER whole AS customers,
        ROW_NUMBER() OVER (PARTITION BY g.rep_id
            ORDER BY g.left_day DESC, g.customer_id) AS place
    FROM gone g WINDOW whole AS (PARTITION BY g.rep_id)
) left_with WHERE place = 1"""


def _departures(vendor: str) -> str:
    facets = json_object_sql({"departure": "d.reference", "leave_on": "d.left_on"}, vendor)
    return f"""
SELECT 'departure' AS measure, d.reference, 'user', d.rep_id, d.rep_id, {team_on("d")}, d.left_on,
    0, 0, 0, {_false(vendor)}, 0, {facets}
FROM departure d"""


def _false(vendor: str) -> str:
    return "0" if vendor == "sqlite" else "FALSE"
