"""Customers of who leaves or has left, whose hand-over is open: live, it knows of days that lie ahead (section 9).

The rep's customers are those of section 8: owned by the leave date, and not handed over long before. Open: no
receiver yet, or no touch by a receiver since. Only the last employment of a rep counts: who came back is here.
"""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from crm.lib.sql import (
    date_sql,
    day_number_sql,
    json_object_sql,
    local_day_sql,
)
from customers.knowledge import known, known_money, not_test, survivor_of
from reports.rows.departure_rows import team_on
from reports.rows.knowledge import owners

# What section 4 calls a touch: done, outward or a meeting in any direction.
TOUCH = (
    "a.status = 'done' AND (a.kind IN ('meeting', 'visit', 'demo')"
    " OR a.kind IN ('call', 'email', 'message') AND a.direction = 'out')"
)
# The table of `held`, drafted before the rest: PostgreSQL took it for one row and read everything for each
# (2.3 s for 1,000 of them).
HELD = "held_customer"
# What these customers and those of `care_rows` bought in the last year.
SOLD = "sold_lately"
# The days whose net revenue is at stake, up to the as-of day; no parameter (section 9).
YEAR = 365


def leaving(vendor: str) -> str:
    """`leaver(rep_id, reference, leave_on, left_day, left_on)`: `left_on` is at most the as-of day."""
    left = day_number_sql("e.left_on", vendor)
    return f"""
employed AS (
    SELECT e.user_id AS rep_id, e.left_on AS leave_on, {left} AS left_day,
        ROW_NUMBER() OVER (PARTITION BY e.user_id
            ORDER BY CASE WHEN e.left_on IS NULL THEN 0 ELSE 1 END, e.left_on DESC, e.id DESC) AS place
    FROM team_employment e
    WHERE e.recorded_on <= %(date)s AND (e.deleted_on IS NULL OR e.deleted_on > %(date)s)
        AND (e.hired_on IS NULL OR e.hired_on <= %(date)s)
),
leaver AS (
    SELECT e.rep_id, u.reference, e.leave_on, e.left_day,
        {date_sql("CASE WHEN e.left_day < %(day)s THEN e.left_day ELSE %(day)s END", vendor)} AS left_on
    FROM employed e JOIN team_user u ON u.id = e.rep_id
    WHERE e.place = 1 AND e.left_day IS NOT NULL
)"""


def held(vendor: str) -> str:
    """`held`: a row per customer of somebody who leaves or left, the last to leave before others.

    `stop_day` is the first day on which it was no longer theirs; null while it still is.
    """
    start, stop = day_number_sql("o.from_on", vendor), day_number_sql("o.to_on", vendor)
    return f"""
theirs AS (
    SELECT {survivor_of("o")} AS customer_id, l.rep_id, l.reference, l.leave_on, l.left_on, l.left_day,
        CASE WHEN {stop} <= %(day)s THEN {stop} END AS stop_day, {start} AS start_day
    FROM customers_ownership o
    LEFT JOIN survivor v ON v.customer_id = o.customer_id
    JOIN leaver l ON l.rep_id = o.rep_id
    WHERE {known("o", "o.from_on")} AND {not_test("o")} AND {start} <= l.left_day
        AND ({stop} IS NULL OR {stop} > %(day)s OR {stop} > l.left_day - %(handover)s)
),
ranked AS (
    SELECT theirs.*, ROW_NUMBER() OVER (PARTITION BY customer_id
        ORDER BY left_day DESC, reference, start_day DESC) AS place
    FROM theirs
),
held AS (
    SELECT ranked.*, {date_sql("%(day)s", vendor)} AS on_date FROM ranked WHERE place = 1
)"""


def family(tables: Iterable[str]) -> str:
    """`family(member_id, customer_id)`: the customers of these tables with what was merged into them.

    And `moment(customer_id, on_date)`: the day on which is asked who owns them.
    """
    each = list(tables)
    own = " UNION ".join(f"SELECT customer_id, on_date FROM {table}" for table in each)
    return f"""
moment AS MATERIALIZED ({own}),
family AS MATERIALIZED (
    SELECT customer_id AS member_id, customer_id FROM moment
    UNION SELECT v.customer_id, v.survivor_id FROM survivor v JOIN moment h ON h.customer_id = v.survivor_id
)"""


def closed(vendor: str, zone: ZoneInfo) -> str:
    """`closed(customer_id)`: a receiver has touched the customer since receiving it. Built on `family`.

    The plus keeps SQLite from reading all that a receiver ever did for each customer received (0.8 s for 80).
    """
    day = local_day_sql("a.start_at", zone, vendor)
    start = day_number_sql("o.from_on", vendor)
    return f"""
received AS MATERIALIZED (
    SELECT h.customer_id, o.rep_id, MIN({start}) AS start_day
    FROM {HELD} h JOIN family f ON f.customer_id = h.customer_id
    JOIN customers_ownership o ON o.customer_id = f.member_id
    WHERE o.rep_id <> h.rep_id AND {start} >= h.stop_day AND {known("o", "o.from_on")}
    GROUP BY h.customer_id, o.rep_id
),
closed AS (
    SELECT DISTINCT r.customer_id
    FROM received r JOIN family f ON f.customer_id = r.customer_id
    JOIN sales_activity a ON a.customer_id = f.member_id AND +a.author_id = r.rep_id
    WHERE {TOUCH} AND {day} >= r.start_day AND {day} <= %(day)s
        AND a.recorded_on <= %(date)s AND (a.deleted_on IS NULL OR a.deleted_on > %(date)s)
)"""


def at_stake(vendor: str) -> str:
    """`at_stake(customer_id, cents)`: their net revenue of the last year, made of `SOLD`. Built on `family`."""
    since = date_sql(f"%(day)s - {YEAR}", vendor)
    return f"""
{SOLD} AS MATERIALIZED (
    {known_money(vendor)} AND r."on" > {since}
    AND r.customer_id IN (SELECT member_id FROM family)
),
at_stake AS (SELECT customer_id, SUM(cents) AS cents FROM {SOLD} GROUP BY customer_id)"""


def drafts(vendor: str) -> str:
    """What the table `HELD` is made of, on top of `survivors()`."""
    return f"{leaving(vendor)},{held(vendor)}"


def expressions(vendor: str, zone: ZoneInfo, *besides: str) -> list[str]:
    """What `evidence` reads besides `HELD`, on top of `survivors()`; tables `besides` it have the same family."""
    return [
        family([HELD, *besides]),
        closed(vendor, zone),
        at_stake(vendor),
        owners("moment").strip(),
    ]


# Whom `evidence` has a row of.
SHOWN = f"""SELECT h.customer_id FROM {HELD} h
WHERE h.customer_id NOT IN (SELECT customer_id FROM closed)
    AND EXISTS (SELECT 1 FROM customers_purchaseday p
        WHERE p.customer_id = h.customer_id AND p.day <= %(day)s)"""


def evidence(vendor: str) -> str:
    """The rows of `to_hand_over`: of who owns it now, or else of who leaves."""
    theirs = "w.rep_id IS NULL OR w.rep_id = h.rep_id"
    facets = json_object_sql(
        {
            "segment": "c.segment",
            "region": "c.region",
            "departure": "h.reference",
            "leave_on": "h.leave_on",
            "successor": f"CASE WHEN {theirs} THEN NULL ELSE u.reference END",
        },
        vendor,
    )
    cents = "CASE WHEN s.cents > 0 THEN CAST(s.cents AS BIGINT) ELSE 0 END"
    return f"""
SELECT 'to_hand_over' AS measure, c.reference AS line_key, 'customer' AS subject_type,
    h.customer_id AS subject_id, COALESCE(w.rep_id, h.rep_id) AS owner_id,
    CASE WHEN {theirs} THEN {team_on("h")} ELSE w.team_id END AS team_id,
    h.leave_on AS occurred_on, {cents} AS cents, {cents} AS low_cents, {cents} AS high_cents,
    {"0" if vendor == "sqlite" else "FALSE"} AS in_base, 0 AS base_cents, {facets} AS facets
FROM ({SHOWN}) shown JOIN {HELD} h ON h.customer_id = shown.customer_id
JOIN customers_customer c ON c.id = h.customer_id
LEFT JOIN answered w ON w.customer_id = h.customer_id AND w.on_date = h.on_date
LEFT JOIN team_user u ON u.id = w.rep_id
LEFT JOIN at_stake s ON s.customer_id = h.customer_id"""
