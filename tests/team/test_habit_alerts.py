"""Who opens far more customers than they used to: told once a day, to who answers for them, and to nobody else."""

import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from conftest import TODAY
from team.habits import HABIT_DAYS, HABITS, KNOWN_DAYS, usual_of
from team.models import AuditEntry, Company, Device, HabitAlert, Notice, Reading, User
from team.reading import count_view
from team.watching import record_export

pytestmark = pytest.mark.thorough

Login = Callable[[User], Client]
TOLD = "did far more of something than usual"
LEAST, WITHOUT_HABIT = 30, 100


def habit_of(user_id: int, company: Company) -> int | None:
    since = company.today - timedelta(days=HABIT_DAYS)
    return usual_of(HABITS[Kind.READ].by_day(user_id, since, company), company.today)


Kind = HabitAlert.Kind


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
    assert not HabitAlert.objects.exists()
    opens(rep, 31, start=59)
    alert = HabitAlert.objects.get()
    assert (alert.user, alert.on, alert.n, alert.habit) == (rep, TODAY, 60, 20)
    entry = AuditEntry.objects.get(action="break habit")
    assert (entry.subject_id, entry.actor, entry.actor_name) == (rep.pk, None, "system")
    assert entry.detail.after == {"kind": "read", "n": 60, "habit": 20}
    monday.shift(timedelta(days=1))
    opens(rep, 70)
    assert [a.on for a in HabitAlert.objects.all()] == [TODAY + timedelta(days=1), TODAY]


def test_the_same_customer_again_is_not_another(rep, monday):
    was_opening(rep, *[10] * KNOWN_DAYS)
    for _hour in range(3):
        opens(rep, 29)
        monday.shift(timedelta(hours=2))
    assert Reading.objects.filter(user=rep, at__date=TODAY).count() == 3 * 29
    assert not HabitAlert.objects.exists()


def test_quiet_people_and_newcomers_have_room(rep, other_rep):
    was_opening(rep, *[2] * KNOWN_DAYS)
    was_opening(other_rep, *[2] * (KNOWN_DAYS - 1))
    assert habit_of(rep.pk, _company()) == 2
    assert habit_of(other_rep.pk, _company()) is None
    assert (HABITS[Kind.READ].allowed(2), HABITS[Kind.READ].allowed(None)) == (LEAST, WITHOUT_HABIT)
    opens(rep, LEAST)
    opens(other_rep, WITHOUT_HABIT - 1)
    assert [alert.user for alert in HabitAlert.objects.all()] == [rep]


def test_days_older_than_sixty_are_forgotten(rep):
    at = timezone.now() - timedelta(days=61)
    Reading.objects.bulk_create(Reading(user=rep, customer_id=n, at=at) for n in range(200))
    was_opening(rep, *[10] * KNOWN_DAYS)
    assert habit_of(rep.pk, _company()) == 10


def test_manager_and_administrators_are_told_others_are_not(
    rep, manager, other_manager, admin, director, sub_rep, login: Login
):
    HabitAlert.objects.create(user=rep, on=TODAY, n=95, habit=20)
    for viewer, pages in (
        (manager, ("/teams/", "/people/", f"/people/{rep.pk}/")),
        (admin, ("/people/", "/teams/", f"/people/{rep.pk}/")),
        (director, ("/teams/", "/people/")),
    ):
        for page in pages:
            told = login(viewer).get(page).content.decode()
            assert "customers opened: 95." in told, (viewer, page)
            assert "Usual for them on a day: 20." in told
    assert "opened: 95" not in login(other_manager).get("/teams/").content.decode()
    assert "opened: 95" not in login(manager).get(f"/people/{sub_rep.pk}/").content.decode()
    assert "opened: 95" not in login(rep).get("/today/").content.decode()


def test_the_rail_counts_what_nobody_looked_into(rep, manager, admin, login: Login):
    from team.rail import counts_for

    HabitAlert.objects.create(user=rep, on=TODAY, n=95, habit=20)
    assert (counts_for(manager).get("team"), counts_for(manager).get("person")) == (1, None)
    assert (counts_for(admin).get("team"), counts_for(admin).get("person")) == (None, 1)
    assert {"team", "person"}.isdisjoint(counts_for(rep))


def test_who_looked_into_it_is_on_record_and_the_notice_goes(rep, manager, admin, login: Login):
    HabitAlert.objects.create(user=rep, on=TODAY, n=95, habit=20)
    answer = login(manager).post(f"/people/{rep.pk}/alert/settle/", {"next": "/teams/"})
    assert (answer.status_code, answer["Location"]) == (303, "/teams/")
    assert HabitAlert.objects.get().settled_at is not None
    settled = AuditEntry.objects.get(action="settle alert")
    assert (settled.actor, settled.subject_id) == (manager, rep.pk)
    assert "opened: 95" not in login(admin).get("/people/").content.decode()
    login(manager).post(f"/people/{rep.pk}/alert/settle/")
    assert AuditEntry.objects.filter(action="settle alert").count() == 1


def test_nobody_settles_their_own_or_a_strangers(rep, manager, other_manager, login: Login):
    for user in (rep, manager):
        HabitAlert.objects.create(user=user, on=TODAY, n=95, habit=20)
    assert login(rep).post(f"/people/{rep.pk}/alert/settle/").status_code == 403
    assert login(other_manager).post(f"/people/{rep.pk}/alert/settle/").status_code == 404
    assert login(manager).post(f"/people/{manager.pk}/alert/settle/").status_code == 303
    assert HabitAlert.objects.filter(settled_at=None).count() == 2
    assert "opened: 95" not in login(manager).get(f"/people/{manager.pk}/").content.decode()


def test_the_log_says_it_in_words(rep, admin, login: Login):
    was_opening(rep, *[10] * KNOWN_DAYS)
    opens(rep, LEAST)
    told = login(admin).get("/audit/?action=break+habit").content.decode()
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
    assert "customers opened: 30." in login(admin).get("/people/").content.decode()


def _company():
    from team.models import Company

    return Company.get()


def test_far_more_files_than_usual_are_told_at_once(manager, admin, login: Login, mailoutbox):
    for back in range(1, KNOWN_DAYS + 1):
        AuditEntry.objects.create(
            actor=manager, action="export", at=timezone.now() - timedelta(days=back)
        )
    for n in range(5):
        assert not HabitAlert.objects.exists(), n
        record_export("losses", rows=1, filters={}, sha256="", by=manager)
    alert = HabitAlert.objects.get()
    assert (alert.user, alert.kind, alert.n, alert.habit) == (manager, "export", 5, 1)
    notice = Notice.objects.get()
    assert notice.user == admin
    assert "files exported today: 5" in login(admin).get("/notices/").content.decode()
    assert not Notice.objects.filter(user=manager).exists()


def test_pages_refused_again_and_again_are_told(rep, manager, login: Login):
    browser = login(rep)
    for _n in range(19):
        browser.get("/customers/987654321/")
    assert not HabitAlert.objects.exists()
    browser.get("/customers/987654321/")
    assert HabitAlert.objects.get().kind == "refused"
    assert Notice.objects.get().user == manager


def test_reading_at_night_is_told_where_reading_by_day_is_not(rep, manager, monday):
    opens(rep, 20)
    assert not HabitAlert.objects.exists()
    monday.move_to(f"{TODAY}T23:30:00+02:00")
    opens(rep, 19, start=100)
    assert not HabitAlert.objects.exists()
    opens(rep, 1, start=200)
    assert HabitAlert.objects.get().kind == "late"


def test_a_second_device_is_told_the_first_and_a_known_one_are_not(rep, manager, client):
    rep.set_password("a long enough secret")
    rep.save()
    words = {"email": rep.email, "password": "a long enough secret"}
    first, second = Client(), Client()
    for browser in (first, first, second):
        assert browser.post("/sign-in/", words).status_code == 303
        browser.post("/sign-out/")  # the mark of the device stays
    assert Device.objects.filter(user=rep).count() == 2
    alert = HabitAlert.objects.get()
    assert (alert.user, alert.kind, alert.n) == (rep, "device", 1)
    assert first.cookies["device"].value not in Device.objects.values_list("mark", flat=True)


def test_the_evidence_is_a_chain_and_taking_it_is_on_record(
    rep, manager, admin, monday, login: Login
):
    opens(rep, 2)
    monday.shift(60)
    login(rep).get("/customers/987654321/")
    path = f"/people/{rep.pk}/evidence/"
    assert login(manager).post(path).status_code == 403
    answer = login(admin).post(path)
    content = answer.content
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert [row[1] for row in rows] == ["what", "open", "open", "not found"]
    before = ""
    for row in rows[1:]:
        text = "\x1f".join([before, *row[:-1]])
        before = hashlib.sha256(text.encode()).hexdigest()
        assert row[-1] == before
    entry = AuditEntry.objects.get(action="export")
    assert entry.detail.after["sha256"] == hashlib.sha256(content).hexdigest()
    assert (entry.actor, entry.detail.after["rows"]) == (admin, 3)


@pytest.mark.parametrize(
    "name", ['=HYPERLINK("http://evil","x")', "+cmd|' /C calc'!A0", "ТОВ «Зоря», Київ", 'a "b", c']
)
def test_the_evidence_verifies_as_it_stands_in_the_file(rep, admin, login: Login, name):
    """Whoever checks the chain has the file alone; what would be a formula there is text."""
    AuditEntry.objects.create(actor=rep, action="update", subject_name=name, at=timezone.now())
    content = login(admin).post(f"/people/{rep.pk}/evidence/").content
    row = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))[1]
    assert row[4].lstrip("'") == name and not row[4].startswith(("=", "+"))
    assert row[-1] == hashlib.sha256("\x1f".join(["", *row[:-1]]).encode()).hexdigest()


def test_a_person_s_page_tells_their_habits_to_who_leads_them(rep, manager, login: Login):
    was_opening(rep, 20, 22, 3, 25, 20, 18)
    told = login(manager).get(f"/people/{rep.pk}/").content.decode()
    row = told.split("customers opened</th>")[1].split("</tr>")[0]
    assert re.findall(r">([^<]+)<", row) == ["0", "20", "25"]
    assert "/evidence/" not in told


def test_everybody_reads_their_own_habits(rep, login: Login):
    was_opening(rep, 20, 22, 3, 25, 20, 18)
    told = login(rep).get("/profile/").content.decode()
    row = told.split("customers opened</th>")[1].split("</tr>")[0]
    assert re.findall(r">([^<]+)<", row) == ["0", "20", "25"]
    assert "/evidence/" not in told
