"""The evidence of satisfaction as SQL: answers that count, surveys sent, and who was lost a year later.

Parameters: `kind` of the survey; `start_on`, `end_on` of the period and the as-of day `date`, all ISO text.
A survey happens when it is sent (when answered, if nobody knows); its answer, when it is answered.
"""

from crm.lib.sql import date_sql, day_number_sql, json_object_sql
from customers.knowledge import known, not_test, survivor_of
from reports.rows.standing import NEVER

FOLLOW_UP = 365


def answers() -> str:
    """`survey` and `answer`: the latest answer of each customer in the period, ties to the highest reference."""
    return f"""
survey AS MATERIALIZED (
    SELECT s.id, s.reference, {survivor_of("s")} AS customer_id, s.sent_on, s.score,
        CASE WHEN s.answered_on <= %(date)s AND s.score IS NOT NULL
            THEN s.answered_on END AS answered_on
    FROM customers_survey s LEFT JOIN survivor v ON v.customer_id = s.customer_id
    WHERE s.kind = %(kind)s AND {known("s", "COALESCE(s.sent_on, s.answered_on)")}
        AND {not_test("s")}
),
in_order AS (
    SELECT survey.*, ROW_NUMBER() OVER (PARTITION BY customer_id
        ORDER BY answered_on DESC, reference DESC) AS place
    FROM survey WHERE answered_on >= %(start_on)s AND answered_on <= %(end_on)s
),
answer AS MATERIALIZED (SELECT * FROM in_order WHERE place = 1)"""


def counted() -> str:
    """`counted(customer_id, on_date, measure, score, in_base)`: answers, and what was sent in the period."""
    return """
counted AS MATERIALIZED (
    SELECT customer_id, reference, answered_on AS on_date, score, 1 AS is_answer,
        1 AS is_answered
    FROM answer
    UNION ALL
    SELECT customer_id, reference, sent_on, score, 0,
        CASE WHEN answered_on IS NULL THEN 0 ELSE 1 END
    FROM survey WHERE sent_on >= %(start_on)s AND sent_on <= %(end_on)s
),
moment AS MATERIALIZED (SELECT DISTINCT customer_id, on_date FROM counted)"""


def evidence(group: str, vendor: str) -> str:
    """A row per answer, in the measure that `group` says, and a row in `sent` per survey sent."""
    facets = {
        "survey": "k.reference",
        "score": "CASE WHEN k.is_answered = 1 THEN k.score END",
        "segment": "c.segment",
        "region": "c.region",
    }
    return f"""
SELECT CASE WHEN k.is_answer = 0 THEN 'sent' ELSE {group} END AS measure, {_row()},
    k.is_answered = 1 AS in_base, 0 AS base_cents, {json_object_sql(facets, vendor)} AS facets
FROM counted k JOIN customers_customer c ON c.id = k.customer_id
LEFT JOIN answered a ON a.customer_id = k.customer_id AND a.on_date = k.on_date"""


def _row() -> str:
    return """c.reference AS line_key, 'customer' AS subject_type,
    k.customer_id AS subject_id, a.rep_id AS owner_id, a.team_id, k.on_date AS occurred_on,
    0 AS cents, 0 AS low_cents, 0 AS high_cents"""


def followed(vendor: str) -> str:
    """`followed`: the answers that are a year old, and `point`s: their days and those a year later."""
    answered = day_number_sql("answered_on", vendor)
    return f"""
old_answer AS MATERIALIZED (
    SELECT customer_id, score, answered_on AS on_date, {answered} AS day FROM answer
    WHERE {answered} + {FOLLOW_UP} <= %(day)s
),
point AS MATERIALIZED (
    SELECT customer_id, day FROM old_answer
    UNION SELECT customer_id, day + {FOLLOW_UP} FROM old_answer
),
moment AS MATERIALIZED (SELECT DISTINCT customer_id, on_date FROM old_answer),
wanted AS (
    SELECT DISTINCT s.* FROM step s JOIN point p ON p.customer_id = s.customer_id
        AND s.day <= p.day AND (s.next_day IS NULL OR s.next_day > p.day)
)"""


def standing_then() -> str:
    """`then_active(customer_id, day)`: the points at which a customer was active, by rule or contract."""
    return f"""
covered AS (
    SELECT p.customer_id, p.day, MAX(s.last_day) AS last_day
    FROM point p JOIN contract_span s ON s.customer_id = p.customer_id AND s.start_day <= p.day
    GROUP BY p.customer_id, p.day
),
then_active AS MATERIALIZED (
    SELECT p.customer_id, p.day
    FROM point p JOIN rule r ON r.customer_id = p.customer_id
        AND r.day <= p.day AND (r.next_day IS NULL OR r.next_day > p.day)
    LEFT JOIN covered c ON c.customer_id = p.customer_id AND c.day = p.day
    WHERE p.day < CASE WHEN c.last_day IS NULL OR r.day > c.last_day THEN r.lost_day
        WHEN c.last_day = {NEVER} THEN {NEVER} ELSE c.last_day + %(grace)s + 1 END
)"""


def followed_evidence(group: str, vendor: str) -> str:
    """A row per old answer of who was active that evening; in the base: lost a year later."""
    facets = {
        "score": "k.score",
        "lost_by": date_sql(f"k.day + {FOLLOW_UP}", vendor),
        "segment": "c.segment",
        "region": "c.region",
    }
    return f"""
SELECT {group} AS measure, {_row()},
    later.customer_id IS NULL AS in_base, 0 AS base_cents,
    {json_object_sql(facets, vendor)} AS facets
FROM old_answer k
JOIN then_active n ON n.customer_id = k.customer_id AND n.day = k.day
LEFT JOIN then_active later ON later.customer_id = k.customer_id
    AND later.day = k.day + {FOLLOW_UP}
JOIN customers_customer c ON c.id = k.customer_id
LEFT JOIN answered a ON a.customer_id = k.customer_id AND a.on_date = k.on_date"""
