"""A figure that looks wrong: asked about from its page, answered once by an administrator."""

import html
import re
import uuid
from urllib.parse import urlencode

import pytest
from django.test import Client

from reports.models import Dispute, Snapshot
from team.models import AuditEntry, User
from tests.reports.pages import CHURN, buys, day, night

pytestmark = pytest.mark.thorough

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
    assert (doubt.by, doubt.count, doubt.cents) == (rep, 1, 700_00)
    assert (doubt.as_of, doubt.path) == (day(1), CHURN)
    told = login(rep).get(LIST).content.decode()
    assert "Customers leaving: Left (Last 12 months)" in told and "1 · ₴700" in told
    assert AuditEntry.objects.filter(action="dispute").count() == 1
    assert "They bought last week." in login(admin).get(LIST).content.decode()


def test_who_answers_reads_the_figure_in_their_own_language(
    login, rep, manager, admin, north
) -> None:
    buys("lost", "Mine", rep, 100_000_00)
    night("churn", "abc")
    ended = Snapshot.objects.filter(slug="churn", kind="month-end").order_by("-as_of")[0]
    browser = login(manager)
    for about in (
        {"team": str(north.pk), "owner": str(rep.pk)},
        {"period": f"{ended.from_on:%Y-%m}"},
        {"report": "abc", "list": "A"},
    ):
        asked(browser, str(uuid.uuid4()), "Why?", **about)
    assert "Customers leaving: Left (Last 12 months" in browser.get(LIST).content.decode()
    admin.language = "uk"
    admin.save(update_fields=["language"])
    told = html.unescape(login(admin).get(LIST).content.decode()).replace("\xa0", " ")
    assert "Клієнти йдуть: Пішли (Останні 12 місяців; Команда: North; " in told
    assert "Rita Rep)" in told and "1 · 700 000 ₴" in told
    assert "Customers" not in told and "Left" not in told and "Last 12" not in told
    assert re.search(rf"Пішли \([а-яії]+ {ended.from_on.year}\)", told, re.IGNORECASE)
    assert "Клієнти за доходом: A</a>" in told


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


def test_a_doubted_figure_of_wages_says_what_it_is(login, rep, director, admin) -> None:
    """Its money is not in the queue, where administrators read it: what stands there is a count of rows."""
    Dispute.everything.create(
        client_ref=uuid.uuid4(), by=director, slug="time", list_key="loss", comment="Too much",
        from_on=day(30), to_on=day(1), as_of=day(1), count=13, path="/losses/paid-hours/",
    )  # fmt: skip
    told = login(admin).get(LIST).content.decode()
    assert "13 rows · wages are visible to directors" in told
    admin.language = "uk"
    admin.save(update_fields=["language"])
    assert "13 рядків · зарплати бачать директори" in login(admin).get(LIST).content.decode()
