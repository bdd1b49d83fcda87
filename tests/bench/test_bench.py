"""`manage.py bench`: what it counts, how it judges, and that it leaves a real company alone."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import NoReverseMatch, reverse

from reports.bench.counting import HEADER, count_queries
from reports.bench.limits import LIMITS
from reports.bench.measuring import Measured
from reports.bench.verdicts import checks_of, checks_of_memory, rows_of
from team.models import Company

ROOT = Path(__file__).resolve().parents[2]
DEEP = "customer list, 1,000th page"


def measured(page, ms, *, database="this", who="admin", queries=5):
    return Measured(page, who, database, queries={queries}, times=[ms] * 9)


def kept(checks):
    return {check.promise: check.kept for check in checks}


def test_its_addresses_are_not_the_products(client):
    assert client.get("/bench/ok/").status_code == 404 or client.get("/bench/ok/").url.startswith(
        "/sign-in/"
    )
    with pytest.raises(NoReverseMatch):
        reverse("bench-ok")


@pytest.mark.django_db
def test_it_refuses_a_real_company(company):
    assert not company.is_demo
    with pytest.raises(CommandError, match="runs only on a demonstration company"):
        call_command("bench", step="plan")


@pytest.mark.django_db
def test_it_counts_what_reads_and_writes():
    def view(request):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            Company.objects.count()
        return HttpResponse("ok")

    assert count_queries(view)(RequestFactory().get("/"))[HEADER] == "2"


def test_multiples_are_of_the_middle_of_all_ok_requests():
    rows = rows_of(
        [
            Measured("ok", "rep", "this", {2}, [2.0, 2.0, 4.0]),
            Measured("ok", "admin", "this", {2}, [4.0, 4.0]),
            measured("empty", 8.0),
            measured("empty", 9.0, who="rep"),
            measured("deal list", 20.0),
        ]
    )
    deals = next(row for row in rows if row["page"] == "deal list")
    assert (deals["times_ok"], deals["times_empty"], deals["median_ms"], deals["queries"]) == (
        5.0,
        2.5,
        20.0,
        5,
    )


def test_the_95th_of_a_hundred():
    assert Measured("ok", "rep", "this", {2}, [float(n) for n in range(100, 0, -1)]).p95 == 95.0


def test_limits_of_one_database():
    checks = kept(
        checks_of(
            [
                measured("ok", 3.0),
                measured("customer list", 27.0, queries=10),
                measured(DEEP, 32.4),
                measured("deal list", 27.1, queries=11),
                measured("save a call", 15.0, queries=12),
            ],
            "this",
            None,
        )
    )
    assert checks == {
        "customer list as admin: at most 10 queries": True,
        "customer list as admin: at most 9 times ok": True,
        f"{DEEP} as admin: at most 10 queries": True,
        f"{DEEP} as admin: at most 9 times ok": False,
        "deal list as admin: at most 10 queries": False,
        "deal list as admin: at most 9 times ok": False,
        "save a call as admin: at most 12 queries": True,
        "save a call as admin: at most 5 times ok": True,
        "1,000th page: at most 1.2 times the first": True,
    }


def test_size_must_not_matter():
    large = [measured("ok", 3.0), measured("customer list", 26.0, queries=9), measured(DEEP, 26.0)]
    small = [
        measured("ok", 3.0, database="small"),
        measured("customer list", 20.0, database="small", queries=9),
        measured(DEEP, 19.0, database="small", queries=4),
    ]
    checks = kept(checks_of([*large, *small], "this", "small"))
    assert checks["customer list as admin: as many queries as on small"]
    assert checks["customer list as admin: at most 1.3 times small"]
    assert not checks[f"{DEEP} as admin: as many queries as on small"]
    assert not checks[f"{DEEP} as admin: at most 1.3 times small"]


def test_memory_and_snapshot():
    assert all(
        kept(checks_of_memory([88, 89], {"peak_megabytes": 399, "times_plain": 10})).values()
    )
    assert not any(
        kept(checks_of_memory([88, 90], {"peak_megabytes": 400, "times_plain": 10.01})).values()
    )


@pytest.mark.processes
def test_a_whole_run_on_a_small_demonstration(tmp_path):
    """Real server, every page, then nothing left: no session, no call, no server."""
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'demo.sqlite3'}",
        "CRM_DATA_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "crm.settings",
    }

    def manage(*words):
        run = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert run.returncode == 0, run.stderr
        return run.stdout

    manage("migrate", "--verbosity", "0")
    manage("seed")
    result = json.loads(manage("bench", "--rounds", "2", "--json"))
    asked = {(row["page"], row["who"]) for row in result["pages"]}
    assert {page for page, _who in asked} == set(LIMITS)
    assert {who for _page, who in asked} == {"rep", "manager", "admin"}
    left = manage("shell", "-v", "0", "-c", LEFT).split()
    assert left == ["0", "0"]


LEFT = (
    "from django.contrib.sessions.models import Session; from sales.models import Activity; "
    "print(Session.objects.count(), Activity.everything.filter("
    "client_ref__isnull=False, deleted_on__isnull=True).count())"
)
