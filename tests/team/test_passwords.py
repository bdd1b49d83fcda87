import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from conftest import PASSWORD
from team.jobs.running import run
from team.models import AuditEntry, Job

NEW = "a longer new password"


def post_letters():
    """What the worker does."""
    for pk in Job.everything.filter(state="queued").order_by("pk").values_list("pk", flat=True):
        run(pk)


def link_of(letter):
    return re.search(r"http://localhost:8000(/password/\S+/)", letter.body).group(1)


@pytest.fixture
def browser(rep, login):
    return login(rep)


@pytest.fixture
def link(rep, browser):
    Client().post("/password/", {"email": rep.email})
    post_letters()
    return link_of(mail.outbox.pop())


def can_sign_in(user, password):
    answer = Client().post("/sign-in/", {"email": user.email, "password": password})
    return answer.status_code == 303


def test_asking_answers_the_same_for_everybody_and_writes_only_to_who_may_sign_in(rep, other_rep):
    other_rep.is_active = False
    other_rep.save()
    answers = [
        Client(REMOTE_ADDR=f"10.0.0.{number}").post("/password/", {"email": email}, follow=True)
        for number, email in enumerate((rep.email, other_rep.email, "nobody@example.com"))
    ]
    assert len({answer.content for answer in answers}) == 1
    assert Job.everything.filter(kind="team.reset").count() == 3
    assert mail.outbox == [], "the page never waits for the mail server"
    post_letters()
    assert [letter.to for letter in mail.outbox] == [[rep.email]]


def test_the_link_lets_choose_a_password_once_and_ends_all_sessions(rep, browser, link):
    assert Client().get(link).status_code == 200
    answer = Client().post(link, {"password": NEW})
    assert answer.headers["Location"] == "/sign-in/"
    assert can_sign_in(rep, NEW)
    assert not can_sign_in(rep, PASSWORD)
    assert browser.get("/profile/").status_code == 302
    spent = Client().post(link, {"password": "yet another password"})
    assert spent.status_code == 410
    assert can_sign_in(rep, NEW)
    post_letters()
    # the two browsers that signed in are told to who leads them
    theirs = [letter.subject for letter in mail.outbox if letter.to == [rep.email]]
    assert theirs == ["Your password was changed"]


def test_the_link_is_good_for_an_hour(rep, link):
    with time_machine.travel(timezone.now() + timedelta(minutes=59)):
        assert Client().get(link).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert Client().post(link, {"password": NEW}).status_code == 410
    assert can_sign_in(rep, PASSWORD)


def test_the_link_dies_with_the_account_and_stays_dead(rep, admin, login, link):
    login(admin).post(f"/people/{rep.pk}/deactivate/")
    assert Client().post(link, {"password": NEW}).status_code == 410
    login(admin).post(f"/people/{rep.pk}/reactivate/")
    assert Client().post(link, {"password": NEW}).status_code == 410
    assert can_sign_in(rep, PASSWORD)


def test_a_forged_link_looks_like_a_spent_one(rep, link):
    forged = Client().get(link[:-3] + "xx/")
    Client().post(link, {"password": NEW})
    assert forged.status_code == 410
    assert forged.content == Client().get(link).content


def test_nobody_deactivated_after_asking_gets_a_letter(rep):
    Client().post("/password/", {"email": rep.email})
    rep.is_active = False
    rep.save()
    post_letters()
    assert mail.outbox == []


def test_weak_passwords_are_refused_with_reasons(rep, link):
    for weak in ("short", "password123", "rita.rep@example.com"):
        answer = Client().post(link, {"password": weak})
        assert answer.status_code == 422, weak
        assert "invalid-feedback" in answer.content.decode()
    assert can_sign_in(rep, PASSWORD)


def test_at_most_three_letters_in_a_quarter_of_an_hour(rep):
    for _ in range(6):
        Client().post("/password/", {"email": rep.email})
        post_letters()
    assert len(mail.outbox) == 3


def test_changing_the_password_keeps_this_session_and_ends_the_others(rep, login):
    here, there = login(rep), login(rep)
    key = here.session.session_key
    answer = here.post("/profile/password/", {"present": PASSWORD, "password": NEW})
    assert answer.headers["Location"] == "/profile/"
    assert here.get("/profile/").status_code == 200
    assert here.session.session_key != key
    assert there.get("/profile/").status_code == 302
    assert can_sign_in(rep, NEW)


def test_changing_the_password_needs_the_present_one_and_guessing_it_is_slowed(rep, login):
    browser = login(rep)
    for _ in range(5):
        answer = browser.post("/profile/password/", {"present": "guess", "password": NEW})
        assert answer.status_code == 422
        assert "This is not your present password." in answer.content.decode()
    answer = browser.post("/profile/password/", {"present": PASSWORD, "password": NEW})
    assert "Too many tries" in answer.content.decode()
    assert can_sign_in(rep, PASSWORD)


def test_changing_the_email_needs_the_password_and_tells_the_old_address(rep, login):
    browser = login(rep)
    assert browser.post("/profile/email/", {"email": "r@example.com"}).status_code == 422
    wrong = browser.post("/profile/email/", {"email": "r@example.com", "present": "guess"})
    assert wrong.status_code == 422
    assert 'value="r@example.com"' in wrong.content.decode()
    done = browser.post("/profile/email/", {"email": "R@Example.com", "present": PASSWORD})
    assert done.headers["Location"] == "/profile/"
    rep.refresh_from_db()
    assert rep.email == "r@example.com"
    post_letters()
    assert [(letter.to, letter.subject) for letter in mail.outbox] == [
        (["rita.rep@example.com"], "You sign in with another e-mail now")
    ]


def test_an_email_somebody_else_has_is_refused(rep, other_rep, login):
    taken = {"email": "Otto.Otherrep@example.com", "present": PASSWORD}
    answer = login(rep).post("/profile/email/", taken)
    assert answer.status_code == 422
    rep.refresh_from_db()
    assert rep.email == "rita.rep@example.com"


def test_signing_out_everywhere_else(rep, login):
    here, there = login(rep), login(rep)
    here.post("/profile/sessions/end/")
    assert here.get("/profile/").status_code == 200
    assert there.get("/profile/").status_code == 302
    assert AuditEntry.objects.filter(action="end sessions", actor=rep).count() == 1


def test_letters_are_in_the_readers_language_and_plain(rep):
    rep.name, rep.language = "O'Brien & <b>", "uk"
    rep.save()
    Client().post("/password/", {"email": rep.email})
    post_letters()
    assert "O'Brien & <b>" in mail.outbox[0].body
