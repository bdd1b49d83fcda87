"""Profit structure (section 10): revenue and margin of the period by one dimension."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from tests.oracle.knowledge import base_cents, belongs_to, cents_of, known_at, money
from tests.oracle.shares import share
from tests.oracle.tables import Row, Settings, Tables, by_column, cell, visible

NONE = "(none)"


def margin(
    tables: Tables,
    settings: Settings,
    from_: date,
    to: date,
    as_of: date,
    params: Mapping[str, Any] | None = None,
    by: str = "customer",
) -> dict[str, dict[str, Any]]:
    """By value of the dimension; every visible row of the period is in exactly one value."""
    owners = belongs_to(tables, as_of)
    value_of = _dimension(tables, as_of, owners, by)
    groups: dict[str, list[tuple[int, int | None]]] = defaultdict(list)
    for row in tables.get("revenue", []):
        on = date.fromisoformat(row["date"])
        in_period = from_ <= on <= min(to, as_of)
        if in_period and row["customer_id"] in owners and visible(row, "date", as_of):
            groups[value_of(row) or NONE].append((base_cents(row), _cost(row)))
    return {value: _figures(groups[value]) for value in sorted(groups)}


def _dimension(
    tables: Tables, as_of: date, owners: Mapping[str, str], by: str
) -> Callable[[Row], str]:
    """How a revenue row gets its value; segment and region are those of the survivor, today."""
    customers = by_column(tables.get("customers", []), "customer_id")
    known = known_at(tables, as_of)

    def rep(row: Row) -> str:
        party = known.parties[owners[row["customer_id"]]]
        return cell(row, "rep_id") or party.owner(date.fromisoformat(row["date"]))

    def attribute(row: Row) -> str:
        return cell(customers[owners[row["customer_id"]]], by)

    return {
        "customer": lambda row: owners[row["customer_id"]],
        "product": lambda row: cell(row, "product"),
        "rep": rep,
        "segment": attribute,
        "region": attribute,
    }[by]


def _cost(row: Row) -> int | None:
    """The cost in base cents, at the rate of the row (R5); None if unknown."""
    cost = cell(row, "cost")
    return cents_of(cost, cell(row, "fx_rate")) if cost else None


def _figures(rows: list[tuple[int, int | None]]) -> dict[str, Any]:
    costed = [(cents, cost) for cents, cost in rows if cost is not None]
    costed_revenue = sum(cents for cents, _ in costed)
    gained = costed_revenue - sum(cost for _, cost in costed)
    return {
        "revenue": money(sum(cents for cents, _ in rows)),
        "costed_revenue": money(costed_revenue),
        "margin": money(gained),
        "margin_rate": share(gained, costed_revenue),
    }
