"""The typical interval of a customer after a purchase, as parts of one SQL statement, the same on both databases."""


def medians(wanted: str) -> str:
    """`median(customer_id, n, halves)` for the n-th purchase days `wanted(customer_id, n)` of `step`.

    `step(customer_id, n, gap)` are all purchase days of these customers. The median of the last
    `%(memory)s` gaps is the mean of the middle two: their sum is the doubled median, in half-days, and
    one middle gap is counted twice. The first purchase day has none.
    """
    return f"""
ranked_gap AS (
    SELECT w.customer_id, w.n, g.gap,
        ROW_NUMBER() OVER (PARTITION BY w.customer_id, w.n ORDER BY g.gap) AS place,
        CASE WHEN w.n <= %(memory)s THEN w.n - 1 ELSE %(memory)s END AS gaps
    FROM {wanted} w JOIN step g
        ON g.customer_id = w.customer_id AND g.n <= w.n AND g.n > w.n - %(memory)s AND g.n > 1
),
median AS (
    SELECT customer_id, n,
        CAST(SUM(gap) * CASE WHEN COUNT(*) = 1 THEN 2 ELSE 1 END AS INTEGER) AS halves
    FROM ranked_gap WHERE place = (gaps + 1) / 2 OR place = (gaps + 2) / 2
    GROUP BY customer_id, n
)"""
