"""The lines of loss 2: how many leads leaked by source, at what rate they would have converted, and their value.

Read from the table `judged_lead` (`reports.rows.judged_leads`); exact until the line's cents are rounded.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from crm.lib.money import half_up
from customers.knowledge import known_money, survivors
from reports.report import Run
from reports.snapshots.filling import read_rows
from reports.statistics.survival import Share, converting, curve

# How long a converted customer's revenue counts: its first year.
VALUE_DAYS = 365
CLASSES = ("timely", "late", "never", "pending")


@dataclass(frozen=True)
class Rate:
    """The normal rate of a source; `share` is None where there are too few leads."""

    share: Share | None
    n: int
    scope: str


@dataclass(frozen=True)
class Value:
    """Mean first-year revenue, in cents, of `n` customers; None of nobody."""

    mean: Fraction | None
    n: int
    scope: str


@dataclass(frozen=True)
class Line:
    """A source (0: none) with its leads of the period by class, the leaked ones and what they are worth."""

    source_id: int
    key: str
    counts: Mapping[str, int]
    rate: Rate
    value: Value

    @property
    def leaked(self) -> int:
        return self.counts.get("leaked", 0)

    @property
    def leaked_converted(self) -> int:
        return self.counts.get("leaked_converted", 0)

    @property
    def young(self) -> int:
        """Late or never, and still to be saved."""
        return self.counts.get("at_risk", 0)

    @property
    def loss(self) -> tuple[int, int, int]:
        """Cents, with the limits of their range."""
        normal = self.rate.share
        if normal is None:
            return 0, 0, 0
        leaked, converted = self.leaked, self.leaked_converted
        return (
            self._cents(normal.p, leaked, converted),
            self._cents(normal.low, leaked, converted),
            self._cents(normal.high, leaked, converted),
        )

    @property
    def at_risk(self) -> int:
        """Cents."""
        return self._cents(self.rate.share.p if self.rate.share else None, self.young)

    def _cents(self, share: Fraction | None, leads: int, converted: int = 0) -> int:
        """`max(0, leads * share - converted) * value`, rounded once; 0 where it cannot be estimated."""
        if share is None or self.value.mean is None:
            return 0
        return half_up(max(Fraction(0), leads * share - converted) * self.value.mean)

    @property
    def is_estimable(self) -> bool:
        return self.rate.share is not None and self.value.mean is not None


def lines_of(run: Run, values: Mapping[str, Any], vendor: str, rates: "Rates") -> list[Line]:
    """The lines of the sources that have valid leads in the period, by key."""
    worths = _Values(run, values, vendor)
    counts: dict[tuple[str, int], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in read_rows("", _COUNTS, dict(values)):
        _count(counts[row["line_key"], row["source_id"]], row)
    return [
        Line(source_id, key, dict(by_name), rates.of(source_id), worths.of(source_id))
        for (key, source_id), by_name in sorted(counts.items())
    ]


_COUNTS = """
SELECT COALESCE(s.key, '(none)') AS line_key, COALESCE(j.source_id, 0) AS source_id, j.class,
    j.mature, j.converts, COUNT(*) AS n
FROM judged_lead j LEFT JOIN sales_leadsource s ON s.id = j.source_id
WHERE j.in_period = 1 AND j.valid = 1
GROUP BY s.key, j.source_id, j.class, j.mature, j.converts"""

_WATCHED = """
SELECT COALESCE(source_id, 0) AS source_id, converts,
    CASE WHEN converts = 1 THEN converted_after WHEN %(day)s - day < %(horizon)s THEN %(day)s - day
        ELSE %(horizon)s END AS time, COUNT(*) AS n
FROM judged_lead WHERE valid = 1 AND class = 'timely' AND day > %(window)s GROUP BY 1, 2, 3"""


def _count(counts: dict[str, int], row: Mapping[str, Any]) -> None:
    counts["leads"] += row["n"]
    counts[row["class"]] += row["n"]
    if row["class"] not in ("late", "never"):
        return
    counts["leaked" if row["mature"] else "at_risk"] += row["n"]
    if row["mature"] and row["converts"]:
        counts["leaked_converted"] += row["n"]


class Rates:
    """Kaplan-Meier by source of the timely leads of the window, and of all of them where a source has few."""

    def __init__(self, run: Run, values: Mapping[str, Any]) -> None:
        self.least = run.values["min_rate_n"]
        by_source: dict[int, tuple[dict[int, int], dict[int, int]]] = defaultdict(
            lambda: (defaultdict(int), defaultdict(int))
        )
        everything = by_source[-1]
        for row in read_rows("", _WATCHED, dict(values)):
            for counted in (by_source[row["source_id"]], everything):
                counted[0 if row["converts"] else 1][row["time"]] += row["n"]
        self.shares = {source: converting(*counted) for source, counted in by_source.items()}
        self.everything = everything

    def of(self, source_id: int) -> Rate:
        own, everything = self.shares.get(source_id), self.shares[-1]
        if own is not None and own.n >= self.least:
            return Rate(own, own.n, "source")
        return Rate(everything if everything.n >= self.least else None, everything.n, "all")

    def everywhere(self) -> float | None:
        """Of all sources together; None of too few leads."""
        everything = self.shares[-1]
        return float(everything.p) if everything.n >= self.least else None

    def curve(self) -> list[list[float]]:
        """Of all sources together: day since the arrival, share converted by then, limits of its range."""
        return [
            [day, float(share.p), float(share.low), float(share.high)]
            for day, share in curve(*self.everything)
        ]


class _Values:
    """Mean revenue by source of the customers its leads of the window became, each from its first conversion."""

    def __init__(self, run: Run, values: Mapping[str, Any], vendor: str) -> None:
        self.least = run.values["min_value_n"]
        earned = read_rows(f"{survivors()},{_earned(vendor)}", _MEANS, dict(values))
        self.sums = {row["source_id"]: (int(row["cents"]), row["n"]) for row in earned}

    def of(self, source_id: int) -> Value:
        scope, (cents, n) = "source", self.sums.get(source_id, (0, 0))
        if n < self.least:
            scope, (cents, n) = "all", self.sums.get(-1, (0, 0))
        return Value(Fraction(cents, n) if n else None, n, scope)


_MEANS = """
SELECT source_id, COUNT(*) AS n, SUM(CASE WHEN cents > 0 THEN cents ELSE 0 END) AS cents
FROM earned GROUP BY source_id"""


def _earned(vendor: str) -> str:
    """`earned(source_id, customer_id, cents)`: by source, and under -1 by all sources together."""
    won = "FROM judged_lead WHERE valid = 1 AND day > %(window)s AND customer_id IS NOT NULL"
    return f"""
won AS MATERIALIZED (
    SELECT COALESCE(source_id, 0) AS source_id, customer_id, MIN(converted_day) AS day
    {won} GROUP BY 1, 2
    UNION ALL SELECT -1, customer_id, MIN(converted_day) {won} GROUP BY customer_id
),
winner AS MATERIALIZED (
    SELECT customer_id FROM won WHERE source_id = -1
    UNION SELECT v.customer_id FROM survivor v JOIN won ON won.customer_id = v.survivor_id
),
won_money AS MATERIALIZED (
    {known_money(vendor)} AND r.customer_id IN (SELECT customer_id FROM winner)
),
earned AS (
    SELECT w.source_id, w.customer_id, SUM(m.cents) AS cents
    FROM won w LEFT JOIN won_money m ON m.customer_id = w.customer_id
        AND m.day >= w.day AND m.day < w.day + {VALUE_DAYS}
    GROUP BY w.source_id, w.customer_id
)"""
