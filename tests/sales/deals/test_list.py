"""Deals of others are not there; the list is narrowed and sorted, and costs the same."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sales.models import Deal, DealChange
from team.models import User
from tests.sales.deals.kit import Keep, move, new

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]
Login = Callable[[User], Client]


@pytest.mark.parametrize("act", ["", "edit/", "move/", "bin/", "restore/"])
def test_somebody_elses_deal_is_not_there(
    login: Login, other_rep: User, deal: Deal, act: str
) -> None:
    browser = login(other_rep)
    assert browser.get(f"/deals/{deal.pk}/").status_code == 404
    if act:
        answer = browser.post(f"/deals/{deal.pk}/{act}", {"stage": "won", "title": "Mine"})
        assert answer.status_code == 404
    deal.refresh_from_db()
    assert (deal.stage.key, deal.title, deal.binned_on) == ("new", "Coffee bags 2027", None)


def test_a_change_of_another_deal_is_not_there(
    login: Login, rep: User, deal: Deal, keep: Keep
) -> None:
    browser = login(rep)
    browser.post("/deals/new/", new(deal.customer))
    other = Deal.everything.exclude(pk=deal.pk).get()
    move(browser, other, "offer")
    change = DealChange.everything.latest("id")
    assert browser.post(f"/deals/{deal.pk}/moves/{change.pk}/undo/").status_code == 404
    other.refresh_from_db()
    assert other.stage.key == "offer"


def names(page: str) -> list[str]:
    return [part.split("</a>")[0].split(">")[-1] for part in page.split("data-row-link")[1:]]


def test_the_list_is_narrowed_and_sorted(login: Login, rep: User, keep: Keep) -> None:
    browser, customer = login(rep), keep(rep)
    for title, amount, close in (("A", "10", ""), ("B", "30", "1.12"), ("C", "20", "24.11")):
        browser.post(
            "/deals/new/", new(customer, title=title, amount=amount, expected_close_on=close)
        )
    assert names(browser.get("/deals/").content.decode()) == ["B", "C", "A"]
    assert names(browser.get("/deals/?sort=close").content.decode()) == ["C", "B", "A"]
    assert names(browser.get("/deals/?sort=-close").content.decode()) == ["B", "C", "A"]
    assert names(browser.get("/deals/?sort=newest").content.decode()) == ["C", "B", "A"]
    assert names(browser.get("/deals/?sort=owner__password").content.decode()) == ["B", "C", "A"]
    move(browser, Deal.everything.get(title="B"), "won")
    move(browser, Deal.everything.get(title="C"), "qualified")
    assert names(browser.get("/deals/").content.decode()) == ["C", "A"]
    assert names(browser.get("/deals/?state=won").content.decode()) == ["B"]
    assert names(browser.get("/deals/?stage=qualified").content.decode()) == ["C"]
    assert names(browser.get("/deals/?state=all").content.decode()) == ["B", "C", "A"]
    browser.post(f"/deals/{Deal.everything.get(title='A').pk}/bin/")
    assert names(browser.get("/deals/").content.decode()) == ["C"]


def test_the_queries_do_not_grow(login: Login, manager: User, deal: Deal) -> None:
    browser = login(manager)
    counts = []
    for more in (1, 30):
        for _ in range(more):
            browser.post("/deals/new/", new(deal.customer))
            move(browser, deal, "offer")
            move(browser, deal, "qualified")
        with CaptureQueriesContext(connection) as listed:
            browser.get("/deals/")
        with CaptureQueriesContext(connection) as page:
            browser.get(f"/deals/{deal.pk}/")
        counts.append((len(listed), len(page)))
    assert counts[0] == counts[1]
    assert counts[0][0] <= 16 and counts[0][1] <= 15
