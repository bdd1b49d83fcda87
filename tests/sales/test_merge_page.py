"""Two customers become one on a page, everything follows the survivor, and the merge is taken back."""

import re
import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.keeping import change_customer
from customers.merging import write_survivors
from customers.models import Contact, Contract, Customer, Merge, Ownership, Revenue
from customers.ownership import assign, write_owners
from customers.purchases import refresh_purchases
from customers.search import index_record
from sales.customer_page.past import merges_into, past_of
from sales.customer_page.timeline import timeline_of
from sales.days.today import agenda_of
from sales.deals.changing import add_deal
from sales.models import Activity, Deal, Stage, Task
from sales.search import find
from team.models import AuditEntry, Company, User

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]
Login = Callable[[User], Client]
# What the act itself leaves: its entries in the audit log, and how often a record was edited.
LEFT = {"auditentry", "auditdetail", "session", "reading", "user"}


def world() -> dict[str, list[Any]]:
    """Every row of every table of ours, but for what an act leaves behind."""
    ours = [m for m in apps.get_models() if m._meta.app_label in ("team", "customers", "sales")]
    rows: dict[str, list[Any]] = {}
    for model in ours:
        if model._meta.model_name in LEFT:
            continue
        names = [f.attname for f in model._meta.concrete_fields if f.name != "version"]
        if model._meta.model_name in ("searchterm", "purchaseday"):
            names.remove("id")  # written anew, the same words and days
        found = model._default_manager.order_by().values_list(*names)
        rows[str(model._meta.model_name)] = sorted(found, key=repr)
    return rows


@pytest.fixture
def pair(rep: User, keep) -> tuple[Customer, Customer]:
    """One customer entered twice; each has bought, was called, and has people, a deal, a step, a contract."""
    twins = (
        keep(rep, name="ТОВ «Карпатська Кава»", phone="067 555 01 42", segment="Coffee"),
        keep(rep, name="Karpatska Kava", email="office@kava.example", note="Gate 3"),
    )
    today, now = Company.get().today, timezone.now()
    for n, row in enumerate(twins):
        for days in (200, 150, 100 - n):
            on = today - timedelta(days=days + n)
            amount = Decimal(1000 + 100 * n)
            Revenue.everything.create(
                customer=row, on=on, amount=amount, order_ref=f"{row.pk}/{days}", recorded_on=on
            )
        index_record(Contact.everything.create(customer=row, name=f"Person {n}"))
        Contract.everything.create(customer=row, start_on=today, recorded_on=today)
        Task.everything.create(title=f"Step {n}", owner=rep, customer=row, due_on=today)
        _call(row, rep, now - timedelta(days=n + 1), f"Said {n}")
        deal = Deal(
            title=f"Deal {n}",
            customer=row,
            stage=Stage.objects.filter(kind="open").first(),
            amount=Decimal(500),
        )
        add_deal(deal, owner=rep, by=rep)
        index_record(row)
    refresh_purchases(None)
    return (Customer.everything.get(pk=twins[0].pk), Customer.everything.get(pk=twins[1].pk))


def _call(customer: Customer, author: User, at: datetime, note: str) -> None:
    Activity.everything.create(
        customer=customer,
        author=author,
        start_at=at,
        note=note,
        recorded_on=at.date(),
        created_at=at,
    )


def form(this: Customer, other: Customer, keep: str = "this", **chosen: str) -> dict[str, object]:
    same = {"name": "this", "phone": "this", "segment": "this", "email": "other", "note": "other"}
    return {
        "client_ref": str(uuid.uuid4()),
        "other": other.pk,
        "keep": keep,
        "version": this.version,
        "other_version": other.version,
        **same,
        **chosen,
    }


def merge(browser: Client, this: Customer, other: Customer, **chosen: str) -> Any:
    return browser.post(f"/customers/{this.pk}/merge/", form(this, other, **chosen))


def test_both_stand_side_by_side_with_what_counts(login: Login, rep: User, pair) -> None:
    this, other = pair
    browser = login(rep)
    ask = browser.get(f"/customers/{this.pk}/merge/").content.decode()
    assert "Show both" in ask
    page = browser.get(f"/customers/{this.pk}/merge/?other={other.pk}").content.decode()
    assert "067 555 01 42" in page and "office@kava.example" in page and "Gate 3" in page
    row = re.search(r">Open deals</th><td>(\d+)</td><td>(\d+)</td>", page)
    assert row and row.groups() == ("1", "1")
    # who buys more is proposed to stay; a value that only one has is proposed
    assert 'name="keep" value="other" checked' in page
    assert 'name="phone" value="this" checked' in page
    assert not Merge.everything.exists()


def test_one_post_merges_and_everything_follows(login: Login, rep: User, pair) -> None:
    this, other = pair
    browser = login(rep)
    answer = merge(browser, this, other)
    assert (answer.status_code, answer["Location"]) == (303, f"/customers/{this.pk}/")
    this.refresh_from_db()
    assert (this.email, this.note, this.segment) == ("office@kava.example", "Gate 3", "Coffee")
    page = browser.get(f"/customers/{this.pk}/").content.decode()
    for text in ("Said 0", "Said 1", "Person 0", "Person 1", "Step 0", "Step 1", "Deal 0"):
        assert text in page, text
    assert "Deal 1" in page and "Karpatska Kava is part of this customer" in page
    assert this.purchases == 6
    gone = browser.get(f"/customers/{other.pk}/").content.decode()
    assert "Merged into ТОВ «Карпатська Кава»." in gone
    actions = AuditEntry.objects.order_by("pk").values_list("action", "subject_id")
    assert ("merge", other.pk) in actions and ("update", this.pk) in actions


def test_lists_search_and_today_name_the_survivor(login: Login, rep: User, pair) -> None:
    this, other = pair
    browser = login(rep)
    merge(browser, this, other)
    browser.get(f"/customers/{this.pk}/")  # and reads the message
    listed = browser.get("/customers/").content.decode()
    assert "ТОВ «Карпатська Кава»" in listed and "Karpatska Kava" not in listed
    for address in ("/contacts/", "/tasks/", "/deals/", "/calls/"):
        page = browser.get(address).content.decode()
        assert "Karpatska Kava" not in page, address
        assert page.count(f'href="/customers/{this.pk}/"') + page.count("ТОВ «") >= 2, address
    today = browser.get("/today/").content.decode()
    assert "Step 1" in today and "Karpatska Kava" not in today
    # the name and the e-mail it had before still find it
    assert [row.pk for row in find(rep, "Karpatska Kava").customers] == [this.pk]
    assert [row.pk for row in find(rep, "office@kava.example").customers] == [this.pk]
    assert [str(row) for row in find(rep, "Person 1").contacts] == ["Person 1"]
    chosen = browser.get(f"/today/?customer={other.pk}")
    assert chosen.context["subject"] == this
    assert browser.get(f"/calls/new/?customer={other.pk}").content.decode().count("Person ") >= 2


def test_a_step_of_the_merged_one_is_a_step_of_the_survivor(rep: User, keep, at_risk) -> None:
    part = keep(rep, name="Twin")
    Task.everything.create(
        title="Ring", owner=rep, customer=part, due_on=Company.get().today + timedelta(days=3)
    )
    before = [row.customer.pk for row in agenda_of(rep, Company.get()).silent.rows]
    Customer.everything.filter(pk=part.pk).update(merged_into=at_risk)
    after = [row.customer.pk for row in agenda_of(rep, Company.get()).silent.rows]
    assert (before, after) == ([at_risk.pk], [])


def test_taken_back_the_same_day_nothing_is_left(login: Login, rep: User, pair) -> None:
    this, other = pair
    browser, before = login(rep), world()
    merge(browser, this, other, name="other")
    assert Customer.everything.get(pk=this.pk).name == "Karpatska Kava"
    assert world() != before
    answer = browser.post(f"/customers/{other.pk}/unmerge/")
    assert (answer.status_code, answer["Location"]) == (303, f"/customers/{other.pk}/")
    assert world() == before
    browser.get(f"/customers/{this.pk}/")  # and reads the message
    assert "Karpatska Kava" not in browser.get(f"/customers/{this.pk}/").content.decode()


def test_taken_back_later_the_fact_stays_in_the_books(
    login: Login, rep: User, pair, monkeypatch
) -> None:
    this, other = pair
    browser, before = login(rep), world()
    merge(browser, this, other)
    later = Company.get().today + timedelta(days=5)
    monkeypatch.setattr("team.models.Company.today", property(lambda self: later))
    browser.post(f"/customers/{other.pk}/unmerge/")
    row = Merge.everything.get()
    assert row.deleted_on == later
    after = world()
    assert after.pop("merge") and not before.pop("merge")
    assert after == before


def test_what_was_edited_since_stays_and_is_told(login: Login, rep: User, pair) -> None:
    this, other = pair
    browser = login(rep)
    merge(browser, this, other)
    this.refresh_from_db()
    change_customer(this, {"email": "new@kava.example"}, by=rep, version=this.version)
    page = browser.post(f"/customers/{other.pk}/unmerge/", follow=True).content.decode()
    assert "Edited since and left as it is at «ТОВ «Карпатська Кава»»: e-mail." in page
    this.refresh_from_db()
    assert (this.email, this.note) == ("new@kava.example", "")


def test_after_thirty_days_there_is_no_way_back(login: Login, rep: User, pair, monkeypatch) -> None:
    this, other = pair
    browser = login(rep)
    merge(browser, this, other)
    later = Company.get().today + timedelta(days=31)
    monkeypatch.setattr("team.models.Company.today", property(lambda self: later))
    browser.get(f"/customers/{this.pk}/")  # and reads the message, which offers to undo
    page = browser.get(f"/customers/{this.pk}/").content.decode()
    assert "unmerge" not in page and "Said 1" in page
    answer = browser.post(f"/customers/{other.pk}/unmerge/", follow=True)
    assert "older than 30 days" in answer.content.decode()
    assert Customer.everything.get(pk=other.pk).merged_into == this


def test_a_double_click_merges_once(login: Login, rep: User, pair) -> None:
    this, other = pair
    browser, values = login(rep), form(this, other)
    first = browser.post(f"/customers/{this.pk}/merge/", values)
    second = browser.post(f"/customers/{this.pk}/merge/", values)
    assert first["Location"] == second["Location"]
    assert Merge.everything.count() == 1
    assert AuditEntry.objects.filter(action="merge").count() == 1


@pytest.mark.parametrize("days", [0, 5])
def test_the_form_of_a_merge_that_was_taken_back_does_not_merge_again(
    login: Login, rep: User, pair, monkeypatch, days: int
) -> None:
    """Back in the browser and sent once more, as it was looked at before."""
    this, other = pair
    nothing_taken = {"email": "this", "note": "this"}
    browser, values = login(rep), form(this, other, **nothing_taken)
    assert browser.post(f"/customers/{this.pk}/merge/", values).status_code == 303
    later = Company.get().today + timedelta(days=days)
    monkeypatch.setattr("team.models.Company.today", property(lambda self: later))
    browser.post(f"/customers/{other.pk}/unmerge/")
    answer = browser.post(f"/customers/{this.pk}/merge/", values, follow=True)
    told = answer.content.decode()
    if days:
        assert "This was done and taken back. Load the page again" in told
    else:
        assert answer.status_code == 409
    assert not Merge.everything.filter(deleted_on__isnull=True).exists()
    assert Customer.everything.get(pk=other.pk).merged_into is None
    this, other = (Customer.everything.get(pk=row.pk) for row in pair)
    anew = browser.post(f"/customers/{this.pk}/merge/", form(this, other))
    assert anew.status_code == 303
    assert Merge.everything.filter(deleted_on__isnull=True).count() == 1


def test_odd_posts_are_answered(login: Login, rep: User, pair) -> None:
    this, other = pair
    browser, address = login(rep), f"/customers/{this.pk}/merge/"
    for odd in (
        {"client_ref": "none"},
        {"other": "x"},
        {"other": this.pk},
        {"keep": "neither"},
        {"version": "x"},
        {"name": "both"},
    ):
        answer = browser.post(address, form(this, other) | odd)
        assert answer.status_code in (409, 422), odd
    assert not Merge.everything.exists()


def test_what_cannot_be_kept_is_told_beside_the_choices(login: Login, rep: User, keep) -> None:
    this, other = keep(rep, name="A", note="x" * 4000), keep(rep, name="B", note="y" * 4000)
    answer = merge(login(rep), this, other, note="both", name="other")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Both notes together are too long." in page
    assert (
        'name="name" value="other" checked' in page and 'name="note" value="both" checked' in page
    )
    assert not Merge.everything.exists()


@pytest.mark.parametrize("which", [0, 1])
def test_neither_may_have_changed_meanwhile(login: Login, rep: User, pair, which: int) -> None:
    this, other = pair
    values = form(this, other)
    edited = pair[which]
    change_customer(edited, {"region": "West"}, by=rep, version=edited.version)
    answer = login(rep).post(f"/customers/{this.pk}/merge/", values)
    assert answer.status_code == 409
    assert "changed meanwhile" in answer.content.decode()
    assert "West" in answer.content.decode()
    assert not Merge.everything.exists()
    assert Customer.everything.get(pk=this.pk).email == ""


def test_reps_merge_their_own_alone(
    login: Login, rep: User, other_rep: User, manager: User, other_manager: User, admin: User, keep
) -> None:
    mine, foreign = keep(rep, name="Mine"), keep(other_rep, name="Secret")
    for person in (rep, manager):
        answer = merge(login(person), mine, foreign)
        assert answer.status_code == 422
        assert "Secret" not in answer.content.decode()
        page = login(person).get(f"/customers/{mine.pk}/merge/?other={foreign.pk}")
        assert "Secret" not in page.content.decode()
    assert login(other_manager).get(f"/customers/{mine.pk}/merge/").status_code == 404
    assert not Merge.everything.exists()
    assert merge(login(admin), mine, foreign).status_code == 303


def test_the_merged_one_is_in_the_hands_of_the_survivors_owner(
    login: Login, rep: User, sub_rep: User, manager: User, keep
) -> None:
    """Rights follow, the periods do not: they are facts of reports."""
    kept, part = keep(rep, name="Kept"), keep(sub_rep, name="Part")
    person = Contact.everything.create(customer=part, name="Nina")
    _call(part, sub_rep, timezone.now(), "Hello")
    index_record(kept)
    periods = list(Ownership.everything.order_by("pk").values())
    before = world()
    assert merge(login(manager), kept, part).status_code == 303
    assert login(rep).get(f"/contacts/{person.pk}/edit/").status_code == 200
    assert login(sub_rep).get(f"/customers/{part.pk}/").status_code == 404
    assert Activity.visible_to(rep).count() == 1 and Activity.visible_to(sub_rep).count() == 0
    assert list(Ownership.everything.order_by("pk").values()) == periods
    # a rep does not give away what another one would get back
    refused = login(rep).post(f"/customers/{part.pk}/unmerge/", follow=True)
    assert "ask your manager" in refused.content.decode()
    assert Customer.everything.get(pk=part.pk).merged_into == kept
    login(manager).post(f"/customers/{part.pk}/unmerge/")
    assert world() == before
    assert login(sub_rep).get(f"/customers/{part.pk}/").status_code == 200


def test_when_the_survivor_changes_hands_so_does_what_was_merged(
    rep: User, sub_rep: User, other_rep: User, admin: User, keep, login: Login
) -> None:
    kept, part = keep(rep, name="Kept"), keep(sub_rep, name="Part")
    merge(login(admin), kept, part)
    today = Company.get().today
    assign([kept.pk], other_rep, on=today, by=admin)
    assert Customer.everything.get(pk=part.pk).owner == other_rep
    # whoever its own period names
    assign([part.pk], rep, on=today, by=admin)
    assert Customer.everything.get(pk=part.pk).owner == other_rep
    login(admin).post(f"/customers/{part.pk}/unmerge/")
    assert Customer.everything.get(pk=part.pk).owner == rep


def test_a_chain_leads_to_its_end_and_comes_apart_link_by_link(
    login: Login, admin: User, rep: User, keep
) -> None:
    a, b, c = (keep(rep, name=name) for name in ("A", "B", "C"))
    browser = login(admin)
    merge(browser, b, a)
    b.refresh_from_db()
    merge(browser, c, b)
    assert _survivors() == [c.pk, c.pk, None]
    assert {row.customer_id for row in merges_into(c)} == {a.pk, b.pk}
    browser.post(f"/customers/{b.pk}/unmerge/")
    assert _survivors() == [b.pk, None, None]
    browser.post(f"/customers/{a.pk}/unmerge/")
    assert _survivors() == [None, None, None]


def _survivors() -> list[int | None]:
    return list(Customer.everything.order_by("name").values_list("merged_into", flat=True))


def test_the_timeline_of_both_is_one(rep: User, pair, login: Login) -> None:
    this, other = pair
    merge(login(rep), this, other)
    events = timeline_of(past_of(this), rep).events
    kinds = [event.kind for event in events]
    assert kinds.count("activity") == 2 and kinds.count("order") == 6 and kinds.count("merge") == 1
    assert [e.at for e in events] == sorted((e.at for e in events), reverse=True)


def test_the_page_costs_the_same_whatever_was_merged(
    login: Login, rep: User, admin: User, keep
) -> None:
    kept = keep(rep, name="Kept")
    counts = []
    for n in range(4):
        part = keep(rep, name=f"Part {n}")
        _call(part, rep, timezone.now(), "Hello")
        Contact.everything.create(customer=part, name=f"Person {n}")
        merge(login(admin), kept, part)
        browser = login(rep)
        browser.get(f"/customers/{kept.pk}/")
        with CaptureQueriesContext(connection) as queries:
            page = browser.get(f"/customers/{kept.pk}/").content.decode()
        assert page.count("Hello") == n + 1
        counts.append(len(queries))
    assert len(set(counts)) == 1, counts


def test_what_a_file_merged_is_written_with_owner(rep: User, other_rep: User, keep) -> None:
    a, b, c = keep(rep, name="A"), keep(rep, name="B"), keep(other_rep, name="C")
    on = date(2026, 1, 5)
    for one, into in ((a, b), (b, c)):
        Merge.everything.create(customer=one, into=into, merged_on=on, recorded_on=on)
    today = Company.get().today
    write_survivors(today=today)
    write_owners(today=today)
    rows = Customer.everything.order_by("name").values_list("merged_into", "owner")
    assert list(rows) == [(c.pk, other_rep.pk), (c.pk, other_rep.pk), (None, other_rep.pk)]


def test_a_customer_who_is_not_there_is_told_plainly(login: Any, rep: User, keep: Any) -> None:
    customer = keep(rep)
    answer = login(rep).get(f"/customers/{customer.pk}/merge/?other=999999")
    assert "This one is not there any more. Choose another." in answer.content.decode()
