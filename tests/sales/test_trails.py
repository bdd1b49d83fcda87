"""A record that was opened from a list knows its place there and the ones beside it; nothing foreign is among them."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from customers.models import Contact, Customer
from customers.search import index_record
from sales.models import Deal, Lead, Stage
from team.models import Company, User

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]
Login = Callable[[User], Client]


def _crumbs(page: str) -> str:
    return re.sub(r"\s+", " ", page.partition('class="m-crumbs"')[2].partition("</nav>")[0])


def _steps(page: str) -> dict[str, str]:
    found = re.findall(r'<a href="([^"]+)" data-keys="([jk])"', _crumbs(page))
    return {key: unescape(url) for url, key in found}


def _at_risk(keep: Any, owner: User, n: int, name: str = "Silent") -> Customer:
    today = Company.get().today
    return keep(
        owner,
        name=f"{name} {n}",
        purchases=9,
        last_purchase_on=today - timedelta(days=41),
        at_risk_on=today - timedelta(days=1),
        lost_on=today + timedelta(days=22),
        annual_cents=1000 - n,
    )


def test_a_row_of_the_list_leads_to_its_place_and_on_to_the_next(
    login: Login, rep: User, other_rep: User, keep: Any
) -> None:
    silent = [_at_risk(keep, rep, n) for n in range(3)]
    _at_risk(keep, other_rep, 0, "Foreign")
    keep(rep, name="Buying on", annual_cents=999, purchases=1)
    browser = login(rep)
    page = browser.get("/customers/?state=at-risk").content.decode()
    links = [unescape(url) for url in re.findall(r'href="([^"]+)" data-row-link', page)]
    assert [url.partition("?")[0] for url in links] == [f"/customers/{one.pk}/" for one in silent]
    first = browser.get(links[0]).content.decode()
    assert "At risk, 1 of 3" in _crumbs(first)
    assert 'href="/customers/?state=at-risk"' in _crumbs(first)
    assert set(_steps(first)) == {"j"}
    second = browser.get(_steps(first)["j"]).content.decode()
    assert "At risk, 2 of 3" in _crumbs(second)
    assert _steps(second) == {"k": links[0], "j": links[2]}
    third = browser.get(_steps(second)["j"]).content.decode()
    assert "At risk, 3 of 3" in _crumbs(third)
    assert set(_steps(third)) == {"k"}


def test_without_a_list_there_are_no_steps(login: Login, rep: User, keep: Any) -> None:
    customer = keep(rep)
    for query in ("", "?in=nowhere", "?in=lead-list", "?of=state%3Dat-risk"):
        page = login(rep).get(f"/customers/{customer.pk}/{query}").content.decode()
        assert _steps(page) == {}
        assert '<a href="/customers/">Customers</a>' in _crumbs(page)


def test_foreign_and_missing_rows_are_neither_counted_nor_stepped_to(
    login: Login, rep: User, other_rep: User, keep: Any
) -> None:
    mine = [keep(rep, name=f"Mine {n}", annual_cents=100 - 10 * n) for n in range(2)]
    theirs = keep(other_rep, name="Theirs", annual_cents=95)
    browser = login(rep)
    page = browser.get(f"/customers/{mine[0].pk}/?in=customer-list").content.decode()
    assert "Customers, 1 of 2" in _crumbs(page)
    assert _steps(page)["j"].startswith(f"/customers/{mine[1].pk}/")
    # a list narrowed to somebody else's is a list of one's own, as its own address is
    words = urlencode({"in": "customer-list", "of": f"owner={other_rep.pk}"})
    page = browser.get(f"/customers/{mine[0].pk}/?{words}").content.decode()
    assert "Theirs" not in page
    assert not _steps(page).get("j", "").startswith(f"/customers/{theirs.pk}/")
    answers = {
        browser.get(f"/customers/{pk}/?in=customer-list").status_code for pk in (theirs.pk, 999_999)
    }
    assert answers == {404}


def test_who_left_the_list_still_has_those_beside_it(login: Login, rep: User, keep: Any) -> None:
    silent = [_at_risk(keep, rep, n) for n in range(3)]
    words = urlencode({"in": "customer-list", "of": "state=at-risk"})
    Customer.everything.filter(pk=silent[1].pk).update(at_risk_on=None, lost_on=None)
    page = login(rep).get(f"/customers/{silent[1].pk}/?{words}").content.decode()
    assert "no longer in this list" in _crumbs(page)
    assert "2 of" not in _crumbs(page)
    assert _steps(page) == {
        "k": f"/customers/{silent[0].pk}/?{words}",
        "j": f"/customers/{silent[2].pk}/?{words}",
    }


def test_what_was_searched_for_is_stepped_through(login: Login, rep: User, keep: Any) -> None:
    found = [keep(rep, name=f"Карпатська {n}", annual_cents=100 - n) for n in range(3)]
    found.append(keep(rep, name="Northgate", annual_cents=99))
    for row in found:
        index_record(row)
    browser = login(rep)
    page = browser.get("/customers/?q=karp").content.decode()
    links = [unescape(url) for url in re.findall(r'href="([^"]+)" data-row-link', page)]
    assert len(links) == 3
    page = browser.get(links[1]).content.decode()
    assert "«karp», 2 of 3" in _crumbs(page)
    assert _steps(page)["k"].startswith(f"/customers/{found[0].pk}/")
    assert _steps(page)["j"].startswith(f"/customers/{found[2].pk}/")


def _leads(rep: User, keep: Any, count: int) -> None:
    for n in range(count):
        Lead.everything.create(name=f"Lead {n}", owner=rep, recorded_on=date(2026, 1, 5))


def _deals(rep: User, keep: Any, count: int) -> None:
    stage, today = Stage.objects.order_by("order").first(), Company.get().today
    for n in range(count):
        Deal.everything.create(
            title=f"Deal {n}",
            customer=keep(rep, name=f"At deal {n}"),
            owner=rep,
            stage=stage,
            stage_since=today,
            opened_on=today,
        )


def _contacts(rep: User, keep: Any, count: int) -> None:
    customer = keep(rep)
    for n in range(count):
        Contact.everything.create(customer=customer, name=f"Person {n}")


def _customers(rep: User, keep: Any, count: int) -> None:
    for n in range(count):
        keep(rep, name=f"Customer {n}", annual_cents=n)


KINDS = [
    pytest.param("/customers/", _customers, id="customers"),
    pytest.param("/contacts/", _contacts, id="contacts"),
    pytest.param("/leads/", _leads, id="leads"),
    pytest.param("/deals/", _deals, id="deals"),
]


@pytest.mark.parametrize(("address", "make"), KINDS)
def test_every_list_is_walked_from_end_to_end(
    login: Login, rep: User, keep: Any, address: str, make: Callable[..., None]
) -> None:
    make(rep, keep, 4)
    browser = login(rep)
    page = browser.get(address).content.decode()
    links = [unescape(url) for url in re.findall(r'href="([^"]+)" data-row-link', page)]
    assert len(links) == 4
    walked, here = [], links[0]
    while here and len(walked) < 9:
        walked.append(here)
        page = browser.get(here).content.decode()
        assert f", {len(walked)} of 4" in _crumbs(page)
        here = _steps(page).get("j", "")
    assert walked == links


@pytest.mark.parametrize(("address", "make"), KINDS)
def test_the_steps_cost_the_same_in_a_list_twice_as_long(
    login: Login,
    rep: User,
    manager: User,
    keep: Any,
    address: str,
    make: Callable[..., None],
    django_assert_num_queries: Any,
    django_assert_max_num_queries: Any,
) -> None:
    """Of a manager, whose lists are read in parts; what the steps add to the page are few queries."""
    browser = login(manager)
    make(rep, keep, 4)
    middle = [
        unescape(u)
        for u in re.findall(r'href="([^"]+)" data-row-link', browser.get(address).content.decode())
    ][1]
    with django_assert_max_num_queries(100) as plain:
        browser.get(middle.partition("?")[0])
    with django_assert_max_num_queries(len(plain) + 10) as first:
        browser.get(middle)
    make(rep, keep, 4)
    with django_assert_num_queries(len(first)):
        browser.get(middle)


def test_odd_words_are_no_error(login: Login, rep: User, keep: Any) -> None:
    customer = keep(rep)
    for of in ("state=nothing", "sort=drop", "after=%00", "q=%00", "owner=x", "a" * 5000, "%ff&&="):
        words = urlencode({"in": "customer-list", "of": of})
        assert login(rep).get(f"/customers/{customer.pk}/?{words}").status_code == 200
