"""The churn report, loaded and printed by the commands, equals the second calculation.

CRM_ODD_COMPANIES sets how many odd companies are compared; a failing one is named by its seed.
"""

import json
import os
import random
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.oracle.cases import Case, differing
from tests.oracle.churn import calibration, churn, cohorts
from tests.oracle.odd_companies import Odd, odd_company
from tests.oracle.tables import write_tables
from tests.oracle.worked import CASES
from tests.require import fewer

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]
SEEDS = range(int(os.environ.get("CRM_ODD_COMPANIES", fewer(16))))
RATES = {
    "logo_churn",
    "logo_churn_lo",
    "logo_churn_hi",
    "revenue_churn",
    "false_alarm",
    "retention",
    "share",
    "logged_share",
}


def printed(slug: str, odd: Odd) -> Any:
    """What the command prints, with numbers kept as they were written."""
    out = StringIO()
    words = ["--from", str(odd.from_), "--to", str(odd.to), "--as-of", str(odd.as_of)]
    for name, value in odd.params.items():
        words += ["--set", f"{name}={value}"]
    call_command("report", slug, *words, "--json", stdout=out)
    return json.loads(out.getvalue(), parse_float=Decimal)


def disagreements(product: Any, oracle: Any, at: str = "", rate: bool = False) -> list[str]:
    """Every place where the two differ, as "path: product / oracle"."""
    if isinstance(oracle, dict) and isinstance(product, dict):
        found = []
        if product.keys() != oracle.keys():
            found.append(f"{at}: keys {sorted(product.keys() ^ oracle.keys())} on one side only")
        for key in oracle.keys() & product.keys():
            found += disagreements(product[key], oracle[key], f"{at}.{key}", key in RATES)
        return found
    if isinstance(oracle, list) and isinstance(product, list):
        found = _different_members(product, oracle, at)
        if not found:
            for n, pair in enumerate(zip(product, oracle, strict=True)):
                found += disagreements(*pair, f"{at}[{n}]", rate)
        return found
    if rate and isinstance(product, Decimal | int) and isinstance(oracle, Decimal):
        return [] if abs(product - oracle) <= Decimal("1e-6") else [f"{at}: {product} / {oracle}"]
    same = product == oracle and isinstance(product, bool) == isinstance(oracle, bool)
    return [] if same else [f"{at}: {product!r} / {oracle!r}"]


def _different_members(product: list[Any], oracle: list[Any], at: str) -> list[str]:
    def names(rows: list[Any]) -> list[Any]:
        return [row.get("customer_id", row.get("cohort")) for row in rows if isinstance(row, dict)]

    if names(product) != names(oracle) or len(product) != len(oracle):
        return [f"{at}: {len(product)} {names(product)} / {len(oracle)} {names(oracle)}"]
    return []


def dates(case: Case) -> tuple[date, date, date]:
    return (
        date.fromisoformat(case.from_),
        date.fromisoformat(case.to),
        date.fromisoformat(case.as_of),
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_odd_company(seed: int, tmp_path: Path) -> None:
    odd = odd_company(random.Random(seed))
    tables, settings, from_, to, as_of, params = odd
    write_tables(tmp_path, tables, settings)
    call_command("load_tables", str(tmp_path), stdout=StringIO())
    found = disagreements(
        printed("churn", odd), churn(tables, settings, from_, to, as_of, params), "churn"
    )
    found += disagreements(
        printed("calibration", odd), calibration(tables, settings, as_of, params), "calibration"
    )
    found += disagreements(printed("cohorts", odd), cohorts(tables, as_of), "cohorts")
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_worked_case(case: Case, tmp_path: Path) -> None:
    odd = Odd(case.tables, {}, *dates(case), case.params)
    write_tables(tmp_path, odd.tables, odd.settings)
    call_command("load_tables", str(tmp_path), stdout=StringIO())
    report = printed("churn", odd)
    lines = {line["customer_id"]: line for line in report["lines"]}
    assert differing(report, case.expected) == {}
    if case.lines is not None:
        assert list(lines) == sorted(case.lines)
        for customer, typed in case.lines.items():
            assert differing(lines[customer], typed) == {}
