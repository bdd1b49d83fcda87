"""Who gets leads: rules kept through the door, what they choose, whom they pass over, what is written down."""

import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import Hire
from sales.leads.changing import add_lead
from sales.models import Lead, LeadAssignment, LeadOwnership, LeadRule, LeadSource
from team.models import Absence, AuditEntry, Company, Employment, Team, User

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]
HAND = LeadAssignment.Occasion.HAND


@pytest.fixture
def peer(hire: Hire, north: Team) -> User:
    return hire("Petro Peer", team=north, is_rep=True)


def rule_of(*people: User, **values: Any) -> LeadRule:
    rule = LeadRule.objects.create(**{"name": "Everybody in turn"} | values)
    rule.people.set(people)
    return rule


def post(browser: Client, address: str = "new/", **values: Any) -> Any:
    typed = {
        "client_ref": str(uuid.uuid4()),
        "name": "In turn",
        "order": "10",
        "way": "turn",
        "passes_on_after": "0",
    }
    return browser.post(f"/settings/lead-rules/{address}", typed | values)


def arrive(name: str = "Harbour Ltd", **values: Any) -> Lead:
    lead, _made = add_lead(Lead(name=name, **values), owner=None, by=None, occasion=HAND)
    lead.refresh_from_db()
    return lead


def owners(count: int, **values: Any) -> list[User | None]:
    return [arrive(f"Lead {n}", **values).owner for n in range(count)]


def test_an_administrator_makes_a_rule_that_gives_in_turn(
    login: Login, admin: User, rep: User, peer: User
) -> None:
    browser, ref = login(admin), str(uuid.uuid4())
    for _n in range(2):
        answer = post(browser, people=[rep.pk, peer.pk], client_ref=ref)
        assert (answer.status_code, answer["Location"]) == (303, "/settings/lead-rules/")
    rule = LeadRule.objects.get()
    assert set(rule.people.all()) == {rep, peer}
    assert owners(4) == [rep, peer, rep, peer]
    told = AuditEntry.objects.filter(subject_type="leadrule").order_by("pk")
    assert [entry.action for entry in told] == ["create", "name people"]
    assert told[1].detail.after == {"people": "Petro Peer, Rita Rep"}
    page = browser.get("/settings/lead-rules/").content.decode()
    assert "Petro Peer" in page and "in turn" in page


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({}, "Choose a team, or people."),
        ({"way": "person", "people": "both"}, "Choose the one person, and no team."),
        ({"team": "north", "people": "both"}, "Choose a team or people, not both."),
        ({"name": "", "people": "both"}, "This field is required."),
    ],
)
def test_what_cannot_stand_is_said_with_the_typed_text_kept(
    login: Login, admin: User, rep: User, peer: User, north: Team,
    values: dict[str, Any], told: str,
) -> None:  # fmt: skip
    known = {"both": [rep.pk, peer.pk], "north": north.pk}
    answer = post(login(admin), regions="Lviv", **{k: known.get(v, v) for k, v in values.items()})
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert 'value="Lviv"' in answer.content.decode()
    assert not LeadRule.objects.exists()


def test_who_saved_first_is_not_overwritten_and_people_are_chosen_like_other_fields(
    login: Login, admin: User, rep: User, peer: User
) -> None:
    rule = rule_of(rep)
    browser, here = login(admin), f"{rule.pk}/"
    assert post(browser, here, version="1", people=[peer.pk]).status_code == 303
    late = post(browser, here, version="1", people=[rep.pk, peer.pk])
    assert late.status_code == 409
    assert f'value="{min(rep.pk, peer.pk)},{max(rep.pk, peer.pk)}"' in late.content.decode()
    rule.refresh_from_db()
    assert (list(rule.people.all()), rule.version) == ([peer], 2)
    both = f"{rep.pk},{peer.pk}"
    assert post(browser, here, version="2", people=both).status_code == 303
    assert set(rule.people.all()) == {rep, peer}


def test_nobody_but_administrators(login: Login, rep: User, manager: User, director: User) -> None:
    rule = rule_of(rep)
    for person in (rep, manager, director):
        browser = login(person)
        assert browser.get("/settings/lead-rules/").status_code == 403
        assert post(browser, people=[rep.pk]).status_code == 403
        assert browser.post(f"/settings/lead-rules/{rule.pk}/retire/").status_code == 403
    assert LeadRule.objects.get().is_active


def test_conditions_choose_the_rule_and_the_first_that_fits_gives(rep: User, peer: User) -> None:
    fair = LeadSource.objects.get(key="fair")
    rule_of(rep, name="Lviv at the fair", order=1, source=fair, regions="Lviv; Lviv region")
    rule_of(peer, name="English", order=2, language="en")
    assert arrive(source=fair, region=" lviv  REGION").owner == rep
    assert arrive(source=fair, region="Odesa").owner is None
    assert arrive(region="Lviv").owner is None
    assert arrive(source=fair, region="Lviv", language="en").owner == rep
    assert arrive(language="en").owner == peer
    last = LeadAssignment.everything.order_by("pk")
    assert [one.how for one in last] == ["turn", "no rule", "no rule", "turn", "turn"]


def test_who_has_fewest_open_leads_gets_the_next(rep: User, peer: User) -> None:
    for n in range(2):
        Lead.everything.create(name=f"Old {n}", owner=rep)
    Lead.everything.create(name="Closed", owner=peer, closed_on=date(2026, 1, 1), closed_reason="x")
    rule_of(rep, peer, way="load")
    assert owners(5) == [peer, peer, rep, peer, rep]


def test_a_team_with_the_teams_inside_it(
    rep: User, peer: User, sub_rep: User, other_rep: User, manager: User, north: Team
) -> None:
    rule_of(team=north)
    assert Counter(owners(6)) == {rep: 2, peer: 2, sub_rep: 2}


def test_the_absent_the_leaving_the_gone_and_who_is_no_rep_are_passed_over(
    hire: Hire, login: Login, admin: User, rep: User, peer: User
) -> None:
    today = Company.get().today
    leaving, gone, off, clerk = (
        hire(name, is_rep=True)
        for name in ("Lena Leaving", "Hanna Gone", "Oleh Off", "Klava Clerk")
    )
    Absence.objects.create(user=peer, on=today, recorded_on=today)
    Employment.objects.filter(user=leaving).update(left_on=today + timedelta(days=20))
    Employment.objects.filter(user=gone).update(left_on=today - timedelta(days=1))
    User.objects.filter(pk=off.pk).update(is_active=False)
    User.objects.filter(pk=clerk.pk).update(is_rep=False)
    new = hire("Nora New", is_rep=True)
    Employment.objects.filter(user=new).update(hired_on=today + timedelta(days=3))
    back = Employment.objects.filter(user=rep)
    back.update(left_on=today - timedelta(days=90))
    Employment.objects.create(user=rep, hired_on=today - timedelta(days=9), recorded_on=today)
    rule_of(rep, peer, leaving, gone, off, clerk, new)
    assert owners(3) == [rep, rep, rep]
    entry = LeadAssignment.everything.first()
    assert {one["person"]: one["why"] for one in entry.passed_over} == {
        peer.pk: "absent", leaving.pk: "leaving", gone.pk: "left",
        off.pk: "no sign-in", clerk.pk: "no rep", new.pk: "not yet",
    }  # fmt: skip
    page = login(admin).get(f"/leads/{entry.lead_id}/").content.decode()
    assert "Petro Peer (absent today)" in page and "Lena Leaving (is leaving)" in page
    own = login(rep).get(f"/leads/{entry.lead_id}/").content.decode()
    assert "Given to Rita Rep" in own and "Petro Peer" not in own


@pytest.mark.parametrize(("away_on", "given"), [(30, "Rita Rep"), (27, "Petro Peer")])
def test_over_a_weekend_whoever_is_away_on_monday_is_passed_over(
    rep: User, peer: User, away_on: int, given: str
) -> None:
    """Of a leave only working days are noted; who comes back on Monday is back."""
    saturday = datetime(2026, 11, 28, 10, tzinfo=UTC)
    with time_machine.travel(saturday, tick=False):
        today = Company.get().today
        Absence.objects.create(user=peer, on=date(2026, 11, away_on), recorded_on=today)
        rule_of(peer, rep)
        LeadRule.objects.update(last=rep)
        owner = arrive().owner
    assert owner is not None and owner.name == given


def test_yesterdays_and_withdrawn_absences_do_not_count_and_the_turn_goes_on(
    rep: User, peer: User
) -> None:
    today = Company.get().today
    Absence.objects.create(user=peer, on=today - timedelta(days=1), recorded_on=today)
    Absence.objects.create(user=peer, on=today, recorded_on=today, deleted_on=today)
    rule_of(rep, peer)
    assert owners(2) == [rep, peer]


def test_if_nobody_of_a_rule_is_free_the_next_rule_gives(
    rep: User, peer: User, manager: User, login: Login
) -> None:
    today = Company.get().today
    rule_of(rep, name="Lviv", order=1, regions="Lviv")
    rest = rule_of(peer, name="The rest", order=2)
    Absence.objects.create(user=rep, on=today, recorded_on=today)
    lead = arrive(region="Lviv")
    entry = LeadAssignment.everything.get()
    assert (lead.owner, entry.rule, entry.passed_over[0]["person"]) == (peer, rest, rep.pk)
    Absence.objects.create(user=peer, on=today, recorded_on=today)
    waits = arrive("Waits Ltd", region="Lviv")
    assert waits.owner is None and not LeadOwnership.everything.filter(lead=waits).exists()
    page = login(manager).get(f"/leads/{waits.pk}/").content.decode()
    assert "Given to nobody" in page and "nobody is free" in page
    left = AuditEntry.objects.get(action="leave without owner")
    assert (left.subject_id, left.detail.after["reason"]) == (waits.pk, "nobody is free")


def test_what_was_given_stands_in_the_periods_and_in_the_audit_log(rep: User) -> None:
    rule = rule_of(rep, way="person", name="Rita alone")
    lead = arrive()
    period = LeadOwnership.everything.get(lead=lead)
    assert (period.rep, period.from_on, period.to_on) == (rep, Company.get().today, None)
    entry = AuditEntry.objects.get(action="assign", subject_id=lead.pk)
    assert entry.detail.after["reason"] == "rule «Rita alone»: named by the rule"
    assert LeadAssignment.everything.get().rule == rule


def test_by_hand_the_owner_may_be_left_to_the_rules(
    login: Login, manager: User, rep: User, peer: User
) -> None:
    browser = login(manager)
    new = {"client_ref": str(uuid.uuid4()), "name": "Mill Ltd", "second": "on"}
    assert 'value="rules"' not in browser.get("/leads/new/").content.decode()
    assert browser.post("/leads/new/", new | {"owner": "rules"}).status_code == 422
    rule_of(rep, peer)
    assert 'value="rules"' in browser.get("/leads/new/").content.decode()
    answer = browser.post("/leads/new/", new | {"owner": "rules"}, follow=True)
    lead = Lead.everything.get(name="Mill Ltd")
    assert lead.owner == rep
    assert "The rules gave «Mill Ltd» to Rita Rep." in answer.content.decode()
    browser.post(f"/leads/{lead.pk}/owner/", {"owner": "rules"})
    lead.refresh_from_db()
    assert lead.owner == peer
    assert LeadAssignment.everything.filter(lead=lead, occasion="hand").count() == 2


def test_a_lead_that_the_rules_take_out_of_sight_leads_back_to_the_list(
    login: Login, manager: User, other_rep: User
) -> None:
    rule_of(other_rep)
    new = {"client_ref": str(uuid.uuid4()), "name": "Mill Ltd", "owner": "rules", "second": "on"}
    answer = login(manager).post("/leads/new/", new)
    assert answer["Location"] == "/leads/"
    assert Lead.everything.get().owner == other_rep


def test_asking_the_rules_changes_nothing(login: Login, admin: User, rep: User, peer: User) -> None:
    today = Company.get().today
    rule = rule_of(rep, peer, name="North", regions="Lviv")
    Absence.objects.create(user=peer, on=today, recorded_on=today)
    browser = login(admin)
    for _n in range(2):
        page = browser.get("/settings/lead-rules/?ask=1&region=lviv").content.decode()
        assert "<b>Rita Rep</b>" in page and "Petro Peer (absent today)" in page
    assert "no rule fits" in browser.get("/settings/lead-rules/?ask=1&region=Kyiv").content.decode()
    rule.refresh_from_db()
    assert rule.last is None and not LeadAssignment.everything.exists()


def test_a_retired_rule_gives_nothing_until_it_is_used_again(
    login: Login, admin: User, rep: User
) -> None:
    rule, browser = rule_of(rep), login(admin)
    browser.post(f"/settings/lead-rules/{rule.pk}/retire/")
    assert arrive().owner is None
    browser.post(f"/settings/lead-rules/{rule.pk}/restore/")
    assert arrive().owner == rep


def test_the_queries_do_not_grow_with_rules_and_people(
    hire: Hire, rep: User, login: Login, admin: User, north: Team
) -> None:
    counts = []
    browser = login(admin)
    arrive()  # the company is read for the first time
    for more in (1, 6):
        for n in range(more):
            rule_of(hire(f"Rep {more} {n}", team=north, is_rep=True), name=f"R{n}", order=n + 1)
            rule_of(team=north, name=f"T{n}", regions="X", order=n + 1)
        with CaptureQueriesContext(connection) as given:
            lead = arrive()
        with CaptureQueriesContext(connection) as listed:
            browser.get("/settings/lead-rules/?ask=1")
        with CaptureQueriesContext(connection) as page:
            browser.get(f"/leads/{lead.pk}/")
        counts.append((len(given), len(listed), len(page)))
    # once: the letter that waits for somebody who gets the next lead is asked for already
    assert all(later <= before for before, later in zip(*counts, strict=True))


@pytest.mark.postgres
@pytest.mark.usefixtures("transactional_db")
@pytest.mark.parametrize("way", ["turn", "load"])
def test_fifty_at_once_are_shared_evenly_and_given_once(
    hire: Hire, rep: User, peer: User, sub_rep: User, other_rep: User, way: str
) -> None:
    people = [rep, peer, sub_rep, other_rep, hire("Fifth Rep", is_rep=True)]
    rule_of(*people, way=way)

    def send(n: int) -> None:
        try:
            add_lead(Lead(name=f"Lead {n}"), owner=None, by=None, occasion=HAND)
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(send, range(50)))
    shared = Counter(Lead.everything.values_list("owner__name", flat=True))
    assert shared == {person.name: 10 for person in people}
    assert LeadOwnership.everything.filter(to_on=None).count() == 50
    assert LeadAssignment.everything.count() == 50
