"""A figure that looks wrong: asked about from its page, answered once by an administrator."""

import uuid
from urllib.parse import urlencode

from django.test import Client

from reports.models import Dispute
from team.models import AuditEntry, User
from tests.reports.pages import CHURN, buys, day, night

LIST, NEW = "/losses/questions/", "/losses/questions/new/"


def asked(browser: Client, ref: str, comment: str, **about: str) -> Client:
    path = f"{NEW}?{urlencode({'report': 'churn', 'list': 'loss', 'next': CHURN} | about)}"
    return browser.post(path, {"client_ref": ref, "comment": comment})


def test_the_question_keeps_the_figure_as_its_page_shows_it(login, rep, other_rep, admin) -> None:
    buys("lost", "Mine", rep, 100_00)
    buys("lost", "Otto's", other_rep, 9_000_00)
    night()
    ref = str(uuid.uuid4())
    browser = login(rep)
    page = f"{NEW}?{urlencode({'report': 'churn', 'list': 'loss', 'next': CHURN})}"
    assert "1 · ₴700" in browser.get(page).content.decode()
    for _ in range(2):
        assert asked(browser, ref, "They bought last week.").status_code == 303
    doubt = Dispute.everything.get()
    assert (doubt.by, doubt.shown, doubt.as_of, doubt.path) == (rep, "1 · ₴700", day(1), CHURN)
    assert doubt.figure == "Customers leaving: Left (Last 12 months)"
    assert AuditEntry.objects.filter(action="dispute").count() == 1
    assert "They bought last week." in login(admin).get(LIST).content.decode()


def test_it_is_answered_once_and_the_asker_reads_it(login, rep, other_rep, admin, manager) -> None:
    buys("lost", "Mine", rep, 100_00)
    night()
    asked(login(rep), str(uuid.uuid4()), "They bought last week.")
    doubt = Dispute.everything.get()
    path = f"{LIST}{doubt.pk}/answer/"
    for person in (rep, manager):
        assert login(person).post(path, {"answer": "No."}).status_code == 403
    browser = login(admin)
    empty = browser.post(path, {"answer": "  "})
    assert empty.status_code == 422
    browser.post(path, {"answer": "The order came on Monday."})
    browser.post(path, {"answer": "Something else."})
    told = login(rep).get(LIST).content.decode()
    assert "The order came on Monday." in told and "Something else." not in told
    assert "They bought" not in login(other_rep).get(LIST).content.decode()
    assert "They bought" in login(manager).get(LIST).content.decode()
    assert AuditEntry.objects.filter(action="answer").count() == 1


def test_what_is_no_figure_cannot_be_asked_about(login, rep: User) -> None:
    browser = login(rep)
    for about in ({"report": "nothing"}, {"report": "churn", "list": "loss"}):
        answer = asked(browser, str(uuid.uuid4()), "Why?", **about)
        assert (answer.status_code, answer["Location"]) == (303, LIST)
    buys("lost", "Mine", rep, 100_00)
    night()
    foreign = asked(browser, str(uuid.uuid4()), "Why?", next="https://elsewhere.example/")
    assert foreign.status_code == 303
    assert Dispute.everything.get().path == "/losses/"
    assert asked(browser, str(uuid.uuid4()), " ").status_code == 422
