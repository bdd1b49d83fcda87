"""The evidence of loss 1 as one SQL statement, on top of where every customer stands.

Where the model tells who is lost (`by_model`), `detail` has `alive`, the chance of being a customer still in
billionths of repeat customers without contracts, and a measure of its own holds what each is expected to cost.

Money of a customer: `annual` is the net revenue of the `value_days` up to its last purchase and every
later credit, `base` that of the 365 days before the period, both not below 0.
"""

from crm.lib.sql import date_sql, day_number_sql, json_object_sql
from customers.knowledge import known, known_money, not_test, survivor_of
from reports.modelling.churn_model import BILLION, billionths_of
from reports.rows.knowledge import owners

# Cents to a unit of value; a whole number of eight bytes on PostgreSQL too, so that nothing overflows.
_UNIT = "CAST(%(value_unit)s AS BIGINT)"


def amounts(vendor: str) -> str:
    """`amount(customer_id, annual, base)` and `class_before(customer_id, letter)`: ABC before the period."""
    return f"""
amount AS MATERIALIZED (
    SELECT m.customer_id,
        SUM(CASE WHEN m.day > s.last_day - %(value_days)s THEN m.cents ELSE 0 END) AS annual,
        SUM(CASE WHEN m.day > %(before)s - %(value_days)s AND m.day <= %(before)s
            THEN m.cents ELSE 0 END) AS base,
        SUM(CASE WHEN m.day > %(before)s - %(class_days)s AND m.day <= %(before)s
            THEN m.cents ELSE 0 END) AS ranked
    FROM ({known_money(vendor)}) m LEFT JOIN state s ON s.customer_id = m.customer_id
    WHERE m.day > s.last_day - %(value_days)s OR m.day > %(before)s - %(value_days)s
        OR m.day > %(before)s - %(class_days)s
    GROUP BY m.customer_id
),
running AS (
    SELECT a.customer_id,
        SUM(a.ranked) OVER (ORDER BY a.ranked DESC, c.reference) - a.ranked AS richer,
        SUM(a.ranked) OVER () AS total
    FROM amount a JOIN customers_customer c ON c.id = a.customer_id WHERE a.ranked > 0
),
class_before AS (
    SELECT customer_id, CASE
        WHEN richer * %(a_whole)s < total * %(a_part)s THEN 'A'
        WHEN richer * %(b_whole)s < total * %(b_part)s THEN 'B' ELSE 'C' END AS letter
    FROM running
)"""


def departures(vendor: str) -> str:
    """`departed(customer_id, reference, left_on)`: the departure that a line belongs to (section 8)."""
    left = day_number_sql("e.left_on", vendor)
    start = day_number_sql("o.from_on", vendor)
    stop = day_number_sql("o.to_on", vendor)
    return f"""
departure AS (
    SELECT u.id AS rep_id, u.reference, e.left_on, {left} AS left_day
    FROM team_employment e JOIN team_user u ON u.id = e.user_id
    WHERE e.left_on <= %(date)s AND {known("e", "COALESCE(e.hired_on, e.left_on)")}
),
departed_with AS (
    SELECT s.customer_id, d.reference, d.left_on,
        ROW_NUMBER() OVER (PARTITION BY s.customer_id
            ORDER BY d.left_day DESC, d.reference) AS place
    FROM customers_ownership o
    LEFT JOIN survivor v ON v.customer_id = o.customer_id
    JOIN departure d ON d.rep_id = o.rep_id
    JOIN state s ON s.customer_id = {survivor_of("o")}
    WHERE s.line = 1 AND {known("o", "o.from_on")} AND {not_test("o")}
        AND {start} <= d.left_day AND ({stop} IS NULL OR {stop} > d.left_day - %(handover)s)
        AND d.left_day <= s.lost_day AND s.last_day <= d.left_day + %(departure_grace)s
),
departed AS (SELECT customer_id, reference, left_on FROM departed_with WHERE place = 1)"""


def details(vendor: str, by_model: bool = False) -> str:
    """`detail`: one row per customer that any measure counts, with everything its rows show.

    What SQLite would else work out again for its rows is told to stand by itself (2,500 customers take 0.4 s, and
    0.8 without).
    """
    on_date = date_sql("last_day", vendor)
    alive = """LEFT JOIN model_alive m ON k.by_model = 1 AND m.days = k.purchase_days
        AND m.span = k.last_day - k.first_day AND m.age = %(day)s - k.first_day"""
    return f"""
counted AS MATERIALIZED (
    SELECT state.*, {on_date} AS on_date FROM state
    WHERE opening = 1 OR active = 1 OR line = 1 OR at_risk = 1 OR called_day IS NOT NULL
        {"OR by_model = 1" if by_model else ""}
),{owners("counted")},
counted_owner AS MATERIALIZED (SELECT customer_id, on_date, rep_id, team_id FROM answered),
detail AS (
    SELECT k.*, w.rep_id, w.team_id, c.reference, c.segment, c.region,
        d.reference AS leaver, d.left_on, COALESCE(b.letter, 'C') AS letter,
        CASE WHEN a.annual > 0 THEN CAST(a.annual AS BIGINT) ELSE 0 END AS annual,
        CASE WHEN k.opening = 1 AND a.base > 0 THEN CAST(a.base AS BIGINT) ELSE 0 END AS base
        {", m.alive" if by_model else ""}
    FROM counted k
    JOIN customers_customer c ON c.id = k.customer_id
    LEFT JOIN amount a ON a.customer_id = k.customer_id
    LEFT JOIN counted_owner w ON w.customer_id = k.customer_id AND w.on_date = k.on_date
    LEFT JOIN departed d ON d.customer_id = k.customer_id
    LEFT JOIN class_before b ON b.customer_id = k.customer_id
    {alive if by_model else ""}
)"""


def evidence(vendor: str, by_model: bool = False) -> str:
    """The rows of every measure."""
    full = _facets(vendor, by_model)
    brief = json_object_sql({"segment": "segment", "region": "region"}, vendor)
    lost, called = date_sql("lost_day", vendor), date_sql("called_day", vendor)
    return " UNION ALL ".join(
        [
            _rows("'loss'", "line = 1", lost, full),
            _rows("'departed'", "line = 1 AND leaver IS NOT NULL", lost, full),
            _rows("'recovered'", "called_day IS NOT NULL AND line = 0", called, full),
            _rows("'at_risk'", "at_risk = 1", "on_date", full),
            _rows(
                "CASE WHEN active = 1 THEN 'active' ELSE 'inactive' END",
                "line = 0 AND (active = 1 OR opening = 1)",
                "on_date",
                brief,
            ),
            *([_expected(full)] if by_model else []),
        ]
    )


def _rows(measure: str, counted: str, occurred_on: str, facets: str) -> str:
    return (
        f"SELECT {measure} AS measure, reference AS line_key, 'customer' AS subject_type,"
        " customer_id AS subject_id, rep_id AS owner_id, team_id,"
        f" {occurred_on} AS occurred_on, annual AS cents, annual AS low_cents, annual AS high_cents,"
        f" opening = 1 AS in_base, base AS base_cents, {facets} AS facets FROM detail WHERE {counted}"
    )


def _expected(facets: str) -> str:
    """(1 - P)V of every customer that goes by the model; in the base P(1 - P)V^2 in squared units of value."""
    value = f"annual / {_UNIT}"
    variance = billionths_of(f"({value}) * ({value})", f"alive * ({BILLION} - alive) / {BILLION}")
    cents = billionths_of("annual", f"{BILLION} - alive")
    return (
        "SELECT 'expected' AS measure, reference AS line_key, 'customer' AS subject_type,"
        f" customer_id AS subject_id, rep_id AS owner_id, team_id, on_date AS occurred_on,"
        f" {cents} AS cents, {cents} AS low_cents, {cents} AS high_cents,"
        f" 1 = 1 AS in_base, {variance} AS base_cents, {facets} AS facets"
        " FROM detail WHERE alive IS NOT NULL"
    )


def _facets(vendor: str, by_model: bool) -> str:
    basis = "CASE WHEN by_contract = 1 THEN 'contract' ELSE 'rule' END"
    model = {
        "basis": "CASE WHEN by_contract = 1 THEN 'contract' WHEN by_model = 1 THEN 'model' ELSE 'rule' END",
        "p_alive": f"CAST(alive AS DOUBLE PRECISION) / {BILLION}",
        "value_cents": "annual",
    }
    return json_object_sql(
        {
            "segment": "segment",
            "region": "region",
            "first_purchase": date_sql("first_day", vendor),
            "last_purchase": "on_date",
            "purchases": "purchases",
            "typical_halves": "halves",
            "threshold_parts": "parts",
            "basis": basis,
            "one_time": "CASE WHEN purchase_days = 1 THEN 1 ELSE 0 END",
            "abc": "letter",
            "tenure_years": "(last_day - first_day) / 365",
            "departure": "leaver",
            "leave_on": "left_on",
            **(model if by_model else {}),
        },
        vendor,
    )
