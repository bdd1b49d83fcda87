"""Who is compared in the effect of departures, and what they bought before and after, as SQL (section 8).

For all departures at once: `%(window)s` days before and after each. States and owners are those of the
knowledge of the as-of day. Built on `reports.rows.knowledge`, `reports.rows.standing` and `cohort_rows.spans`.
"""

from crm.lib.sql import date_sql, day_number_sql, json_object_sql
from customers.knowledge import known, known_money, not_test, survivor_of
from reports.rows.cohort_rows import WIDTH
from reports.rows.departure_rows import team_on

# Rows of drafted tables. Their customers are cast: SQLite looks up by an index only what is of its own type.
_CUSTOMER = "CAST(customer_id AS BIGINT) AS customer_id"
RUNS = f"SELECT {_CUSTOMER}, rep_id, start_day, stop_day FROM run"
COMPARED = f"SELECT n, {_CUSTOMER}, treated, rep_id FROM compared"
SOLD = f"SELECT {_CUSTOMER}, day, cents FROM sold"


def departures(rows: str) -> str:
    """`gone(n, rep_id, left_day)`: the departures, as rows of a SELECT."""
    return f"gone(n, rep_id, left_day) AS MATERIALIZED ({rows})"


def ties(vendor: str) -> str:
    """`tie`: who owned whom in which days, as known at the as-of day; an end after it is empty."""
    start, stop = day_number_sql("o.from_on", vendor), day_number_sql("o.to_on", vendor)
    return f"""
tie AS MATERIALIZED (
    SELECT {survivor_of("o")} AS customer_id, o.rep_id, {start} AS start_day,
        CASE WHEN {stop} <= %(day)s THEN {stop} END AS stop_day, o.reference,
        CASE WHEN v.customer_id IS NULL THEN 0 ELSE 1 END AS distance
    FROM customers_ownership o LEFT JOIN survivor v ON v.customer_id = o.customer_id
    WHERE {known("o", "o.from_on")} AND {not_test("o")}
)"""


def owner_runs() -> str:
    """On `ties`: `run(customer_id, rep_id, start_day, stop_day)`, the owner of the days before `stop_day` (R8).

    Periods that follow one another with the same rep are one run; so is nobody, with no rep.
    """
    return """
bound AS MATERIALIZED (
    SELECT customer_id, start_day AS day FROM tie
    UNION SELECT customer_id, stop_day FROM tie WHERE stop_day IS NOT NULL
),
owner_at AS (
    SELECT b.customer_id, b.day, t.rep_id,
        ROW_NUMBER() OVER (PARTITION BY b.customer_id, b.day
            ORDER BY t.distance, t.start_day DESC, t.reference DESC) AS place
    FROM bound b LEFT JOIN tie t ON t.customer_id = b.customer_id
        AND t.start_day <= b.day AND (t.stop_day IS NULL OR t.stop_day > b.day)
),
turned AS (
    SELECT customer_id, day, COALESCE(rep_id, 0) AS rep_id,
        LAG(COALESCE(rep_id, 0)) OVER (PARTITION BY customer_id ORDER BY day) AS before_id
    FROM owner_at WHERE place = 1
),
run AS (
    SELECT customer_id, rep_id, day AS start_day,
        LEAD(day) OVER (PARTITION BY customer_id ORDER BY day) AS stop_day
    FROM turned WHERE before_id IS NULL OR before_id <> rep_id
)"""


def compared(runs: str, vendor: str) -> str:
    """`compared(n, customer_id, treated, rep_id)`: the leaver's customers (1) and the controls (0).

    `runs` is the table of `owner_runs`.
    """
    left = day_number_sql("e.left_on", vendor)
    return f"""
was_active AS MATERIALIZED (
    SELECT g.n, s.customer_id FROM span s CROSS JOIN gone g
    WHERE s.start_day <= g.left_day - 1 AND s.stop_day > g.left_day - 1
),
belonging AS MATERIALIZED (
    SELECT DISTINCT g.n, t.customer_id FROM gone g JOIN tie t ON t.rep_id = g.rep_id
    WHERE t.start_day <= g.left_day
        AND (t.stop_day IS NULL OR t.stop_day > g.left_day - %(handover)s)
),
leaving AS MATERIALIZED (
    SELECT DISTINCT g.n, e.user_id AS rep_id FROM team_employment e
    JOIN gone g ON {left} >= g.left_day - %(window)s AND {left} <= g.left_day + %(window)s
    WHERE e.left_on <= %(date)s AND {known("e", "COALESCE(e.hired_on, e.left_on)")}
),
compared AS (
    SELECT a.n, a.customer_id, 1 AS treated, g.rep_id
    FROM was_active a JOIN gone g ON g.n = a.n
    WHERE {_pair("a.n", "a.customer_id")} IN ({_pairs("n", "customer_id", "belonging")})
    UNION ALL
    SELECT a.n, a.customer_id, 0, r.rep_id
    FROM gone g CROSS JOIN was_active a CROSS JOIN {runs} r
    WHERE a.n = g.n AND r.customer_id = a.customer_id AND r.rep_id <> 0
        AND r.start_day <= g.left_day - %(window)s + 1
        AND (r.stop_day IS NULL OR r.stop_day > g.left_day + %(window)s)
        AND {_pair("a.n", "a.customer_id")} NOT IN ({_pairs("n", "customer_id", "belonging")})
        AND {_pair("a.n", "r.rep_id")} NOT IN ({_pairs("n", "rep_id", "leaving")})
)"""


def _pair(n: str, other: str) -> str:
    """Two numbers as one, to be looked up by either database: joined, PostgreSQL compared each pair with each
    (6 s for 10,000 customers), and of two columns SQLite makes no index.
    """
    return f"(CAST({n} AS BIGINT) * {WIDTH} + {other})"


def _pairs(n: str, other: str, source: str) -> str:
    return f"SELECT {_pair(n, other)} FROM {source}"


def sold(vendor: str) -> str:
    """`sold`: the net revenue of the days that any departure looks at."""
    return f"""
sold AS (
    {known_money(vendor)} AND r."on" > {date_sql("%(first)s", vendor)}
        AND r."on" <= {date_sql("%(last)s", vendor)}
)"""


def sales(pairs: str, sold: str) -> str:
    """Those of the table `pairs` with `before` and `after`, net cents of the two windows in the table `sold`."""
    return f"""
SELECT p.n, p.customer_id, p.treated, p.rep_id,
    CAST(COALESCE(SUM(CASE WHEN m.day <= g.left_day THEN m.cents END), 0) AS BIGINT) AS before_cents,
    CAST(COALESCE(SUM(CASE WHEN m.day > g.left_day THEN m.cents END), 0) AS BIGINT) AS after_cents
FROM {pairs} p JOIN gone g ON g.n = p.n
LEFT JOIN {sold} m ON m.customer_id = p.customer_id
    AND m.day > g.left_day - %(window)s AND m.day <= g.left_day + %(window)s
GROUP BY p.n, p.customer_id, p.treated, p.rep_id"""


def sums(sale: str) -> str:
    """A row per departure and group: how many, and what they bought."""
    return f"""
SELECT n, treated, COUNT(*) AS customers, CAST(SUM(before_cents) AS BIGINT) AS before_cents,
    CAST(SUM(after_cents) AS BIGINT) AS after_cents
FROM {sale} GROUP BY n, treated"""


def squares(sale: str, given: str) -> str:
    """A row per departure and group: the squares of what is left of y - R x, less its mean, added up."""
    rest = "(s.after_cents - g.ratio * s.before_cents - g.mean)"
    return f"""
SELECT s.n, s.treated, SUM({rest} * {rest}) AS squares
FROM {sale} s JOIN ({given}) g ON g.n = s.n AND g.treated = s.treated
GROUP BY s.n, s.treated"""


def evidence(sale: str, listed: str, vendor: str) -> str:
    """A row per customer of the groups in `listed` (n, treated): after as cents, before as the base."""
    facets = json_object_sql(
        {
            "customer": "c.reference",
            "segment": "c.segment",
            "region": "c.region",
            "departure": "u.reference",
            "leave_on": "s.left_on",
        },
        vendor,
    )
    return f"""
SELECT CASE WHEN s.treated = 1 THEN 'treated' ELSE 'controls' END AS measure,
    u.reference AS line_key, 'customer' AS subject_type, s.customer_id AS subject_id,
    s.rep_id AS owner_id, {team_on("s")} AS team_id, s.left_on AS occurred_on,
    s.after_cents AS cents, s.after_cents AS low_cents, s.after_cents AS high_cents,
    {"1" if vendor == "sqlite" else "TRUE"} AS in_base, s.before_cents AS base_cents,
    {facets} AS facets
FROM (
    SELECT sale.*, {date_sql("g.left_day", vendor)} AS left_on, g.rep_id AS leaver_id
    FROM {sale} sale JOIN gone g ON g.n = sale.n
    JOIN ({listed}) w ON w.n = sale.n AND w.treated = sale.treated
) s
JOIN customers_customer c ON c.id = s.customer_id
JOIN team_user u ON u.id = s.leaver_id"""
