"""What a worked case is, and words to build its small company."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.oracle.tables import Row, Settings, Tables


@dataclass(frozen=True)
class Case:
    name: str
    tables: Tables
    from_: str
    to: str
    as_of: str
    expected: dict[str, Any]
    lines: dict[str, dict[str, Any]] | None = None
    """Id of the line -> keys of it; None leaves the lines unchecked."""
    params: dict[str, str] = field(default_factory=dict)
    slug: str = "churn"
    settings: Settings = field(default_factory=dict)


def differing(found: dict[str, Any], typed: dict[str, Any]) -> dict[str, Any]:
    """The typed keys where what was found is something else, with what was found."""

    def same(key: str) -> bool:
        if isinstance(typed[key], float) and found[key] is not None:
            return abs(float(found[key]) - typed[key]) < 1e-6
        return bool(found[key] == typed[key])

    return {key: found[key] for key in typed if not same(key)}


def company(
    revenue: Iterable[tuple[str, str, str]] = (),
    more_revenue: Iterable[Row] = (),
    **others: list[Row],
) -> Tables:
    """A company of plain orders (customer, date, amount), rows with more columns, other tables."""
    rows = [
        {"entry_id": f"E{n:05}", "customer_id": customer, "date": on, "amount": amount}
        for n, (customer, on, amount) in enumerate(revenue, 1)
    ] + list(more_revenue)
    others.setdefault("reps", [])
    named = {row["customer_id"] for row in rows}
    named |= {row["customer_id"] for name in others for row in others[name] if "customer_id" in row}
    known = {row["customer_id"] for row in others.get("customers", [])}
    customers = others.pop("customers", []) + [{"customer_id": c} for c in sorted(named - known)]
    return {"customers": customers, "revenue": rows, **others}


def order(entry: str, order_id: str, customer: str, on: str, amount: str, **columns: str) -> Row:
    return {
        "entry_id": entry,
        "order_id": order_id,
        "customer_id": customer,
        "date": on,
        "amount": amount,
        **columns,
    }


def alike(found: Any, typed: Any) -> bool:
    """What was typed, at any depth: named keys only, broken numbers to 1e-6."""
    if isinstance(typed, dict):
        return all(key in found and alike(found[key], typed[key]) for key in typed)
    if isinstance(typed, float) and found is not None:
        return abs(float(found) - typed) < 1e-6
    return bool(found == typed)
