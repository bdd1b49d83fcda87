"""Filters of a report page: figures, rows, files and drawers follow them, whoever reads; each can be taken out."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer
from customers.purchases import refresh_purchases
from reports.models import Evidence, Snapshot
from reports.screens.screen import Screen
from sales.models import Lead
from team.models import AuditEntry, Employment, User, Wage
from tests.kept import kept
from tests.reports.pages import CHURN, buys, churn_page, day
from tests.reports.test_own_period import asked, run_all
from tests.reports.test_screens import LAYER, SCREENS, grow, rows_in_file, take_all

pytestmark = pytest.mark.thorough

Login = Callable[[User], Client]
NAMES = ("segment", "region")
PLACES = {"north": "retail", "south": "hotels", "": ""}


@pytest.fixture
@kept
def parted(rep: User, sub_rep: User, other_rep: User) -> None:
    """Customers and leads of three regions and segments in turn, one of them without any."""
    for number, person in enumerate((rep, sub_rep, other_rep)):
        wage = {"monthly_wage": 20_000 + number, "monthly_expenses": 100}
        Wage.objects.create(user=person, from_on=day(700), recorded_on=day(700), **wage)
    for round_ in range(2):
        grow([rep, sub_rep, other_rep], round_)
    places = list(PLACES.items())
    for number, customer in enumerate(Customer.everything.order_by("pk")):
        region, segment = places[number % 3]
        Customer.everything.filter(pk=customer.pk).update(region=region, segment=segment)
    for number, lead in enumerate(Lead.everything.order_by("pk")):
        Lead.everything.filter(pk=lead.pk).update(region=places[number % 3][0])
    take_all()


def told(browser: Client, screen: Screen, **words: str) -> Any:
    answer = browser.get(screen.address, words)
    assert answer.status_code == 200, (screen.slug, words)
    return answer


def test_figures_rows_and_files_are_equal_under_every_filter(
    parted: None, login: Login, director: User, manager: User, rep: User
) -> None:
    for who in (director, manager):
        browser = login(who)
        for screen in SCREENS:
            for words in ({"segment": "retail"}, {"region": "(none)"}, {"owner": str(rep.pk)}):
                for view in screen.lists:
                    if view.of_people and "owner" not in words:
                        continue  # people are of no segment
                    _equal(browser, screen, view.key, words)


def _equal(browser: Client, screen: Screen, key: str, words: dict[str, str]) -> None:
    page = told(browser, screen, list=key, **words)
    where = (screen.slug, key, words)
    listing, headline = page.context["listing"], page.context["figures"].headline
    listed = screen.report.listed(key)
    assert listed is not None
    rows = page.context["rows"]
    assert listing.has_pages or len(rows) == listing.count, where
    if listed.count:
        assert headline[listed.count] == listing.count, where
    if listed.money and headline[listed.money] is not None and listing.total is not None:
        assert headline[listed.money] == listing.total, where
    (name, value), *_rest = words.items()
    if screen.report.dimension(name) is not None:
        assert all(_fits(row.evidence, name, value) for row in rows), where
        file = rows_in_file(browser, screen, list=key, **words)
        assert len(file) - 6 == listing.count, where


def _fits(evidence: Evidence, name: str, value: str) -> bool:
    if name == "owner":
        return str(evidence.owner_id) == value
    return (evidence.facets.get(name) or "(none)") == value


@pytest.mark.parametrize("name", ["region", "segment"])
def test_the_parts_of_a_filter_add_up_to_the_whole(
    name: str, parted: None, login: Login, director: User
) -> None:
    browser = login(director)
    added = 0
    values = [v or "(none)" for v in (PLACES if name == "region" else PLACES.values())]
    for screen in SCREENS:
        if screen.report.dimension(name) is None:
            continue
        parts = [told(browser, screen, **{name: v}).context["figures"].totals for v in values]
        whole = told(browser, screen).context["figures"].totals
        for measure in screen.report.measures:
            sums = [part[measure.key] for part in parts]
            all_of_it = whole[measure.key]
            where = (screen.slug, measure.key)
            assert sum(one.n for one in sums) == all_of_it.n, where
            assert sum(one.cents for one in sums) == all_of_it.cents, where
            assert sum(one.base_cents for one in sums) == all_of_it.base_cents, where
            added += len([one for one in sums if one.n]) > 1
    assert added > 10


def test_the_period_before_follows(login: Login, manager: User, rep: User) -> None:
    """Both were lost 109 days ago, in the twenty days before those that are asked for."""
    for name, segment, cents in (("A", "retail", 5_00), ("B", "hotels", 7_00)):
        customer = buys("lost", name, rep, cents)
        Customer.everything.filter(pk=customer.pk).update(segment=segment)
    refresh_purchases(None)
    browser = login(manager)
    address = asked(browser, day(99), day(80))
    run_all()
    whole = browser.get(address).context["figures"]
    part = browser.get(f"{address}&segment=retail").context["figures"]
    assert (whole.before["loss_cents"], part.before["loss_cents"]) == (7 * 12_00, 7 * 5_00)


def test_chips_stand_above_and_each_can_be_taken_out(
    parted: None, login: Login, manager: User, rep: User, north_sub: Any
) -> None:
    words = {"segment": "retail", "region": "north", "owner": str(rep.pk), "list": "loss"}
    page = login(manager).get(CHURN, {**words, "team": str(north_sub.pk), "month": "2026-08"})
    chips = {chip["label"]: chip["remove_url"] for chip in page.context["filter_chips"]}
    assert list(chips) == [
        "Team: North, key accounts", "Owner: Rita Rep", "Segment: retail", "Region: north",
    ]  # fmt: skip
    without = chips["Segment: retail"]
    assert "segment" not in without and "region=north" in without and "list=loss" in without
    shown = page.content.decode()
    assert shown.index("Segment: retail") < shown.index('id="rows"')
    assert [chip["label"] for chip in page.context["chips"]] == ["Month: August 2026"]


def test_a_filter_stays_in_every_way_down(
    parted: None, login: Login, manager: User, rep: User
) -> None:
    browser = login(manager)
    page = browser.get(CHURN, {"segment": "hotels", "split": "owner", "list": "at_risk"})
    figures = page.context["figures"]
    ways = [figure.url for figure in page.context["strip"]]
    ways += [row["url"] for row in page.context["split_rows"]]
    ways += [figures.how_url, figures.plan_url, figures.dispute_url, figures.csv_url]
    assert len(ways) > 7
    assert all("segment=hotels" in way for way in ways), ways
    how = browser.get(figures.how_url, headers=LAYER)
    assert all("segment=hotels" in step.url for step in how.context["steps"])
    whose = page.context["split_rows"][0]
    down = browser.get(whose["url"].split("#")[0])
    assert down.context["figures"].headline["at_risk_customers"] == down.context["listing"].count
    assert {chip["label"] for chip in down.context["filter_chips"]} == {
        "Segment: hotels", f"Owner: {whose['label']}",
    }  # fmt: skip


def test_a_file_says_its_filters_and_so_does_the_audit(
    parted: None, login: Login, manager: User, rep: User
) -> None:
    words = {"list": "loss", "segment": "retail", "owner": str(rep.pk)}
    rows = rows_in_file(login(manager), SCREENS[0], **words)
    assert ["Segment", "retail"] in rows and ["Owner", "Rita Rep"] in rows
    kept = AuditEntry.objects.filter(action="export").latest("pk").detail.after["filter"]
    assert (kept["segment"], kept["owner"]) == ("retail", str(rep.pk))


def test_what_a_report_does_not_know_is_kept_for_the_next_one(
    parted: None, login: Login, director: User
) -> None:
    hours = reverse("time")
    page = login(director).get(hours, {"segment": "retail"})
    whole = login(director).get(hours)
    assert page.context["figures"].headline == whole.context["figures"].headline
    assert "Segment: retail, not in this report" in page.content.decode()
    assert "segment=retail" in page.context["figures"].url()


def test_whose_is_asked_within_sight_alone(
    parted: None, login: Login, manager: User, rep: User, other_rep: User
) -> None:
    browser = login(manager)
    whole = churn_page(browser, list="loss").figures
    foreign = churn_page(browser, list="loss", owner=str(other_rep.pk))
    assert foreign.figures == whole and foreign.names == []
    assert "Otto" not in foreign.text
    form = browser.get(f"{CHURN}filters/", headers=LAYER)
    fields = {field.name: field.choices for field in form.context["fields"]}
    assert set(fields) == {"owner", "segment", "region"}
    assert {text for _pk, text in fields["owner"]} == {"Rita Rep", "Sasha Subrep"}
    own = login(rep).get(f"{CHURN}filters/", headers=LAYER)
    assert [field.name for field in own.context["fields"]] == ["segment", "region"]
    assert "Sasha" not in own.content.decode()


def test_values_offered_are_those_of_one_s_own_customers(
    parted: None, login: Login, rep: User, other_rep: User
) -> None:
    Customer.everything.filter(owner=other_rep).update(segment="secret")
    form = login(rep).get(f"{CHURN}filters/", headers=LAYER)
    assert "secret" not in form.content.decode() and "retail" in form.content.decode()


def test_the_form_keeps_the_rest_of_the_address(parted: None, login: Login, manager: User) -> None:
    words = {"segment": "retail", "list": "loss", "period": "12-months", "after": "x"}
    form = login(manager).get(f"{CHURN}filters/", words)
    assert ("list", "loss") in form.context["kept"] and ("period", "12-months") in form.context[
        "kept"
    ]
    assert not {"segment", "after"} & {word for word, _text in form.context["kept"]}
    assert '<option value="retail" selected>' in form.content.decode()


def test_a_part_of_the_wages_is_told_to_directors_alone(
    parted: None, login: Login, hire: Any, north: Any, manager: User, director: User, rep: User
) -> None:
    for number in range(5):
        person = hire(f"Person {number}", team=north, is_rep=True)
        Wage.objects.create(user=person, from_on=day(700), recorded_on=day(700), monthly_wage=9_000)
    take_all([screen for screen in SCREENS if screen.slug == "time"])
    Snapshot.objects.filter(slug="time").exclude(revision=2).delete()
    hours = reverse("time")
    assert login(manager).get(hours).context["figures"].headline["loss_cents"]
    part = login(manager).get(hours, {"owner": str(rep.pk)})
    assert part.context["figures"].headline["loss_cents"] is None
    whole = login(director).get(hours, {"owner": str(rep.pk)}).context["figures"]
    assert whole.headline["loss_cents"] > 0


def test_nobody_by_a_filter_says_so_and_how_to_clear_it(
    parted: None, login: Login, manager: User
) -> None:
    page = login(manager).get(CHURN, {"segment": "nothing like it"}).content.decode()
    assert "Nothing fits the filters." in page and "Clear all" in page


def test_odd_values_are_no_filter(parted: None, login: Login, manager: User) -> None:
    browser = login(manager)
    whole = churn_page(browser).figures
    for odd in ("\0", "a\0b", "x" * 500):
        assert churn_page(browser, segment=odd, region=odd, owner=odd).figures == whole
    for odd in ("-1", "9" * 40, "1e9", "٣", "(none)x"):
        assert churn_page(browser, owner=odd).figures == whole


def test_leavers_are_told_by_the_segment_of_whom_they_took_along(
    login: Login, director: User, rep: User, sub_rep: User
) -> None:
    """Two left with customers, one of them with some of retail: that one is counted, opened and drawn."""
    for person, segments in ((rep, ("retail", "retail", "hotels")), (sub_rep, ("hotels",))):
        for number, segment in enumerate(segments):
            lost = buys("lost", f"{person.name} {number}", person, 100_00)
            Customer.everything.filter(pk=lost.pk).update(segment=segment)
        Employment.objects.create(
            user=person, hired_on=day(2000), recorded_on=day(2000), left_on=day(150)
        )
    refresh_purchases(None)
    take_all([screen for screen in SCREENS if screen.slug == "departures"])
    browser, page = login(director), reverse("departures")
    whole = browser.get(page).context
    assert [(f.value) for f in whole["strip"] if f.label == "Reps whose customers left"] == ["2"]
    part = browser.get(page, {"segment": "retail", "list": "leaver"}).context
    leavers = next(f for f in part["strip"] if f.label == "Reps whose customers left")
    assert leavers.value == "1" and part["figures"].headline["customers"] == 2
    assert part["list_key"] == "loss" and part["listing"].count == 2
    assert "leaver" not in {tab["key"] for tab in part["tabs"]}
    opened = browser.get(leavers.url.split("#")[0]).context
    assert [row["label"] for row in opened["split_rows"]] == [str(rep)]
    bars = next(card for card in part["cards"] if card.name == "lost").data["bars"]
    assert [(bar["label"], bar["note"]) for bar in bars] == [(str(rep), "2 customers")]
    how = browser.get(f"{page}how/?segment=retail", headers=LAYER).context["steps"]
    assert [str(step.value) for step in how if step.label == "of so many reps"] == ["1"]
    assert not [step for step in how if step.label == "Reps who left in the period"]
