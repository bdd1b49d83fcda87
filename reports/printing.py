"""Figures as JSON for the command line: money with two decimals, exact numbers as they are."""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Money:
    """Cents, printed as a number with two decimals."""

    cents: int

    def __str__(self) -> str:
        sign = "-" if self.cents < 0 else ""
        return f"{sign}{abs(self.cents) // 100}.{abs(self.cents) % 100:02d}"


def as_text(value: Any, indent: str = "") -> str:
    """JSON text. The standard encoder knows neither exact decimals nor money, hence this one."""
    if isinstance(value, Money):
        return str(value)
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, date):
        return f'"{value.isoformat()}"'
    if isinstance(value, dict):
        return _block(
            "{}",
            [f"{json.dumps(k)}: {as_text(v, indent + '  ')}" for k, v in value.items()],
            indent,
        )
    if isinstance(value, list):
        return _block("[]", [as_text(item, indent + "  ") for item in value], indent)
    return json.dumps(value, ensure_ascii=False)


def _block(brackets: str, members: list[str], indent: str) -> str:
    if not members:
        return brackets
    inner = f",\n{indent}  ".join(members)
    return f"{brackets[0]}\n{indent}  {inner}\n{indent}{brackets[1]}"


def broken_number(facet: float | None) -> float | None:
    """What a row of evidence holds as a fraction: PostgreSQL gives back 1 where SQLite gives 1.0."""
    return None if facet is None else float(facet)


def money_keys(figures: dict[str, Any]) -> dict[str, Any]:
    """Keys that end in `_cents` lose the ending and become money."""
    return {
        name.removesuffix("_cents"): (
            Money(value) if name.endswith("_cents") and value is not None else value
        )
        for name, value in figures.items()
    }


def as_table(figures: Any) -> str:
    """The same figures to read: a line a figure, then the lines of the report as columns."""
    if not isinstance(figures, dict):
        return _columns(figures)
    single = {name: value for name, value in figures.items() if name not in ("lines", "reports")}
    width = max(len(name) for name in single)
    shown = [f"{name:<{width}}  {_shown(value)}" for name, value in single.items()]
    told = ["\n".join([*shown, "", _columns(figures.get("lines", []))]).rstrip()]
    told += [f"[{name}]\n{as_table(one)}" for name, one in figures.get("reports", {}).items()]
    return "\n\n".join(told)


def _columns(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return ""
    table = [list(rows[0]), *([_shown(value) for value in row.values()] for row in rows)]
    widths = [max(len(cell) for cell in column) for column in zip(*table, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in table
    )


def _shown(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.6f}"
    if isinstance(value, dict):
        return "  ".join(f"{name} {_shown(member)}" for name, member in value.items())
    if isinstance(value, list):
        return " ".join(_shown(member) for member in value)
    return as_text(value).strip('"')
