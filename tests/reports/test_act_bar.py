"""Deeds on the rows of a list: looked at before they are done, for a whole list as for ticked rows, by who may."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer, Revenue
from customers.purchases import refresh_purchases
from reports.acts import choosing
from reports.acts.deeds import DEEDS
from reports.acts.outcomes import follow_acts
from reports.models import Act
from reports.screens.screen import screen_of
from sales.models import Activity, Lead, Task
from team.models import AuditEntry, User
from tests.kept import kept
from tests.reports.pages import CHURN, buys, day, night
from tests.reports.test_screens import LAYER, SCREENS, grow, take_all, viewers

pytestmark = pytest.mark.thorough

Login = Callable[[User], Client]
LOOK = f"{CHURN}act/"
PLAN = f"{CHURN}plan/"

# ux.md 5.5, by hand: which deeds stand at which list.
TABLE = {
    ("churn", "at_risk"): {"call", "reassign"},
    ("churn", "loss"): {"call", "reassign"},
    ("leakage", "at_risk"): {"answer", "assign"},
    ("marketing", "loss"): {"answer", "assign"},
    ("marketing", "pending"): {"answer", "assign"},
    ("marketing", "without_leads"): {"stop"},
    ("time", "loss"): {"talk"},
    ("new_reps", "in_progress"): {"coach", "review"},
    ("new_reps", "idle"): {"coach", "review"},
    ("new_reps", "loss"): {"review"},
    ("departures", "to_hand_over"): {"hand-over", "remind", "call"},
    ("departures", "loss"): {"call", "reassign"},
}
OF_REPS = {"call", "answer"}


@pytest.fixture
@kept
def many(rep: User, sub_rep: User, other_rep: User) -> list[Customer]:
    """More than a page: 20 of Rita, 10 of Sasha, and 3 of somebody out of the manager's sight."""
    made = [buys("silent", f"R{n}", rep, 100_00) for n in range(20)]
    made += [buys("silent", f"S{n}", sub_rep, 10_00) for n in range(10)]
    for n in range(3):
        buys("silent", f"O{n}", other_rep, 1_00)
    night("churn")
    return made


def posted(browser: Client, path: str = PLAN, **body: Any) -> str:
    """Post a deed; what the next page says."""
    whole = {"due_on": str(day(-2)), "next": CHURN, "client_ref": str(uuid.uuid4()), **body}
    answer = browser.post(f"{path}?list=at_risk", whole)
    assert (answer.status_code, answer["Location"]) == (303, CHURN)
    return str(browser.get(CHURN).content.decode())


def nothing_done() -> bool:
    kept = AuditEntry.objects.filter(
        action__in=("create", "assign"), subject_type__in=("task", "customer", "lead")
    )
    return not (Act.everything.exists() or Task.everything.exists() or kept.exists())


def test_a_whole_list_is_looked_at_done_once_and_taken_back(
    many: list[Customer], login: Login, manager: User, rep: User, sub_rep: User
) -> None:
    browser = login(manager)
    assert "Select all 30" in browser.get(CHURN).content.decode()
    look = browser.get(LOOK, {"list": "at_risk", "all": "1", "do": "call"}, headers=LAYER)
    shown = look.content.decode()
    assert "Plan 30 calls for 2 people" in shown and "₴8,400 a year" in shown
    assert look.context["told"].people == [("Rita Rep", 20), ("Sasha Subrep", 10)]
    assert nothing_done()
    ref = str(uuid.uuid4())
    for _ in range(2):
        told = posted(browser, all="1", expected="30", do="call", client_ref=ref)
        assert "30 steps planned." in told
    assert Act.everything.count() == 1
    planned = Task.everything.values_list("owner", "customer", "due_on", "kind")
    assert set(planned) == {(each.owner_id, each.pk, day(-2), "call") for each in many}
    assert Task.everything.count() == 30
    made = AuditEntry.objects.filter(action="create", subject_type="task")
    assert [entry.actor for entry in made] == [manager] * 30
    act = Act.everything.get()
    assert act.items.filter(treated=True).count() == 30 and act.deed == "call"
    browser.post(f"{CHURN}unplan/?act={act.pk}")
    assert set(Task.everything.values_list("state", flat=True)) == {"dropped"}
    assert AuditEntry.objects.filter(action="drop", actor=manager).count() == 30


def test_a_whole_list_is_that_of_the_reader_and_of_their_filters(
    many: list[Customer], login: Login, manager: User, rep: User, other_rep: User
) -> None:
    """Whatever numbers of rows stand in the form beside `all`."""
    foreign = Customer.everything.get(reference="O0")
    told = posted(login(rep), all="1", do="call", row=[foreign.pk])
    assert "20 steps planned." in told
    assert set(Task.everything.values_list("customer__owner", flat=True)) == {rep.pk}
    Task.everything.all().delete()
    Act.everything.all().delete()
    body = {"all": "1", "do": "call", "due_on": str(day(-2)), "next": CHURN}
    login(manager).post(f"{PLAN}?list=at_risk&owner={rep.pk}", body)
    assert Task.everything.count() == 20
    look = login(other_rep).get(LOOK, {"list": "at_risk", "all": "1", "do": "call"})
    assert "Plan 3 calls for 1 person" in look.content.decode()


def test_a_list_that_changed_since_it_was_looked_at_is_looked_at_again(
    many: list[Customer], login: Login, manager: User
) -> None:
    told = posted(login(manager), all="1", expected="29", do="call")
    assert "There are 30 now, not 29. Look again. Nothing was done." in told
    assert nothing_done()


def test_more_than_can_be_done_at_once_is_said(
    many: list[Customer], login: Login, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choosing, "WHOLE", 29)
    browser = login(manager)
    told = posted(browser, all="1", do="call")
    assert "Narrow the list first. Nothing was done." in told
    look = browser.get(LOOK, {"list": "at_risk", "all": "1", "do": "call"})
    assert look.status_code == 303
    assert nothing_done()


def test_what_is_in_the_bin_is_left_out_of_a_whole_list_and_said(
    many: list[Customer], login: Login, manager: User
) -> None:
    Customer.everything.filter(pk=many[0].pk).update(binned_on=day(0))
    browser = login(manager)
    look = browser.get(LOOK, {"list": "at_risk", "all": "1", "do": "call"}).content.decode()
    assert "Plan 29 calls for 2 people" in look and "1 row is left out" in look
    posted(browser, all="1", expected="29", do="call")
    assert Task.everything.count() == 29
    assert not Task.everything.filter(customer=many[0]).exists()


def test_a_whole_list_is_reassigned_and_given_back(
    many: list[Customer], login: Login, manager: User, rep: User, sub_rep: User
) -> None:
    browser = login(manager)
    look = browser.get(LOOK, {"list": "at_risk", "all": "1", "do": "reassign"}).content.decode()
    assert "Reassign 30 customers of 2 people" in look
    assert "Choose who gets them first." in posted(browser, all="1", do="reassign")
    told = posted(browser, all="1", expected="30", do="reassign", to=str(sub_rep.pk))
    assert "30 handed to Sasha Subrep." in told
    mine = Customer.everything.filter(pk__in=[each.pk for each in many])
    assert set(mine.values_list("owner", flat=True)) == {sub_rep.pk}
    browser.post(f"{CHURN}unplan/?act={Act.everything.get().pk}")
    assert {each.pk: each.owner_id for each in mine} == {each.pk: each.owner_id for each in many}


def test_nothing_ticked_and_no_deed_lead_back(
    many: list[Customer], login: Login, rep: User
) -> None:
    browser = login(rep)
    for words in (
        {"do": "call"},
        {"do": "nothing", "row": "1"},
        {"row": "1"},
        {"do": "call", "row": "\0"},
    ):
        answer = browser.get(LOOK, {"list": "at_risk", **words})
        assert (answer.status_code, answer["Location"]) == (303, f"{CHURN}?list=at_risk")
    assert nothing_done()


def test_a_plan_can_be_taken_back_for_a_day_by_who_made_it(
    many: list[Customer], login: Login, manager: User, rep: User
) -> None:
    browser = login(manager)
    posted(browser, row=[many[0].pk], do="call")
    act = Act.everything.get()
    page = browser.get(CHURN)
    assert [told.may_undo for told in page.context["acts"]] == [True]
    assert "Undo" in page.content.decode()
    Act.everything.update(at=timezone.now() - timedelta(hours=25))
    page = browser.get(CHURN)
    assert [told.may_undo for told in page.context["acts"]] == [False]
    browser.post(f"{CHURN}unplan/?act={act.pk}")
    assert "for 24 hours only" in browser.get(CHURN).content.decode()
    assert Task.everything.get().state == "open" and Act.everything.get().undone_at is None


def test_the_next_run_says_what_became_of_it_against_the_rest(
    many: list[Customer], login: Login, manager: User, other_manager: User, rep: User
) -> None:
    """Of two called ten days ago one buys for 70.00 twice, of the 28 left alone one for 5.00; by hand."""
    browser = login(manager)
    posted(browser, row=[many[0].pk, many[1].pk], do="call")
    assert "the next night says" in browser.get(CHURN).content.decode()
    Act.everything.update(on=day(10))
    for customer, ago, amount in (
        (many[0], 8, 70),
        (many[0], 3, 70),
        (many[5], 3, 5),
        (many[1], 10, 9),
    ):
        Revenue.everything.create(
            customer=customer, on=day(ago), recorded_on=day(ago), amount=amount
        )
    refresh_purchases(None)
    assert follow_acts(day(1)) == 1
    page = browser.get(CHURN)
    figure = page.context["strip"][-1]
    assert "₴140" in str(figure.value) and "Plan calls" in str(figure.label)
    notes = [str(text) for text, _url in figure.notes]
    assert notes == [
        "1 of 2 (9.5% – 90.5%) bought again",
        "left alone: 1 of 28 (0.6% – 17.7%)",
    ]
    table = page.content.decode()
    assert "1 of 28 rows, ₴5" in table and "50%" in table
    assert len(browser.get(CHURN, {"owner": str(rep.pk)}).context["strip"]) == 4
    assert len(login(other_manager).get(CHURN).context["strip"]) == 4


@pytest.fixture
@kept
def grown(rep: User, sub_rep: User, other_rep: User, manager: User) -> None:
    """Rows in most lists; Sasha began lately, and a colleague of theirs has left."""
    grow([rep, sub_rep, other_rep])
    take_all()


def test_every_deed_of_the_table_stands_where_it_belongs() -> None:
    found = {
        (screen.slug, view.key): set(view.deeds)
        for screen in SCREENS
        if screen.report.loss
        for view in screen.lists
        if view.deeds
    }
    assert {key: found.get(key) for key in TABLE} == TABLE
    assert set(found) - set(TABLE) == {("leakage", "loss"), ("new_reps", "learning")}


def test_a_rep_is_offered_no_deed_they_may_not_do_and_none_is_done_for_them(
    grown: None, login: Login, rep: User
) -> None:
    """Every list of every report they read, every deed of leaders: looked for, looked at and posted."""
    browser = login(rep)
    owners = dict(Customer.everything.values_list("pk", "owner"))
    tried = 0
    for screen in SCREENS:
        if "rep" not in viewers(screen):
            continue
        for view in screen.lists:
            page = browser.get(screen.address, {"list": view.key, "split": ""})
            offered = {deed.key for deed in page.context["deeds"]}
            assert offered == set(view.deeds) & OF_REPS, (screen.slug, view.key)
            for key in DEEDS.keys() - OF_REPS:
                tried += 1
                _refused(browser, screen, view.key, key, rep)
    assert tried > 100 and nothing_done()
    assert dict(Customer.everything.values_list("pk", "owner")) == owners


def _refused(browser: Client, screen: Any, key: str, deed: str, rep: User) -> None:
    where = f"{screen.address}{{}}?list={key}"
    look = browser.get(where.format("act/") + f"&do={deed}&all=1")
    assert look.status_code == 303, (screen.slug, key, deed)
    for rows in ({"all": "1"}, {"row": [rep.pk]}):
        body = {"do": deed, "to": str(rep.pk), "due_on": str(day(-2)), **rows}
        assert browser.post(where.format("plan/"), body).status_code == 303


def test_a_rep_plans_for_themselves_alone(
    grown: None, login: Login, rep: User, sub_rep: User
) -> None:
    browser = login(rep)
    look = browser.get(LOOK, {"list": "at_risk", "all": "1", "do": "call"}, headers=LAYER)
    assert not look.context["colleagues"]
    body = {"all": "1", "do": "call", "due_on": str(day(-2)), "next": CHURN}
    browser.post(f"{PLAN}?list=at_risk", body | {"to": str(sub_rep.pk)})
    assert nothing_done()
    posted(browser, all="1", do="call")
    assert Task.everything.count() == 1 and Task.everything.get().owner == rep


def test_managers_do_every_deed_within_their_sight(
    grown: None, login: Login, manager: User, rep: User, other_rep: User
) -> None:
    """Rows of all lists that have some: steps of the right kind, new owners, and never anything of other teams."""
    browser = login(manager)
    done: dict[str, set[str]] = {}
    for screen in SCREENS:
        for view in screen.lists:
            for deed in (DEEDS[key] for key in view.deeds):
                where = f"{screen.address}plan/?list={view.key}"
                body = {"all": "1", "do": deed.key, "to": "", "due_on": str(day(-2))}
                before = Act.everything.count()
                browser.post(where, body | ({} if deed.is_plan else {"to": str(rep.pk)}))
                if Act.everything.count() > before:
                    done.setdefault(deed.key, set()).add(screen.slug)
    assert {"call", "answer", "reassign", "assign", "talk"} <= set(done)
    assert {"churn", "bridge", "abc"} <= done["reassign"]
    assert set(
        Task.everything.filter(title__startswith="Look at the week").values_list("kind", flat=True)
    ) == {Activity.Kind.INTERNAL}
    assert not Task.everything.filter(customer__owner=other_rep).exists()
    assert not Task.everything.filter(lead__owner=other_rep).exists()
    assert Customer.everything.filter(owner=other_rep).count() == 4
    assert Lead.everything.filter(owner=other_rep).count() == 6


def test_talks_coaching_and_reviews_are_steps_of_who_leads(
    grown: None, login: Login, manager: User, rep: User
) -> None:
    address = reverse("time")
    browser = login(manager)
    look = browser.get(f"{address}act/", {"list": "loss", "row": rep.pk, "do": "talk"})
    assert "Plan 1 talk for 1 person" in look.content.decode()
    assert look.context["money"] == ""
    body = {"row": [rep.pk], "do": "talk", "due_on": str(day(-2)), "next": CHURN}
    browser.post(f"{address}plan/?list=loss", body)
    task = Task.everything.get()
    assert (task.title, task.owner) == ("Look at the week together: Rita Rep", manager)


LINKS = {
    ("leakage", "Set the response goal"): {"admin", "director"},
    ("marketing", "Open the campaign"): {"rep", "manager", "admin", "director"},
    ("marketing", "Stop the campaign"): {"manager", "admin", "director"},
    ("time", "Note an absence"): {"admin"},
}


@pytest.mark.parametrize(
    "who",
    [
        "rep",
        "director",
        *(pytest.param(who) for who in ("manager", "admin")),
    ],
)
def test_acts_with_pages_of_their_own_are_offered_to_who_may_do_them_there(
    who: str, grown: None, login: Login, request: pytest.FixtureRequest
) -> None:
    browser = login(request.getfixturevalue(who))
    for (slug, label), may in LINKS.items():
        screen = screen_of(slug)
        assert screen is not None
        page = browser.get(screen.address, {"list": "loss", "campaign": "FAIR", "split": ""})
        links = [
            *page.context["links"],
            *(beside for *_, beside in page.context["lines"] if beside),
        ]
        urls = {link.url for link in links if str(link.label) == label}
        assert bool(urls) == (who in may), (who, label)
        for url in urls:
            assert browser.get(url.split("#")[0]).status_code == 200, url


def test_no_button_of_the_losses_page_is_without_its_act(
    grown: None, login: Login, rep: User, manager: User
) -> None:
    for person, words in ((rep, False), (manager, True)):
        page = login(person).get(reverse("losses"))
        labels = [row.stop.label for row in page.context["rows"]]
        assert any(label.startswith("Call ") for label in labels)
        leaders = [one for one in labels if one.startswith(("Hand over", "Coach", "See "))]
        assert words or all(one in ("See your days", "See how it goes") for one in leaders)
