"""Acts by unlucky and by ill-meaning people: going back, many posts at once, stale lists, foreign references."""

import threading
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from customers.models import Customer
from reports.acts.choosing import NotThere, Ticked
from reports.acts.handing_on import hand_on
from reports.acts.planning import plan_tasks
from reports.acts.taking_back import TooLate, undo_act
from reports.models import Act, Snapshot
from reports.reading.evidence import listed
from sales.models import Task
from team.models import User
from tests.kept import kept
from tests.reports.pages import CHURN, buys, day, last_night, night

pytestmark = pytest.mark.thorough

Login = Callable[[User], Client]


def ticked(viewer: User, *customers: Customer) -> Ticked:
    snapshot = last_night("12-months")
    rows = listed(snapshot, viewer, "at_risk")
    return Ticked(snapshot, "at_risk", rows, "customer", tuple(each.pk for each in customers))


@pytest.fixture
@kept
def two(rep: User, sub_rep: User) -> list[Customer]:
    made = [buys("silent", "A", rep, 5_00), buys("silent", "B", sub_rep, 5_00)]
    night()
    return made


def planned(browser: Client, ref: uuid.UUID, *customers: Customer, **more: str) -> str:
    """Post ticked rows of the list; what the next page says."""
    body = {
        "row": [each.pk for each in customers],
        "client_ref": str(ref),
        "due_on": str(day(-2)),
        "do": "call",
    }
    answer = browser.post(f"{CHURN}plan/?list=at_risk", body | {"next": CHURN} | more)
    assert answer.status_code == 303
    return str(browser.get(CHURN).content.decode())


def test_a_page_gone_back_to_plans_its_other_rows(
    two: list[Customer], login: Login, manager: User
) -> None:
    """The form's reference is still the same; the rows are not."""
    browser, ref = login(manager), uuid.uuid4()
    for customer in (*two, *two):
        assert "1 step planned." in planned(browser, ref, customer)
    assert set(Task.everything.values_list("customer", flat=True)) == {two[0].pk, two[1].pk}
    assert Task.everything.count() == 2


def test_what_was_taken_back_is_not_said_to_be_done(
    two: list[Customer], login: Login, manager: User
) -> None:
    browser, ref = login(manager), uuid.uuid4()
    planned(browser, ref, two[0])
    undo_act(Act.everything.get(), by=manager)
    assert "This was done and taken back." in planned(browser, ref, two[0])


def test_a_reference_of_somebody_else_is_one_s_own(
    two: list[Customer], login: Login, manager: User, rep: User
) -> None:
    ref = uuid.uuid4()
    planned(login(manager), ref, two[0])
    assert "1 is planned already: a colleague (1)." in planned(login(rep), ref, two[0])
    Task.everything.update(state="done", done_at=timezone.now())
    assert "1 step planned." in planned(login(rep), ref, two[0])
    assert [act.by for act in Act.everything.order_by("pk")] == [manager, rep]


def test_a_list_that_is_empty_by_now_plans_nothing(
    two: list[Customer], login: Login, manager: User, other_rep: User
) -> None:
    assert "1 of 1 not found. Nothing was done." in planned(
        login(other_rep), uuid.uuid4(), two[0], do="call"
    )
    Snapshot.objects.get(pk=last_night("12-months").pk).evidence.all().delete()
    assert "Nothing was done." in planned(login(manager), uuid.uuid4(), two[0])
    told = planned(login(manager), uuid.uuid4(), two[0], do="reassign", to=str(manager.pk))
    assert "Nothing was done." in told
    assert not Act.everything.exists()


@pytest.mark.parametrize("what", ["binned", "merged"])
def test_a_customer_that_is_no_more_stops_the_whole(
    what: str, two: list[Customer], manager: User, sub_rep: User
) -> None:
    gone = {"binned_on": day(0)} if what == "binned" else {"merged_into": two[1]}
    Customer.everything.filter(pk=two[0].pk).update(**gone)
    for act in (
        lambda ref: plan_tasks(ticked(manager, *two), day(-2), by=manager, client_ref=ref),
        lambda ref: hand_on(ticked(manager, *two), sub_rep, by=manager, client_ref=ref),
    ):
        with pytest.raises(NotThere):
            act(uuid.uuid4())
    assert not Task.everything.exists()


def test_more_rows_than_a_page_has_are_refused_as_a_whole(
    two: list[Customer], manager: User
) -> None:
    many = ticked(manager)
    ids = tuple(range(two[0].pk, two[0].pk + 101))
    with pytest.raises(NotThere):
        plan_tasks(
            Ticked(many.snapshot, "at_risk", many.rows, "customer", ids),
            day(-2),
            by=manager,
            client_ref=uuid.uuid4(),
        )


def test_a_step_for_who_left_is_the_planner_s(
    two: list[Customer], manager: User, rep: User
) -> None:
    User.objects.filter(pk=rep.pk).update(is_active=False)
    plan_tasks(ticked(manager, *two), day(-2), by=manager, client_ref=uuid.uuid4())
    owners = dict(Task.everything.values_list("customer", "owner"))
    assert owners == {two[0].pk: manager.pk, two[1].pk: two[1].owner_id}


def test_a_hand_over_is_given_back_within_a_day_by_who_leads(
    two: list[Customer], login: Login, manager: User, sub_rep: User
) -> None:
    act = hand_on(ticked(manager, two[0]), sub_rep, by=manager, client_ref=uuid.uuid4())
    Act.everything.filter(pk=act.pk).update(at=timezone.now() - timedelta(hours=25))
    browser = login(manager)
    assert browser.post(f"{CHURN}unplan/?act={act.pk}").status_code == 303
    assert "for 24 hours only" in browser.get(CHURN).content.decode()
    Act.everything.filter(pk=act.pk).update(at=timezone.now())
    User.objects.filter(pk=manager.pk).update(is_manager=False, is_rep=True)
    with pytest.raises(TooLate):
        undo_act(Act.everything.get(), by=User.objects.get(pk=manager.pk))
    assert Customer.everything.get(pk=two[0].pk).owner == sub_rep
    assert Act.everything.get().undone_at is None


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_twenty_posts_at_once_are_one_act(two: list[Customer], login: Login, manager: User) -> None:
    browsers, ref = [login(manager) for _ in range(20)], uuid.uuid4()
    start = threading.Barrier(20)
    codes: list[int] = []

    def post(browser: Client) -> None:
        body = {
            "row": [two[0].pk, two[1].pk],
            "client_ref": str(ref),
            "due_on": str(day(-2)),
            "do": "call",
        }
        try:
            start.wait(30)
            codes.append(browser.post(f"{CHURN}plan/?list=at_risk", body).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=post, args=[each]) for each in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert codes == [303] * 20
    assert (Act.everything.count(), Task.everything.count()) == (1, 2)
