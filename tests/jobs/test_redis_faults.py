"""A Redis that refuses, hangs, dies or forgets: work is late, pages are not, nothing is lost."""

import time
import uuid

import pytest

from team.jobs import ask
from team.models import Job
from tests.jobs.house import wait_until

pytestmark = [
    pytest.mark.processes,
    pytest.mark.redis,
    pytest.mark.parametrize("house", ["redis"], indirect=True),
]


@pytest.fixture(autouse=True)
def at_work(house):
    """Publisher and worker are in touch with Redis before it fails."""
    house.run("publisher")
    house.run("worker")
    wait_until_done(ask_quickly())


def ask_quickly(**args):
    """Ask for three, of which one is asked for quickly even on a busy machine; answers the first.

    The others are on their way to the worker when Redis fails.
    """
    jobs, spent = [], []
    for number in range(3):
        started = time.monotonic()
        wanted = args if number == 0 else {}
        jobs.append(ask("test.work", {"name": uuid.uuid4().hex[:8], **wanted}, by=None))
        spent.append(time.monotonic() - started)
    assert min(spent) < 0.5
    return jobs[0]


def wait_until_done(*jobs):
    ids = [job.pk for job in jobs]
    done = Job.everything.filter(pk__in=ids, state="done")
    wait_until(lambda: done.count() == len(ids), 60)


def count(marks, prefix, job):
    return marks(prefix).count(f"{prefix} {job.args['name']}")


@pytest.mark.thorough
def test_a_redis_that_refuses_delays_work_and_fails_nobody(redis_server, marks):
    redis_server.die()
    job = ask_quickly()
    time.sleep(1.5)
    job.refresh_from_db()
    assert job.state == "queued"
    redis_server.start()

    wait_until_done(job)
    assert count(marks, "made", job) == 1


@pytest.mark.thorough
def test_a_redis_that_hangs_delays_work_and_fails_nobody(redis_server, marks):
    redis_server.fall_silent()
    job = ask_quickly()
    time.sleep(3)
    job.refresh_from_db()
    assert job.state == "queued"
    redis_server.speak_again()

    wait_until_done(job)
    assert count(marks, "made", job) == 1


@pytest.mark.thorough
def test_a_redis_that_dies_while_a_job_runs_costs_nothing(redis_server, marks):
    job = ask_quickly(seconds=1)
    wait_until(lambda: count(marks, "began", job))
    redis_server.die()
    wait_until_done(job)
    redis_server.start()

    after = ask_quickly()
    wait_until_done(after)
    assert [count(marks, "began", each) for each in (job, after)] == [1, 1]


@pytest.mark.thorough
def test_a_redis_that_comes_back_empty_loses_no_job(house, redis_server, marks):
    house.end("worker")
    jobs = [ask_quickly() for _ in range(3)]
    time.sleep(1.5)  # rung for, and nobody there to hear

    redis_server.die()
    redis_server.start()
    house.run("worker")

    wait_until_done(*jobs)
    assert [count(marks, "made", job) for job in jobs] == [1, 1, 1]
