"""Acts over many records through the door: looked at, done once, told, taken back to the last row."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.models import Customer, CustomerTag, Tag
from sales.models import (
    BulkAct,
)
from team.models import Company, User
from tests.sales.bulk.kit import act, chosen, leads_of, owners, told, undo

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]
Login = Callable[[User], Client]


def test_a_look_tells_how_many_and_how_much_and_does_nothing(
    login: Login, manager: User, rep: User, sub_rep: User, keep: Any
) -> None:
    rows = [keep(rep, "A", annual_cents=100_00), keep(sub_rep, "B", annual_cents=200_00)]
    browser = login(manager)
    page = browser.get(f"/bulk/customer/?do=give&{chosen(*rows)}").content.decode()
    assert "Give to another owner: 2 customers" in page and "300" in page
    part = browser.post(
        f"/bulk/customer/?do=give&{chosen(*rows)}",
        {"check": "1", "with-to": str(rep.pk)},
        headers={"HX-Request": "true"},
    ).content.decode()
    assert "<html" not in part
    assert "Rita Rep has it already" in part and "1 customer<" in part
    assert owners(*rows) == [rep, sub_rep]
    assert not BulkAct.everything.exists()
    refused = act(browser, "customer", "give", chosen(*rows))
    assert refused.status_code == 422
    assert "Choose who gets them first." in refused.content.decode()


def test_a_day_later_it_is_too_late(login: Login, rep: User, vip: Tag, keep: Any) -> None:
    row, browser = keep(rep), login(rep)
    act(browser, "customer", "tag", chosen(row), tag=vip.pk)
    BulkAct.everything.update(at=timezone.now() - timedelta(hours=25))
    assert "24 hours only" in told(undo(browser), browser)
    assert list(row.tags.all()) == [vip]


def test_the_whole_list_beyond_the_page_as_it_was_looked_at(
    login: Login, manager: User, rep: User, vip: Tag, keep: Any
) -> None:
    for n in range(60):
        keep(rep, f"Baker {n}", segment="Bakery")
    keep(rep, "Miller", segment="Mill")
    browser = login(manager)
    shown = browser.get("/customers/?segment=Bakery").content.decode()
    assert "Select all 60" in shown
    look = browser.get("/bulk/customer/?segment=Bakery&all=1&row=5&do=tag").content.decode()
    assert "Add a tag: 60 customers" in look
    (seen,) = re.findall(r'name="seen" value="(\w+)"', look)
    late = keep(rep, "Baker 61", segment="Bakery")
    whole = "segment=Bakery&all=1"
    refused = act(browser, "customer", "tag", whole, tag=vip.pk, seen=seen)
    assert "not the rows that you looked at" in told(refused, browser)
    Customer.everything.filter(pk=late.pk).update(segment="")
    done = act(browser, "customer", "tag", whole, tag=vip.pk, seen=seen)
    assert done["Location"] == "/customers/?segment=Bakery"
    assert told(done, browser) == "Tag «VIP» added: 60 customers."
    assert CustomerTag.everything.count() == 60
    found = browser.get("/customers/?tag=vip").content.decode()
    assert "Baker" in found and "Miller" not in found


def test_more_than_the_limit_is_refused_in_words(
    login: Login, manager: User, rep: User, vip: Tag, keep: Any, monkeypatch: Any
) -> None:
    for module in ("sales.bulk.acting", "sales.views.bulk"):
        monkeypatch.setattr(f"{module}.WHOLE", 2)
    for n in range(3):
        keep(rep, f"C {n}")
    browser = login(manager)
    answer = browser.get("/bulk/customer/?all=1&do=tag")
    assert told(answer, browser) == "More than 2 at once. Narrow the list first. Nothing was done."


@pytest.mark.parametrize("do", ["give", "tag", "plan", "close", "untag"])
def test_twice_as_many_cost_as_many_queries(
    do: str, login: Login, manager: User, rep: User, sub_rep: User, vip: Tag
) -> None:
    from sales.models import LeadTag

    browser, counts = login(manager), []
    values: dict[str, dict[str, Any]] = {
        "give": {"to": sub_rep.pk},
        "tag": {"tag": vip.pk},
        "untag": {"tag": vip.pk},
        "plan": {"text": "Call", "due_on": f"{Company.get().today:%d.%m.%Y}"},
        "close": {"text": "junk"},
    }
    for n in (5, 5, 10):
        leads = leads_of(rep, n)
        if do == "untag":
            LeadTag.everything.bulk_create(LeadTag(lead=lead, tag=vip) for lead in leads)
        rows = chosen(*leads)
        steps = []
        with CaptureQueriesContext(connection) as looked:
            browser.get(f"/bulk/lead/?do={do}&{rows}")
        steps.append(len(looked))
        with CaptureQueriesContext(connection) as done:
            assert act(browser, "lead", do, rows, **values[do]).status_code == 303
        steps.append(len(done))
        with CaptureQueriesContext(connection) as taken_back:
            undo(browser)
        steps.append(len(taken_back))
        counts.append(steps)
        browser.get("/profile/")  # the messages are read
    assert counts[1] == counts[2]


def test_a_second_post_of_a_list_that_the_act_emptied_answers_the_first(
    login: Login, manager: User, rep: User, sub_rep: User, keep: Any
) -> None:
    rows, browser, ref = [keep(rep, f"C {n}") for n in range(3)], login(manager), str(uuid.uuid4())
    whole = f"owner={rep.pk}&all=1"
    look = browser.get(f"/bulk/customer/?{whole}&do=give").content.decode()
    (seen,) = re.findall(r'name="seen" value="(\w+)"', look)
    for _n in range(2):
        answer = act(browser, "customer", "give", whole, to=sub_rep.pk, seen=seen, ref=ref)
        assert told(answer, browser) == "Now with Sasha Subrep: 3 customers."
    assert BulkAct.everything.count() == 1
    assert owners(*rows) == [sub_rep] * 3
    other = act(browser, "customer", "give", whole, to=manager.pk, seen=seen, ref=ref)
    assert "not the rows that you looked at" in told(other, browser)
