"""What letters to customers say: administrators write it in each language, look at it, and give up what they wrote."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from customers.models import Customer
from sales.handing_over.letter_words import filled, problems_of, shipped
from sales.handing_over.letters import send_waiting
from sales.models import HandoverLetter, LetterTemplate
from team.models import AuditEntry, Team, User
from tests.sales.handovers import book_of
from tests.sales.test_after_care import hand_over
from tests.sales.test_handover_letters import approve, page_of, people, sent

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]
PAGE = "/settings/letters/en/"
OWN = {
    "subject": "{heir} looks after you",
    "text": "Dear {contact},\r\n\r\n{heir} is yours now[ after {leaver}].\r\n\r\n"
    "[Write to {heir_email}.]\r\n\r\n{company}",
}


@pytest.fixture
def heir(hire: Callable[..., User], north: Team) -> User:
    return hire("Anna Heir", team=north, is_rep=True)


def posted(browser: Client, page: str = PAGE, **values: Any) -> Any:
    """The form as it stands there, with these values in place."""
    shown = browser.get(page).content.decode()
    hidden = dict(re.findall(r'name="(client_ref|version)" value="([^"]+)"', shown))
    return browser.post(page, hidden | OWN | values)


def test_new_drafts_say_what_was_written_and_approved_letters_what_was_approved(
    login: Login, admin: User, rep: User, heir: User
) -> None:
    made = book_of(rep, 3)
    people(made[:2])
    people(made[2:], language="uk")
    handover = hand_over(rep, [heir], admin)
    mail.outbox.clear()
    browser = login(admin)
    ticked = re.findall(r'name="on" value="([^"]+)"', page_of(browser, handover))
    by_line = {int(one.partition(":")[0]): one for one in ticked}
    first = handover.lines.get(kind="customer", record_id=made[0].pk)
    approve(browser, handover, [by_line[first.pk]])
    assert posted(browser).status_code == 303
    # what was seen before says something else by now: nothing of it goes unseen
    second = handover.lines.get(kind="customer", record_id=made[1].pk)
    approve(browser, handover, [by_line[second.pk]])
    assert HandoverLetter.everything.count() == 1
    approve(browser, handover)
    assert send_waiting() == 3
    assert sorted(subject for _to, subject in sent()) == [
        "Anna Heir looks after you",
        "Your contact with us is now Anna Heir",
        "Тепер із вами працює Anna Heir",
    ]
    body = next(one.body for one in mail.outbox if "looks after you" in one.subject)
    name = made[1].contacts.get().name
    assert body.startswith(f"Dear {name},\n\nAnna Heir is yours now after Rita Rep.\n\nWrite to ")
    entry = AuditEntry.objects.get(subject_type="lettertemplate")
    assert (entry.actor, entry.action) == (admin, "create")


def test_what_ships_stands_in_the_form_and_can_be_put_back(login: Login, admin: User) -> None:
    browser = login(admin)
    page = html.unescape(browser.get(PAGE).content.decode())
    assert "Your contact with us is now {heir}" in page
    assert "looks after you[ in place of {leaver}]" in page
    assert "Тепер із вами працює {heir}" in html.unescape(
        browser.get("/settings/letters/uk/").content.decode()
    )
    assert posted(browser).status_code == 303
    lists = browser.get("/settings/lists/").content.decode()
    assert lists.count("your own") == 1 and lists.count("as they ship") == 1
    assert posted(browser, subject="{heir} again").status_code == 303
    assert LetterTemplate.objects.get().subject == "{heir} again"
    for _n in range(2):
        assert browser.post(f"{PAGE}restore/").status_code == 303
    assert not LetterTemplate.objects.exists()
    assert AuditEntry.objects.filter(action="restore words", actor=admin).count() == 1
    assert "Your contact with us is now {heir}" in html.unescape(browser.get(PAGE).content.decode())


def test_looking_stores_nothing(login: Login, admin: User) -> None:
    browser = login(admin)
    answer = posted(browser, look="on")
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 200 and not LetterTemplate.objects.exists()
    assert "is yours now after Petro Shevchenko." in page and "is yours now." in page


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"text": "{heir} {phone}"}, "There is nothing to put in for {phone}."),
        ({"text": "{heir} [{leaver"}, "A bracket is open, or stands in another one."),
        ({"text": "{heir} [a [b]]"}, "A bracket is open, or stands in another one."),
        ({"text": "{heir} {leaver}"}, "{leaver} may be empty: put it in square brackets."),
        ({"text": "Good day."}, "Say who looks after them now: {heir}."),
        ({"subject": "{heir.email}"}, "A bracket is open, or stands in another one."),
        ({"subject": ""}, "required"),
        ({"text": "{heir}" + "x" * 3000}, "3000"),
    ],
)
def test_words_that_cannot_be(values: dict[str, str], told: str, login: Login, admin: User) -> None:
    answer = posted(login(admin), **values)
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 422 and told in page
    assert not LetterTemplate.objects.exists()


def test_the_same_post_twice_is_one_and_who_was_second_is_told(login: Login, admin: User) -> None:
    browser, other = login(admin), login(admin)
    refs = [
        re.findall(r'name="client_ref" value="([^"]+)"', one.get(PAGE).content.decode())[0]
        for one in (browser, other)
    ]
    typed = OWN | {"client_ref": refs[0]}
    assert [browser.post(PAGE, typed).status_code for _n in range(2)] == [303, 303]
    assert LetterTemplate.objects.get().version == 1
    # the second began before there were words: what they see now is not what they opened
    answer = other.post(PAGE, OWN | {"client_ref": refs[1], "subject": "{heir} second"})
    assert answer.status_code == 409 and "{heir} second" in answer.content.decode()
    assert posted(browser, subject="{heir} third").status_code == 303
    assert browser.post(PAGE, OWN | {"version": "1"}).status_code == 409
    assert LetterTemplate.objects.get().subject == "{heir} third"


def test_only_administrators_keep_the_words(
    login: Login, admin: User, manager: User, rep: User
) -> None:
    for who in (manager, rep):
        browser = login(who)
        assert browser.get(PAGE).status_code == 403
        assert browser.post(PAGE, OWN).status_code == 403
        assert browser.post(f"{PAGE}restore/").status_code == 403
    assert login(admin).get("/settings/letters/de/").status_code == 404
    assert not LetterTemplate.objects.exists()


def test_nothing_that_is_put_in_is_read_again(
    login: Login, admin: User, rep: User, heir: User
) -> None:
    made = book_of(rep, 1)
    people(made)
    made[0].contacts.update(name="{leaver} [{company}]")
    handover = hand_over(rep, [heir], admin)
    page = page_of(login(admin), handover)
    assert "Good day, {leaver} [{company}]," in page
    assert Customer.everything.count() == 1


def test_what_is_empty_takes_its_brackets_along() -> None:
    told = {"contact": "C", "heir": "H", "heir_email": "", "leaver": "", "company": "M"}
    for language in ("en", "uk"):
        words = shipped(language)
        assert problems_of(words.subject) == problems_of(words.text) == []
        text = filled(words.text, told)
        assert not re.search(r"[\[\]{}]|\n{3}|None", text) and text.endswith("\n\nM")
    assert filled("a[ {leaver}] {heir}[ ({heir_email})]", told) == "a H"
    assert filled("a[ {leaver}]", {**told, "leaver": "[{heir}]"}) == "a [{heir}]"
