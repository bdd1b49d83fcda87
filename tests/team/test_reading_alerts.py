"""Who opens far more customers than they used to: told once a day, to who answers for them, and to nobody else."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from conftest import TODAY
from team.models import AuditEntry, Reading, ReadingAlert, User
from team.reading import count_view
from team.reading_alerts import KNOWN_DAYS, LEAST, WITHOUT_HABIT, allowed, habit_of

Login = Callable[[User], Client]
TOLD = "opened far more customers than usual"


@pytest.fixture(autouse=True)
def monday(company) -> Iterator[Any]:
    with time_machine.travel(f"{TODAY}T10:00:00+02:00", tick=False) as clock:
        yield clock


def was_opening(user: User, *counts: int) -> None:
    """So many different customers yesterday, the day before, ...; each of them twice."""
    for back, count in enumerate(counts, start=1):
        at = timezone.now() - timedelta(days=back)
        Reading.objects.bulk_create(
            Reading(user=user, customer_id=customer, at=at + timedelta(hours=2 * again))
            for customer in range(count)
            for again in range(2)
        )


def opens(user: User, count: int, start: int = 0) -> None:
    for customer in range(start, start + count):
        count_view(user, customer)


def test_three_times_the_usual_is_told_once_a_day(rep, monday):
    was_opening(rep, 20, 22, 3, 25, 20, 18)
    opens(rep, 59)
    assert not ReadingAlert.objects.exists()
    opens(rep, 31, start=59)
    alert = ReadingAlert.objects.get()
    assert (alert.user, alert.on, alert.opened, alert.habit) == (rep, TODAY, 60, 20)
    entry = AuditEntry.objects.get(action="read far more")
    assert (entry.subject_id, entry.actor, entry.actor_name) == (rep.pk, None, "system")
    assert entry.detail.after == {"opened": 60, "habit": 20}
    monday.shift(timedelta(days=1))
    opens(rep, 70)
    assert [a.on for a in ReadingAlert.objects.all()] == [TODAY + timedelta(days=1), TODAY]


def test_the_same_customer_again_is_not_another(rep, monday):
    was_opening(rep, *[10] * KNOWN_DAYS)
    for _hour in range(3):
        opens(rep, 29)
        monday.shift(timedelta(hours=2))
    assert Reading.objects.filter(user=rep, at__date=TODAY).count() == 3 * 29
    assert not ReadingAlert.objects.exists()


def test_quiet_people_and_newcomers_have_room(rep, other_rep):
    was_opening(rep, *[2] * KNOWN_DAYS)
    was_opening(other_rep, *[2] * (KNOWN_DAYS - 1))
    assert habit_of(rep.pk, _company()) == 2
    assert habit_of(other_rep.pk, _company()) is None
    assert (allowed(2), allowed(None)) == (LEAST, WITHOUT_HABIT)
    opens(rep, LEAST)
    opens(other_rep, WITHOUT_HABIT - 1)
    assert [alert.user for alert in ReadingAlert.objects.all()] == [rep]


def test_days_older_than_sixty_are_forgotten(rep):
    at = timezone.now() - timedelta(days=61)
    Reading.objects.bulk_create(Reading(user=rep, customer_id=n, at=at) for n in range(200))
    was_opening(rep, *[10] * KNOWN_DAYS)
    assert habit_of(rep.pk, _company()) == 10


def test_manager_and_administrators_are_told_others_are_not(
    rep, manager, other_manager, admin, director, sub_rep, login: Login
):
    ReadingAlert.objects.create(user=rep, on=TODAY, opened=95, habit=20)
    for viewer, pages in (
        (manager, ("/teams/", "/people/", f"/people/{rep.pk}/")),
        (admin, ("/people/", "/teams/", f"/people/{rep.pk}/")),
        (director, ("/teams/", "/people/")),
    ):
        for page in pages:
            told = login(viewer).get(page).content.decode()
            assert 'opened 95 customers on <time datetime="2026-11-23">' in told, (viewer, page)
            assert "Usual for them in a day: 20." in told
    assert "opened 95" not in login(other_manager).get("/teams/").content.decode()
    assert "opened 95" not in login(manager).get(f"/people/{sub_rep.pk}/").content.decode()
    assert "opened 95" not in login(rep).get("/today/").content.decode()


def test_the_rail_counts_what_nobody_looked_into(rep, manager, admin, login: Login):
    from team.rail import counts_for

    ReadingAlert.objects.create(user=rep, on=TODAY, opened=95, habit=20)
    assert (counts_for(manager).get("team"), counts_for(manager).get("person")) == (1, None)
    assert (counts_for(admin).get("team"), counts_for(admin).get("person")) == (None, 1)
    assert {"team", "person"}.isdisjoint(counts_for(rep))


def test_who_looked_into_it_is_on_record_and_the_notice_goes(rep, manager, admin, login: Login):
    ReadingAlert.objects.create(user=rep, on=TODAY, opened=95, habit=20)
    answer = login(manager).post(f"/people/{rep.pk}/alert/settle/", {"next": "/teams/"})
    assert (answer.status_code, answer["Location"]) == (303, "/teams/")
    assert ReadingAlert.objects.get().settled_at is not None
    settled = AuditEntry.objects.get(action="settle alert")
    assert (settled.actor, settled.subject_id) == (manager, rep.pk)
    assert "opened 95" not in login(admin).get("/people/").content.decode()
    login(manager).post(f"/people/{rep.pk}/alert/settle/")
    assert AuditEntry.objects.filter(action="settle alert").count() == 1


def test_nobody_settles_their_own_or_a_strangers(rep, manager, other_manager, login: Login):
    for user in (rep, manager):
        ReadingAlert.objects.create(user=user, on=TODAY, opened=95, habit=20)
    assert login(rep).post(f"/people/{rep.pk}/alert/settle/").status_code == 403
    assert login(other_manager).post(f"/people/{rep.pk}/alert/settle/").status_code == 404
    assert login(manager).post(f"/people/{manager.pk}/alert/settle/").status_code == 303
    assert ReadingAlert.objects.filter(settled_at=None).count() == 2
    assert "opened 95" not in login(manager).get(f"/people/{manager.pk}/").content.decode()


def test_the_log_says_it_in_words(rep, admin, login: Login):
    was_opening(rep, *[10] * KNOWN_DAYS)
    opens(rep, LEAST)
    told = login(admin).get("/audit/?action=read+far+more").content.decode()
    assert TOLD in told
    assert "usual in a day" in told


def test_an_alert_is_told_while_pages_are_read(rep, admin, login: Login):
    """Through the door: customers opened one after the other, no call of ours."""
    from customers.models import Customer

    was_opening(rep, *[4] * KNOWN_DAYS)
    rows = [Customer(name=f"Customer {n}", reference=f"C{n}", owner=rep) for n in range(LEAST)]
    browser = login(rep)
    for row in Customer.everything.bulk_create(rows):
        assert browser.get(f"/customers/{row.pk}/").status_code == 200
    assert "opened 30 customers" in login(admin).get("/people/").content.decode()


def _company():
    from team.models import Company

    return Company.get()
