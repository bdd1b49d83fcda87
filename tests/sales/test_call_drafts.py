"""Nothing typed into a call form is lost: drafts, calls sent late, customers that change hands meanwhile."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from customers.models import Contact, Customer, Survey
from customers.ownership import assign
from sales.calls.drafts import seen_by
from sales.deals.changing import add_deal
from sales.models import Activity, CallDraft, Deal, Lead, Outcome, Stage, Task
from team.models import Company, User

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]
URL, DRAFT = "/calls/new/", "/calls/draft/"


def typed(customer: Customer, **values: Any) -> dict[str, Any]:
    return {"client_ref": str(uuid.uuid4()), "direction": "out", "customer": customer.pk} | values


def saved(customer: Customer, **values: Any) -> dict[str, Any]:
    return typed(customer, outcome="reached", next_step="week", note="They want 48 h.", **values)


def test_what_is_typed_comes_back_to_its_author_alone(
    login: Login, rep: User, manager: User, keep
) -> None:
    customer = keep(rep)
    roman = Contact.everything.create(customer=customer, name="Roman")
    browser, values = login(rep), typed(customer, note="Two late deliveries", contact=roman.pk)
    assert browser.post(DRAFT, values | {"outcome": "reached"}).status_code == 204
    page = login(rep).get(f"{URL}?customer={customer.pk}").content.decode()  # another session
    assert "Two late deliveries" in page
    assert f"Draft of {timezone.localtime(timezone=Company.get().zone):%H:}" in page
    assert f'value="{roman.pk}" selected' in page
    assert values["client_ref"] in page
    assert "Two late deliveries" in browser.get(f"/today/?customer={customer.pk}").content.decode()
    assert (
        "Two late deliveries"
        not in login(manager).get(f"{URL}?customer={customer.pk}").content.decode()
    )
    assert not Activity.everything.exists()


def test_saving_ends_the_draft_and_a_late_one_does_not_come_back(
    login: Login, rep: User, keep
) -> None:
    customer, browser = keep(rep), login(rep)
    values = saved(customer)
    browser.post(DRAFT, values)
    assert CallDraft.objects.count() == 1
    assert browser.post(URL, values).status_code == 303
    assert not CallDraft.objects.exists()
    browser.post(DRAFT, values)
    assert not CallDraft.objects.exists()


def test_discarding_and_emptying_remove_it(login: Login, rep: User, keep) -> None:
    customer, browser = keep(rep), login(rep)
    browser.post(DRAFT, typed(customer, note="x"))
    answer = browser.post("/calls/draft/discard/", typed(customer, next="/today/"))
    assert answer["Location"] == f"{URL}?customer={customer.pk}&next=%2Ftoday%2F"
    docked = browser.post("/calls/draft/discard/?docked=1", typed(customer, next="/today/"))
    assert docked["Location"] == f"/today/?customer={customer.pk}"
    assert not CallDraft.objects.exists()
    browser.post(DRAFT, typed(customer, note="x"))
    browser.post(DRAFT, typed(customer, note=""))
    assert not CallDraft.objects.exists()


def test_each_customer_lead_and_deal_has_its_own(login: Login, rep: User, keep, lead: Lead) -> None:
    customer, browser = keep(rep), login(rep)
    browser.post(DRAFT, typed(customer, note="Of the customer"))
    browser.post(DRAFT, {"lead": lead.pk, "note": "Of the lead"})
    browser.post(DRAFT, {"lead": lead.pk, "note": "Of the lead, longer"})
    assert CallDraft.objects.count() == 2
    page = browser.get(f"{URL}?lead={lead.pk}").content.decode()
    assert "Of the lead, longer" in page
    assert "Of the customer" not in page


def test_an_old_draft_is_not_brought_back(login: Login, rep: User, keep) -> None:
    customer, browser = keep(rep), login(rep)
    browser.post(DRAFT, typed(customer, note="Long ago"))
    CallDraft.objects.update(saved_at=timezone.now() - timedelta(days=31))
    assert "Long ago" not in browser.get(f"{URL}?customer={customer.pk}").content.decode()
    browser.post(DRAFT, typed(keep(rep, name="Another"), note="New"))
    assert [draft.values["note"] for draft in CallDraft.objects.all()] == ["New"]


def test_no_draft_about_what_one_may_not_see(
    login: Login, rep: User, other_rep: User, keep
) -> None:
    theirs = keep(other_rep)
    assert login(rep).post(DRAFT, typed(theirs, note="x")).status_code == 404
    assert not CallDraft.objects.exists()


def test_a_call_that_was_kept_on_a_device_stands_at_its_own_hour(
    login: Login, rep: User, keep
) -> None:
    customer, browser = keep(rep), login(rep)
    ended = timezone.now() - timedelta(hours=30)
    values = saved(customer, minutes="10", kept_at=ended.isoformat())
    for _n in range(2):
        assert browser.post(URL, values).status_code == 303
    call = Activity.everything.get()
    assert call.start_at == ended - timedelta(minutes=10)
    assert call.entered_later
    assert "Entered on" in browser.get(f"/customers/{customer.pk}/").content.decode()


@pytest.mark.parametrize("shift", [timedelta(days=-20), timedelta(days=2)])
def test_a_device_whose_clock_is_wrong_does_not_date_a_call(
    login: Login, rep: User, keep, shift: timedelta
) -> None:
    kept_at = (timezone.now() + shift).isoformat()
    login(rep).post(URL, saved(keep(rep), kept_at=kept_at))
    assert abs(Activity.everything.get().start_at - timezone.now()) < timedelta(minutes=1)


def test_a_call_saved_while_the_customer_changes_hands_is_kept_with_its_author(
    login: Login, rep: User, other_rep: User, keep
) -> None:
    customer, browser = keep(rep), login(rep)
    roman = Contact.everything.create(customer=customer, name="Roman")
    seen = seen_by(rep, customer)
    assert seen.split(":")[0] in browser.get(f"{URL}?customer={customer.pk}").content.decode()
    assign([customer.pk], other_rep, on=Company.get().today, by=other_rep)
    values = saved(customer, contact=roman.pk, seen=seen, next=f"/customers/{customer.pk}/")
    answer = browser.post(URL, values)
    assert (answer.status_code, answer["Location"]) == (303, "/today/")
    call, task = Activity.everything.get(), Task.everything.get()
    assert (call.customer, call.author, call.note) == (customer, rep, "They want 48 h.")
    assert task.owner == other_rep
    assert browser.get(f"{URL}?customer={customer.pk}").status_code == 404


def test_the_word_that_proves_it_serves_nobody_else_and_not_for_ever(
    login: Login, rep: User, sub_rep: User, other_rep: User, keep, monkeypatch
) -> None:
    theirs = keep(other_rep)
    browser = login(rep)
    for seen in (seen_by(other_rep, theirs), "", "made up:by:hand"):
        assert browser.post(URL, saved(theirs, seen=seen)).status_code == 404
    own = seen_by(rep, theirs)
    monkeypatch.setattr("sales.calls.drafts.SENT_WITHIN", timedelta(0))
    assert browser.post(URL, saved(theirs, seen=own)).status_code == 404
    assert not Activity.everything.exists()


@pytest.mark.parametrize(
    ("opened", "kept", "stored"),
    [
        (5, 5, True),  # in a place without network, where it was kept at once
        (13, 12, True),
        (5, None, False),  # a form that only stood open
        (5, -1, False),  # a clock ahead proves nothing
        (15, 14, False),  # past calls cannot be entered either
    ],
)
def test_a_call_kept_without_network_outlives_the_change_of_hands(
    opened: int, kept: int | None, stored: bool, login: Login, rep: User, other_rep: User, keep
) -> None:
    customer, browser, now = keep(rep), login(rep), timezone.now()
    with time_machine.travel(now - timedelta(days=opened), tick=False):
        seen = seen_by(rep, customer)
    assign([customer.pk], other_rep, on=Company.get().today, by=other_rep)
    values = saved(customer, seen=seen)
    if kept is not None:
        values["kept_at"] = (now - timedelta(days=kept)).isoformat()
    answer = browser.post(URL, values)
    assert answer.status_code == (303 if stored else 404)
    assert Activity.everything.count() == stored
    if stored:
        call = Activity.everything.get()
        assert (call.customer, call.author, call.note) == (customer, rep, "They want 48 h.")
        assert abs(now - timedelta(days=kept or 0) - call.start_at) < timedelta(hours=1)
        assert Task.everything.get().owner == other_rep


def test_satisfaction_is_asked_of_customers_and_taken_back_with_the_call(
    login: Login, rep: User, keep, lead: Lead
) -> None:
    customer, browser = keep(rep), login(rep)
    assert "How satisfied" in browser.get(f"{URL}?customer={customer.pk}").content.decode()
    assert "How satisfied" not in browser.get(f"{URL}?lead={lead.pk}").content.decode()
    browser.post(URL, saved(customer, score="2"))
    answer, call = Survey.everything.get(), Activity.everything.get()
    today = Company.get().today
    assert (answer.customer, answer.kind, answer.score) == (customer, "csat", 2)
    assert (answer.sent_on, answer.answered_on, answer.recorded_on) == (today, today, today)
    assert call.survey == answer
    browser.post(f"/calls/{call.pk}/undo/")
    answer.refresh_from_db()
    assert answer.deleted_on == today


def test_nobody_reached_said_nothing(login: Login, rep: User, keep) -> None:
    browser, customer = login(rep), keep(rep)
    browser.post(URL, typed(customer, outcome="no_answer", score="5"))
    assert Activity.everything.get().survey is None
    assert not Survey.everything.exists()
    assert browser.post(URL, saved(customer, score="6")).status_code == 422


def test_more_than_a_call_can_hold_is_no_draft_and_leaves_the_one_before(
    login: Login, rep: User, keep
) -> None:
    customer, browser = keep(rep), login(rep)
    assert browser.post(DRAFT, typed(customer, note="Kept")).status_code == 204
    answer = browser.post(DRAFT, typed(customer, note="x" * 2_000_000))
    assert answer.status_code == 422
    assert "This is too long to keep" in answer.content.decode()
    assert CallDraft.objects.get().values["note"] == "Kept"
    # what the form takes at most, and what is shortened before it is saved, is kept
    assert browser.post(DRAFT, typed(customer, note="y" * 15_000)).status_code == 204
    assert len(CallDraft.objects.get().values["note"]) == 15_000


def test_a_call_kept_offline_by_a_former_owner_moves_nothing_of_the_deal(
    login: Login, rep: User, other_rep: User, keep
) -> None:
    """What was said is kept; the deal is somebody else's by now, and where it stands is theirs to say."""
    customer = keep(rep)
    new, offer = Stage.objects.get(key="new"), Stage.objects.get(key="offer")
    Outcome.objects.filter(key="reached").update(stage=offer)
    deal = add_deal(Deal(title="Film", customer=customer, stage=new), owner=rep, by=rep)[0]
    seen = seen_by(rep, deal)
    values = saved(customer, deal=deal.pk, seen=seen, moves="reached")
    values.pop("customer")
    assign([customer.pk], other_rep, on=Company.get().today, by=None)
    Deal.everything.filter(pk=deal.pk).update(owner=other_rep)
    assert login(rep).post(URL, values).status_code == 303
    call = Activity.everything.get()
    assert (call.deal, call.author, call.moved, call.note) == (deal, rep, None, "They want 48 h.")
    deal.refresh_from_db()
    assert deal.stage == new
    # whose it is moves it by the same words
    theirs = values | {"client_ref": str(uuid.uuid4()), "seen": seen_by(other_rep, deal)}
    assert login(other_rep).post(URL, theirs).status_code == 303
    deal.refresh_from_db()
    assert deal.stage == offer


def test_nor_does_it_end_a_lead_that_is_somebody_elses_by_now(
    login: Login, rep: User, other_rep: User
) -> None:
    lead = Lead.everything.create(name="Mill", owner=rep, recorded_on=Company.get().today)
    for _try in range(6):
        browser = login(rep)
        browser.post(URL, {
            "client_ref": str(uuid.uuid4()), "direction": "out", "lead": lead.pk, "outcome": "no_answer",
        })  # fmt: skip
    seen = seen_by(rep, lead)
    Lead.everything.filter(pk=lead.pk).update(owner=other_rep)
    answer = login(rep).post(URL, {
        "client_ref": str(uuid.uuid4()), "direction": "out", "lead": lead.pk, "outcome": "no_answer",
        "next_step": "give-up", "seen": seen,
    })  # fmt: skip
    assert answer.status_code == 303
    lead.refresh_from_db()
    assert lead.is_open
