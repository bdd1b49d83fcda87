"""A hand-over for a day ahead: done as that day begins, once, and told with what had changed."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from customers.models import Customer, Ownership
from sales.handing_over.applying import apply
from sales.handing_over.checking_history import check_history
from sales.handing_over.due import do_due, is_due
from sales.handing_over.undoing import undo
from sales.models import Handover
from team.jobs.running import run
from team.jobs.schedule import ask_due
from team.models import AuditEntry, Company, Employment, Notice, Team, User
from team.notices import sentence_of
from tests.sales.handovers import book_of, tables
from tests.sales.test_handover_wizard import begin, confirm, read, rule

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]
Login = Callable[[User], Client]


@pytest.fixture
def heirs(hire: Callable[..., User], north: Team) -> list[User]:
    return [hire(name, team=north, is_rep=True) for name in ("Anna", "Borys")]


def day(ahead: int) -> date:
    return Company.get().today + timedelta(days=ahead)


def scheduled(browser: Client, rep: User, heirs: list[User], ahead: int = 4) -> Handover:
    handover = begin(browser, rep, last_day=str(day(6)))
    rule(browser, handover, heirs)
    answer = confirm(browser, handover, effect="on", day=f"{day(ahead):%d.%m.%Y}")
    assert answer.status_code == 303, answer.content.decode()
    handover.refresh_from_db()
    return handover


def test_the_chosen_day_begins_with_the_new_owners_and_what_changed_is_told(
    login: Login, admin: User, rep: User, heirs: list[User], keep: Any, other_rep: User
) -> None:
    made = book_of(rep, 4, deals=1)
    browser = login(admin)
    handover = scheduled(browser, rep, heirs)
    zone = ZoneInfo("Europe/Kyiv")
    assert handover.state == "scheduled" and handover.effect_at is not None
    assert handover.effect_at == datetime.combine(day(4), datetime.min.time(), tzinfo=zone)
    assert "as the day begins" in read(browser, handover, "check")
    assert Customer.everything.filter(owner=rep).count() == 4
    keep(rep, "Came since")
    Customer.everything.filter(pk=made[0].pk).update(owner=other_rep)
    Ownership.everything.filter(customer=made[0]).update(rep=other_rep)
    minute = timedelta(minutes=1)
    with time_machine.travel(handover.effect_at - minute, tick=False):
        assert not [job for job in ask_due(timezone.now()) if job.kind == "sales.handovers"]
    with time_machine.travel(handover.effect_at + minute, tick=False):
        first_day = Company.get().today
        jobs = [job for job in ask_due(timezone.now()) if job.kind == "sales.handovers"]
        assert len(jobs) == 1 and run(jobs[0].pk)
        assert not is_due(timezone.now()) and do_due(timezone.now()) == 0
    handover.refresh_from_db()
    assert (handover.state, handover.applied_by) == ("applied", admin)
    assert not Customer.everything.filter(owner=rep).exists()
    moved = Ownership.everything.filter(to_on=None, deleted_on=None, rep__in=heirs)
    assert {period.from_on for period in moved} == {first_day} and len(moved) == 4
    notice = Notice.objects.get(kind="handover.done")
    assert (notice.user, notice.path) == (admin, f"/handovers/{handover.pk}/watch/")
    told = sentence_of(notice)
    assert "The hand-over of Rita Rep is done: 5 records." in told
    assert "came and went along: 1 (Came since)." in told
    assert "left where it is: 1 (Customer 1)." in told
    assert AuditEntry.objects.filter(action="hand over").count() == 1


def test_what_breaks_on_one_holds_up_no_other(
    login: Login, admin: User, rep: User, sub_rep: User, heirs: list[User], monkeypatch: Any
) -> None:
    """The database of the first is out of order for a while: the second happens on its day all the same."""
    book_of(rep, 2)
    book_of(sub_rep, 3)
    first = scheduled(login(admin), rep, heirs)
    second = scheduled(login(admin), sub_rep, heirs)
    assert second.effect_at is not None

    def breaking(handover: Handover, **told: Any) -> Any:
        if handover.pk == first.pk:
            raise OperationalError("the connection is gone")
        return apply(handover, **told)

    with time_machine.travel(second.effect_at + timedelta(minutes=1), tick=False):
        with monkeypatch.context() as broken:
            broken.setattr("sales.handing_over.due.apply", breaking)
            with pytest.raises(OperationalError):
                do_due(timezone.now())
        assert not Customer.everything.filter(owner=sub_rep).exists()
        assert Customer.everything.filter(owner=rep).count() == 2
        first.refresh_from_db()
        assert (first.state, first.problem) == ("scheduled", "")
        assert do_due(timezone.now()) == 1
    assert not Customer.everything.filter(owner=rep).exists()


def test_a_draft_again_while_others_of_its_minute_are_done_it_stays_one(
    login: Login, admin: User, rep: User, sub_rep: User, heirs: list[User], monkeypatch: Any
) -> None:
    book_of(rep, 2)
    book_of(sub_rep, 3)
    first = scheduled(login(admin), rep, heirs)
    second = scheduled(login(admin), sub_rep, heirs)
    assert second.effect_at is not None
    with time_machine.travel(second.effect_at + timedelta(minutes=1), tick=False):
        browser = login(admin)

        def slow(handover: Handover, **told: Any) -> Any:
            if handover.pk == first.pk:
                browser.post(f"/handovers/{second.pk}/unschedule/")
            return apply(handover, **told)

        monkeypatch.setattr("sales.handing_over.due.apply", slow)
        assert do_due(timezone.now()) == 1
    second.refresh_from_db()
    assert second.state == "draft"
    assert Customer.everything.filter(owner=sub_rep).count() == 3


def test_taken_back_it_is_as_it_was(
    login: Login, admin: User, rep: User, heirs: list[User]
) -> None:
    book_of(rep, 3, deals=2, tasks=3, leads=1)
    handover = scheduled(login(admin), rep, heirs)
    assert handover.effect_at is not None
    with time_machine.travel(handover.effect_at + timedelta(minutes=1), tick=False):
        before = tables()
        assert do_due(timezone.now()) == 1
        undo(Handover.everything.get(), by=admin)
        after = tables()
        # the employment that the hand-over ended stays ended: taking back gives records back, no job
        ends = {"team.Employment", "team.User", "team.Membership"}
        assert {k: v for k, v in after.items() if k not in ends} == {
            k: v for k, v in before.items() if k not in ends
        }


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"effect": "on", "day": ""}, "Choose the day."),
        ({"effect": "on", "day": "01.01.2020"}, "Choose a day that lies ahead."),
        ({"effect": "on", "day": "01.01.2036"}, "At most a year ahead."),
        ({"effect": "now", "day": "31.12.2026"}, "You wrote a day: choose it, or empty the field."),
        ({"effect": "on", "day": "31.12.2026"}, "Note on their page first when they leave."),
        ({"effect": "on", "day": "30.11.2026", "password": "wrong"}, "password"),
    ],
)
def test_days_that_cannot_be(
    typed: dict[str, str], told: str, login: Login, admin: User, rep: User, heirs: list[User]
) -> None:
    with time_machine.travel(datetime(2026, 11, 24, 9, tzinfo=ZoneInfo("Europe/Kyiv")), tick=False):
        book_of(rep, 1)
        browser = login(admin)
        handover = begin(browser, rep, last_day=str(day(6)))
        rule(browser, handover, heirs[:1])
        answer = confirm(browser, handover, **typed)
        assert answer.status_code == 422 and told in answer.content.decode()
        handover.refresh_from_db()
        assert handover.state == "draft" and handover.effect_at is None
        assert Customer.everything.get().owner == rep


def test_today_is_now(login: Login, admin: User, rep: User, heirs: list[User]) -> None:
    book_of(rep, 1)
    browser = login(admin)
    handover = begin(browser, rep, "partial")
    handover.lines.update(chosen=True)
    rule(browser, handover, heirs[:1])
    answer = confirm(browser, handover, effect="on", day=f"{day(0):%d.%m.%Y}")
    assert answer["Location"] == f"/handovers/{handover.pk}/watch/"
    assert Customer.everything.get().owner == heirs[0]


def test_after_the_last_day_where_their_leaving_is_noted_already(
    login: Login, admin: User, rep: User, heirs: list[User]
) -> None:
    book_of(rep, 2)
    Employment.objects.filter(user=rep).update(left_on=day(6))
    handover = scheduled(login(admin), rep, heirs, ahead=10)
    assert handover.effect_at is not None
    with time_machine.travel(handover.effect_at, tick=False):
        assert do_due(timezone.now()) == 1
        assert not Customer.everything.filter(owner=rep).exists()
        assert check_faults() == []


def check_faults() -> list[Any]:
    return [
        fault for book in check_history(f"{Company.get().today:%Y-%m-%d}") for fault in book.faults
    ]


def test_a_part_is_scheduled_too_and_a_draft_again_happens_never(
    login: Login, admin: User, rep: User, heirs: list[User]
) -> None:
    book_of(rep, 2)
    browser = login(admin)
    handover = begin(browser, rep, "partial")
    handover.lines.update(chosen=True)
    rule(browser, handover, heirs[:1])
    confirm(browser, handover, effect="on", day=f"{day(3):%d.%m.%Y}")
    handover.refresh_from_db()
    at = handover.effect_at
    assert handover.state == "scheduled" and at is not None
    browser.post(f"/handovers/{handover.pk}/unschedule/")
    assert not is_due(at) and do_due(at) == 0
    assert Customer.everything.filter(owner=rep).count() == 2
