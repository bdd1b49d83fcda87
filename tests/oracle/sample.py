"""The published sample of section 3: its figures, and its rows if a folder with it is named."""

import os
from datetime import date
from pathlib import Path

import pytest

from tests.oracle.bgnbd import Fit

PUBLISHED = Fit(0.243, 4.414, 0.793, 2.426, -9582.4, True, 2357)
CALIBRATED_TO = date(1997, 9, 30)


def sample_purchases() -> dict[str, dict[date, float]]:
    """The CDNOW sample up to the end of calibration: customer -> day -> money."""
    folder = os.environ.get("CRM_SAMPLE_DATA")
    if not folder:
        pytest.skip("CRM_SAMPLE_DATA names no folder")
    text = (Path(folder) / "cdnow_sample" / "CDNOW_sample.txt").read_text(encoding="ascii")
    money: dict[str, dict[date, float]] = {}
    for line in text.splitlines():
        _, customer, on, _, paid = line.split()
        bought_on = date(int(on[:4]), int(on[4:6]), int(on[6:]))
        if bought_on <= CALIBRATED_TO:
            days = money.setdefault(customer, {})
            days[bought_on] = days.get(bought_on, 0) + float(paid)
    return money


def sample_rows(*, with_free: bool) -> list[tuple[int, float, float]]:
    """The sample as rows; the published fit counts purchases of no money as well."""
    rows = []
    for paid_on in sample_purchases().values():
        days_bought = sorted(on for on, paid in paid_on.items() if paid > 0 or with_free)
        if days_bought:
            first, last = days_bought[0], days_bought[-1]
            age = (CALIBRATED_TO - first).days / 7
            rows.append((len(days_bought) - 1, (last - first).days / 7, age))
    return rows
