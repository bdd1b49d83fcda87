"""What charts on pages say and open: units once, links to what is behind alone, no praise for mere change."""

import re
from typing import Any

import pytest

from reports.definitions.cohorts import COHORTS
from reports.definitions.did import DID
from reports.definitions.ledger import LEDGER
from reports.models import Snapshot
from reports.showing import run_for
from reports.snapshots.taking import take_snapshot
from team.models import User
from tests.kept import kept
from tests.reports.conftest import World
from tests.reports.test_contract import DAY, fill, viewers
from tests.reports.test_overview import YEAR


@pytest.fixture
@kept
def people(world: World) -> dict[str, User]:
    """The losses of a year, who stays, and what became of the customers of bob, who left in June."""
    fill(world, 40)
    for report in (LEDGER, COHORTS, DID):
        take_snapshot(report, run_for(report, YEAR, DAY), kind=Snapshot.Kind.DAILY)
    return viewers()


def page(login: Any, people: dict[str, User], address: str, **words: str) -> str:
    answer = login(people["all"]).get(address, words)
    assert answer.status_code == 200
    text: str = answer.content.decode()
    return text


def card(text: str, name: str) -> str:
    """One chart of a page."""
    found = re.search(rf'aria-labelledby="card-{name}".*?</section>', text, re.S)
    assert found, name
    return found[0]


def test_a_day_of_the_week_opens_no_rows_of_other_days(people, login) -> None:
    told = card(page(login, people, "/losses/paid-hours/"), "weekdays")
    assert "Mon" in told
    assert "<a " not in told


def test_what_was_bought_after_a_departure_is_not_praised(people, login) -> None:
    told = card(page(login, people, "/losses/departed-reps/"), "effect")
    assert "After" in told
    assert ("is-gain" in told, "m-gain" in told) == (False, False)


def test_a_unit_stands_in_the_cells_and_not_in_the_head_again(people, login) -> None:
    twin = card(page(login, people, "/losses/customers-leaving/"), "when").split("<thead>")[1]
    head, body = twin.split("</thead>")
    assert ("₴" in head, "₴" in body) == (False, True)
    assert "Left" in head


@pytest.mark.parametrize(
    ("address", "of"),
    [
        ("/losses/paid-hours/?list=loss", "(rep and month)"),
        ("/analysis/who-stays/?list=bought", "(customer and month)"),
    ],
)
def test_rows_are_counted_as_rows(people, login, address: str, of: str) -> None:
    text = page(login, people, address)
    found = re.search(r'role="status"><b>[\d,]+</b> (rows? \([a-z ]+\))', text)
    assert found and found[1].endswith(of)
