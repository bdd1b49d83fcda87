import contextlib
import shutil
import subprocess
import sys

import environ
import psycopg2
import pytest
from django.conf import settings
from django.db import connections
from django.db.utils import load_backend

from team.models import AuditEntry, Job, User
from tests.jobs.house import ROOT, House, RedisServer
from tests.jobs.work import tasks  # noqa: F401 - registers the jobs that these tests order


@pytest.fixture
def asker(db):
    return User.objects.create_user("asker@example.com", name="Ada Asker", is_rep=True)


@pytest.fixture
def marks():
    """The actions recorded under a prefix: `marks("made")`."""

    def actions(prefix):
        found = AuditEntry.objects.filter(action__startswith=f"{prefix} ").order_by("id")
        return list(found.values_list("action", flat=True))

    return actions


class FileDatabases:
    """SQLite: one migrated file, copied for each test."""

    def __init__(self, folder, model):
        self.folder = folder
        self.model = model

    def make(self, name):
        copy = self.folder / f"{name}.sqlite3"
        shutil.copy(self.model, copy)
        return f"sqlite:///{copy}"

    def drop(self, name):
        (self.folder / f"{name}.sqlite3").unlink()


class ServerDatabases:
    """PostgreSQL: one migrated database, copied for each."""

    def __init__(self, url, suffix):
        self.server, _, base = url.rpartition("/")
        self.prefix = f"{base}_house_{suffix}"
        self.drop("model")
        self._sql(f"CREATE DATABASE {self.prefix}_model")
        _migrate(f"{self.server}/{self.prefix}_model")

    def make(self, name):
        self.drop(name)
        self._sql(f"CREATE DATABASE {self.prefix}_{name} TEMPLATE {self.prefix}_model")
        return f"{self.server}/{self.prefix}_{name}"

    def drop(self, name):
        self._sql(f"DROP DATABASE IF EXISTS {self.prefix}_{name} WITH (FORCE)")

    def _sql(self, statement):
        parts = environ.Env.db_url_config(f"{self.server}/postgres")
        connection = psycopg2.connect(
            dbname="postgres",
            user=parts["USER"],
            password=parts["PASSWORD"],
            host=parts["HOST"],
            port=parts["PORT"] or None,
        )
        connection.autocommit = True  # a database cannot be made inside a transaction
        with contextlib.closing(connection), connection.cursor() as cursor:
            cursor.execute(statement)


def _migrate(url):
    command = [sys.executable, "manage.py", "migrate", "--skip-checks", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=House(ROOT, url).environ, check=True)


@pytest.fixture(scope="session")
def databases(request, tmp_path_factory, worker_id):
    """Databases outside the one of the tests, since real processes have to see what is in them."""
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        model = request.getfixturevalue("migrated_file")
        yield FileDatabases(tmp_path_factory.mktemp("databases"), model)
    else:
        databases = ServerDatabases(environ.Env()("DATABASE_URL"), worker_id)
        yield databases
        databases.drop("model")


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory):
    """A Redis of the tests' own, to be killed and silenced."""
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    yield server
    server.die()


@pytest.fixture(scope="session")
def file_house(databases, tmp_path_factory):
    yield from _house("files", databases, tmp_path_factory, "")


@pytest.fixture(scope="session")
def redis_house(databases, tmp_path_factory, redis_server):
    yield from _house("redis", databases, tmp_path_factory, redis_server.url)


def _house(name, databases, tmp_path_factory, redis_url):
    house = House(tmp_path_factory.mktemp(name), databases.make(name), redis_url)
    yield house
    house.close()
    databases.drop(name)


@pytest.fixture
def house(request, django_db_blocker):
    """A whole installation; in the test, the models read and write its database.

    Its processes outlive a test that leaves them at peace, since each takes seconds to start. It
    runs on files beside SQLite and on Redis beside PostgreSQL, unless a test asks otherwise.
    """
    usual = "file" if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3") else "redis"
    house = request.getfixturevalue(f"{getattr(request, 'param', usual)}_house")
    before = connections["default"]
    with django_db_blocker.unblock():
        connections["default"] = _connection(house.database_url)
        yield house
        _leave_in_peace(house)
        connections["default"].close()
    connections["default"] = before


def _leave_in_peace(house):
    """No job and no second process goes on into the next test."""
    if "worker" in house.processes and Job.everything.filter(state="running").exists():
        house.end("worker")
    for name in house.processes.keys() - {"worker", "publisher"}:
        house.end(name)
    live = Job.everything.filter(state__in=Job.LIVE)
    live.update(state="failed", lease=None, error="the test is over")


def _connection(url):
    """A connection like that of the product, to another database."""
    wanted = settings.DATABASES["default"] | environ.Env.db_url_config(url)
    wanted["OPTIONS"] = settings.DATABASES["default"]["OPTIONS"]
    return load_backend(wanted["ENGINE"]).DatabaseWrapper(wanted, "default")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """What the processes had to say goes with a failure."""
    report = yield
    house = item.funcargs.get("house") if hasattr(item, "funcargs") else None
    if report.failed and house is not None:
        report.sections.append(("the processes", house.said()))
    return report
