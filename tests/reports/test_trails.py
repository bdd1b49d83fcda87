"""A record opened from the list of a report knows its place there, and leads on; nothing foreign is among them."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from customers.models import Customer
from customers.ownership import assign
from reports.models import Snapshot
from team.models import Company, User
from tests.reports.pages import CHURN, buys, night

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]
Login = Callable[[User], Client]
LOST = f"{CHURN}?list=loss"


def _crumbs(page: str) -> str:
    return re.sub(r"\s+", " ", page.partition('class="m-crumbs"')[2].partition("</nav>")[0])


def _steps(page: str) -> dict[str, str]:
    found = re.findall(r'<a href="([^"]+)" data-keys="([jk])"', _crumbs(page))
    return {key: unescape(url) for url, key in found}


def _rows(browser: Client, address: str) -> list[str]:
    page = browser.get(address).content.decode()
    return [unescape(url) for url in re.findall(r'<a href="([^"]+)" data-row-link', page)]


def _page(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_from_the_figure_to_the_third_customer_and_back_to_the_list(
    login: Login, rep: User, other_rep: User
) -> None:
    lost = [buys("lost", f"Lost {n}", rep, (9 - n) * 100_00) for n in range(3)]
    buys("lost", "Foreign", other_rep, 850_00)
    buys("silent", "Buying on", rep, 870_00)
    night()
    browser = login(rep)
    links = _rows(browser, LOST)
    assert [url.partition("?")[0] for url in links] == [f"/customers/{one.pk}/" for one in lost]
    first = _page(browser, links[0])
    assert "Left, 1 of 3" in _crumbs(first)
    assert f'href="{CHURN}?list=loss#rows"' in _crumbs(first)
    assert set(_steps(first)) == {"j"}
    second = _page(browser, _steps(first)["j"])
    assert "Left, 2 of 3" in _crumbs(second) and "Lost 1" in second
    assert _steps(second) == {"k": links[0], "j": links[2]}
    third = _page(browser, _steps(second)["j"])
    assert "Left, 3 of 3" in _crumbs(third)
    assert set(_steps(third)) == {"k"}


def test_who_changed_hands_meanwhile_is_stepped_over(
    login: Login, rep: User, other_rep: User, manager: User
) -> None:
    lost = [buys("lost", f"Lost {n}", rep, (9 - n) * 100_00) for n in range(3)]
    night()
    assign([lost[1].pk], other_rep, on=Company.get().today, by=manager)
    browser = login(rep)
    links = _rows(browser, LOST)
    assert [url.partition("?")[0] for url in links] == [
        f"/customers/{one.pk}/" for one in (lost[0], lost[2])
    ]
    assert _steps(_page(browser, links[0])) == {"j": links[1]}
    # the figure counts three, and so does the list
    assert "Left, 3 of 3" in _crumbs(_page(browser, links[1]))


def test_the_filters_and_the_order_of_the_list_hold_for_its_steps(
    login: Login, manager: User, rep: User, sub_rep: User
) -> None:
    for n in range(3):
        buys("lost", f"Lost {n}", rep, (n + 1) * 100_00)
    buys("lost", "Of a colleague", sub_rep, 150_00)
    night()
    browser = login(manager)
    address = f"{LOST}&owner={rep.pk}&sort=money"
    links = _rows(browser, address)
    assert len(links) == 3
    page = _page(browser, links[1])
    assert "Left, 2 of 3" in _crumbs(page)
    assert _steps(page) == {"k": links[0], "j": links[2]}
    assert "Lost 1" in page and f"owner={rep.pk}" in unescape(_crumbs(page))


def test_a_list_made_anew_in_the_night_finds_the_customer_again(login: Login, rep: User) -> None:
    for n in range(2):
        buys("lost", f"Lost {n}", rep, (9 - n) * 100_00)
    night()
    browser = login(rep)
    link = _rows(browser, LOST)[1]
    Snapshot.objects.all().delete()
    assert '"m-crumbs"' in _page(browser, link)
    night()
    assert "Left, 2 of 2" in _crumbs(_page(browser, link))


def test_a_customer_who_is_not_in_the_list_says_so(login: Login, rep: User) -> None:
    buys("lost", "Lost", rep, 900_00)
    other = Customer.everything.create(name="Other", owner=rep)
    assign([other.pk], rep, on=Company.get().today, by=rep)
    night()
    page = _page(login(rep), f"/customers/{other.pk}/?in=churn&of=list%3Dloss&at=1x")
    assert "no longer in this list" in _crumbs(page)
    assert _steps(page) == {}


def test_who_may_not_open_a_report_is_told_nothing_of_it(login: Login, rep: User) -> None:
    lost = buys("lost", "Lost", rep, 900_00)
    night()
    page = _page(login(rep), f"/customers/{lost.pk}/?in=rfm")
    assert "Customers" in _crumbs(page) and " of " not in _crumbs(page)


def test_as_many_queries_for_four_rows_as_for_forty(login: Login, rep: User) -> None:
    counted = []
    for more in (4, 36):
        for n in range(more):
            buys("lost", f"Lost {more} {n}", rep, (n + 1) * 100_00)
        Snapshot.objects.all().delete()
        night()
        browser = login(rep)
        link = _rows(browser, LOST)[1]
        _page(browser, link)
        with CaptureQueriesContext(connection) as queries:
            _page(browser, link)
        counted.append(len(queries))
    assert counted[0] == counted[1]
