"""Cover for an absence that meets something else: notice, another absence, who covers leaves."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from customers.models import Customer
from sales.handing_over.checking_history import check_history
from sales.handing_over.due import do_due
from sales.models import Deal, Handover, Lead, LeadEscalation, LeadRule, Task
from team.departures import end_employment
from team.models import Company, Notice, Team, User
from team.notices import sentence_of
from tests.sales.handovers import book_of
from tests.sales.test_handover_wizard import begin, confirm, read, rule

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]
Login = Callable[[User], Client]


@pytest.fixture
def heirs(hire: Callable[..., User], north: Team) -> list[User]:
    return [hire(name, team=north, is_rep=True) for name in ("Anna", "Borys")]


def covered(browser: Client, away: User, by: User, days: int) -> Handover:
    until = Company.get().today + timedelta(days=days)
    handover = begin(browser, away, "cover", until=until.isoformat())
    rule(browser, handover, [by], rule="one")
    assert confirm(browser, handover).status_code == 303
    handover.refresh_from_db()
    return handover


def owners() -> set[str]:
    """Whose all of it is, of every kind."""
    names: set[str] = set()
    for model in (Customer, Deal, Lead, Task):
        names |= set(model.everything.values_list("owner__name", flat=True))
    return names | set(LeadRule.objects.values_list("people__name", flat=True))


def full_book(owner: User) -> None:
    book_of(owner, 3, deals=2, tasks=4, leads=2)
    LeadRule.objects.create(name="East", way="turn").people.set([owner])


def days_later(days: int) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
        assert do_due(timezone.now()) == 1
        checked = check_history(Company.get().today.isoformat())
        assert not any(one.faults or one.gaps for one in checked)


def test_an_absence_that_ends_with_the_last_day_gives_nothing_back(
    login: Login, admin: User, rep: User, heirs: list[User]
) -> None:
    """It is over at midnight, and the sign-in of who left ends ten minutes later."""
    book_of(rep, 3)
    cover = covered(login(admin), rep, heirs[0], 6)
    assert cover.until is not None
    end_employment(rep, last_day=cover.until, reason="", sign_in_ends_now=False, by=admin)
    night = datetime.combine(cover.until + timedelta(days=1), time(0, 1), Company.get().zone)
    with time_machine.travel(night, tick=False):
        do_due(timezone.now())
    cover.refresh_from_db()
    assert (cover.state, cover.until) == ("applied", None)
    assert owners() == {"Anna"}


def test_who_covers_leaves_and_what_is_covered_comes_back_all_the_same(
    login: Login, admin: User, rep: User, heirs: list[User]
) -> None:
    full_book(rep)
    anna, borys = heirs
    browser = login(admin)
    covered(browser, rep, anna, 6)
    leaving = begin(browser, anna)
    rule(browser, leaving, [borys], rule="one")
    assert confirm(browser, leaving).status_code == 303
    assert owners() == {"Borys"}
    days_later(8)
    assert owners() == {rep.name}


def test_who_covers_is_away_too(login: Login, admin: User, rep: User, heirs: list[User]) -> None:
    """Whichever of the two is back first: who was away first has it in the end, and keeps it."""
    full_book(rep)
    anna, borys = heirs
    browser = login(admin)
    covered(browser, rep, anna, 6)
    second = covered(browser, anna, borys, 9)
    assert owners() == {"Borys"}
    browser.post(f"/handovers/{second.pk}/undo/")
    assert owners() == {"Anna"}
    covered(browser, anna, borys, 9)
    days_later(8)
    assert owners() == {rep.name}
    days_later(12)
    assert owners() == {rep.name}


def test_who_covers_is_back_before_who_was_away_first(
    login: Login, admin: User, rep: User, heirs: list[User]
) -> None:
    full_book(rep)
    anna, borys = heirs
    browser = login(admin)
    covered(browser, rep, anna, 9)
    covered(browser, anna, borys, 6)
    days_later(8)
    assert owners() == {"Anna"}
    days_later(12)
    assert owners() == {rep.name}


def test_who_comes_back_has_as_long_for_a_late_lead_as_was_left(
    login: Login, admin: User, rep: User, heirs: list[User]
) -> None:
    book_of(rep, 1, leads=1)
    lead, turn = Lead.everything.get(), LeadRule.objects.create(name="East", way="turn")
    due = timezone.now() + timedelta(hours=3)
    late = LeadEscalation.everything.create(lead=lead, level=1, rule=turn, pass_on_at=due)
    covered(login(admin), rep, heirs[0], 6)
    back = timezone.now() + timedelta(days=8)
    with time_machine.travel(back, tick=False):
        do_due(timezone.now())
    late.refresh_from_db()
    assert late.pass_on_at is not None
    left = late.pass_on_at - back
    assert timedelta(hours=2, minutes=50) < left <= timedelta(hours=3)


def test_nobody_is_promised_after_care_of_cover_or_of_what_was_taken_back(
    login: Login, admin: User, rep: User, heirs: list[User]
) -> None:
    book_of(rep, 2)
    browser = login(admin)
    cover = covered(browser, rep, heirs[0], 6)
    page = read(browser, cover, "watch")
    assert cover.until is not None and "They go back by themselves after" in page
    days_later(8)
    notice = Notice.objects.get(kind="handover.returned")
    assert sentence_of(notice) == (
        f"The absence of {rep.name} is over: what you covered for them went back."
    )
    leaving = begin(browser, rep)
    rule(browser, leaving, heirs[:1], rule="one")
    confirm(browser, leaving)
    stands = read(browser, leaving, "watch")
    browser.post(f"/handovers/{leaving.pk}/undo/")
    back = read(browser, leaving, "watch")
    for promise in ("180 days", "watched until", "goal within 48 h", "due ", "are reminded"):
        assert promise in stands
        assert promise not in page and promise not in back
    assert "given on" not in back
