"""Leakage, speed and marketing, loaded and printed by the commands, equal the second calculation.

CRM_ODD_COMPANIES sets how many odd businesses are compared; a failing one is named by its seed.
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

from crm.lib.periods import Period
from reports.models import Snapshot
from reports.report import Run, report_named
from reports.rules.catalogue import PARAMETERS
from reports.rules.parameters import values_for
from reports.snapshots.taking import take_snapshot
from sales.models import Lead
from tests.oracle.cases import Case, differing
from tests.oracle.lead_chain import STAGES, chain
from tests.oracle.loss_reports import LINE_ID, REPORTS, line_id
from tests.oracle.odd_business import odd_business
from tests.oracle.odd_companies import Odd
from tests.oracle.tables import write_tables
from tests.oracle.worked_losses import LOSS_CASES
from tests.require import fewer

pytestmark = pytest.mark.django_db
SEEDS = range(int(os.environ.get("CRM_ODD_COMPANIES", fewer(6))))
SLUGS = ("leakage", "speed", "marketing")
CASES = [case for case in LOSS_CASES if case.slug in SLUGS]
RATES = {"rate"}


def printed(slug: str, odd: Odd) -> Any:
    """What the command prints, with numbers kept as they were written."""
    out = StringIO()
    words = ["--from", str(odd.from_), "--to", str(odd.to), "--as-of", str(odd.as_of)]
    for name in report_named(slug).parameter_names:
        if name in odd.params:
            words += ["--set", f"{name}={odd.params[name]}"]
    call_command("report", slug, *words, "--json", stdout=out)
    return json.loads(out.getvalue(), parse_float=Decimal)


def disagreements(product: Any, oracle: Any, at: str, rate: bool = False) -> list[str]:
    """Every place where the two differ, as "path: product / oracle"."""
    if isinstance(oracle, dict) and isinstance(product, dict):
        found = []
        if product.keys() != oracle.keys():
            found.append(f"{at}: keys {sorted(product.keys() ^ oracle.keys())} on one side only")
        for key in oracle.keys() & product.keys():
            found += disagreements(product[key], oracle[key], f"{at}.{key}", key in RATES)
        return found
    if rate and isinstance(product, Decimal | int) and isinstance(oracle, Decimal):
        return [] if abs(product - oracle) <= Decimal("1e-6") else [f"{at}: {product} / {oracle}"]
    same = product == oracle and isinstance(product, bool) == isinstance(oracle, bool)
    return [] if same else [f"{at}: {product!r} / {oracle!r}"]


def by_line(slug: str, report: Any) -> Any:
    """The report with its lines by their names, so that a missing one is told as such."""
    if slug not in LINE_ID:
        return report
    return {**report, "lines": {line_id(slug, line): line for line in report["lines"]}}


def load(odd: Odd, folder: Path) -> None:
    """The cases name the customer of a lead without one too, which loading refuses."""
    customers = [row for row in odd.tables.get("customers", []) if row["customer_id"]]
    write_tables(folder, {**odd.tables, "customers": customers}, odd.settings)
    call_command("load_tables", str(folder), stdout=StringIO())


@pytest.mark.parametrize("seed", SEEDS)
def test_odd_business(seed: int, tmp_path: Path) -> None:
    odd = odd_business(random.Random(seed))
    load(odd, tmp_path)
    found = []
    for slug in SLUGS:
        told, expected = printed(slug, odd), REPORTS[slug](*odd)
        found += disagreements(by_line(slug, told), by_line(slug, expected), slug)
        if slug in LINE_ID:
            assert [line_id(slug, line) for line in told["lines"]] == sorted(
                by_line(slug, told)["lines"]
            )
    assert found == [], "\n".join(found)
    found = differing_chain(odd)
    assert found == [], "\n".join(found)


def differing_chain(odd: Odd) -> list[str]:
    """The leads that stand in another stage, and the figures of the page that say something else."""
    snapshot, expected = last_taken(odd), chain(*odd)
    stages = snapshot.evidence.filter(measure__in=STAGES).values_list("subject_id", "measure")
    names = dict(Lead.everything.values_list("pk", "reference"))
    told = {names[lead]: stage for lead, stage in stages}
    found = [
        f"{lead}: {told.get(lead)} / {expected.furthest.get(lead)}"
        for lead in sorted(told.keys() | expected.furthest.keys())
        if told.get(lead) != expected.furthest.get(lead)
    ]
    for stage in STAGES:
        came = snapshot.headline[f"came_{stage}"]
        if came != len(expected.came(stage)):
            found.append(f"came as far as {stage}: {came} / {len(expected.came(stage))}")
    if snapshot.whole["steps"] != expected.told:
        found.append(f"told: {snapshot.whole['steps']} / {expected.told}")
    return found


def last_taken(odd: Odd) -> Snapshot:
    """The run of the page with the same rules, for what the command does not print."""
    report = report_named("leakage")
    values = values_for(
        report.parameter_names, {k: v for k, v in odd.params.items() if k in PARAMETERS}
    )
    return take_snapshot(report, Run(Period(odd.from_, odd.to), odd.as_of, values))


@pytest.mark.thorough
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_worked_case(case: Case, tmp_path: Path) -> None:
    days = (date.fromisoformat(each) for each in (case.from_, case.to, case.as_of))
    odd = Odd(case.tables, case.settings, *days, case.params)
    load(odd, tmp_path)
    report = printed(case.slug, odd)
    assert differing(report, case.expected) == {}
    if case.lines is not None:
        lines = {line_id(case.slug, line): line for line in report["lines"]}
        assert list(lines) == sorted(case.lines)
        for name, typed in case.lines.items():
            assert differing(lines[name], typed) == {}
