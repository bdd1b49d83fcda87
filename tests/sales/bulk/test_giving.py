"""Many records given to another owner, once, and back to whom they came from."""

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from customers.models import Customer, Ownership
from sales.handing_over.checking_history import check_history
from sales.models import (
    BulkAct,
    BulkItem,
    Lead,
)
from team.models import AuditEntry, Company, User
from tests.sales.bulk.kit import act, chosen, leads_of, owners, rows_of, told, undo

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]


def test_customers_change_hands_once_and_come_back(
    login: Login, manager: User, rep: User, sub_rep: User, keep: Any
) -> None:
    rows = [keep(rep, f"C {n}") for n in range(3)] + [keep(sub_rep, "Already"), keep(None, "Pool")]
    before = rows_of(Customer), rows_of(Ownership, "id", "reference")
    browser, ref = login(manager), str(uuid.uuid4())
    answers = [
        act(browser, "customer", "give", chosen(*rows), to=sub_rep.pk, ref=ref) for _n in range(2)
    ]
    assert told(answers[0], browser).startswith("Now with Sasha Subrep: 4 customers. Left as")
    assert owners(*rows) == [sub_rep] * 5
    assert BulkAct.everything.count() == 1 and BulkItem.objects.count() == 4
    assert AuditEntry.objects.filter(action="assign", batch__isnull=False).count() >= 4
    batches = AuditEntry.objects.filter(action="do to many").values_list("batch", flat=True)
    assert len(batches) == 1
    assert AuditEntry.objects.filter(batch=batches[0], action="assign").count() == 4
    assert told(undo(browser), browser) == "It was taken back."
    assert owners(*rows) == [rep, rep, rep, sub_rep, None]
    after = rows_of(Customer), rows_of(Ownership, "id", "reference")
    assert after[0] == before[0]
    assert sorted(map(repr, after[1])) == sorted(map(repr, before[1]))
    undo(browser)
    assert owners(*rows) == [rep, rep, rep, sub_rep, None]
    again = act(browser, "customer", "give", chosen(*rows), to=sub_rep.pk, ref=ref)
    assert "done and taken back" in told(again, browser)
    assert owners(*rows)[0] == rep


def test_the_history_holds_together_after_giving_and_after_taking_back(
    login: Login, manager: User, rep: User, sub_rep: User, keep: Any
) -> None:
    rows = [keep(rep, f"C {n}") for n in range(3)]
    browser = login(manager)
    for deed in (
        lambda: act(browser, "customer", "give", chosen(*rows), to=sub_rep.pk),
        lambda: undo(browser),
    ):
        deed()
        books = check_history(Company.get().today.isoformat())
        assert [fault for book in books for fault in book.faults] == []
        assert next(book.subjects for book in books if book.book == "customers") == 3


def test_nothing_goes_back_to_who_may_not_sign_in_any_more(
    login: Login, manager: User, rep: User, sub_rep: User, keep: Any
) -> None:
    row, browser = keep(rep, "Bakery"), login(manager)
    act(browser, "customer", "give", chosen(row), to=sub_rep.pk)
    User.objects.filter(pk=rep.pk).update(is_active=False)
    undo(browser)
    assert owners(row) == [sub_rep]


def test_what_somebody_changed_since_stays_and_is_listed(
    login: Login, manager: User, rep: User, sub_rep: User, keep: Any
) -> None:
    from customers.ownership import assign

    rows = [keep(rep, "Comes back"), keep(rep, "Went on")]
    browser = login(manager)
    act(browser, "customer", "give", chosen(*rows), to=sub_rep.pk)
    assign([rows[1].pk], manager, on=Company.get().today, by=manager)
    answer = undo(browser)
    made = BulkAct.everything.get()
    assert answer["Location"] == f"/bulk/acts/{made.pk}/"
    page = browser.get(answer["Location"]).content.decode()
    assert "Taken back: 1. Changed since, so left: 1." in page
    listed = page.split("<h2>Changed since")[1]
    assert "Went on" in listed and "Comes back" not in listed
    assert owners(*rows) == [rep, manager]


def test_who_may_give_and_to_whom(
    login: Login, manager: User, other_manager: User, admin: User, rep: User, other_rep: User, keep: Any
) -> None:  # fmt: skip
    mine, foreign = keep(rep, "Ours"), keep(other_rep, "Theirs")
    browser = login(manager)
    # a foreign row posted by hand: nothing is done at all
    answer = act(browser, "customer", "give", chosen(mine, foreign), to=manager.pk)
    assert told(answer, browser) == "1 of 2 not found. Nothing was done."
    missing = browser.get(f"/bulk/customer/?do=give&row={mine.pk}&row=987654321")
    assert told(missing, browser) == "1 of 2 not found. Nothing was done."
    assert act(browser, "customer", "give", chosen(mine), to=other_rep.pk).status_code == 422
    assert owners(mine, foreign) == [rep, other_rep]
    for do in ("give", "nonsense", "stage"):
        theirs = login(rep)
        assert "cannot be planned here" in told(act(theirs, "customer", do, chosen(mine)), theirs)
    assert "Give to another owner" not in login(rep).get("/customers/").content.decode()
    assert owners(mine) == [rep]
    boss = login(admin)
    told(act(boss, "customer", "give", chosen(mine, foreign), to=other_rep.pk), boss)
    assert owners(mine, foreign) == [other_rep, other_rep]
    made = BulkAct.everything.get()
    for who in (manager, other_manager, rep):
        assert login(who).post(f"/bulk/acts/{made.pk}/undo/").status_code == 404
        assert login(who).get(f"/bulk/acts/{made.pk}/").status_code == 404
    assert owners(mine) == [other_rep]


def test_open_leads_change_hands_and_ended_ones_never(
    login: Login, manager: User, rep: User, sub_rep: User
) -> None:
    leads = leads_of(rep, 2)
    Lead.everything.filter(pk=leads[1].pk).update(closed_on=date(2026, 11, 3))
    browser = login(manager)
    act(browser, "lead", "give", chosen(*leads), to=sub_rep.pk)
    found = [lead.owner for lead in Lead.everything.order_by("pk")]
    assert found == [sub_rep, rep]
    undo(browser)
    assert [lead.owner for lead in Lead.everything.order_by("pk")] == [rep, rep]
