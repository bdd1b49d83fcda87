"""Public forms are made and closed by administrators; many posts cost as many queries, and equal ones are one."""

import re
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sales.models import Lead, LeadAssignment, LeadOwnership, LeadRule, WebForm, WebPost
from team.models import User
from tests.sales.web_forms.kit import ANNA, send

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]


def test_an_administrator_makes_edits_closes_and_opens_a_form(login: Login, admin: User) -> None:
    browser, ref = login(admin), str(uuid.uuid4())
    typed = {
        "client_ref": ref, "name": "Site", "title": "Ask us", "language": "uk", "theme": "system",
        "asks": ["company", "message"], "thanks": "Дякуємо", "takes_plain_posts": "on",
    }  # fmt: skip
    for _n in range(2):
        answer = browser.post("/settings/web-forms/new/", typed)
    form = WebForm.objects.get()
    assert answer["Location"] == f"/settings/web-forms/{form.pk}/"
    assert (form.asks, form.takes_plain_posts, len(form.token)) == (
        ["company", "message"],
        True,
        16,
    )
    page = browser.get(answer["Location"]).content.decode()
    assert f"http://testserver/f/{form.token}/" in page
    assert "&lt;iframe src=" in page and "&lt;textarea name=" in page
    edit = typed | {"version": "1", "asks": ["region"], "name": "Home page"}
    assert browser.post(f"/settings/web-forms/{form.pk}/edit/", edit).status_code == 303
    assert (
        browser.post(f"/settings/web-forms/{form.pk}/edit/", typed | {"version": "1"}).status_code
        == 409
    )
    browser.post(f"/settings/web-forms/{form.pk}/close/")
    assert Client().get(f"/f/{form.token}/").status_code == 410
    browser.post(f"/settings/web-forms/{form.pk}/open/")
    page = Client().get(f"/f/{form.token}/").content.decode()
    assert 'name="region"' in page and 'name="company"' not in page
    bad = browser.post(
        "/settings/web-forms/new/", typed | {"client_ref": "", "thanks_url": "javascript:alert(1)"}
    )
    assert bad.status_code == 422


def test_the_code_for_a_site_of_ones_own_works_as_it_is_written(
    form: WebForm, login: Login, admin: User
) -> None:
    WebForm.objects.update(takes_plain_posts=True)
    page = login(admin).get(f"/settings/web-forms/{form.pk}/").content.decode()
    code = page.split('id="code-plain"')[1].split("</textarea>")[0].replace("&quot;", '"')
    names = re.findall(r'name="(\w+)"', code)
    assert names == ["name", "company", "phone", "email", "region", "budget", "message", "subject2"]
    Client().post(f"/f/{form.token}/", dict.fromkeys(names, "") | ANNA)
    assert Lead.everything.count() == 1


def test_nobody_but_administrators(form: WebForm, login: Login, rep: User, director: User) -> None:
    send(form, subject2="x")
    post = WebPost.everything.get()
    for person in (rep, director):
        browser = login(person)
        for page in ("", "new/", f"{form.pk}/", f"{form.pk}/edit/", "sent/"):
            assert browser.get(f"/settings/web-forms/{page}").status_code == 403
        for act in (f"{form.pk}/close/", f"sent/{post.pk}/release/", f"sent/{post.pk}/discard/"):
            assert browser.post(f"/settings/web-forms/{act}").status_code == 403
    post.refresh_from_db()
    assert post.state == "suspected"
    assert WebForm.objects.get().is_active


def test_the_queries_do_not_grow(form: WebForm, login: Login, admin: User) -> None:
    browser = login(admin)
    counts = []
    for more in (2, 9):
        for n in range(more):
            sender = Client(REMOTE_ADDR=f"198.51.100.{more * 10 + n}")
            send(form, sender, name=f"Visitor {more} {n}", subject2="x" if n % 2 else "")
        with CaptureQueriesContext(connection) as forms:
            browser.get("/settings/web-forms/")
        with CaptureQueriesContext(connection) as sent:
            browser.get("/settings/web-forms/sent/?state=lead")
        with CaptureQueriesContext(connection) as public:
            send(form, Client(REMOTE_ADDR=f"192.0.2.{more}"), name=f"Last {more}")
        counts.append((len(forms), len(sent), len(public)))
    assert counts[0] == counts[1]


@pytest.mark.postgres
@pytest.mark.usefixtures("transactional_db")
def test_fifty_equal_posts_at_once_are_one_lead(form: WebForm, rep: User) -> None:
    LeadRule.objects.create(name="Rita", way="person").people.set([rep])

    def one(n: int) -> int:
        try:
            return int(send(form, Client(REMOTE_ADDR=f"198.51.100.{n}")).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as threads:
        answers = Counter(threads.map(one, range(50)))
    assert answers == {303: 50}
    assert Lead.everything.count() == WebPost.everything.count() == 1
    assert LeadAssignment.everything.count() == 1


@pytest.mark.parametrize(("kept_for", "leads"), [(["many"], 1), (["flood"], 1), (["trap"], 0)])
def test_what_was_kept_aside_as_one_of_many_is_a_lead_where_it_comes_within_the_limits(
    form: WebForm, kept_for: list[str], leads: int
) -> None:
    """Equal posts at once are one, and the one that was stored is not always the first that was counted."""
    send(form, Client())
    post = WebPost.everything.get()
    LeadAssignment.everything.all().delete()
    WebPost.everything.update(lead=None, state="suspected", reasons=kept_for)
    LeadOwnership.everything.all().delete()
    Lead.everything.all().delete()
    assert send(form, Client()).status_code == 303
    assert Lead.everything.count() == leads
    post.refresh_from_db()
    assert (post.state == "lead") is bool(leads) and post.reasons == ([] if leads else kept_for)
