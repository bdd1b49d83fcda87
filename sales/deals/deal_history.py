"""Where deals stand, worked out from their changes; for many deals at once (ruling 14)."""

from datetime import date

from django.db import connection

# n: place of a change by day, then reference. A run is what lies after the last change of another kind.
_WRITE = """
WITH known AS (
    SELECT c.deal_id, c."on", c.stage_id, c.amount, c.cents, c.expected_close_on, c.reason,
        c.competitor, s.kind,
        ROW_NUMBER() OVER (PARTITION BY c.deal_id ORDER BY c."on", c.reference) AS n,
        ROW_NUMBER() OVER (PARTITION BY c.deal_id ORDER BY c."on" DESC, c.reference DESC) AS back
    FROM sales_dealchange c JOIN sales_stage s ON s.id = c.stage_id
    WHERE c."on" <= %(today)s AND c.recorded_on <= %(today)s
        AND (c.deleted_on IS NULL OR c.deleted_on > %(today)s)
),
latest AS (SELECT * FROM known WHERE back = 1),
since AS (
    SELECT l.deal_id,
        COALESCE(MAX(CASE WHEN k.stage_id <> l.stage_id THEN k.n END), 0) AS other_n,
        COALESCE(MAX(CASE WHEN k.kind = 'open' THEN k.n END), 0) AS open_n
    FROM latest l JOIN known k ON k.deal_id = l.deal_id GROUP BY l.deal_id
),
standing AS (
    SELECT s.deal_id,
        MIN(CASE WHEN k.n > s.other_n THEN k."on" END) AS stage_since,
        MIN(CASE WHEN k.n > s.open_n THEN k."on" END) AS closed_on
    FROM since s JOIN known k ON k.deal_id = s.deal_id GROUP BY s.deal_id
)
UPDATE sales_deal SET stage_id = l.stage_id, stage_since = t.stage_since, closed_on = t.closed_on,
    amount = l.amount, cents = l.cents, expected_close_on = l.expected_close_on,
    reason = l.reason, competitor = l.competitor
FROM latest l JOIN standing t ON t.deal_id = l.deal_id WHERE l.deal_id = sales_deal.id"""


def write_deals(*, today: date) -> None:
    """Write stage, amount and closing of every deal that has a change anew, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, {"today": today.isoformat()})
