"""Campaigns: everybody reads, managers keep; costs are facts."""

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sales.models import Campaign, CampaignCost, Lead
from team.models import AuditEntry, User

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]


@pytest.fixture
def fair() -> Campaign:
    return Campaign.objects.create(name="Trade fair Packaging", channel="Fair")


def cost(**changed: object) -> dict[str, object]:
    values = {"client_ref": str(uuid.uuid4()), "on": "21.11.2026", "amount": "12 500,50"}
    return values | {"currency": "UAH"} | changed


def test_a_manager_keeps_campaigns_a_rep_reads_them(login: Login, manager: User, rep: User) -> None:
    values = {"client_ref": str(uuid.uuid4()), "name": "Autumn online", "started_on": "1.9.2026"}
    assert login(rep).post("/campaigns/new/", values).status_code == 403
    assert not Campaign.objects.exists()
    browser = login(manager)
    browser.post("/campaigns/new/", values)
    browser.post("/campaigns/new/", values)
    campaign = Campaign.objects.get()
    assert (campaign.name, campaign.started_on) == ("Autumn online", date(2026, 9, 1))
    page = login(rep).get("/campaigns/").content.decode()
    assert "Autumn online" in page and "New campaign" not in page
    assert login(rep).get(f"/campaigns/{campaign.pk}/").status_code == 200
    assert login(rep).get(f"/campaigns/{campaign.pk}/edit/").status_code == 403


def test_the_last_day_lies_after_the_first(login: Login, manager: User) -> None:
    values = {"client_ref": str(uuid.uuid4()), "name": "Autumn", "started_on": "2.9.2026"}
    answer = login(manager).post("/campaigns/new/", values | {"ended_on": "1.9.2026"})
    assert answer.status_code == 422
    assert not Campaign.objects.exists()


def test_another_managers_owner_stays(
    login: Login, manager: User, other_rep: User, fair: Campaign
) -> None:
    Campaign.objects.update(owner=other_rep)
    answer = login(manager).post(
        f"/campaigns/{fair.pk}/edit/", {"version": 1, "name": "Fair", "owner": ""}
    )
    assert answer.status_code == 303
    fair.refresh_from_db()
    assert (fair.name, fair.owner) == ("Fair", other_rep)


def test_two_edits_meet(login: Login, manager: User, admin: User, fair: Campaign) -> None:
    login(admin).post(f"/campaigns/{fair.pk}/edit/", {"version": 1, "name": "One"})
    answer = login(manager).post(f"/campaigns/{fair.pk}/edit/", {"version": 1, "name": "Two"})
    assert answer.status_code == 409
    fair.refresh_from_db()
    assert fair.name == "One"


def test_a_cost_is_added_once_and_deleted_as_a_fact(
    login: Login, manager: User, rep: User, fair: Campaign
) -> None:
    browser, values = login(manager), cost()
    assert login(rep).post(f"/campaigns/{fair.pk}/costs/", values).status_code == 403
    browser.post(f"/campaigns/{fair.pk}/costs/", values)
    browser.post(f"/campaigns/{fair.pk}/costs/", values)
    spent = CampaignCost.objects.get()
    assert (spent.cents, spent.on, spent.deleted_on) == (12_500_50, date(2026, 11, 21), None)
    url = f"/campaigns/{fair.pk}/costs/{spent.pk}/"
    assert login(rep).post(f"{url}delete/").status_code == 403
    browser.post(f"{url}delete/")
    spent.refresh_from_db()
    assert spent.deleted_on is not None
    browser.post(f"{url}restore/")
    browser.post(f"{url}restore/")
    spent.refresh_from_db()
    assert spent.deleted_on is None
    actions = AuditEntry.objects.filter(subject_type="campaigncost").order_by("id")
    assert list(actions.values_list("action", flat=True)) == ["create", "delete", "restore"]


def test_a_deletion_of_an_earlier_day_stands(login: Login, manager: User, fair: Campaign) -> None:
    with time_machine.travel(datetime(2026, 11, 23, 9, tzinfo=UTC), tick=False):
        login(manager).post(f"/campaigns/{fair.pk}/costs/", cost())
        spent = CampaignCost.objects.get()
        login(manager).post(f"/campaigns/{fair.pk}/costs/{spent.pk}/delete/")
    with time_machine.travel(datetime(2026, 11, 24, 9, tzinfo=UTC), tick=False):
        login(manager).post(f"/campaigns/{fair.pk}/costs/{spent.pk}/restore/")
    spent.refresh_from_db()
    assert spent.deleted_on == date(2026, 11, 23)


def test_a_cost_of_another_campaign_is_not_there(
    login: Login, manager: User, fair: Campaign
) -> None:
    other = Campaign.objects.create(name="Other")
    login(manager).post(f"/campaigns/{fair.pk}/costs/", cost())
    spent = CampaignCost.objects.get()
    answer = login(manager).post(f"/campaigns/{other.pk}/costs/{spent.pk}/delete/")
    assert answer.status_code == 404
    spent.refresh_from_db()
    assert spent.deleted_on is None


def test_costs_and_leads_are_counted_side_by_side(
    login: Login, manager: User, admin: User, rep: User, other_rep: User, fair: Campaign
) -> None:
    browser = login(manager)
    for amount in ("100", "200"):
        browser.post(f"/campaigns/{fair.pk}/costs/", cost(amount=amount))
    now = timezone.now()
    for owner, touched in ((rep, now), (rep, None), (other_rep, None)):
        Lead.everything.create(name="Lead", campaign=fair, owner=owner, first_touch_at=touched)
    Lead.everything.create(name="Gone", campaign=fair, owner=rep, deleted_on=now.date())
    cells = browser.get("/campaigns/").content.decode().split("<tbody>")[1]
    assert [cell.split("</td>")[0] for cell in cells.split('is-number is-sum-cell">')[1:]] == [
        "₴300"
    ]
    page = browser.get(f"/campaigns/{fair.pk}/").content.decode()
    assert "Leads in sight" in page
    assert "Spent per lead" not in page  # all the money over a part of the leads
    whole = login(admin).get(f"/campaigns/{fair.pk}/").content.decode()
    assert "Spent per lead" in whole and "₴100" in whole
    assert f"/leads/?campaign={fair.pk}&amp;state=all" in page
    listed = browser.get(f"/leads/?campaign={fair.pk}&state=all").content.decode()
    assert "<b>2</b> leads" in listed and "Campaign: Trade fair Packaging" in listed


def test_the_queries_do_not_grow(login: Login, manager: User, rep: User, fair: Campaign) -> None:
    browser = login(manager)
    browser.get("/campaigns/")
    counts = []
    for more in (2, 30):
        for i in range(more):
            other = Campaign.objects.create(name=f"Campaign {more} {i}")
            CampaignCost.objects.create(
                campaign=fair, on=date(2026, 11, 1), amount=5, recorded_on=date(2026, 11, 1)
            )
            Lead.everything.create(name="Lead", campaign=other, owner=rep)
        with CaptureQueriesContext(connection) as listed:
            browser.get("/campaigns/?q=a")
        with CaptureQueriesContext(connection) as page:
            browser.get(f"/campaigns/{fair.pk}/")
        counts.append((len(listed), len(page)))
    assert counts[0] == counts[1]
    assert counts[0][0] <= 12 and counts[0][1] <= 12
