"""The lists administrators keep, through the door: what is added is offered, what is retired stands where it stood."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from customers.models import Customer
from sales.models import Activity, LeadSource, LossReason, Outcome
from team.models import AuditEntry, Company, User

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]


def post(browser: Client, address: str, **values: Any):
    typed = {"client_ref": str(uuid.uuid4()), "order": "50"} | values
    return browser.post(f"/settings/lists/{address}/", typed)


def edit(browser: Client, which: str, entry: Any, **values: Any):
    typed = {"name": str(entry), "order": str(entry.order), "version": str(entry.version)}
    if isinstance(entry, Outcome):
        typed |= {"next_step_title": entry.next_step_title}
        typed |= {"reached": "on"} if entry.reached else {}
        typed |= {"needs_note": "on"} if entry.needs_note else {}
        typed |= {"opens_contact": "on"} if entry.opens_contact else {}
        days = ", ".join(str(day) for day in entry.next_step_after)
        typed |= {"next_step_rule": entry.next_step_rule, "next_step_after": days}
    return browser.post(f"/settings/lists/{which}/{entry.pk}/", typed | values)


def call_of(rep: User, outcome: Outcome) -> Activity:
    now = timezone.now()
    return Activity.everything.create(
        author=rep,
        customer=Customer.everything.create(name="Bakery"),
        outcome=outcome,
        start_at=now,
        created_at=now,
        recorded_on=Company.get().today,
    )


def test_an_outcome_that_is_added_is_offered_in_the_call_form(
    login: Login, admin: User, rep: User, keep: Any
) -> None:
    answer = post(
        login(admin),
        "outcomes/new",
        name="Asked for samples",
        reached="on",
        next_step_title="Send samples",
        next_step_rule="working_days",
        next_step_after="3",
        order="1",
    )
    assert (answer.status_code, answer["Location"]) == (303, "/settings/lists/#outcomes")
    outcome = Outcome.objects.get(name="Asked for samples")
    assert (outcome.reached, outcome.next_step_rule, outcome.next_step_after) == (
        True, "working_days", [3],
    )  # fmt: skip
    assert outcome.next_step_title == "Send samples"
    assert outcome.key.startswith("asked_for_samples_")
    entry = AuditEntry.objects.get(subject_type="outcome", action="create")
    assert (entry.actor, entry.detail.after["name"]) == (admin, "Asked for samples")
    customer = keep(rep)
    page = login(rep).get(f"/calls/new/?customer={customer.pk}").content.decode()
    assert outcome.key in page
    assert page.index("Asked for samples") < page.index("No answer")  # by its place


def test_the_same_post_twice_and_the_same_name_make_one(login: Login, admin: User) -> None:
    browser, ref = login(admin), str(uuid.uuid4())
    for _n in range(2):
        assert post(browser, "sources/new", name="Partner", client_ref=ref).status_code == 303
    again = post(browser, "sources/new", name="partner")
    assert again.status_code == 422
    assert "There is one of this name." in again.content.decode()
    assert LeadSource.objects.filter(name__iexact="partner").count() == 1


def test_a_name_that_ships_stays_translated_unless_it_is_retyped(login: Login, admin: User) -> None:
    User.objects.filter(pk=admin.pk).update(language="uk")
    admin.refresh_from_db()
    browser, source = login(admin), LeadSource.objects.get(key="fair")
    page = browser.get(f"/settings/lists/sources/{source.pk}/").content.decode()
    assert 'value="Виставка"' in page
    edit(browser, "sources", source, name="Виставка", order="3")
    source.refresh_from_db()
    assert (source.name, source.order) == ("Trade fair", 3)
    edit(browser, "sources", source, name="Ярмарок")
    source.refresh_from_db()
    assert source.name == "Ярмарок"


def test_what_calls_have_said_is_not_said_otherwise(login: Login, admin: User, rep: User) -> None:
    """Reports of the past read whether somebody was reached: they must not change by an edit of a list."""
    outcome = Outcome.objects.get(key="no_answer")
    browser = login(admin)
    edit(browser, "outcomes", outcome, reached="on", next_step_after="1")
    outcome.refresh_from_db()
    assert outcome.reached  # nobody has used it yet
    call_of(rep, outcome)
    typed = {"name": "Nobody there", "reached": ""}
    edit(browser, "outcomes", outcome, **typed)
    outcome.refresh_from_db()
    assert (outcome.name, outcome.reached) == ("Nobody there", True)
    assert (
        "Calls say this already"
        in browser.get(f"/settings/lists/outcomes/{outcome.pk}/").content.decode()
    )


def test_retired_it_is_offered_no_more_and_stands_where_it_stood(
    login: Login, admin: User, rep: User, keep: Any
) -> None:
    outcome = Outcome.objects.get(key="left_word")
    call = call_of(rep, outcome)
    customer = keep(rep)
    browser, theirs = login(admin), login(rep)
    browser.post(f"/settings/lists/outcomes/{outcome.pk}/retire/")
    form = f"/calls/new/?customer={customer.pk}"
    assert "Left word" not in theirs.get(form).content.decode()
    call.refresh_from_db()
    assert call.outcome == outcome
    assert "retired" in browser.get("/settings/lists/").content.decode()
    browser.post(f"/settings/lists/outcomes/{outcome.pk}/restore/")
    assert "Left word" in theirs.get(form).content.decode()
    told = AuditEntry.objects.filter(subject_type="outcome", subject_id=str(outcome.pk))
    assert list(told.order_by("pk").values_list("action", flat=True)) == ["retire", "offer again"]


def test_the_last_one_cannot_be_retired(login: Login, admin: User) -> None:
    last = LossReason.objects.order_by("pk")[0]
    LossReason.objects.exclude(pk=last.pk).update(is_active=False)
    page = login(admin).post(f"/settings/lists/reasons/{last.pk}/retire/", follow=True)
    assert "This is the last one" in page.content.decode()
    last.refresh_from_db()
    assert last.is_active


def test_who_saved_first_is_not_overwritten(login: Login, admin: User) -> None:
    source = LeadSource.objects.get(key="web")
    browser = login(admin)
    edit(browser, "sources", source, name="Website")
    late = edit(browser, "sources", source, name="Form on the site")
    assert late.status_code == 409
    source.refresh_from_db()
    assert source.name == "Website"


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "X", "next_step_rule": "days", "next_step_after": "0"}, "each from 1 to 90"),
        ({"name": "X", "next_step_rule": "days", "next_step_after": "soon"}, "like 1, 2, 7"),
        ({"name": "X", "next_step_rule": "days", "next_step_after": ""}, "Write how many days."),
        (
            {"name": "X", "next_step_rule": "days", "next_step_after": "1, 2", "reached": "on"},
            "only while nobody is reached",
        ),
        ({"name": "X", "order": "first"}, "whole number"),
    ],
)
def test_what_cannot_stand_is_said_at_its_field(
    login: Login, admin: User, values: dict[str, str], told: str
) -> None:
    before = Outcome.objects.count()
    answer = post(login(admin), "outcomes/new", **values)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert Outcome.objects.count() == before


def test_an_unknown_list_is_not_there(login: Login, admin: User) -> None:
    browser = login(admin)
    assert browser.get("/settings/lists/stages/new/").status_code == 404
    assert browser.post("/settings/lists/stages/1/retire/").status_code == 404


def test_nobody_but_administrators(login: Login, rep: User, manager: User) -> None:
    for person in (rep, manager):
        browser = login(person)
        assert browser.get("/settings/lists/").status_code == 403
        assert post(browser, "sources/new", name="Mine").status_code == 403
    assert not LeadSource.objects.filter(name="Mine").exists()
