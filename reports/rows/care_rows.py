"""Customers whom after-care watches and who are not safe yet: live, as `sales.handing_over.care` tells of today.

A customer of a hand-over of the last 180 days that holds, with its receiver still, active, and without an order or a
renewal since. Cover for an absence gives itself back and is not watched. Of several hand-overs the last one counts.
"""

from zoneinfo import ZoneInfo

from crm.lib.sql import date_sql, day_number_sql, json_object_sql, local_day_sql
from customers.knowledge import recorded
from reports.rows.handover_rows import SOLD

# The table of `watch`, drafted before the rest as that of who is left behind is.
WATCHED = "watched_customer"
# How long customers are watched (`sales.handing_over.care.WATCHED`), well within the year whose money is read.
DAYS = 180


def watch(vendor: str, zone: ZoneInfo) -> str:
    """`watch(customer_id, giver, receiver_id, since_day, on_date)`: a row per customer, of its last hand-over."""
    since = local_day_sql("h.applied_at", zone, vendor)
    undone = local_day_sql("h.undone_at", zone, vendor)
    return f"""
moved AS (
    SELECT COALESCE(v.survivor_id, l.record_id) AS customer_id, l.giver_id, l.receiver_id,
        {since} AS since_day, h.applied_at, h.id AS handover_id
    FROM sales_handover h JOIN sales_handoverline l ON l.handover_id = h.id
    LEFT JOIN survivor v ON v.customer_id = l.record_id
    WHERE h.applied_at IS NOT NULL AND h.kind <> 'cover'
        AND {since} <= %(day)s AND {since} > %(day)s - {DAYS}
        AND (h.undone_at IS NULL OR {undone} > %(day)s)
        AND l.kind = 'customer' AND l.chosen AND l.receiver_id IS NOT NULL
        AND (l.giver_id IS NULL OR l.giver_id <> l.receiver_id)
        AND l.record_id NOT IN (SELECT id FROM test_customer)
        AND COALESCE(v.survivor_id, l.record_id) NOT IN (SELECT id FROM test_customer)
),
last_moved AS (
    SELECT moved.*, ROW_NUMBER() OVER (PARTITION BY customer_id
        ORDER BY applied_at DESC, handover_id DESC) AS place
    FROM moved
),
watch AS (
    SELECT m.customer_id, g.reference AS giver, m.receiver_id, m.since_day,
        {date_sql("m.since_day", vendor)} AS since, {date_sql("%(day)s", vendor)} AS on_date
    FROM last_moved m LEFT JOIN team_user g ON g.id = m.giver_id WHERE m.place = 1
)"""


def safe(vendor: str) -> str:
    """`safe(customer_id)`: who ordered or renewed a contract since. Built on `SOLD` and `family`."""
    start = day_number_sql("k.start_on", vendor)
    noted = day_number_sql("k.recorded_on", vendor)
    return f"""
safe AS (
    SELECT w.customer_id FROM {WATCHED} w
    JOIN {SOLD} s ON s.customer_id = w.customer_id AND s.day >= w.since_day
    WHERE s.cents > 0
    UNION SELECT w.customer_id FROM {WATCHED} w JOIN family f ON f.customer_id = w.customer_id
    JOIN customers_contract k ON k.customer_id = f.member_id
    WHERE {start} >= w.since_day AND {noted} >= w.since_day AND k.cancelled_on IS NULL
        AND {recorded("k")}
)"""


def evidence(vendor: str, shown: str) -> str:
    """More rows of `to_hand_over`: of the receiver. `shown` selects the customers that have one already.

    Only who is active by loss 1 of the same run: whoever was lost since is a loss, and nothing to be stopped.
    """
    facets = json_object_sql(
        {
            "segment": "c.segment",
            "region": "c.region",
            "departure": "w.giver",
            "leave_on": "NULL",
            "successor": "u.reference",
            "watched": "1",
        },
        vendor,
    )
    cents = "CASE WHEN s.cents > 0 THEN CAST(s.cents AS BIGINT) ELSE 0 END"
    return f"""
SELECT 'to_hand_over' AS measure, c.reference AS line_key, 'customer' AS subject_type,
    w.customer_id AS subject_id, w.receiver_id AS owner_id, a.team_id,
    w.since AS occurred_on, {cents} AS cents, {cents} AS low_cents, {cents} AS high_cents,
    {"0" if vendor == "sqlite" else "FALSE"} AS in_base, 0 AS base_cents, {facets} AS facets
FROM {WATCHED} w JOIN customers_customer c ON c.id = w.customer_id
JOIN answered a ON a.customer_id = w.customer_id AND a.on_date = w.on_date AND a.rep_id = w.receiver_id
JOIN team_user u ON u.id = w.receiver_id
LEFT JOIN at_stake s ON s.customer_id = w.customer_id
WHERE w.customer_id NOT IN (SELECT customer_id FROM safe)
    AND w.customer_id NOT IN ({shown})
    AND w.customer_id IN (
        SELECT e.subject_id FROM reports_evidence e
        WHERE e.snapshot_id = %(churn)s AND e.measure = 'active')"""
