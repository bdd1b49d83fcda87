"""Reminders: the hour of a step and the end of a lead's clock, once each, and who is told of what was given."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from customers.ownership import assign
from sales.days.next_steps import change_task
from sales.days.reminding import is_due, remind, tell_of_steps
from sales.leads.lead_ownership import assign_leads
from sales.models import Lead, Task
from team.audit import Actor, acting
from team.jobs.running import run
from team.jobs.schedule import ask_due
from team.models import Job, Notice, User

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]
# 11:00 in Kyiv, where the company is.
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def _step(owner: User | None, at: time | None, day: date = TODAY, **values: object) -> Task:
    return Task.everything.create(title="Call", owner=owner, due_on=day, due_at=at, **values)


def _told(user: User) -> list[tuple[str, dict[str, object]]]:
    return list(Notice.objects.filter(user=user).order_by("pk").values_list("kind", "told"))


def test_a_step_is_told_a_quarter_of_an_hour_before_its_hour_and_once(rep: User, keep) -> None:
    _step(rep, time(11, 15), customer=keep(rep, name="Bakery"))
    for at in (time(11, 16), time(8, 59), None):
        _step(rep, at)
    _step(rep, time(11, 10), day=TODAY + timedelta(days=1))
    _step(rep, time(11, 10), state=Task.State.DONE)
    _step(None, time(11, 10))
    assert is_due(NOW)
    assert remind(NOW) == 1
    assert _told(rep) == [("task.hour", {"at": "11:15", "title": "Call", "who": "Bakery"})]
    assert not is_due(NOW)
    assert remind(NOW + timedelta(minutes=1)) == 1  # that of 11:16
    assert remind(NOW + timedelta(minutes=1)) == 0


def test_another_hour_is_another_promise(rep: User) -> None:
    step = _step(rep, time(11, 10))
    remind(NOW)
    Task.everything.filter(pk=step.pk).update(due_at=time(11, 12))
    assert remind(NOW) == 1


def test_before_and_after_midnight_each_day_keeps_its_own(rep: User) -> None:
    late, early = _step(rep, time(23, 55)), _step(rep, time(0, 5), day=TODAY + timedelta(days=1))
    before_midnight = datetime(2026, 11, 23, 21, 50, tzinfo=UTC)
    assert remind(before_midnight) == 1
    assert Notice.objects.get().key.startswith(f"{late.pk} ")
    assert remind(before_midnight + timedelta(minutes=20)) == 1
    assert Notice.objects.latest("pk").key.startswith(f"{early.pk} ")


def test_who_may_not_sign_in_is_told_nothing_and_nothing_is_due(rep: User) -> None:
    _step(rep, time(11, 10))
    User.objects.filter(pk=rep.pk).update(is_active=False)
    assert not is_due(NOW)


def _lead(owner: User | None, due: datetime, **values: object) -> Lead:
    return Lead.everything.create(
        name="Bakery", owner=owner, response_due_at=due, recorded_on=TODAY, **values
    )


def test_a_lead_is_told_an_hour_before_it_goes_late(rep: User) -> None:
    hour = timedelta(hours=1)
    _lead(rep, NOW + hour)
    for owner, due, values in (
        (rep, NOW + hour + timedelta(minutes=1), {}),
        (rep, NOW, {}),
        (None, NOW + hour, {}),
        (rep, NOW + hour, {"first_touch_at": NOW}),
        (rep, NOW + hour, {"closed_on": TODAY}),
    ):
        _lead(owner, due, **values)
    assert remind(NOW) == 1
    assert _told(rep) == [("lead.late", {"name": "Bakery"})]


def test_the_beat_asks_for_reminders_while_there_are_any(rep: User) -> None:
    def asked() -> list[Job]:
        return [job for job in ask_due(NOW) if job.kind == "sales.remind"]

    assert asked() == []
    _step(rep, time(11, 10))
    (job,) = asked()
    assert asked() == [job]
    run(job.pk)
    assert Notice.objects.count() == 1
    assert asked() == []


def test_a_step_planned_for_somebody_else_is_told_and_ones_own_is_not(
    login: Login, rep: User, manager: User, keep
) -> None:
    customer = keep(rep, name="Bakery")

    def plan(by: User, owner: User) -> None:
        form = login(by).get(f"/tasks/new/?customer={customer.pk}").context["form"]
        typed = {
            "title": "Ask for the offer",
            "kind": "call",
            "due_on": f"{TODAY + timedelta(days=2):%d.%m.%Y}",
            "owner": owner.pk,
            "client_ref": form["client_ref"].value(),
        }
        answer = login(by).post(f"/tasks/new/?customer={customer.pk}", typed)
        assert answer.status_code == 303, answer.context["form"].errors

    plan(rep, rep)
    assert Notice.objects.count() == 0
    plan(manager, rep)
    told = {"by": manager.name, "title": "Ask for the offer", "n": 1}
    assert _told(rep) == [("task.given", told)]


def test_who_is_given_a_step_that_was_somebody_elses_is_told(
    rep: User, sub_rep: User, manager: User
) -> None:
    step = _step(rep, None)
    change_task(step, {"owner": sub_rep}, by=manager, version=1)
    change_task(step, {"title": "Write"}, by=manager, version=2)
    assert (len(_told(sub_rep)), len(_told(rep))) == (1, 0)


def test_many_steps_of_one_act_are_one_notice(rep: User, manager: User) -> None:
    tell_of_steps([_step(rep, None), _step(rep, None)], manager)
    assert [told["n"] for _kind, told in _told(rep)] == [2]
    assert Notice.objects.get().path == "/tasks/"


def test_two_groups_of_one_act_are_both_told(rep: User) -> None:
    leads = [_lead(None, NOW + timedelta(days=1)).pk for _n in range(5)]
    with acting(Actor()):
        assign_leads(leads[:2], rep, on=TODAY, by=None)
        assign_leads(leads[2:], rep, on=TODAY, by=None)
    assert [told["n"] for _kind, told in _told(rep)] == [2, 3]


def test_who_gets_customers_or_leads_is_told_once_an_act(rep: User, admin: User, keep) -> None:
    kept = [keep(None, name=f"Bakery {n}") for n in range(3)]
    assign([one.pk for one in kept], rep, on=TODAY, by=admin)
    lead = _lead(None, NOW + timedelta(days=1))
    assign_leads([lead.pk], rep, on=TODAY, by=None)
    assert _told(rep) == [
        ("customer.given", {"n": 3, "name": "", "by": admin.name}),
        ("lead.given", {"n": 1, "name": "Bakery", "by": ""}),
    ]
    assert list(Notice.objects.order_by("pk").values_list("path", flat=True)) == [
        "/customers/",
        f"/leads/{lead.pk}/",
    ]


def test_what_one_takes_oneself_or_what_lies_back_is_told_to_nobody(
    rep: User, admin: User, keep
) -> None:
    assign([keep(None, name="Bakery").pk], rep, on=TODAY, by=rep)
    assign([keep(None, name="Mill").pk], rep, on=TODAY - timedelta(days=40), by=admin)
    assert not Notice.objects.exists()
