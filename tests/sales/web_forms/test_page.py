"""The public page of a form: filled in by strangers, framed by any site, in its own language."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from sales.models import Lead, LeadAssignment, LeadRule, WebForm, WebPost
from team.models import AuditEntry, User
from tests.sales.web_forms.kit import ANNA, send, shown

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]


def test_a_stranger_fills_in_the_form_and_is_a_lead_with_its_clock_running(
    form: WebForm, rep: User
) -> None:
    LeadRule.objects.create(name="Rita", way="person").people.set([rep])
    browser = Client()
    page = browser.get(f"/f/{form.token}/").content.decode()
    assert "Ask for an offer" in page and "Your name" in page
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', page))
    with time_machine.travel(timezone.now() + timedelta(seconds=30), tick=False):
        answer = browser.post(
            f"/f/{form.token}/",
            fields | ANNA | {
                "company": "Млин", "message": "40 t of flour", "region": "Львів",
                "budget": "1 204 500,00", "subject2": "",
            },
        )  # fmt: skip
        assert (answer.status_code, answer["Location"]) == (303, f"/f/{form.token}/thanks/")
        lead = Lead.everything.get()
        assert lead.arrived_at == timezone.now()
    assert (lead.name, lead.person, lead.phone_e164) == ("Млин", "Анна Коваль", "+380675553318")
    assert (lead.region, lead.note, lead.language) == ("Львів", "40 t of flour", "en")
    assert (lead.source.key, str(lead.expected_amount.normalize())) == ("web", "1.2045E+6")
    assert lead.response_due_at == lead.arrived_at + timedelta(hours=24)
    assert lead.owner == rep
    entry = LeadAssignment.everything.get()
    assert (entry.occasion, entry.how) == ("form", "person")
    told = AuditEntry.objects.get(action="create", subject_type="lead")
    assert (told.actor, told.actor_name, told.address) == (None, "«Site»", "127.0.0.1")
    assert "Thank you" in browser.get(answer["Location"]).content.decode()


def test_it_may_be_framed_by_any_site_and_knows_no_cookie(
    form: WebForm, login: Login, rep: User
) -> None:
    for browser in (Client(), login(rep)):
        before = dict(browser.cookies)
        for answer in (
            browser.get(f"/f/{form.token}/"),
            send(form, browser, name=str(uuid.uuid4())),
            browser.get(f"/f/{form.token}/thanks/"),
            browser.post(f"/f/{form.token}/", {}),
            browser.get("/f/no-such-form/"),
        ):
            assert "frame-ancestors *" in answer["Content-Security-Policy"]
            assert "script-src" not in answer["Content-Security-Policy"]
            assert "X-Frame-Options" not in answer
            assert not answer.cookies
            assert "csrf" not in answer.content.decode()
            assert rep.name not in answer.content.decode()
        assert dict(browser.cookies) == before
    assert "X-Frame-Options" in Client().get("/sign-in/")


def test_no_token_is_asked_of_another_site(form: WebForm) -> None:
    strict = Client(enforce_csrf_checks=True)
    typed = ANNA | {"shown": shown(form)}
    answer = strict.post(
        f"/f/{form.token}/", typed, headers={"origin": "https://elsewhere.example"}
    )
    assert answer.status_code == 303
    assert Lead.everything.count() == 1


def test_whoever_is_signed_in_here_is_not_who_sends(form: WebForm, login: Login, rep: User) -> None:
    send(form, login(rep))
    lead = Lead.everything.get()
    assert (lead.created_by, lead.owner) == (None, None)
    assert not AuditEntry.objects.filter(actor=rep, action="create").exists()


def test_after_sending_the_visitor_goes_to_the_page_that_the_form_names(form: WebForm) -> None:
    WebForm.objects.update(thanks_url="https://mill.example/thanks?x=1")
    assert send(form)["Location"] == "https://mill.example/thanks?x=1"
    policy = Client().get(f"/f/{form.token}/")["Content-Security-Policy"]
    assert "form-action 'self' https://mill.example;" in policy
    WebForm.objects.update(thanks_url="https://приклад.укр:8443/дякуємо")
    policy = Client().get(f"/f/{form.token}/")["Content-Security-Policy"]
    assert "form-action 'self' https://xn--80aikifvh.xn--j1amh:8443;" in policy


def test_a_closed_form_and_one_that_never_was_are_answered_alike(form: WebForm) -> None:
    WebForm.objects.update(is_active=False)
    closed, absent = Client().get(f"/f/{form.token}/"), Client().get("/f/never-was/")
    assert (closed.status_code, closed.content) == (410, absent.content)
    assert send(form).status_code == 410
    assert not WebPost.everything.exists() and not Lead.everything.exists()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"name": ""}, "Write your name."),
        ({"phone": ""}, "Write a phone number or an e-mail, so that we can answer."),
        ({"phone": "", "email": "anna@"}, "is no e-mail address"),
        ({"phone": "123"}, "digits"),
        ({"budget": "much"}, "“much”"),
        ({"message": "x" * 3001}, "at most 3000"),
        ({"name": "A\0nna"}, "Null characters are not allowed."),
    ],
)
def test_bad_input_is_said_in_plain_words_with_the_typed_text_kept(
    form: WebForm, said: dict[str, str], told: str
) -> None:
    answer = send(form, company="Kept Ltd", **said)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert 'value="Kept Ltd"' in answer.content.decode()
    assert not WebPost.everything.exists()


def test_who_puts_a_mistake_right_is_not_taken_for_quick(form: WebForm) -> None:
    answer = send(form, phone="")
    fields = dict(
        re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', answer.content.decode())
    )
    Client().post(f"/f/{form.token}/", fields | ANNA)
    assert WebPost.everything.get().state == "lead"


def test_a_form_speaks_its_own_language_whatever_the_browser_asks_for(form: WebForm) -> None:
    WebForm.objects.update(language="uk", theme="dark")
    page = Client().get(f"/f/{form.token}/", headers={"accept-language": "en"}).content.decode()
    assert 'lang="uk"' in page and 'data-theme="dark"' in page and "Ваше ім" in page
    answer = send(form, phone="")
    assert "Напишіть телефон або пошту" in answer.content.decode()


def test_the_same_post_twice_makes_one_lead_and_another_day_another(form: WebForm) -> None:
    assert [send(form).status_code for _n in range(3)] == [303] * 3
    assert send(form, phone="+380 67 555-33-18", name=" Анна  КОВАЛЬ").status_code == 303
    assert Lead.everything.count() == WebPost.everything.count() == 1
    send(form, message="Something else")
    assert Lead.everything.count() == 2
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        send(form)
    assert Lead.everything.count() == 3


def test_what_is_huge_is_not_read(form: WebForm) -> None:
    answer = send(form, message="x" * 70_000)
    assert answer.status_code == 413
    assert "too long" in answer.content.decode()
    assert not WebPost.everything.exists()
