"""Every report on its page: figures equal lists, splits and rows below; drawers, files and narrowing for all."""

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from crm.lib import formatting
from crm.lib.periods import add_months
from customers.models import Customer, Revenue
from customers.purchases import refresh_purchases
from reports.definitions.churn import CHURN as CHURN_REPORT
from reports.models import Evidence, Snapshot
from reports.reading.hiding import Told
from reports.reading.narrowing import word_of
from reports.report import Run
from reports.screens import all_screens
from reports.screens.screen import Screen
from reports.showing import run_for, standard_period
from reports.snapshots.census import Census
from reports.snapshots.horizons import horizons
from reports.snapshots.taking import run_of, take_snapshot
from sales.models import (
    Activity,
    Campaign,
    CampaignCost,
    Deal,
    DealChange,
    Lead,
    LeadOwnership,
    LeadSource,
    Outcome,
    Stage,
)
from team.models import Company, User, Wage
from tests.kept import kept
from tests.reports.pages import CHURN, buys, day, last_night

pytestmark = pytest.mark.thorough

Login = Callable[[User], Client]
SCREENS = list(all_screens())
LAYER = {"HX-Request": "true", "HX-Target": "layer"}
LEADERS = ("manager", "director")


def lead(name: str, owner: User, ago: int, answered: int | None, campaign: Campaign) -> Lead:
    """A lead of so many days ago, answered after so many hours."""
    arrived = timezone.now() - timedelta(days=ago)
    source = LeadSource.objects.order_by("pk").first()
    made: Lead = Lead.everything.create(
        name=name,
        reference=name,
        owner=owner,
        source=source,
        campaign=campaign,
        arrived_at=arrived,
        recorded_on=day(ago),
    )
    LeadOwnership.everything.create(lead=made, rep=owner, from_on=day(ago), recorded_on=day(ago))
    if answered is not None:
        Activity.everything.create(
            author=owner,
            lead=made,
            kind="call",
            direction="out",
            status="done",
            minutes=30,
            start_at=arrived + timedelta(hours=answered),
            created_at=arrived + timedelta(hours=answered),
            recorded_on=day(ago) + timedelta(days=answered // 24 + 1),
        )
    return made


# How far each of five leads came by its deals, and which of them were reached.
STEPS_OF = (("reached", "qualified", "offer"), ("reached",), (), ("qualified",), ())


def came(lead: Lead, *steps: str) -> None:
    """Somebody was reached, and a deal went through these stages, one a day."""
    if "reached" in steps:
        reached = Outcome.objects.get(key="reached")
        Activity.everything.filter(lead=lead).update(outcome=reached)
    stages = [Stage.objects.get(key=step) for step in steps if step != "reached"]
    if not stages:
        return
    opened_on = day(110)
    deal = Deal.everything.create(
        title=lead.name, lead=lead, owner=lead.owner, stage=stages[-1], stage_since=opened_on,
        opened_on=opened_on, reference=f"D-{lead.reference}",
    )  # fmt: skip
    for n, stage in enumerate(stages):
        DealChange.everything.create(
            reference=f"C-{lead.reference}-{n}", deal=deal, on=day(110 - n), recorded_on=day(110 - n), stage=stage,
        )  # fmt: skip


@Company.read_once()
def grow(owners: list[User], round_: int = 0) -> None:
    """Customers, leads, costs and work of each owner; another round makes as many again."""
    campaign, _made = Campaign.objects.get_or_create(name="Fair", reference="FAIR")
    CampaignCost.objects.create(
        campaign=campaign, on=day(60), recorded_on=day(60), amount=1_000 + round_
    )
    for number, owner in enumerate(owners):
        for kind in ("lost", "silent", "active", "back"):
            buys(kind, f"{kind} {owner.pk} {round_}", owner, 10_000 + number)
        for n, answered in enumerate((1, 40, None, 2, None)):
            made = lead(f"L{owner.pk}-{round_}-{n}", owner, 120 - n, answered, campaign)
            came(made, *STEPS_OF[n])
        lead(f"Y{owner.pk}-{round_}", owner, 3, None, campaign)


@kept
def take_all(screens: list[Screen] = SCREENS) -> None:
    """Every screen's report for the last twelve months, and what it reads along."""
    refresh_purchases(None)
    census, yesterday = Census(), day(1)
    for screen in screens:
        for report in screen.reports:
            take_snapshot(report, _run(report, yesterday), seen=census.at(yesterday))


def _run(report: Any, end: Any) -> Run:
    if report.looks_ahead:
        return run_for(report, horizons(end)["quarter"], end)
    return run_for(report, standard_period(report, "12-months", end), end)


@pytest.fixture
@kept
def grown(rep: User, sub_rep: User, other_rep: User) -> None:
    for number, person in enumerate((rep, sub_rep, other_rep)):
        Wage.objects.create(
            user=person,
            from_on=day(700),
            recorded_on=day(700),
            monthly_wage=20_000 + number,
            monthly_expenses=100,
        )
    grow([rep, sub_rep, other_rep])
    take_all()


def rows_in_file(browser: Client, screen: Screen, **parameters: str) -> list[list[str]]:
    answer = browser.get(f"{screen.address}export.csv", parameters)
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_minutes_in_a_file_say_so_in_their_head(grown: None, login: Login, director: User) -> None:
    paid = next(screen for screen in SCREENS if screen.slug == "time")
    for asked in ({"list": "loss"}, {"list": "loss", "split": "owner"}):
        rows = rows_in_file(login(director), paid, **asked)
        assert any("Selling a day, minutes" in row for row in rows), rows[:8]


def viewers(screen: Screen) -> tuple[str, ...]:
    return ("rep", *LEADERS) if screen.is_for_all else LEADERS


@pytest.mark.thorough
def test_every_list_of_every_report_is_what_its_figure_says(
    grown: None, login: Login, request: pytest.FixtureRequest
) -> None:
    """Count and sum of a list, of its file and of the headline are the same; for everybody."""
    for screen in SCREENS:
        for who in viewers(screen):
            browser = login(request.getfixturevalue(who))
            for view in screen.lists:
                told = browser.get(screen.address, {"list": view.key})
                where = (screen.slug, who, view.key)
                assert told.status_code == 200, where
                _agrees(told, screen, view.key, where)
                if who != "rep":
                    _file_agrees(browser, screen, told, view.key, where)


def _agrees(told: Any, screen: Screen, key: str, where: Any) -> None:
    listing, headline = told.context["listing"], told.context["figures"].headline
    listed = screen.report.listed(key)
    assert listed is not None
    if listed.count:
        assert listing.count == headline[listed.count], where
    if not listing.has_pages:
        assert len(told.context["rows"]) == listing.count, where
    cents = [row.evidence.cents for row in told.context["rows"]]
    tells_all = told.context["figures"].told == Told.ALL
    is_told = tells_all and bool(listed.money) and headline[listed.money] is not None
    if is_told and not listing.has_pages:
        assert sum(cents) == headline[listed.money] == listing.total, where


def _file_agrees(browser: Client, screen: Screen, told: Any, key: str, where: Any) -> None:
    table = rows_in_file(browser, screen, list=key)
    heads = table[4]
    shown = [
        f"{column.label}, minutes" if column.kind == "minutes" else str(column.label)
        for column in told.context["columns"]
    ]
    assert shown == [head for head in heads if head in shown], where
    assert len(table[5:]) == told.context["listing"].count, where


@pytest.mark.thorough
def test_every_split_adds_up_to_its_list(
    grown: None, login: Login, request: pytest.FixtureRequest
) -> None:
    for screen in SCREENS:
        for who in viewers(screen):
            browser = login(request.getfixturevalue(who))
            for split in screen.splits:
                told = browser.get(screen.address, {"split": split})
                where = (screen.slug, who, split)
                assert told.status_code == 200, where
                if who == "rep" and split in ("owner", "team"):
                    assert "split_rows" not in told.context, where
                    continue
                _adds_up(browser, told, where)


def _adds_up(browser: Client, told: Any, where: Any) -> None:
    """Each column that is a count or money adds up; the row's address opens as many as it says."""
    rows, total = told.context["split_rows"], told.context["split_total"]
    for place, cell in enumerate(total):
        if cell["kind"] in ("number", "money"):
            assert sum(row["cells"][place]["value"] or 0 for row in rows) == cell["value"], where
    for row in rows[:2]:
        assert browser.get(row["url"].split("#")[0]).status_code == 200, where


def test_each_cell_of_a_split_opens_what_it_says(grown: None, login: Login, director: User) -> None:
    browser = login(director)
    leakage = reverse("leakage")
    rows = browser.get(leakage, {"split": "owner"}).context["split_rows"]
    assert {row["label"] for row in rows} == {"Rita Rep", "Sasha Subrep", "Otto Otherrep"}
    for row in rows:
        for cell in row["cells"]:
            if cell["url"]:
                opened = browser.get(cell["url"].split("#")[0]).context["listing"]
                expected = opened.total if cell["kind"] == "money" else opened.count
                assert expected == cell["value"], (row["label"], cell)


@pytest.mark.thorough
def test_every_row_is_the_sum_of_what_lies_below(grown: None) -> None:
    """From the headline to the raw rows, to the cent, for every measure that a list shows."""
    for screen in SCREENS:
        snapshots = Snapshot.objects.filter(slug=screen.slug)
        shown = {measure for listed in screen.report.lists for measure in listed.measures}
        rows = Evidence.objects.filter(snapshot__in=snapshots, measure__in=shown)
        for row in rows.select_related("snapshot", "owner"):
            told = screen.explain(row, run_of(row.snapshot))
            assert told.cents == row.cents, (screen.slug, row.measure, row.line_key)


def test_a_loss_is_followed_from_its_headline_to_the_orders(
    grown: None, login: Login, rep: User
) -> None:
    browser = login(rep)
    page = browser.get(CHURN, {"list": "loss"})
    (row,) = page.context["rows"]
    assert page.context["figures"].headline["loss_cents"] == row.evidence.cents
    told = browser.get(f"/losses/row/{row.evidence.pk}/", headers=LAYER)
    orders = told.context["tables"][0]
    assert orders["title"].startswith("What it bought from")
    revenue = Revenue.everything.filter(customer=row.subject, on__lte=day(1))
    last = max(revenue.values_list("on", flat=True))
    counted = [one.cents for one in revenue if one.on > last - timedelta(days=365)]
    assert len(orders["lines"]) == len(counted) and sum(counted) == row.evidence.cents
    assert told.context["explained"].cents == row.evidence.cents


def test_a_drawer_stands_over_its_page_and_alone_where_asked(
    grown: None, login: Login, rep: User
) -> None:
    browser = login(rep)
    pk = Evidence.objects.filter(snapshot__slug="churn", measure="loss", owner=rep)[0].pk
    for path in (f"{CHURN}how/", f"/losses/row/{pk}/"):
        whole = browser.get(path, {"list": "loss"})
        told = whole.content.decode()
        assert "m-strip" in told and "m-drawer" in told
        assert whole.context["close_url"] == f"{CHURN}?list=loss"
        part = browser.get(path, {"list": "loss"}, headers=LAYER).content.decode()
        assert "m-drawer" in part and "m-strip" not in part


def test_rows_that_no_list_shows_are_not_there(grown: None, login: Login, director: User) -> None:
    browser = login(director)
    for row in Evidence.objects.filter(snapshot__slug="forecast", measure="spread"):
        assert browser.get(f"/losses/row/{row.pk}/").status_code == 404
    assert browser.get("/losses/row/99999999999999999999999/").status_code == 404


def test_reps_open_no_analysis_not_even_a_row_of_it(grown: None, login: Login, rep: User) -> None:
    browser = login(rep)
    row = Evidence.objects.filter(snapshot__slug="abc", owner=rep)[0]
    assert browser.get(f"/losses/row/{row.pk}/").status_code == 404
    for screen in SCREENS:
        if not screen.is_for_all:
            assert browser.get(screen.address).status_code == 403


def test_a_list_tells_what_its_rows_add_up_to_beside_their_money(
    grown: None, login: Login, director: User
) -> None:
    """Days and hours of the paid time, the cost of leads: the figure that opens a list is its sum."""
    browser = login(director)
    figures = browser.get(reverse("time"), {"list": "selling"}).context
    totals = figures["figures"].totals
    assert figures["other_sums"] == [formatting.minutes(totals["selling"].cents)]
    days = browser.get(reverse("time"), {"list": "working_days"}).context["other_sums"]
    assert days == [f"{formatting.number(totals['working_days'].cents)} days"]
    spent = browser.get(reverse("marketing"), {"list": "leads"}).context
    headline = spent["figures"].headline
    cost = headline["cost_cents"] - headline["spent_without_leads_cents"]
    assert spent["other_sums"] == [f"{formatting.money(cost, 'UAH')} spent on them"]
    part = browser.get(reverse("marketing"), {"list": "leads", "split": "owner"})
    narrowed = [browser.get(row["url"].split("#")[0]) for row in part.context["split_rows"]]
    assert all(one.status_code == 200 for one in narrowed)


def test_what_was_spent_opens_the_costs_or_the_leads_they_fell_on(
    grown: None, login: Login, director: User, manager: User
) -> None:
    """Who sees the company reads the costs as booked; who sees a part the leads with their shares."""
    CampaignCost.objects.create(
        campaign=Campaign.objects.create(name="Idle", reference="IDLE"), on=day(50),
        recorded_on=day(50), amount=70, currency="USD", fx_rate=40,
    )  # fmt: skip
    take_all([screen for screen in SCREENS if screen.slug == "marketing"])
    for who, key in ((director, "cost"), (manager, "spent")):
        browser = login(who)
        page = browser.get(reverse("marketing")).context
        spent = page["figures"].headline["cost_cents"]
        assert page["strip"][1].url.endswith(f"list={key}#rows")
        told = browser.get(page["strip"][1].url.split("#")[0]).context
        rows = [row.evidence for row in told["rows"]]
        assert not told["listing"].has_pages
        if key == "spent":
            assert sum(row.base_cents for row in rows) == spent > 0
            continue
        booked = CampaignCost.objects.values_list("reference", "cents")
        assert {(row.facets["cost"], row.cents) for row in rows} == set(booked)
        assert sum(row.cents for row in rows) == told["listing"].total == spent == 380_000
        idle = next(row for row in rows if row.line_key == "IDLE")
        drawer = browser.get(f"/losses/row/{idle.pk}/", headers=LAYER).context
        assert drawer["explained"].cents == idle.cents == 280_000
        assert drawer["facts"] == [("Cost", "70.00 USD × 40")]


def test_a_loss_leads_to_the_campaign_that_it_can_end(
    grown: None, login: Login, director: User
) -> None:
    campaign = Campaign.objects.first()
    assert campaign is not None
    told = login(director).get(reverse("marketing"), {"campaign": campaign.reference, "split": ""})
    listed = login(director).get(
        reverse("marketing"), {"campaign": campaign.reference, "list": "loss"}
    )
    for page in (told, listed):
        assert reverse("campaign-detail", args=[campaign.pk]) in page.content.decode()
        (stop,) = [link for link in page.context["links"] if link.label == "Stop the campaign"]
        assert stop.url.startswith(f"{reverse('marketing-act')}?") and stop.in_layer


@pytest.mark.thorough
def test_stages_and_cohorts_open_as_many_as_they_say(
    grown: None, login: Login, director: User
) -> None:
    browser = login(director)
    stages = browser.get(reverse("leakage")).context["cards"][0].data["bars"]
    months = browser.get(reverse("cohorts")).context
    sized = [(bar["url"], bar["n"]) for bar, _share in stages]
    for each in months["figures"].headline["cohorts"]:
        for month, count in enumerate(each["bought"]):
            then = add_months(date.fromisoformat(f"{each['cohort']}-01"), month)
            words = f"list=bought&line={each['cohort']}&month={then:%Y-%m}"
            sized += [(f"{reverse('cohorts')}?{words}", count)] if count else []
    sized += [(figure.url, int(figure.value)) for figure in months["strip"][:1]]
    assert len(sized) > 6
    for url, count in sized:
        assert browser.get(url.split("#")[0]).context["listing"].count == count, url


def test_narrowing_is_told_and_can_be_taken_out(
    grown: None, login: Login, manager: User, rep: User, other_rep: User
) -> None:
    browser = login(manager)
    told = browser.get(CHURN, {"list": "loss", "owner": str(rep.pk), "basis": "rule"})
    assert [row.evidence.owner for row in told.context["rows"]] == [rep]
    assert [chip["label"] for chip in told.context["filter_chips"]] == ["Owner: Rita Rep"]
    assert [chip["label"] for chip in told.context["chips"]] == ["Told by: rule"]
    assert told.context["listing"].count == 1
    foreign = browser.get(CHURN, {"list": "loss", "owner": str(other_rep.pk)})
    assert not foreign.context["rows"] and "Otto" not in foreign.content.decode()
    none = browser.get(CHURN, {"list": "loss", "segment": "(none)"})
    assert len(none.context["rows"]) == 2


def test_restated_figures_tell_what_changed(
    grown: None, login: Login, director: User, rep: User
) -> None:
    """An order that was recorded late saves one customer, another one's year grows, a third is lost anew."""
    browser = login(director)
    assert "restated" not in browser.get(CHURN).content.decode()
    late = Customer.everything.get(reference=f"lost {rep.pk} 0")
    _order(late, 20, 5_000)
    grown_one = Customer.everything.get(reference__startswith="lost", owner__name="Sasha Subrep")
    _order(grown_one, 250, 7_000)
    refresh_purchases(None)
    new = take_snapshot(*_churn_of(last_night("12-months")))
    assert new.revision == 2
    assert "restated" in browser.get(CHURN).content.decode()
    told = browser.get(f"{CHURN}restated/", headers=LAYER)
    found = {
        each["row"].name: (each["move"].kind, each["move"].difference)
        for each in told.context["moves"]
    }
    assert found == {
        late.name: ("left", -7 * 10_000),
        grown_one.name: ("changed", 7_000),
    }
    kinds = {str(label): (total.n, total.cents) for label, total in told.context["kinds"]}
    assert kinds == {
        "Came in": (0, 0),
        "Fell out": (1, -70_000),
        "Changed value": (1, 7_000),
    }
    own = login(rep).get(f"{CHURN}restated/", headers=LAYER)
    assert [each["row"].name for each in own.context["moves"]] == [late.name]


def _order(customer: Customer, ago: int, cents: int) -> None:
    """Known since the day it is of."""
    Revenue.everything.create(
        customer=customer, on=day(ago), recorded_on=day(ago), amount=Decimal(cents) / 100
    )


def _churn_of(snapshot: Snapshot) -> tuple[Any, Run]:
    return CHURN_REPORT, run_of(snapshot)


@pytest.mark.thorough
@pytest.mark.parametrize("who", ["rep", *LEADERS])
def test_pages_take_as_many_queries_for_twice_the_rows(
    who: str, grown: None, login: Login, request: pytest.FixtureRequest, rep: User, sub_rep: User,
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    browser = login(request.getfixturevalue(who))
    screens = [screen for screen in SCREENS if who in viewers(screen)]
    paths = [path for screen in screens for path in _paths(screen, who)]
    counts: dict[str, int] = {}
    for path in paths:
        browser.get(path)
        with django_assert_max_num_queries(21) as first:
            assert browser.get(path).status_code == 200, path
        counts[path] = len(first)
    grow([rep, sub_rep], 1)
    take_all()
    for path in paths:
        with django_assert_max_num_queries(counts[path]):
            browser.get(path)


def _paths(screen: Screen, who: str) -> list[str]:
    paths = [
        screen.address,
        f"{screen.address}how/",
        f"{screen.address}?list={screen.lists[0].key}",
    ]
    paths += [f"{screen.address}?split={screen.splits[-1]}"] if screen.splits else []
    return paths


ODD = (
    "\0",
    "a\0b",
    "²",
    "١",
    "-1",
    "20261123",
    "0001-01",
    "9999-12-31",
    "9" * 23,
    str(2**63),
    "%s'",
)
WORDS = ("month", "week", "line", "after", "before", "last", "sort", "period", "team", "q", "view")


@pytest.mark.thorough
def test_odd_addresses_are_answered(
    grown: None, login: Login, manager: User, director: User
) -> None:
    """What does not fit is left out; nothing of it reaches a query."""
    top = login(director)
    for screen in SCREENS:
        browsers = (login(manager), top)
        dimensions = [word_of(each.key) for each in screen.report.dimensions]
        for odd in (*ODD, "(none)"):
            asked = dict.fromkeys([*WORDS, *dimensions], odd)
            for browser, rest in zip(browsers, ("", "export.csv"), strict=True):
                answer = browser.get(f"{screen.address}{rest}", asked)
                assert answer.status_code == 200, (screen.slug, rest, asked)


def test_people_in_small_multiples_stand_in_the_order_of_their_alphabet(
    grown: None, login: Login, director: User, rep: User, sub_rep: User, other_rep: User
) -> None:
    """Not in that of code points, in which І comes before А."""
    for person, name in ((rep, "Інна"), (sub_rep, "Андрій"), (other_rep, "Ігор")):
        person.name = name
        person.save()
    page = login(director).get("/losses/paid-hours/").content.decode()
    chart = page[page.index('id="card-reps"') :]
    places = {name: chart.index(name) for name in ("Андрій", "Ігор", "Інна")}
    assert sorted(places, key=places.__getitem__) == ["Андрій", "Ігор", "Інна"]
