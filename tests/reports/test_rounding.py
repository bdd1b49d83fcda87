"""Amounts that a page shows come to the sum it shows, or a note says why they do not (ux.md section 7)."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from crm.lib import formatting
from customers.models import Customer, Revenue
from reports.models import Snapshot
from reports.overview.mailing import send_losses, subscribe
from reports.screens import all_screens
from team.models import User
from tests.reports import test_overview, test_screens
from tests.reports.pages import buys, day

Login = Callable[[User], Client]
NOTE = "Amounts are rounded"
UNITS = {"m": 1_000_000, "k": 1_000}
people = test_overview.people


@pytest.mark.parametrize(
    ("parts", "whole", "short", "adds_up"),
    [
        ((10_050, 10_050), 20_100, False, False),  # 101 + 101, and 201
        ((10_049, 10_049), 20_098, False, False),  # 100 + 100, and 201
        ((10_040, 10_009), 20_049, False, True),  # 100 + 100, and 200
        ((10_050, -10_050), 0, False, True),
        ((), 0, False, True),
        ((100_400_000, 100_400_000), 200_800_000, True, False),  # 1.00m + 1.00m, and 2.01m
        ((694_040_000, 57_040_000), 751_080_000, True, True),  # 6.94m + 570k, and 7.51m
        ((1_234_000, -1_230_000), 4_000, True, False),  # 12.3k less 12.3k, and 40
    ],
)
def test_what_is_shown_adds_up(
    parts: tuple[int, ...], whole: int, short: bool, adds_up: bool
) -> None:
    assert formatting.adds_up(parts, whole, short=short) == adds_up


def take(*slugs: str) -> None:
    test_screens.take_all([screen for screen in all_screens() if screen.slug in slugs])


@pytest.mark.parametrize(("cents", "noted"), [(10_050, True), (10_000, False)])
def test_a_list_and_a_split_say_so(
    cents: int, noted: bool, login: Login, director: User, rep: User, sub_rep: User
) -> None:
    """Two customers of 100.50 read ₴101 each, and ₴201 together."""
    for owner in (rep, sub_rep):
        buys("once", f"of {owner.name}", owner, cents)
    take("abc")
    browser = login(director)
    for parameters in ({"list": "A"}, {"list": "A", "split": "owner"}):
        page = browser.get(reverse("abc"), parameters)
        assert (NOTE in page.content.decode()) == noted, parameters
        assert formatting.money(2 * cents, "UAH") in page.content.decode()


def test_a_list_of_several_pages_is_added_up_by_nobody(
    login: Login, director: User, rep: User
) -> None:
    for n in range(27):
        buys("once", f"once {n}", rep, 10_050)
    take("rfm")
    page = login(director).get(reverse("rfm"), {"list": "attention"})
    assert page.context["listing"].count == 27 and page.context["listing"].has_pages
    assert NOTE not in page.content.decode()


@pytest.mark.parametrize(("cents", "noted"), [(1_200_400, True), (1_200_000, False)])
def test_a_bridge_says_so(cents: int, noted: bool, login: Login, director: User, rep: User) -> None:
    """12.00k before and 12.00k of a new customer read 24.01k."""
    for name, ages in (("old", (500, 100)), ("new", (100,))):
        customer = Customer.everything.create(name=name, owner=rep, reference=name)
        for ago in ages:
            Revenue.everything.create(
                customer=customer, on=day(ago), recorded_on=day(ago),
                amount=Decimal(cents) / 100, cents=cents,
            )  # fmt: skip
    take("bridge")
    page = login(director).get(reverse("bridge"))
    assert page.context["figures"].headline["end_cents"] == 2 * cents
    assert (NOTE in page.content.decode()) == noted


@pytest.mark.parametrize(("cents", "noted"), [(100_400_000, True), (100_000_000, False)])
def test_the_losses_page_says_so(cents: int, noted: bool, people: Any, login: Any) -> None:
    """1.00m and 1.00m read 2.01m together; nothing else is lost, nothing counted twice."""
    _lost_alike(cents)
    page = login(people["director"]).get("/losses/")
    rows = page.context["rows"]
    losses = [row.money.cents for row in rows if row.money]
    total = page.context["overview"].basis.total.cents
    assert total == sum(losses) == 2 * cents
    shown = sum(_read(formatting.money_short(one, "UAH")) for one in losses)
    assert (shown != _read(formatting.money_short(total, "UAH"))) == noted
    assert (NOTE in page.content.decode().split("<tfoot>")[1].split("</tfoot>")[0]) == noted


@pytest.mark.parametrize(("cents", "noted"), [(100_050, True), (100_000, False)])
def test_the_letter_says_so(cents: int, noted: bool, people: Any, mailoutbox: Any) -> None:
    """1,000.50 and 1,000.50 read 1,001 each and 2,001 together: in both forms of the letter, as its reader adds up."""
    _lost_alike(cents)
    subscribe(people["director"], "week")
    assert send_losses(people["director"], "2026-W01")
    (letter,) = mailoutbox
    html = next(str(part.content) for part in letter.alternatives)
    for told in (letter.body, html):
        assert (NOTE in told) == noted
    amounts = dict(re.findall(r"^([A-Z][^:\n]*): (−?₴[\d,]+)", letter.body, re.MULTILINE))
    total = _read(amounts.pop("Total, less what is counted twice"))
    amounts.pop("Can still be stopped")
    assert len(amounts) >= 5 and (sum(map(_read, amounts.values())) != total) == noted


def _lost_alike(cents: int) -> None:
    """Losses 1 and 4 of so many cents, nothing else, and nothing counted twice."""
    for one in Snapshot.objects.filter(kind__in=["daily", "on-demand"]):
        told = cents if one.slug in ("churn", "time") else 0
        sums = {key: [0] * 6 for key in one.sums}
        sums |= {"loss": [1, told, told, told, 0, 0]} if "loss" in sums else {}
        Snapshot.objects.filter(pk=one.pk).update(sums=sums)


def _read(text: str) -> int:
    number, unit = (text[1:-1], text[-1]) if text[-1] in UNITS else (text[1:], "")
    return int(Decimal(number.replace(",", "")) * UNITS.get(unit, 1))


def test_what_can_be_stopped_of_two_losses_counts_once(people: Any, login: Any) -> None:
    """Customers who are at risk and to be handed over stand in both rows, and once in the sum: it says so."""
    page = login(people["director"]).get("/losses/")
    rows = sum(row.stop.cents or 0 for row in page.context["rows"])
    twice = rows - page.context["overview"].stoppable.cents
    assert ("can be stopped once" in page.content.decode()) == bool(twice)
