"""What customers without contracts are expected to buy, as parts of SQL statements on top of `reports.rows.knowledge`.

Two tables are lent to the statement that writes the rows: `buyer`, the customers, and
`worth(days, span, age, spent, alive, purchases, has_value, value, clv)`, what the
models say of customers alike. Chances and purchases are in billionths, money in cents.
"""

from crm.lib.sql import date_sql, json_object_sql
from reports.modelling.churn_model import BILLION

COLUMNS = ("days", "span", "age", "spent", "alive", "purchases", "has_value", "value", "clv")


def dated() -> str:
    """`dated(customer_id, day, cents, first_day)`: purchase days of customers without a contract."""
    return """
dated AS (
    SELECT s.customer_id, s.day, s.cents, s.first_day
    FROM step s LEFT JOIN cover c ON c.customer_id = s.customer_id WHERE c.customer_id IS NULL
)"""


def buyers(vendor: str) -> str:
    """The SELECT behind the table `buyer`: one row a customer, with that by which customers are alike."""
    return f"""
SELECT customer_id, first_day, {date_sql("MAX(day)", vendor)} AS on_date, COUNT(*) AS days,
    MAX(day) - first_day AS span, %(day)s - first_day AS age,
    CAST(SUM(CASE WHEN day > first_day THEN cents ELSE 0 END) AS BIGINT) AS spent
FROM dated GROUP BY customer_id, first_day"""


def alike() -> str:
    """Customers counted by what the models know of them."""
    return "SELECT days, span, age, spent, COUNT(*) AS n FROM buyer GROUP BY days, span, age, spent"


def evidence(vendor: str) -> str:
    """One row a customer; its cents are what it is expected to bring.

    Everybody has a row in `worth`. A left join says so: an inner one over four columns PostgreSQL took for a
    single row, and looked for its owner among all of them, customer by customer (minutes instead of seconds).
    """
    facets = {
        "segment": "c.segment",
        "region": "c.region",
        "one_time": "CASE WHEN b.days = 1 THEN 1 ELSE 0 END",
        "first_purchase": date_sql("b.first_day", vendor),
        "last_purchase": "b.on_date",
        "purchase_days": "b.days",
        "p_alive": f"CAST(w.alive AS DOUBLE PRECISION) / {BILLION}",
        "expected_purchases": f"CAST(w.purchases AS DOUBLE PRECISION) / {BILLION}",
        "value_cents": "CASE WHEN w.has_value = 1 THEN w.value END",
    }
    return f"""
SELECT 'clv' AS measure, c.reference AS line_key, 'customer' AS subject_type,
    b.customer_id AS subject_id, a.rep_id AS owner_id, a.team_id, b.on_date AS occurred_on,
    w.clv AS cents, w.clv AS low_cents, w.clv AS high_cents,
    w.has_value = 1 AS in_base, 0 AS base_cents, {json_object_sql(facets, vendor)} AS facets
FROM buyer b
LEFT JOIN worth w ON w.days = b.days AND w.span = b.span AND w.age = b.age AND w.spent = b.spent
JOIN customers_customer c ON c.id = b.customer_id
LEFT JOIN answered a ON a.customer_id = b.customer_id AND a.on_date = b.on_date"""
