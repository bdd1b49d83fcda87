"""The roll-up of what customers bought: purchase days, rhythm, the day they count as lost, yearly value.

Today's knowledge, for lists and Today (loss-reports R6, R7 and section 3, simple rule and contracts);
reports compute their own, as of their day. The only writer of `PurchaseDay` and of these columns.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice

from django.db import connection, transaction
from django.db.models import Q

from crm.lib.periods import day_number
from crm.lib.sql import date_sql, day_number_sql
from customers.knowledge import (
    known,
    money_rows,
    not_test,
    purchases,
    survivor_of,
    survivors,
)
from customers.models import Customer, Merge
from team.models import Company

CHUNK = 5000
# Later than any day a column can hold, earlier than any: an open contract, an empty date.
NEVER, NO_DAY = 9_999_999, -9_999_999
LAST_DAY = day_number(date.max)


@dataclass(frozen=True)
class RhythmRule:
    """The parameters of loss-reports.md section 3 that the roll-up follows; days are whole days."""

    k: Decimal = Decimal(3)
    floor_days: int = 30
    cap_days: int = 365
    default_interval_days: int = 120
    gap_memory: int = 12
    min_gaps: int = 2
    value_days: int = 365
    contract_grace_days: int = 30
    warn_ratio: Decimal = Decimal("0.67")

    def as_integers(self) -> dict[str, int]:
        """What the statement computes with: thresholds in parts of a day, `parts` of them to a half-day."""
        top, parts = self.k.as_integer_ratio()
        warn_top, warn_parts = self.warn_ratio.as_integer_ratio()
        return {
            "memory": self.gap_memory,
            "min_gaps": self.min_gaps,
            "default_halves": 2 * self.default_interval_days,
            "k_parts": top,
            "parts": parts,
            "floor_parts": 2 * parts * self.floor_days,
            "cap_parts": 2 * parts * self.cap_days,
            "warn_top": warn_top,
            "warn_parts": 2 * parts * warn_parts,
            "value_days": self.value_days,
            "grace": self.contract_grace_days,
        }


def refresh_purchases(
    customer_ids: Iterable[int] | None,
    *,
    today: date | None = None,
    rule: RhythmRule = RhythmRule(),  # noqa: B008 - frozen
) -> None:
    """Write the roll-up of these customers (None: all) and of whom they are merged with anew.

    Call it in the transaction that changed their revenue, contracts, merges or test mark. A fixed number
    of statements per 5,000 customers. `today` is the company's today unless given.
    """
    day = today or Company.get().today
    if customer_ids is None:
        customer_ids = Customer.everything.order_by("pk").values_list("pk", flat=True).iterator()
    for chunk in _chunks(customer_ids):
        with transaction.atomic():
            _refresh(_families(chunk), day, rule)


def _chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    rest = iter(ids)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def _families(ids: list[int]) -> list[int]:
    """The customers with all that ever were merged with them, directly or by a chain."""
    found, edge = set(ids), set(ids)
    while edge:
        pairs = Merge.everything.filter(Q(customer__in=edge) | Q(into__in=edge))
        met = {end for pair in pairs.values_list("customer_id", "into_id") for end in pair}
        edge = met - found
        found |= met
    return sorted(found)


def _refresh(ids: list[int], day: date, rule: RhythmRule) -> None:
    # two refreshes of one customer take turns
    locked = Customer.everything.select_for_update(of=("self",), no_key=True).filter(pk__in=ids)
    list(locked.order_by("pk").values_list("pk"))
    listed = ", ".join(str(int(customer_id)) for customer_id in ids)
    values: dict[str, str | int] = {
        "date": day.isoformat(),
        "day": day_number(day),
        **rule.as_integers(),
    }
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM customers_purchaseday WHERE customer_id IN ({listed})")
        cursor.execute(_purchase_days(listed), values)
        cursor.execute(_columns(listed), values)


def _purchase_days(listed: str) -> str:
    only = f"AND r.customer_id IN ({listed})"
    return f"""
INSERT INTO customers_purchaseday (customer_id, day, cents, purchases)
WITH RECURSIVE {survivors()}, {money_rows(connection.vendor, only)}, {purchases()}
SELECT customer_id, day, SUM(cents), COUNT(*) FROM purchase GROUP BY customer_id, day"""


def _columns(listed: str) -> str:
    """Write the columns of those customers whose columns differ from what is known now.

    Two parts are put side by side by union and grouping, or joined in a fixed order (`CROSS JOIN`), where
    SQLite would compare each row of one with each of the other.
    """
    vendor = connection.vendor
    only = f"AND r.customer_id IN ({listed})"
    last_day = day_number_sql("c.last_purchase_on", vendor)
    lost_day = day_number_sql("c.lost_on", vendor)
    risk_day = day_number_sql("c.at_risk_on", vendor)
    return f"""
WITH RECURSIVE {survivors()}, {money_rows(vendor, only)}, {_covers(listed)}, {_rhythm(listed)},
yearly AS (
    SELECT b.customer_id, SUM(m.cents) AS cents FROM money m CROSS JOIN bought b
    WHERE b.customer_id = m.customer_id AND m.day > b.last_day - %(value_days)s
    GROUP BY b.customer_id
),
covered AS (
    SELECT customer_id, MAX(last_day) AS last_day, MAX(purchases) AS purchases,
        MAX(halves) AS halves, MAX(parts) AS parts, MAX(last_covered) AS last_covered
    FROM (
        SELECT customer_id, last_day, purchases, halves, parts, NULL AS last_covered FROM threshold
        UNION ALL
        SELECT customer_id, NULL, NULL, NULL, NULL, last_covered FROM cover
    ) AS either
    GROUP BY customer_id HAVING MAX(last_day) IS NOT NULL
),
ending AS (
    SELECT t.*, CASE WHEN last_covered IS NULL OR last_day > last_covered
            THEN last_day + parts / (2 * %(parts)s) + 1
            ELSE last_covered + %(grace)s + 1 END AS lost_day,
        CASE WHEN last_covered IS NULL OR last_day > last_covered
            THEN last_day + (parts * %(warn_top)s + %(warn_parts)s - 1) / %(warn_parts)s
            END AS risk_day
    FROM covered t
),
fresh AS (
    SELECT c.id, e.last_day, COALESCE(e.purchases, 0) AS purchases, e.halves,
        e.parts / %(parts)s AS threshold_halves,
        CASE WHEN e.lost_day <= {LAST_DAY} THEN e.lost_day END AS lost_day,
        CASE WHEN e.risk_day <= {LAST_DAY} THEN e.risk_day END AS risk_day,
        CASE WHEN y.cents > 0 THEN y.cents ELSE 0 END AS cents
    FROM customers_customer c LEFT JOIN ending e ON e.customer_id = c.id
        LEFT JOIN yearly y ON y.customer_id = c.id
    WHERE c.id IN ({listed}) AND (
        c.purchases <> COALESCE(e.purchases, 0)
        OR c.annual_cents <> CASE WHEN y.cents > 0 THEN y.cents ELSE 0 END
        OR COALESCE({last_day}, {NO_DAY}) <> COALESCE(e.last_day, {NO_DAY})
        OR COALESCE({lost_day}, {NO_DAY}) <> COALESCE(e.lost_day, {NO_DAY})
        OR COALESCE({risk_day}, {NO_DAY}) <> COALESCE(e.risk_day, {NO_DAY})
        OR COALESCE(c.typical_half_days, -1) <> COALESCE(e.halves, -1)
        OR COALESCE(c.threshold_half_days, -1) <> COALESCE(e.parts / %(parts)s, -1))
)
UPDATE customers_customer SET last_purchase_on = {date_sql("fresh.last_day", vendor)},
    purchases = fresh.purchases, typical_half_days = fresh.halves,
    threshold_half_days = fresh.threshold_halves, annual_cents = fresh.cents,
    lost_on = {date_sql("fresh.lost_day", vendor)}, at_risk_on = {date_sql("fresh.risk_day", vendor)}
FROM fresh WHERE fresh.id = customers_customer.id"""


def _covers(listed: str) -> str:
    """`cover(customer_id, last_covered)`: the last day under a contract begun by now; open: never ending."""
    end = f"COALESCE({day_number_sql('c.end_on', connection.vendor)}, {NEVER})"
    cancelled = (
        f"CASE WHEN c.cancelled_on <= %(date)s"
        f" THEN {day_number_sql('c.cancelled_on', connection.vendor)} ELSE {NEVER} END"
    )
    return f"""
cover AS (
    SELECT {survivor_of("c")} AS customer_id,
        MAX(CASE WHEN {end} < {cancelled} THEN {end} ELSE {cancelled} END) AS last_covered
    FROM customers_contract c LEFT JOIN survivor v ON v.customer_id = c.customer_id
    WHERE {known("c", "c.start_on")} AND {not_test("c")} AND c.customer_id IN ({listed})
    GROUP BY {survivor_of("c")}
)"""


def _rhythm(listed: str) -> str:
    """`threshold(customer_id, last_day, purchases, halves, parts)` from the purchase days just written.

    `halves`: the doubled median of the last gaps (one middle gap counts twice), in half-days.
    """
    return f"""
bought AS (
    SELECT customer_id, MAX(day) AS last_day, SUM(purchases) AS purchases, COUNT(*) AS days
    FROM customers_purchaseday WHERE customer_id IN ({listed}) GROUP BY customer_id
),
step AS (
    SELECT customer_id, day - LAG(day) OVER (PARTITION BY customer_id ORDER BY day) AS gap,
        ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY day DESC) AS back
    FROM customers_purchaseday WHERE customer_id IN ({listed})
),
ranked_gap AS (
    SELECT customer_id, gap,
        ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY gap) AS place,
        COUNT(*) OVER (PARTITION BY customer_id) AS gaps
    FROM step WHERE gap IS NOT NULL AND back <= %(memory)s
),
typical AS (
    SELECT customer_id, SUM(gap) * CASE WHEN COUNT(*) = 1 THEN 2 ELSE 1 END AS halves
    FROM ranked_gap WHERE place IN ((gaps + 1) / 2, (gaps + 2) / 2) GROUP BY customer_id
),
rhythm AS (
    SELECT b.customer_id, b.last_day, b.purchases,
        CASE WHEN b.days > %(min_gaps)s THEN COALESCE(t.halves, %(default_halves)s)
            ELSE %(default_halves)s END AS halves
    FROM bought b LEFT JOIN typical t ON t.customer_id = b.customer_id
),
threshold AS (
    SELECT customer_id, last_day, purchases, halves,
        CASE WHEN %(cap_parts)s <= %(floor_parts)s OR %(cap_parts)s <= halves * %(k_parts)s
            THEN %(cap_parts)s
            WHEN %(floor_parts)s >= halves * %(k_parts)s THEN %(floor_parts)s
            ELSE halves * %(k_parts)s END AS parts
    FROM rhythm
)"""
