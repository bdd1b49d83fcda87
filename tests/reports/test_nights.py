"""The jobs of the reports: each night once, month-ends caught up in order, requests, later knowledge."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone

from crm.lib.periods import Period
from customers.models import Contract, Customer, Revenue
from customers.purchases import refresh_purchases
from reports.asking import ask_for, figures_changed, job_for
from reports.calendar import FROZEN_MONTHS, LAST_MONTH, TREND_MONTHS, choices, month_ends
from reports.definitions.churn import CHURN
from reports.models import Snapshot
from reports.reading.shelf import Shelf
from reports.report import all_reports, report_named
from reports.rules.parameters import set_parameters
from reports.showing import run_for
from reports.snapshots import nights
from reports.snapshots.census import Census
from reports.snapshots.taking import latest, take_snapshot
from team.jobs import TooManyJobs, ask
from team.jobs.running import run
from team.jobs.schedule import ask_due
from team.models import Employment, Job, User
from tests.reports.pages import CHURN as CHURN_PAGE

pytestmark = pytest.mark.thorough

YESTERDAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is Monday 23 November 2026, in the morning."""
    moment = timezone.datetime.fromisoformat("2026-11-23T08:00:00+00:00")
    monkeypatch.setattr(timezone, "now", lambda: moment)


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mechanism is the same for all: a daily report, a weekly one with periods, two of one day; a few months."""
    kept = ("churn", "margin", "cohorts", "rfm")
    monkeypatch.setattr(nights, "all_reports", lambda: [report_named(slug) for slug in kept])
    monkeypatch.setattr(nights, "FROZEN_MONTHS", 7)
    monkeypatch.setattr(nights, "COMING", 6)


@pytest.fixture
def customer(db: None) -> Customer:
    made = Customer.everything.create(name="Bakery")
    sell(made, "2025-06-01", "100")
    return made


def sell(customer: Customer, on: str, amount: str) -> None:
    day = date.fromisoformat(on)
    Revenue.everything.create(customer=customer, on=day, amount=Decimal(amount), recorded_on=day)
    refresh_purchases([customer.pk])


def night(day: date) -> Job:
    job = ask("reports.nightly", {"day": f"{day}"}, by=None, key=f"{day}")
    run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == ("done", "")
    return job


def frozen() -> list[str]:
    """The months of churn at their ends; what a ledger that ripens later is made of stands beside them."""
    kept = Snapshot.objects.filter(slug="churn", kind="month-end", as_of=F("to_on")).order_by("pk")
    return [f"{each.as_of:%Y-%m}" for each in kept]


@pytest.mark.thorough
def test_a_night_takes_the_standard_periods_and_the_month_ends_in_order(
    customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nights, "all_reports", all_reports)
    monkeypatch.setattr(nights, "FROZEN_MONTHS", FROZEN_MONTHS)
    night(YESTERDAY)
    assert frozen() == [f"{period.end:%Y-%m}" for period in month_ends(date(2026, 10, 31), 17)]
    assert (len(frozen()), frozen()[0]) == (17, "2025-06")
    for choice in (one for one in choices(YESTERDAY) if one.key != LAST_MONTH):
        wanted = run_for(CHURN, choice.period, YESTERDAY)
        taken = latest(CHURN, wanted)
        assert taken is not None, choice.key
        assert latest(CHURN, wanted.previous()) is not None, choice.key
    assert {each.slug for each in Snapshot.objects.all()} == {each.slug for each in all_reports()}
    # lost on 28 May 2026, 361 days after the only purchase
    whole = latest(CHURN, run_for(CHURN, choices(YESTERDAY)[0].period, YESTERDAY))
    assert whole is not None
    assert whole.headline["loss_cents"] == 10_000


def test_the_same_night_again_changes_nothing(customer: Customer) -> None:
    night(YESTERDAY)
    before = list(Snapshot.objects.order_by("pk").values_list("pk", "revision", "finished_at"))
    assert (
        ask("reports.nightly", {"day": f"{YESTERDAY}"}, by=None, key=f"{YESTERDAY}").state == "done"
    )
    census = Census()
    for step in nights.steps_of(YESTERDAY):
        nights.take(step, census)
    assert (
        list(Snapshot.objects.order_by("pk").values_list("pk", "revision", "finished_at")) == before
    )


def test_a_night_that_was_missed_freezes_its_months_only(customer: Customer) -> None:
    night(date(2026, 10, 31))
    assert frozen()[-1] == "2026-10"
    assert not Snapshot.objects.exclude(kind__in=["month-end", "weekly"]).exists()
    night(YESTERDAY)
    assert len(frozen()) == 7


@pytest.mark.thorough
def test_of_days_before_anything_was_known_nothing_is_frozen(
    director: User, login: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first fact is of July 2026: what the company had before is blank, not nought."""
    monkeypatch.setattr(nights, "FROZEN_MONTHS", TREND_MONTHS)
    Employment.objects.update(recorded_on=date(2026, 7, 14))
    night(YESTERDAY)
    assert frozen() == ["2026-07", "2026-08", "2026-09", "2026-10"]
    assert trend(login(director)) == [None] * 13  # nor has anybody bought since

    # what is brought in with its days is frozen as of them
    sell(Customer.everything.create(name="Bakery"), "2025-12-01", "100")
    run(figures_changed("import 1").pk)
    assert (min(frozen()), len(set(frozen()))) == ("2025-12", 11)
    assert trend(login(director)) == [None, None, *[0] * 11]


def test_of_an_empty_company_the_last_month_alone_stands(
    director: User, login: Callable[[User], Client]
) -> None:
    """People ask for it by name."""
    Employment.objects.all().delete()
    night(YESTERDAY)
    assert frozen() == ["2026-10"]
    assert not Snapshot.objects.filter(kind="weekly").exists()
    page = login(director).get(CHURN_PAGE, {"period": "last-month"})
    assert page.context["opened"].run.period == Period(date(2026, 10, 1), date(2026, 10, 31))


def trend(browser: Client) -> list[int | None]:
    return list(browser.get(CHURN_PAGE).context["opened"].trend)


@pytest.mark.thorough
def test_the_last_day_of_a_month_is_frozen_as_one(
    customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = timezone.datetime.fromisoformat("2026-12-01T08:00:00+00:00")
    monkeypatch.setattr(timezone, "now", lambda: moment)
    night(date(2026, 11, 30))
    november = Snapshot.objects.get(
        slug="churn", from_on="2026-11-01", to_on="2026-11-30", as_of="2026-11-30"
    )
    assert november.kind == "month-end"


def test_rows_that_come_late_make_the_figures_anew(customer: Customer) -> None:
    night(YESTERDAY)
    sell(customer, "2025-06-01", "11")
    job = figures_changed("import 1")
    assert figures_changed("import 1") == job
    run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == ("done", "")
    may = Snapshot.objects.filter(slug="churn", kind="month-end", as_of="2026-05-31")
    figures = [(each.revision, each.headline["loss_cents"]) for each in may.order_by("revision")]
    assert figures == [(1, 10_000), (2, 11_100)]


def test_a_request_is_computed_with_the_period_before_it(customer: Customer, rep: User) -> None:
    asked = run_for(CHURN, Period(date(2026, 5, 1), date(2026, 5, 31)), date(2026, 6, 10))
    job = ask_for(CHURN, asked, by=rep)
    assert ask_for(CHURN, asked, by=rep) == job
    assert job_for(CHURN, asked) == job
    assert latest(CHURN, asked) is None
    run(job.pk)
    taken = latest(CHURN, asked)
    assert taken is not None
    assert (taken.kind, taken.asked_by) == ("on-demand", rep)
    assert latest(CHURN, asked.previous()) is not None
    job.refresh_from_db()
    assert (job.state, job.result) == ("done", {"slug": "churn"})


def test_a_person_has_one_running_and_one_waiting(customer: Customer, rep: User) -> None:
    for month in (5, 6):
        ask_for(
            CHURN,
            run_for(CHURN, Period(date(2026, month, 1), date(2026, month, 28)), YESTERDAY),
            by=rep,
        )
    with pytest.raises(TooManyJobs):
        ask_for(
            CHURN, run_for(CHURN, Period(date(2026, 7, 1), date(2026, 7, 31)), YESTERDAY), by=rep
        )


def test_what_cannot_be_computed_fails_with_a_sentence_and_leaves_the_last_good_one(
    customer: Customer, rep: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    month = Period(date(2026, 11, 1), date(2026, 11, 30))
    good = take_snapshot(CHURN, run_for(CHURN, month, date(2026, 11, 20)))

    def broken(*_args: Any, **_named: Any) -> None:
        raise ValueError("no room on the disk")

    monkeypatch.setattr("reports.tasks.compute", broken)
    wanted = run_for(CHURN, month, YESTERDAY)
    job = ask_for(CHURN, wanted, by=rep)
    run(job.pk)
    failed = job_for(CHURN, wanted)
    assert failed is not None
    assert re.search("no room on the disk", failed.error)
    assert list(Snapshot.objects.all()) == [good]


def test_who_lost_the_right_meanwhile_gets_no_result(customer: Customer, rep: User) -> None:
    asked = run_for(CHURN, Period(date(2026, 5, 1), date(2026, 5, 31)), YESTERDAY)
    job = ask_for(CHURN, asked, by=rep)
    rep.is_active = False
    rep.save()
    run(job.pk)
    job.refresh_from_db()
    assert job.state == "failed"
    assert latest(CHURN, asked) is None


@pytest.mark.thorough
def test_the_rollup_follows_the_rules_in_force(customer: Customer, admin: User) -> None:
    customer.refresh_from_db()
    assert customer.lost_on == date(2026, 5, 28)
    set_parameters({"default_interval_days": 10}, by=admin, reason="Weekly trade")
    run(Job.everything.get(kind="reports.refresh").pk)
    customer.refresh_from_db()
    assert customer.lost_on == date(2025, 7, 2)


def test_what_is_entered_after_a_change_follows_the_new_rule_at_once(
    customer: Customer, admin: User
) -> None:
    set_parameters({"default_interval_days": 10}, by=admin, reason="Weekly trade")
    sell(customer, "2026-11-01", "100")
    customer.refresh_from_db()
    assert customer.lost_on == date(2026, 12, 2)


@pytest.mark.thorough
def test_the_standing_follows_rules_that_go_back_to_the_defaults(
    customer: Customer, admin: User
) -> None:
    for days in (10, 120):
        set_parameters({"default_interval_days": days}, by=admin, reason="Weekly trade")
    assert Job.everything.filter(kind="reports.refresh").count() == 2
    Customer.everything.update(lost_on=date(2025, 7, 2))
    run(Job.everything.filter(kind="reports.refresh").latest("pk").pk)
    customer.refresh_from_db()
    assert customer.lost_on == date(2026, 5, 28)


@pytest.mark.thorough
def test_the_night_sees_what_was_dated_ahead(customer: Customer) -> None:
    """A contract begins, another is cancelled, an order and a row of later record begin to count."""
    names = ("begins", "ends", "order", "late")
    began, ended, ordered, late = (Customer.everything.create(name=name) for name in names)
    for each in (began, ended):
        sell(each, "2025-06-01", "100")
    old, ahead, today = date(2025, 1, 1), date(2026, 11, 1), date(2026, 11, 23)
    Contract.everything.create(customer=began, start_on=today, end_on=today, recorded_on=ahead)
    Contract.everything.create(customer=ended, start_on=old, cancelled_on=today, recorded_on=old)
    for buyer, on, known in ((ordered, today, ahead), (late, old, today)):
        Revenue.everything.create(customer=buyer, on=on, amount=Decimal(1), recorded_on=known)
    night(YESTERDAY)
    found = {name: Customer.everything.get(name=name) for name in names}
    assert {name: each.lost_on for name, each in found.items()} == {
        "begins": date(2026, 12, 24),
        "ends": date(2026, 12, 24),
        "order": date(2027, 11, 19),
        "late": date(2025, 12, 28),
    }


def test_the_night_after_takes_what_people_look_at_daily_and_the_rest_after_a_week(
    customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    night(YESTERDAY)

    def standard(days_on: int) -> set[tuple[str, str]]:
        """Report and standard period of the dailies that a later night would take."""
        day = YESTERDAY + timedelta(days=days_on)
        monkeypatch.setattr(
            timezone,
            "now",
            lambda: timezone.datetime.fromisoformat(f"{day}T08:00:00+00:00") + timedelta(days=1),
        )
        names = {(one.period.start, one.period.end): one.key for one in choices(day)}
        return {
            (step.report.slug, names.get((step.run.period.start, step.run.period.end), "day"))
            for step in nights.steps_of(day)
            if step.kind == "daily" and step.run.as_of == day
        }

    next_night = standard(1)
    assert next_night == {("churn", "12-months"), ("churn", "month")}
    a_week_on = standard(7)
    assert {("churn", "year"), ("margin", "12-months"), ("margin", "year")} <= a_week_on
    assert {("rfm", "day"), ("cohorts", "day")} <= a_week_on


def test_a_month_or_year_that_begins_is_taken_in_its_first_night(
    customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is computed once a week too: else its page says “This month” over the month before."""
    last, first = date(2026, 12, 31), date(2027, 1, 1)

    def starts(day: date) -> set[tuple[str, date, date]]:
        moment = timezone.datetime.fromisoformat(f"{day + timedelta(days=1)}T08:00:00+00:00")
        monkeypatch.setattr(timezone, "now", lambda: moment)
        return {
            (step.report.slug, step.run.period.start, step.run.period.end)
            for step in nights.steps_of(day)
            if step.kind == "daily"
        }

    starts(last)
    night(last)
    taken = starts(first)
    for slug in ("churn", "margin"):
        assert (slug, first, date(2027, 1, 31)) in taken
        assert (slug, first, date(2027, 12, 31)) in taken


def test_the_month_is_compared_with_the_one_before_as_it_stood_on_the_same_day(
    customer: Customer, director: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That of a night of then is not taken again."""
    monkeypatch.setattr(nights, "all_reports", lambda: [CHURN])

    def night_of(day: date) -> Snapshot | None:
        """What the running month is compared with on the morning after."""
        moment = timezone.datetime.fromisoformat(f"{day + timedelta(days=1)}T08:00:00+00:00")
        monkeypatch.setattr(timezone, "now", lambda: moment)
        night(day)
        shelf = Shelf(director, [CHURN], None)
        running = shelf.newest(CHURN, "month")
        assert running is not None
        return shelf.before(running)

    def days(snapshot: Snapshot | None) -> tuple[date, date] | None:
        return snapshot and (snapshot.from_on, snapshot.as_of)

    assert days(night_of(date(2026, 10, 10))) == (date(2026, 9, 1), date(2026, 9, 10))
    assert days(night_of(date(2026, 10, 11))) == (date(2026, 9, 1), date(2026, 9, 11))
    then = Snapshot.objects.get(from_on="2026-10-01", as_of="2026-10-11")
    assert then.kind == Snapshot.Kind.DAILY
    assert night_of(date(2026, 11, 11)) == then


def test_a_first_night_leaves_what_nights_to_come_compare_with(
    customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of each day of the month before, once (30 November is compared with the frozen October)."""
    monkeypatch.setattr(nights, "COMING", 31)
    night(YESTERDAY)
    left = Snapshot.objects.filter(kind="daily", as_of__lt=YESTERDAY).order_by("as_of")
    october, november = date(2026, 10, 1), date(2026, 11, 1)
    assert list(left.values_list("slug", "from_on", "as_of")) == [
        *(("churn", october, october.replace(day=day)) for day in range(23, 30)),
        *(("churn", november, november.replace(day=day)) for day in range(1, 22)),
    ]
    there = set(left.values_list("pk", flat=True))

    def next_night(day: date) -> set[tuple[date, date]]:
        moment = timezone.datetime.fromisoformat(f"{day + timedelta(days=1)}T08:00:00+00:00")
        monkeypatch.setattr(timezone, "now", lambda: moment)
        before = Snapshot.objects.count()
        night(day)
        made = Snapshot.objects.order_by("-pk")[: Snapshot.objects.count() - before]
        return {(one.from_on, one.as_of) for one in made if one.slug == "churn"}

    year, year_before = date(2025, 11, 24), date(2024, 11, 24)
    tomorrow = YESTERDAY + timedelta(days=1)
    assert next_night(tomorrow) == {
        (year, tomorrow),
        (year_before, date(2025, 11, 23)),
        (november, tomorrow),
    }
    compared = Snapshot.objects.get(slug="churn", from_on=october, as_of="2026-10-23")
    assert (compared.pk in there, compared.kind) == (True, Snapshot.Kind.COMPARISON)


def test_nothing_is_left_of_days_before_anything_was_known(
    customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nights, "COMING", 31)
    Revenue.everything.update(on=date(2026, 11, 10), recorded_on=date(2026, 11, 10))
    Employment.objects.update(recorded_on=date(2026, 11, 10))
    night(YESTERDAY)
    left = Snapshot.objects.filter(slug="churn", kind="daily", as_of__lt=YESTERDAY)
    assert min(left.values_list("as_of", flat=True)) == date(2026, 11, 10)


def test_a_new_rule_is_told_everywhere_at_once(customer: Customer, director: User) -> None:
    night(YESTERDAY)
    set_parameters({"rfm_days": 200}, by=director, reason="Half a year is enough")
    slugs = {step.report.slug for step in nights.steps_of(YESTERDAY)}
    assert "rfm" in slugs


def test_a_new_formula_is_computed_at_once_and_asked_for_once_an_hour(
    customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the pages of the report stand empty until the next night."""

    def asked() -> list[Job]:
        return [job for job in ask_due(timezone.now()) if job.kind == "reports.renew"]

    assert asked() == []
    night(YESTERDAY)
    assert asked() == []
    Snapshot.objects.filter(slug="churn").update(formula_version=0)
    (job,) = asked()
    run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == ("done", "")
    assert latest(CHURN, run_for(CHURN, choices(YESTERDAY)[0].period, YESTERDAY)) is not None
    assert asked() == []
    # one that does not help is not asked for again and again
    Snapshot.objects.filter(slug="churn", formula_version=CHURN.version).delete()
    assert asked() == []
    Job.everything.filter(kind="reports.renew").update(
        created_at=timezone.now() - timedelta(hours=1)
    )
    assert len(asked()) == 1
