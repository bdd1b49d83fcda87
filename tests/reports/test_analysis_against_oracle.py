"""The reports of section 10, loaded and printed by the commands, equal the second calculation.

CRM_ODD_COMPANIES sets how many odd firms are compared; a failing one is named by its seed.
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

from sales.models.choices import SHIPPED_STAGES
from tests.oracle.bridge import bridge
from tests.oracle.cases import alike
from tests.oracle.classes import abc, rfm
from tests.oracle.deals import forecast, win_loss
from tests.oracle.margin import margin
from tests.oracle.odd_companies import Odd
from tests.oracle.odd_deals import odd_firm
from tests.oracle.satisfaction import csat, nps, nps_churn
from tests.oracle.tables import write_tables
from tests.oracle.worked_others import OTHERS, OtherCase
from tests.require import fewer

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]
SEEDS = range(int(os.environ.get("CRM_ODD_COMPANIES", fewer(6))))
ORACLE = {
    "bridge": bridge,
    "rfm": rfm,
    "abc": abc,
    "nps": nps,
    "csat": csat,
    "nps_churn": nps_churn,
    "win_loss": win_loss,
    "forecast": forecast,
}
SPLITS = ("customer", "product", "rep", "segment", "region")
RATES = {
    "grr",
    "nrr",
    "margin_rate",
    "response_rate",
    "nps",
    "csat",
    "rate",
    "win_rate",
    "win_rate_amount",
    "p",
}
# Limits of a rate here, of money in the forecast: that of money is to the cent.
LIMITS = {"lo", "hi"}


def load(folder: Path, odd: Odd) -> Odd:
    """Store the firm.

    Stages ship with a share of wins each, of which the second calculation does not know: those that the
    settings do not name are set to 0. Deals of nobody have an empty customer, which a worked case lists
    among its customers.
    """
    named = [row for row in odd.tables["customers"] if row["customer_id"]]
    shares = dict.fromkeys(SHIPPED_STAGES, 0) | odd.settings.get("stage_probability", {})
    odd = odd._replace(
        tables={**odd.tables, "customers": named},
        settings={**odd.settings, "stage_probability": shares},
    )
    write_tables(folder, odd.tables, odd.settings)
    call_command("load_tables", str(folder), stdout=StringIO())
    return odd


def printed(slug: str, odd: Odd, *more: str) -> Any:
    """What the command prints, with numbers kept as they were written."""
    out = StringIO()
    words = ["--from", str(odd.from_), "--to", str(odd.to), "--as-of", str(odd.as_of), *more]
    for name, value in odd.params.items():
        words += ["--set", f"{name}={value}"]
    call_command("report", slug, *words, "--json", stdout=out, stderr=StringIO())
    return json.loads(out.getvalue(), parse_float=Decimal)


def differences(product: Any, oracle: Any, at: str, key: str = "") -> list[str]:
    """Every place where the two differ, as "path: product / oracle"; rates to 1e-6, money to the cent."""
    if isinstance(product, dict) and isinstance(oracle, dict):
        if list(product) != list(oracle):
            return [f"{at}: keys {list(product)} / {list(oracle)}"]
        return [
            found
            for name in oracle
            for found in differences(product[name], oracle[name], f"{at}.{name}", name)
        ]
    if isinstance(product, list) and isinstance(oracle, list) and len(product) == len(oracle):
        return [
            found
            for n, (one, other) in enumerate(zip(product, oracle, strict=True))
            for found in differences(one, other, f"{at}[{n}]")
        ]
    is_rate = key in RATES or key in LIMITS and not at.startswith("forecast")
    numbers = all(isinstance(each, Decimal | int) for each in (product, oracle))
    if is_rate and numbers and abs(product - oracle) <= Decimal("1e-6"):
        return []
    same = product == oracle and isinstance(product, bool) == isinstance(oracle, bool)
    return [] if same else [f"{at}: {product!r} / {oracle!r}"]


@pytest.mark.parametrize("seed", SEEDS)
def test_odd_firm(seed: int, tmp_path: Path) -> None:
    odd = load(tmp_path, odd_firm(random.Random(seed)))
    run = (odd.tables, odd.settings, odd.from_, odd.to, odd.as_of, odd.params)
    found = []
    for slug, work_out in ORACLE.items():
        found += differences(printed(slug, odd), work_out(*run), slug)
    for by in SPLITS:
        found += differences(
            printed("margin", odd, "--by", by), margin(*run, by=by), f"margin {by}"
        )
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("case", OTHERS, ids=lambda case: case.name)
def test_worked_number(case: OtherCase, tmp_path: Path) -> None:
    days = (date.fromisoformat(each) for each in (case.from_, case.to, case.as_of))
    odd = load(tmp_path, Odd(case.tables, case.settings, *days, case.params))
    report = printed(case.slug, odd, *(["--by", case.by] if case.by else []))
    wrong = {
        key: report.get(key)
        for key in case.expected
        if not alike(report.get(key), case.expected[key])
    }
    assert wrong == {}
    if case.lines is not None:
        lines = {line["opportunity_id"]: line for line in report["lines"]}
        assert alike(lines, case.lines)
        assert list(lines) == sorted(case.lines)
