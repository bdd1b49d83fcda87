"""Churn by the fitted model and customer value, loaded and printed by the commands, equal the second calculation.

Both sides climb to the same top by ways of their own, so parameters may differ by 1 %, P(alive) by 0.001 and a
day of loss by one; all else is equal to the cent. CRM_ODD_BUYERS sets how many companies are compared.
"""

import os
import random
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.oracle.bgnbd import churn_bgnbd
from tests.oracle.clv import clv
from tests.oracle.odd_companies import Odd
from tests.oracle.odd_deals import odd_buyers
from tests.oracle.tables import write_tables
from tests.reports.test_churn_against_oracle import disagreements, printed
from tests.require import fewer

pytestmark = pytest.mark.django_db
SEEDS = range(int(os.environ.get("CRM_ODD_BUYERS", fewer(4))))
CENT = Decimal("0.01")
# What is expected is a sum of products of P(alive): each may be off by a cent for rounding alone.
ESTIMATES = ("expected_loss", "expected_loss_se")


@pytest.mark.parametrize("seed", SEEDS)
def test_buyers(seed: int, tmp_path: Path) -> None:
    odd = odd_buyers(random.Random(seed))
    write_tables(tmp_path, odd.tables, odd.settings)
    call_command("load_tables", str(tmp_path), stdout=StringIO())
    found = _in_churn(odd) + _in_clv(odd)
    assert found == [], "\n".join(found)


def _in_churn(odd: Odd) -> list[str]:
    product, oracle = printed("churn", odd), churn_bgnbd(*_asked(odd))
    found = []
    for key in ESTIMATES:
        mine, theirs = product.pop(key), oracle.pop(key)
        found += _apart(f"churn.{key}", mine, theirs, _share_of(theirs, "0.001") + 2)
    mine, theirs = _by_customer(product.pop("lines")), _by_customer(oracle.pop("lines"))
    if mine.keys() == theirs.keys():
        found += disagreements(product, oracle, "churn")
        for customer, line in mine.items():
            found += _in_line(line, theirs[customer], f"churn.{customer}")
    elif not all(
        _is_on_an_edge(odd, {**mine, **theirs}[who]) for who in mine.keys() ^ theirs.keys()
    ):
        found.append(f"churn: lines of {sorted(mine.keys() ^ theirs.keys())} on one side only")
    return found


def _in_line(mine: dict[str, Any], theirs: dict[str, Any], at: str) -> list[str]:
    found = _apart(f"{at}.p_alive", mine.pop("p_alive"), theirs.pop("p_alive"), Decimal("0.001"))
    days = [date.fromisoformat(line.pop("lost_on")) for line in (mine, theirs)]
    if abs(days[0] - days[1]) > timedelta(days=1):
        found.append(f"{at}.lost_on: {days[0]} / {days[1]}")
    return found + disagreements(mine, theirs, at)


def _is_on_an_edge(odd: Odd, line: dict[str, Any]) -> bool:
    """Lost a day earlier or later it would lie in the period on one side only."""
    lost_on, end = date.fromisoformat(line["lost_on"]), min(odd.to, odd.as_of)
    return line["basis"] == "model" and lost_on in (odd.from_, end)


def _in_clv(odd: Odd) -> list[str]:
    product, oracle = printed("clv", odd), clv(*_asked(odd))
    found = disagreements(sorted(product), sorted(oracle), "clv")
    for part in ("model", "spend"):
        mine, theirs = product[part], oracle[part]
        assert list(mine) == list(theirs)
        for key, number in theirs.items():
            found += _apart(f"clv.{key}", mine[key], number, _share_of(number, "0.01"))
    customers = oracle["customers"]
    found += disagreements(list(product["customers"]), sorted(customers), "clv.customers")
    for customer, mine in product["customers"].items():
        for key, number in customers[customer].items():
            wide = Decimal("0.001") if key in ("p_alive",) else _share_of(number, "0.001") + CENT
            found += _apart(f"clv.{customer}.{key}", mine[key], number, wide)
    return found


def _asked(odd: Odd) -> tuple[Any, ...]:
    return (odd.tables, odd.settings, odd.from_, odd.to, odd.as_of, odd.params)


def _by_customer(lines: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {line["customer_id"]: line for line in lines}


def _share_of(number: Any, share: str) -> Decimal:
    return abs(Decimal(number)) * Decimal(share) if number is not None else Decimal(0)


def _apart(at: str, mine: Any, theirs: Any, by: Decimal) -> list[str]:
    """Further apart than allowed, or empty on one side only."""
    if mine is None or theirs is None:
        return [] if mine is theirs else [f"{at}: {mine} / {theirs}"]
    return [] if abs(Decimal(mine) - Decimal(theirs)) <= by else [f"{at}: {mine} / {theirs}"]
