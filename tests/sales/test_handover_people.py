"""Who comes and goes around a hand-over: whose last day changes, heirs who leave, who planned it, who was away."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer
from sales.handing_over.drafting import choose_lines
from sales.handing_over.due import do_due, is_due
from sales.models import Deal, Handover, HandoverLine, Task
from team.departures import deactivate
from team.models import Company, Employment, Membership, Notice, Team, User
from tests.sales.handovers import SINCE, book_of
from tests.sales.test_handover_wizard import begin, confirm, read, rule
from tests.team.test_leaving import gives_notice

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]
Login = Callable[[User], Client]


@pytest.fixture
def heirs(hire: Callable[..., User], north: Team) -> list[User]:
    return [hire(name, team=north, is_rep=True) for name in ("Anna", "Borys")]


def owners() -> set[User | None]:
    return {row.owner for row in Customer.everything.all()}


def says(browser: Client, handover: Handover, **words: str) -> None:
    """The first step once more."""
    known = {"last_day": str(handover.last_day), "reason": "resigned", "sign_in": "then"}
    answer = browser.post(f"/handovers/{handover.pk}/", known | words)
    assert answer.status_code == 303, answer.content.decode()


def test_sign_in_ends_at_once_though_notice_was_given_before(
    login: Login, admin: User, rep: User, heirs: list[User]
) -> None:
    book_of(rep, 2)
    browser, theirs = login(admin), login(rep)
    gives_notice(browser, rep)
    handover = Handover.everything.get()
    says(browser, handover, sign_in="now")
    rule(browser, handover, heirs)
    assert theirs.get("/today/").status_code == 200
    assert confirm(browser, handover).status_code == 303
    assert theirs.get("/today/").status_code == 302
    rep.refresh_from_db()
    employment = rep.employments.get(deleted_on=None)
    assert (rep.is_active, employment.leave_reason) == (False, "Moves abroad")
    assert employment.left_on == Company.get().today + timedelta(days=20)


def test_another_last_day_in_the_first_step_holds_once_it_is_done(
    login: Login, admin: User, rep: User, heirs: list[User]
) -> None:
    book_of(rep, 1)
    browser = login(admin)
    gives_notice(browser, rep, exports_stay="on")
    handover = Handover.everything.get()
    sooner = Company.get().today + timedelta(days=5)
    warning = "This hand-over ends their employment on"
    assert warning not in read(browser, handover, "check")
    says(browser, handover, last_day=sooner.isoformat())
    rule(browser, handover, heirs)
    assert f'{warning} <time datetime="{sooner}">' in read(browser, handover, "check")
    confirm(browser, handover)
    rep.refresh_from_db()
    assert (rep.leaves_on, rep.exports, rep.is_active) == (sooner, True, True)
    assert rep.employments.get(deleted_on=None).left_on == sooner
    assert Membership.objects.get(user=rep, deleted_on=None).to_on == sooner + timedelta(days=1)


def test_an_heir_who_gave_notice_since_takes_nothing(
    login: Login, admin: User, rep: User, heirs: list[User]
) -> None:
    book_of(rep, 2)
    browser = login(admin)
    handover = begin(browser, rep)
    rule(browser, handover, heirs)
    gives_notice(browser, heirs[0])
    answer = confirm(browser, handover)
    assert answer.status_code == 422
    assert "Anna cannot take over: they leave" in answer.content.decode()
    assert owners() == {rep}
    rule(browser, handover, heirs[1:])
    assert confirm(browser, handover).status_code == 303
    assert owners() == {heirs[1]}


def test_cover_of_somebody_who_left_meanwhile_stays_with_who_covers(
    login: Login, admin: User, manager: User, rep: User, heirs: list[User]
) -> None:
    book_of(rep, 2)
    browser = login(manager)
    ends = Company.get().today + timedelta(days=3)
    handover = begin(browser, rep, "cover", until=ends.isoformat())
    rule(browser, handover, heirs)
    confirm(browser, handover)
    deactivate(rep, by=admin)
    late = timezone.now() + timedelta(days=9)
    assert do_due(late) == 1 and not is_due(late)
    assert owners() == set(heirs)
    handover.refresh_from_db()
    assert (handover.state, handover.until) == ("applied", None)
    told = Notice.objects.get(kind="handover.stays")
    assert told.user == manager
    page = login(manager).get("/notices/").content.decode()
    assert "does not work here any more: it stays with who covers" in page


def test_an_absence_that_is_over_is_not_covered(
    login: Login, admin: User, rep: User, heirs: list[User]
) -> None:
    book_of(rep, 1)
    browser = login(admin)
    past = {"leaver": rep.pk, "last_day": "2026-01-05", "until": "2026-01-09"}
    answer = browser.post("/handovers/new/?kind=cover", past)
    assert answer.status_code == 422 and not Handover.everything.exists()
    assert "This day has passed" in answer.content.decode()
    today = Company.get().today
    handover = begin(
        browser,
        rep,
        "cover",
        last_day=str(today - timedelta(days=5)),
        until=str(today),
    )
    rule(browser, handover, heirs)
    # the draft lay about until the absence had passed
    Handover.everything.update(until=today - timedelta(days=1))
    answer = confirm(browser, handover)
    assert answer.status_code == 422 and "The absence is over" in answer.content.decode()
    assert owners() == {rep}


def test_who_scheduled_it_is_gone_so_administrators_are_told(
    login: Login, admin: User, hire: Callable[..., User], rep: User, heirs: list[User]
) -> None:
    book_of(rep, 1)
    other = hire("Zoe Second", is_admin=True)
    browser = login(other)
    last = Company.get().today + timedelta(days=2)
    handover = begin(browser, rep, last_day=last.isoformat())
    rule(browser, handover, heirs)
    assert confirm(browser, handover, effect="then").status_code == 303
    deactivate(other, by=admin)
    do_due(timezone.now() + timedelta(days=3))
    handover.refresh_from_db()
    assert handover.state == "draft" and owners() == {rep}
    told = Notice.objects.get(kind="handover.failed")
    assert (told.user, told.path) == (admin, f"/handovers/{handover.pk}/check/")


def test_who_scheduled_it_leads_nobody_any_more_so_administrators_are_told_but_for_who_leaves(
    login: Login, admin: User, manager: User, rep: User, heirs: list[User]
) -> None:
    """The leaver is an administrator too, and reads nothing of their own going."""
    book_of(rep, 1)
    User.objects.filter(pk=rep.pk).update(is_admin=True)
    browser = login(manager)
    last = Company.get().today + timedelta(days=2)
    handover = begin(browser, rep, last_day=last.isoformat())
    rule(browser, handover, heirs)
    assert confirm(browser, handover, effect="then").status_code == 303
    User.objects.filter(pk=manager.pk).update(is_manager=False, is_rep=True)
    do_due(timezone.now() + timedelta(days=3))
    handover.refresh_from_db()
    assert handover.state == "draft" and owners() == {rep}
    assert [one.user for one in Notice.objects.filter(kind="handover.failed")] == [admin]


def test_a_manager_who_leaves_spoils_no_plan_of_others(
    login: Login, admin: User, manager: User, rep: User, heirs: list[User]
) -> None:
    book_of(rep, 2)
    browser = login(admin)
    last = Company.get().today + timedelta(days=2)
    handover = begin(browser, rep, last_day=last.isoformat())
    rule(browser, handover, heirs)
    assert confirm(browser, handover, effect="then").status_code == 303
    User.objects.filter(pk=manager.pk).update(leaves_on=last)
    theirs, path = login(manager), f"/handovers/{handover.pk}/"
    read(theirs, handover, "check")
    line = handover.lines.first()
    assert line is not None
    for act, typed in (
        ("unschedule/", {}),
        ("discard/", {}),
        ("again/", {"do": "clear"}),
        ("holds/?kind=customer", {"every": "none"}),
        ("heirs/", {"rule": "one", "balance": "revenue", "heirs": [heirs[0].pk]}),
        ("give/", {f"to-{line.pk}": "pool"}),
        ("", {"last_day": "2027-01-01", "reason": "other"}),
    ):
        assert theirs.post(path + act, typed).status_code == 403, act
    stands = Handover.everything.get(pk=handover.pk)
    assert (stands.state, stands.last_day, stands.rule) == ("scheduled", last, "turn")
    assert handover.lines.filter(chosen=True, pool=False).count() == 2


def test_who_holds_nothing_is_sent_to_people(
    login: Login, admin: User, rep: User, heirs: list[User]
) -> None:
    browser = login(admin)
    handover = begin(browser, rep)
    rule(browser, handover, heirs)
    answer = confirm(browser, handover)
    assert answer.status_code == 422
    assert "Their employment is ended under People" in answer.content.decode()


def test_a_territory_of_people_one_leads_no_more_is_not_there(
    login: Login, manager: User, other_manager: User, rep: User, north: Team, heirs: list[User]
) -> None:
    book_of(rep, 4)
    browser = login(manager)
    browser.post("/handovers/new/?kind=territory", {"region": "East"})
    handover = Handover.everything.get()
    rule(browser, handover, heirs)
    assert "Customer 4" in read(browser, handover, "heirs")
    Team.objects.filter(pk=north.pk).update(manager=other_manager)
    for step in ("", "holds/", "heirs/", "check/"):
        assert browser.get(f"/handovers/{handover.pk}/{step}").status_code == 404
    typed = {"effect": "now", "password": "correct horse battery"}
    assert browser.post(f"/handovers/{handover.pk}/check/", typed).status_code == 404
    assert owners() == {rep}


def test_steps_of_deals_without_a_customer_have_an_heir(
    login: Login, admin: User, rep: User, heirs: list[User]
) -> None:
    book_of(rep, 1, deals=1, tasks=1)
    Deal.everything.update(customer=None)
    Task.everything.update(customer=None, deal=Deal.everything.get())
    browser = login(admin)
    handover = begin(browser, rep)
    rule(browser, handover, heirs)
    lines = {line.kind: line.receiver for line in HandoverLine.objects.all()}
    assert lines["deal"] in heirs and lines["task"] == lines["deal"]
    assert confirm(browser, handover).status_code == 303
    assert Task.everything.get().owner == lines["deal"]


def test_done_is_done_and_has_no_first_step(
    login: Login, admin: User, rep: User, heirs: list[User]
) -> None:
    book_of(rep, 1)
    browser = login(admin)
    handover = begin(browser, rep)
    rule(browser, handover, heirs)
    confirm(browser, handover)
    for step in ("", "holds/", "heirs/", "check/"):
        answer = browser.get(f"/handovers/{handover.pk}/{step}")
        assert answer["Location"] == f"/handovers/{handover.pk}/watch/", step


def test_the_last_day_is_changed_and_taken_back(
    login: Login, admin: User, rep: User, heirs: list[User]
) -> None:
    book_of(rep, 1)
    browser, today = login(admin), Company.get().today
    person = reverse("person-detail", args=[rep.pk])
    gives_notice(browser, rep)
    handover = Handover.everything.get()
    rule(browser, handover, heirs)
    assert confirm(browser, handover, effect="then").status_code == 303
    page = browser.get(person).content.decode()
    assert "Change the last day" in page and "They stay" in page and "Hire again" not in page
    later = {"last_day": str(today + timedelta(days=40)), "reason": "Moves abroad"}
    assert browser.post(f"{person}leave/", later).status_code == 303
    rep.refresh_from_db()
    handover.refresh_from_db()
    assert (rep.leaves_on, handover.last_day) == (today + timedelta(days=40),) * 2
    # it waited for another evening
    assert (handover.state, handover.effect_at) == ("draft", None)
    assert "The last working day is" in read(browser, handover, "check")
    assert Employment.objects.get(user=rep, deleted_on=None).left_on == rep.leaves_on
    assert Membership.objects.get(user=rep, deleted_on=None).to_on == today + timedelta(days=41)
    assert Handover.everything.count() == 1
    confirm(browser, handover, effect="then")
    assert browser.post(f"{person}stay/").status_code == 303
    rep.refresh_from_db()
    handover.refresh_from_db()
    assert (rep.leaves_on, rep.exports, rep.is_active) == (None, True, True)
    assert Employment.objects.get(user=rep, deleted_on=None).left_on is None
    assert Membership.objects.get(user=rep, deleted_on=None).to_on is None
    assert (handover.state, handover.problem) == ("draft", "Rita Rep stays after all.")
    do_due(timezone.now() + timedelta(days=99))
    assert owners() == {rep}
    assert browser.get(person).content.decode().count("End the employment") == 1


def test_a_last_day_that_tables_told_of_is_changed_too(
    login: Login, admin: User, rep: User
) -> None:
    """Loaded tables say who leaves, without anybody's notice."""
    browser = login(admin)
    Employment.objects.filter(user=rep).update(left_on=Company.get().today + timedelta(days=7))
    gives_notice(browser, rep)
    assert rep.leaves_on == Company.get().today + timedelta(days=20)
    assert Employment.objects.get(user=rep).left_on == rep.leaves_on
    assert Handover.everything.get().last_day == rep.leaves_on


@pytest.mark.parametrize("who", ["rep", "manager", "director"])
def test_only_administrators_say_that_somebody_stays(
    login: Login, request: pytest.FixtureRequest, admin: User, sub_rep: User, who: str
) -> None:
    gives_notice(login(admin), sub_rep)
    viewer: User = request.getfixturevalue(who)
    answer = login(viewer).post(reverse("person-stay", args=[sub_rep.pk]))
    assert answer.status_code in (403, 404)
    sub_rep.refresh_from_db()
    assert sub_rep.is_leaving


def test_who_left_is_not_kept(login: Login, admin: User, rep: User) -> None:
    left = date(2026, 2, 1)
    Employment.objects.filter(user=rep).update(left_on=left, recorded_on=SINCE)
    login(admin).post(reverse("person-stay", args=[rep.pk]))
    assert Employment.objects.get(user=rep).left_on == left


def test_what_goes_over_is_said_as_it_is_counted(
    login: Login, admin: User, rep: User, heirs: list[User]
) -> None:
    """Of a part what was chosen, with its money; the words stand in the number of what they count."""
    book_of(rep, 7, deals=1)
    browser = login(admin)
    part = begin(browser, rep, "partial")
    line = part.lines.get(kind="customer", cents=200)
    choose_lines(part, [line.pk], chosen=True, by=admin)
    rule(browser, part, heirs)
    assert "1 customer · <" in read(browser, part, "heirs")
    whole = begin(browser, rep)
    assert "7 customers · 1 deal · <" in read(browser, whole, "heirs")
    User.objects.filter(pk=admin.pk).update(language="uk")
    assert "7 клієнтів · 1 угода · " in read(login(admin), whole, "heirs")
