"""One's own profile."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from team.models import User

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]


def test_who_chooses_a_language_is_answered_in_it(login: Login, rep: User) -> None:
    browser = login(rep)
    page = browser.get("/profile/").content.decode()
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    values = {"name": rep.name, "theme": "system", "density": "comfortable", "shortcuts": "on"}
    values |= {"language": "uk", "version": version[1]}
    assert browser.post("/profile/", values).status_code == 303
    page = browser.get("/profile/").content.decode()
    assert "Профіль збережено." in page and "Profile saved." not in page
