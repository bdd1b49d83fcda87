"""Edits and moves of a deal append to its way; the last move of today is taken back."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.test import Client

from sales.models import Deal, DealChange
from team.models import AuditEntry, User
from tests.sales.deals.kit import TODAY, move, new, told

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]


def test_an_edit_of_money_appends_a_change(login: Login, rep: User, deal: Deal) -> None:
    values = new(deal.customer, version=1, title="Coffee bags", amount="290 000")
    assert login(rep).post(f"/deals/{deal.pk}/edit/", values).status_code == 303
    deal.refresh_from_db()
    assert (deal.title, deal.cents, deal.version) == ("Coffee bags", 290_000_00, 2)
    assert told(deal) == [("new", "23.11", Decimal(310_000)), ("new", "23.11", Decimal(290_000))]


def test_an_edit_of_the_title_alone_appends_none(login: Login, rep: User, deal: Deal) -> None:
    login(rep).post(f"/deals/{deal.pk}/edit/", new(deal.customer, version=1, title="Bags"))
    assert DealChange.everything.count() == 1


def test_who_saved_first_is_not_overwritten(
    login: Login, rep: User, manager: User, deal: Deal
) -> None:
    mine = new(deal.customer, version=1, amount="290 000")
    login(manager).post(f"/deals/{deal.pk}/edit/", new(deal.customer, version=1, amount="350 000"))
    answer = login(rep).post(f"/deals/{deal.pk}/edit/", mine)
    assert answer.status_code == 409
    deal.refresh_from_db()
    assert deal.cents == 350_000_00
    assert DealChange.everything.count() == 2


def test_moving_keeps_the_way_and_undo_takes_it_back(login: Login, rep: User, deal: Deal) -> None:
    with time_machine.travel(datetime(2026, 11, 27, 9, tzinfo=UTC), tick=False):
        browser = login(rep)
        answer = browser.post(f"/deals/{deal.pk}/move/", {"stage": "offer"}, follow=True)
        page = answer.content.decode()
        deal.refresh_from_db()
        assert (deal.stage.key, deal.stage_since) == ("offer", date(2026, 11, 27))
        assert told(deal)[1] == ("offer", "27.11", Decimal(310_000))
        assert "4 days" in page
        change = DealChange.everything.latest("id")
        undo = f"/deals/{deal.pk}/moves/{change.pk}/undo/"
        assert undo in page
        browser.post(undo)
        browser.post(undo)
    deal.refresh_from_db()
    assert (deal.stage.key, deal.stage_since, deal.version) == ("new", TODAY, 3)
    assert told(deal) == [("new", "23.11", Decimal(310_000))]
    change.refresh_from_db()
    assert change.deleted_on == date(2026, 11, 27)
    assert AuditEntry.objects.filter(subject_type="deal", action="undo").count() == 1


def test_a_move_into_the_same_stage_is_none(login: Login, rep: User, deal: Deal) -> None:
    assert move(login(rep), deal, "new") == 303
    assert (deal.version, DealChange.everything.count()) == (1, 1)


def test_only_the_last_move_is_taken_back(login: Login, rep: User, deal: Deal) -> None:
    browser = login(rep)
    move(browser, deal, "qualified")
    first = DealChange.everything.latest("id")
    move(browser, deal, "offer")
    page = browser.post(f"/deals/{deal.pk}/moves/{first.pk}/undo/", follow=True).content.decode()
    assert "Something came after this move" in page
    deal.refresh_from_db()
    assert deal.stage.key == "offer"


def test_a_move_of_yesterday_is_not_taken_back(login: Login, rep: User, deal: Deal) -> None:
    browser = login(rep)
    move(browser, deal, "offer")
    change = DealChange.everything.latest("id")
    with time_machine.travel(datetime(2026, 11, 24, 9, tzinfo=UTC), tick=False):
        login(rep).post(f"/deals/{deal.pk}/moves/{change.pk}/undo/")
    deal.refresh_from_db()
    assert deal.stage.key == "offer"
