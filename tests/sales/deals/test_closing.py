"""Won and lost: what each asks for, what it books, and what stays as it was settled."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.test import Client

from customers.models import Customer, Revenue
from sales.models import Deal, DealChange
from team.models import AuditEntry, Company, User
from tests.sales.deals.kit import TODAY, move, new, told

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]


def test_winning_asks_for_amount_and_day(login: Login, rep: User, deal: Deal) -> None:
    Deal.everything.update(amount=None, cents=0)
    browser = login(rep)
    assert move(browser, deal, "won", amount="") == 422
    assert move(browser, deal, "won", amount="0") == 422
    assert move(browser, deal, "won", amount="300 000", on="") == 422
    assert move(browser, deal, "won", amount="300 000", on="24.11.2026") == 422
    assert move(browser, deal, "won", amount="300 000", on="22.11.2026") == 422
    assert deal.stage.key == "new" and DealChange.everything.count() == 1
    assert move(browser, deal, "won", amount="300 000", on="23.11") == 303
    assert (deal.stage.key, deal.closed_on, deal.cents) == ("won", TODAY, 300_000_00)
    assert told(deal)[-1] == ("won", "23.11", Decimal(300_000))


def test_losing_asks_for_a_reason(login: Login, rep: User, deal: Deal) -> None:
    browser = login(rep)
    answer = browser.post(f"/deals/{deal.pk}/move/", {"stage": "lost", "competitor": "Packers Ltd"})
    assert answer.status_code == 422
    assert "Choose why it was lost." in answer.content.decode()
    assert "Packers Ltd" in answer.content.decode()
    assert move(browser, deal, "lost", reason="price", competitor="Packers Ltd") == 303
    assert (deal.reason, deal.competitor, deal.closed_on) == ("price", "Packers Ltd", TODAY)
    change = DealChange.everything.latest("id")
    assert (change.reason, change.competitor) == ("price", "Packers Ltd")
    assert move(browser, deal, "offer") == 303
    assert (deal.reason, deal.closed_on) == ("", None)


def test_winning_books_nothing_while_orders_are_imported(
    login: Login, rep: User, deal: Deal
) -> None:
    move(login(rep), deal, "won")
    assert deal.stage.key == "won"
    assert not Revenue.everything.exists()


def test_winning_books_one_line_where_orders_are_not_imported(
    login: Login, rep: User, deal: Deal
) -> None:
    Company.objects.update(orders_imported=False)
    browser = login(rep)
    move(browser, deal, "won")
    line = Revenue.everything.get()
    assert (line.customer, line.rep, line.on, line.cents) == (deal.customer, rep, TODAY, 31_000_000)
    assert (line.order_ref, line.recorded_on, line.deleted_on) == (deal.reference, TODAY, None)
    customer = Customer.everything.get(pk=deal.customer_id)
    assert (customer.purchases, customer.annual_cents) == (1, 31_000_000)
    change = DealChange.everything.latest("id")
    browser.post(f"/deals/{deal.pk}/moves/{change.pk}/undo/")
    line.refresh_from_db()
    customer.refresh_from_db()
    assert line.deleted_on == TODAY
    assert (customer.purchases, customer.annual_cents) == (0, 0)
    move(browser, deal, "won")
    assert Revenue.everything.filter(deleted_on=None).count() == 1


def test_leaving_won_on_a_later_day_takes_the_booking_back(
    login: Login, rep: User, deal: Deal
) -> None:
    Company.objects.update(orders_imported=False)
    move(login(rep), deal, "won")
    with time_machine.travel(datetime(2026, 11, 30, 9, tzinfo=UTC), tick=False):
        move(login(rep), deal, "negotiation")
    line = Revenue.everything.get()
    assert (line.recorded_on, line.deleted_on) == (TODAY, date(2026, 11, 30))


def test_the_page_tells_what_was_booked_and_a_second_win_books_anew(
    login: Login, rep: User, deal: Deal
) -> None:
    Company.objects.update(orders_imported=False)
    browser, page = login(rep), f"/deals/{deal.pk}/"
    assert "Booked as revenue" not in browser.get(page).content.decode()
    move(browser, deal, "won", amount="300 000,50")
    told = browser.get(page).content.decode().split("Booked as revenue", 1)[1][:200]
    assert "₴300,000.50" in told and "2026-11-23" in told
    with time_machine.travel(datetime(2026, 11, 25, 9, tzinfo=UTC), tick=False):
        browser = login(rep)
        again = browser.get(page).content.decode()
        assert "Open again in" in again and "Booked as revenue" in again
        move(browser, deal, "negotiation")
        assert "Booked as revenue" not in browser.get(page).content.decode()
        move(browser, deal, "won", amount="250 000")
    first, second = Revenue.everything.order_by("pk")
    assert first.reference != second.reference
    assert (first.cents, first.recorded_on, first.deleted_on) == (
        300_000_50, TODAY, date(2026, 11, 25),
    )  # fmt: skip
    assert (second.cents, second.on, second.recorded_on, second.deleted_on) == (
        250_000_00, date(2026, 11, 25), date(2026, 11, 25), None,
    )  # fmt: skip
    customer = Customer.everything.get(pk=deal.customer_id)
    assert (customer.purchases, customer.annual_cents) == (1, 250_000_00)
    acts = AuditEntry.objects.filter(subject_type="deal").order_by("pk")
    assert list(acts.values_list("action", flat=True)) == [
        "create", "change stage", "reopen", "change stage",
    ]  # fmt: skip


def test_a_booking_is_taken_back_also_once_orders_are_imported(
    login: Login, rep: User, deal: Deal
) -> None:
    Company.objects.update(orders_imported=False)
    browser = login(rep)
    move(browser, deal, "won")
    Company.objects.update(orders_imported=True)
    change = DealChange.everything.latest("id")
    browser.post(f"/deals/{deal.pk}/moves/{change.pk}/undo/")
    assert Revenue.everything.get().deleted_on == TODAY
    move(browser, deal, "won")
    assert Revenue.everything.count() == 1
    page = browser.get(f"/deals/{deal.pk}/").content.decode()
    assert "No: orders are imported." in page


def test_a_lost_deal_is_opened_again(login: Login, rep: User, deal: Deal) -> None:
    browser = login(rep)
    move(browser, deal, "lost", reason="price")
    assert "Open again in" in browser.get(f"/deals/{deal.pk}/").content.decode()
    move(browser, deal, "offer")
    assert (deal.stage.key, deal.closed_on, deal.reason) == ("offer", None, "")
    assert [key for key, _on, _amount in told(deal)] == ["new", "lost", "offer"]


def test_a_closed_deal_keeps_its_money_and_owner(
    login: Login, manager: User, rep: User, sub_rep: User, deal: Deal
) -> None:
    move(login(rep), deal, "lost", reason="price")
    values = new(deal.customer, version=deal.version, amount="1", owner=sub_rep.pk, title="Bags")
    assert login(manager).post(f"/deals/{deal.pk}/edit/", values).status_code == 303
    deal.refresh_from_db()
    assert (deal.title, deal.cents, deal.owner) == ("Bags", 310_000_00, rep)
    assert "fx_rate" not in login(rep).get(f"/deals/{deal.pk}/edit/").content.decode()


def test_an_edit_opened_before_the_end_cannot_change_what_was_settled(
    login: Login, rep: User, deal: Deal
) -> None:
    from sales.deals.changing import DealIsClosed, change_deal

    move(login(rep), deal, "lost", reason="price")
    with pytest.raises(DealIsClosed):
        change_deal(deal, {"amount": Decimal(1)}, by=rep, version=deal.version)
    deal.refresh_from_db()
    assert deal.cents == 310_000_00
