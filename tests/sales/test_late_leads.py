"""Leads that nobody answers in time: told once, passed on once, never after somebody has answered."""

import re
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import Hire
from sales.leads.changing import add_lead
from sales.leads.late_leads import pass_on_late, tell_of_late
from sales.models import Lead, LeadAssignment, LeadEscalation, LeadOwnership, LeadRule
from team.jobs.running import run
from team.jobs.schedule import ask_due
from team.models import AuditEntry, Company, Job, Notice, Team, User

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]
Login = Callable[[User], Client]
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
KINDS = ("sales.leads.late_leads", "team.notice_letter")


@pytest.fixture
def peer(hire: Hire, north: Team) -> User:
    return hire("Petro Peer", team=north, is_rep=True)


def rule_of(*people: User, **values: Any) -> LeadRule:
    rule = LeadRule.objects.create(**{"name": "In turn"} | values)
    rule.people.set(people)
    return rule


def arrive(owner: User | None = None, name: str = "Harbour Ltd", at: datetime = NOON) -> Lead:
    """A lead of the rules, or of an owner, whose time to answer is 24 hours."""
    with time_machine.travel(at, tick=False):
        occasion = "" if owner else "form"
        lead, _made = add_lead(Lead(name=name), owner=owner, by=None, occasion=occasion)
    return lead


def beat(at: datetime) -> None:
    """A minute of the beat and of the workers."""
    with time_machine.travel(at, tick=False):
        ask_due(at)
        for _round in range(2):
            for job in Job.everything.filter(state="queued", kind__in=KINDS):
                run(job.pk)


def unanswered() -> Counter[str]:
    """How many leads each person was told of."""
    return Counter(
        Notice.objects.filter(kind="lead.unanswered").values_list("user__name", flat=True)
    )


def test_the_leader_of_the_owner_is_told_once_by_letter_and_on_their_pages(
    login: Login, rep: User, manager: User, other_manager: User
) -> None:
    lead = arrive(rep)
    beat(NOON + 24 * HOUR - timedelta(minutes=1))
    assert not LeadEscalation.everything.exists()
    mail.outbox.clear()  # to who got it
    for minute in range(3):
        beat(NOON + 24 * HOUR + timedelta(minutes=minute))
    told = LeadEscalation.everything.get()
    assert (told.lead, told.level, told.told, told.is_open) == (lead, 1, ["Maria Manager"], True)
    assert [(one.to, one.subject) for one in mail.outbox] == [
        ([manager.email], "Nobody answered Harbour Ltd in time. Owner: Rita Rep.")
    ]
    assert f"http://localhost:8000/leads/{lead.pk}/" in mail.outbox[0].body
    entry = AuditEntry.objects.get(action="not answered in time")
    assert (entry.subject_id, entry.detail.after) == (lead.pk, {"told": "Maria Manager"})
    with time_machine.travel(NOON + 25 * HOUR, tick=False):
        for page in ("/leads/", "/today/"):
            assert 'id="late-leads"' in login(manager).get(page).content.decode()
            for other in (rep, other_manager):
                assert 'id="late-leads"' not in login(other).get(page).content.decode()
        rail = login(manager).get("/leads/").content.decode()
        assert re.search(r'href="/leads/"(?:(?!</a>).)*m-rail-count">1<', rail, re.S)
        page = login(rep).get(f"/leads/{lead.pk}/").content.decode()
        assert "Not answered in time" in page and "Told: Maria Manager" in page


def test_nobody_is_told_of_what_was_answered_closed_or_became_late_long_ago(
    login: Login, rep: User
) -> None:
    answered, closed, old = (arrive(rep, name) for name in ("Answered", "Closed", "Old"))
    Lead.everything.filter(pk=old.pk).update(response_due_at=NOON - timedelta(days=8))
    with time_machine.travel(NOON + HOUR, tick=False):
        call = {
            "client_ref": str(uuid.uuid4()),
            "lead": answered.pk,
            "outcome": "no_answer",
            "direction": "out",
        }
        assert login(rep).post("/calls/new/", call).status_code == 303
        login(rep).post(f"/leads/{closed.pk}/close/", {"reason": "junk"})
    beat(NOON + 25 * HOUR)
    assert not LeadEscalation.everything.exists() and not unanswered()
    assert not Job.everything.filter(kind="sales.leads.late_leads").exists()


def test_a_lead_of_nobody_is_told_to_all_who_manage(
    login: Login, manager: User, other_manager: User, admin: User, rep: User
) -> None:
    arrive()
    beat(NOON + 25 * HOUR)
    assert LeadEscalation.everything.get().told == [manager.name, other_manager.name]
    assert unanswered() == Counter([manager.name, other_manager.name])
    with time_machine.travel(NOON + 25 * HOUR, tick=False):
        for leader in (manager, other_manager, admin):
            assert 'id="late-leads"' in login(leader).get("/leads/").content.decode()


def test_the_leader_is_the_nearest_above_who_is_not_the_owner_and_may_sign_in(
    manager: User, sub_rep: User, north_sub: Team, hire: Hire
) -> None:
    sub = hire("Sub Boss", is_manager=True, is_rep=True, team=north_sub)
    Team.objects.filter(pk=north_sub.pk).update(manager=sub)
    own, theirs = arrive(sub, "Own"), arrive(sub_rep, "Theirs")
    beat(NOON + 25 * HOUR)
    told = dict(LeadEscalation.everything.values_list("lead", "told"))
    assert told == {own.pk: ["Maria Manager"], theirs.pk: ["Sub Boss"]}
    User.objects.filter(pk=sub.pk).update(is_active=False)
    late = arrive(sub_rep, "Late", at=NOON + 26 * HOUR)
    beat(NOON + 51 * HOUR)
    assert LeadEscalation.everything.get(lead=late).told == ["Maria Manager"]


def test_many_at_once_are_one_letter(rep: User, manager: User) -> None:
    for n in range(5):
        arrive(rep, f"Lead {n}")
    beat(NOON + 25 * HOUR)
    assert unanswered() == {manager.name: 5}
    assert [one.subject for one in mail.outbox if one.to == [manager.email]] == ["5 notices"]


def test_the_rule_may_give_it_to_the_next_person_once(
    login: Login, rep: User, peer: User, manager: User
) -> None:
    rule = rule_of(rep, peer, passes_on=True, passes_on_after=2)
    lead = arrive()
    assert lead.owner == rep
    beat(NOON + 24 * HOUR)
    lead.refresh_from_db()
    assert lead.owner == rep
    for minute in range(3):
        beat(NOON + 26 * HOUR + timedelta(minutes=minute))
    lead.refresh_from_db()
    assert lead.owner == peer
    assert list(lead.escalations.order_by("pk").values_list("level", "rule")) == [
        (1, rule.pk), (2, rule.pk),
    ]  # fmt: skip
    entry = LeadAssignment.everything.filter(lead=lead, occasion="late").get()
    assert (entry.to, entry.how) == (peer, "turn")
    periods = LeadOwnership.everything.filter(lead=lead).order_by("from_on")
    assert [period.rep for period in periods] == [rep, peer]
    page = login(peer).get(f"/leads/{lead.pk}/").content.decode()
    assert "not answered in time" in page and "Given to Petro Peer" in page
    beat(NOON + 72 * HOUR)
    lead.refresh_from_db()
    assert lead.owner == peer and unanswered() == {manager.name: 1}


def test_by_working_hours_it_is_passed_on_when_people_work_again(rep: User, peer: User) -> None:
    Company.objects.update_or_create(
        defaults={
            "response_clock": "working",
            "response_hours": 4,
            "time_zone": "Europe/Kyiv",
            "work_start": time(9),
            "work_end": time(18),
        }
    )
    rule_of(rep, peer, passes_on=True, passes_on_after=2)
    # a Friday, 14:00 in Kyiv: four working hours end with the week
    lead = arrive(at=datetime(2026, 11, 27, 12, tzinfo=UTC))
    beat(datetime(2026, 11, 27, 16, 1, tzinfo=UTC))
    beat(datetime(2026, 11, 28, 12, tzinfo=UTC))
    beat(datetime(2026, 11, 30, 8, 59, tzinfo=UTC))
    lead.refresh_from_db()
    assert lead.owner == rep and lead.escalations.count() == 1
    # Monday, two hours after it opened
    beat(datetime(2026, 11, 30, 9, 1, tzinfo=UTC))
    lead.refresh_from_db()
    assert lead.owner == peer


def test_whoever_answers_in_the_meantime_keeps_the_lead(rep: User, peer: User) -> None:
    rule_of(rep, peer, passes_on=True, passes_on_after=2)
    lead = arrive()
    beat(NOON + 24 * HOUR)
    Lead.everything.filter(pk=lead.pk).update(first_touch_at=NOON + 25 * HOUR)
    beat(NOON + 27 * HOUR)
    lead.refresh_from_db()
    assert lead.owner == rep
    assert LeadEscalation.everything.count() == 1


def test_if_nobody_else_can_take_it_who_has_it_keeps_it(
    login: Login, rep: User, manager: User
) -> None:
    rule_of(rep, passes_on=True, way="person")
    lead = arrive()
    beat(NOON + 25 * HOUR)
    lead.refresh_from_db()
    assert lead.owner == rep
    assert LeadAssignment.everything.get(occasion="late").to is None
    assert not AuditEntry.objects.filter(action="leave without owner").exists()
    page = login(manager).get(f"/leads/{lead.pk}/").content.decode()
    assert "Nobody else could take it" in page


def test_a_rule_may_tell_nobody(rep: User, manager: User, login: Login) -> None:
    rule_of(rep, tells_leader=False)
    arrive()
    beat(NOON + 25 * HOUR)
    assert LeadEscalation.everything.get().told == []
    assert not unanswered()
    with time_machine.travel(NOON + 25 * HOUR, tick=False):
        assert 'id="late-leads"' not in login(manager).get("/leads/").content.decode()


def test_who_leads_notes_it_and_it_is_off_their_pages(
    login: Login, rep: User, manager: User, other_manager: User
) -> None:
    lead = arrive(rep)
    beat(NOON + 25 * HOUR)
    address = f"/leads/{lead.pk}/late/noted/"
    with time_machine.travel(NOON + 25 * HOUR, tick=False):
        assert login(rep).post(address).status_code == 403
        assert login(other_manager).post(address).status_code == 404
        assert LeadEscalation.everything.get().is_open
        for _n in range(2):
            answer = login(manager).post(address, {"next": "/today/"})
            assert (answer.status_code, answer["Location"]) == (303, "/today/")
        assert 'id="late-leads"' not in login(manager).get("/leads/").content.decode()
    assert AuditEntry.objects.filter(action="settle alert", subject_id=lead.pk).count() == 1


def test_an_administrator_sets_what_happens_when_the_time_runs_out(
    login: Login, admin: User, rep: User, peer: User
) -> None:
    typed = {
        "client_ref": str(uuid.uuid4()), "name": "In turn", "order": "10", "way": "turn",
        "people": [rep.pk, peer.pk], "passes_on": "on", "passes_on_after": "4",
    }  # fmt: skip
    bad = login(admin).post("/settings/lead-rules/new/", typed | {"passes_on_after": "-1"})
    assert bad.status_code == 422
    login(admin).post("/settings/lead-rules/new/", typed)
    rule = LeadRule.objects.get()
    assert (rule.tells_leader, rule.passes_on, rule.passes_on_after) == (False, True, 4)
    page = login(admin).get("/settings/lead-rules/").content.decode()
    assert "4 h after the time to answer: the next person" in page


def test_a_crowd_of_late_leads_is_told_in_a_fixed_number_of_statements_a_hundred(
    rep: User, peer: User, manager: User
) -> None:
    rule_of(rep, peer, passes_on=True)
    counts = []
    for many in (3, 30):
        for n in range(many):
            arrive(name=f"Lead {many} {n}")
        at = NOON + (24 + many) * HOUR
        with time_machine.travel(at, tick=False), CaptureQueriesContext(connection) as told:
            assert tell_of_late(at) == many
            assert pass_on_late(at) == many
        counts.append(len(told))
        LeadEscalation.everything.all().delete()
        Lead.everything.update(first_touch_at=at)
    assert abs(counts[1] - counts[0]) < 9  # one owner more, not 27 leads


@pytest.mark.postgres
@pytest.mark.usefixtures("transactional_db")
def test_several_at_once_tell_and_pass_on_once(rep: User, peer: User, manager: User) -> None:
    rule_of(rep, peer, passes_on=True)
    for n in range(20):
        arrive(name=f"Lead {n}")
    before = dict(Lead.everything.values_list("pk", "owner"))
    at = NOON + 25 * HOUR

    def watch(_n: int) -> None:
        try:
            tell_of_late(at)
            pass_on_late(at)
        finally:
            connection.close()

    with time_machine.travel(at, tick=False), ThreadPoolExecutor(6) as threads:
        list(threads.map(watch, range(6)))
    assert LeadEscalation.everything.count() == 40
    after = dict(Lead.everything.values_list("pk", "owner"))
    assert all(before[pk] != after[pk] for pk in before)
    assert LeadAssignment.everything.filter(occasion="late").count() == 20


def test_what_no_person_did_is_told_without_names_of_the_machine(
    rep: User, manager: User, login: Login
) -> None:
    lead = arrive(rep)
    beat(NOON + 25 * HOUR)
    page = login(rep).get(f"/leads/{lead.pk}/").content.decode()
    assert "Mainstay saw that nobody answered in time" in page
    assert "sales.leads.late_leads" not in page


def test_what_a_manager_gave_to_somebody_meanwhile_stays_theirs(
    login: Login, hire: Hire, north: Team, rep: User, peer: User, manager: User
) -> None:
    rule_of(rep, peer, passes_on=True, passes_on_after=2)
    chosen = hire("Yana Young", team=north, is_rep=True)
    given, kept = arrive(name="Harbour Ltd"), arrive(rep, name="Quay Ltd")
    beat(NOON + 24 * HOUR)
    with time_machine.travel(NOON + 25 * HOUR, tick=False):
        login(manager).post(f"/leads/{given.pk}/owner/", {"owner": chosen.pk})
        # the same owner again gives it to nobody new
        login(manager).post(f"/leads/{kept.pk}/owner/", {"owner": rep.pk})
    beat(NOON + 27 * HOUR)
    given.refresh_from_db()
    kept.refresh_from_db()
    assert (given.owner, kept.owner) == (chosen, peer)
    assert not LeadAssignment.everything.filter(lead=given, occasion="late").exists()
