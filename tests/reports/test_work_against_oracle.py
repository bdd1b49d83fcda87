"""Selling time and new reps, loaded and printed by the commands, equal the second calculation.

CRM_ODD_COMPANIES sets how many odd businesses are compared; a failing one is named by its seed.
"""

import os
import random
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from reports.report import report_named
from tests.oracle.cases import Case, differing
from tests.oracle.loss_reports import REPORTS, line_id
from tests.oracle.odd_business import odd_business
from tests.oracle.odd_companies import Odd
from tests.oracle.tables import write_tables
from tests.oracle.worked_losses import LOSS_CASES
from tests.reports.test_churn_against_oracle import dates, disagreements, printed
from tests.require import fewer

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]
SEEDS = range(int(os.environ.get("CRM_ODD_COMPANIES", fewer(6))))
SLUGS = ("time", "new_reps")
WORKED = [case for case in LOSS_CASES if case.slug in SLUGS]


def load(folder: Path, odd: Odd) -> None:
    write_tables(folder, odd.tables, odd.settings)
    call_command("load_tables", str(folder), stdout=StringIO())


def own_parameters(odd: Odd) -> Odd:
    """The same business with the parameters of these two reports alone."""
    own = {name for slug in SLUGS for name in report_named(slug).parameter_names}
    return odd._replace(params={name: value for name, value in odd.params.items() if name in own})


def by_line(slug: str, report: Any) -> Any:
    """The lines by what they are called, in the place of their list; their order is kept."""
    named = [(line_id(slug, line), line) for line in report["lines"]]
    return {**report, "lines": dict(named), "order": [name for name, _line in named]}


@pytest.mark.parametrize("seed", SEEDS)
def test_odd_business(seed: int, tmp_path: Path) -> None:
    odd = own_parameters(odd_business(random.Random(seed)))
    load(tmp_path, odd)
    found: list[str] = []
    for slug in SLUGS:
        expected = REPORTS[slug](odd.tables, odd.settings, odd.from_, odd.to, odd.as_of, odd.params)
        found += disagreements(by_line(slug, printed(slug, odd)), by_line(slug, expected), slug)
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("case", WORKED, ids=lambda case: case.name)
def test_worked_case(case: Case, tmp_path: Path) -> None:
    odd = Odd(case.tables, case.settings, *dates(case), case.params)
    load(tmp_path, odd)
    report = printed(case.slug, odd)
    lines = {line_id(case.slug, line): line for line in report["lines"]}
    assert differing(report, case.expected) == {}
    if case.lines is not None:
        assert list(lines) == sorted(case.lines)
        for name, typed in case.lines.items():
            assert differing(lines[name], typed) == {}
