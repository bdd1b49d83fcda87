"""Saved views through the door: named, found again, shared, renamed, deleted, taken over; never more rights."""

import html
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from team.models import Arrangement, AuditEntry, SavedView, Team, User

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]
Login = Callable[[User], Client]


def save(browser: Client, state: str = "state=at-risk&sort=name", **values: Any):
    typed = {"client_ref": str(uuid.uuid4()), "name": "To call"} | values
    return browser.post(f"/views/new/?listed=customer-list&{state}", typed)


def page_of(browser: Client, address: str = "/customers/") -> str:
    return str(browser.get(address).content.decode())


def view_of(owner: User, name: str = "To call", query: str = "state=all", **values: Any):
    return SavedView.objects.create(
        listed="customer-list", name=name, query=query, owner=owner, **values
    )


def test_the_present_state_gets_a_name_and_is_found_above_the_list(
    login: Login, rep: User, keep: Any
) -> None:
    keep(rep, name="Silent bakery", segment="Bakery", annual_cents=5)
    keep(rep, name="Loud mill", segment="Mill", annual_cents=5)
    browser = login(rep)
    page = page_of(browser, "/customers/?segment=Bakery&sort=name&after=zzz")
    assert "/views/new/?segment=Bakery&amp;sort=name&amp;listed=customer-list" in page
    answer = save(browser, "segment=Bakery&sort=name&after=zzz")
    view = SavedView.objects.get()
    assert (view.owner, view.query, view.version) == (rep, "segment=Bakery&sort=name", 1)
    assert answer.status_code == 303
    assert answer["Location"] == f"/customers/?segment=Bakery&sort=name&view={view.pk}"
    entry = AuditEntry.objects.get(subject_type="savedview", action="create")
    assert (entry.actor, entry.detail.after["query"]) == (rep, "segment=Bakery&sort=name")
    opened = page_of(browser, answer["Location"])
    assert "Silent bakery" in opened and "Loud mill" not in opened
    chip = f'<a href="/customers/?segment=Bakery&amp;sort=name&amp;view={view.pk}"'
    assert f'{chip} aria-current="page"><span>To call</span>' in opened
    plain = page_of(browser)
    assert chip in plain and f"{chip} aria-current" not in plain


def test_one_post_makes_one_view_and_one_name_is_there_once(login: Login, rep: User) -> None:
    browser, ref = login(rep), str(uuid.uuid4())
    for _n in range(2):
        assert save(browser, client_ref=ref).status_code == 303
    again = save(browser, name="to CALL")
    assert again.status_code == 422
    assert "You have a view of this name" in again.content.decode()
    assert SavedView.objects.count() == 1
    assert save(browser, name="").status_code == 422


def test_a_view_is_its_owners_alone(
    login: Login, rep: User, manager: User, admin: User, other_rep: User
) -> None:
    view = view_of(rep, "Rita's own")
    for who in (manager, admin, other_rep):
        browser = login(who)
        assert "Rita&#x27;s own" not in page_of(browser)
        assert "Rita&#x27;s own" not in page_of(browser, "/views/")
        for act in ("edit", "replace", "delete", "restore", "start", "take-over"):
            assert browser.post(f"/views/{view.pk}/{act}/").status_code == 404
    view.refresh_from_db()
    assert (view.version, view.deleted_at, view.owner) == (1, None, rep)


def test_managers_share_with_their_teams_and_those_inside(
    login: Login, manager: User, rep: User, sub_rep: User, other_rep: User, north: Team, south: Team
) -> None:
    browser = login(manager)
    assert save(browser, name="North calls", team=str(north.pk)).status_code == 303
    for who in (rep, sub_rep):
        assert "North calls" in page_of(login(who))
    assert "North calls" not in page_of(login(other_rep))
    assert save(browser, name="Not mine", team=str(south.pk)).status_code == 422
    refused = save(browser, name="All", for_all="on")
    assert refused.status_code == 303
    assert not SavedView.objects.get(name="All").is_shared  # only who sees all shares with all
    assert "Share with" not in page_of(login(rep), "/views/new/?listed=customer-list&state=all")
    save(login(rep), name="Pushed", team=str(north.pk))
    assert not SavedView.objects.get(name="Pushed").is_shared


def test_a_view_of_a_team_inside_is_not_for_the_one_around_it(
    login: Login, manager: User, rep: User, sub_rep: User, north_sub: Team
) -> None:
    save(login(manager), name="Key accounts", team=str(north_sub.pk))
    assert "Key accounts" in page_of(login(sub_rep))
    assert "Key accounts" not in page_of(login(rep))


def test_administrators_share_with_everybody(login: Login, admin: User, other_rep: User) -> None:
    browser = login(admin)
    assert save(browser, name="Company", for_all="on").status_code == 303
    assert "Company" in page_of(login(other_rep))


def test_a_shared_view_widens_nobodys_sight(
    login: Login, manager: User, rep: User, sub_rep: User, north: Team, keep: Any
) -> None:
    keep(rep, name="Of Rita")
    keep(sub_rep, name="Of Sasha")
    view = view_of(manager, "Sasha's", f"owner={sub_rep.pk}", team=north)
    theirs = page_of(login(manager), view.get_absolute_url())
    assert "Of Sasha" in theirs and "Of Rita" not in theirs and "left out" not in theirs
    mine = page_of(login(rep), view.get_absolute_url())
    assert "Of Sasha" not in mine and "Sasha Subrep" not in mine
    assert "Of Rita" in mine
    assert "«Owner» was left out" in mine
    nobody = page_of(login(rep), "/customers/?owner=987654")
    assert "«Owner» was left out" in nobody
    own = page_of(login(rep), f"/customers/?owner={rep.pk}")
    assert "left out" not in own and "Owner: Rita Rep" in own


def test_rename_with_the_version_it_was_opened_with(login: Login, rep: User) -> None:
    view, browser = view_of(rep), login(rep)
    typed = {"name": "To call soon", "version": "1"}
    assert browser.post(f"/views/{view.pk}/edit/", typed).status_code == 303
    view.refresh_from_db()
    assert (view.name, view.version) == ("To call soon", 2)
    stale = browser.post(f"/views/{view.pk}/edit/", {"name": "Other", "version": "1"})
    assert stale.status_code == 409
    view.refresh_from_db()
    assert view.name == "To call soon"


def test_replace_and_take_it_back(login: Login, rep: User) -> None:
    view, browser = view_of(rep, query="state=at-risk"), login(rep)
    changed = page_of(browser, f"/customers/?state=lost&view={view.pk}")
    assert f'action="/views/{view.pk}/replace/"' in changed
    same = page_of(browser, view.get_absolute_url())
    assert "/replace/" not in same
    answer = browser.post(f"/views/{view.pk}/replace/", {"query": "state=lost&after=x&view=7"})
    assert answer["Location"] == f"/customers/?state=lost&view={view.pk}"
    view.refresh_from_db()
    assert view.query == "state=lost"
    told = page_of(browser, answer["Location"])
    (undo,) = re.findall(r'<form action="(/views/\d+/replace/[^"]+)"', told)
    browser.post(html.unescape(undo))
    view.refresh_from_db()
    assert view.query == "state=at-risk"
    actions = AuditEntry.objects.filter(subject_type="savedview", subject_id=view.pk)
    assert [entry.action for entry in actions.order_by("pk")] == ["update", "update"]


def test_delete_and_undo(login: Login, rep: User) -> None:
    view, browser = view_of(rep, query="state=at-risk"), login(rep)
    browser.post(f"/views/{view.pk}/start/")
    answer = browser.post(f"/views/{view.pk}/delete/", {"next": view.get_absolute_url()})
    assert answer["Location"] == "/customers/?state=at-risk"
    assert browser.get("/customers/").status_code == 200  # opens with it no more
    assert "To call" not in page_of(browser, "/views/")
    assert browser.post(f"/views/{view.pk}/edit/", {"name": "x", "version": 3}).status_code == 404
    browser.post(f"/views/{view.pk}/restore/")
    assert browser.get("/customers/")["Location"] == view.get_absolute_url()
    browser.post(f"/views/{view.pk}/delete/")
    view_of(rep)  # the name was free
    browser.post(f"/views/{view.pk}/restore/")
    view.refresh_from_db()
    assert view.deleted_at is not None


def test_the_list_opens_with_the_chosen_view(login: Login, rep: User) -> None:
    browser = login(rep)
    save(browser, starts="on")
    view = SavedView.objects.get()
    answer = browser.get("/customers/")
    assert (answer.status_code, answer["Location"]) == (302, view.get_absolute_url())
    plain = browser.get("/customers/?view=")  # the list as it comes stays within reach
    assert plain.status_code == 200
    assert 'href="/customers/?view="' in plain.content.decode()
    assert browser.get("/customers/?state=lost").status_code == 200
    other = view_of(rep, "Other")
    browser.post(f"/views/{other.pk}/start/")
    assert browser.get("/customers/")["Location"] == other.get_absolute_url()
    browser.post(f"/views/{other.pk}/start/?on=no")
    assert browser.get("/customers/").status_code == 200
    assert AuditEntry.objects.filter(subject_type="arrangement").count() == 3


def test_a_start_that_is_shared_no_more_is_none(
    login: Login, manager: User, rep: User, north: Team
) -> None:
    view = view_of(manager, "North", team=north)
    browser = login(rep)
    browser.post(f"/views/{view.pk}/start/")
    assert browser.get("/customers/").status_code == 302
    login(manager).post(f"/views/{view.pk}/edit/", {"name": "North", "version": "1"})
    assert browser.get("/customers/").status_code == 200
    assert "North" not in page_of(browser, "/views/")


def test_views_of_who_left_stay_and_are_taken_over(
    login: Login, manager: User, other_manager: User, admin: User, rep: User, north: Team, hire: Any
) -> None:
    boss = hire("Boris Boss", team=north, is_manager=True)
    kept = view_of(boss, "Only his")
    view = view_of(boss, "North calls", team=north)
    assert login(manager).post(f"/views/{view.pk}/take-over/").status_code == 404  # still here
    User.objects.filter(pk=boss.pk).update(is_active=False)
    assert "North calls" in page_of(login(rep))
    for who in (rep, other_manager):
        assert login(who).post(f"/views/{view.pk}/take-over/").status_code == 404
    assert "Take over" in page_of(login(manager), "/views/")
    assert login(manager).post(f"/views/{kept.pk}/take-over/").status_code == 404
    assert login(manager).post(f"/views/{view.pk}/take-over/").status_code == 303
    view.refresh_from_db()
    assert (view.owner, view.team) == (manager, north)
    assert AuditEntry.objects.filter(action="take over", actor=manager).count() == 1


def test_columns_are_chosen_and_ordered_for_oneself(
    login: Login, rep: User, manager: User, keep: Any
) -> None:
    keep(rep, name="Bakery", reference="CU-7", phone="+380675553318", segment="Bread")
    browser = login(rep)
    form = page_of(browser, "/lists/customer-list/columns/")
    assert 'value="owner"' not in form  # one person's list has one owner
    posted = {
        "order": ["reference", "value", "segment", "phone"],
        "shown": ["phone", "value", "reference"],
    }
    answer = browser.post("/lists/customer-list/columns/?next=/customers/", posted)
    assert answer["Location"] == "/customers/"
    page = page_of(browser)
    assert heads(page) == ["Customer", "Reference", "A year", "Phone"]
    row = page.split("<tbody>")[1].split("</tr>")[0]
    assert row.index("Bakery") < row.index("CU-7") < row.index("tel:+380675553318")
    assert "Bread" not in row
    assert heads(page_of(login(manager)))[:3] == ["Customer", "Owner", "Segment"]
    entry = AuditEntry.objects.get(subject_type="arrangement")
    assert entry.detail.after == {"columns": "reference,value,phone"}
    # the address wins, and what is saved keeps what was seen
    assert heads(page_of(browser, "/customers/?columns=region,nonsense")) == ["Customer", "Region"]
    assert "columns=reference%2Cvalue%2Cphone&amp;listed" in page_of(
        browser, "/customers/?state=all"
    )
    browser.post("/lists/customer-list/columns/", {"reset": "1"})
    assert heads(page_of(browser))[:2] == ["Customer", "Segment"]


def test_columns_are_sized_for_oneself(login: Login, rep: User, keep: Any) -> None:
    keep(rep, name="Bakery", segment="Bread")
    browser = login(rep)
    posted = {
        "order": ["segment", "value", "region"],
        "shown": ["segment", "value"],
        "width-name": "wide",
        "width-segment": "narrow",
        "width-region": "wide",  # not shown
        "width-value": "nonsense",
    }
    browser.post("/lists/customer-list/columns/?next=/customers/", posted)
    assert Arrangement.objects.get().columns == "name:wide,segment:narrow,value"
    page = page_of(browser)
    assert heads(page) == ["Customer", "Segment", "A year"]
    row = page.split("<tbody>")[1].split("</tr>")[0]
    assert 'class="is-wide is-name"' in row
    assert '<td class="is-narrow">' in row
    form = page_of(browser, "/lists/customer-list/columns/")
    chosen = re.findall(r'name="width-(\w+)"[^>]*>.*?<option value="(\w*)" selected', form)
    assert dict(chosen)["name"] == "wide"
    assert (dict(chosen)["segment"], dict(chosen)["value"]) == ("narrow", "")
    # pressing up keeps what is not saved yet
    moved = browser.post("/lists/customer-list/columns/", posted | {"move": "up:value"})
    assert 'name="width-region"' in moved.content.decode()
    assert Arrangement.objects.get().columns == "name:wide,segment:narrow,value"
    # a view that is saved keeps them
    assert "columns=name%3Awide%2Csegment%3Anarrow%2Cvalue" in page_of(
        browser, "/customers/?state=all"
    )


def heads(page: str) -> list[str]:
    found = re.findall(r"<th scope=\"col\"[^>]*>(.*?)</th>", page, flags=re.S)
    return [re.sub(r"<[^>]+>", "", head).split("\n")[0].strip() for head in found]


def test_a_column_moves_by_a_press_and_is_kept_by_save_alone(login: Login, rep: User) -> None:
    browser = login(rep)
    posted = {"order": ["segment", "region"], "shown": ["segment", "region"], "move": "up:region"}
    page = browser.post("/lists/customer-list/columns/", posted).content.decode()
    assert page.index('name="order" value="region"') < page.index('name="order" value="segment"')
    assert not Arrangement.objects.exists()
    assert browser.get("/lists/nonsense/columns/").status_code == 404


def test_views_cost_as_many_queries_however_many_they_are(
    login: Login, rep: User, manager: User, north: Team
) -> None:
    browser = login(rep)
    counts = []
    for n in range(2):
        for i in range(3):
            view_of(rep, f"Own {n} {i}")
            view_of(manager, f"Shared {n} {i}", team=north)
        for address in ("/customers/", "/views/"):
            browser.get(address)
            with CaptureQueriesContext(connection) as asked:
                browser.get(address)
            counts.append(len(asked))
    assert counts[:2] == counts[2:]
    assert counts[0] <= 10


def test_of_very_many_views_a_few_stand_above_the_list(
    login: Login, admin: User, manager: User, north: Team
) -> None:
    for n in range(12):
        view_of(manager, f"Shared {n:02d}", team=north)
    view_of(admin, "Є власний")
    last = SavedView.objects.get(name="Shared 11")
    browser = login(admin)
    page = page_of(browser, last.get_absolute_url())
    bar = page.split('<nav class="m-views"')[1].split("</nav>")[0]
    names = re.findall(r"<span>(.*?)</span>", bar)
    assert names[0] == "Є власний" and "Shared 11" in names and len(names) == 8
    assert "5 more" in bar
    everything = page_of(browser, "/views/")
    assert everything.count("data-row-link") == 13
