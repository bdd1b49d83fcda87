"""What customers bought and who answered for them as of a day, as parts of one SQL statement (R2, R6, R7, R8).

Built on `customers.knowledge`: call `survivors()` first. `%(date)s` is the as-of day as ISO text, `%(day)s`
the same as an integer day, `%(today)s` the company's today, `%(memory)s` how many gaps a median looks back on.
"""

from customers.knowledge import known, money_rows, not_test, purchases, survivor_of


def purchase_steps(vendor: str) -> str:
    """`step(customer_id, first_day, n, purchases, day, cents, gap, next_day, kept_halves)`: the n-th purchase day.

    With the purchases up to it, what was bought on it, the days since the one before, and the next one.
    `kept_halves` is the median of the roll-up; null where that looked back on more or fewer gaps.

    The roll-up holds today's knowledge: it answers for customers without a row that it reads otherwise
    than this day does (`doubtful`), without merges and other test marks; for the others the rows themselves do.
    What came after the day moves nothing of before it, unless it came late or belongs to an order of before:
    what the roll-up says of a purchase day hangs on earlier ones, but for the next.
    """
    return f"""
doubtful AS (
    SELECT r.customer_id AS id FROM customers_revenue r
    WHERE r."on" <= %(date)s AND (r.recorded_on > %(date)s OR r.deleted_on > %(date)s)
        OR r."on" > r.recorded_on OR r.recorded_on > %(today)s
    UNION SELECT r.customer_id FROM customers_revenue r
    JOIN customers_revenue e ON e.customer_id = r.customer_id AND e.order_ref = r.order_ref
    WHERE r."on" > %(date)s AND r.order_ref <> '' AND e."on" <= %(date)s
    UNION SELECT g.customer_id FROM customers_merge g
    UNION SELECT g.into_id FROM customers_merge g
    UNION SELECT p.customer_id FROM customers_customerpast p WHERE p.deleted_on > %(date)s
),{money_rows(vendor, "AND r.customer_id IN (SELECT id FROM doubtful)")},{purchases()},
reckoned AS (
    SELECT customer_id, day, COUNT(*) AS purchases, SUM(cents) AS cents
    FROM purchase GROUP BY customer_id, day
),
step AS (
    SELECT p.customer_id, p.first_day, p.n, p.so_far AS purchases, p.day, p.cents, p.gap,
        CASE WHEN p.next_day <= %(day)s THEN p.next_day END AS next_day,
        CASE WHEN p.gap_memory = %(memory)s THEN p.halves END AS kept_halves
    FROM customers_purchaseday p
    WHERE p.day <= %(day)s AND p.customer_id NOT IN (SELECT id FROM doubtful)
        AND p.customer_id NOT IN (SELECT id FROM test_customer)
    UNION ALL
    -- of the roll-up's own types, or PostgreSQL reads each half for itself (0.2 s of 3.4)
    SELECT customer_id, MIN(day) OVER in_order, CAST(ROW_NUMBER() OVER in_order AS INTEGER),
        CAST(SUM(purchases) OVER in_order AS INTEGER), day, CAST(cents AS BIGINT),
        day - LAG(day) OVER in_order, LEAD(day) OVER in_order, CAST(NULL AS INTEGER)
    FROM reckoned WINDOW in_order AS (
        PARTITION BY customer_id ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
)"""


def team_of(rep: str, on_date: str) -> str:
    """The join of `team_membership t`: the team of a rep on a date; of several the last by `t.from_on, t.id`."""
    return f"""LEFT JOIN team_membership t ON t.user_id = {rep}
        AND t.from_on <= {on_date} AND (t.to_on IS NULL OR t.to_on > {on_date})
        AND {known("t", "t.from_on")}"""


def owners(moments: str) -> str:
    """`answered(customer_id, on_date, rep_id, team_id)`: who owned a customer on `on_date` of `moments`.

    R8: rows of the survivor before rows of merged customers, then the latest, then the highest
    reference. The team is the one that owner belonged to on that day.
    """
    return f"""
owner_choice AS (
    SELECT p.customer_id, p.on_date, o.rep_id, t.team_id,
        ROW_NUMBER() OVER (PARTITION BY p.customer_id, p.on_date ORDER BY
            CASE WHEN o.customer_id = p.customer_id THEN 0 ELSE 1 END,
            o.from_on DESC, o.reference DESC, t.from_on DESC, t.id DESC) AS place
    FROM customers_ownership o
    LEFT JOIN survivor v ON v.customer_id = o.customer_id
    JOIN {moments} p ON p.customer_id = {survivor_of("o")}
    {team_of("o.rep_id", "p.on_date")}
    WHERE o.from_on <= p.on_date AND (o.to_on IS NULL OR o.to_on > p.on_date)
        AND {known("o", "o.from_on")} AND {not_test("o")}
),
answered AS (SELECT customer_id, on_date, rep_id, team_id FROM owner_choice WHERE place = 1)"""


def teams(moments: str) -> str:
    """`in_team(rep_id, on_date, team_id)`: the team somebody belonged to on `on_date` of `moments`.

    `moments(rep_id, on_date)` names each of them once.
    """
    return f"""
team_choice AS (
    SELECT p.rep_id, p.on_date, t.team_id,
        ROW_NUMBER() OVER (PARTITION BY p.rep_id, p.on_date
            ORDER BY t.from_on DESC, t.id DESC) AS place
    FROM {moments} p JOIN team_membership t ON t.user_id = p.rep_id
        AND t.from_on <= p.on_date AND (t.to_on IS NULL OR t.to_on > p.on_date)
        AND {known("t", "t.from_on")}
),
in_team AS (SELECT rep_id, on_date, team_id FROM team_choice WHERE place = 1)"""
