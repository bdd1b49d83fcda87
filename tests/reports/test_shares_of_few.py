"""A share of few cases is marked, and drawn without a bar (ux.md 5.5)."""

from collections.abc import Callable
from datetime import UTC, datetime, time

import pytest
from django.test import Client
from django.urls import reverse

from reports.statistics.intervals import FEW
from sales.models import Lead, LeadEnding, LeadSource
from team.models import User
from tests.reports.pages import day, night

Login = Callable[[User], Client]


@pytest.fixture
def sources(rep: User) -> None:
    """Of one source a lead fewer than thirty, of another thirty; one of each was won."""
    for name, count in (("fair", FEW - 1), ("web", FEW)):
        source = LeadSource.objects.create(key=f"test_{name}", name=name)
        Lead.everything.bulk_create(
            Lead(
                reference=f"{name}{n}",
                name=name,
                owner=rep,
                source=source,
                recorded_on=day(200),
                arrived_at=datetime.combine(day(200), time(12), UTC),
            )
            for n in range(count)
        )
        LeadEnding.everything.create(
            lead=Lead.everything.get(reference=f"{name}0"),
            kind=LeadEnding.Kind.CONVERTED,
            on=day(190),
            recorded_on=day(190),
        )


def test_a_source_of_few_leads_says_so(sources: None, login: Login, director: User) -> None:
    assert FEW == 30
    night("leakage", "speed")
    page = login(director).get(reverse("leakage"), {"split": "source"})
    rows = {row["label"]: row for row in page.context["split_rows"]}
    assert {label: row["cells"][0]["value"] for label, row in rows.items()} == {
        "fair": 29,
        "web": 30,
    }
    told = page.content.decode()
    for label, few in (("fair", True), ("web", False)):
        shares = told.split(f'title="{label}"')[1].split("is-sum-cell")[0]
        assert ('m-badge">few<' in shares) == few, shares
        assert ("m-range-bar" in shares) != few, shares
