"""The ledger: what its figures open, and the reports in it. (Its worked examples: test_ledger_against_oracle.)"""

from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from reports.models import Evidence, Snapshot
from tests.oracle.cases import Case
from tests.oracle.tables import write_tables
from tests.oracle.worked_ledger import LEDGER
from tests.reports.conftest import printed

pytestmark = pytest.mark.django_db


def told(case: Case, tmp_path: Path) -> Any:
    write_tables(tmp_path, case.tables, case.settings)
    call_command("load_tables", str(tmp_path), stdout=StringIO())
    words = ["--from", case.from_, "--to", case.to, "--as-of", case.as_of]
    return _numbers(printed(case.slug, *words, **case.params))


def _numbers(value: Any) -> Any:
    """Numbers as numbers: `printed` reads them as the text that was printed."""
    if isinstance(value, dict):
        return {key: _numbers(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_numbers(member) for member in value]
    if isinstance(value, str):
        try:
            return Decimal(value)
        except ArithmeticError:
            return value
    return value


def test_each_overlap_opens_its_rows(tmp_path: Path) -> None:
    case = next(case for case in LEDGER if "wages are not lost twice" in case.name)
    told(case, tmp_path)
    ledger = Snapshot.objects.get(slug="ledger")
    rows = list(ledger.evidence.filter(measure="overlap_4_5").order_by("line_key"))
    assert len(rows) == 15
    assert sum(row.cents for row in rows) == 2_999_792 == ledger.headline["overlap_4_5_cents"]
    assert {row.subject_type for row in rows} == {"user"}
    assert not any("wage" in row.facets for row in rows)


def test_the_reports_stand_in_it_whole(tmp_path: Path) -> None:
    case = next(case for case in LEDGER if "lost once" in case.name)
    report = told(case, tmp_path)
    words = ["--from", case.from_, "--to", case.to, "--as-of", case.as_of]
    slugs = ("churn", "leakage", "marketing", "time", "new_reps", "departures")
    for number, slug in enumerate(slugs, 1):
        assert report["reports"][str(number)] == _numbers(printed(slug, *words)), slug
        assert Snapshot.objects.filter(slug=slug).count() == 1


def test_the_margin_of_a_source_is_shared_out_over_its_leads(tmp_path: Path) -> None:
    case = next(case for case in LEDGER if "lost once" in case.name)
    told(case, tmp_path)
    rows = Evidence.objects.filter(measure="margin_2")
    assert rows.count() == 40
    assert sum(row.cents for row in rows) == 40_000_000
    assert sum(row.low_cents for row in rows) < 40_000_000 < sum(row.high_cents for row in rows)
