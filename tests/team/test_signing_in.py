import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.utils import timezone

from conftest import PASSWORD
from team.models import Attempt, AuditEntry


@pytest.fixture
def browser():
    return Client()


def sign_in(browser, email, password=PASSWORD, **fields):
    return browser.post("/sign-in/", {"email": email, "password": password, **fields})


def text_of(response):
    """What a reader sees of the page, without tokens."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
    return re.sub(r'value="[^"]*@example\.com"', "", page)


def actions(name):
    return list(AuditEntry.objects.filter(action=name).values_list("subject_name", "actor_name"))


def test_the_right_pair_leads_to_the_page_that_was_asked_for(browser, rep):
    asked = browser.get("/profile/?a=1")
    assert asked.headers["Location"] == "/sign-in/?next=/profile/%3Fa%3D1"
    before = browser.session.session_key
    answer = sign_in(browser, "  Rita.Rep@Example.com ", next="/profile/?a=1")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/profile/?a=1")
    assert browser.get("/profile/").status_code == 200
    assert browser.session.session_key != before
    assert actions("sign-in") == [("Rita Rep", "Rita Rep")]
    assert not Attempt.objects.exists()


def test_next_never_leaves_this_host(browser, rep):
    for evil in (
        "//evil.example",
        "/\\evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "http://testserver//evil.example/",
        "http://testserver///evil.example/",
        "http://testserver/\\evil.example/",
        "today",
    ):
        answer = sign_in(Client(), rep.email, next=evil)
        assert answer.headers["Location"] == "/", evil


def test_next_never_breaks_the_door_for_who_is_signed_in(rep, login):
    browser = login(rep)
    for odd in ("today", "no-such-page", "http://testserver//evil.example/"):
        answer = browser.get("/sign-in/", {"next": odd})
        assert (answer.status_code, answer.headers["Location"]) == (302, "/"), odd
    assert browser.get("/sign-in/", {"next": "/calls/"}).headers["Location"] == "/calls/"


def test_unknown_wrong_and_deactivated_read_the_same(rep, other_rep):
    other_rep.is_active = False
    other_rep.save()
    wrong = sign_in(Client(REMOTE_ADDR="10.0.0.1"), rep.email, "not it")
    unknown = sign_in(Client(REMOTE_ADDR="10.0.0.2"), "nobody@example.com", "not it")
    ended = sign_in(Client(REMOTE_ADDR="10.0.0.3"), other_rep.email)
    assert {wrong.status_code, unknown.status_code, ended.status_code} == {422}
    assert text_of(wrong) == text_of(unknown) == text_of(ended)
    assert "4 tries left, then a pause of 15 minutes" in text_of(wrong)
    assert not Session.objects.exists()
    assert actions("sign-in failed") == [
        ("Otto Otherrep", "nobody"),
        ("", "nobody"),
        ("Rita Rep", "nobody"),
    ]


def test_five_tries_then_a_pause_of_fifteen_minutes(rep):
    guesser = Client(REMOTE_ADDR="10.9.9.9")
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for left in (4, 3, 2):
            assert f"{left} tries left" in text_of(sign_in(guesser, rep.email, "guess"))
        assert "1 try left" in text_of(sign_in(guesser, rep.email, "guess"))
        clock.shift(timedelta(minutes=10))
        assert "No tries left" in text_of(sign_in(guesser, rep.email, "guess"))
        paused = sign_in(guesser, rep.email)
        assert paused.status_code == 429
        assert "Wait 15 minutes" in text_of(paused)
        clock.shift(timedelta(minutes=14))
        assert sign_in(guesser, rep.email).status_code == 429
        clock.shift(timedelta(minutes=1, seconds=1))
        assert sign_in(guesser, rep.email).status_code == 303


def test_the_pause_reads_the_same_for_an_account_that_does_not_exist(rep):
    def paused(email):
        guesser = Client(REMOTE_ADDR="10.9.9.9")
        answers = [sign_in(guesser, email, "guess") for _ in range(6)]
        return [(answer.status_code, text_of(answer)) for answer in answers]

    assert paused(rep.email) == paused("nobody@example.com")


def test_guessing_elsewhere_neither_ends_a_session_nor_stops_the_owner(rep):
    at_work = Client(REMOTE_ADDR="192.0.2.7")
    sign_in(at_work, rep.email)
    for host in range(60):
        sign_in(Client(REMOTE_ADDR=f"10.0.0.{host}"), rep.email, "guess")
    assert sign_in(Client(REMOTE_ADDR="10.0.1.1"), rep.email).status_code == 429
    assert at_work.get("/profile/").status_code == 200
    # the address is known for this account, so that others' guesses do not stop it
    assert sign_in(Client(REMOTE_ADDR="192.0.2.7"), rep.email).status_code == 303


def test_one_address_cannot_try_one_password_on_everybody(rep):
    sprayer = Client(REMOTE_ADDR="10.7.7.7")
    for number in range(50):
        assert sign_in(sprayer, f"person{number}@example.com", "Summer2026!").status_code == 422
    assert sign_in(sprayer, "person51@example.com", "Summer2026!").status_code == 429
    assert sign_in(Client(REMOTE_ADDR="10.7.7.8"), rep.email).status_code == 303


def test_staying_signed_in_lasts_fourteen_days_else_twelve_hours(browser, rep):
    sign_in(browser, rep.email)
    assert browser.cookies["session"]["max-age"] == ""
    assert (
        timedelta(hours=11)
        < browser.session.get_expiry_date() - timezone.now()
        <= timedelta(hours=12)
    )
    stays = Client()
    sign_in(stays, rep.email, remember="on")
    assert stays.cookies["session"]["max-age"] == 14 * 24 * 60 * 60


def test_signing_out_is_a_post_and_ends_the_session(rep, login):
    browser = login(rep)
    assert browser.get("/sign-out/").status_code == 405
    assert browser.get("/profile/").status_code == 200
    assert browser.post("/sign-out/").headers["Location"] == "/sign-in/"
    assert browser.get("/profile/").status_code == 302
    assert actions("sign-out") == [("Rita Rep", "Rita Rep")]


def test_deactivation_ends_an_open_session_with_the_next_request(rep, admin, login):
    browser = login(rep)
    login(admin).post(f"/people/{rep.pk}/deactivate/")
    assert browser.get("/profile/").headers["Location"].startswith("/sign-in/")
    assert browser.post("/profile/preferences/", {"theme": "dark"}).status_code == 302
    rep.refresh_from_db()
    assert rep.theme == "system"
    login(admin).post(f"/people/{rep.pk}/reactivate/")
    assert browser.get("/profile/").status_code == 302, "the old session stays ended"
    assert sign_in(Client(), rep.email).status_code == 303


def test_a_part_of_a_page_takes_its_page_to_sign_in(browser, rep):
    answer = browser.get(
        "/people/?q=a",
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/people/"},
    )
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"] == "/sign-in/?next=/people/"


def test_a_form_sent_too_late_comes_back_to_its_page(browser, rep):
    answer = browser.post("/profile/", {}, headers={"Referer": "http://testserver/profile/?x=1"})
    assert answer.headers["Location"] == "/sign-in/?next=/profile/%3Fx%3D1"
    foreign = browser.post("/profile/", {}, headers={"Referer": "https://evil.example/profile/"})
    assert foreign.headers["Location"] == "/sign-in/?next=/"
    doubled = browser.post("/profile/", {}, headers={"Referer": "http://testserver//evil.example/"})
    assert doubled.headers["Location"] == "/sign-in/?next=/"


def test_a_missing_token_is_answered_in_words_and_logged(rep):
    strict = Client(enforce_csrf_checks=True)
    answer = sign_in(strict, rep.email)
    assert answer.status_code == 403
    assert "Nothing was saved" in answer.content.decode()
    assert actions("refuse") == [("POST /sign-in/", "nobody")]


def test_the_language_of_the_door(browser, company):
    answer = browser.post("/language/", {"language": "uk", "next": "/sign-in/"})
    assert answer.headers["Location"] == "/sign-in/"
    assert 'lang="uk"' in browser.get("/sign-in/").content.decode()
    browser.post("/language/", {"language": "tlh"})
    assert browser.cookies["django_language"].value == "uk"


@pytest.mark.parametrize(
    ("who", "start"), [("rep", "today"), ("manager", "losses"), ("admin", "person-list")]
)
def test_everybody_starts_where_their_work_is(who, start, request, login):
    from django.urls import reverse

    answer = login(request.getfixturevalue(who)).get("/")
    assert answer.headers["Location"] == reverse(start)


def test_no_mail_goes_out_while_signing_in(browser, rep):
    sign_in(browser, rep.email, "wrong")
    sign_in(browser, rep.email)
    assert mail.outbox == []


def test_a_quick_switch_is_kept_and_what_is_no_choice_is_not(rep, login):
    browser = login(rep)
    answer = browser.post("/profile/preferences/", {"theme": "dark", "next": "/calls/"})
    assert (answer.status_code, answer["Location"]) == (303, "/calls/")
    browser.post("/profile/preferences/", {"theme": "pink", "is_admin": "on"})
    rep.refresh_from_db()
    assert (rep.theme, rep.is_admin) == ("dark", False)
