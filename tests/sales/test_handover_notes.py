"""Hand-over notes: proposed from the records, written by who leaves or leads, read by who takes over."""

import html
import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.models import Complaint, Contact, Contract, Customer
from sales.handing_over.drafting import start
from sales.models import Activity, Deal, HandoverNote, Stage, Task
from team.models import AuditEntry, Company, Team, User
from tests.sales.handovers import book_of
from tests.sales.test_after_care import hand_over

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]
WORDS = {
    "state": "Buys monthly",
    "promises": "A visit",
    "people": "Olha decides",
    "dangers": "None",
}


@pytest.fixture
def heir(hire: Callable[..., User], north: Team) -> User:
    return hire("Anna Heir", team=north, is_rep=True)


def address(customer: Customer) -> str:
    return f"/customers/{customer.pk}/handover-note/"


def read(browser: Client, where: str) -> str:
    answer = browser.get(where)
    assert answer.status_code == 200, answer.status_code
    return html.unescape(answer.content.decode())


def write(browser: Client, customer: Customer, **words: Any) -> Any:
    page = read(browser, address(customer))
    typed = dict(re.findall(r'name="(client_ref|version)" value="([^"]+)"', page))
    return browser.post(address(customer), WORDS | typed | words)


def test_the_records_propose_each_part_and_nothing_is_kept_before_it_is_saved(
    login: Login, rep: User
) -> None:
    customer = book_of(rep, 1)[0]
    today, now = Company.get().today, timezone.now()
    Activity.everything.create(
        author=rep,
        customer=customer,
        start_at=now,
        created_at=now,
        recorded_on=today,
        note="Wants blue ones",
    )
    for title, closed in (("Blue bags", None), ("Red bags", today)):
        Deal.everything.create(
            title=title,
            customer=customer,
            owner=rep,
            stage=Stage.objects.get(key="new"),
            opened_on=today,
            stage_since=today,
            closed_on=closed,
        )
    Task.everything.create(title="Send a sample", owner=rep, customer=customer, due_on=today)
    Contact.everything.create(customer=customer, name="Olha Petrenko", role="Head buyer")
    Complaint.everything.create(
        customer=customer, about="Came late", made_on=today, recorded_on=today
    )
    for days, title in ((10, "Yearly"), (90, "Far away")):
        Contract.everything.create(
            customer=customer,
            title=title,
            start_on=today,
            end_on=today + timedelta(days=days),
            recorded_on=today,
        )
    page = read(login(rep), address(customer))
    areas = dict(re.findall(r'<textarea name="(\w+)"[^>]*>([^<]*)', page))
    assert "Wants blue ones" in areas["state"] and "Blue bags" in areas["state"]
    assert "Red bags" not in areas["state"]
    assert "Send a sample" in areas["promises"]
    assert "Olha Petrenko, Head buyer" in areas["people"]
    assert "Came late" in areas["dangers"] and "Yearly" in areas["dangers"]
    assert "Far away" not in areas["dangers"]
    assert not HandoverNote.everything.exists()


def test_written_by_who_leaves_it_is_read_by_who_takes_over_who_cannot_change_it(
    login: Login, admin: User, rep: User, heir: User
) -> None:
    customer = book_of(rep, 1)[0]
    assert write(login(rep), customer)["Location"] == customer.get_absolute_url()
    note = HandoverNote.everything.get()
    assert (note.giver, note.written_by, note.is_whole) == (rep, rep, True)
    assert (
        AuditEntry.objects.filter(action="create", subject_type="handovernote", actor=rep).count()
        == 1
    )
    hand_over(rep, [heir], admin)
    page = read(login(heir), customer.get_absolute_url())
    assert "Hand-over note" in page and "Olha decides" in page and "Rita Rep" in page
    # the heir's own page is another one
    write(login(heir), customer, state="Mine")
    assert HandoverNote.everything.get(giver=rep).state == "Buys monthly"
    assert HandoverNote.everything.get(giver=heir).state == "Mine"


def test_who_leads_mends_it_after_the_hand_over_too(
    login: Login, admin: User, manager: User, rep: User, heir: User
) -> None:
    customer = book_of(rep, 1)[0]
    hand_over(rep, [heir], admin)
    write(login(manager), customer)
    note = HandoverNote.everything.get()
    assert (note.giver, note.written_by) == (rep, manager)
    write(login(manager), customer, state="Buys weekly")
    note.refresh_from_db()
    assert (note.state, note.version) == ("Buys weekly", 2)


def test_a_second_press_and_an_old_form_write_nothing_over(
    login: Login, manager: User, rep: User
) -> None:
    customer = book_of(rep, 1)[0]
    browser, ref = login(rep), str(uuid.uuid4())
    for _n in range(2):
        answer = browser.post(address(customer), WORDS | {"client_ref": ref})
        assert answer.status_code == 303
    assert HandoverNote.everything.get().version == 1
    # one that was opened before the page was there
    answer = login(manager).post(
        address(customer), WORDS | {"state": "Late", "client_ref": str(uuid.uuid4())}
    )
    assert answer.status_code == 409
    write(browser, customer, state="Newer")
    answer = login(manager).post(address(customer), WORDS | {"state": "Older", "version": "1"})
    assert answer.status_code == 409
    assert HandoverNote.everything.get().state == "Newer"


def test_foreign_and_missing_are_the_same(login: Login, rep: User, other_rep: User) -> None:
    theirs = book_of(other_rep, 1)[0]
    browser = login(rep)
    for where in (address(theirs), "/customers/99999/handover-note/"):
        assert browser.get(where).status_code == browser.post(where, WORDS).status_code == 404
    assert not HandoverNote.everything.exists()


def test_how_many_are_written_stands_in_the_steps_and_the_list_has_the_rest(
    login: Login, admin: User, rep: User, other_manager: User
) -> None:
    made = book_of(rep, 3)
    browser = login(rep)
    write(browser, made[0])
    write(browser, made[1], dangers="")
    handover, _new = start(
        "departure", rep, by=admin, last_day=Company.get().today, reason="resigned"
    )
    for step in ("holds", "check"):
        assert "Hand-over notes: 1 of 3 written" in read(
            login(admin), f"/handovers/{handover.pk}/{step}/"
        )
    page = read(login(admin), f"/handovers/{handover.pk}/notes/").split("<main")[1]
    assert ">Customer 2<" in page and ">Customer 3<" in page and ">Customer 1<" not in page
    page = read(login(admin), f"/handovers/{handover.pk}/notes/?of=written").split("<main")[1]
    assert ">Customer 1<" in page and ">Customer 2<" not in page
    assert login(other_manager).get(f"/handovers/{handover.pk}/notes/").status_code == 404
    assert browser.get(f"/handovers/{handover.pk}/notes/").status_code == 403


def test_who_leaves_is_asked_on_today_and_has_a_list(login: Login, rep: User) -> None:
    made = book_of(rep, 3)
    assert "Your last day is" not in read(login(rep), "/today/")
    User.objects.filter(pk=rep.pk).update(leaves_on=Company.get().today + timedelta(days=9))
    assert "Your last day is" in read(login(rep), "/today/")
    assert f'href="{address(made[0])}"' in read(login(rep), made[0].get_absolute_url())
    write(login(rep), made[0])
    page = read(login(rep), "/handovers/notes/?of=missing")
    assert "1 of 3 written" in page and ">Customer 2<" in page and ">Customer 1<" not in page


def test_lists_of_notes_cost_the_same_for_twice_as_many(
    login: Login, admin: User, rep: User
) -> None:
    costs: list[list[int]] = []
    for n in (60, 60):
        book_of(rep, n)
        handover, _new = start(
            "departure", rep, by=admin, last_day=Company.get().today, reason="resigned"
        )
        cost = []
        for who, where in ((admin, f"/handovers/{handover.pk}/notes/"), (rep, "/handovers/notes/")):
            browser = login(who)
            browser.get(where)
            with CaptureQueriesContext(connection) as asked:
                page = browser.get(where).content.decode()
            assert 'rel="next"' in page
            cost.append(len(asked))
        costs.append(cost)
        handover.lines.all().delete()
        type(handover).everything.filter(pk=handover.pk).delete()
    assert costs[0] == costs[1]


def test_nobodys_customer_has_no_page(login: Login, manager: User) -> None:
    pooled = Customer.everything.create(name="Pooled")
    answer = login(manager).get(address(pooled))
    assert (answer.status_code, answer["Location"]) == (303, pooled.get_absolute_url())
    login(manager).post(address(pooled), WORDS)
    assert not HandoverNote.everything.exists()
