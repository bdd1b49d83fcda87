"""Records that end long ago: pages say above all where they end, whose figures miss the rest and what to do."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from customers.models import Revenue
from customers.purchases import refresh_purchases
from reports.definitions.ledger import LEDGER
from reports.models import Snapshot
from reports.showing import run_for, standard_period
from reports.snapshots.taking import take_snapshot
from team.models import User
from tests.reports.pages import buys, day

Login = Callable[[User], Client]
PAGE = "/losses/customers-leaving/"
SENTENCE = "Orders go up to "


def orders_end(ago: int, owner: User) -> None:
    """A customer who bought as usual up to a day so many days before today, and last night's losses."""
    customer = buys("lost", "one", owner, 10_000)
    Revenue.everything.create(
        customer=customer, on=day(ago), recorded_on=day(ago), amount=100, cents=10_000
    )
    refresh_purchases(None)
    run = run_for(LEDGER, standard_period(LEDGER, "12-months", day(1)), day(1))
    take_snapshot(LEDGER, run, kind=Snapshot.Kind.DAILY)


def notice(text: str) -> str:
    """The one of orders among the notices above everything; tags and wide spaces out, its link left."""
    found = re.findall(r'<div class="m-notice is-warning m-late m-quiet".*?</div>', text, re.S)
    return next((one for one in found if SENTENCE in one), "")


def chips(text: str) -> str:
    """The line below the heading."""
    head = text[text.index('<header class="m-head') :].split("</header>")[0]
    return " ".join(re.findall(r'<span class="m-badge is-warning">(.*?)</span>', head, re.S))


@pytest.mark.parametrize(
    ("age", "has_chip", "has_notice"), [(7, False, False), (8, True, False), (22, False, True)]
)
def test_orders_usually_come_every_week(
    age: int, has_chip: bool, has_notice: bool, login: Login, director: User, rep: User
) -> None:
    """Older than that is a chip; from three weeks on a notice in its place. Ages are those at the end of yesterday."""
    orders_end(age + 1, rep)
    text = login(director).get(PAGE).content.decode()
    assert (SENTENCE in chips(text), bool(notice(text))) == (has_chip, has_notice)
    assert bool(notice(login(director).get("/losses/").content.decode())) == has_notice


def test_the_notice_names_what_misses_the_rest_and_where_it_is_entered(
    login: Login, director: User, rep: User
) -> None:
    orders_end(40, rep)
    browser = login(director)
    both = "Customers leaving, Departed reps."
    for address, affected in ((PAGE, "Customers leaving."), ("/losses/", both)):
        told = notice(browser.get(address).content.decode())
        assert f"Affected: {affected}" in told and "is missing here" in told
        assert 'href="/losses/first-steps/#orders"' in told
    assert 'id="orders"' in browser.get("/losses/first-steps/").content.decode()


def test_who_brings_no_orders_is_not_asked_to(login: Login, rep: User) -> None:
    """A rep reads why, without the act: it is not theirs."""
    orders_end(40, rep)
    told = notice(login(rep).get(PAGE).content.decode())
    assert "is missing here" in told and "<a " not in told


def test_the_notice_is_in_the_language_of_who_reads_it(
    login: Login, director: User, rep: User
) -> None:
    orders_end(40, rep)
    User.objects.filter(pk=director.pk).update(language="uk")
    director.refresh_from_db()
    text = login(director).get(PAGE).content.decode()
    assert "Якщо після того було ще щось, тут цього бракує. Стосується: Клієнти йдуть." in text
    assert "is missing here" not in text
