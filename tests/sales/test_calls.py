"""Logging a call through the form: what is stored, what follows, and what is refused."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from customers.models import Contact, Customer
from sales.models import Activity, Deal, Lead, Outcome, Task
from team.models import AuditEntry, Company, User
from tests.sales.deals.kit import new

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]
URL = "/calls/new/"


def form(customer: Customer | None = None, **changed: object) -> dict[str, object]:
    values: dict[str, object] = {
        "client_ref": str(uuid.uuid4()),
        "outcome": "reached",
        "direction": "out",
        "minutes": "6",
        "note": "Two late deliveries in October.",
        "next_step": "week",
        "next_title": "Confirm delivery promise",
    }
    if customer is not None:
        values["customer"] = customer.pk
    return values | changed


def test_a_call_is_stored_with_its_next_step_and_its_audit(login: Login, rep: User, keep) -> None:
    customer = keep(rep)
    answer = login(rep).post(URL, form(customer))
    assert (answer.status_code, answer["Location"]) == (303, f"/customers/{customer.pk}/")
    call = Activity.everything.get()
    assert (call.customer, call.author, call.kind, call.status) == (customer, rep, "call", "done")
    assert (call.outcome.key, call.minutes, call.direction) == ("reached", 6, "out")
    assert call.note == "Two late deliveries in October."
    assert timedelta(minutes=5) < timezone.now() - call.start_at < timedelta(minutes=7)
    task = Task.everything.get()
    assert (task.title, task.owner, task.customer) == ("Confirm delivery promise", rep, customer)
    ahead = (task.due_on - Company.get().today).days
    assert ahead in (7, 8, 9)  # a week, or the Monday after that
    assert task.due_on.weekday() < 5
    logged = AuditEntry.objects.filter(action="log")
    assert {entry.subject_type for entry in logged} == {"activity", "task"}
    assert {entry.actor for entry in logged} == {rep}
    assert len({entry.batch for entry in logged}) == 1


def test_the_call_stands_in_the_timeline_at_once(login: Login, rep: User, keep) -> None:
    customer = keep(rep)
    browser = login(rep)
    browser.post(URL, form(customer, note="Wants a written promise"))
    assert "Wants a written promise" in browser.get(f"/customers/{customer.pk}/").content.decode()


def test_a_call_about_a_deal_was_with_its_customer(login: Login, rep: User, keep) -> None:
    customer, browser = keep(rep), login(rep)
    browser.post("/deals/new/", new(customer, title="Coffee bags 2027"))
    deal = Deal.everything.get()
    page = browser.get(f"{URL}?deal={deal.pk}").content.decode()
    assert f'data-name="{customer}"' in page and "Coffee bags 2027" in page
    assert browser.post(URL, form(deal=deal.pk)).status_code == 303
    page = browser.get("/customers/").content.decode()
    assert f"Call with {customer} saved." in page


def test_the_same_form_twice_is_one_call(login: Login, rep: User, keep) -> None:
    customer = keep(rep)
    browser, values = login(rep), form(customer)
    first, second = browser.post(URL, values), browser.post(URL, values)
    assert first.status_code == second.status_code == 303
    assert Activity.everything.count() == 1
    assert Task.everything.count() == 1


def test_without_an_outcome_nothing_is_stored_and_the_text_stays(
    login: Login, rep: User, keep
) -> None:
    values = form(keep(rep))
    del values["outcome"]
    answer = login(rep).post(URL, values)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Choose how the call ended." in page
    assert "Two late deliveries in October." in page
    assert not Activity.everything.exists()
    assert not Task.everything.exists()


def test_a_next_step_in_another_age_is_told(login: Login, rep: User, keep) -> None:
    far = form(keep(rep), next_step="date", next_on="9999-12-31")
    answer = login(rep).post(URL, far)
    assert answer.status_code == 422
    assert "This day is more than ten years ahead." in answer.content.decode()
    assert not Activity.everything.exists()


def test_reached_needs_a_next_step_and_no_answer_brings_its_own(
    login: Login, rep: User, keep
) -> None:
    customer, browser = keep(rep), login(rep)
    refused = browser.post(URL, form(customer, next_step=""))
    assert refused.status_code == 422
    assert "Set a next step, or say why there is none." in refused.content.decode()
    assert not Activity.everything.exists()
    saved = browser.post(URL, form(customer, outcome="no_answer", next_step="", next_title=""))
    assert saved.status_code == 303
    task = Task.everything.get()
    assert task.title == "Call again"
    assert task.due_on > Company.get().today
    assert task.due_on.weekday() < 5


def test_no_next_step_needs_a_reason_which_is_kept(login: Login, rep: User, keep) -> None:
    customer, browser = keep(rep), login(rep)
    assert browser.post(URL, form(customer, next_step="none")).status_code == 422
    assert (
        browser.post(
            URL, form(customer, next_step="none", no_next_step="They close the shop")
        ).status_code
        == 303
    )
    assert Activity.everything.get().no_next_step == "They close the shop"
    assert not Task.everything.exists()


def test_a_customer_at_risk_never_goes_without_a_next_step(
    login: Login, rep: User, at_risk
) -> None:
    answer = login(rep).post(URL, form(at_risk, next_step="none", no_next_step="Busy"))
    assert answer.status_code == 422
    assert "This customer is at risk. Set a next step." in answer.content.decode()
    assert not Activity.everything.exists()


def test_refused_asks_what_was_said(login: Login, rep: User, keep) -> None:
    answer = login(rep).post(URL, form(keep(rep), outcome="refused", note=" "))
    assert answer.status_code == 422
    assert "«Refused» needs its reason." in answer.content.decode()


def test_somebody_elses_customer_is_not_there(
    login: Login, rep: User, other_rep: User, keep
) -> None:
    theirs = keep(other_rep)
    assert login(rep).get(URL, {"customer": theirs.pk}).status_code == 404
    assert login(rep).post(URL, form(theirs)).status_code == 404
    assert not Activity.everything.exists()


def test_somebody_elses_contact_is_no_choice(
    login: Login, rep: User, other_rep: User, keep
) -> None:
    theirs = Contact.everything.create(customer=keep(other_rep, name="Foreign Ltd"), name="Petro")
    answer = login(rep).post(URL, form(keep(rep), contact=theirs.pk))
    assert answer.status_code == 422
    assert "Petro" not in answer.content.decode()
    assert not Activity.everything.exists()


def test_somebody_elses_task_stays_open(login: Login, rep: User, other_rep: User, keep) -> None:
    theirs = Task.everything.create(
        title="Theirs", owner=other_rep, customer=keep(other_rep), due_on=Company.get().today
    )
    login(rep).post(URL, form(keep(rep, name="Own Ltd"), task=theirs.pk))
    theirs.refresh_from_db()
    assert theirs.state == Task.State.OPEN


def test_a_call_finishes_the_step_it_was(login: Login, rep: User, step: Task) -> None:
    login(rep).post(URL, form(step.customer, task=step.pk))
    step.refresh_from_db()
    assert step.state == Task.State.DONE
    assert step.done_by == Activity.everything.get()
    assert AuditEntry.objects.filter(action="finish", subject_id=step.pk).count() == 1


def test_undo_takes_everything_back_and_twice_is_once(login: Login, rep: User, step: Task) -> None:
    browser = login(rep)
    browser.post(URL, form(step.customer, task=step.pk))
    call = Activity.everything.get()
    for _ in range(2):
        assert browser.post(f"/calls/{call.pk}/undo/").status_code == 303
    call.refresh_from_db()
    step.refresh_from_db()
    assert call.deleted_on == Company.get().today
    assert (step.state, step.done_by) == (Task.State.OPEN, None)
    assert not Task.everything.filter(promised_in=call, state=Task.State.OPEN).exists()
    assert AuditEntry.objects.filter(action="undo", subject_type="activity").count() == 1
    page = browser.get(f"/customers/{step.customer_id}/").content.decode()
    assert "Two late deliveries" not in page


def test_a_manager_cannot_undo_a_reps_call(login: Login, rep: User, manager: User, keep) -> None:
    customer = keep(rep)
    login(rep).post(URL, form(customer))
    call = Activity.everything.get()
    assert login(manager).post(f"/calls/{call.pk}/undo/").status_code == 303
    call.refresh_from_db()
    assert call.deleted_on is None


def test_after_a_day_an_entry_stays(login: Login, rep: User, keep) -> None:
    login(rep).post(URL, form(keep(rep)))
    Activity.everything.update(created_at=timezone.now() - timedelta(hours=25))
    call = Activity.everything.get()
    login(rep).post(f"/calls/{call.pk}/undo/")
    call.refresh_from_db()
    assert call.deleted_on is None


def test_a_call_stops_the_response_clock_and_undo_starts_it_again(
    login: Login, rep: User, lead: Lead
) -> None:
    Lead.everything.update(arrived_at=timezone.now() - timedelta(hours=3))
    browser = login(rep)
    browser.post(URL, form(lead=lead.pk))
    lead.refresh_from_db()
    call = Activity.everything.get()
    assert lead.first_touch_at == call.start_at
    browser.post(f"/calls/{call.pk}/undo/")
    lead.refresh_from_db()
    assert lead.first_touch_at is None


def test_an_incoming_call_is_no_answer_to_a_lead(login: Login, rep: User, lead: Lead) -> None:
    Lead.everything.update(arrived_at=timezone.now() - timedelta(hours=3))
    login(rep).post(URL, form(lead=lead.pk, direction="in"))
    lead.refresh_from_db()
    assert lead.first_touch_at is None


@pytest.mark.parametrize("days, accepted", [(13, True), (15, False), (-1, False)])
def test_past_calls_can_be_entered_two_weeks_back(
    login: Login, rep: User, keep, days: int, accepted: bool
) -> None:
    when = timezone.localtime(timezone.now() - timedelta(days=days))
    answer = login(rep).post(URL, form(keep(rep), happened_at=when.strftime("%Y-%m-%dT%H:%M")))
    assert answer.status_code == (303 if accepted else 422)
    assert Activity.everything.exists() is accepted
    if accepted:
        assert Activity.everything.get().recorded_on == Company.get().today


def test_the_form_of_a_step_is_about_what_the_step_is_about(
    login: Login, rep: User, other_rep: User, step: Task, keep
) -> None:
    page = login(rep).get(URL, {"task": step.pk}).content.decode()
    assert f'name="customer" value="{step.customer_id}"' in page
    assert f'name="task" value="{step.pk}"' in page
    assert login(other_rep).get(URL, {"task": step.pk}).status_code == 404
    Task.everything.filter(pk=step.pk).update(customer=keep(other_rep, name="Handed over"))
    assert login(rep).get(URL, {"task": step.pk}).status_code == 404


def test_a_contact_that_the_address_names_is_chosen(login: Login, rep: User, keep) -> None:
    customer = keep(rep)
    roman = Contact.everything.create(customer=customer, name="Roman")
    page = login(rep).get(URL, {"customer": customer.pk, "contact": roman.pk}).content.decode()
    assert f'<option value="{roman.pk}" selected>Roman' in page


def test_an_outcome_out_of_use_is_no_choice(login: Login, rep: User, keep) -> None:
    Outcome.objects.create(key="old", name="Old", is_active=False)
    assert login(rep).post(URL, form(keep(rep), outcome="old")).status_code == 422


def test_next_leads_only_to_this_host(login: Login, rep: User, keep) -> None:
    customer = keep(rep)
    for evil in ("//evil.example", "https://evil.example/", "/\\evil", "javascript:alert(1)"):
        answer = login(rep).post(URL, form(customer, next=evil))
        assert answer["Location"] == f"/customers/{customer.pk}/"


def test_saving_takes_at_most_fifteen_queries(
    login: Login, rep: User, step: Task, django_assert_max_num_queries
) -> None:
    browser = login(rep)
    with django_assert_max_num_queries(15):
        browser.post(URL, form(step.customer))


def test_my_calls_are_mine_and_only_who_sees_others_may_ask_for_all(
    login: Login, rep: User, manager: User
) -> None:
    own = f"/calls/?author={rep.pk}"
    page = login(rep).get("/today/").content.decode()
    assert f'href="{own}"' in page
    assert "All I may see" not in login(rep).get(own).content.decode()
    assert "All I may see" in login(manager).get(f"/calls/?author={manager.pk}").content.decode()
