"""Deals through the door: opening, moving, winning, losing, taking back; every change is kept."""

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from customers.models import Contact, Customer, Revenue
from sales.models import Deal, DealChange, DealPast, Lead, Stage
from team.models import AuditEntry, Company, User

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]
Keep = Callable[..., Customer]
TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def today() -> object:
    with time_machine.travel(datetime(2026, 11, 23, 9, tzinfo=UTC), tick=False):
        yield


def new(customer: Customer | None, **changed: object) -> dict[str, object]:
    values: dict[str, object] = {
        "client_ref": str(uuid.uuid4()),
        "title": "Coffee bags 2027",
        "stage": Stage.objects.get(key="new").pk,
        "amount": "310 000",
        "currency": "UAH",
        "expected_close_on": "18.12",
    }
    if customer is not None:
        values["customer"] = customer.pk
    return values | changed


@pytest.fixture
def deal(login: Login, rep: User, keep: Keep) -> Deal:
    login(rep).post("/deals/new/", new(keep(rep)))
    return Deal.everything.get()


def move(browser: Client, deal: Deal, stage: str, **values: object) -> int:
    if stage in ("won", "lost"):
        values = {"amount": "310 000", "on": f"{Company.get().today:%d.%m.%Y}"} | values
    answer = browser.post(f"/deals/{deal.pk}/move/", {"stage": stage, **values})
    deal.refresh_from_db()
    return answer.status_code


def told(deal: Deal) -> list[tuple[str, str, Decimal | None]]:
    changes = DealChange.everything.filter(deal=deal, deleted_on=None).order_by("on", "reference")
    return [(change.stage.key, f"{change.on:%d.%m}", change.amount) for change in changes]


def test_a_new_deal_has_its_first_change_and_audit(login: Login, rep: User, keep: Keep) -> None:
    customer = keep(rep)
    answer = login(rep).post("/deals/new/", new(customer))
    deal = Deal.everything.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/deals/{deal.pk}/")
    assert (deal.owner, deal.customer, deal.cents) == (rep, customer, 310_000_00)
    assert (deal.opened_on, deal.stage_since, deal.closed_on) == (TODAY, TODAY, None)
    assert deal.expected_close_on == date(2026, 12, 18)
    assert told(deal) == [("new", "23.11", Decimal(310_000))]
    assert AuditEntry.objects.get(subject_type="deal").action == "create"


def test_the_same_post_twice_makes_one_deal(login: Login, rep: User, keep: Keep) -> None:
    browser, values = login(rep), new(keep(rep))
    browser.post("/deals/new/", values)
    browser.post("/deals/new/", values)
    assert (Deal.everything.count(), DealChange.everything.count()) == (1, 1)


def test_foreign_customers_contacts_and_owners_are_no_choice(
    login: Login, rep: User, other_rep: User, keep: Keep
) -> None:
    mine, foreign = keep(rep), keep(other_rep, name="Foreign Ltd")
    stranger = Contact.everything.create(customer=foreign, name="Stranger")
    colleague = Contact.everything.create(customer=keep(rep, name="Second Ltd"), name="Colleague")
    browser = login(rep)
    for values in (
        new(foreign),
        new(mine, contact=stranger.pk),
        new(mine, contact=colleague.pk),
        new(mine, stage=Stage.objects.get(key="won").pk),
        new(None),
    ):
        assert browser.post("/deals/new/", values).status_code == 422
    assert not Deal.everything.exists()
    browser.post("/deals/new/", new(mine, owner=other_rep.pk))
    assert Deal.everything.get().owner == rep


def test_a_deal_that_came_from_a_lead_needs_no_customer_yet(
    login: Login, rep: User, manager: User, lead: Lead
) -> None:
    browser = login(rep)
    assert lead.name in browser.get(f"/deals/new/?lead={lead.pk}").content.decode()
    browser.post("/deals/new/", new(None, lead=lead.pk))
    deal = Deal.everything.get()
    assert (deal.lead, deal.customer, deal.owner) == (lead, None, rep)
    assert deal.title in browser.get(f"/leads/{lead.pk}/").content.decode()
    assert f"/leads/{lead.pk}/" in browser.get(f"/deals/{deal.pk}/").content.decode()
    # who leads others opens it for who has the lead
    login(manager).post("/deals/new/", new(None, lead=lead.pk))
    assert [one.owner for one in Deal.everything.order_by("pk")] == [rep, rep]


def test_a_lead_that_became_a_customer_brings_it_along(
    login: Login, rep: User, lead: Lead, keep: Keep
) -> None:
    customer = keep(rep)
    Lead.everything.filter(pk=lead.pk).update(customer=customer, converted_on=TODAY)
    login(rep).post("/deals/new/", new(None, lead=lead.pk))
    assert Deal.everything.get().customer == customer


def test_somebody_elses_lead_is_no_choice(login: Login, other_rep: User, lead: Lead) -> None:
    answer = login(other_rep).post("/deals/new/", new(None, lead=lead.pk))
    assert (answer.status_code, Deal.everything.count()) == (422, 0)


def test_which_lead_a_deal_named_before_is_kept(login: Login, rep: User, lead: Lead) -> None:
    browser = login(rep)
    browser.post("/deals/new/", new(None, lead=lead.pk))
    deal = Deal.everything.get()
    second = Lead.everything.create(name="Second", owner=rep, recorded_on=TODAY)
    with time_machine.travel(datetime(2026, 11, 25, 9, tzinfo=UTC), tick=False):
        browser = login(rep)
        values = new(None, lead=second.pk, version=deal.version)
        assert browser.post(f"/deals/{deal.pk}/edit/", values).status_code == 303
    deal.refresh_from_db()
    assert deal.lead == second
    (before,) = DealPast.everything.all()
    assert (before.lead, before.deleted_on) == (lead, date(2026, 11, 25))


def test_a_managers_deal_is_the_customers_owners(
    login: Login, manager: User, rep: User, keep: Keep
) -> None:
    login(manager).post("/deals/new/", new(keep(rep)))
    assert Deal.everything.get().owner == rep


@pytest.mark.parametrize(
    ("values", "cents"),
    [
        ({"currency": "EUR", "fx_rate": "48,309", "amount": "14 500"}, 700_480_50),
        ({"currency": "UAH", "fx_rate": "48,309", "amount": "14 500"}, 14_500_00),
        ({"currency": "UAH", "amount": ""}, 0),
        ({"currency": "UAH", "amount": "1.2m"}, 1_200_000_00),
    ],
)
def test_money_as_people_type_it(
    login: Login, rep: User, keep: Keep, values: dict[str, str], cents: int
) -> None:
    assert login(rep).post("/deals/new/", new(keep(rep), **values)).status_code == 303
    assert Deal.everything.get().cents == cents


@pytest.mark.parametrize(
    "values",
    [
        {"currency": "EUR"},
        {"currency": "EUR", "fx_rate": "0"},
        {"amount": "12.500"},
        {"amount": "9" * 19},
        {"amount": "-5"},
        {"currency": "XXX"},
        {"expected_close_on": "31.02"},
        {"title": ""},
        {"amount": "much"},
    ],
)
def test_what_cannot_be_read_is_kept_and_told(
    login: Login, rep: User, keep: Keep, values: dict[str, str]
) -> None:
    answer = login(rep).post("/deals/new/", new(keep(rep), **values))
    assert answer.status_code == 422
    assert "invalid-feedback" in answer.content.decode()
    for typed in values.values():
        assert typed in answer.content.decode()
    assert not Deal.everything.exists()


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
    from sales.deals import DealIsClosed, change_deal

    move(login(rep), deal, "lost", reason="price")
    with pytest.raises(DealIsClosed):
        change_deal(deal, {"amount": Decimal(1)}, by=rep, version=deal.version)
    deal.refresh_from_db()
    assert deal.cents == 310_000_00


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
    assert counts[0][0] <= 10 and counts[0][1] <= 12
