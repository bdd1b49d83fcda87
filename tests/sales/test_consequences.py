"""What follows from how a call ended: the ladder of tries, giving up, the number to put right, the deal's stage."""

import uuid
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from customers.models import Contact, Customer
from sales.calls.consequences import follow, tries_in_a_row
from sales.days.due_days import WorkCalendar
from sales.days.missing_steps import missing_of
from sales.deals.changing import add_deal
from sales.models import Activity, Deal, DealChange, Lead, LeadEnding, Outcome, Stage, Task
from team.models import Company, Holiday, User

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]
URL = "/calls/new/"
KYIV = ZoneInfo("Europe/Kyiv")
# a Wednesday
WEDNESDAY = date(2026, 11, 25)


def said(outcome: str, **values: object) -> dict[str, object]:
    return {
        "client_ref": str(uuid.uuid4()),
        "outcome": outcome,
        "direction": "out",
        "minutes": "1",
    } | values


def no_answer(rep: User, days_ago: int, **about: object) -> Activity:
    at = timezone.now() - timedelta(days=days_ago)
    return Activity.everything.create(
        author=rep,
        outcome=Outcome.objects.get(key="no_answer"),
        start_at=at,
        created_at=at,
        recorded_on=Company.get().today,
        **about,
    )


@pytest.fixture
def deal(rep: User, keep) -> Deal:
    made, _new = add_deal(
        Deal(title="Bags 2027", customer=keep(rep), stage=Stage.objects.get(key="new")),
        owner=rep,
        by=rep,
    )
    return made


@pytest.mark.parametrize(
    ("tries", "day", "attempt", "gives_up"),
    [
        (0, date(2026, 11, 26), 1, False),  # tomorrow
        (1, date(2026, 11, 27), 2, False),  # in two days
        (2, date(2026, 12, 2), 3, False),  # in a week
        (3, date(2026, 12, 2), 4, True),
        (9, date(2026, 12, 2), 10, True),
    ],
)
def test_the_ladder_of_tries(
    company: Company, tries: int, day: date, attempt: int, gives_up: bool
) -> None:
    outcome = Outcome.objects.get(key="no_answer")
    calendar = WorkCalendar(company, WEDNESDAY, frozenset())
    found = follow(outcome, tries, datetime(2026, 11, 25, 10, 0, tzinfo=KYIV), calendar)
    assert (found.day, found.attempt, found.gives_up) == (day, attempt, gives_up)
    assert found.title == "Call again"


@pytest.mark.parametrize(
    ("tried", "next_hour"),
    [((9, 5), time(15, 30)), ((13, 0), time(15, 30)), ((14, 0), time(11)), ((20, 0), time(11))],
)
def test_the_next_try_is_at_another_time_of_day(
    company: Company, tried: tuple[int, int], next_hour: time
) -> None:
    """The company works from 9 to 18: its halves meet at 13:30."""
    calendar = WorkCalendar(company, WEDNESDAY, frozenset())
    assert calendar.another_hour(datetime(2026, 11, 25, *tried, tzinfo=KYIV)) == next_hour


def test_days_off_are_passed_over(company: Company) -> None:
    friday = date(2026, 11, 27)
    calendar = WorkCalendar(company, friday, frozenset({date(2026, 11, 30)}))
    assert calendar.after(1) == date(2026, 12, 1)
    assert calendar.in_days(1) == date(2026, 12, 1)
    assert calendar.in_days(5) == date(2026, 12, 2)
    company.workdays = []
    assert WorkCalendar(company, friday, frozenset()).after(2) == date(2026, 11, 29)


def test_a_year_of_holidays_ends(company: Company) -> None:
    days = frozenset(WEDNESDAY + timedelta(days=i) for i in range(3000))
    assert WorkCalendar(company, WEDNESDAY, days).after(1) == date(2026, 11, 26)


def test_only_the_tries_since_somebody_was_reached_count(rep: User, keep) -> None:
    customer = keep(rep)
    no_answer(rep, 9, customer=customer)
    reached = no_answer(rep, 8, customer=customer)
    Activity.everything.filter(pk=reached.pk).update(outcome=Outcome.objects.get(key="reached").pk)
    no_answer(rep, 3, customer=customer)
    no_answer(rep, 2, customer=customer)
    Activity.everything.filter(pk=no_answer(rep, 1, customer=customer).pk).update(
        deleted_on=Company.get().today
    )
    no_answer(rep, 1, customer=keep(rep, name="Another"))
    assert tries_in_a_row(customer) == 2


def test_no_answer_plans_the_rung_that_is_due_at_another_hour(
    login: Login, rep: User, keep
) -> None:
    customer = keep(rep)
    no_answer(rep, 3, customer=customer)
    browser = login(rep)
    page = browser.get(f"{URL}?customer={customer.pk}").content.decode()
    assert "2 tries in a row without an answer. Again on" in page
    browser.post(URL, said("no_answer", customer=customer.pk))
    task, call = Task.everything.get(), Activity.everything.latest("pk")
    company = Company.get()
    assert task.due_on == WorkCalendar.of(company).in_days(2)
    morning = call.start_at.astimezone(company.zone).time() < time(13, 30)
    assert task.due_at == (time(15, 30) if morning else time(11))


def test_a_day_that_was_chosen_stands_without_an_hour(login: Login, rep: User, keep) -> None:
    day = Company.get().today + timedelta(days=40)
    login(rep).post(
        URL,
        said("no_answer", customer=keep(rep).pk, next_step="date", next_on=day.isoformat()),
    )
    task = Task.everything.get()
    assert (task.due_on, task.due_at) == (day, None)


def test_call_back_needs_the_day_they_asked_for(login: Login, rep: User, keep) -> None:
    customer, browser = keep(rep), login(rep)
    answer = browser.post(URL, said("call_back", customer=customer.pk))
    assert answer.status_code == 422
    assert "Choose the day of the next step." in answer.content.decode()
    day = Company.get().today + timedelta(days=11)
    browser.post(URL, said("call_back", customer=customer.pk, next_on=day.isoformat()))
    assert (Task.everything.get().title, Task.everything.get().due_on) == (
        "Call back as asked", day,
    )  # fmt: skip


def test_a_customer_at_risk_without_a_step_is_told_so(login: Login, rep: User, at_risk) -> None:
    answer = login(rep).post(URL, said("reached", customer=at_risk.pk))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "This customer is at risk. Set a next step." in page
    assert "say why there is none" not in page
    assert not Activity.everything.exists()


def test_giving_a_lead_up_is_proposed_after_the_last_rung(
    login: Login, rep: User, lead: Lead
) -> None:
    browser, address = login(rep), f"{URL}?lead={lead.pk}"
    for days in (9, 8):
        no_answer(rep, days, lead=lead)
    assert "Close the lead" not in browser.get(address).content.decode()
    refused = browser.post(URL, said("no_answer", lead=lead.pk, next_step="give-up"))
    assert refused.status_code == 422
    no_answer(rep, 7, lead=lead)
    assert "Close the lead" in browser.get(address).content.decode()
    browser.post(URL, said("no_answer", lead=lead.pk, next_step="give-up"))
    lead.refresh_from_db()
    assert (lead.closed_on, lead.closed_reason) == (Company.get().today, "lost")
    assert not Task.everything.exists()
    call = Activity.everything.latest("pk")
    browser.post(f"/calls/{call.pk}/undo/")
    lead.refresh_from_db()
    assert lead.closed_on is None
    assert not LeadEnding.everything.filter(deleted_on__isnull=True).exists()


def test_giving_a_deal_up_asks_why_it_was_lost(login: Login, rep: User, deal: Deal) -> None:
    for days in (9, 8, 7):
        no_answer(rep, days, deal=deal, customer=deal.customer)
    answer = login(rep).post(URL, said("no_answer", deal=deal.pk, next_step="give-up"))
    assert answer["Location"] == f"/deals/{deal.pk}/close/?stage=lost"
    deal.refresh_from_db()
    assert deal.closed_on is None
    assert missing_of(rep, Company.get().today).deals == 1


def test_a_bad_number_opens_whom_it_was_about(login: Login, rep: User, keep) -> None:
    customer, browser = keep(rep), login(rep)
    roman = Contact.everything.create(customer=customer, name="Roman")
    answer = browser.post(
        URL, said("bad_number", customer=customer.pk, contact=roman.pk, next="/today/")
    )
    assert answer["Location"] == f"/contacts/{roman.pk}/edit/?next=%2Ftoday%2F#id_phone"
    assert Task.everything.get().title == "Find the right number"
    roman.refresh_from_db()
    saved = browser.post(
        f"/contacts/{roman.pk}/edit/?next=%2Ftoday%2F",
        {"customer": customer.pk, "name": "Roman", "phone": "067 555 01 42", "version": 1},
    )
    assert (saved.status_code, saved["Location"]) == (303, "/today/")
    without = browser.post(URL, said("bad_number", customer=customer.pk, next="/today/"))
    assert without["Location"] == f"/customers/{customer.pk}/edit/?next=%2Ftoday%2F#id_phone"


def test_a_part_of_a_page_leaves_for_the_contact_as_a_whole(login: Login, rep: User, keep) -> None:
    customer = keep(rep)
    answer = login(rep).post(
        URL, said("bad_number", customer=customer.pk), headers={"HX-Request": "true"}
    )
    assert answer.status_code == 204
    assert answer["HX-Redirect"].startswith(f"/customers/{customer.pk}/edit/")


def test_an_outcome_proposes_a_stage_which_undo_takes_back(
    login: Login, rep: User, deal: Deal
) -> None:
    offer = Stage.objects.get(key="offer")
    Outcome.objects.filter(key="reached").update(stage=offer)
    browser = login(rep)
    page = browser.get(f"{URL}?deal={deal.pk}").content.decode()
    assert "«Reached»: move the deal to «Offer sent»" in page
    browser.post(URL, said("reached", deal=deal.pk, next_step="week"))
    deal.refresh_from_db()
    assert deal.stage.key == "new"  # it was not ticked
    browser.post(URL, said("reached", deal=deal.pk, next_step="week", moves="reached"))
    deal.refresh_from_db()
    call = Activity.everything.latest("pk")
    assert deal.stage == offer
    assert call.moved == DealChange.everything.get(stage=offer)
    browser.post(f"/calls/{call.pk}/undo/")
    deal.refresh_from_db()
    assert deal.stage.key == "new"


def test_no_stage_is_proposed_backwards_or_for_a_customer(
    login: Login, rep: User, deal: Deal
) -> None:
    Outcome.objects.filter(key="reached").update(stage=Stage.objects.get(key="new"))
    browser = login(rep)
    for about in (f"deal={deal.pk}", f"customer={deal.customer_id}"):
        assert "»: move the deal" not in browser.get(f"{URL}?{about}").content.decode()


def test_an_outcome_that_ends_a_deal_asks_for_what_closing_needs(
    login: Login, rep: User, deal: Deal
) -> None:
    Outcome.objects.filter(key="refused").update(stage=Stage.objects.get(key="lost"))
    answer = login(rep).post(
        URL, said("refused", deal=deal.pk, note="Too dear", next_step="week", moves="refused")
    )
    assert answer["Location"] == f"/deals/{deal.pk}/close/?stage=lost"
    deal.refresh_from_db()
    assert deal.closed_on is None


def test_what_has_no_next_step_is_counted_until_it_has(
    login: Login, rep: User, manager: User, at_risk: Customer, deal: Deal
) -> None:
    browser = login(rep)
    page = browser.get("/today/").content.decode()
    assert "1 customer at risk" in page
    assert "1 open deal" in page
    listed = browser.get("/today/without-step/customer/").content.decode()
    assert "Silent Ltd" in listed
    assert deal.customer.name not in listed
    assert "Bags 2027" in browser.get("/today/without-step/deal/").content.decode()
    browser.post(URL, said("left_word", customer=at_risk.pk))
    browser.post(URL, said("left_word", deal=deal.pk))
    assert "Without a next step" not in browser.get("/today/").content.decode()
    assert "Each has a next step." in browser.get("/today/without-step/customer/").content.decode()


def test_a_colleagues_step_counts_and_theirs_are_not_mine(
    login: Login, rep: User, manager: User, other_rep: User, at_risk: Customer
) -> None:
    today = Company.get().today
    assert missing_of(rep, today).customers == 1
    assert missing_of(manager, today).customers == 0
    assert missing_of(other_rep, today).customers == 0
    team = login(manager)
    assert "Silent Ltd" not in team.get("/today/without-step/customer/").content.decode()
    assert "Silent Ltd" in team.get("/today/without-step/customer/?state=all").content.decode()
    other = login(other_rep).get("/today/without-step/customer/?state=all").content.decode()
    assert "Silent Ltd" not in other
    Task.everything.create(title="Visit", owner=manager, customer=at_risk, due_on=today)
    assert missing_of(rep, today).customers == 0
    assert login(rep).get("/today/without-step/nothing/").status_code == 404


def test_a_holiday_moves_tomorrow_and_the_button_says_so(login: Login, rep: User, keep) -> None:
    company = Company.get()
    company.workdays = [0, 1, 2, 3, 4, 5, 6]
    company.save()
    tomorrow = company.today + timedelta(days=1)
    browser, address = login(rep), f"{URL}?customer={keep(rep).pk}"
    assert "<span>Tomorrow</span>" in browser.get(address).content.decode()
    Holiday.objects.create(on=tomorrow, recorded_on=company.today)
    assert "<span>Tomorrow</span>" not in browser.get(address).content.decode()


def test_a_stage_that_goes_takes_its_proposal_along(db: None) -> None:
    """Loading tables that replace all others removes the stages that did not ship with the product."""
    shipped = Stage.objects.get(key="offer")
    samples = Stage.objects.create(key="samples", name="Samples", pipeline=shipped.pipeline)
    Outcome.objects.filter(key="reached").update(stage=samples)
    samples.delete()
    assert Outcome.objects.get(key="reached").stage is None
