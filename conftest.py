"""The cast of the tests: two reps and two managers of different teams, an administrator, a director."""

import gc
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from typing import Any

import pytest
from django.core.management.color import no_style
from django.db import connection, models
from django.test import Client
from django.utils import translation

from sales.models import LeadReason, LeadSource, LossReason, Outcome, Pipeline, Stage
from team.models import Company, Employment, Membership, Team, User

pytest_plugins = ["tests.ready", "tests.require"]

PASSWORD = "correct horse battery"
TODAY = date(2026, 11, 23)
Hire = Callable[..., User]
LISTS = (LeadReason, LeadSource, LossReason, Outcome, Pipeline, Stage)
FILL_AGAIN = pytest.StashKey[Callable[[], None]]()


@pytest.fixture(scope="session")
def shipped(django_db_setup: None, django_db_blocker: Any) -> list[models.Model]:
    """The rows of the lists that come with the product."""
    with django_db_blocker.unblock():
        return [row for rows in LISTS for row in rows.objects.all()]


@pytest.fixture(autouse=True)
def _english() -> None:
    """A page of a Ukrainian reader leaves their language behind in the thread."""
    translation.activate("en")


@pytest.fixture(autouse=True)
def _shipped_again(request: pytest.FixtureRequest) -> None:
    """A test with real transactions empties all tables behind it: `_fill_again` fills the lists.

    (`serialized_rollback` would do it before such a test, so not for an ordinary one that a worker
    takes over afterwards, and not in a thread in which Playwright runs its loop.)
    """
    marker = request.node.get_closest_marker("django_db")
    real = {"transactional_db", "live_server"} & set(request.fixturenames)
    if real or (marker and marker.kwargs.get("transaction")):
        rows, blocker = map(request.getfixturevalue, ("shipped", "django_db_blocker"))
        request.node.stash[FILL_AGAIN] = partial(_fill_again, rows, blocker)


def _fill_again(rows: list[models.Model], blocker: Any) -> None:
    with blocker.unblock():
        if not Stage.objects.exists():
            for row in rows:
                row.save(force_insert=True)
            # whoever emptied the tables may have set their counters back
            with connection.cursor() as cursor:
                for statement in connection.ops.sequence_reset_sql(no_style(), LISTS):
                    cursor.execute(statement)


def pytest_collection_finish() -> None:
    """What is there by now stays to the end: the garbage collector need not look at it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """After the last fixture of a test is gone, and with it what the tables held."""
    yield
    if nextitem is not None:  # the last test took the database along
        item.stash.get(FILL_AGAIN, lambda: None)()


@pytest.fixture
def hire(db: None) -> Hire:
    """Employ somebody: `hire("Oksana", team=north, is_rep=True)`."""

    def employ(name: str, *, team: Team | None = None, **fields: object) -> User:
        email = f"{name.lower().replace(' ', '.')}@example.com"
        user = User.objects.create_user(email, PASSWORD, name=name, team=team, **fields)
        Employment.objects.create(
            user=user, hired_on=date(2024, 1, 1), recorded_on=date(2024, 1, 1)
        )
        if team is not None:
            Membership.objects.create(
                user=user, team=team, from_on=date(2024, 1, 1), recorded_on=date(2024, 1, 1)
            )
        return user

    return employ


def _team(name: str, manager: User | None, parent: Team | None = None) -> Team:
    team = Team.objects.create(name=name, manager=manager, parent=parent)
    team.path = f"{parent.path if parent else '/'}{team.pk}/"
    team.save()
    return team


@pytest.fixture
def company(db: None) -> Company:
    return Company.get()


@pytest.fixture
def manager(hire: Hire) -> User:
    return hire("Maria Manager", is_manager=True)


@pytest.fixture
def other_manager(hire: Hire) -> User:
    return hire("Oleh Othermanager", is_manager=True)


@pytest.fixture
def north(manager: User) -> Team:
    return _team("North", manager)


@pytest.fixture
def north_sub(north: Team) -> Team:
    return _team("North, key accounts", None, parent=north)


@pytest.fixture
def south(other_manager: User) -> Team:
    return _team("South", other_manager)


@pytest.fixture
def rep(hire: Hire, north: Team) -> User:
    return hire("Rita Rep", team=north, is_rep=True)


@pytest.fixture
def sub_rep(hire: Hire, north_sub: Team) -> User:
    return hire("Sasha Subrep", team=north_sub, is_rep=True)


@pytest.fixture
def other_rep(hire: Hire, south: Team) -> User:
    return hire("Otto Otherrep", team=south, is_rep=True)


@pytest.fixture
def admin(hire: Hire) -> User:
    return hire("Ada Admin", is_admin=True)


@pytest.fixture
def director(hire: Hire) -> User:
    return hire("Dmytro Director", is_director=True)


@pytest.fixture
def login() -> Callable[[User], Client]:
    """A browser in which this person is signed in."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in
