"""On whom the customers rest as SQL: who spoke with each in the window and still works here.

Parameters: those of `reports.rows.class_rows`, and `from_at`, `until_at`, the instants in which somebody spoke.
Somebody spoke with a customer by an activity of a selling kind that was done, unless its outcome says that
nobody was reached. Who had left by the day speaks with nobody any more.
"""

from zoneinfo import ZoneInfo

from crm.lib.sql import date_sql, json_object_sql, local_day_sql
from customers.knowledge import known, not_test, recorded, survivor_of
from reports.rows import knowledge
from reports.rows.work_rows import SELLING

ALONE, SHARED, NOBODY = "alone", "shared", "nobody"


def spoken(zone: ZoneInfo, vendor: str, only: str = "") -> str:
    """`spoke(customer_id, rep_id, times, last_day)`, and by customer `voice(customer_id, people, rep_id, last_day)`:
    how many spoke with it, and who if only one.

    `only` narrows the activities `a`: `"AND a.customer_id IN (1, 2)"`.
    """
    kinds = ", ".join(f"'{kind}'" for kind in SELLING)
    day = local_day_sql("a.start_at", zone, vendor)
    return f"""
gone AS (
    SELECT e.user_id FROM team_employment e WHERE {known("e", "e.hired_on")}
    GROUP BY e.user_id
    HAVING MAX(CASE WHEN e.left_on IS NULL OR e.left_on > %(date)s THEN 1 ELSE 0 END) = 0
),
spoke AS MATERIALIZED (
    SELECT {survivor_of("a")} AS customer_id, a.author_id AS rep_id, COUNT(*) AS times, MAX({day}) AS last_day
    FROM sales_activity a
    LEFT JOIN survivor v ON v.customer_id = a.customer_id
    LEFT JOIN sales_outcome o ON o.id = a.outcome_id
    WHERE a.start_at >= %(from_at)s AND a.start_at < %(until_at)s AND a.status = 'done'
        AND a.customer_id IS NOT NULL AND a.author_id IS NOT NULL AND a.kind IN ({kinds})
        AND (o.id IS NULL OR o.reached) AND {recorded("a")} AND {not_test("a")}
        AND a.author_id NOT IN (SELECT user_id FROM gone) {only}
    GROUP BY {survivor_of("a")}, a.author_id
),
voice AS (
    SELECT customer_id, COUNT(*) AS people, MIN(rep_id) AS rep_id, MAX(last_day) AS last_day
    FROM spoke GROUP BY customer_id
)"""


def standing(vendor: str) -> str:
    """`resting`: who bought in the window, how many speak with them, and who answers: the only voice, else the owner.

    With `answered` and `in_team` of the as-of day.
    """
    today = _day("%(day)s", vendor)
    return f"""
asked AS (SELECT customer_id, {today} AS on_date FROM classed WHERE net > 0),
{knowledge.owners("asked")},
resting AS (
    SELECT c.*, COALESCE(s.people, 0) AS people, s.last_day AS spoken_day,
        CASE WHEN s.people = 1 THEN s.rep_id ELSE a.rep_id END AS owner_id,
        {today} AS today
    FROM classed c LEFT JOIN voice s ON s.customer_id = c.customer_id
    LEFT JOIN answered a ON a.customer_id = c.customer_id
    WHERE c.net > 0
),
on_day AS (SELECT DISTINCT owner_id AS rep_id, today AS on_date FROM resting WHERE owner_id IS NOT NULL),
{knowledge.teams("on_day")}"""


def evidence(vendor: str) -> str:
    """A row per customer who bought in the window; in the base are those of class A."""
    facets = {
        "segment": "r.segment",
        "region": "r.region",
        "letter": "r.letter",
        "people": "r.people",
        "spoken": _day("r.spoken_day", vendor),
    }
    return f"""
SELECT CASE WHEN r.people = 0 THEN '{NOBODY}' WHEN r.people = 1 THEN '{ALONE}' ELSE '{SHARED}' END AS measure,
    r.reference AS line_key, 'customer' AS subject_type, r.customer_id AS subject_id, r.owner_id,
    t.team_id, r.on_date AS occurred_on, r.net AS cents, r.net AS low_cents, r.net AS high_cents,
    r.letter = 'A' AS in_base, r.net AS base_cents, {json_object_sql(facets, vendor)} AS facets
FROM resting r LEFT JOIN in_team t ON t.rep_id = r.owner_id"""


def _day(number: str, vendor: str) -> str:
    return date_sql(number, vendor)
