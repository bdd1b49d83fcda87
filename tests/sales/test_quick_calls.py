"""The menu of a row of Today: what it saves by one press, what it asks for, and what it never passes over."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from customers.models import Customer
from sales.models import Activity, CallDraft, Lead, Outcome, Task
from team.models import AuditEntry, Company, User

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]
URL = "/calls/quick/"
HTMX = {"HX-Request": "true"}


def _posted(page: str, outcome: str) -> dict[str, str]:
    """What a press of that button sends; the button has to be there."""
    assert f'name="outcome" value="{outcome}"' in page
    hidden = re.findall(r'<input type="hidden" name="(\w+)"(?: value="([^"]*)")?', page)
    return {name: value for name, value in hidden if name != "csrfmiddlewaretoken"} | {
        "outcome": outcome
    }


def _press(browser: Client, page: str, outcome: str):
    return browser.post("/calls/new/", _posted(page, outcome))


def test_one_press_saves_the_call_its_step_and_what_the_row_was(
    login: Login, rep: User, step: Task
) -> None:
    browser = login(rep)
    page = browser.get(f"{URL}?task={step.pk}", headers=HTMX).content.decode()
    answer = _press(browser, page, "no_answer")
    assert (answer.status_code, answer["Location"]) == (303, "/today/")
    call = Activity.everything.get()
    assert (call.customer, call.author, call.outcome.key) == (step.customer, rep, "no_answer")
    assert call.direction == "out"
    step.refresh_from_db()
    assert (step.state, step.done_by) == (Task.State.DONE, call)
    planned = Task.everything.get(state=Task.State.OPEN)
    assert (planned.customer, planned.owner, planned.promised_in) == (step.customer, rep, call)
    assert planned.due_on > Company.get().today
    # what the button said is what was planned
    assert f"{planned.due_at:%H:%M}" in page
    assert AuditEntry.objects.filter(action="log").count() == 2


def test_the_same_press_twice_is_one_call(login: Login, rep: User, step: Task) -> None:
    browser = login(rep)
    page = browser.get(f"{URL}?task={step.pk}", headers=HTMX).content.decode()
    for _press_of_two in range(2):
        assert _press(browser, page, "no_answer").status_code == 303
    assert Activity.everything.count() == 1
    assert Task.everything.filter(state=Task.State.OPEN).count() == 1


def test_what_has_more_to_say_opens_the_form_with_the_outcome(
    login: Login, rep: User, step: Task
) -> None:
    browser = login(rep)
    page = browser.get(f"{URL}?task={step.pk}", headers=HTMX).content.decode()
    for outcome in ("reached", "call_back", "bad_number", "refused"):
        assert f'name="outcome" value="{outcome}"' not in page
        assert f"/today/?task={step.pk}&amp;outcome={outcome}" in page
    form = browser.get(f"/today/?task={step.pk}&outcome=refused").content.decode()
    assert re.search(r'value="refused" required checked', form)
    sheet = browser.get(f"/calls/new/?task={step.pk}&outcome=refused").content.decode()
    assert re.search(r'value="refused" required checked', sheet)


def test_giving_a_lead_up_is_never_one_press(login: Login, rep: User, lead: Lead) -> None:
    rungs = len(Outcome.objects.get(key="no_answer").next_step_after)
    page = login(rep).get(f"{URL}?lead={lead.pk}", headers=HTMX).content.decode()
    assert 'name="outcome" value="no_answer"' in page
    for n in range(rungs):
        Activity.everything.create(
            lead=lead,
            author=rep,
            outcome=Outcome.objects.get(key="no_answer"),
            start_at=timezone.now() - timedelta(hours=n + 1),
            created_at=timezone.now(),
            recorded_on=Company.get().today,
        )
    page = login(rep).get(f"{URL}?lead={lead.pk}", headers=HTMX).content.decode()
    assert 'name="outcome" value="no_answer"' not in page


def test_a_draft_is_told_and_never_overwritten(login: Login, rep: User, step: Task) -> None:
    browser = login(rep)
    before = browser.get(f"{URL}?task={step.pk}", headers=HTMX).content.decode()
    kept = {"note": "Wants a written promise"}
    browser.post("/calls/draft/", {"customer": step.customer_id, **kept})
    assert CallDraft.objects.count() == 1
    page = browser.get(f"{URL}?task={step.pk}", headers=HTMX).content.decode()
    assert "Draft of" in page
    assert 'name="outcome"' not in page
    # the menu was open when the draft came from another device
    answer = _press(browser, before, "no_answer")
    assert answer.status_code == 303
    assert answer["Location"].startswith(f"/calls/new/?customer={step.customer_id}&task={step.pk}")
    assert not Activity.everything.exists()
    assert CallDraft.objects.get().values["note"] == "Wants a written promise"
    assert "Wants a written promise" in browser.get(answer["Location"]).content.decode()


def test_what_no_longer_plans_itself_asks_in_the_form(login: Login, rep: User, step: Task) -> None:
    browser = login(rep)
    page = browser.get(f"{URL}?task={step.pk}", headers=HTMX).content.decode()
    Outcome.objects.filter(key="no_answer").update(next_step_rule="choose", next_step_after=[])
    answer = _press(browser, page, "no_answer")
    assert answer.status_code == 303
    assert "outcome=no_answer" in answer["Location"]
    assert not Activity.everything.exists()


def test_the_row_that_somebody_writes_about_stays_chosen(
    login: Login, rep: User, step: Task
) -> None:
    other = f"http://testserver/today/?task={step.pk + 1}"
    own = f"http://testserver/today/?task={step.pk}"
    elsewhere = f"http://elsewhere.example/today/?task={step.pk + 1}"
    browser = login(rep)
    for current, after in (
        (other, f"/today/?task={step.pk + 1}"),
        (own, "/today/"),
        (elsewhere, "/today/"),
    ):
        headers = {**HTMX, "HX-Current-URL": current}
        page = browser.get(f"{URL}?task={step.pk}", headers=headers).content.decode()
        assert f'name="next" value="{after}"' in page


def test_of_others_nothing_is_told(login: Login, other_rep: User, step: Task) -> None:
    browser = login(other_rep)
    for words in (f"task={step.pk}", f"customer={step.customer_id}", "task=999999", ""):
        assert browser.get(f"{URL}?{words}", headers=HTMX).status_code == 404


def test_the_menu_costs_the_same_for_a_long_history(
    login: Login, rep: User, keep, django_assert_num_queries, django_assert_max_num_queries
) -> None:
    def called(customer: Customer, count: int) -> None:
        for n in range(count):
            Activity.everything.create(
                customer=customer,
                author=rep,
                outcome=Outcome.objects.get(key="no_answer"),
                start_at=timezone.now() - timedelta(hours=n + 1),
                created_at=timezone.now(),
                recorded_on=Company.get().today,
            )

    customer = keep(rep)
    browser = login(rep)
    called(customer, 4)
    with django_assert_max_num_queries(12) as first:
        browser.get(f"{URL}?customer={customer.pk}", headers=HTMX)
    called(customer, 4)
    with django_assert_num_queries(len(first)):
        browser.get(f"{URL}?customer={customer.pk}", headers=HTMX)
