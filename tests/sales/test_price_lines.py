"""Products and price lines through the door: sums to the cent, margins, the deal's amount, what stays."""

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client

from customers.models import Customer, Revenue
from sales.deals.changing import add_deal, move_deal
from sales.models import Deal, DealChange, DealLine, Product, Stage
from team.models import AuditEntry, Company, User

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]
Login = Callable[[User], Client]
Keep = Callable[..., Customer]
TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def today() -> object:
    with time_machine.travel(datetime(2026, 11, 23, 9, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def deal(rep: User, keep: Keep) -> Deal:
    return make(rep, keep(rep))


def make(rep: User, customer: Customer, **values: Any) -> Deal:
    row = Deal(title="Film", customer=customer, stage=Stage.objects.get(key="new"), **values)
    return add_deal(row, owner=rep, by=rep)[0]


def product(name: str = "Kraft bag", **values: Any) -> Product:
    return Product.objects.create(name=name, **({"price": 10, "currency": "UAH"} | values))


def add(browser: Client, deal: Deal, **values: Any) -> Any:
    typed = {"client_ref": str(uuid.uuid4()), "quantity": "1"} | values
    return browser.post(f"/deals/{deal.pk}/lines/new/", typed)


def edit(browser: Client, line: DealLine, **values: Any) -> Any:
    typed = {"name": line.name, "quantity": str(line.quantity), "price": str(line.price)}
    typed |= {"version": str(line.version), "product": line.product_id or ""}
    return browser.post(f"/deals/{line.deal_id}/lines/{line.pk}/", typed | values)


def told(deal: Deal) -> list[Decimal | None]:
    rows = DealChange.everything.filter(deal=deal, deleted_on=None).order_by("on", "reference")
    return list(rows.values_list("amount", flat=True))


def test_lines_add_up_to_the_amount_to_the_cent(login: Login, rep: User, deal: Deal) -> None:
    """3 x 33.333 less 5 per cent is 94.99905, so 95.00; 7 x 0.125 is 0.875, so 0.88."""
    browser = login(rep)
    answer = add(browser, deal, name="Film", quantity="3", price="33.33300", discount="5")
    assert (answer.status_code, answer["Location"]) == (303, f"/deals/{deal.pk}/")
    add(browser, deal, name="Clips", quantity="7", price="0,125")
    deal.refresh_from_db()
    assert (deal.amount, deal.cents, deal.version) == (Decimal("95.88"), 95_88, 3)
    assert told(deal) == [None, Decimal(95), Decimal("95.88")]
    page = browser.get(f"/deals/{deal.pk}/").content.decode()
    assert all(text in page for text in ("₴33.333", "₴0.125", "5%", "₴95.00", "₴0.88", "₴95.88"))
    lines = AuditEntry.objects.filter(subject_type="dealline")
    assert list(lines.values_list("action", "actor__name")) == [("create", "Rita Rep")] * 2


@pytest.mark.parametrize(
    ("values", "amount"),
    [
        ({"quantity": "1", "price": "0.005"}, "0.01"),  # halves away from zero
        ({"quantity": "1", "price": "0.0049"}, "0"),
        ({"quantity": "0.5", "price": "1"}, "0.5"),
        ({"quantity": "100000", "price": "1234567.89"}, "123456789000"),
        ({"quantity": "3", "price": "10", "discount": "33,333"}, "20"),
        ({"quantity": "2", "price": "10", "discount": "100"}, "0"),
    ],
)
def test_amounts_of_a_line(
    login: Login, rep: User, deal: Deal, values: dict[str, str], amount: str
) -> None:
    assert add(login(rep), deal, name="X", **values).status_code == 303
    assert DealLine.everything.get().amount == Decimal(amount)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"price": "5"}, "Choose a product, or say what is sold."),
        ({"name": "X"}, "Say the price."),
        ({"name": "X", "price": "-1"}, "This is less than 0."),
        ({"name": "X", "price": "12.500"}, "12.500"),
        ({"name": "X", "price": "5", "quantity": "0"}, "more than none"),
        ({"name": "X", "price": "5", "quantity": ""}, "This field is required."),
        ({"name": "X", "price": "5", "discount": "101"}, "more than 100 percent"),
        ({"name": "X", "price": "9" * 12, "quantity": "1000"}, "This is more than can be kept."),
        ({"name": "X", "price": "5", "cost": "9" * 12, "quantity": "2"}, "more than can be kept."),
        ({"name": "X", "price": "9" * 14}, "9" * 14),
        ({"name": "X", "price": "5", "product": "77"}, "Select a valid choice"),
    ],
)
def test_what_cannot_stand_is_told_and_nothing_kept(
    login: Login, rep: User, deal: Deal, values: dict[str, str], sentence: str
) -> None:
    answer = add(login(rep), deal, **values)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not DealLine.everything.exists()
    deal.refresh_from_db()
    assert (deal.amount, deal.version) == (None, 1)


def test_lines_that_together_are_too_much_are_refused(login: Login, rep: User, deal: Deal) -> None:
    browser, half = login(rep), {"name": "X", "price": "9" * 11, "quantity": "5"}
    assert add(browser, deal, **half).status_code == 303
    assert add(browser, deal, **half).status_code == 303
    refused = add(browser, deal, **half)
    assert refused.status_code == 422
    assert "This is more than can be kept." in refused.content.decode()
    deal.refresh_from_db()
    assert (DealLine.everything.count(), deal.amount) == (2, 10 * Decimal("99999999999"))


def test_the_same_post_twice_is_one_line(login: Login, rep: User, deal: Deal) -> None:
    browser, ref = login(rep), str(uuid.uuid4())
    for _n in range(2):
        add(browser, deal, name="Film", price="5", client_ref=ref)
    deal.refresh_from_db()
    assert (DealLine.everything.count(), deal.amount, deal.version) == (1, Decimal(5), 2)


def test_a_product_gives_name_price_and_cost(login: Login, rep: User, deal: Deal) -> None:
    browser, bag = login(rep), product(price="12.50", cost="8")
    add(browser, deal, product=bag.pk, quantity="4", discount="10")
    line = DealLine.everything.get()
    assert (line.name, line.price, line.cost, line.amount) == (
        "Kraft bag", Decimal("12.5"), Decimal(8), Decimal(45),
    )  # fmt: skip
    assert (line.whole_cost, line.margin) == (Decimal(32), Decimal(13))
    add(browser, deal, name="Delivery", price="5")
    page = browser.get(f"/deals/{deal.pk}/").content.decode()
    # 13 of 45 is 28.9 per cent; nobody knows what delivery costs
    assert "₴13.00" in page and "28.9%" in page
    assert "without 1 line whose cost is not known" in page
    # a new price is for lines to come
    Product.objects.update(price=99, name="Bag")
    line.refresh_from_db()
    assert (line.name, line.price) == ("Kraft bag", Decimal("12.5"))


def test_another_product_replaces_what_the_first_one_said(
    login: Login, rep: User, deal: Deal
) -> None:
    browser, bag, box = login(rep), product(cost=4), product("Box", price=20)
    add(browser, deal, product=bag.pk)
    line = DealLine.everything.get()
    edit(browser, line, product=box.pk, cost="4")
    line.refresh_from_db()
    assert (line.name, line.price, line.cost) == ("Box", Decimal(20), None)
    edit(browser, line, product=bag.pk, price="7")
    line.refresh_from_db()
    assert (line.name, line.price, line.cost) == ("Kraft bag", Decimal(7), Decimal(4))


def test_a_price_in_another_currency_is_asked_for(login: Login, rep: User, keep: Keep) -> None:
    deal = make(rep, keep(rep), currency="EUR", fx_rate=Decimal("48.3"))
    browser, bag = login(rep), product(cost=4)
    refused = add(browser, deal, product=bag.pk)
    assert refused.status_code == 422
    assert "The price list says ₴10.00. Say the price in EUR." in refused.content.decode()
    add(browser, deal, product=bag.pk, price="0.25", quantity="10")
    deal.refresh_from_db()
    # 2.50 euro at 48.3
    assert (deal.amount, deal.cents) == (Decimal("2.5"), 120_75)
    assert DealLine.everything.get().cost is None


def test_with_lines_the_amount_is_not_typed(login: Login, rep: User, deal: Deal) -> None:
    browser = login(rep)
    add(browser, deal, name="Film", price="5")
    form = browser.get(f"/deals/{deal.pk}/edit/").content.decode()
    assert 'name="amount"' not in form and 'name="currency"' not in form
    typed = {"title": "Foil", "customer": deal.customer_id, "version": "2", "amount": "900"}
    assert browser.post(f"/deals/{deal.pk}/edit/", typed).status_code == 303
    deal.refresh_from_db()
    assert (deal.title, deal.amount) == ("Foil", Decimal(5))
    # neither is it while it is won
    closing = {"stage": "won", "amount": "900", "on": "23.11"}
    browser.post(f"/deals/{deal.pk}/move/", closing)
    deal.refresh_from_db()
    assert (deal.stage.key, deal.amount, told(deal)[-1]) == ("won", Decimal(5), Decimal(5))


def test_the_rate_of_a_deal_with_lines_may_change(login: Login, rep: User, keep: Keep) -> None:
    deal = make(rep, keep(rep), currency="EUR", fx_rate=48)
    browser = login(rep)
    add(browser, deal, name="Film", price="5")
    typed = {"title": "Film", "customer": deal.customer_id, "version": "2"}
    assert browser.post(f"/deals/{deal.pk}/edit/", typed).status_code == 422
    typed["fx_rate"] = "50"
    assert browser.post(f"/deals/{deal.pk}/edit/", typed).status_code == 303
    deal.refresh_from_db()
    assert (deal.currency, deal.amount, deal.cents) == ("EUR", 5, 250_00)


def test_an_edit_opened_before_a_line_came_conflicts(login: Login, rep: User, deal: Deal) -> None:
    browser = login(rep)
    add(browser, deal, name="Film", price="5")
    typed = {"title": "Foil", "customer": deal.customer_id, "version": "1", "amount": "900"}
    answer = browser.post(f"/deals/{deal.pk}/edit/", typed | {"currency": "UAH"})
    assert answer.status_code == 409
    deal.refresh_from_db()
    assert deal.amount == 5


def test_a_line_is_taken_off_and_put_back(login: Login, rep: User, deal: Deal) -> None:
    browser = login(rep)
    add(browser, deal, name="Film", price="5")
    add(browser, deal, name="Foil", price="7")
    line = DealLine.everything.get(name="Film")
    page = browser.post(f"/deals/{deal.pk}/lines/{line.pk}/remove/", follow=True).content.decode()
    restore = f"/deals/{deal.pk}/lines/{line.pk}/restore/"
    assert restore in page and ">Film</th>" not in page
    deal.refresh_from_db()
    assert deal.amount == 7
    browser.post(restore)
    deal.refresh_from_db()
    assert (deal.amount, told(deal)) == (12, [None, 5, 12, 7, 12])
    for one in DealLine.everything.order_by("pk"):
        browser.post(f"/deals/{deal.pk}/lines/{one.pk}/remove/")
    deal.refresh_from_db()
    assert deal.amount == 7  # what the last one left is an amount as if it were typed
    assert 'name="amount"' in browser.get(f"/deals/{deal.pk}/edit/").content.decode()


def test_a_closed_deal_keeps_its_lines(login: Login, rep: User, deal: Deal) -> None:
    browser = login(rep)
    add(browser, deal, name="Film", price="5")
    line = DealLine.everything.get()
    move_deal(deal, Stage.objects.get(key="lost"), by=rep, reason="price")
    assert add(browser, deal, name="Foil", price="7").status_code == 422
    assert edit(browser, line, price="7").status_code == 422
    page = browser.post(f"/deals/{deal.pk}/lines/{line.pk}/remove/", follow=True).content.decode()
    assert "Its money stays as it was closed." in page
    assert "lines/new/" not in page
    line.refresh_from_db()
    assert (line.price, line.removed_on, line.version, DealLine.everything.count()) == (
        5,
        None,
        1,
        1,
    )


def test_taking_a_move_back_leaves_what_lines_said_since(
    login: Login, rep: User, deal: Deal
) -> None:
    """Neither the move, after which something was said, nor the new sum, which is no move, is taken back."""
    browser = login(rep)
    moved = move_deal(deal, Stage.objects.get(key="offer"), by=rep)
    assert moved is not None
    add(browser, deal, name="Film", price="5")
    repriced = DealChange.everything.latest("pk")
    assert (repriced.stage, repriced.amount) == (moved.stage, 5)
    for change in (moved, repriced):
        browser.post(f"/deals/{deal.pk}/moves/{change.pk}/undo/")
        deal.refresh_from_db()
        assert (deal.stage.key, deal.amount) == ("offer", 5)
    assert not DealChange.everything.filter(deleted_on__isnull=False).exists()
    # a move after it is taken back alone, to the sum that the lines say
    last = move_deal(deal, Stage.objects.get(key="negotiation"), by=rep)
    assert last is not None
    browser.post(f"/deals/{deal.pk}/moves/{last.pk}/undo/")
    deal.refresh_from_db()
    assert (deal.stage.key, deal.amount) == ("offer", 5)


def test_a_deal_in_the_bin_keeps_its_lines_until_it_is_out_again(
    login: Login, rep: User, deal: Deal
) -> None:
    browser = login(rep)
    add(browser, deal, name="Film", price="5")
    line = DealLine.everything.get()
    browser.post(f"/deals/{deal.pk}/bin/")
    for answer in (add(browser, deal, name="Foil", price="7"), edit(browser, line, price="7")):
        assert answer.status_code == 422
        assert "This deal is in the bin. Take it out first." in answer.content.decode()
    browser.post(f"/deals/{deal.pk}/lines/{line.pk}/remove/")
    line.refresh_from_db()
    assert (line.price, line.removed_on, DealLine.everything.count()) == (5, None, 1)
    assert told(deal)[-1] == 5
    browser.post(f"/deals/{deal.pk}/restore/")
    assert edit(browser, line, price="7").status_code == 303
    assert Deal.everything.get().amount == 7


def test_who_saved_a_line_first_is_not_overwritten(
    login: Login, rep: User, manager: User, deal: Deal
) -> None:
    add(login(rep), deal, name="Film", price="5")
    line = DealLine.everything.get()
    edit(login(manager), line, price="6")
    assert edit(login(rep), line, price="7").status_code == 409
    deal.refresh_from_db()
    assert deal.amount == 6


def test_lines_of_others_are_not_there(
    login: Login, rep: User, other_rep: User, keep: Keep, deal: Deal
) -> None:
    browser = login(rep)
    add(browser, deal, name="Film", price="5")
    line, theirs = DealLine.everything.get(), make(other_rep, keep(other_rep, name="Foreign"))
    other = login(other_rep)
    assert add(other, deal, name="Mine", price="1").status_code == 404
    for act in ("", "remove/", "restore/"):
        assert other.post(f"/deals/{deal.pk}/lines/{line.pk}/{act}").status_code == 404
        # nor through a deal of one's own
        assert other.post(f"/deals/{theirs.pk}/lines/{line.pk}/{act}").status_code == 404
    deal.refresh_from_db()
    assert (deal.amount, DealLine.everything.count()) == (5, 1)


def test_a_won_deal_books_each_line_with_its_cost(login: Login, rep: User, deal: Deal) -> None:
    Company.objects.update(orders_imported=False)
    browser, bag = login(rep), product(price="12.50", cost="8")
    add(browser, deal, product=bag.pk, quantity="4", discount="10")
    add(browser, deal, name="Delivery", price="5")
    browser.post(f"/deals/{deal.pk}/move/", {"stage": "won", "on": "23.11"})
    booked = Revenue.everything.order_by("reference")
    told = ("product", "amount", "cost", "cents", "cost_cents", "order_ref", "rep", "on")
    assert list(booked.values_list(*told)) == [
        ("Kraft bag", 45, 32, 45_00, 32_00, deal.reference, rep.pk, TODAY),
        ("Delivery", 5, None, 5_00, None, deal.reference, rep.pk, TODAY),
    ]
    customer = Customer.everything.get(pk=deal.customer_id)
    assert (customer.purchases, customer.annual_cents) == (1, 50_00)
    assert AuditEntry.objects.filter(action="book", subject_type="revenue").count() == 2
    change = DealChange.everything.latest("id")
    browser.post(f"/deals/{deal.pk}/moves/{change.pk}/undo/")
    assert set(booked.values_list("deleted_on", flat=True)) == {TODAY}
    customer.refresh_from_db()
    assert (customer.purchases, customer.annual_cents) == (0, 0)
    browser.post(f"/deals/{deal.pk}/move/", {"stage": "won", "on": "23.11"})
    assert booked.filter(deleted_on=None).count() == 2


def post_product(browser: Client, address: str, **values: Any) -> Any:
    typed = {"client_ref": str(uuid.uuid4()), "currency": "UAH"} | values
    return browser.post(f"/settings/products/{address}", typed)


def test_administrators_keep_the_price_list(
    login: Login, admin: User, rep: User, deal: Deal
) -> None:
    browser, ref = login(admin), str(uuid.uuid4())
    for _n in range(2):
        values = {"name": "Kraft bag", "price": "12,50", "cost": "8", "client_ref": ref}
        assert post_product(browser, "new/", **values).status_code == 303
    bag = Product.objects.get()
    assert (bag.price, bag.cost, bag.currency) == (Decimal("12.5"), Decimal(8), "UAH")
    assert post_product(browser, "new/", name="KRAFT BAG").status_code == 422
    page = browser.get("/settings/products/?q=kraft").content.decode()
    assert "₴12.50" in page and "₴8.00" in page
    post_product(browser, f"{bag.pk}/", name="Kraft bag", price="13", version="1")
    stale = post_product(browser, f"{bag.pk}/", name="Kraft bag", price="14", version="1")
    assert stale.status_code == 409
    bag.refresh_from_db()
    assert (bag.price, bag.cost) == (13, None)
    form = f"/deals/{deal.pk}/lines/new/"
    theirs = login(rep)
    assert "Kraft bag" in theirs.get(form).content.decode()
    browser.post(f"/settings/products/{bag.pk}/retire/")
    assert "Kraft bag" not in theirs.get(form).content.decode()
    assert add(theirs, deal, product=bag.pk).status_code == 422
    assert "Kraft bag" in browser.get("/settings/products/?state=retired").content.decode()
    browser.post(f"/settings/products/{bag.pk}/restore/")
    assert "Kraft bag" in theirs.get(form).content.decode()
    told = AuditEntry.objects.filter(subject_type="product").order_by("pk")
    assert list(told.values_list("action", flat=True)) == [
        "create", "update", "retire", "offer again",
    ]  # fmt: skip
