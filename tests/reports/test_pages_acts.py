"""What people do on the loss pages: plan calls, take them back, compute again, change the rules."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from crm.lib.periods import Period
from customers.models import Customer
from reports.acts.outcomes import follow_acts
from reports.models import Parameters, Snapshot
from reports.report import Run, report_named
from reports.rules.parameters import values_for
from reports.snapshots.taking import take_snapshot
from sales.models import Task
from team.jobs.running import run
from team.models import AuditEntry, Job, User
from tests.reports.pages import CHURN, buys, churn_page, day, last_night, night

pytestmark = pytest.mark.thorough

Login = Callable[[User], Client]
PLAN = f"{CHURN}plan/"
UNPLAN = f"{CHURN}unplan/"
COMPUTE = "/losses/compute/"
RULES = "/losses/rules/"


def planned(browser: Client, ids: list[int], ref: uuid.UUID, on: str = "") -> str:
    """Post the ticked rows; what the next page says."""
    body = {"row": ids, "client_ref": str(ref), "due_on": on or str(day(-2)), "next": CHURN} | {
        "do": "call"
    }
    answer = browser.post(PLAN, body)
    assert (answer.status_code, answer["Location"]) == (303, CHURN)
    return str(browser.get(CHURN).content.decode())


def test_calls_are_planned_once_for_the_owners(login: Login, rep, sub_rep, manager: User) -> None:
    ids = [buys("silent", "One", rep, 5_00).pk, buys("silent", "Two", sub_rep, 5_00).pk]
    night()
    ref = uuid.uuid4()
    browser = login(manager)
    told = planned(browser, ids, ref)
    assert "2 steps planned." in told
    planned(browser, ids, ref)
    assert set(Task.everything.values_list("customer_id", "owner", "due_on", "kind")) == {
        (ids[0], rep.pk, day(-2), "call"),
        (ids[1], sub_rep.pk, day(-2), "call"),
    }
    assert Task.everything.count() == 2
    entries = AuditEntry.objects.filter(action="create", subject_type="task")
    assert [entry.actor for entry in entries] == [manager, manager]


def test_a_customer_of_others_stops_the_whole_plan(login: Login, rep, other_rep: User) -> None:
    ids = [buys("silent", "Mine", rep, 5_00).pk, buys("silent", "Otto's", other_rep, 5_00).pk]
    night()
    told = planned(login(rep), ids, uuid.uuid4())
    assert "1 of 2 not found. Nothing was done." in told
    assert not Task.everything.exists()
    assert not AuditEntry.objects.filter(action="create", subject_type="task").exists()


@pytest.mark.parametrize(
    ("on", "sentence"),
    [
        ("2020-01-01", "This day has passed. Choose today or later."),
        ("never", "Choose the day of the steps. Nothing was planned."),
        ("2026-02-31", "Choose the day of the steps. Nothing was planned."),
        ("9999-12-31", "This day is more than ten years ahead. Choose"),
    ],
)
def test_a_day_that_cannot_be_plans_nothing(
    on: str, sentence: str, login: Login, rep: User
) -> None:
    ids = [buys("silent", "Mine", rep, 5_00).pk]
    night()
    told = planned(login(rep), ids, uuid.uuid4(), on)
    assert sentence in told
    assert not Task.everything.exists()


def test_nothing_ticked_plans_nothing(login: Login, rep: User) -> None:
    night()
    assert "Tick the rows first." in planned(login(rep), [], uuid.uuid4())


def test_rows_are_handed_to_a_colleague_in_sight_and_what_became_of_them_is_told(
    login: Login, rep, sub_rep, other_rep, manager: User
) -> None:
    ids = [buys("silent", "One", rep, 5_00).pk, buys("silent", "Two", rep, 5_00).pk]
    night()
    for person, to in ((rep, sub_rep), (manager, other_rep), (manager, None)):
        body = {"row": ids[:1], "do": "reassign", "to": to.pk if to else "", "next": CHURN}
        login(person).post(PLAN, body)
    assert set(Customer.everything.values_list("owner", flat=True)) == {rep.pk}
    browser = login(manager)
    browser.post(PLAN, {"row": ids[:1], "do": "reassign", "to": sub_rep.pk, "next": CHURN})
    assert Customer.everything.get(pk=ids[0]).owner == sub_rep
    assert "the next night says" in browser.get(CHURN).content.decode()
    follow_acts(day(-1))
    told = browser.get(CHURN).content.decode()
    assert "What became of it" in told and "0 of 1 row" in told
    assert "What became of it" not in login(other_rep).get(CHURN).content.decode()


def test_a_plan_can_be_taken_back_by_who_made_it(login: Login, rep, sub_rep, manager: User) -> None:
    customer = buys("silent", "One", rep, 5_00)
    night()
    ref = uuid.uuid4()
    told = planned(login(manager), [customer.pk], ref)
    address = re.search(rf'{UNPLAN}\?[^"]*', told)
    assert address
    undo = address.group().replace("&amp;", "&")
    assert login(sub_rep).post(undo).status_code == 404
    assert Task.everything.get().state == Task.State.OPEN
    assert login(manager).post(undo).status_code == 303
    assert Task.everything.get().state == Task.State.DROPPED
    assert AuditEntry.objects.filter(action="drop", subject_type="task", actor=manager).count() == 1
    login(manager).post(undo)
    assert AuditEntry.objects.filter(action="drop", subject_type="task").count() == 1


def test_computing_again_is_a_row_and_the_same_request_the_same_row(
    login: Login, rep: User
) -> None:
    """No broker is there in this test, and none is asked."""
    browser = login(rep)
    for _ in range(2):
        answer = browser.post(COMPUTE, {"period": "year", "report": "churn", "next": CHURN})
        assert (answer.status_code, answer["Location"]) == (303, CHURN)
    jobs = Job.everything.filter(kind="reports.snapshot")
    assert {job.args["slug"] for job in jobs} == {"churn", "cohorts"}
    assert jobs.count() == 2
    assert {job.requested_by for job in jobs} == {rep}
    told = browser.get(CHURN).content.decode()
    assert "updating…" in told and "/losses/job/" in told


def test_the_page_asks_for_the_state_of_the_job_alone(
    login: Login, rep: User, django_assert_max_num_queries
) -> None:
    browser = login(rep)
    browser.post(COMPUTE, {"report": "churn", "next": CHURN})
    with django_assert_max_num_queries(5):
        part = browser.get("/losses/job/", {"next": CHURN}).content.decode()
    assert "updating…" in part and "<html" not in part
    Job.everything.update(state=Job.State.DONE, finished_at=timezone.now())
    part = browser.get("/losses/job/", {"next": CHURN}).content.decode()
    assert f'href="{CHURN}"' in part and "hx-get" not in part
    foreign = browser.get("/losses/job/", {"next": "https://elsewhere.example/"}).content.decode()
    assert "elsewhere" not in foreign


def test_a_failed_job_leaves_the_last_good_figures(login: Login, rep: User) -> None:
    buys("lost", "Lost", rep, 5_00)
    night()
    browser = login(rep)
    before = churn_page(browser).figures
    browser.post(COMPUTE, {"report": "churn", "next": CHURN})
    Job.everything.update(
        state=Job.State.FAILED, error="The disk is full.", finished_at=timezone.now()
    )
    page = churn_page(browser)
    assert page.figures == before and before["loss_cents"] == 7 * 5_00
    assert "These are the last good figures." in page.text
    assert "The disk is full." not in page.text


def test_a_rule_that_was_tried_out_and_failed_says_nothing_of_these_figures(
    login: Login, rep: User, director: User
) -> None:
    buys("lost", "Lost", rep, 5_00)
    night()
    login(director).get(RULES, {"k": "2.5"})
    Job.everything.update(state=Job.State.FAILED, error="Full.", finished_at=timezone.now())
    assert "did not finish" not in churn_page(login(rep)).text


def test_figures_of_an_older_night_say_how_old_they_are(login: Login, rep: User) -> None:
    buys("lost", "Lost", rep, 5_00)
    night()
    whole = last_night("12-months")
    for one in Snapshot.objects.filter(slug="churn", kind="daily").order_by("as_of"):
        back = timedelta(days=3)
        Snapshot.objects.filter(pk=one.pk).update(as_of=one.as_of - back)
    Snapshot.objects.filter(pk=whole.pk).update(
        from_on=day(4).replace(year=day(4).year - 1) + timedelta(days=1), to_on=day(4)
    )
    page = churn_page(login(rep))
    assert page.figures["loss_cents"] == 7 * 5_00
    assert "3 days old" in page.text


def test_an_empty_company_is_told_what_to_bring(login: Login, rep: User, admin: User) -> None:
    told = login(admin).get("/losses/").content.decode()
    assert "Bring your customers and orders" in told and "Invite people" in told
    assert "Invite people" not in login(rep).get("/losses/").content.decode()
    assert "Not computed yet" in login(rep).get(CHURN).content.decode()
    for address in (f"{CHURN}how/", f"{CHURN}export.csv"):
        answer = login(admin).get(address)
        assert (answer.status_code, answer["Location"]) == (303, CHURN)


def test_an_empty_company_and_one_order_can_be_computed(login: Login, rep: User) -> None:
    night()
    browser = login(rep)
    assert churn_page(browser).figures["loss_cents"] == 0
    assert browser.get("/losses/").status_code == 200
    buys("once", "Alone", rep, 5_00)
    night()
    assert churn_page(browser, list="active").names == ["Alone"]
    for list_ in ("at_risk", "loss", "opening", "active", "recovered", "departed"):
        page = churn_page(browser, list=list_)
        assert page.answer.context["listing"].count == len(page.names)
    assert browser.get(f"{CHURN}how/").status_code == 200


def rules_form(**changed: str) -> dict[str, str]:
    standard = {
        "k": "3", "floor_days": "30", "cap_days": "365", "default_interval_days": "120",
        "gap_memory": "12", "min_gaps": "2", "value_days": "365", "contract_grace_days": "30",
        "warn_ratio": "0.67", "departure_grace_days": "90", "handover_days": "30",
        "churn_method": "rule", "p_lost": "0.5", "bgnbd_min_customers": "100",
        "bgnbd_min_repeaters": "50", "version": "0", "reason": "Asked by sales",
    }  # fmt: skip
    return standard | changed


def class_rules(**changed: str) -> dict[str, str]:
    standard = {"report": "abc", "rfm_days": "365", "abc_a": "0.8", "abc_b": "0.95"}
    return standard | {"version": "0", "reason": "Asked by sales"} | changed


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("k", "0", "Silent for how many of its own intervals is 0.01 or more."),
        ("k", "many", "Silent for how many of its own intervals: “many” is not a number."),
        ("floor_days", "1.5", "Never lost before is a whole number."),
        (
            "floor_days",
            "366",
            "Never lost before (366) must not be more than Always lost after (365).",
        ),
        ("reason", " ", "Say why the rule changes."),
    ],
)
def test_a_rule_that_cannot_stand_is_told_at_its_field(
    field: str, typed: str, sentence: str, login: Login, director: User
) -> None:
    answer = login(director).post(RULES, rules_form(**{field: typed}))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Parameters.objects.exists()
    assert not Job.everything.exists()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("2", "Share of revenue of class A is 1 or less."),
        (
            "0.96",
            "Share of revenue of class A (0.96) must not be more than"
            " Share of revenue of classes A and B (0.95).",
        ),
    ],
)
def test_a_rule_of_classes_that_cannot_stand_is_told_at_its_field(
    typed: str, sentence: str, login: Login, director: User
) -> None:
    answer = login(director).post(RULES, class_rules(abc_a=typed))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Parameters.objects.exists()


def test_rules_of_classes_stand_and_tell_with_the_report_of_the_classes(
    login: Login, director: User
) -> None:
    browser = login(director)
    assert 'name="abc_a"' not in browser.get(RULES).content.decode()
    for report, effect in (("abc", "A"), ("rfm", "Champions")):
        for days in ("365", "180"):
            values = values_for(report_named(report).parameter_names, {"rfm_days": days})
            take_snapshot(report_named(report), Run(Period(day(1), day(1)), day(1), values))
        told = browser.get(RULES, {"report": report, "rfm_days": "180"})
        assert effect in [row["label"] for row in told.context["compared"]]
    assert not Job.everything.exists()
    assert browser.post(RULES, class_rules(abc_a="0,7")).status_code == 303
    version = Parameters.objects.get()
    assert (version.values["abc_a"], version.values["k"]) == ("0.7", "3")


def test_a_new_rule_is_a_version_and_old_figures_keep_theirs(
    login: Login, rep: User, director: User
) -> None:
    buys("lost", "Lost", rep, 5_00)
    night()
    old = last_night("12-months")
    browser = login(director)
    assert browser.post(RULES, rules_form(k="2,5")).status_code == 303
    version = Parameters.objects.get()
    assert (version.version, version.values["k"], version.set_by) == (1, "2.5", director)
    entry = AuditEntry.objects.get(action="set-parameters")
    assert entry.actor == director
    assert Job.everything.filter(kind="reports.refresh").count() == 1
    old.refresh_from_db()
    assert old.values["k"] == "3"
    late = browser.post(RULES, rules_form(k="4", version="0"))
    assert late.status_code == 422
    assert "Somebody changed the rules" in late.content.decode()
    assert Parameters.objects.count() == 1


def test_lists_follow_a_new_rule_once_its_job_has_run(
    login: Login, rep: User, director: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    # the lists read the roll-up; which reports the job takes anew beside it is no matter here
    monkeypatch.setattr("reports.snapshots.nights.all_reports", list)
    buys("active", "Weekly Bakery", rep, 5_00)
    browser = login(director)

    def lost() -> bool:
        return "Weekly Bakery" in browser.get("/customers/", {"state": "lost"}).content.decode()

    assert not lost()
    browser.post(RULES, rules_form(floor_days="1", cap_days="5"))
    (job,) = Job.everything.filter(kind="reports.refresh")
    assert job.requested_by is None and job.state == "queued"
    run(job.pk)
    assert lost()
    browser.post(RULES, rules_form(version="1"))
    run(Job.everything.filter(kind="reports.refresh").latest("pk").pk)
    assert not lost()


def test_the_effect_is_asked_for_and_changes_nothing(login: Login, director: User) -> None:
    told = login(director).get(RULES, {"k": "2.5"}).content.decode()
    assert "What the change does" in told
    assert not Parameters.objects.exists()
    asked = Job.everything.filter(kind="reports.snapshot")
    assert {job.args["values"]["k"] for job in asked} == {"3", "2.5"}


@pytest.mark.parametrize("who", ["rep", "manager"])
def test_rules_are_for_those_who_answer_for_the_company(
    who: str, login: Login, request: pytest.FixtureRequest
) -> None:
    browser = login(request.getfixturevalue(who))
    assert browser.get(RULES).status_code == 403
    assert browser.post(RULES, rules_form(k="2")).status_code == 403
    assert not Parameters.objects.exists()


def test_rules_stand_in_the_reader_s_notation_and_are_read_in_it(
    login: Login, director: User
) -> None:
    director.language = "uk"
    director.save(update_fields=["language"])
    browser = login(director)
    assert 'value="0,67"' in browser.get(RULES).content.decode()
    assert browser.post(RULES, rules_form(warn_ratio="0,5")).status_code == 303
    assert Parameters.objects.get().values["warn_ratio"] == "0.5"
