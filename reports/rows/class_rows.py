"""The evidence of ABC classes and of recency, frequency and money as SQL.

Parameters: `day` the as-of day, `window` the days up to it that count, `borders`. Built on `reports.rows.knowledge`.
"""

from crm.lib.sql import date_sql, json_object_sql
from customers.knowledge import known_money
from reports.rules.catalogue import Values

SEGMENTS = {
    "champions": (4, 4),
    "potential": (4, 2),
    "recent": (4, 1),
    "loyal": (3, 4),
    "attention": (3, 2),
    "fading": (3, 1),
    "at_risk": (1, 4),
    "sleeping": (1, 2),
    "low": (1, 1),
}


def borders(values: Values) -> dict[str, int]:
    """Where class A and class B end, as fractions of whole numbers: both databases compare them exactly."""
    a_part, a_whole = values["abc_a"].as_integer_ratio()
    b_part, b_whole = values["abc_b"].as_integer_ratio()
    return {"a_part": a_part, "a_whole": a_whole, "b_part": b_part, "b_whole": b_whole}


def members(vendor: str) -> str:
    """`member`: every customer with its last purchase, what it bought in the window and on how many days."""
    return f"""
net AS MATERIALIZED (
    SELECT customer_id, CAST(SUM(cents) AS BIGINT) AS net FROM ({known_money(vendor)}) m
    WHERE day > %(day)s - %(window)s AND day <= %(day)s GROUP BY customer_id
),
bought_days AS MATERIALIZED (
    SELECT customer_id, MAX(day) AS last_day,
        SUM(CASE WHEN day > %(day)s - %(window)s THEN 1 ELSE 0 END) AS frequency
    FROM step GROUP BY customer_id
),
member AS MATERIALIZED (
    SELECT b.customer_id, c.reference, c.segment, c.region, b.last_day, b.frequency,
        {date_sql("b.last_day", vendor)} AS on_date, COALESCE(n.net, 0) AS net
    FROM bought_days b JOIN customers_customer c ON c.id = b.customer_id
    LEFT JOIN net n ON n.customer_id = b.customer_id
)"""


def classes() -> str:
    """`classed`: the members with their class by the share of all money that lies before them."""
    return """
running AS (
    SELECT member.*, SUM(net) OVER (ORDER BY net DESC, reference) - net AS richer,
        SUM(net) OVER () AS total
    FROM member WHERE net > 0
),
classed AS (
    SELECT m.*, CASE WHEN r.richer * %(a_whole)s < r.total * %(a_part)s THEN 'A'
        WHEN r.richer * %(b_whole)s < r.total * %(b_part)s THEN 'B' ELSE 'C' END AS letter
    FROM member m LEFT JOIN running r ON r.customer_id = m.customer_id
)"""


def class_evidence(vendor: str) -> str:
    return _rows("m.letter", "classed", {}, vendor)


def scores() -> str:
    """`segmented`: the members with their scores; who bought nothing in the window is `lapsed`."""
    segment = " ".join(
        f"WHEN r >= {recency} AND worth >= {worth} THEN '{name}'"
        for name, (recency, worth) in SEGMENTS.items()
    )
    return f"""
placed AS (
    SELECT member.*, COUNT(*) OVER () AS n,
        {_place("last_day")}, {_place("frequency")}, {_place("net")}
    FROM member WHERE frequency > 0
),
scored AS (
    SELECT placed.*, {_score("last_day")} AS r, {_score("frequency")} AS f, {_score("net")} AS m
    FROM placed
),
weighed AS (
    SELECT scored.*, %(day)s - last_day AS recency, (f + m + 1) / 2 AS worth FROM scored
),
segmented AS (
    SELECT customer_id, reference, segment, region, on_date, net, frequency,
        recency, r, f, m, CASE {segment} END AS part
    FROM weighed
    UNION ALL
    SELECT customer_id, reference, segment, region, on_date, net, frequency,
        %(day)s - last_day, NULL, NULL, NULL, 'lapsed'
    FROM member WHERE frequency = 0
)"""


def _place(column: str) -> str:
    """How many are strictly worse, and how many as good (itself included); later is better."""
    return (
        f"RANK() OVER (ORDER BY {column}) - 1 AS {column}_less,"
        f" COUNT(*) OVER (PARTITION BY {column}) AS {column}_equal"
    )


def _score(column: str) -> str:
    return f"1 + 5 * (2 * {column}_less + {column}_equal) / (2 * n)"


def score_evidence(vendor: str) -> str:
    facets = {
        "recency": "m.recency",
        "frequency": "m.frequency",
        "R": "m.r",
        "F": "m.f",
        "M": "m.m",
    }
    return _rows("m.part", "segmented", facets, vendor)


def _rows(measure: str, source: str, facets: dict[str, str], vendor: str) -> str:
    facets = {"segment": "m.segment", "region": "m.region", **facets}
    return f"""
SELECT {measure} AS measure, m.reference AS line_key, 'customer' AS subject_type,
    m.customer_id AS subject_id, a.rep_id AS owner_id, a.team_id, m.on_date AS occurred_on,
    m.net AS cents, m.net AS low_cents, m.net AS high_cents, m.net > 0 AS in_base,
    m.net AS base_cents, {json_object_sql(facets, vendor)} AS facets
FROM {source} m
LEFT JOIN answered a ON a.customer_id = m.customer_id AND a.on_date = m.on_date"""
