"""How long a customer may be silent: typical interval, threshold and the day it counts as lost by the rule.

Exact: a typical interval is kept in half-days, a threshold in parts of a day, of which `parts_of(k)`
make one day. All text is SQL for both databases.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from customers.medians import medians


def parts_of(k: Decimal) -> int:
    """Parts of a day in which k half-days are a whole number: 20ths for 2.5 would do, quarters do too."""
    return 2 * k.as_integer_ratio()[1]


def memory_parameters(values: Mapping[str, Any]) -> dict[str, int]:
    """What `typical` computes with."""
    return {
        "memory": values["gap_memory"],
        "min_gaps": values["min_gaps"],
        "default_halves": 2 * values["default_interval_days"],
    }


def rule_parameters(k: Decimal, values: Mapping[str, Any], name: str = "") -> dict[str, int]:
    """What `threshold_parts` and `lost_day` compute with; `name` tells several k apart."""
    parts = parts_of(k)
    return {
        f"k_parts{name}": k.as_integer_ratio()[0],
        f"floor_parts{name}": values["floor_days"] * parts,
        f"cap_parts{name}": values["cap_days"] * parts,
        f"day_parts{name}": parts,
    }


def typical(wanted: str) -> str:
    """`paced`: the columns of `wanted` (those of `step`) and `halves`, the doubled typical interval.

    Medians are worked out where the roll-up has kept none. A big integer: times a k of four decimals it is too
    large for PostgreSQL's usual one.
    """
    return f"""
unpaced AS (
    SELECT customer_id, n FROM {wanted} WHERE n > %(min_gaps)s AND kept_halves IS NULL
),{medians("unpaced")},
paced AS (
    SELECT w.*, CAST(COALESCE(CASE WHEN w.n > %(min_gaps)s THEN w.kept_halves END, t.halves,
        %(default_halves)s) AS BIGINT) AS halves
    FROM {wanted} w LEFT JOIN median t ON t.customer_id = w.customer_id AND t.n = w.n
)"""


def threshold_parts(name: str = "") -> str:
    """An expression over `halves`: min(cap, max(floor, k * typical)) in parts of a day."""
    return (
        f"CASE WHEN %(cap_parts{name})s <= %(floor_parts{name})s"
        f" OR %(cap_parts{name})s <= halves * %(k_parts{name})s THEN %(cap_parts{name})s"
        f" WHEN %(floor_parts{name})s >= halves * %(k_parts{name})s THEN %(floor_parts{name})s"
        f" ELSE halves * %(k_parts{name})s END"
    )


def lost_day(name: str = "") -> str:
    """An expression over `day` and `halves`: the first day that is further away than the threshold."""
    return f"day + 1 + ({threshold_parts(name)}) / %(day_parts{name})s"


def rule() -> str:
    """`rule`: the columns of `paced` with `parts`, the threshold, and `lost_day`."""
    return f"""
rule AS (
    SELECT paced.*, {threshold_parts()} AS parts, {lost_day()} AS lost_day FROM paced
)"""
