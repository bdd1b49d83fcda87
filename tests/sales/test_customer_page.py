"""The customer page: one timeline, in order, page by page; figures that open; and only for who may see."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from customers.merging import merge
from customers.models import Contact, Customer, Revenue
from sales.customer_page.past import past_of
from sales.customer_page.timeline import PAGE, timeline_of
from sales.models import Activity
from team.models import AuditEntry, Company, User
from tests.sales.deals.kit import new

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]


def _entry(customer: Customer, author: User, start: datetime, **values: object) -> Activity:
    return Activity.everything.create(
        customer=customer,
        author=author,
        start_at=start,
        recorded_on=start.date(),
        created_at=start,
        **values,
    )


def _order(customer: Customer, on: date, amount: str, order_ref: str = "") -> Revenue:
    return Revenue.everything.create(
        customer=customer, on=on, amount=Decimal(amount), order_ref=order_ref, recorded_on=on
    )


def test_orders_stand_once_an_order_with_their_sum(rep: User, keep) -> None:
    customer = keep(rep)
    _order(customer, date(2026, 10, 13), "48000", "26-04811")
    _order(customer, date(2026, 10, 13), "200", "26-04811")
    _order(customer, date(2026, 10, 13), "7.50", "26-04812")
    events = timeline_of(past_of(customer), rep, tab="orders").events
    assert [(e.row["order_ref"], e.row["cents"]) for e in events] == [
        ("26-04812", 750),
        ("26-04811", 4820000),
    ]


def test_deleted_and_planned_entries_are_not_there(login: Login, rep: User, keep) -> None:
    customer, now = keep(rep), timezone.now()
    _entry(customer, rep, now, note="Seen")
    _entry(customer, rep, now, note="Taken back", deleted_on=now.date())
    _entry(customer, rep, now + timedelta(days=3), note="Planned", status="planned")
    page = login(rep).get(f"/customers/{customer.pk}/").content.decode()
    assert "Seen" in page
    assert "Taken back" not in page
    assert "Planned" not in page


def test_every_event_is_on_exactly_one_page(rep: User, keep) -> None:
    customer = keep(rep)
    start = datetime(2026, 3, 1, 12, tzinfo=UTC)
    for i in range(70):
        # many at one instant, so that an edge falls inside a tie
        _entry(customer, rep, start - timedelta(days=i // 4), note=str(i))
        if i % 7 == 0:
            _order(customer, (start - timedelta(days=i // 4)).date(), "10", f"O{i}")
    seen, before = [], None
    while True:
        page = timeline_of(past_of(customer), rep, before=before)
        seen += [
            (e.kind, e.row.pk if e.kind != "order" else e.row["order_ref"]) for e in page.events
        ]
        if not page.earlier:
            break
        assert len(page.events) >= PAGE
        before = datetime.fromisoformat(page.earlier)
    assert len(seen) == len(set(seen)) == 70 + 10 + 1


def test_the_changes_say_who_wrote_what_into_the_record(login: Login, rep: User, keep) -> None:
    customer = keep(rep)
    theirs = login(rep)
    page = f"/customers/{customer.pk}/"
    for version in range(1, PAGE + 3):
        typed = {"name": f"Bakery {version}", "currency": "UAH", "version": version}
        assert theirs.post(f"{page}edit/", typed).status_code == 303
    newest = theirs.get(page, {"tab": "changes"}).content.decode()
    assert newest.count(f"{rep.name} changed") == PAGE
    assert f"<del>Bakery {PAGE + 1}</del> → <ins>Bakery {PAGE + 2}</ins>" in newest
    earlier = re.search(r'href="(\?[^"]*before=[^"]*)" hx-get', newest)
    assert earlier is not None
    oldest = theirs.get(page + unescape(earlier[1])).content.decode()
    assert oldest.count(f"{rep.name} changed") == 2
    assert "<ins>Bakery 1</ins>" in oldest
    assert f"{rep.name} changed" not in theirs.get(page).content.decode()


def test_an_unreadable_cursor_is_the_first_page(login: Login, rep: User, keep) -> None:
    customer = keep(rep)
    for text in (
        "yesterday",
        "2026-13-45T00:00:00",
        "",
        "0",
        "2026-01-01",
        "9999-12-31T23:59:59-23:59",
    ):
        assert login(rep).get(f"/customers/{customer.pk}/", {"before": text}).status_code == 200


def test_who_is_merged_says_into_whom_and_is_seen_by_whom_that_is(
    login: Login, rep: User, other_rep: User, admin: User, keep
) -> None:
    one, other = keep(rep, "Doubled Bakery"), keep(other_rep, "Whole Bakery")
    merge(one, other, on=Company.get().today, by=admin)
    page = f"/customers/{one.pk}/"
    known = login(admin).get(page).content.decode()
    assert "Merged into Whole Bakery." in known
    assert f'href="/customers/{other.pk}/">Open it</a>' in known
    assert login(other_rep).get(page).status_code == 200
    assert login(rep).get(page).status_code == 404
    assert "Merged into" not in login(admin).get(f"/customers/{other.pk}/").content.decode()


def test_not_yours_is_the_same_as_not_there(login: Login, rep: User, other_rep: User, keep) -> None:
    theirs = keep(other_rep)
    foreign = login(rep).get(f"/customers/{theirs.pk}/")
    missing = login(rep).get("/customers/999999/")
    assert foreign.status_code == missing.status_code == 404


def test_a_manager_sees_sub_teams_and_the_pool(
    login: Login, manager: User, sub_rep: User, other_rep: User, keep
) -> None:
    assert login(manager).get(f"/customers/{keep(sub_rep).pk}/").status_code == 200
    assert login(manager).get(f"/customers/{keep(None).pk}/").status_code == 200
    assert login(manager).get(f"/customers/{keep(other_rep).pk}/").status_code == 404


def test_a_note_is_kept_and_an_empty_one_is_not(login: Login, rep: User, keep) -> None:
    customer, browser = keep(rep), login(rep)
    browser.post(f"/customers/{customer.pk}/notes/", {"note": "  "})
    assert not Activity.everything.exists()
    browser.post(f"/customers/{customer.pk}/notes/", {"note": "Moves to Lviv in May"})
    note = Activity.everything.get()
    assert (note.kind, note.note, note.author) == ("note", "Moves to Lviv in May", rep)


def test_a_note_sent_twice_is_one_note(login: Login, rep: User, keep) -> None:
    customer, browser = keep(rep), login(rep)
    page = browser.get(f"/customers/{customer.pk}/").content.decode()
    ref = re.search(r'name="client_ref" value="([\w-]+)"', page)
    assert ref
    for _twice in range(2):
        sent = {"note": "Moves to Lviv in May", "client_ref": ref[1]}
        answer = browser.post(f"/customers/{customer.pk}/notes/", sent)
        assert answer["Location"] == f"/customers/{customer.pk}/"
    assert Activity.everything.count() == 1
    assert AuditEntry.objects.filter(action="log").count() == 1


@pytest.mark.parametrize("text", ["a\0b", "x" * 5001, "   "])
def test_a_note_that_cannot_be_kept_stays_on_the_page(login: Login, rep: User, keep, text) -> None:
    customer = keep(rep)
    answer = login(rep).post(f"/customers/{customer.pk}/notes/", {"note": text})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "invalid-feedback" in page
    assert text.strip() in page
    assert customer.name in page
    assert not Activity.everything.exists()


def test_the_queries_do_not_grow_with_the_rows(
    login: Login, rep: User, keep, django_assert_max_num_queries, django_assert_num_queries
) -> None:
    customer, now = keep(rep), timezone.now()

    def work(count: int) -> None:
        for i in range(count):
            _entry(customer, rep, now - timedelta(hours=i), note=str(i))
            _order(customer, date(2026, 1, 1) + timedelta(days=i), "100", f"O{now}{count}{i}"[-40:])

    browser = login(rep)
    work(10)
    # the first opening is counted against the reading rate, a moment later and apart in real life
    browser.get(f"/customers/{customer.pk}/")
    with django_assert_max_num_queries(30) as first:
        browser.get(f"/customers/{customer.pk}/")
    work(20)
    with django_assert_num_queries(len(first)):
        browser.get(f"/customers/{customer.pk}/")


def test_nobody_opens_more_than_three_hundred_customers_an_hour(
    login: Login, rep: User, keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("team.reading.AT_MOST", 2)
    first, second, third = (keep(rep, name=name) for name in ("Alpha", "Beta", "Gamma"))
    browser = login(rep)
    for customer in (first, second, first):
        assert browser.get(f"/customers/{customer.pk}/").status_code == 200
    refused = browser.get(f"/customers/{third.pk}/")
    assert refused.status_code == 429
    assert "Gamma" not in refused.content.decode()


def test_a_contact_that_somebody_enters_stands_in_the_timeline(
    login: Login, rep: User, keep
) -> None:
    customer, browser = keep(rep), login(rep)
    Contact.everything.create(customer=customer, name="Came with a file")
    values = {"customer": customer.pk, "name": "Mark Jensen", "role": "Roastery"}
    assert browser.post("/contacts/new/", values).status_code == 303
    page = browser.get(f"/customers/{customer.pk}/").content.decode()
    assert "Contact added: Mark Jensen, Roastery" in page
    assert "Contact added: Came" not in page
    assert (
        "Contact added" not in browser.get(f"/customers/{customer.pk}/?tab=calls").content.decode()
    )


def test_who_has_no_next_step_is_one_press_from_having_one(login: Login, rep: User, keep) -> None:
    customer = keep(rep)
    page = login(rep).get(f"/customers/{customer.pk}/").content.decode()
    card = page[page.index('id="next-steps"') : page.index("No next step")]
    assert f'href="/tasks/new/?customer={customer.pk}"' in card


def test_what_shares_a_day_falls_between_no_two_pages(rep: User, keep) -> None:
    """More on one day, or at one moment, than a page holds: all of it is told."""
    customer, noon = keep(rep), datetime(2026, 10, 13, 9, tzinfo=UTC)
    for n in range(PAGE + 12):
        _order(customer, date(2026, 10, 13), "100", f"26-{n:05}")
        _entry(customer, rep, noon, kind="call", direction="out")
    for tab in ("orders", "calls", "all"):
        told, before = 0, None
        for _page in range(6):
            page = timeline_of(past_of(customer), rep, tab=tab, before=before)
            told += sum(event.kind in ("order", "activity") for event in page.events)
            if not page.earlier:
                break
            before = datetime.fromisoformat(page.earlier)
        assert told == (PAGE + 12) * (2 if tab == "all" else 1)


def test_a_deal_has_one_money_on_all_pages(login: Login, rep: User, keep) -> None:
    """As on the board and in the list of deals: the customer's own, which is what was offered."""
    customer, browser = keep(rep), login(rep)
    priced = {"amount": "12 400", "currency": "EUR", "fx_rate": "48.8", "expected_close_on": ""}
    assert browser.post("/deals/new/", new(customer, **priced)).status_code == 303
    page = unescape(browser.get(f"/customers/{customer.pk}/").content.decode())
    # in the card of open deals, and in the timeline
    assert page.count("€12,400") == 2
    assert "€12,400" in unescape(browser.get("/deals/").content.decode())


def test_a_kind_of_which_there_is_nothing_leads_back_to_everything(
    login: Login, rep: User, keep
) -> None:
    """It said that nothing had happened yet, with a year of calls one tab away."""
    customer, browser = keep(rep), login(rep)
    _entry(customer, rep, timezone.now(), note="Seen")
    address = f"/customers/{customer.pk}/"
    page = browser.get(address, {"tab": "orders", "in": "customer-list"}).content.decode()
    assert "Nothing of this kind yet." in page and "Nothing happened here yet." not in page
    way = re.search(r'href="([^"]*)">Show everything</a>', page)
    assert way
    page = browser.get(address + unescape(way[1])).content.decode()
    assert "Seen" in page and "in=customer-list" in way[1]
    assert 'href="?">Show everything' in browser.get(address, {"tab": "orders"}).content.decode()
