"""Months of leads are frozen once they are ripe: ninety days after their end, when the last lead can be judged."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from customers.purchases import refresh_purchases
from reports.calendar import month_ends
from reports.definitions.leakage import LEAKAGE
from reports.definitions.ledger import LEDGER
from reports.definitions.marketing import MARKETING
from reports.definitions.satisfaction import NPS_CHURN
from reports.models import Snapshot
from reports.reading.shelf import Shelf
from reports.report import Report
from reports.rules.parameters import set_parameters
from reports.snapshots import nights
from reports.snapshots.census import Census
from team.models import User
from tests.reports.conftest import World
from tests.reports.leads import FEW, ignored, won

pytestmark = pytest.mark.thorough

YESTERDAY = date(2026, 11, 22)
PAGE = "/losses/leads-not-won/"
Login = Callable[[User], Client]
Freeze = tuple[date, date, int]


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is Monday 23 November 2026, in the morning."""
    moment = timezone.datetime.fromisoformat("2026-11-23T08:00:00+00:00")
    monkeypatch.setattr(timezone, "now", lambda: moment)
    monkeypatch.setattr(nights, "FROZEN_MONTHS", 4)
    monkeypatch.setattr(nights, "COMING", 6)


@pytest.fixture
def leads(world: World) -> None:
    """A lead of January was won for 1,000 as soon as it was called; of each month since one or more were ignored."""
    won(world, "2026-01-05", "Bakery", "1000")
    for month, count in ((4, 1), (5, 2), (6, 3), (7, 4), (8, 5), (9, 6), (10, 7)):
        ignored(world, f"2026-{month:02}-10", count=count)
    world.load()
    refresh_purchases(None)
    set_parameters(FEW, by=None, reason="A handful of leads")


@pytest.fixture
def director(leads: None) -> User:
    """Somebody who came after the tables were loaded."""
    return User.objects.create_user("d@x.example", name="Dee", is_director=True)


def night(monkeypatch: pytest.MonkeyPatch, *reports: Report, day: date = YESTERDAY) -> None:
    monkeypatch.setattr(nights, "all_reports", lambda: reports)
    census = Census()
    for step in nights.steps_of(day):
        nights.take(step, census)


def frozen(slug: str) -> list[Freeze]:
    """Month, as-of day and loss of every frozen month, in the order in which they were taken."""
    kept = Snapshot.objects.filter(slug=slug, kind="month-end").order_by("pk")
    return [(one.from_on, one.as_of, one.headline["loss_cents"]) for one in kept]


def month(number: int) -> date:
    return date(2026, number, 1)


RIPE = [
    # of the four months that ended ninety days ago or more, each lost 1,000 a lead
    (month(4), date(2026, 7, 29), 100_000),
    (month(5), date(2026, 8, 29), 200_000),
    (month(6), date(2026, 9, 28), 300_000),
    (month(7), date(2026, 10, 29), 400_000),
]
# as they stood at their ends, when nothing could be judged: July to compare August with
YOUNG = [
    (month(7), date(2026, 7, 31), 0),
    (month(8), date(2026, 8, 31), 0),
    (month(9), date(2026, 9, 30), 0),
    (month(10), date(2026, 10, 31), 0),
]


def test_a_month_of_leads_is_frozen_when_it_is_ripe(
    leads: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    night(monkeypatch, LEAKAGE)
    taken = frozen("leakage")
    assert taken == sorted([*RIPE, *YOUNG], key=lambda one: one[1])
    night(monkeypatch, LEAKAGE)
    assert frozen("leakage") == taken


def test_a_month_that_ripened_in_a_night_that_was_missed_is_caught_up_once(
    leads: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """July is ripe with the last lead of the 31st, on 29 October."""
    night(monkeypatch, LEAKAGE, day=date(2026, 10, 28))
    assert RIPE[:3] == [one for one in frozen("leakage") if one in RIPE]
    first = set(frozen("leakage"))
    night(monkeypatch, LEAKAGE)
    later = [one for one in frozen("leakage") if one not in first]
    assert later == [RIPE[3], YOUNG[3]]
    assert len(frozen("leakage")) == len(set(frozen("leakage")))


def test_the_rule_in_force_says_when_a_month_is_ripe(
    leads: None, director: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    night(monkeypatch, LEAKAGE)
    before = frozen("leakage")
    set_parameters({"convert_days": 30}, by=director, reason="They decide within a month")
    night(monkeypatch, LEAKAGE)
    ripe = [one for one in frozen("leakage")[len(before) :] if one[2]]
    assert ripe == [
        (month(6), date(2026, 7, 30), 300_000),
        (month(7), date(2026, 8, 30), 400_000),
        (month(8), date(2026, 9, 30), 500_000),
        (month(9), date(2026, 10, 30), 600_000),
    ]


@pytest.mark.parametrize(("report", "days"), [(MARKETING, 30), (NPS_CHURN, 365), (LEDGER, 90)])
def test_each_report_ripens_in_its_own_days(rep: User, report: Report, days: int) -> None:
    """`rep` was hired before all of them: of days before anything was known no month is frozen."""
    steps = [step for step in nights.steps_of(YESTERDAY) if step.report == report]
    months = [step.run for step in steps if step.kind == Snapshot.Kind.MONTH_END]
    ripe = [run for run in months if run.as_of == run.period.end + timedelta(days=days)]
    ended = YESTERDAY - timedelta(days=days)
    assert [run.period for run in ripe] == month_ends(ended, 4)
    young = {run.period.start for run in months if run not in ripe}
    # what tells nothing of a young month has none
    assert (
        young
        == {
            "marketing": {month(9), month(10)},
            "nps_churn": set(),
            "ledger": {month(7), month(8), month(9), month(10)},
        }[report.slug]
    )


def test_the_page_draws_ripe_months_and_tells_the_young_ones_as_young(
    leads: None, director: User, login: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    night(monkeypatch, LEAKAGE)
    browser = login(director)
    year = browser.get(PAGE)
    trend = list(year.context["opened"].trend)
    assert trend == [None] * 6 + [100_000, 200_000, 300_000, 400_000, None, None, None]
    (lost, *_more) = year.context["strip"]
    assert lost.spark == trend
    assert "each 90 days after its end" in lost.spark_title
    # of the twelve months those leads are judged that came up to 24 August
    assert ("judged up to 24\xa0Aug\xa02026", "") in lost.notes
    assert "₴15,000" in str(lost.value)
    last = browser.get(PAGE, {"period": "last-month"})
    (lost, *_more) = last.context["strip"]
    assert last.context["opened"].snapshot.as_of == date(2026, 10, 31)
    assert lost.value == "—"
    assert list(lost.notes) == [("not judged before 30\xa0Dec\xa02026", "")]
    assert not lost.beside


def test_a_ripe_month_is_compared_with_one_as_ripe(
    leads: None, director: User, login: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    night(monkeypatch, LEAKAGE)
    july = login(director).get(PAGE, {"period": "2026-07"})
    opened = july.context["opened"]
    assert (opened.snapshot.as_of, opened.headline["loss_cents"]) == (date(2026, 10, 29), 400_000)
    assert opened.before["loss_cents"] == 300_000
    (lost, *_more) = july.context["strip"]
    assert not [note for note in lost.notes if "judged" in note[0]]


def test_the_losses_page_says_of_young_months_that_more_is_to_come(
    leads: None, director: User, login: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    night(monkeypatch, LEDGER)
    page = login(director).get("/losses/")
    overview = page.context["overview"]
    told = {each.start: (each.losses.get(2), each.total, each.is_young) for each in overview.months}
    assert {start: told[start] for start in map(month, (6, 7, 8, 9, 10))} == {
        month(6): (300_000, 300_000, False),
        month(7): (400_000, 400_000, False),
        month(8): (None, 0, True),
        month(9): (None, 0, True),
        month(10): (None, 0, True),
    }
    marks = {mark.label: mark.running for mark in page.context["months"].marks}
    assert [name for name, hatched in marks.items() if hatched] == ["Aug", "Sep", "Oct", "Nov"]
    assert "hatched: unripe" in page.content.decode()
    (row,) = [row for row in page.context["rows"] if row.number == 2]
    assert row.told.endswith("judged up to 24\xa0Aug\xa02026")
    assert row.money is not None and row.money.cents == 1_500_000
    (row,) = [
        row
        for row in login(director).get("/losses/", {"period": "2026-09"}).context["rows"]
        if row.number == 2
    ]
    assert row.money is None
    assert row.told == "not judged before 30\xa0Nov\xa02026"


def test_a_month_of_the_chart_opens_the_same_figures_on_every_page(
    leads: None, director: User, login: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ledger of July is of 29 October, and so is each of the six that it opens."""
    reports = [*nights.all_reports()]
    six = [one for one in reports if one.loss]
    night(monkeypatch, *six, LEDGER)
    browser = login(director)
    page = browser.get("/losses/", {"period": "2026-07"})
    parts = page.context["overview"].parts
    assert len(parts) == 6
    for row in page.context["rows"]:
        opened: Any = browser.get(row.url).context["opened"]
        assert opened.snapshot == parts[row.number], row.title
        assert opened.snapshot.as_of == date(2026, 10, 29)


def test_the_trend_of_what_is_told_at_once_is_of_month_ends(
    leads: None, director: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though the same months stand beside them as parts of a ledger that ripened later."""
    reports = [*nights.all_reports()]
    churn = next(one for one in reports if one.slug == "churn")
    night(monkeypatch, churn, LEDGER)
    shelf = Shelf(director, [churn], None)
    months = [shelf.month(churn, month(number)) for number in (7, 8, 9, 10)]
    assert [one.as_of for one in months if one] == [date(2026, number, day) for number, day in (
        (7, 31), (8, 31), (9, 30), (10, 31))]  # fmt: skip


def test_the_chart_has_a_column_for_each_ripe_month_and_a_day_for_each_young_one(
    leads: None, director: User, login: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    night(monkeypatch, LEAKAGE)
    browser = login(director)
    (chart,) = [
        card.data["chart"] for card in browser.get(PAGE).context["cards"] if card.name == "months"
    ]
    marks = [(mark.value, mark.text) for mark in chart.marks]
    assert marks[-5:] == [
        (300_000, "₴3,000"),
        (400_000, "₴4,000"),
        (0, "judged up to 24\xa0Aug\xa02026"),
        (0, "not judged before 30\xa0Nov\xa02026"),
        (0, "not judged before 30\xa0Dec\xa02026"),
    ]
    assert "Leads are judged 90 days after they came" in browser.get(PAGE).content.decode()
    opened = browser.get(chart.marks[-4].url).context["opened"]
    assert (opened.snapshot.from_on, opened.headline["loss_cents"]) == (month(7), 400_000)
