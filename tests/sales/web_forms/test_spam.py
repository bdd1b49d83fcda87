"""What looks like spam is kept aside and answered alike; administrators release or discard it."""

import uuid
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from sales.leads.late_leads import tell_of_late
from sales.models import Lead, LeadRule, WebForm, WebPost
from sales.public.web_posts import clear_discarded
from team.models import AuditEntry, User
from tests.sales.web_forms.kit import send, shown

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]


SUSPICIOUS = [
    ({"subject2": "x"}, ["trap"]),
    ({"shown": ""}, ["no page"]),
    ({"shown": "forged:1:x"}, ["no page"]),
    ({"message": "http://a.example https://b.example www.c.example"}, ["links"]),
    ({"name": "Win http://a.example"}, ["links"]),
]


@pytest.mark.parametrize(("said", "reasons"), SUSPICIOUS)
def test_what_looks_like_spam_is_kept_aside_and_answered_alike(
    form: WebForm, said: dict[str, str], reasons: list[str]
) -> None:
    answer = send(form, **said)
    assert (answer.status_code, answer["Location"]) == (303, f"/f/{form.token}/thanks/")
    post = WebPost.everything.get()
    assert (post.state, post.reasons, post.lead) == ("suspected", reasons, None)
    assert post.said["phone"] == "+380 67 555 3318"
    assert not Lead.everything.exists()


def test_sent_within_seconds_or_from_the_page_of_another_form_or_of_last_week(
    form: WebForm,
) -> None:
    other = WebForm.objects.create(name="Other", title="Other")
    for token, why in (
        (shown(form, 1), "quick"), (shown(other), "no page"), (shown(form, 8 * 86400), "no page"),
    ):  # fmt: skip
        send(form, name=str(uuid.uuid4()), shown=token)
        assert WebPost.everything.order_by("-pk")[0].reasons == [why]
    send(form, shown=shown(form, 2 * 86400), message="one link: https://mill.example")
    assert Lead.everything.count() == 1


def test_a_form_may_take_what_other_sites_send(form: WebForm) -> None:
    WebForm.objects.update(takes_plain_posts=True)
    send(form, shown="")
    assert Lead.everything.count() == 1
    send(form, name="Forged", shown="forged:1:x")
    assert Lead.everything.count() == 1


def test_many_from_one_address_are_looked_at_and_very_many_have_to_wait(form: WebForm) -> None:
    for n in range(22):
        last = send(form, name=f"Visitor {n}", company="Kept Ltd")
    states = Counter(WebPost.everything.values_list("state", flat=True))
    assert states == {"lead": 5, "suspected": 15}
    assert last.status_code == 429
    assert "send it again in 15 minutes" in last.content.decode()
    assert 'value="Kept Ltd"' in last.content.decode()
    elsewhere = Client(REMOTE_ADDR="198.51.100.7")
    assert send(form, elsewhere, name="Somebody else").status_code == 303
    assert Lead.everything.filter(name="Somebody else").exists()
    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=False):
        assert send(form, name="Visitor 21").status_code == 303


def test_an_administrator_releases_or_discards_what_was_kept_aside(
    form: WebForm, login: Login, admin: User, rep: User
) -> None:
    LeadRule.objects.create(name="Rita", way="person").people.set([rep])
    when = timezone.now() - timedelta(hours=30)
    with time_machine.travel(when, tick=False):
        send(form, subject2="x")
        send(form, subject2="x", name="Bot")
    good, bad = WebPost.everything.order_by("pk")
    browser = login(admin)
    page = browser.get("/settings/web-forms/sent/").content.decode()
    assert "Анна Коваль" in page and "a field that people do not see" in page
    for _n in range(2):
        browser.post(f"/settings/web-forms/sent/{good.pk}/release/")
    lead = Lead.everything.get()
    assert (lead.owner, lead.name, good.at) == (rep, "Анна Коваль", when)
    # nobody could answer before: the clock starts with the release
    assert timezone.now() - lead.arrived_at < timedelta(minutes=1)
    assert lead.response_due_at == lead.arrived_at + timedelta(hours=24)
    assert not tell_of_late(timezone.now())
    browser.post(f"/settings/web-forms/sent/{bad.pk}/discard/")
    bad.refresh_from_db()
    assert bad.state == "discarded"
    browser.post(f"/settings/web-forms/sent/{bad.pk}/keep/")
    bad.refresh_from_db()
    assert bad.state == "suspected"
    browser.post(f"/settings/web-forms/sent/{good.pk}/discard/")
    good.refresh_from_db()
    assert (good.state, good.lead, good.settled_by) == ("lead", lead, admin)
    told = AuditEntry.objects.filter(subject_type="webpost").order_by("pk")
    assert [entry.action for entry in told] == ["release", "discard", "take back"]


def test_what_was_discarded_is_deleted_after_a_month_and_nothing_else(form: WebForm) -> None:
    send(form)
    with time_machine.travel(timezone.now() - timedelta(days=31), tick=False):
        send(form, name="Old bot", subject2="x")
        send(form, name="Old doubt", subject2="x")
    send(form, name="Young bot", subject2="x")
    WebPost.everything.filter(said__name__endswith="bot").update(state="discarded")
    assert clear_discarded() == 1
    left = WebPost.everything.values_list("said__name", flat=True)
    assert sorted(left) == ["Old doubt", "Young bot", "Анна Коваль"]
