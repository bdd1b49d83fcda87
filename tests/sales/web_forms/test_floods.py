"""Whoever floods a form does not close it to others: places, pages and the form have their limits apart."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from sales.models import Lead, WebForm, WebPost
from sales.views.public import LIMITS
from team.models import Attempt
from team.throttle import Limits, Tries, place_of
from tests.sales.web_forms.kit import send, shown

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("198.51.100.7", "198.51.100.7"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_a_place_is_an_address_or_the_64_of_one(address: str, place: str) -> None:
    assert place_of(address) == place


def test_another_address_of_the_same_network_is_the_same_place(form: WebForm) -> None:
    answers = [
        send(form, Client(REMOTE_ADDR=f"2001:db8:1:2::{n:x}"), name=f"Bot {n}").status_code
        for n in range(22)
    ]
    assert Counter(answers) == {303: 20, 429: 2}
    assert Lead.everything.count() == 5
    neighbour = send(form, Client(REMOTE_ADDR="2001:db8:1:3::1"), name="Neighbour")
    assert neighbour.status_code == 303
    assert Lead.everything.filter(name="Neighbour").exists()


def test_the_tries_at_a_password_are_counted_by_the_network_too() -> None:
    limits = Limits(pair=3, account=100, address=100)
    made = [Tries("sign-in", "a@b.c", f"2001:db8::{n}", limits).take() for n in range(1, 5)]
    assert [verdict.minutes > 0 for verdict in made] == [False, False, False, True]


def test_a_copied_page_makes_three_leads_and_no_more(form: WebForm) -> None:
    """From many places, so that only the page gives it away; the same words again are the same post."""
    page = shown(form)
    for n in range(6):
        browser = Client(REMOTE_ADDR=f"198.51.100.{n}")
        for _again in range(2):
            assert send(form, browser, shown=page, name=f"Bot {n}").status_code == 303
    rows = WebPost.everything.order_by("pk")
    assert [(row.state, row.reasons) for row in rows] == [("lead", [])] * 3 + [
        ("suspected", ["used"])
    ] * 3
    send(form, Client(REMOTE_ADDR="198.51.100.99"), name="With a page of their own")
    assert Lead.everything.filter(name="With a page of their own").exists()


def test_the_same_page_of_another_form_is_none(form: WebForm) -> None:
    other = WebForm.objects.create(name="Other", title="Other")
    send(form, shown=shown(other))
    post = WebPost.everything.get()
    assert (post.page, post.reasons) == (None, ["no page"])


@pytest.fixture
def flooded(form: WebForm) -> WebForm:
    """Others have sent as much as the form takes in a quarter of an hour."""
    account = Tries("web form", form.token, "", LIMITS).account
    Attempt.objects.bulk_create(
        Attempt(kind="web form", account=account, address=f"203.0.113.{n}", at=timezone.now())
        for n in range(LIMITS.account)
    )
    return form


def test_a_flooded_form_keeps_what_people_send_to_be_looked_at(flooded: WebForm) -> None:
    answer = send(flooded, Client(REMOTE_ADDR="198.51.100.7"), name="Real person")
    assert (answer.status_code, answer["Location"]) == (303, f"/f/{flooded.token}/thanks/")
    post = WebPost.everything.get()
    assert (post.state, post.reasons, post.said["name"]) == ("suspected", ["flood"], "Real person")
    assert not Lead.everything.exists()


def test_one_place_does_not_fill_what_is_kept_aside(flooded: WebForm) -> None:
    browser = Client(REMOTE_ADDR="198.51.100.7")
    answers = [send(flooded, browser, name=f"Bot {n}").status_code for n in range(6)]
    assert answers == [303] * 3 + [429] * 3
    assert WebPost.everything.count() == 3
    assert send(flooded, Client(REMOTE_ADDR="198.51.100.8"), name="Other").status_code == 303


def test_what_is_kept_aside_has_an_end_and_says_so_with_the_text_kept(
    flooded: WebForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sales.public.web_posts.MOST_ASIDE", 2)
    answers = [
        send(flooded, Client(REMOTE_ADDR=f"198.51.100.{n}"), name=f"Bot {n}") for n in range(4)
    ]
    assert [answer.status_code for answer in answers] == [303, 303, 429, 429]
    assert "send it again in 15 minutes" in answers[3].content.decode()
    assert 'value="Bot 3"' in answers[3].content.decode()
    assert WebPost.everything.count() == 2


def test_a_whole_network_of_machines_meets_the_bound_of_a_quarter_of_an_hour(
    flooded: WebForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sales.views.public.ASIDE", Limits(pair=3, account=4, address=10))
    answers = [
        send(flooded, Client(REMOTE_ADDR=f"198.51.100.{n}"), name=f"Bot {n}").status_code
        for n in range(6)
    ]
    assert answers == [303] * 4 + [429] * 2


@pytest.mark.postgres
@pytest.mark.usefixtures("transactional_db")
def test_many_posts_of_one_page_at_once_are_counted_one_by_one(form: WebForm) -> None:
    page = shown(form)

    def one(n: int) -> int:
        try:
            sender = Client(REMOTE_ADDR=f"198.51.100.{n}")
            return int(send(form, sender, shown=page, name=f"Bot {n}").status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        assert Counter(threads.map(one, range(16))) == {303: 16}
    assert Lead.everything.count() == 3
    assert WebPost.everything.filter(state="suspected").count() == 13
