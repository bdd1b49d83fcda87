"""Departures, their effect and the ledger, loaded and printed by the commands, equal the second calculation.

CRM_ODD_COMPANIES sets how many odd businesses are compared; a failing one is named by its seed.
"""

import json
import os
import random
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db.backends.signals import connection_created

from reports.report import report_named
from tests.oracle.cases import Case, differing
from tests.oracle.loss_reports import LINE_ID, REPORTS, line_id
from tests.oracle.odd_business import odd_business
from tests.oracle.odd_companies import Odd
from tests.oracle.tables import write_tables
from tests.oracle.worked_losses import LOSS_CASES
from tests.reports.test_churn_against_oracle import dates
from tests.require import fewer

pytestmark = pytest.mark.django_db
SEEDS = range(int(os.environ.get("CRM_ODD_COMPANIES", fewer(5))))
SLUGS = ("departures", "did", "ledger")
WORKED = [case for case in LOSS_CASES if case.slug in SLUGS]
RATES = {
    "control_ratio", "margin_rate", "rate", "share", "logged_share", "logo_churn", "logo_churn_lo",
    "logo_churn_hi", "revenue_churn",
}  # fmt: skip
# Limits of estimates: a float entered.
ESTIMATED = {"lo", "hi"}


def load(folder: Path, odd: Odd) -> None:
    """The cases name the customer of a lead without one too, which loading refuses."""
    customers = [row for row in odd.tables.get("customers", []) if row["customer_id"]]
    write_tables(folder, {**odd.tables, "customers": customers}, odd.settings)
    call_command("load_tables", str(folder), stdout=StringIO())


def printed(slug: str, odd: Odd) -> Any:
    """What the command prints, with numbers kept as they were written."""
    out = StringIO()
    words = ["--from", str(odd.from_), "--to", str(odd.to), "--as-of", str(odd.as_of)]
    for name in report_named(slug).parameter_names:
        if name in odd.params:
            words += ["--set", f"{name}={odd.params[name]}"]
    call_command("report", slug, *words, "--json", stdout=out, stderr=StringIO())
    return json.loads(out.getvalue(), parse_float=Decimal)


def named(slug: str, report: Any) -> Any:
    """The report with its lines by their names, and their order apart, so that a missing one is told as such."""
    if slug == "did":
        return {line["rep_id"]: line for line in report} | {"order": [x["rep_id"] for x in report]}
    if slug == "ledger":
        whole = zip(
            ("churn", "leakage", "marketing", "time", "new_reps", "departures"),
            "123456",
            strict=True,
        )
        reports = {n: named(each, report["reports"][n]) for each, n in whole}
        return {**report, "reports": reports}
    if slug not in LINE_ID:
        return report
    lines = [(line_id(slug, line), line) for line in report["lines"]]
    return {**report, "lines": dict(lines), "order": [name for name, _line in lines]}


def disagreements(product: Any, oracle: Any, at: str, key: str = "") -> list[str]:
    """Every place where the two differ, as "path: product / oracle"."""
    if isinstance(oracle, dict) and isinstance(product, dict):
        found = []
        if product.keys() != oracle.keys():
            found.append(f"{at}: keys {sorted(product.keys() ^ oracle.keys())} on one side only")
        for name in oracle.keys() & product.keys():
            found += disagreements(product[name], oracle[name], f"{at}.{name}", name)
        return found
    near = Decimal("1e-6") if key in RATES else Decimal("0.01") if key in ESTIMATED else 0
    if near and isinstance(product, Decimal | int) and isinstance(oracle, Decimal | int):
        return [] if abs(product - oracle) <= near else [f"{at}: {product} / {oracle}"]
    same = product == oracle and isinstance(product, bool) == isinstance(oracle, bool)
    return [] if same else [f"{at}: {product!r} / {oracle!r}"]


@pytest.mark.parametrize("seed", SEEDS)
def test_odd_business(seed: int, tmp_path: Path) -> None:
    odd = odd_business(random.Random(seed))
    load(tmp_path, odd)
    found: list[str] = []
    for slug in SLUGS:
        told, expected = printed(slug, odd), REPORTS[slug](*odd)
        found += disagreements(named(slug, told), named(slug, expected), slug)
    assert found == [], "\n".join(found)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_odd_business_over_two_connections(tmp_path: Path) -> None:
    """Outside of a transaction the losses are worked out side by side."""
    odd = odd_business(random.Random(4))
    load(tmp_path, odd)
    served: set[int] = set()

    def hear(connection: Any, **_named: Any) -> None:
        served.add(connection.connection.info.backend_pid)

    connection_created.connect(hear)
    told = printed("ledger", odd)
    connection_created.disconnect(hear)
    assert len(served) == 1  # beside the one there is
    found = disagreements(named("ledger", told), named("ledger", REPORTS["ledger"](*odd)), "ledger")
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("case", WORKED, ids=lambda case: case.name)
def test_worked_case(case: Case, tmp_path: Path) -> None:
    odd = Odd(case.tables, case.settings, *dates(case), case.params)
    load(tmp_path, odd)
    report = printed(case.slug, odd)
    if case.slug == "did":
        report = {line["rep_id"]: line for line in report}
        assert report.keys() == case.expected.keys()
        for rep, typed in case.expected.items():
            assert differing(report[rep], typed) == {}
        return
    assert differing(report, case.expected) == {}
    if case.lines is not None:
        lines = {line_id(case.slug, line): line for line in report["lines"]}
        assert list(lines) == sorted(case.lines)
        for name, typed in case.lines.items():
            assert differing(lines[name], typed) == {}
