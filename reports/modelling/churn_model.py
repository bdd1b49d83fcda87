"""The second method of loss 1: BG/NBD tells who is lost among repeat customers without contracts (section 3).

The parameters are fitted at the as-of day to all customers without contracts. What they say of a customer
depends on few whole numbers, so it is worked out once for all who are alike and lent to the statement:
`model_lost(days, span, lost_after)`: lost so many days after the first of `days` purchase days, the last of
which came `span` days after it; `model_alive(days, span, age, alive)`: P(alive) at the as-of day, in billionths.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from customers.knowledge import known_money, survivors
from reports.modelling.alive import days_until_lost, p_alive
from reports.modelling.bgnbd import Model
from reports.modelling.fitting import fitted
from reports.modelling.likelihood import Group
from reports.report import Run
from reports.rows import knowledge, standing
from reports.snapshots.filling import lent, read_rows

METHOD = "bgnbd"
BILLION = 10**9
# Values are counted in units of which all the money of the company is fewer than these: their squares
# then add up within eight bytes.
MOST_UNITS = 2 * BILLION


@dataclass(frozen=True)
class Judged:
    """How customers are told lost in one run: what its statement needs to know, and what the snapshot keeps."""

    by_model: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)
    whole: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Customers:
    """`groups` are those without contracts at the as-of day; `spans` all (repeats, span) a state hangs on."""

    groups: Counter[Group]
    spans: set[tuple[int, int]]


@contextmanager
def judging(run: Run, values: Mapping[str, Any]) -> Iterator[Judged]:
    """Fit the model if the run asks for it; its tables are there within the block.

    `values` are the parameters of the report's own statement. Where the model does not hold, the rule stands
    in for it and `whole` says why.
    """
    if run.values["churn_method"] != METHOD:
        yield Judged()
        return
    customers = _customers(dict(values))
    found = fitted(customers.groups, run.as_of, run.values)
    whole = {"method": METHOD if found.model else "rule", "model": found.as_json()}
    if found.model is None:
        yield Judged(whole=whole)
        return
    unit = _unit(dict(values))
    p_lost = float(run.values["p_lost"])
    with _lost(found.model, customers, p_lost), _alive(found.model, customers):
        yield Judged(True, {"value_unit": unit}, {**whole, "value_unit": unit})


def _customers(values: dict[str, Any]) -> Customers:
    vendor = connection.vendor
    expressions = f"{survivors()},{knowledge.purchase_steps(vendor)},{standing.covers(vendor)}"
    last = " OR ".join(f"(s.day <= %({p})s AND s.next_day > %({p})s)" for p in ("before", "end"))
    rows = read_rows(
        expressions,
        f"""SELECT s.n - 1 AS repeats, s.day - s.first_day AS span,
            CASE WHEN s.next_day IS NULL THEN %(day)s - s.first_day END AS age,
            CASE WHEN c.customer_id IS NULL THEN 1 ELSE 0 END AS is_free, COUNT(*) AS n
        FROM step s LEFT JOIN cover c ON c.customer_id = s.customer_id
        WHERE s.next_day IS NULL OR {last} GROUP BY 1, 2, 3, 4""",
        values,
    )
    groups: Counter[Group] = Counter()
    for row in rows:
        if row["is_free"] and row["age"] is not None:
            groups[Group(row["repeats"], row["span"], row["age"])] += row["n"]
    return Customers(groups, {(row["repeats"], row["span"]) for row in rows if row["repeats"]})


def _lost(model: Model, customers: Customers, p_lost: float) -> AbstractContextManager[None]:
    rows = (
        (repeats + 1, span, days_until_lost(model, repeats, span, p_lost))
        for repeats, span in sorted(customers.spans)
    )
    return lent("model_lost", ("days", "span", "lost_after"), rows)


def _alive(model: Model, customers: Customers) -> AbstractContextManager[None]:
    rows = (
        (group.repeats + 1, group.span, group.age, round(p_alive(model, group) * BILLION))
        for group in sorted(customers.groups)
        if group.repeats
    )
    return lent("model_alive", ("days", "span", "age", "alive"), rows)


def _unit(values: dict[str, Any]) -> int:
    """Cents to a unit of value: a power of ten, 1 but for companies of more than 20 million."""
    money = known_money(connection.vendor)
    select = f"SELECT SUM(CASE WHEN m.cents > 0 THEN m.cents ELSE 0 END) AS total FROM ({money}) m"
    total, unit = int(read_rows(survivors(), select, values)[0]["total"] or 0), 1
    while total >= MOST_UNITS * unit:
        unit *= 10
    return unit


def told() -> str:
    """`told`: the columns of `rule` and `model_day`, the day lost by the model; null for one-time buyers."""
    return """
told AS (
    SELECT r.*, r.first_day + m.lost_after AS model_day
    FROM rule r LEFT JOIN model_lost m ON m.days = r.n AND m.span = r.day - r.first_day
)"""


def billionths_of(number: str, share: str) -> str:
    """An expression: a share in billionths of a whole number not below 0, halves up, exact up to 4 * 10^18."""
    parts = f"({number}) %% {BILLION} * ({share})"
    return f"(({number}) / {BILLION} * ({share}) + ({parts} + {BILLION // 2}) / {BILLION})"
