"""A rule is changed: until its figures are there, pages tell the last good ones by the rule of before, and say so."""

import re
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from crm.lib.periods import Period
from reports.calendar import choice_named
from reports.definitions.churn import CHURN
from reports.definitions.ledger import LEDGER, LOSSES
from reports.models import Parameters, Snapshot
from reports.report import Report, Run
from reports.rules.parameters import in_force, set_parameters, values_for
from reports.showing import run_for
from reports.snapshots.taking import take_snapshot
from team.models import Job, User
from tests.reports.conftest import World
from tests.reports.test_contract import fill

pytestmark = pytest.mark.thorough

YESTERDAY = date(2026, 1, 14)
PAGE, LOSSES_PAGE = "/losses/customers-leaving/", "/losses/"
OLD = "by the rule of before"


@pytest.fixture
def director(world: World, monkeypatch: pytest.MonkeyPatch, login: Any) -> Client:
    moment = datetime.fromisoformat("2026-01-15T08:00:00+00:00")
    monkeypatch.setattr(timezone, "now", lambda: moment)
    fill(world, 12)
    Job.everything.all().delete()  # of the loading
    for report in (*LOSSES.values(), LEDGER):
        taken(report, "12-months")
    person = User.objects.create_user("dee@x.example", name="Dee", is_director=True, is_admin=True)
    browser: Client = login(person)
    return browser


def period(choice: str) -> Period:
    named = choice_named(choice, YESTERDAY)
    assert named is not None
    return named.period


def taken(report: Report, choice: str, *, before: bool = False) -> Snapshot:
    """As a night or the job after a change takes it."""
    run = Run(period(choice), YESTERDAY, values_for(report.parameter_names))
    kind = Snapshot.Kind.COMPARISON if before else Snapshot.Kind.DAILY
    return take_snapshot(
        report, run.previous() if before else run, kind=kind, parameters=in_force()
    )


def change(**values: Any) -> Job:
    """A rule is set on the page; nobody has carried out the job yet."""
    set_parameters(values, by=User.objects.get(name="Dee"), reason="Try")
    job: Job = Job.everything.filter(args__cause__startswith="parameters").latest("pk")
    return job


def read(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    text = re.sub(r"<[^>]+>", "", answer.content.decode())
    return " ".join(text.split())


def test_pages_keep_the_last_good_figures_and_say_by_which_rule(director: Client) -> None:
    before = {address: read(director, address) for address in (PAGE, LOSSES_PAGE)}
    assert all(OLD not in page for page in before.values())
    change(floor_days=3000, cap_days=3000)
    for address, page in before.items():
        now = read(director, address)
        assert OLD in now
        assert "Welcome" not in now
        assert "Not computed yet" not in now
        assert money_in(now) == money_in(page)
        assert now.count("As of 14 Jan 2026") == page.count("As of 14 Jan 2026") > 0
    # what reads nothing of the changed values is as it was
    assert OLD not in read(director, "/losses/paid-hours/")


def money_in(page: str) -> list[str]:
    """All amounts of a page, in order."""
    return re.findall(r"₴[\d,.]+[km]?", page)


def test_the_comparison_by_the_new_rule_alone_is_not_taken_for_the_figures(
    director: Client,
) -> None:
    before = read(director, PAGE)
    change(floor_days=3000, cap_days=3000)
    taken(CHURN, "12-months", before=True)
    now = read(director, PAGE)
    assert OLD in now
    assert money_in(now) == money_in(before)
    assert "As of 14 Jan 2026" in now


def test_once_they_are_there_the_new_figures_stand(director: Client) -> None:
    before = read(director, PAGE)
    assert "26 × " in before
    change(floor_days=3000, cap_days=3000)
    taken(CHURN, "12-months")
    now = read(director, PAGE)
    assert OLD not in now
    assert "1 × " in now  # whose contract ended
    assert "26 × " not in now
    # the ledger is still by the rule of before, with the customers lost by it
    assert OLD in read(director, LOSSES_PAGE)
    for report in LOSSES.values():
        taken(report, "12-months")
    taken(LEDGER, "12-months")
    assert OLD not in read(director, LOSSES_PAGE)


def test_how_it_is_computed_names_the_rule_of_the_figures(director: Client) -> None:
    change(k="2.9")
    taken(CHURN, "12-months")
    change(floor_days=3000, cap_days=3000)
    page = read(director, f"{PAGE}how/")
    assert "2.9" in page
    assert "version 1" in page.lower() or "Version 1" in page
    assert Parameters.objects.count() == 2


def test_a_computation_that_fails_is_said_above_all(director: Client) -> None:
    job = change(floor_days=3000, cap_days=3000)
    Job.everything.filter(pk=job.pk).update(
        state=Job.State.FAILED, finished_at=timezone.now(), error="no room on the disk"
    )
    page = read(director, LOSSES_PAGE)
    assert "These are the last good figures, of 14 Jan 2026." in page
    assert "The rule has changed since. The computation by the new one did not finish." in page
    assert "no room on the disk" in page  # for who looks after the jobs
    assert money_in(page)


def test_a_rule_that_was_in_force_again_shows_its_own(director: Client) -> None:
    before = read(director, PAGE)
    change(floor_days=3000, cap_days=3000)
    taken(CHURN, "12-months")
    set_parameters({"floor_days": 30, "cap_days": 365}, by=None, reason="Back")
    now = read(director, PAGE)
    assert OLD not in now
    assert money_in(now) == money_in(before)


def test_a_run_that_was_tried_is_not_taken_for_one_by_the_rule(director: Client) -> None:
    """Values that never were a rule have no figures on pages."""
    before = read(director, PAGE)
    values = values_for(CHURN.parameter_names, {"floor_days": "3000", "cap_days": "3000"})
    take_snapshot(CHURN, Run(period("12-months"), YESTERDAY, values))
    assert money_in(read(director, PAGE)) == money_in(before)
    assert run_for(CHURN, period("12-months"), YESTERDAY).values != values


def test_a_comparison_under_way_says_how_far_it_is_and_no_raw_day(director: Client) -> None:
    address = "/losses/rules/?report=churn&k=2"
    read(director, address)
    waiting = Job.everything.filter(kind="reports.snapshot", state="queued")
    assert waiting.update(doing="2025-01-15", done=1, total=2)
    text = read(director, address)
    assert "Computing… 1 of 2" in text and "2025-01-15" not in text
