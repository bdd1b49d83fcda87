"""A company of which nothing is known yet: every page stands, for everybody."""

import pytest
from django.urls import reverse

from conftest import Hire
from team.access import ROLES
from tests.nets.policy import HEALTH, POLICY
from tests.nets.test_rights import NAMES, PARTS
from tests.nets.worlds import PLAIN
from tests.require import BRIEF

pytestmark = pytest.mark.thorough

PAGES = [
    name
    for name in NAMES
    if "GET" in POLICY[name].methods and PARTS[name] <= PLAIN.keys() and name not in HEALTH
]


# each has pages of their own; a brief run asks as who has most of them
EVERYBODY = [
    role if role == "director" else pytest.param(role, marks=pytest.mark.thorough) for role in ROLES
]


@pytest.mark.parametrize("role", EVERYBODY)
def test_every_page_stands_before_there_is_anything(role: str, hire: Hire, login) -> None:
    """The person alone: no team, no customer, no figure."""
    browser = login(hire("Only One", **{f"is_{role}": True}))
    for name in PAGES:
        path = reverse(name, kwargs={part: PLAIN[part] for part in PARTS[name]})
        for headers in ({},) if BRIEF else ({}, {"HX-Request": "true"}):
            answer = browser.get(path, headers=headers)
            allowed = role in POLICY[name].roles
            assert answer.status_code in ((200, 302, 303, 410) if allowed else (403,)), path


@pytest.mark.thorough
def test_somebody_without_any_role_gets_their_own_affairs(hire: Hire, login) -> None:
    browser = login(hire("No Role"))
    for name in PAGES:
        path = reverse(name, kwargs={part: PLAIN[part] for part in PARTS[name]})
        assert browser.get(path).status_code in (200, 302, 303, 403, 410), path
