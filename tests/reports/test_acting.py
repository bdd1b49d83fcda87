"""Acts on the rows of a list: tasks and new owners, made once, taken back, and followed by the nights after."""

import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from customers.models import Customer, Revenue
from customers.ownership import assign
from customers.purchases import refresh_purchases
from reports.acts.choosing import NotAllowed, NotThere, Ticked
from reports.acts.deeds import DEEDS
from reports.acts.handing_on import hand_on
from reports.acts.outcomes import follow_acts
from reports.acts.planning import plan_tasks
from reports.acts.taking_back import undo_act
from reports.models import Act, ActItem, Snapshot
from reports.reading.evidence import listed
from reports.screens.screen import screen_of
from sales.models import Campaign, Lead, Task
from team.models import AuditEntry, Company, User
from tests.kept import kept
from tests.reports.pages import buys, day, last_night, night
from tests.reports.test_screens import lead, take_all


def ticked(viewer: User, *customers: Customer) -> Ticked:
    """Rows of the list of customers at risk, as last night computed it."""
    snapshot = last_night("12-months")
    rows = listed(snapshot, viewer, "at_risk")
    return Ticked(snapshot, "at_risk", rows, "customer", tuple(each.pk for each in customers))


@pytest.fixture
@kept
def three(rep: User, sub_rep: User) -> list[Customer]:
    made = [
        buys("silent", name, owner, 5_00)
        for name, owner in (("A", rep), ("B", sub_rep), ("C", rep))
    ]
    night()
    return made


def test_tasks_go_to_the_owners_or_to_one_colleague(three, rep, sub_rep, manager: User) -> None:
    plan_tasks(ticked(manager, three[0], three[1]), day(-2), by=manager, client_ref=uuid.uuid4())
    owners = Task.everything.values_list("customer", "owner", "due_on", "title").order_by(
        "customer"
    )
    title = "Call: silent beyond their rhythm"
    assert list(owners) == [
        (three[0].pk, rep.pk, day(-2), title),
        (three[1].pk, sub_rep.pk, day(-2), title),
    ]
    one = plan_tasks(
        ticked(manager, three[2]), day(-2), by=manager, client_ref=uuid.uuid4(), to=sub_rep
    )
    assert one.items.get(treated=True).task.owner == sub_rep
    assert set(one.items.filter(treated=False).values_list("subject_id", flat=True)) == {
        three[0].pk,
        three[1].pk,
    }


def test_the_same_post_again_is_the_same_act(three, manager: User) -> None:
    ref = uuid.uuid4()
    first = plan_tasks(ticked(manager, three[0]), day(-2), by=manager, client_ref=ref)
    assert plan_tasks(ticked(manager, three[0]), day(-2), by=manager, client_ref=ref) == first
    assert (Task.everything.count(), Act.everything.count()) == (1, 1)


def test_rows_of_others_or_off_the_list_stop_the_whole_act(three, rep, other_rep: User) -> None:
    foreign = buys("silent", "Otto's", other_rep, 5_00)
    for wrong in (foreign, three[1]):
        with pytest.raises(NotThere) as told:
            plan_tasks(ticked(rep, three[0], wrong), day(-2), by=rep, client_ref=uuid.uuid4())
        assert told.value.missing == 1
    assert not Task.everything.exists()
    assert not Act.everything.exists()


def test_only_leaders_hand_on_and_only_within_their_sight(
    three, rep, sub_rep, other_rep, manager: User
) -> None:
    with pytest.raises(NotAllowed):
        hand_on(ticked(rep, three[0]), sub_rep, by=rep, client_ref=uuid.uuid4())
    with pytest.raises(NotAllowed):
        hand_on(ticked(manager, three[0]), other_rep, by=manager, client_ref=uuid.uuid4())
    with pytest.raises(NotAllowed):
        plan_tasks(ticked(rep, three[0]), day(-2), by=rep, client_ref=uuid.uuid4(), to=sub_rep)
    assert Customer.everything.get(pk=three[0].pk).owner == rep
    assert not AuditEntry.objects.filter(action="assign").exists()


def test_handing_on_can_be_taken_back_where_nobody_moved_it_since(
    three, rep, sub_rep, manager: User
) -> None:
    act = hand_on(ticked(manager, three[0], three[2]), sub_rep, by=manager, client_ref=uuid.uuid4())
    owners = Customer.everything.filter(pk__in=[three[0].pk, three[2].pk])
    assert set(owners.values_list("owner", flat=True)) == {sub_rep.pk}
    assign([three[2].pk], manager, on=Company.get().today, by=manager)
    assert undo_act(act, by=manager) == 1
    assert undo_act(act, by=manager) == 0
    assert Customer.everything.get(pk=three[0].pk).owner == rep
    assert Customer.everything.get(pk=three[2].pk).owner == manager


def test_undo_drops_what_is_still_open(three, manager: User) -> None:
    act = plan_tasks(ticked(manager, *three), day(-2), by=manager, client_ref=uuid.uuid4())
    Task.everything.filter(customer=three[0]).update(state="done")
    assert undo_act(act, by=manager) == 2
    states = dict(Task.everything.values_list("customer", "state"))
    assert states == {three[0].pk: "done", three[1].pk: "dropped", three[2].pk: "dropped"}


def test_later_nights_say_what_became_of_them(
    three, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One treated customer buys for 70.00 after the act and the other does not; of the rest nobody does."""
    plan_tasks(ticked(manager, three[0], three[1]), day(-2), by=manager, client_ref=uuid.uuid4())
    Task.everything.filter(customer=three[1]).update(state="done")
    today = Company.get().today
    sell(three[0], today, "1")  # on the day of the act: not after it
    sell(three[0], today + timedelta(days=3), "70")
    later = timezone.now() + timedelta(days=10)
    monkeypatch.setattr(timezone, "now", lambda: later)
    refresh_purchases(None)
    assert follow_acts(today + timedelta(days=2)) == 1
    assert Act.everything.get().treated["won"] == 0
    follow_acts(today + timedelta(days=9))
    act = Act.everything.get()
    assert act.treated == {"n": 2, "won": 1, "cents": 70_00, "done": 1}
    assert act.rest == {"n": 1, "won": 0, "cents": 0}
    assert act.outcome_on == today + timedelta(days=9)


def sell(customer: Customer, on: date, amount: str) -> None:
    Revenue.everything.create(customer=customer, on=on, amount=Decimal(amount), recorded_on=on)


def test_what_another_act_treats_is_no_rest_to_compare_with(three, manager: User) -> None:
    """A alone is called, then the others: nobody is left alone. Once the second act is taken back both are again."""
    first = plan_tasks(ticked(manager, three[0]), day(-2), by=manager, client_ref=uuid.uuid4())
    second = hand_on(ticked(manager, *three[1:]), manager, by=manager, client_ref=uuid.uuid4())
    follow_acts(day(0))
    first.refresh_from_db()
    assert first.treated["n"] == 1 and first.rest == {}
    undo_act(second, by=manager)
    follow_acts(day(0))
    first.refresh_from_db()
    assert first.rest == {"n": 2, "won": 0, "cents": 0}


@pytest.fixture
@kept
def six_leads(rep: User) -> list[Lead]:
    """Unanswered for ten days."""
    campaign = Campaign.objects.create(name="Fair", reference="FAIR")
    made = [lead(f"L{n}", rep, 10, None, campaign) for n in range(6)]
    screen = screen_of("leakage")
    assert screen is not None
    take_all([screen])
    return made


def test_leads_that_were_over_at_the_time_are_no_rest_to_compare_with(
    six_leads: list[Lead], manager: User
) -> None:
    """One is answered; of the others one was won and one closed before, one is won after, two stay open: 1 of 3."""
    answered, won, closed, won_later, closed_later, _open = six_leads
    Lead.everything.filter(pk=won.pk).update(converted_on=day(2))
    Lead.everything.filter(pk=closed.pk).update(closed_on=day(0), closed_reason="lost")
    snapshot = Snapshot.objects.get(slug="leakage")
    rows = listed(snapshot, manager, "at_risk")
    assert rows.count() == 6
    chosen = Ticked(snapshot, "at_risk", rows, "lead", (answered.pk,))
    act = plan_tasks(chosen, day(-2), by=manager, client_ref=uuid.uuid4(), deed=DEEDS["answer"])
    today = day(0)
    Lead.everything.filter(pk=won_later.pk).update(converted_on=today + timedelta(days=3))
    Lead.everything.filter(pk=closed_later.pk).update(
        closed_on=today + timedelta(days=3), closed_reason="lost"
    )
    # an act of before this was kept has all of the list beside it
    for one in (won, closed):
        ActItem.objects.create(act=act, subject_id=one.pk, treated=False)
    follow_acts(today + timedelta(days=5))
    act.refresh_from_db()
    assert (act.treated["n"], act.treated["won"]) == (1, 0)
    assert act.rest == {"n": 3, "won": 1, "cents": 0}
