"""Today: what stands on it, in which order, with which reason; and only one's own."""

import html
from collections.abc import Callable
from datetime import date, time, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from customers.models import Contact, Customer
from sales.days.today import SHOWN, agenda_of
from sales.leads.response import clock_of
from sales.models import Activity, Deal, Lead, LeadSource, Outcome, Stage, Task
from team.models import Company, User
from team.working_time import WorkingTime

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]


def _step(owner: User, title: str, days: int, **values: object) -> Task:
    due = Company.get().today + timedelta(days=days)
    return Task.everything.create(title=title, owner=owner, due_on=due, **values)


def test_steps_stand_under_overdue_and_today_and_not_tomorrow(
    login: Login, rep: User, keep
) -> None:
    customer = keep(rep)
    late, due = _step(rep, "Late one", -2, customer=customer), _step(rep, "Due one", 0)
    _step(rep, "Tomorrow's", 1)
    _step(rep, "Done one", 0, state=Task.State.DONE)
    agenda = agenda_of(rep, Company.get())
    assert (agenda.overdue.rows, agenda.due.rows) == ([late], [due])
    page = login(rep).get("/today/").content.decode()
    assert "Late one" in page
    assert "2 days late" in page
    assert "Tomorrow&#x27;s" not in page


def test_fixed_hours_come_first_then_the_money(rep: User, keep) -> None:
    small, large = (
        keep(rep, name="Small", annual_cents=100),
        keep(rep, name="Large", annual_cents=900),
    )
    a, b = _step(rep, "a", 0, customer=small), _step(rep, "b", 0, customer=large)
    c = _step(rep, "c", 0, customer=small, due_at=time(15, 30))
    d = _step(rep, "d", 0, customer=small, due_at=time(11, 30))
    assert agenda_of(rep, Company.get()).due.rows == [d, c, b, a]


def test_what_is_late_pushes_nothing_of_today_off_the_page(rep: User, keep) -> None:
    large = keep(rep, name="Large", annual_cents=900)
    Task.everything.bulk_create(
        Task(
            title=f"Late {n}",
            owner=rep,
            customer=large,
            due_on=Company.get().today - timedelta(days=1),
        )
        for n in range(4 * SHOWN)
    )
    due = _step(rep, "Due one", 0)
    agenda = agenda_of(rep, Company.get())
    assert (len(agenda.overdue.rows), agenda.overdue.more) == (SHOWN, True)
    assert (agenda.due.rows, agenda.due.more) == ([due], False)
    assert (agenda.overdue.total, agenda.due.total, agenda.planned) == (4 * SHOWN, 1, 4 * SHOWN + 1)


def test_what_does_not_fit_is_counted_and_one_press_away(
    login: Login, rep: User, other_rep: User, keep
) -> None:
    for owner, many in ((rep, 30), (other_rep, 3)):
        Lead.everything.bulk_create(
            Lead(name=f"Lead {n}", owner=owner, recorded_on=Company.get().today)
            for n in range(many)
        )
        Task.everything.bulk_create(
            Task(title=f"Call {n}", owner=owner, due_on=Company.get().today) for n in range(many)
        )
    page = login(rep).get("/today/").content.decode()
    assert page.count("25 of 30") == 2
    assert 'href="/leads/?state=waiting"' in page and "All leads that wait for an answer" in page
    assert '<progress class="m-progress" max="60" value="0"' in page
    alone = login(rep).get("/today/leads/").content.decode()
    assert "25 of 30" in alone


def test_a_silent_customer_says_why_and_leaves_when_a_step_is_planned(
    login: Login, rep: User, at_risk: Customer
) -> None:
    page = login(rep).get("/today/").content.decode()
    assert "Silent for 41 days, usually orders every 21" in page
    _step(rep, "Call them", 3, customer=at_risk)
    assert agenda_of(rep, Company.get()).silent.rows == []


def test_a_silent_customer_and_a_new_lead_can_be_put_off_to_a_day(
    login: Login, rep: User, at_risk: Customer, lead: Lead
) -> None:
    browser = login(rep)
    page = browser.get("/today/").content.decode()
    later = f"/tasks/new/?customer={at_risk.pk}&amp;next=/today/"
    assert later in page and f"/tasks/new/?lead={lead.pk}&amp;next=/today/" in page
    form = browser.get(html.unescape(later)).context["form"]
    due = Company.get().today + timedelta(days=7)
    typed = {
        "title": "Call them", "kind": "call", "due_on": due.isoformat(), "customer": at_risk.pk,
        "client_ref": form["client_ref"].value(),
    }  # fmt: skip
    answer = browser.post(html.unescape(later), typed)
    assert (answer.status_code, answer["Location"]) == (303, "/today/")
    assert Task.everything.get().due_on == due
    assert "Going silent" not in browser.get("/today/").content.decode()


def test_a_lost_customer_is_not_called_silent(rep: User, at_risk: Customer) -> None:
    Customer.everything.update(lost_on=Company.get().today)
    assert agenda_of(rep, Company.get()).silent.rows == []


def test_new_leads_wait_with_their_source_until_they_are_answered(
    login: Login, rep: User, lead: Lead
) -> None:
    Lead.everything.update(
        source=LeadSource.objects.get(key="web"),
        arrived_at=timezone.now() - timedelta(hours=27),
        response_due_at=timezone.now() - timedelta(hours=3),
    )
    page = login(rep).get("/today/").content.decode()
    assert "苏州明华电子有限公司" in page
    assert "Web form" in page
    assert "3 h late" in page
    Lead.everything.update(first_touch_at=timezone.now())
    assert agenda_of(rep, Company.get()).leads.rows == []


def test_what_is_known_of_a_new_lead_stands_in_one_line(
    login: Login, rep: User, lead: Lead
) -> None:
    """Without a source the line began with the dot that parts it from what follows."""
    web = LeadSource.objects.get(key="web")
    for source, note, told in [
        (web, "", "Web form"),
        (None, "Price list", "Price list"),
        (web, "Price list", "Web form · Price list"),
    ]:
        Lead.everything.update(source=source, note=note)
        page = login(rep).get("/today/").content.decode()
        row = page.partition("data-lead=")[2].partition("</li>")[0]
        assert f"<small>{told}</small>" in row


def test_the_clock_runs_against_the_goal(rep: User, lead: Lead) -> None:
    arrived = timezone.now() - timedelta(hours=15, minutes=10)
    lead.arrived_at, lead.response_due_at = arrived, arrived + timedelta(hours=24)
    clock = clock_of(lead, timezone.now(), WorkingTime(Company.get()))
    assert clock is not None
    assert (clock.hours, clock.goal_hours, clock.late, clock.share) == (15, 24, False, 62)
    lead.closed_on = date(2026, 11, 1)
    assert clock_of(lead, timezone.now(), WorkingTime(Company.get())) is None


def test_what_was_done_today_is_summed(rep: User, keep) -> None:
    customer, now = keep(rep), timezone.now()
    reached, missed = Outcome.objects.get(key="reached"), Outcome.objects.get(key="no_answer")
    rows = [(reached, 6, now), (missed, 1, now), (reached, 9, now - timedelta(days=2))]
    for outcome, minutes, start in rows:
        Activity.everything.create(
            author=rep,
            customer=customer,
            outcome=outcome,
            minutes=minutes,
            start_at=start,
            recorded_on=Company.get().today,
            created_at=start,
        )
    agenda = agenda_of(rep, Company.get())
    assert (len(agenda.calls), agenda.reached, agenda.minutes) == (2, 1, 7)


def test_other_peoples_work_is_not_there(
    login: Login, rep: User, other_rep: User, keep, at_risk: Customer
) -> None:
    _step(rep, "Rita's step", 0, customer=keep(rep))
    page = login(other_rep).get("/today/").content.decode()
    assert "Rita" not in page
    assert "Silent Ltd" not in page
    assert login(other_rep).get(f"/today/?customer={at_risk.pk}").status_code == 404


def test_the_chosen_row_fills_the_form(login: Login, rep: User, keep) -> None:
    first = _step(rep, "First", 0, customer=keep(rep, name="Alpha", annual_cents=900))
    second = _step(rep, "Second", 0, customer=keep(rep, name="Beta"))
    browser = login(rep)
    assert f'name="task" value="{first.pk}"' in browser.get("/today/").content.decode()
    page = browser.get(f"/today/?task={second.pk}").content.decode()
    assert f'name="task" value="{second.pk}"' in page


def test_the_queries_do_not_grow_with_the_rows(
    login: Login, rep: User, keep, django_assert_max_num_queries, django_assert_num_queries
) -> None:
    def work(count: int) -> None:
        for i in range(count):
            _step(rep, f"Step {i}", -(i % 2), customer=keep(rep, name=f"Customer {i}"))
            Lead.everything.create(name=f"Lead {i}", owner=rep, recorded_on=date(2026, 1, 5))

    browser = login(rep)
    work(6)
    with django_assert_max_num_queries(19) as first:
        browser.get("/today/")
    work(6)
    with django_assert_num_queries(len(first)):
        browser.get("/today/")


def test_a_day_without_plans_is_not_called_done(login: Login, rep: User, keep) -> None:
    page = login(rep).get("/today/").content.decode()
    assert "Nothing is planned for today." in page
    assert "is done" not in page


def test_a_step_about_what_is_by_now_somebody_elses_opens_nothing_of_it(
    login: Login, rep: User, other_rep: User, keep
) -> None:
    """The customer was handed over, the step was not: no note, no person, no number there is told."""
    theirs, mine = keep(other_rep, name="Handed over"), keep(rep, name="Still mine")
    Contact.everything.create(customer=theirs, name="Secret Person", phone_e164="+380675550142")
    Activity.everything.create(
        customer=theirs,
        author=other_rep,
        note="Secret note",
        start_at=timezone.now(),
        created_at=timezone.now(),
        recorded_on=Company.get().today,
    )
    step = _step(rep, "Old step", -2, customer=theirs)
    _step(rep, "Own step", 0, customer=mine)
    for address in ("/today/", f"/today/?task={step.pk}"):
        page = login(rep).get(address).content.decode()
        assert "Old step" in page
        assert "Secret" not in page
        assert "5550142" not in page
        assert f'name="customer" value="{theirs.pk}"' not in page
    # the call form goes to the first step that is theirs to call about
    page = login(rep).get("/today/").content.decode()
    assert f'name="customer" value="{mine.pk}"' in page


def test_a_deal_of_ones_own_at_anothers_customer_tells_of_nobody_there(
    login: Login, rep: User, other_rep: User, keep
) -> None:
    theirs = keep(other_rep, name="Handed over")
    person = Contact.everything.create(
        customer=theirs, name="Secret Person", phone_e164="+380675550142"
    )
    stage = Stage.objects.order_by("order").first()
    today = Company.get().today
    deal = Deal.everything.create(
        title="My deal", customer=theirs, owner=rep, stage=stage, stage_since=today, opened_on=today
    )
    step = _step(rep, "Call about it", 0, deal=deal)
    browser = login(rep)
    for address in (f"/calls/new/?deal={deal.pk}", f"/today/?task={step.pk}"):
        page = browser.get(address).content.decode()
        assert "My deal" in page
        assert "Secret" not in page
        assert "5550142" not in page
    post = {"deal": deal.pk, "contact": person.pk, "outcome": "no_answer", "direction": "out"}
    assert browser.post("/calls/new/", post).status_code == 422
    assert not Activity.everything.exists()


def test_what_is_asked_for_each_minute_is_small_and_costs_the_same(
    login: Login,
    rep: User,
    other_rep: User,
    django_assert_max_num_queries,
    django_assert_num_queries,
) -> None:
    def arrive(owner: User, count: int) -> None:
        for n in range(count):
            Lead.everything.create(name=f"Lead {n}", owner=owner, recorded_on=date(2026, 1, 5))

    browser = login(rep)
    arrive(rep, 3)
    arrive(other_rep, 2)
    browser.get("/today/leads/")  # what a process reads once
    known = Lead.everything.filter(owner=rep).order_by("pk").values_list("pk", flat=True)
    with django_assert_max_num_queries(6) as first:
        page = browser.get(f"/today/leads/?known={known[0]}").content.decode()
    assert page.count("data-lead=") == 3
    assert "2 new leads" in page
    assert "<html" not in page
    arrive(rep, 3)
    with django_assert_num_queries(len(first)):
        page = browser.get(f"/today/leads/?known={','.join(map(str, known))}").content.decode()
    assert page.count("data-lead=") == 6
    assert "new lead" not in page.partition("<section")[0]
    assert len(page) < 20_000
    assert browser.get("/today/leads/?known=" + "x," * 999).status_code == 200
