"""What cannot be told is no 0 (R9): a dash, and what is missing; a sum over no rows stays 0."""

import html
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from conftest import Hire
from crm.lib.formatting import UNKNOWN
from customers.models import Customer, Revenue
from customers.purchases import refresh_purchases
from reports.definitions.bridge import BRIDGE
from reports.reading.known import ALSO_NEED, NEEDS
from reports.screens import all_screens
from reports.screens.screen import Screen
from reports.showing import run_for, standard_period
from reports.snapshots.taking import take_snapshot
from sales.models import Deal, DealChange
from team.jobs import ask
from team.models import Job, User
from tests.reports import test_screens
from tests.reports.conftest import World
from tests.reports.pages import buys, day

pytestmark = pytest.mark.thorough

Login = Callable[[User], Client]
LAYER = {"HX-Request": "true", "HX-Target": "layer"}
LOSSES = [screen for screen in all_screens() if screen.report.loss]
grown = test_screens.grown


def first(browser: Client, screen_or_slug: Screen | str) -> Any:
    slug = screen_or_slug if isinstance(screen_or_slug, str) else screen_or_slug.slug
    return browser.get(reverse(slug)).context["strip"][0]


def notes(figure: Any) -> list[str]:
    return [str(text) for text, _url in figure.notes]


def main_of(page: str) -> str:
    """What the page itself says, without its frame."""
    return page[page.index("<main") : page.index("</main>")]


def take(*slugs: str) -> None:
    test_screens.take_all([screen for screen in all_screens() if screen.slug in slugs])


def test_an_empty_company_reads_what_each_loss_needs(login: Login, director: User) -> None:
    """On its page, in "how it is computed" and on the losses page; no figure of a loss is ₴0."""
    test_screens.take_all()
    browser = login(director)
    for screen in LOSSES:
        figure = first(browser, screen)
        assert (figure.value, notes(figure)) == (UNKNOWN, [NEEDS[screen.report.loss]]), screen.slug
        assert not figure.url and not figure.beside
        assert browser.get(figure.notes[0][1]).status_code == 200
        told = browser.get(reverse(f"{screen.slug}-how"), headers=LAYER).context
        assert told["formula"] == NEEDS[screen.report.loss]
        assert "₴" not in told["layer_title"]
    page = browser.get("/losses/")
    needs = {str(row.needs.text) for row in page.context["rows"]}
    assert needs == {str(one) for one in NEEDS.values()}
    assert "nothing is known yet" in page.content.decode()


@pytest.mark.parametrize(
    "role",
    [
        "is_director",
        *(
            pytest.param(r, marks=pytest.mark.thorough)
            for r in ("is_rep", "is_manager", "is_admin")
        ),
    ],
)
def test_an_empty_company_reads_no_zero(role: str, hire: Hire, login: Login) -> None:
    """Neither on the losses page nor on any other: a dash, what is missing, and where it is entered."""
    test_screens.take_all()
    browser = login(hire("Only One", **{role: True}))
    for screen in (None, *all_screens()):
        answer = browser.get(reverse("losses") if screen is None else screen.address)
        if answer.status_code == 403:
            continue
        told = main_of(answer.content.decode())
        assert "₴0" not in told and "no change" not in told, screen
        assert 'href="/losses/first-steps/' in told, screen
        if screen is not None:
            strip = answer.context["strip"]
            assert {str(figure.value) for figure in strip} == {UNKNOWN}, screen.slug
            needs = {str(one) for one in (*NEEDS.values(), *ALSO_NEED.values())}
            assert notes(strip[0])[0] in needs and not answer.context["cards"], screen.slug


def test_a_file_of_an_empty_company_holds_no_zero(login: Login, director: User) -> None:
    test_screens.take_all()
    answer = login(director).get("/losses/export.csv")
    lines = b"".join(answer.streaming_content).decode().splitlines()
    total = next(line for line in lines if line.startswith("Total"))
    assert not any(digit in total for digit in "0123456789")
    assert not any(line.startswith("Counted twice") for line in lines)


def test_who_has_nothing_reads_so_beside_others_who_have(
    grown: None, login: Login, hire: Hire
) -> None:
    """A rep without a customer, a lead or a deal: others have them, so what is missing is theirs."""
    browser = login(hire("New One", is_rep=True))
    page = browser.get("/losses/")
    needs = {row.number: str(row.needs.text) for row in page.context["rows"] if row.needs}
    assert needs[1] == "needs orders of a year; you have none yet"
    assert set(needs) == {1, 2, 3, 4, 5, 6}
    told = main_of(page.content.decode())
    assert "₴0" not in told and "no change" not in told
    strip = browser.get(reverse("bridge")).context["strip"]
    assert [str(figure.value) for figure in strip] == [UNKNOWN] * 4


def test_a_leader_of_nobody_reads_that_their_part_has_nothing(
    grown: None, login: Login, hire: Hire
) -> None:
    browser = login(hire("New Manager", is_manager=True))
    for slug in ("churn", "abc", "rfm"):
        figure = first(browser, slug)
        assert figure.value == UNKNOWN
        assert notes(figure)[0].endswith("your part of the company has none yet"), slug


def test_a_company_of_one_week_compares_with_nothing(login: Login, director: User) -> None:
    """The year before knows of no order: it is no ₴0 that this one differs from."""
    customer = Customer.everything.create(name="First", reference="first")
    Revenue.everything.create(
        customer=customer, on=day(6), recorded_on=day(6), amount=Decimal(100), cents=10_000
    )
    refresh_purchases(None)
    run = run_for(BRIDGE, standard_period(BRIDGE, "12-months", day(1)), day(1))
    take_snapshot(BRIDGE, run)
    take_snapshot(BRIDGE, run.previous())
    figure = first(login(director), "bridge")
    assert strip_tags(str(figure.value)).startswith("₴100")
    assert not any("no change" in str(part) for part in figure.beside)
    assert not login(director).get(reverse("bridge")).context["opened"].before


def test_a_company_with_figures_reads_them(grown: None, login: Login, director: User) -> None:
    """A loss of 0 that something could be made of is 0; too few answered leads have no rate."""
    browser = login(director)
    for screen in LOSSES:
        figure = first(browser, screen)
        if screen.slug == "leakage":
            assert figure.value == UNKNOWN
            assert notes(figure)[0].startswith("needs 30 leads answered in time, and what they")
            continue
        assert any(digit in strip_tags(str(figure.value)) for digit in "0123456789"), screen.slug
        assert NEEDS[screen.report.loss] not in notes(figure)
    assert first(browser, "departures").value != UNKNOWN
    assert "nothing is known yet" not in browser.get("/losses/").content.decode()


def test_who_bought_once_has_no_expected_amount(login: Login, director: User, rep: User) -> None:
    for n in range(3):
        buys("once", f"once {n}", rep, 10_000)
    take("clv", "churn")
    figure = first(login(director), "clv")
    assert (figure.value, figure.beside, figure.url) == (UNKNOWN, (), "")
    assert notes(figure)[0] == "Not enough data: the model needs more customers"


def test_an_effect_of_no_departure_says_what_it_needs(login: Login, director: User) -> None:
    take("did")
    figure = first(login(director), "did")
    assert (figure.value, figure.beside) == (UNKNOWN, ())
    assert notes(figure) == ["needs a departure, customers of that rep and others to compare with"]


@pytest.mark.parametrize("cost", [None, 4_000])
def test_a_margin_is_told_of_known_costs_alone(
    cost: int | None, login: Login, director: User, rep: User
) -> None:
    """Without any the margin is unknown; sold at cost it is 0."""
    customer = buys("active", "one", rep, 4_000)
    customer.revenue.all().update(cost_cents=cost)
    take("margin")
    figure = first(login(director), "margin")
    assert strip_tags(str(figure.value)) == (UNKNOWN if cost is None else "₴0₴0")
    assert bool(figure.url) == (cost is not None)


def test_a_forecast_of_no_deal_says_what_it_needs(login: Login, director: User) -> None:
    assert not Deal.everything.exists() and not DealChange.everything.exists()
    take("forecast")
    figure = first(login(director), "forecast")
    assert (figure.value, figure.beside) == (UNKNOWN, ())
    assert notes(figure) == ["needs open deals with the day on which they should close"]


def test_with_orders_alone_what_people_cost_and_take_along_is_unknown(
    login: Login, world: World
) -> None:
    """Nobody was hired: ₴0 would say that every newcomer sold and that no leaver took a customer along."""
    world.order("ONLY", "2026-01-05", 100)
    world.load()
    take("new_reps", "departures", "churn")
    browser = login(User.objects.create_user("d@x.example", name="Dee", is_director=True))
    for slug, loss in (("new_reps", 5), ("departures", 6)):
        figure = first(browser, slug)
        assert (figure.value, notes(figure)) == (UNKNOWN, [NEEDS[loss]])
    assert first(browser, "churn").value != UNKNOWN


def test_what_two_losses_count_both_is_unknown_where_one_of_them_is(
    login: Login, world: World
) -> None:
    """Wages and work without any order: of the six losses paid hours alone are told, so no pair of them is."""
    world.rep("R", wage="1000", hire="2026-01-01")
    world.touch("R", "2026-02-03T09:00:00Z", minutes=30)
    world.load()
    test_screens.take_all()
    browser = login(User.objects.create_user("d@x.example", name="Dee", is_director=True))
    losses = browser.get("/losses/").context
    assert [row.number for row in losses["rows"] if not row.needs] == [4]
    assert losses["twice"] == []
    page = browser.get(reverse("ledger"))
    strip = page.context["strip"]
    assert [(figure.value, figure.url) for figure in strip] == [(UNKNOWN, "")] * 3
    assert [notes(figure) for figure in strip] == [[NEEDS[1]], [NEEDS[2]], [NEEDS[5]]]
    assert {browser.get(figure.notes[0][1]).status_code for figure in strip} == {200}
    how = browser.get(reverse("ledger-how"), headers=LAYER)
    assert {str(step.value) for step in how.context["steps"]} == {UNKNOWN}
    assert "₴0" not in main_of(page.content.decode()) + how.content.decode()


def test_what_two_losses_count_both_is_0_where_both_are_told(login: Login, world: World) -> None:
    """Orders, wages and nobody who left with a customer: 0 of the first and of wages, unknown of leads."""
    world.order("ONLY", "2026-01-05", 100)
    world.owned("ONLY", "R", "2026-01-05")
    world.rep("R", wage="1000", hire="2020-01-01", leave="2026-02-01")
    world.load()
    test_screens.take_all()
    browser = login(User.objects.create_user("d@x.example", name="Dee", is_director=True))
    found = [strip_tags(str(one.value)) for one in browser.get(reverse("ledger")).context["strip"]]
    assert found == ["₴0₴0", UNKNOWN, "₴0₴0"]


@pytest.mark.parametrize("wage", ["", "1000"])
def test_a_newcomer_without_a_wage_costs_nothing_that_is_known(
    wage: str, login: Login, world: World
) -> None:
    world.order("ONLY", "2026-01-05", 100)
    world.rep("R", wage=wage)
    world.load()
    take("new_reps", "time")
    browser = login(User.objects.create_user("d@x.example", name="Dee", is_director=True))
    figure = first(browser, "new_reps")
    assert (figure.value == UNKNOWN, NEEDS[5] in notes(figure)) == (not wage, not wage)


def test_a_month_that_nights_passed_over_says_what_it_would_need(
    login: Login, director: User
) -> None:
    """It does not promise that a night will make it: of days before anything was recorded none does."""
    test_screens.take_all()
    browser, month = login(director), {"period": f"{day(200):%Y-%m}"}
    assert "Not computed yet" in browser.get(reverse("churn"), month).content.decode()
    yesterday = f"{day(1)}"
    night = ask("reports.nightly", {"day": yesterday}, by=None, key=yesterday)
    Job.everything.filter(pk=night.pk).update(state="done", finished_at=timezone.now())
    for screen in LOSSES:
        page = browser.get(reverse(screen.slug), month).content.decode()
        needs = str(NEEDS[screen.report.loss])
        assert "Not computed yet" not in page and "No figures are kept of this period" in page
        assert f"{needs[0].upper()}{needs[1:]}." in html.unescape(page)
    asked = {"next": reverse("churn"), "report": "churn", **month}
    assert browser.post(reverse("losses-compute"), asked).status_code == 303
    page = browser.get(reverse("churn"), month).content.decode()
    assert "No figures are kept of this period" not in page and "updating…" in page


def test_why_the_first_figures_failed_is_read_by_who_keeps_the_work(
    login: Login, admin: User, manager: User
) -> None:
    for words in ({}, {"report": "churn"}):
        login(manager).post("/losses/compute/", {**words, "next": "/losses/"})
        Job.everything.update(
            state=Job.State.FAILED, error="The disk is full.", finished_at=timezone.now()
        )
    for reader, reads in ((admin, True), (manager, False)):
        for path in ("/losses/", "/losses/customers-leaving/"):
            told = login(reader).get(path).content.decode()
            assert "could not be computed. Your records are safe." in told, path
            assert ("The disk is full." in told) is reads, path
            assert ("An administrator finds the reason" in told) is not reads, path
