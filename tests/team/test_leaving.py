"""From the day it is known that somebody leaves: no files, smaller pages, nothing more given, a word to who leads."""

import html
import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urljoin

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import Contact, Customer
from sales.models import Handover, Lead, Task
from team.feeds import make_feed
from team.leaver_days import tell_leaver_days
from team.models import AuditEntry, Company, HabitAlert, Notice, Team, User
from team.reading import count_view
from tests.reports.pages import CHURN, buys, night
from tests.sales.bulk.kit import act, chosen

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]
Login = Callable[[User], Client]


@pytest.fixture
def figures(rep: User) -> None:
    """Something to export."""
    buys("lost", "Lost", rep, 5_00)
    night()


def gives_notice(by: Client, person: User, **words: str) -> None:
    last_day = Company.get().today + timedelta(days=20)
    body = {"last_day": last_day.isoformat(), "reason": "Moves abroad", **words}
    assert by.post(reverse("person-leave", args=[person.pk]), body).status_code == 303
    person.refresh_from_db()


def export(browser: Client) -> int:
    return browser.get(reverse("churn-export", args=["csv"])).status_code


def test_who_leaves_takes_no_lists_along(
    login: Login, admin: User, manager: User, figures: None
) -> None:
    browser = login(manager)
    assert export(browser) == 200
    assert AuditEntry.objects.filter(action="export").count() == 1
    gives_notice(login(admin), manager)
    assert (manager.exports, manager.is_active) == (False, True)
    browser = login(manager)
    assert export(browser) == 403
    assert browser.get(reverse("losses-export", args=["csv"])).status_code in (303, 403)
    assert AuditEntry.objects.filter(action="export").count() == 1
    page = browser.get(CHURN).content.decode()
    assert "export.csv" not in page and 'data-lists="screen"' in page


def test_files_may_stay_until_the_last_day(
    login: Login, admin: User, manager: User, figures: None
) -> None:
    gives_notice(login(admin), manager, exports_stay="on")
    assert manager.exports and manager.is_leaving
    assert export(login(manager)) == 200


def test_pages_are_shorter(login: Login, admin: User, rep: User) -> None:
    Customer.everything.bulk_create(
        Customer(name=f"Firm {n:02}", reference=f"F{n}", owner=rep, sort_name=f"firm {n:02}")
        for n in range(60)
    )
    assert login(rep).get("/customers/").content.decode().count("data-row-link") == 50
    gives_notice(login(admin), rep)
    assert login(rep).get("/customers/?per_page=1000").content.decode().count("data-row-link") == 25


def test_nobody_gives_them_anything_and_they_give_nothing_away(
    login: Login, admin: User, manager: User, rep: User, sub_rep: User
) -> None:
    firm = Customer.everything.create(name="Firm", reference="F", owner=sub_rep)
    gives_notice(login(admin), rep)
    form = login(manager).get(reverse("lead-new")).context["form"]
    assert sub_rep in form.fields["owner"].queryset and rep not in form.fields["owner"].queryset
    act(login(manager), "customer", "give", chosen(firm), to=rep.pk)
    assert Customer.everything.get().owner == sub_rep
    act(login(manager), "customer", "give", chosen(firm), to=manager.pk)
    assert Customer.everything.get().owner == manager
    gives_notice(login(admin), manager)
    act(login(manager), "customer", "give", chosen(firm), to=sub_rep.pk)
    assert Customer.everything.get().owner == manager


def test_who_leads_them_is_told_and_nobody_else(
    login: Login,
    admin: User,
    manager: User,
    other_manager: User,
    south: Team,
    rep: User,
) -> None:
    for page in ("/losses/", reverse("team-list")):
        assert "leaves; the last day is" not in login(manager).get(page).content.decode()
    gives_notice(login(admin), rep)
    for page in ("/losses/", reverse("team-list")):
        assert "leaves; the last day is" in login(manager).get(page).content.decode(), page
        assert "leaves; the last day is" not in login(other_manager).get(page).content.decode()
    assert "leaves; the last day is" not in login(rep).get("/losses/").content.decode()


def test_who_comes_back_is_as_before(login: Login, admin: User, rep: User, north: Team) -> None:
    browser = login(admin)
    gives_notice(browser, rep)
    on = Company.get().today + timedelta(days=21)
    body = {"on": on.isoformat(), "team": north.pk}
    assert browser.post(reverse("person-rehire", args=[rep.pk]), body).status_code == 303
    rep.refresh_from_db()
    assert (rep.leaves_on, rep.exports) == (None, True)
    entry = AuditEntry.objects.filter(action="end employment").get()
    assert entry.detail.after["exports"] is False


def test_each_day_of_who_leaves_is_told_once_to_administrators_and_who_leads_them(
    login: Login, admin: User, manager: User, other_manager: User, rep: User, sub_rep: User
) -> None:
    gives_notice(login(admin), rep)
    day = Company.get().today
    for customer in range(3):
        count_view(rep, customer)
    AuditEntry.objects.create(actor=rep, action="update", at=timezone.now())
    AuditEntry.objects.create(actor=rep, action="update", at=timezone.now() - timedelta(days=1))
    for _again in range(2):
        tell_leaver_days(day)
    assert set(Notice.objects.values_list("user", flat=True)) == {admin.pk, manager.pk}
    assert Notice.objects.count() == 2
    told = login(manager).get("/notices/").content.decode()
    assert f"{rep.name}, who leaves, on" in told
    assert "customers opened: 3" in told and "changes of records: 1" in told
    # who has gone is told of no more
    User.objects.filter(pk=rep.pk).update(is_active=False)
    tell_leaver_days(day + timedelta(days=1))
    assert Notice.objects.count() == 2


def test_the_draft_of_the_hand_over_stands_at_once(
    login: Login, admin: User, rep: User, sub_rep: User
) -> None:
    Customer.everything.create(name="Firm", reference="F", owner=rep)
    gives_notice(login(admin), rep)
    draft = Handover.everything.get()
    assert (draft.leaver, draft.state, draft.last_day) == (rep, "draft", rep.leaves_on)
    assert draft.lines.filter(kind="customer").count() == 1
    page = login(admin).get(reverse("person-detail", args=[rep.pk])).content.decode()
    assert reverse("handover-list") in page
    # who leaves is no heir of others
    gives_notice(login(admin), sub_rep)
    other = Handover.everything.exclude(pk=draft.pk).get()
    assert rep not in other.heirs.all()


def test_lists_tell_who_leaves_no_number_and_no_address(
    login: Login, admin: User, rep: User
) -> None:
    """They open each record for it, which is counted and braked."""
    firm = Customer.everything.create(
        name="Firm", reference="F", owner=rep, phone="+380671234567", email="shop@firm.example"
    )
    Contact.everything.create(
        customer=firm, name="Olha", phone="+380501112233", email="olha@firm.example"
    )
    pages = ("/customers/?columns=phone,email", "/contacts/", "/leads/?columns=phone,email")
    told = "".join(login(rep).get(page).content.decode() for page in pages)
    assert "shop@firm.example" in told and "olha@firm.example" in told
    assert "tel:+380671234567" in told and "tel:+380501112233" in told
    gives_notice(login(admin), rep)
    browser = login(rep)
    told = "".join(browser.get(page).content.decode() for page in pages)
    assert "Firm" in told and "Olha" in told
    assert "firm.example" not in told and "tel:" not in told and "+380" not in told
    choice = browser.get(reverse("list-columns", args=["customer-list"])).content.decode()
    assert 'value="segment"' in choice and 'value="phone"' not in choice
    assert "shop@firm.example" in browser.get(firm.get_absolute_url()).content.decode()


def test_the_day_and_the_calendar_tell_who_leaves_no_number(
    login: Login, admin: User, rep: User
) -> None:
    """Many steps planned for one day would else be a list of numbers that nobody counts."""
    today = Company.get().today
    for n in range(3):
        firm = Customer.everything.create(
            name=f"Firm {n}", reference=f"F{n}", owner=rep, phone=f"+38067123450{n}"
        )
        Task.everything.create(title="Ring", customer=firm, owner=rep, due_on=today)
    Lead.everything.create(name="Asked", owner=rep, phone="+380671239999", recorded_on=today)
    feed, browser = f"/calendar/{make_feed(rep)}.ics", login(rep)
    # the row that was opened shows its number, and was counted
    opened = f"/today/?customer={Customer.everything.earliest('pk').pk}"
    numbers = ("+380671234501", "+380671234502", "+380671239999")

    def told() -> list[str]:
        pages = [browser.get(path) for path in (opened, "/today/leads/")]
        body = "".join(page.content.decode() for page in [*pages, Client().get(feed)])
        assert "Firm 2" in body and "Asked" in body
        return [number for number in numbers if f'tel:{number}"' in body or f":{number}" in body]

    assert told() == list(numbers)
    gives_notice(login(admin), rep)
    assert told() == []
    assert "+380671234500" in browser.get(opened).content.decode()


@pytest.mark.thorough
def test_a_leaver_who_takes_all_they_can_gets_what_one_hour_allows(
    login: Login, admin: User, rep: User
) -> None:
    """Lists, files, the pages of others and every record in turn: 300 numbers at most, and the alert is there."""
    Customer.everything.bulk_create(
        Customer(
            name=f"Firm {n:03}",
            reference=f"F{n}",
            owner=rep,
            sort_name=f"firm {n:03}",
            phone_e164=f"+38050{n:07}",
            email=f"mail{n}@firm.example",
        )
        for n in range(320)
    )
    gives_notice(login(admin), rep)
    browser = login(rep)
    path, listed = "/customers/?columns=phone,email", ""
    while path:
        page = browser.get(path)
        listed += page.content.decode()
        onward = re.search(r'rel="next" href="([^"]+)"', page.content.decode())
        path = urljoin("/customers/", html.unescape(onward[1])) if onward else ""
    assert listed.count("data-row-link") == 320 and "@firm.example" not in listed
    for closed in ("churn-export", "losses-export"):
        assert browser.get(reverse(closed, args=["csv"])).status_code == 403
    for closed in ("handover-list", "person-list", "audit-list"):
        assert browser.get(reverse(closed)).status_code == 403
    taken, refused = set(), 0
    for pk in Customer.everything.values_list("pk", flat=True):
        answer = browser.get(reverse("customer-detail", args=[pk]))
        refused += answer.status_code == 429
        taken |= set(re.findall(r"mail\d+@firm\.example", answer.content.decode()))
    assert (len(taken), refused) == (300, 20)
    alert = HabitAlert.objects.get(kind="read")
    assert (alert.user, alert.n) == (rep, 100)
    assert Notice.objects.filter(user=admin, kind="habit", told__kind="read").count() == 1
