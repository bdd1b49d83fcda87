"""Reports read the medians that the roll-up keeps, and work out those it has not kept; the figures are the same."""

import json
import random
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from customers.models import Customer, PurchaseDay, Revenue
from customers.purchases import refresh_purchases
from customers.rhythm_rule import RhythmRule
from tests.oracle.churn import calibration, churn, cohorts
from tests.oracle.odd_companies import odd_company
from tests.oracle.tables import write_tables
from tests.reports.test_churn_against_oracle import SEEDS, disagreements, printed

pytestmark = pytest.mark.django_db
SLUGS = ("churn", "calibration", "cohorts")


def forget_some() -> None:
    """The roll-up of every other customer has no medians of this memory."""
    some = list(Customer.everything.order_by("pk").values_list("pk", flat=True))[::2]
    PurchaseDay.objects.filter(customer__in=some).update(halves=None, gap_memory=0)


@pytest.mark.parametrize("seed", SEEDS[::4])
def test_whatever_the_roll_up_looked_back_on(seed: int, tmp_path: Path) -> None:
    odd = odd_company(random.Random(seed))
    tables, settings, from_, to, as_of, params = odd
    params["gap_memory"], params["min_gaps"] = "3", str(1 + seed % 3)
    write_tables(tmp_path, tables, settings)
    call_command("load_tables", str(tmp_path), stdout=StringIO())
    expected = {
        "churn": churn(tables, settings, from_, to, as_of, params),
        "calibration": calibration(tables, settings, as_of, params),
        "cohorts": cohorts(tables, as_of),
    }
    for memory in (3, 2):
        refresh_purchases(None, rule=RhythmRule(gap_memory=memory))
        for slug in SLUGS:
            assert disagreements(printed(slug, odd), expected[slug], slug) == []
    refresh_purchases(None, rule=RhythmRule(gap_memory=3))
    forget_some()
    for slug in SLUGS:
        assert disagreements(printed(slug, odd), expected[slug], slug) == []


@pytest.fixture
def tea() -> Customer:
    """Bought every ten days until 11 March 2025."""
    customer = Customer.everything.create(name="Tea House", reference="T")
    for n in range(8):
        day = date(2025, 1, 1) + timedelta(days=10 * n)
        Revenue.everything.create(customer=customer, on=day, recorded_on=day, amount=Decimal(5))
    refresh_purchases(None)
    return customer


def typical(as_of: str, **values: str) -> Decimal:
    """Of the one customer lost in 2025 and 2026."""
    out = StringIO()
    words = ["--from", "2025-01-01", "--to", "2026-12-31", "--as-of", as_of]
    for name, value in values.items():
        words += ["--set", f"{name}={value}"]
    call_command("report", "churn", *words, "--json", stdout=out)
    report: dict[str, Any] = json.loads(out.getvalue(), parse_float=Decimal)
    (line,) = report["lines"]
    return Decimal(line["typical"])


def test_the_kept_median_is_read_and_no_other(tea: Customer) -> None:
    """A kept median is made wrong to see who reads it: nobody who looks back on another number of gaps,
    and nobody who calls fewer gaps a rhythm.
    """
    assert typical("2026-06-30") == typical("2026-06-30", gap_memory="11") == 10
    PurchaseDay.objects.update(halves=44)
    assert typical("2026-06-30") == 22
    assert typical("2026-06-30", gap_memory="11") == 10
    assert typical("2026-06-30", min_gaps="7") == 22
    assert typical("2026-06-30", min_gaps="8") == 120


def test_no_kept_median_is_read_of_whom_the_day_knew_otherwise(tea: Customer) -> None:
    """A row that was recorded late: days before read the rows, days after read the roll-up."""
    Revenue.everything.create(
        customer=tea, on=date(2025, 1, 5), recorded_on=date(2026, 7, 10), amount=Decimal(5)
    )
    refresh_purchases(None)
    PurchaseDay.objects.update(halves=44)
    assert typical("2026-06-30") == 10
