"""The call list by health on its page: its order, what it is ranked by, its file, and what became of it."""

import csv
import io
from collections.abc import Callable

import pytest
from django.test import Client

from crm.lib import formatting
from customers.models import Customer, Revenue, Survey
from team.models import User
from tests.kept import kept
from tests.reports.pages import CHURN, buys, day, night

Login = Callable[[User], Client]
BY_HEALTH = {"list": "at_risk", "order": "health"}


def answers(customer: Customer, score: int) -> None:
    Survey.everything.create(
        customer=customer, kind="nps", score=score, sent_on=day(80), answered_on=day(75), recorded_on=day(75)
    )  # fmt: skip


@pytest.fixture
@kept
def list_(rep: User, other_rep: User) -> None:
    """The richest is content, the poorest is angry, one in between said nothing; one is somebody else's."""
    answers(buys("silent", "Rich", rep, 90_000), 10)
    buys("silent", "Middle", rep, 50_000)
    answers(buys("silent", "Poor", rep, 10_000), 1)
    answers(buys("silent", "Foreign", other_rep, 20_000), 0)
    night("churn")


def names(browser: Client, **asked: str) -> list[str]:
    return [row.name for row in browser.get(CHURN, {"list": "at_risk", **asked}).context["rows"]]


def test_health_is_another_order_of_the_same_list(list_: None, login: Login, rep: User) -> None:
    browser = login(rep)
    assert names(browser) == ["Rich", "Middle", "Poor"]
    assert names(browser, order="health") == ["Poor", "Middle", "Rich"]
    page = browser.get(CHURN, BY_HEALTH)
    assert page.context["listing"].count == 3
    assert page.context["listing"].total == 4 * (90_000 + 50_000 + 10_000)
    told = page.content.decode()
    assert "1 of 10" in told and "10 of 10" in told and "76.7%" in told  # yesterday 69 of 90 days
    assert "Foreign" not in told
    # nobody is sorted by a column there
    assert not [head for head in page.context["listing"].headers if head["href"]]


def test_an_order_that_a_list_does_not_have_is_left_out(list_: None, login: Login, rep: User) -> None:  # fmt: skip
    browser = login(rep)
    assert names(browser, order="wealth") == ["Rich", "Middle", "Poor"]
    assert browser.get(CHURN, {"list": "loss", "order": "health"}).status_code == 200


def test_the_file_holds_the_order_and_what_it_is_made_of(list_: None, login: Login, manager: User) -> None:  # fmt: skip
    answer = login(manager).get(f"{CHURN}export.csv", BY_HEALTH)
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    heads = next(row for row in rows if "Last answer" in row)
    place, body = heads.index("Last answer"), rows[rows.index(heads) + 1 :]
    assert [(row[0], row[place]) for row in body] == [("Poor", "1"), ("Middle", ""), ("Rich", "10")]


def test_what_became_of_the_list_of_a_year_ago_is_told(login: Login, rep: User) -> None:
    """Thirty were at risk a year ago; the ten who had answered worst never bought again, the others did."""
    for number in range(30):
        was_at_risk(f"K{number:02}", rep, number // 3, came_back=number >= 10)
    buys("silent", "Now", rep, 10_000)
    night("churn")
    then = day(366)  # the night takes the year before to compare with
    browser = login(rep)
    assert browser.get(CHURN, BY_HEALTH).context["ranking_told"] == [
        f"Of who was at risk on {formatting.day(then)}: of the third to call first 100% are lost, of the last"
        " third 0%."
    ]
    assert "ranking_told" not in browser.get(CHURN, {"list": "loss"}).content.decode()


def was_at_risk(name: str, owner: User, score: int, *, came_back: bool) -> None:
    """Silent for 70 days a year ago, after buying every month."""
    customer = buys("silent", name, owner, 10_000)
    Revenue.everything.filter(customer=customer).delete()
    for ago in (527, 497, 467, 437, *((20,) if came_back else ())):
        Revenue.everything.create(
            customer=customer, on=day(ago), recorded_on=day(ago), amount=100, cents=10_000
        )
    Survey.everything.create(
        customer=customer, kind="nps", score=score, sent_on=day(460), answered_on=day(450),
        recorded_on=day(450),
    )  # fmt: skip
