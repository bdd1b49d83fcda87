"""What was known of customers at the end of a day, as parts of one SQL statement (loss-reports R2, R6, R7).

Each function answers the text of one or more common table expressions, in the order given here. Days are
integers (days since 1970-01-01), money is integer cents; `%(date)s` is the as-of day as ISO text. The text
is the same on SQLite and PostgreSQL but for the turning of dates into days.
"""

from crm.lib.sql import day_number_sql


def known(row: str, event: str) -> str:
    """R2: dated and recorded by the day, and not deleted by then."""
    return f"{event} <= %(date)s AND {recorded(row)}"


def recorded(row: str) -> str:
    """The same of what has no day of its own: recorded by the day, and not deleted by then."""
    return f"{row}.recorded_on <= %(date)s AND ({row}.deleted_on IS NULL OR {row}.deleted_on > %(date)s)"


def held(past: str) -> str:
    """The condition of a row of a `Past`: the record said this at the end of the day."""
    return f"{past}.recorded_on <= %(date)s AND {past}.deleted_on > %(date)s"


def said(record: str, past: str, column: str) -> str:
    """A column of a record left-joined to its `held` past: as it was at the end of the day."""
    return f"CASE WHEN {past}.id IS NULL THEN {record}.{column} ELSE {past}.{column} END"


def survivors() -> str:
    """`survivor(customer_id, survivor_id)`: merged customers and who they became part of (R7).

    And `test_customer(id)`: those that were marked as tests.
    """
    return f"""
known_merge AS (
    SELECT g.customer_id, g.into_id FROM customers_merge g WHERE {known("g", "g.merged_on")}
),
merge_step(customer_id, survivor_id) AS (
    SELECT customer_id, into_id FROM known_merge
    UNION
    SELECT s.customer_id, g.into_id
    FROM merge_step s JOIN known_merge g ON g.customer_id = s.survivor_id
),
survivor AS (
    SELECT customer_id, survivor_id FROM merge_step
    WHERE survivor_id NOT IN (SELECT customer_id FROM known_merge)
),
test_customer AS (
    SELECT id FROM customers_customer WHERE is_test
        AND id NOT IN (SELECT p.customer_id FROM customers_customerpast p WHERE {held("p")})
    UNION ALL SELECT p.customer_id FROM customers_customerpast p WHERE p.is_test AND {held("p")}
)"""


def survivor_of(row: str) -> str:
    """The column `customer_id` of a row left-joined to `survivor v`, as a surviving customer."""
    return f"COALESCE(v.survivor_id, {row}.customer_id)"


def not_test(row: str) -> str:
    """Test customers are left out, and so is what was merged into one."""
    return (
        f"{row}.customer_id NOT IN (SELECT id FROM test_customer)"
        " AND (v.survivor_id IS NULL OR v.survivor_id NOT IN (SELECT id FROM test_customer))"
    )


def money_rows(vendor: str, only: str = "") -> str:
    """`money(customer_id, day, cents, order_ref)`: the revenue rows that count, by surviving customer.

    Materialised: SQLite scanned it once for every customer (2.8 s for 400 of them, 0.05 s since).
    `only` narrows the rows `r` of customers_revenue: `"AND r.customer_id IN (1, 2)"`.
    """
    return f"""
money AS MATERIALIZED ({known_money(vendor)} {only})"""


def known_money(vendor: str) -> str:
    """The SELECT behind `money_rows`, for statements that read all rows once."""
    on = 'r."on"'
    return f"""
    SELECT {survivor_of("r")} AS customer_id, {day_number_sql(on, vendor)} AS day, r.cents,
        r.order_ref
    FROM customers_revenue r LEFT JOIN survivor v ON v.customer_id = r.customer_id
    WHERE {known("r", on)} AND {not_test("r")}"""


def purchases() -> str:
    """`purchase(customer_id, day, cents)`: orders whose rows sum to more than 0, on their first positive day (R6)."""
    return """
purchase AS (
    SELECT customer_id, MIN(CASE WHEN cents > 0 THEN day END) AS day, SUM(cents) AS cents
    FROM money WHERE order_ref <> '' GROUP BY customer_id, order_ref HAVING SUM(cents) > 0
    UNION ALL
    SELECT customer_id, day, cents FROM money WHERE order_ref = '' AND cents > 0
)"""
