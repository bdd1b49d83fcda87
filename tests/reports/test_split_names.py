"""What the rows of a split are called: no value is "(none)", a key is a word, in the reader's language."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from reports.screens import all_screens
from reports.screens.screen import Screen
from team.models import User
from tests.reports import test_screens
from tests.reports.conftest import World

pytestmark = pytest.mark.thorough

Login = Callable[[User], Client]
grown = test_screens.grown


def screen(slug: str) -> Screen:
    return next(one for one in all_screens() if one.slug == slug)


def split(browser: Client, slug: str, **words: str) -> dict[str, Any]:
    """The rows by what they are called."""
    rows = browser.get(screen(slug).address, words).context["split_rows"]
    found = {str(row["label"]): row for row in rows}
    assert len(found) == len(rows)
    return found


@pytest.fixture
def some(world: World) -> User:
    """Of three leads one came from a campaign, of three deals that were lost one was of a customer with a segment."""
    world.rep("R")
    world.customer("ONLY", segment="Retail")
    world.cost("Fair", "2026-03-01", 100)
    for n, campaign in enumerate(("Fair", "", "")):
        lead = world.lead(f"2026-03-0{n + 1}T09:00:00Z", "R", source="web", campaign_id=campaign)
        world.touch("R", f"2026-03-0{n + 1}T10:00:00Z", lead_id=lead)
    for customer in ("ONLY", "", ""):
        world.deal("R", "2026-03-01", ("2026-04-01", "lost", "70"), customer_id=customer)
    world.load()
    test_screens.take_all([screen(slug) for slug in ("leakage", "win_loss")])
    return User.objects.create_user("d@x.example", name="Dee", is_director=True)


@pytest.mark.parametrize(
    ("slug", "name", "value", "listed"),
    [
        ("leakage", "campaign", "Fair", "timely"),
        ("leakage", "channel", "", "timely"),
        ("win_loss", "segment", "Retail", "lost"),
        ("win_loss", "region", "", "lost"),
    ],
)
def test_rows_without_a_value_are_called_so_and_open_as_many(
    slug: str, name: str, value: str, listed: str, login: Login, some: User
) -> None:
    """JSON holds a null there, which SQLite tells as a word."""
    browser = login(some)
    found = split(browser, slug, split=name, list=listed)
    assert found.keys() == ({value, "(none)"} if value else {"(none)"})
    first = found["(none)"]["cells"][0]
    assert first["value"] == (2 if value else 3)
    assert browser.get(first["url"].split("#")[0]).context["listing"].count == first["value"]


@pytest.mark.parametrize(("language", "words"), [("en", "no rule"), ("uk", "ні правило")])
def test_keys_are_told_as_words(
    language: str, words: str, grown: None, login: Login, director: User
) -> None:
    User.objects.filter(pk=director.pk).update(language=language)
    director.refresh_from_db()
    browser, (no, rule) = login(director), words.split()
    assert split(browser, "churn", split="one_time", list="loss").keys() == {no}
    assert split(browser, "churn", split="basis", list="loss").keys() == {rule}
    for row in split(browser, "churn", split="basis", list="loss").values():
        assert row["url"].split("#")[0].endswith("basis=rule")
