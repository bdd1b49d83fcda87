"""One day, and a deal on it."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client

from sales.models import Deal
from team.models import User
from tests.sales.deals.kit import Keep, new

Login = Callable[[User], Client]


@pytest.fixture(autouse=True)
def today() -> object:
    with time_machine.travel(datetime(2026, 11, 23, 9, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def deal(login: Login, rep: User, keep: Keep) -> Deal:
    login(rep).post("/deals/new/", new(keep(rep)))
    return Deal.everything.get()
