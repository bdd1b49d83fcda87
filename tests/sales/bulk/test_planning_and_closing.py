"""A task for each of many records, and many leads closed for one reason."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from sales.models import (
    Lead,
    LeadEnding,
    LeadReason,
    Task,
)
from team.models import Company, Notice, User
from tests.sales.bulk.kit import act, chosen, leads_of, rows_of, told, undo

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]


def test_a_task_for_each_for_who_looks_after_it(
    login: Login, manager: User, rep: User, sub_rep: User, keep: Any
) -> None:
    rows = [keep(rep, "A"), keep(sub_rep, "B"), keep(None, "Pool")]
    browser, today = login(manager), Company.get().today
    typed = {"text": "Offer the spring list", "due_on": f"{today:%d.%m.%Y}"}
    answer = act(browser, "customer", "plan", chosen(*rows), **typed)
    assert told(answer, browser) == "Task «Offer the spring list» planned: 3 customers."
    tasks = Task.everything.order_by("customer__name")
    assert [(task.customer, task.owner, task.due_on) for task in tasks] == [
        (rows[0], rep, today), (rows[1], sub_rep, today), (rows[2], manager, today),
    ]  # fmt: skip
    given = Notice.objects.filter(kind="task.given").order_by("user")
    assert {one.user for one in given} == {rep, sub_rep}
    Task.everything.filter(pk=tasks[0].pk).update(version=2, title="Mine by now")
    undo(browser)
    states = [task.state for task in Task.everything.order_by("customer__name")]
    assert states == ["open", "dropped", "dropped"]
    past = act(browser, "customer", "plan", chosen(rows[0]), text="x", due_on="01.01.2020")
    assert past.status_code == 422
    assert "This day has passed." in past.content.decode()
    foreign = act(
        login(rep), "customer", "plan", chosen(rows[0]), **typed, to=sub_rep.pk
    )  # a rep names nobody: the owner gets it
    assert foreign.status_code == 303
    assert Task.everything.latest("pk").owner == rep


def test_leads_are_closed_for_a_reason_off_the_list(login: Login, rep: User) -> None:
    lead = Lead.everything.create(name="Small Ltd", owner=rep)
    small = LeadReason.objects.get(key="too_small")
    assert act(login(rep), "lead", "close", chosen(lead), text="disqualified").status_code == 422
    act(login(rep), "lead", "close", chosen(lead), text=f"disqualified:{small.pk}")
    lead.refresh_from_db()
    ending = LeadEnding.everything.get(lead=lead)
    assert (lead.closed_reason, ending.reason, ending.why) == (
        "disqualified", "disqualified", small,
    )  # fmt: skip


def test_leads_are_closed_and_opened_again(login: Login, rep: User) -> None:
    leads = leads_of(rep, 3)
    Lead.everything.filter(pk=leads[2].pk).update(converted_on=date(2026, 11, 3))
    before = rows_of(Lead)
    browser = login(rep)
    answer = act(browser, "lead", "close", chosen(*leads), text="junk")
    assert told(answer, browser) == "Closed: 2 leads. Left as they were: 1."
    today = Company.get().today
    closed = Lead.everything.filter(closed_on=today, closed_reason="junk", version=2)
    assert set(closed) == set(leads[:2])
    assert LeadEnding.everything.filter(kind="closed", reason="junk", on=today).count() == 2
    undo(browser)
    assert rows_of(Lead) == before
    assert LeadEnding.everything.filter(deleted_on__isnull=True).count() == 0
    assert act(browser, "lead", "close", chosen(*leads), text="nonsense").status_code == 422
    none = act(browser, "lead", "close", chosen(leads[2]), text="junk")
    assert "none of them to which it can be done" in told(none, browser)


@pytest.mark.parametrize(
    ("today", "due"), [(date(2026, 11, 27), "27.11"), (date(2026, 11, 28), "30.11")]
)
def test_many_tasks_are_proposed_for_a_worked_day(
    login: Login, rep: User, keep: Any, today: date, due: str
) -> None:
    """Friday is one; on Saturday it is Monday."""
    row = keep(rep)
    noon = datetime(today.year, today.month, today.day, 10, tzinfo=UTC)
    with time_machine.travel(noon, tick=False):
        page = login(rep).get(f"/bulk/customer/?do=plan&row={row.pk}").content.decode()
    field = re.search(r'<input[^>]*name="with-due_on"[^>]*>', page)
    assert field is not None
    assert (
        f'value="{due}.2026"' in field.group()
        or f'value="2026-{due[3:]}-{due[:2]}"' in field.group()
    )
