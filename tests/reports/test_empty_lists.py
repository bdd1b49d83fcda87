"""A company that deleted its stages, outcomes, reasons and sources, or never got them: zeros, and no failure."""

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from crm.lib.periods import Period
from customers.models import Survey
from customers.purchases import refresh_purchases
from reports.report import Report, all_reports
from reports.rows.rolling_days import refresh_selling_days
from reports.screens import screen_of
from reports.showing import run_for
from reports.snapshots.taking import take_snapshot
from sales.models import (
    Activity,
    Campaign,
    CampaignCost,
    Lead,
    LeadSource,
    LossReason,
    Outcome,
    Pipeline,
    Stage,
)
from team.models import User, Wage
from tests.reports.pages import buys, day

# what reads the lists at all, beside the losses
LEADS_AND_DEALS = ("ledger", "speed", "win_loss", "forecast")
LISTS = (Stage, Pipeline, Outcome, LossReason, LeadSource)


@pytest.fixture
def bare(db: None, rep: User) -> None:
    """Customers, a lead, work, costs, wages and an answer; nothing to choose from in any list."""
    for model in LISTS:
        model._base_manager.all().delete()
    for kind in ("lost", "active"):
        customer = buys(kind, kind, rep, 10_000)
    known = {"recorded_on": day(60)}
    Survey.everything.create(
        customer=customer, kind="nps", score=9, sent_on=day(60), answered_on=day(60), **known
    )
    campaign = Campaign.objects.create(name="Fair", reference="FAIR")
    CampaignCost.objects.create(campaign=campaign, on=day(60), amount=1_000, **known)
    Wage.objects.create(user=rep, from_on=day(700), recorded_on=day(700), monthly_wage=20_000)
    at = timezone.now() - timedelta(days=60)
    lead = Lead.everything.create(
        name="L", reference="L", owner=rep, campaign=campaign, arrived_at=at, **known
    )
    Activity.everything.create(
        author=rep, lead=lead, kind="call", direction="out", status="done", start_at=at,
        created_at=at, minutes=30, **known,
    )  # fmt: skip
    refresh_purchases(None)
    refresh_selling_days()


def year() -> Period:
    return Period(day(365), day(1))


REPORTS = [
    pytest.param(
        report,
        id=report.slug,
        marks=[] if report.loss or report.slug in LEADS_AND_DEALS else pytest.mark.thorough,
    )
    for report in all_reports()
]


@pytest.mark.thorough
@pytest.mark.parametrize("report", REPORTS)
def test_every_report_answers(
    bare: None, report: Report, login: Callable[[User], Client], director: User
) -> None:
    assert not any(model._base_manager.exists() for model in LISTS)
    take_snapshot(report, run_for(report, year(), day(1)))
    screen = screen_of(report.slug)
    if screen is not None:
        browser = login(director)
        assert browser.get(screen.address).status_code == 200
        for view in screen.lists:
            assert browser.get(screen.address, {"list": view.key}).status_code == 200, view.key


@pytest.mark.parametrize("report", REPORTS)
def test_every_report_is_printed(bare: None, report: Report) -> None:
    words = ["--from", f"{year().start}", "--to", f"{year().end}", "--as-of", f"{day(1)}", "--json"]
    out = StringIO()
    call_command("report", report.slug, *words, stdout=out)
    assert json.loads(out.getvalue()) is not None


def test_deals_without_stages_are_none(bare: None) -> None:
    told = {}
    for report in all_reports():
        if report.slug in ("forecast", "win_loss"):
            run = run_for(report, year(), day(1))
            told[report.slug] = take_snapshot(report, run).headline
    forecast, closed = told["forecast"], told["win_loss"]
    assert forecast == {
        "deals": 0, "open_cents": 0, "expected_cents": 0, "lo_cents": 0, "hi_cents": 0,
        "undated_deals": 0, "undated_cents": 0,
    }  # fmt: skip
    assert (closed["won"], closed["lost"], closed["win_rate"]) == (0, 0, None)
    assert closed["reasons"] == []


def test_the_other_figures_do_not_need_the_lists(bare: None) -> None:
    told = {
        report.slug: take_snapshot(report, run_for(report, year(), day(1))).headline
        for report in all_reports()
        if report.slug in ("churn", "marketing", "nps", "leakage")
    }
    assert told["churn"]["lost_customers"] == 1
    assert told["marketing"]["leads"] == told["leakage"]["leads"] == 1
    assert told["nps"]["promoters"] == 1
