"""What can still be stopped is told as it stands: who has no new owner, who was not called yet, what leads are open."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer, Ownership
from reports.models import Act
from reports.screens.screen import screen_of
from sales.models import Campaign, Handover, Lead, Task
from team.models import Employment, User
from tests.kept import kept
from tests.reports.pages import buys, day
from tests.reports.test_screens import lead, take_all

pytestmark = pytest.mark.thorough

Login = Callable[[User], Client]
PAGE = "/losses/departed-reps/"


@pytest.fixture
@kept
def five(rep: User, sub_rep: User) -> dict[str, Customer]:
    """Sasha has left: two are still Sasha's, one is nobody's, and Rita has taken over two without a call."""
    made = {name: buys("active", name, sub_rep, 100_00) for name in ("A", "B", "C", "D", "E")}
    for name, to in (("C", None), ("D", rep), ("E", rep)):
        one = made[name]
        Ownership.everything.filter(customer=one).update(to_on=day(15))
        if to is not None:
            since = day(15)
            Ownership.everything.create(customer=one, rep=to, from_on=since, recorded_on=since)
        Customer.everything.filter(pk=one.pk).update(owner=to)
    Employment.objects.filter(user=sub_rep).update(left_on=day(20))
    User.objects.filter(pk=sub_rep.pk).update(is_active=False)
    take_all()
    return made


def stop_of(browser: Client, number: int) -> Any:
    rows = browser.get(reverse("losses")).context["rows"]
    return next(row for row in rows if row.number == number).stop


def owners() -> dict[str, str | None]:
    return dict(Customer.everything.values_list("name", "owner__name"))


def test_customers_taken_over_are_told_apart_from_those_without_an_owner(
    five: dict[str, Customer], login: Login, manager: User, rep: User
) -> None:
    browser = login(manager)
    stop = stop_of(browser, 6)
    assert (stop.count, stop.label) == (5, "Hand over 3")
    told = "Customers who change hands: 3 without a new owner, 2 not safe yet with theirs"
    assert stop.text == told
    page = browser.get(stop.url.split("#")[0])
    notes = [str(text) for figure in page.context["strip"] for text, _url in figure.notes]
    assert "3 customers wait to be handed over" in notes
    assert "2 wait for the first call of their new owners" in notes
    assert page.context["listing"].count == 5
    assert stop_of(login(rep), 6).label == "Call 2"


def test_handing_over_the_whole_list_takes_nobody_away_from_who_received_them(
    five: dict[str, Customer], login: Login, manager: User
) -> None:
    browser, before = login(manager), owners()
    where = {"list": "to_hand_over", "all": "1", "do": "hand-over"}
    look = browser.get(f"{PAGE}act/", where)
    shown = look.content.decode()
    assert "Hand over 3 customers" in shown
    assert "2 customers have new owners already: they stay there" in shown
    body = {
        "all": "1", "do": "hand-over", "to": manager.pk, "expected": "5", "next": PAGE,
        "seen": look.context["told"].seen, "client_ref": str(uuid.uuid4()),
    }  # fmt: skip
    browser.post(f"{PAGE}plan/?list=to_hand_over", body)
    taken = dict.fromkeys(("A", "B", "C"), manager.name)
    assert owners() == before | taken and before["D"] == before["E"] == "Rita Rep"
    browser.post(f"{PAGE}plan/?list=to_hand_over", body | {"seen": "", "client_ref": ""})
    said = browser.get(PAGE).content.decode()
    assert "5 customers have new owners already: they stay there" in said
    assert owners() == before | taken and Act.everything.count() == 1
    assert stop_of(browser, 6).label == "Call 5"


def test_those_whom_a_deed_is_not_for_are_no_rest_to_compare_with(
    five: dict[str, Customer], login: Login, manager: User
) -> None:
    browser = login(manager)
    body = {"do": "hand-over", "to": manager.pk, "next": PAGE, "row": [five["A"].pk]}
    browser.post(f"{PAGE}plan/?list=to_hand_over", body)
    browser.post(
        f"{PAGE}plan/?list=to_hand_over",
        {"do": "call", "due_on": str(day(-2)), "next": PAGE, "row": [five["D"].pk]},
    )
    rests = [
        set(act.items.filter(treated=False).values_list("subject_id", flat=True))
        for act in Act.everything.order_by("pk")
    ]
    # handed over, A waits for a call of its new owner as E does
    assert rests == [{five["B"].pk, five["C"].pk}, {five["A"].pk, five["E"].pk}]


@pytest.mark.parametrize("do", ["call", "remind"])
def test_only_who_was_taken_over_is_called_by_the_new_owner(
    do: str, five: dict[str, Customer], login: Login, manager: User, rep: User
) -> None:
    browser = login(manager)
    look = browser.get(f"{PAGE}act/", {"list": "to_hand_over", "all": "1", "do": do})
    assert look.context["told"].people == [("Rita Rep", 2)]
    assert "3 customers have no new owner yet: hand them over first." in look.content.decode()
    body = {"all": "1", "do": do, "due_on": str(day(-2)), "next": PAGE}
    browser.post(f"{PAGE}plan/?list=to_hand_over", body)
    planned = Task.everything.values_list("customer__name", "owner")
    assert set(planned) == {("D", rep.pk), ("E", rep.pk)}
    browser.post(f"{PAGE}plan/?list=to_hand_over", body | {"all": "", "row": [five["A"].pk]})
    said = browser.get(PAGE).content.decode()
    assert "1 customer has no new owner yet: hand it over first. Nothing was done." in said
    assert Task.everything.count() == 2


def test_leads_that_are_won_or_closed_are_not_told_as_to_be_won(
    login: Login, manager: User, rep: User
) -> None:
    """Of five young leads without an answer one is won and one closed since; by hand 3 are open."""
    campaign = Campaign.objects.create(name="Fair", reference="FAIR")
    leads = [lead(f"L{n}", rep, 10, None, campaign) for n in range(5)]
    Lead.everything.filter(pk=leads[0].pk).update(converted_on=day(3))
    Lead.everything.filter(pk=leads[1].pk).update(closed_on=day(3), closed_reason="lost")
    take_all()
    browser = login(manager)
    stop = stop_of(browser, 2)
    told = "3 of 5 leads answered late or not at all can still be won"
    assert (stop.count, stop.label, stop.text) == (5, "Answer 3 leads", told)
    page = browser.get(stop.url.split("#")[0])
    notes = [str(text) for figure in page.context["strip"] for text, _url in figure.notes]
    assert "3 of 5 leads can still be won; the rest is won or closed" in notes
    slug = screen_of("leakage")
    assert slug is not None
    where = {"list": "at_risk", "all": "1", "do": "answer"}
    assert browser.get(f"{slug.address}act/", where).context["told"].n == 3


def test_the_page_narrowed_to_who_left_leads_to_their_hand_over(
    five: dict[str, Customer], login: Login, manager: User, sub_rep: User, rep: User
) -> None:
    now = timezone.now()
    told = {"by": manager, "saved_at": now, "asks_at": now, "applied_at": now, "state": "applied"}
    made = Handover.everything.create(kind="departure", leaver=sub_rep, **told)
    Handover.everything.create(kind="cover", leaver=sub_rep, **told)
    browser = login(manager)

    def leads_to(address: str) -> list[str]:
        return [link.url for link in browser.get(address).context["links"]]

    assert leads_to(f"{PAGE}?owner={sub_rep.pk}") == [f"/handovers/{made.pk}/watch/"]
    assert leads_to(PAGE) == leads_to(f"{PAGE}?owner={rep.pk}") == ["/handovers/care/"]
