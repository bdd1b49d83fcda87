"""What happens between looking at rows and acting on them, and between an act and taking it back."""

import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer, Ownership
from customers.ownership import assign
from reports.acts.choosing import Ticked
from reports.acts.handing_on import hand_on
from reports.acts.planning import AllPlanned, plan_tasks
from reports.acts.taking_back import undo_act
from reports.models import Act, Evidence, Snapshot
from reports.reading.evidence import listed
from sales.models import Activity, Lead, Task
from team.models import Team, User
from tests.kept import kept
from tests.reports.pages import CHURN, buys, day, last_night, night
from tests.reports.test_act_bar import nothing_done
from tests.reports.test_screens import LAYER, grow, take_all

pytestmark = pytest.mark.thorough

Login = Callable[[User], Client]
OTHERS = "These are not the rows that you looked at any more. Look again. Nothing was done."
OVER = "None of these rows can be acted on any more. Nothing was done."


@pytest.fixture
@kept
def three(rep: User, sub_rep: User) -> list[Customer]:
    made = [buys("silent", name, rep, 5_00) for name in "AB"] + [buys("silent", "C", sub_rep, 5_00)]
    night()
    return made


def looked_at(browser: Client, page: str = CHURN, **words: Any) -> dict[str, str]:
    """What the form of a preview posts, as it stands in its page."""
    look = browser.get(f"{page}act/", {"list": "at_risk", **words}, headers=LAYER)
    assert look.status_code == 200
    told, shown = look.context["told"], look.content.decode()
    assert f'name="seen" value="{told.seen}"' in shown
    of_all = {"all": "1", "expected": str(told.found)} if "all" in words else {"row": words["row"]}
    return {"seen": told.seen, "do": words["do"], **of_all}


def posted(browser: Client, body: dict[str, str], page: str = CHURN, **more: Any) -> str:
    whole = {"due_on": str(day(-2)), "next": CHURN, "client_ref": str(uuid.uuid4()), **body, **more}
    assert browser.post(f"{page}plan/?list=at_risk", whole).status_code == 303
    return str(browser.get(CHURN).content.decode())


@pytest.mark.parametrize("which", ["all", "ticked"])
def test_rows_that_changed_hands_since_are_looked_at_again(
    which: str, three: list[Customer], login: Login, manager: User, sub_rep: User
) -> None:
    """As many as before, and for other people than the preview named."""
    browser = login(manager)
    words: dict[str, Any] = {"all": "1"} if which == "all" else {"row": [three[0].pk]}
    form = looked_at(browser, do="call", **words)
    assign([three[0].pk], sub_rep, on=day(0), by=None)
    assert OTHERS in posted(browser, form)
    assert not Task.everything.exists() and not Act.everything.exists()
    assert "planned." in posted(browser, looked_at(browser, do="call", **words))


def test_as_many_other_rows_are_looked_at_again(
    three: list[Customer], login: Login, manager: User, rep: User
) -> None:
    """A night between the two: one fell out of the list, another came in."""
    browser = login(manager)
    form = looked_at(browser, do="reassign", all="1")
    newcomer = Customer.everything.create(name="D", owner=rep, reference="D")
    rows = last_night("12-months").evidence.filter(measure="at_risk", subject_id=three[0].pk)
    assert rows.update(subject_id=newcomer.pk) == 1
    assert OTHERS in posted(browser, form, to=str(manager.pk))
    assert nothing_done()
    newcomer.refresh_from_db()
    assert newcomer.owner == rep


def test_an_address_with_the_words_of_a_form_is_a_preview(
    three: list[Customer], login: Login, manager: User
) -> None:
    words = {"list": "at_risk", "all": "1", "do": "call", "expected": "99", "seen": "else"}
    look = login(manager).get(f"{CHURN}act/", words, headers=LAYER)
    assert look.status_code == 200 and look.context["told"].n == 3


def test_an_empty_list_says_that_there_is_nothing_to_do(
    three: list[Customer], login: Login, manager: User
) -> None:
    browser = login(manager)
    for where in ("act", "plan"):
        words = "list=at_risk&segment=none-such&all=1&do=call"
        body = {"all": "1", "do": "call", "due_on": str(day(-2)), "next": CHURN}
        ask = browser.get if where == "act" else browser.post
        answer = ask(f"{CHURN}{where}/?{words}", *([body] if where == "plan" else []))
        assert answer.status_code == 303
        assert OVER in browser.get(CHURN).content.decode()
    assert nothing_done()


@pytest.fixture
@kept
def grown(rep: User, sub_rep: User, other_rep: User) -> None:
    grow([rep, sub_rep, other_rep])
    take_all()


def test_leads_that_are_over_are_not_answered(
    grown: None, login: Login, manager: User, rep: User
) -> None:
    """Won or given up since the figures were taken."""
    grow([rep], 1)
    take_all()
    browser, page = login(manager), reverse("leakage")
    form = looked_at(browser, page, do="answer", all="1")
    rows = listed(_newest("leakage"), manager, "at_risk")
    won, lost, *open_ones = Lead.everything.filter(pk__in=rows.values("subject_id")).order_by("pk")
    assert open_ones
    Lead.everything.filter(pk=won.pk).update(converted_on=day(0))
    Lead.everything.filter(pk=lost.pk).update(closed_on=day(0), closed_reason="lost")
    assert f"There are {len(open_ones)} now, not {len(open_ones) + 2}." in posted(
        browser, form, page
    )
    form = looked_at(browser, page, do="answer", row=[won.pk, lost.pk, open_ones[0].pk])
    assert "1 step planned." in posted(browser, form, page)
    assert Task.everything.get().lead == open_ones[0]
    gone = {"row": [won.pk, lost.pk], "do": "answer"}
    assert OVER in posted(browser, gone, page)
    assert Task.everything.count() == 1


def _newest(slug: str) -> Any:
    return Snapshot.objects.filter(slug=slug, is_complete=True).latest("pk")


def test_nobody_talks_with_who_has_left(
    grown: None, login: Login, manager: User, rep: User, sub_rep: User
) -> None:
    browser, page = login(manager), reverse("time")
    User.objects.filter(pk=sub_rep.pk).update(is_active=False)
    look = browser.get(f"{page}act/", {"list": "loss", "do": "talk", "all": "1"}, headers=LAYER)
    told = look.context["told"]
    assert told.left_out == 1
    body = {"do": "talk", "all": "1", "expected": str(told.n), "seen": told.seen}
    browser.post(f"{page}plan/?list=loss", body | {"due_on": str(day(-2))})
    titles = set(Task.everything.values_list("title", flat=True))
    assert f"Look at the week together: {rep}" in titles
    assert f"Look at the week together: {sub_rep}" not in titles


def ticked(viewer: User, *customers: Customer) -> Ticked:
    snapshot = last_night("12-months")
    rows = listed(snapshot, viewer, "at_risk")
    return Ticked(snapshot, "at_risk", rows, "customer", tuple(each.pk for each in customers))


def test_what_left_one_s_sight_is_not_taken_back(
    three: list[Customer],
    login: Login,
    manager: User,
    rep: User,
    sub_rep: User,
    north: Team,
    other_manager: User,
) -> None:
    """Whoever leads another team by now does not move the customers of the old one."""
    act = hand_on(ticked(manager, three[0]), sub_rep, by=manager, client_ref=uuid.uuid4())
    Team.objects.filter(manager=manager).update(manager=other_manager)
    browser = login(manager)
    assert browser.post(f"{CHURN}unplan/?act={act.pk}").status_code == 303
    assert "Nothing of it was left to take back." in browser.get(CHURN).content.decode()
    assert Customer.everything.get(pk=three[0].pk).owner == sub_rep


def test_an_old_form_of_a_step_taken_back_is_told_so(
    three: list[Customer], login: Login, manager: User, rep: User
) -> None:
    browser = login(manager)
    posted(browser, looked_at(browser, do="call", row=[three[0].pk]))
    task = Task.everything.get()
    undo_act(Act.everything.get(), by=manager)
    taken = Task.everything.get()
    assert (taken.state, taken.version) == ("dropped", task.version + 1)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_hand_overs_at_once_are_taken_back_one_by_one(
    three: list[Customer], manager: User, admin: User, rep: User, sub_rep: User
) -> None:
    """The second began before the first was through: it goes back to who had the customer in between."""
    chosen, acts = ticked(manager, three[0]), []

    def second() -> None:
        try:
            acts.append(hand_on(chosen, manager, by=manager, client_ref=uuid.uuid4()))
        finally:
            connection.close()

    with transaction.atomic():
        assign([three[0].pk], sub_rep, on=day(0), by=admin)
        thread = threading.Thread(target=second)
        thread.start()
        time.sleep(1)
        assert not acts
    thread.join(30)
    assert Customer.everything.get(pk=three[0].pk).owner == manager
    undo_act(acts[0], by=manager)
    assert Customer.everything.get(pk=three[0].pk).owner == sub_rep


def test_who_plans_second_plans_the_rest_and_is_told_of_the_others(
    three: list[Customer], login: Login, manager: User, admin: User, rep: User
) -> None:
    """Both had looked before either planned; one step a customer and loss, and each act goes back by itself."""
    first, second = login(manager), login(admin)
    early, late = (looked_at(each, do="call", all="1") for each in (first, second))
    posted(first, {**early, "row": [three[0].pk]} | {"all": "", "seen": ""})
    told = posted(second, late)
    assert f"2 steps planned. 1 is planned already: {manager} (1)." in told
    steps = Task.everything.order_by("customer").values_list("customer", "created_by")
    assert list(steps) == [
        (three[0].pk, manager.pk), (three[1].pk, admin.pk), (three[2].pk, admin.pk),
    ]  # fmt: skip
    mine, theirs = Act.everything.order_by("pk")
    assert set(theirs.items.values_list("subject_id", flat=True)) == {three[1].pk, three[2].pk}
    # a rep sees no manager, a manager no administrator: a colleague planned it
    whose = posted(login(rep), {"do": "call", "row": [three[0].pk]})
    assert "1 is planned already: a colleague (1). Nothing was done." in whose
    look = first.get(f"{CHURN}act/", {"list": "at_risk", "do": "call", "all": "1"}, headers=LAYER)
    assert look.status_code == 303 and Task.everything.count() == 3
    assert "3 are planned already: a colleague (2), you (1). Nothing was done." in _next(first)
    # what is taken back, done, or of another loss stands in nobody's way
    undo_act(theirs, by=admin)
    assert set(Task.everything.filter(state="open").values_list("customer", flat=True)) == {
        three[0].pk
    }
    form = looked_at(first, do="call", all="1")
    assert "2 steps planned. 1 is planned already: you (1)." in posted(first, form)
    Task.everything.filter(state="open").update(state="done", done_at=timezone.now())
    assert "3 steps planned." in posted(first, looked_at(first, do="call", all="1"))
    assert mine.undone_at is None


def _next(browser: Client) -> str:
    return str(browser.get(CHURN).content.decode())


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_plan_at_once_make_one_step_each_customer(
    three: list[Customer], manager: User, admin: User
) -> None:
    """Twenty times: both begin together on connections of their own; the later one finds what the other planned."""
    for _ in range(20):
        Act.everything.all().delete()
        Task.everything.all().delete()
        gate, found = threading.Barrier(2), []

        def plan(person: User, gate: threading.Barrier = gate, found: list[Any] = found) -> None:
            try:
                chosen = ticked(person, *three)
                gate.wait(10)
                plan_tasks(chosen, day(-2), by=person, client_ref=uuid.uuid4())
            except AllPlanned as error:
                found.append(len(error.planners))
            finally:
                connection.close()

        threads = [threading.Thread(target=plan, args=(each,)) for each in (manager, admin)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert found == [3]
        assert (Task.everything.count(), Act.everything.count()) == (3, 1)


MANY = 1_200


def _everything(*leaving: str) -> dict[str, list[Any]]:
    """All rows of all tables, but for those that tell of the acts themselves and of signing in."""
    return {
        model._meta.label: sorted(model._base_manager.values_list(), key=repr)
        for model in apps.get_models()
        if model._meta.label.split(".")[0] in ("customers", "sales", "team", "reports", "search")
        and model._meta.label not in leaving
    }


TOLD = (
    "reports.Act",
    "reports.ActItem",
    "team.AuditEntry",
    "team.AuditDetail",
    "team.User",
    "team.Job",
    # what somebody was told cannot be untold
    "team.Notice",
)


@pytest.fixture
@kept
def crowd(three: list[Customer], rep: User, sub_rep: User) -> list[Customer]:
    """1,200 more at risk: of Rita, of Sasha and of nobody in turn, each with a call and a step."""
    owners = [rep, sub_rep, None]
    made: list[Customer] = Customer.everything.bulk_create(
        Customer(name=f"N{n}", reference=f"N{n}", owner=owners[n % 3]) for n in range(MANY)
    )
    Ownership.everything.bulk_create(
        Ownership(customer=each, rep=each.owner, from_on=day(90), recorded_on=day(90))
        for each in made
        if each.owner is not None
    )
    Activity.everything.bulk_create(
        Activity(
            author=rep,
            customer=each,
            customer_owner=each.owner,
            start_at=timezone.now(),
            created_at=timezone.now(),
            recorded_on=day(0),
        )
        for each in made[:50]
    )
    snapshot = last_night("12-months")
    like = snapshot.evidence.filter(measure="at_risk").first()
    assert like is not None
    Evidence.objects.bulk_create(
        Evidence(
            snapshot=snapshot,
            measure="at_risk",
            line_key=each.reference,
            subject_type="customer",
            subject_id=each.pk,
            owner=rep,
            team_id=like.team_id,
            occurred_on=like.occurred_on,
            cents=n,
        )
        for n, each in enumerate(made)
    )
    return made


@pytest.mark.parametrize("do", ["reassign", pytest.param("call", marks=pytest.mark.thorough)])
def test_twelve_hundred_are_done_once_and_all_is_as_it_was(
    do: str, crowd: list[Customer], login: Login, manager: User, sub_rep: User
) -> None:
    """Every row of every table; the steps that were planned and dropped are all that is more."""
    browser, before = login(manager), _everything(*TOLD)
    form = looked_at(browser, do=do, all="1")
    assert form["expected"] == str(MANY + 3)
    assert _everything(*TOLD) == before
    ref = str(uuid.uuid4())
    for _ in range(2):
        told = posted(browser, form, client_ref=ref, **({"to": sub_rep.pk} if do != "call" else {}))
    assert ("handed to Sasha" if do == "reassign" else "1,203 steps planned.") in told
    act = Act.everything.get()
    assert act.items.filter(treated=True).count() == MANY + 3
    assert _everything(*TOLD) != before
    browser.post(f"{CHURN}unplan/?act={act.pk}")
    after = _everything(*TOLD)
    if do == "call":
        steps = after.pop("sales.Task")
        assert len(steps) == MANY + 3 and not before.pop("sales.Task")
        assert not Task.everything.exclude(state="dropped").exists()
    assert after == before


@pytest.mark.parametrize("do", ["call", "reassign"])
@pytest.mark.parametrize("who", ["other_rep", "moved", "gone", "nobody"])
def test_a_colleague_who_cannot_be_given_work_is_refused_and_the_choice_is_kept(
    who: str, do: str, login: Login, rep: User, sub_rep: User, other_rep: User, manager: User
) -> None:
    """Nothing goes to the owner instead: not where the colleague left the team after the form was opened either."""
    mine = buys("silent", "Mine", rep, 5_00)
    night("churn")
    browser = login(manager)
    look = browser.get(f"{CHURN}act/", {"list": "at_risk", "row": mine.pk, "do": do})
    assert sub_rep in look.context["colleagues"] and other_rep not in look.context["colleagues"]
    if who == "moved":
        User.objects.filter(pk=sub_rep.pk).update(team=other_rep.team)
    if who == "gone":
        User.objects.filter(pk=sub_rep.pk).update(is_active=False)
    to = {"other_rep": str(other_rep.pk), "nobody": "x"}.get(who, str(sub_rep.pk))
    body = {"row": [mine.pk], "do": do, "due_on": str(day(-4)), "to": to, "next": CHURN}
    answer = browser.post(f"{CHURN}plan/?list=at_risk", body)
    assert nothing_done()
    assert Customer.everything.get(pk=mine.pk).owner == rep
    again = browser.get(answer["Location"])
    shown = again.content.decode()
    assert "You may hand rows to people you lead, and to yourself. Nothing was done." in shown
    assert again.context["ticked"].ids == (mine.pk,) and again.context["deed"].key == do
    assert do != "call" or f'value="{day(-4)}"' in shown
