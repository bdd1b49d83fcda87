"""@Name in a note marks the colleague who may see it, and nobody else."""

import uuid
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.models import Customer
from sales.calls.correcting import correct_entry
from sales.mentions import unmarked_in
from sales.models import Activity, Mention
from team.models import Company, Notice, User
from team.notices import sentence_of

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]


def note(browser: Client, customer: Customer, text: str) -> Activity:
    values = {"client_ref": str(uuid.uuid4()), "note": text}
    assert browser.post(f"/customers/{customer.pk}/notes/", values).status_code == 303
    return Activity.everything.latest("pk")


def marked(entry: Activity) -> dict[str, str]:
    return {mark.typed: mark.user.name for mark in entry.mentions.select_related("user")}


def told(person: User) -> list[tuple[str, str]]:
    return [
        (sentence_of(row), row.path)
        for row in Notice.objects.filter(user=person, kind="note.named")
    ]


def test_a_colleague_who_sees_the_customer_is_marked_and_linked(
    login: Login, rep: User, manager: User, admin: User, keep
) -> None:
    customer = keep(rep)
    entry = note(login(rep), customer, "Ask @Maria Manager, and @ada.admin: is 5 % fine? @maria")
    assert marked(entry) == {"@Maria Manager": "Maria Manager", "@ada.admin": "Ada Admin"}
    page = login(rep).get(f"/customers/{customer.pk}/").content.decode()
    assert 'href="mailto:maria.manager@example.com">@Maria Manager</a>, and' in page
    theirs = login(admin).get(f"/customers/{customer.pk}/").content.decode()
    assert f'href="/people/{manager.pk}/">@Maria Manager</a>' in theirs
    assert told(manager) == [
        (f"Rita Rep named you in a note: {customer}", f"/customers/{customer.pk}/")
    ]
    assert told(rep) == []


def test_who_may_not_see_it_is_as_unknown_as_nobody(
    login: Login, rep: User, other_rep: User, other_manager: User, keep
) -> None:
    customer, browser = keep(rep), login(rep)
    answers = []
    for name in ("Otto", "Nobody"):
        entry = note(browser, customer, f"@{name} look")
        assert marked(entry) == {} and unmarked_in(entry) == [name]
        page = browser.get(f"/customers/{customer.pk}/").content.decode()
        answers.append(f"Marks nobody who sees this customer: @{name}." in page)
    assert answers == [True, True]
    assert not Mention.objects.exists() and not Notice.objects.exists()


def test_what_is_no_name_and_what_is_two(
    login: Login, rep: User, hire, north, manager: User, keep
) -> None:
    hire("Maria Second", is_admin=True)
    customer = keep(rep)
    entry = note(login(rep), customer, "mail office@maria.example, 3 @ 5, @Maria or @mariamanager")
    assert marked(entry) == {}
    assert unmarked_in(entry) == ["Maria", "mariamanager"]


def test_a_double_click_marks_and_tells_once(login: Login, rep: User, manager: User, keep) -> None:
    values = {"client_ref": str(uuid.uuid4()), "note": "@Maria Manager @Maria Manager"}
    customer, browser = keep(rep), login(rep)
    for _again in range(2):
        browser.post(f"/customers/{customer.pk}/notes/", values)
    assert Mention.objects.count() == 1 and len(told(manager)) == 1


def test_who_names_themselves_is_not_told(login: Login, rep: User, keep) -> None:
    entry = note(login(rep), keep(rep), "@Rita Rep: to do")
    assert marked(entry) == {"@Rita Rep": "Rita Rep"} and told(rep) == []


def test_a_corrected_note_marks_who_is_named_by_now(
    login: Login, rep: User, manager: User, admin: User, keep
) -> None:
    entry = note(login(rep), keep(rep), "@Maria Manager")
    correct_entry(entry, {"note": "@Ada Admin instead"}, by=rep, version=entry.version)
    assert marked(entry) == {"@Ada Admin": "Ada Admin"}
    assert len(told(admin)) == 1


def test_nothing_that_is_typed_becomes_markup(login: Login, rep: User, manager: User, keep) -> None:
    customer = keep(rep)
    note(login(rep), customer, "<b>@Maria Manager</b> <script>alert(1)</script>")
    page = login(rep).get(f"/customers/{customer.pk}/").content.decode()
    assert "&lt;b&gt;<a class=" in page and "&lt;script&gt;" in page
    assert "<script>alert" not in page


def test_a_timeline_of_marks_costs_the_same(login: Login, rep: User, manager: User, keep) -> None:
    customer, browser, today = keep(rep), login(rep), Company.get().today

    def write(count: int) -> None:
        for n in range(count):
            entry = Activity.everything.create(
                customer=customer, author=rep, kind="note", note=f"{n} @Maria", start_at=timezone.now(),
                recorded_on=today, created_at=timezone.now(),
            )  # fmt: skip
            Mention.objects.create(activity=entry, user=manager, typed="@Maria")

    counts = []
    for _more in range(2):
        write(5)
        browser.get(f"/customers/{customer.pk}/")
        with CaptureQueriesContext(connection) as queries:
            page = browser.get(f"/customers/{customer.pk}/").content.decode()
        counts.append((len(queries), page.count("m-mention")))
    assert counts[0][0] == counts[1][0] and [marks for _n, marks in counts] == [5, 10]


def test_who_has_no_address_is_named_without_a_mail_to_nobody(
    login: Login, rep: User, manager: User, keep
) -> None:
    customer = keep(rep)
    note(login(rep), customer, "Ask @Maria Manager")
    User.objects.filter(pk=manager.pk).update(email=None)
    page = login(rep).get(f"/customers/{customer.pk}/").content.decode()
    assert '<span class="m-mention">@Maria Manager</span>' in page
    assert "mailto:None" not in page and 'href="mailto:"' not in page
