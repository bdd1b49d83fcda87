"""No address breaks a page: every page x whatever may stand in its address is answered below 500."""

import base64
import json
from itertools import product

import pytest
from django.urls import reverse

from team.checks import addresses
from tests.nets.policy import BY_PARAMETER, HEALTH, POLICY
from tests.nets.test_rights import NAMES, browsers, first_and_last, some, worlds
from tests.nets.worlds import PLAIN, make_shared

__all__ = ["browsers", "worlds"]

PARAMETERS = [
    *("q", "sort", "state", "tab", "owner", "segment", "region", "author", "kind", "source"),
    *("campaign", "stage", "customer", "lead", "deal", "task", "contact", "team", "role", "actor"),
    *("action", "subject", "subject_id", "since", "until", "batch", "period", "month", "list"),
    *("split", "week", "line", "team_then", "abc", "tenure_years", "basis", "view"),
    *("do", "row", "all", "wait", "act"),
    *("stay", "k", "floor_days", "reason", "name", "phone", "email", "days", "due_on", "next"),
]


def cursor(*values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


ODD = [
    "\0",
    "a\0b",
    "-1",
    "1e400",
    "9" * 30,
    "9223372036854775808",
    "٣",
    "0001-01-01",
    "9999-12-31",
    "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00+14:00",
    "1900-01-01T00:00:00+25:00",
    "\u202eabc",
    "//evil.example",
    "<script>",
    "漢" * 100,
]
CURSES = [
    cursor(None, None),
    cursor("a\0", 1),
    cursor("\ud800", 1),
    cursor(2**70, 1),
    cursor(2**62, -(2**62)),
    cursor(["a"], {}),
    cursor("0001-01-01", 1),
    cursor("9999-12-31T23:59:59Z", 1),
    cursor("0001-01-01T00:00:00+14:00", 1),
    cursor(1),
]
PAGES = [name for name in NAMES if "GET" in POLICY[name].methods and name not in HEALTH]
PARTS = {str(entry.name): set(entry.pattern.converters) for entry in addresses()}
READING = {name for name in PAGES if not PARTS[name]} | {"customer-detail", "lead-detail"}
LISTS = [name for name in PAGES if name.endswith("-list") or name == "churn"]


@pytest.mark.parametrize("names", some(PAGES), ids=first_and_last)
@pytest.mark.thorough
def test_no_address_breaks_a_page(names, worlds, browsers):
    ids = {**worlds["rep"].ids, **make_shared(), **PLAIN}
    for name in names:
        _stands(name, ids, browsers)


def _odd_values(turn):
    return {one: ODD[(place + turn) % len(ODD)] for place, one in enumerate(PARAMETERS)}


def _stands(name, ids, browsers):
    path = reverse(name, kwargs={part: ids[part] for part in PARTS[name]})
    browser = browsers["director" if "wage" in name else "admin"]
    # each parameter has another odd value than its neighbour; pages begin at different ones
    turns = range(len(ODD) // 2) if name in READING else range(2)
    asked = [_odd_values(PAGES.index(name) + 2 * turn) for turn in turns]
    if name in BY_PARAMETER:
        asked += [{"customer": ids["customer_id"], "task": odd, "next": odd} for odd in ODD]
    for query in asked:
        assert browser.get(path, query).status_code < 500, query
    twice = "&".join(f"{one}=1&{one}=2" for one in PARAMETERS)
    assert browser.get(f"{path}?{twice}").status_code < 500


@pytest.mark.parametrize("names", some(LISTS), ids=first_and_last)
@pytest.mark.thorough
def test_a_cursor_that_is_none_of_ours_leads_to_the_first_page(names, worlds, browsers):
    browser = browsers["admin"]
    for name, curse, way in product(names, CURSES, ("after", "before")):
        assert browser.get(reverse(name), {way: curse}).status_code == 200, (name, way, curse)
