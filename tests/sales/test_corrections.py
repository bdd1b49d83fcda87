"""Putting one's own entries right: for a day the entry itself, later by a note that everybody sees."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from customers.models import Survey
from sales.models import Activity, Lead, Outcome, Task
from team.models import AuditEntry, Company, Notice, User

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]
NEW = "/calls/new/"


def log(browser: Client, **values: Any) -> Activity:
    said = {"client_ref": str(uuid.uuid4()), "direction": "out", "minutes": "6"}
    said |= {"outcome": "reached", "next_step": "week", "note": "Wants a discount"}
    assert browser.post(NEW, said | values).status_code == 303
    return Activity.everything.latest("pk")


def local(moment: Any) -> str:
    """As the reader types it, who has no zone of their own."""
    return timezone.localtime(moment, Company.get().zone).strftime("%Y-%m-%dT%H:%M")


def typed(call: Activity, **values: Any) -> dict[str, Any]:
    stood: dict[str, Any] = {
        "start_at": local(call.start_at),
        "minutes": call.minutes,
        "direction": call.direction,
        "outcome": call.outcome.pk if call.outcome else "",
        "note": call.note,
        "version": call.version,
    }
    return stood | values


def yesterday(call: Activity) -> Activity:
    """As if it had been logged yesterday, less than a day ago."""
    earlier = timezone.now() - timedelta(hours=23)
    Activity.everything.filter(pk=call.pk).update(
        created_at=earlier,
        start_at=earlier,
        recorded_on=Company.get().today - timedelta(days=1),
    )
    call.refresh_from_db()
    return call


def test_an_entry_of_today_is_changed_where_it_stands(login: Login, rep: User, keep) -> None:
    browser = login(rep)
    call = log(browser, customer=keep(rep).pk)
    address = f"/calls/{call.pk}/edit/"
    assert f'href="{address}' in browser.get(f"/customers/{call.customer_id}/").content.decode()
    assert "Wants a discount" in browser.get(address).content.decode()
    answer = browser.post(address, typed(call, minutes="16", note="Wants 48 h"))
    assert (answer.status_code, answer["Location"]) == (303, f"/customers/{call.customer_id}/")
    stored = Activity.everything.get()
    assert (stored.pk, stored.minutes, stored.note) == (call.pk, 16, "Wants 48 h")
    assert (stored.start_at, stored.version) == (call.start_at, 2)
    told = AuditEntry.objects.get(action="correct")
    assert told.actor == rep
    assert told.detail.before == {"minutes": 6, "note": "Wants a discount"}
    assert told.detail.after == {"minutes": 16, "note": "Wants 48 h"}


def test_an_entry_of_yesterday_is_forgotten_and_known_anew(login: Login, rep: User, keep) -> None:
    """A report as of yesterday still reads what was said then."""
    browser = login(rep)
    call = yesterday(log(browser, customer=keep(rep).pk))
    promised = Task.everything.get(promised_in=call)
    browser.post(f"/calls/{call.pk}/edit/", typed(call, minutes="60"))
    today = Company.get().today
    call.refresh_from_db()
    assert (call.minutes, call.deleted_on) == (6, today)
    known = Activity.everything.get(deleted_on__isnull=True)
    assert (known.minutes, known.recorded_on, known.author) == (60, today, rep)
    assert known.reference != call.reference
    promised.refresh_from_db()
    assert promised.promised_in == known
    page = browser.get(f"/customers/{known.customer_id}/").content.decode()
    assert page.count("Wants a discount") == 1
    # taking it back takes what it promised along
    browser.post(f"/calls/{known.pk}/undo/")
    promised.refresh_from_db()
    assert promised.state == Task.State.DROPPED


def test_nothing_changed_writes_nothing_and_two_windows_do_not_meet(
    login: Login, rep: User, keep
) -> None:
    browser = login(rep)
    call = log(browser, customer=keep(rep).pk)
    first = typed(call, note="Mine")
    browser.post(f"/calls/{call.pk}/edit/", typed(call))
    assert not AuditEntry.objects.filter(action="correct").exists()
    browser.post(f"/calls/{call.pk}/edit/", first)
    late = browser.post(f"/calls/{call.pk}/edit/", typed(call, note="Older window"))
    assert late.status_code == 422
    assert "in another window" in late.content.decode()
    assert "Older window" in late.content.decode()
    assert Activity.everything.get().note == "Mine"
    # pressed twice it is saved once
    assert browser.post(f"/calls/{call.pk}/edit/", first).status_code == 303
    assert Activity.everything.get().version == 2


def test_after_a_day_a_note_stands_beneath_the_entry(
    login: Login, rep: User, manager: User, keep
) -> None:
    browser = login(rep)
    call = log(browser, customer=keep(rep).pk)
    Activity.everything.update(created_at=timezone.now() - timedelta(hours=25))
    address = f"/calls/{call.pk}/edit/"
    page = browser.get(address).content.decode()
    assert "After a day an entry stays as it was written." in page
    assert 'name="minutes"' not in page
    note = {"note": "It was the other Roman", "client_ref": str(uuid.uuid4())}
    for _n in range(2):
        assert browser.post(address, note | typed(call, minutes="99") | note).status_code == 303
    call.refresh_from_db()
    assert call.minutes == 6
    written = Activity.everything.get(corrects=call)
    assert (written.kind, written.customer, written.author) == ("note", call.customer, rep)
    for viewer in (rep, manager):
        seen = login(viewer).get(f"/customers/{call.customer_id}/").content.decode()
        assert seen.count("It was the other Roman") == 2  # beneath the entry, and on its own day
        assert "Correction: Call" in seen
    browser.post(f"/calls/{written.pk}/undo/")
    seen = browser.get(f"/customers/{call.customer_id}/").content.decode()
    assert "It was the other Roman" not in seen


def test_nobody_corrects_for_others_nor_what_was_taken_back(
    login: Login, rep: User, manager: User, other_rep: User, keep
) -> None:
    browser = login(rep)
    call = log(browser, customer=keep(rep).pk)
    address = f"/calls/{call.pk}/edit/"
    for other in (manager, other_rep):
        assert login(other).get(address).status_code == 404
        assert login(other).post(address, typed(call, minutes="99")).status_code == 404
    page = login(manager).get(f"/customers/{call.customer_id}/").content.decode()
    assert address not in page
    browser.post(f"/calls/{call.pk}/undo/")
    assert browser.get(address).status_code == 404
    assert Activity.everything.get().minutes == 6


@pytest.mark.parametrize("days", [-1, 15])
def test_a_moment_that_cannot_be_is_told(login: Login, rep: User, keep, days: int) -> None:
    browser = login(rep)
    call = log(browser, customer=keep(rep).pk)
    moment = local(timezone.now() - timedelta(days=days))
    answer = browser.post(f"/calls/{call.pk}/edit/", typed(call, start_at=moment))
    assert answer.status_code == 422
    call.refresh_from_db()
    assert call.version == 1


def test_the_clock_of_a_lead_follows_the_correction(login: Login, rep: User, lead: Lead) -> None:
    Lead.everything.update(arrived_at=timezone.now() - timedelta(hours=9))
    browser = login(rep)
    call = log(browser, lead=lead.pk)
    earlier = (timezone.now() - timedelta(hours=4)).replace(second=0, microsecond=0)
    browser.post(f"/calls/{call.pk}/edit/", typed(call, start_at=local(earlier)))
    lead.refresh_from_db()
    assert lead.first_touch_at == earlier
    call.refresh_from_db()
    browser.post(f"/calls/{call.pk}/edit/", typed(call, direction="in"))
    lead.refresh_from_db()
    assert lead.first_touch_at is None


def test_the_answer_told_in_a_call_follows_its_correction(login: Login, rep: User, keep) -> None:
    browser = login(rep)
    call = log(browser, customer=keep(rep).pk, score="2")
    before = call.start_at - timedelta(days=2)
    browser.post(f"/calls/{call.pk}/edit/", typed(call, start_at=local(before)))
    answer = Survey.everything.get()
    day = Company.get().today - timedelta(days=2)
    assert (answer.answered_on, answer.sent_on, answer.deleted_on) == (day, day, None)
    call.refresh_from_db()
    nobody = Outcome.objects.get(key="no_answer").pk
    browser.post(f"/calls/{call.pk}/edit/", typed(call, outcome=nobody))
    call.refresh_from_db()
    assert (call.outcome.key, call.survey) == ("no_answer", None)
    # nobody was there to be unhappy
    assert Survey.everything.get().deleted_on == Company.get().today
    assert AuditEntry.objects.filter(action="correct").first().detail.before["survey"] == answer.pk


def test_an_answer_that_reports_have_read_is_known_anew(login: Login, rep: User, keep) -> None:
    browser = login(rep)
    call = yesterday(log(browser, customer=keep(rep).pk, score="2"))
    day = Company.get().today - timedelta(days=1)
    Survey.everything.update(recorded_on=day, answered_on=day, sent_on=day)
    browser.post(
        f"/calls/{call.pk}/edit/", typed(call, start_at=local(call.start_at - timedelta(days=3)))
    )
    read, known = Survey.everything.order_by("pk")
    assert (read.answered_on, read.deleted_on) == (day, Company.get().today)
    assert (known.answered_on, known.deleted_on, known.score) == (
        Company.get().today - timedelta(days=4),
        None,
        2,
    )
    assert Activity.everything.get(deleted_on=None).survey == known


def test_an_outcome_that_asks_for_a_reason_asks_here_too(login: Login, rep: User, keep) -> None:
    browser = login(rep)
    call = log(browser, customer=keep(rep).pk)
    refused = Outcome.objects.get(key="refused")
    answer = browser.post(f"/calls/{call.pk}/edit/", typed(call, outcome=refused.pk, note=""))
    assert answer.status_code == 422
    browser.post(f"/calls/{call.pk}/edit/", typed(call, outcome=refused.pk))
    assert Activity.everything.get().outcome == refused


def test_a_note_has_no_outcome_to_correct(login: Login, rep: User, keep) -> None:
    customer, browser = keep(rep), login(rep)
    browser.post(f"/customers/{customer.pk}/notes/", {"note": "Loading dock"})
    note = Activity.everything.get()
    page = browser.get(f"/calls/{note.pk}/edit/").content.decode()
    assert 'name="outcome"' not in page
    moment = local(note.start_at)
    browser.post(
        f"/calls/{note.pk}/edit/", {"note": "Loading dock 3", "start_at": moment, "version": 1}
    )
    assert Activity.everything.get().note == "Loading dock 3"


def test_who_is_named_in_the_note_beneath_an_entry_is_told(
    login: Login, rep: User, manager: User, keep
) -> None:
    browser = login(rep)
    call = log(browser, customer=keep(rep).pk)
    Activity.everything.update(created_at=timezone.now() - timedelta(hours=25))
    note = {"note": "It was @Maria Manager who promised", "client_ref": str(uuid.uuid4())}
    for _n in range(2):
        browser.post(f"/calls/{call.pk}/edit/", note)
    told = Notice.objects.get(kind="note.named")
    assert (told.user, told.path) == (manager, f"/customers/{call.customer_id}/")
    page = browser.get(f"/customers/{call.customer_id}/").content.decode()
    link = 'href="mailto:maria.manager@example.com">@Maria Manager</a> who promised'
    assert page.count(link) == 2  # beneath the entry, and on its own day


def test_undo_of_what_was_corrected_meanwhile_says_so_and_takes_nothing_back(
    login: Login, rep: User, keep
) -> None:
    browser = login(rep)
    call = yesterday(log(browser, customer=keep(rep).pk))
    browser.post(f"/calls/{call.pk}/edit/", typed(call, minutes="60"))
    page = browser.post(f"/calls/{call.pk}/undo/", follow=True).content.decode()
    assert "You corrected this entry meanwhile. Take back what it says now." in page
    assert "The entry was taken back." not in page
    known = Activity.everything.get(deleted_on__isnull=True)
    for _twice in range(2):
        page = browser.post(f"/calls/{known.pk}/undo/", follow=True).content.decode()
        assert "The entry was taken back." in page
    assert not Activity.everything.filter(deleted_on__isnull=True).exists()
